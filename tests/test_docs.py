"""The documents keep pace with the code: what there is, is written down, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from bot.cli import app
from bot.forms import FORMS
from bot.i18n import speak

ROOT = Path(__file__).parent.parent
DOCS, GUIDE, DECISIONS = ROOT / "docs", ROOT / "docs/huong-dan", ROOT / "docs/decisions"
README, OPERATIONS = ROOT / "README.md", DOCS / "operations.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<(?:img|a)\s[^>]*?(?:src|href)=\"([^\"]+)\"")
LARGEST = {"huong-dan": 120_000, "images": 300_000}  # bytes of one picture


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links(page: Path) -> Iterator[str]:
    """What a page links to, addresses on the web left out."""
    for found in LINK.finditer(re.sub(r"```.*?```", "", text(page), flags=re.DOTALL)):
        target = found[1] or found[2]
        if not re.match(r"[a-z]+:", target):
            yield unquote(target)


def commands(group: typer.Typer, before: str = "") -> Iterator[str]:
    """Every command as it is typed: "serve", "area load"."""
    for one in group.registered_commands:
        assert one.callback
        name = one.name or one.callback.__name__.replace("_", "-")
        yield f"{before}{name}"
    for inner in group.registered_groups:
        assert inner.typer_instance
        yield from commands(inner.typer_instance, f"{before}{inner.name} ")


def test_every_command_is_explained_to_the_operator():
    manual = text(README) + (text(OPERATIONS) if OPERATIONS.exists() else "")
    known = [*commands(app)]
    assert {"serve", "area load"} <= {*known}
    missing = [name for name in known if not re.search(rf"(?:vongtay |`){name}\b", manual)]
    assert not missing, "neither in README.md nor in docs/operations.md"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_in_the_guide(form):
    title = speak("vi")(form.title)
    assert any(title in text(page) for page in GUIDE.glob("*.md")), f"«{title}» ({form.name})"


def test_every_chat_command_is_in_the_guide():
    sources = "".join(text(path) for path in (ROOT / "bot/handlers").glob("*.py"))
    found = {
        name
        for call in re.findall(r"\bcommand\(([^)]*)\)", sources)
        for name in re.findall(r'"(/\w+)"', call)
    }
    assert {"/bao", "/hoso"} <= found
    guide = "".join(text(page) for page in GUIDE.glob("*.md"))
    assert not found - {*re.findall(r"`(/\w+)", guide)}


@pytest.mark.parametrize("page", PAGES, ids=map(named, PAGES))
def test_what_is_linked_exists(page):
    gone = [
        link
        for link in links(page)
        if (path := link.partition("#")[0])
        and not (page.parent / path).exists()
        and (page.parent / path).resolve() != OPERATIONS
    ]
    assert not gone


def test_every_picture_is_shown_and_small():
    shown = {
        (page.parent / link).resolve() for page in PAGES for link in links(page) if "." in link
    }
    kept = [*GUIDE.rglob("*.png"), *(DOCS / "images").glob("*.png")]
    assert kept
    assert not [named(path) for path in kept if path not in shown], "no page shows them"
    limits = {path: LARGEST.get(path.relative_to(DOCS).parts[0], 0) for path in kept}
    assert not [named(path) for path, limit in limits.items() if path.stat().st_size > limit]


def test_the_pictures_are_those_that_the_script_takes():
    taken = set(re.findall(r'shoot\(\w+, "([a-z0-9-]+)"', text(GUIDE / "make_pictures.py")))
    kept = [*GUIDE.rglob("*.png"), *(DOCS / "images").glob("*.png")]
    assert taken == {path.stem for path in kept}


def test_the_transcript_of_the_readme_is_real():
    [shown] = re.findall(r"```chat\n(.*?)```", text(README), flags=re.DOTALL)
    talks = (text(path) for path in (ROOT / "tests/conversations").glob("*.chat"))
    assert any(" ".join(shown.split()) in " ".join(talk.split()) for talk in talks)


def test_the_import_table_is_the_one_that_is_checked():
    contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    page = text(DOCS / "architecture.md")
    layers, *rest = contracts
    assert "\n".join(["```", *layers["layers"], "```"]) in page
    assert re.findall(r"^- (.+)$", page, flags=re.MULTILINE) == [one["name"] for one in rest]


def test_every_file_that_a_page_names_exists():
    """In `backticks`, from the top of the repository."""
    for page in PAGES:
        for name in re.findall(r"`((?:bot|storage|tests|docs)/[\w./-]+)`", text(page)):
            assert (ROOT / name).exists(), f"{named(page)} names {name}"


def test_decisions_have_numbers_of_their_own_and_say_what_they_cost():
    kept = sorted(DECISIONS.glob("*.md"))
    assert kept
    assert all(re.match(r"\d{4}-[a-z0-9-]+\.md", path.name) for path in kept)
    numbers = Counter(path.name[:4] for path in kept)
    assert not [number for number, times in numbers.items() if times > 1]
    for path in kept:
        said = text(path)
        assert said.startswith(f"# {path.name[:4]} "), path.name
        for part in ("Status", "What hurts", "What we do", "What we said no to", "What it costs"):
            assert part in said, f"{path.name}: {part}"


@pytest.mark.parametrize("page", PAGES, ids=map(named, PAGES))
def test_no_page_knows_the_machine_it_was_written_on(page):
    assert not re.findall(r"(?<![\w.])/(?:home|root|work|tmp|Users)/\S*", text(page))
