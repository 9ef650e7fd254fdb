"""Due work done apart: what fails is undone alone, counted, and holds nothing else up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from bot import metrics
from bot.logs import get_logger

T = TypeVar("T")
log = get_logger()


def apart(connection: Connection, what: str, work: Callable[[], T], about: str = "") -> T | None:
    """What `work` returns, done in a savepoint of its own; None where it fails.

    Logged are the kind of the error, `what` it was and `about` which case (a code): no words, for
    an error may quote somebody's. Where not even the savepoint can be undone (the database is
    gone) that is raised.
    """
    try:
        with connection.begin_nested():
            return work()
    except Exception as problem:
        metrics.DUE_FAILED.labels(what).inc()
        log.error("due_failed", what=what, about=about, why=type(problem).__name__)
        return None
