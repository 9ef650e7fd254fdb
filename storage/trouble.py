"""Whether a failure is the database's own: it is full, locked or away, and may be well again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, InterfaceError

# Result codes without their extension (sqlite.org/rescode.html): PERM, BUSY, LOCKED, NOMEM,
# READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB. Not ERROR: that is a wrong statement.
_SQLITE = frozenset((3, 5, 6, 7, 8, 10, 11, 13, 14, 15, 26))
# PostgreSQL's classes of errors: connection, rollback (deadlock), no resources, not in this state
# (locked), operator intervention, system; and a transaction that may only read.
_POSTGRES = ("08", "40", "53", "55", "57", "58", "25006")


def is_the_databases(problem: BaseException) -> bool:
    """Whether the database failed, and not what was asked of it. The same may work later."""
    return any(_is(each) for each in _chain(problem))


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    """A failure and those it came from: a full disk ends the transaction, and what cleans up after
    that fails for another reason."""
    for _ in range(10):
        if problem is None:
            return
        yield problem
        problem = problem.__cause__ or problem.__context__


def _is(problem: BaseException) -> bool:
    if isinstance(problem, sqlite3.Error):
        return (getattr(problem, "sqlite_errorcode", None) or 0) & 0xFF in _SQLITE
    if not isinstance(problem, DBAPIError):
        return isinstance(problem, ConnectionError)
    if problem.connection_invalidated:
        return True
    if isinstance(problem.orig, sqlite3.Error):
        return _is(problem.orig)
    state = str(getattr(problem.orig, "sqlstate", None) or "")
    return state.startswith(_POSTGRES) or (isinstance(problem, InterfaceError) and not state)
