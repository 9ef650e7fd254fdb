"""Opening a database that may not be there, not be ours, or have been written with another key."""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storage import key_check, schema
from storage.database import Database

PATIENCE = 20.0  # seconds for a server to answer


class CannotOpen(Exception):
    """The database cannot be used; the message is one line that says why."""


async def opened(url: str) -> Database:
    """The database of a URL, reached and brought up to date. Raises CannotOpen or WrongKey."""
    database = None
    try:
        database = Database(url)
        async with asyncio.timeout(PATIENCE):
            await database.write(_bring_up)
    except BaseException as problem:
        if database is not None:
            await database.close()
        if reason := _reason(problem):
            raise CannotOpen(reason) from None
        raise
    return database


def _bring_up(connection: Connection) -> None:
    revision = schema.current(connection)
    if revision is not None and revision > schema.newest():
        raise CannotOpen(f"the database is of revision {revision}, newer than this program")
    schema.upgrade(connection)
    key_check.check(connection)


def _reason(problem: BaseException) -> str:
    """What to tell the operator of a failure, "" for one that is no trouble with the database."""
    if isinstance(problem, TimeoutError):
        return f"the database has not answered within {PATIENCE:.0f} seconds"
    if isinstance(problem, TypeError) and "keyword argument" in str(problem):
        return "there is something behind the ? that no driver knows"
    if isinstance(problem, DBAPIError):
        problem = problem.orig or problem
    elif not isinstance(problem, OSError | SQLAlchemyError) and not _is_of(problem):
        return ""
    return str(problem).strip() or type(problem).__name__


def _is_of(problem: BaseException) -> bool:
    """Whether it comes from the libraries that are imported only where they are needed."""
    return type(problem).__module__.split(".")[0] in ("asyncpg", "alembic")
