# The way in: `make demo` to see it, `make test` before a change leaves your desk.
# Everything is installed into .venv from the pinned, hash-checked files in requirements/.

PYTHON ?= python3
PORT ?= 8080
PIP = .venv/bin/python -m pip --disable-pip-version-check -qq
LOCK = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

SOURCES = $(shell find bot storage -name '*.py')

.PHONY: demo test lint bench run texts lock

demo: .venv/.stamp-compiled
	@exec .venv/bin/vongtay demo --port $(PORT)

run: .venv/.stamp-compiled
	@exec .venv/bin/vongtay serve

test: .venv/.stamp-test .venv/.stamp-compiled
	@exec .venv/bin/python -m pytest --numprocesses logical --maxprocesses 4 \
		--dist loadfile --no-loadscope-reorder

lint: .venv/.stamp-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/python -m pytest --no-header tests/test_texts.py  # the catalogues are complete

bench: .venv/.stamp-test .venv/.stamp-compiled
	@exec .venv/bin/vongtay bench

# For developers: the texts of the code into the catalogues that translators edit.
texts: .venv/.stamp-test
	mkdir -p build
	.venv/bin/pybabel -q extract -F babel.cfg -k _ -k __ -k later -k n:1,2 -k ngettext:1,2 -k Unclear \
		--no-location --sort-output --width 100 --project vongtay -o build/bot.pot bot
	for language in vi en; do \
		how="update --ignore-pot-creation-date --width 100"; \
		[ -f bot/locales/$$language/LC_MESSAGES/bot.po ] || how=init; \
		.venv/bin/pybabel -q $$how -i build/bot.pot -d bot/locales -D bot -l $$language || exit 1; \
	done

# For developers: newer releases into both lock files. The larger set is resolved first, so that
# what runs is what was tested.
lock:
	[ -x .venv-lock/bin/uv ] || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv; }
	$(LOCK) pyproject.toml requirements/build.in --extra test --extra lint -o requirements/test.txt
	$(LOCK) pyproject.toml requirements/build.in -c requirements/test.txt -o requirements/run.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Vòng Tay needs Python 3.11 or newer: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; \
		echo "Python cannot make a virtual environment here. On Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/.stamp-run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing into .venv (once, about a minute) ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

.venv/.stamp-test: requirements/test.txt pyproject.toml | .venv/bin/python
	@echo "Installing into .venv, with what the tests need (once, about a minute) ..."
	@$(PIP) install --require-hashes -r requirements/test.txt
	@$(PIP) install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@ .venv/.stamp-run

# Where Python may not write what it compiled (PYTHONDONTWRITEBYTECODE, a folder of another user),
# every command would compile our sources anew: a third of its time.
.venv/.stamp-compiled: .venv/.stamp-run $(SOURCES)
	@.venv/bin/python -m compileall -q bot storage
	@touch $@
