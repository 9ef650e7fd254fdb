"""Opening the database, and running one piece of work as one transaction.

Queries are plain functions of a Connection. On SQLite they run in one writing thread (a write
lock is taken at the start, so nothing is decided on stale rows) and in one reading thread; on
PostgreSQL through asyncpg. Either way `write` returns after a durable commit.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import StaticPool

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")
Work = Callable[[Connection], T]
PATIENCE = 200  # twentieths of a second that another process may take to open the same file


class Database:
    """One database, SQLite or PostgreSQL, by its SQLAlchemy URL.

    `commits` counts finished writing transactions. `before_commit` and `on_commit`, if set, are
    called with the number of each right before and right after it (tests stop the process there).
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.commits = 0
        self.before_commit: Callable[[int], None] | None = None
        self.on_commit: Callable[[int], None] | None = None
        self._async: AsyncEngine | None = None
        if self.sqlite:
            self._open_sqlite()
        else:
            from sqlalchemy.ext.asyncio import create_async_engine  # only where it is used

            self._async = create_async_engine(
                self.url, pool_size=5, max_overflow=5, pool_pre_ping=True, **_json
            )

    def _open_sqlite(self) -> None:
        path = self.url.database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):  # connecting says what is wrong; what is new is its owner's
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        url = self.url.set(drivername="sqlite")
        self._writer = _sqlite_engine(url, "BEGIN IMMEDIATE")
        in_memory = not path or path == ":memory:"
        self._reader = self._writer if in_memory else _sqlite_engine(url, "BEGIN")
        self._writing = ThreadPoolExecutor(1, "db-write")
        self._reading = self._writing if in_memory else ThreadPoolExecutor(1, "db-read")

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction and return its result after the commit.

        Whatever `work` raises rolls everything back and is raised here.
        """
        if self._async is not None:
            async with self._async.begin() as connection:
                result = await connection.run_sync(self._work, work)
        else:
            loop = asyncio.get_running_loop()
            whole = partial(self._work, work=work)
            result = await loop.run_in_executor(self._writing, _begin, self._writer, whole)
        self.commits += 1
        if self.on_commit:
            self.on_commit(self.commits)
        return result

    def _work(self, connection: Connection, work: Work[T]) -> T:
        result = work(connection)
        if self.before_commit:
            self.before_commit(self.commits + 1)
        return result

    def at_once(self, work: Work[T]) -> T:
        """As `write`, on SQLite and without an event loop: for measuring and simulating."""
        return _begin(self._writer, work)

    async def read(self, work: Work[T]) -> T:
        """Run `work`, which changes nothing, and return its result."""
        if self._async is not None:
            async with self._async.connect() as connection:
                return await connection.run_sync(work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, partial(_connect, self._reader, work))

    async def close(self) -> None:
        """Let go of every connection."""
        if self._async is not None:
            await self._async.dispose()
            return
        for pool, engine in (
            (self._writing, self._writer),
            (self._reading, self._reader),
        ):
            await asyncio.get_running_loop().run_in_executor(None, pool.shutdown)
            engine.dispose()


_json: dict[str, Any] = {"json_serializer": partial(json.dumps, ensure_ascii=False)}


def _begin(engine: Engine, work: Work[T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _connect(engine: Engine, work: Work[T]) -> T:
    with engine.connect() as connection:
        return work(connection)


def _set(raw: Any, pragma: str) -> None:
    """Set a pragma. Changing to WAL does not wait for its turn as everything else does."""
    for _ in range(PATIENCE):
        try:
            raw.execute(f"PRAGMA {pragma}")
            return
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem):
                raise
            time.sleep(0.05)
    raw.execute(f"PRAGMA {pragma}")


def _sqlite_engine(url: Any, begin: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def _pragmas(raw: Any, _: Any) -> None:
        raw.isolation_level = None  # the driver must not begin by itself: see `_on_begin`
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # in WAL mode less than FULL forgets commits in a power cut
            "foreign_keys=ON",
            "cache_size=-2000",
        ):
            _set(raw, pragma)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
