"""How often something was tried: the limit on guessing, shared by all replicas."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from storage.records.counts import Count
from storage.upserts import insert_into

counts = Count.__table__  # type: ignore[attr-defined]


def add(connection: Connection, name: str, now: datetime, window: timedelta) -> int:
    """Count one more in the present window and return how many that makes."""
    start = _window(now, window)
    statement = insert_into(connection.dialect.name, counts).values(
        name=name, window_at=start, count=1
    )
    statement = statement.on_conflict_do_update(
        index_elements=["name", "window_at"], set_={"count": counts.c.count + 1}
    ).returning(counts.c.count)
    return int(connection.execute(statement).scalar_one())


def seen(connection: Connection, name: str, now: datetime, window: timedelta) -> int:
    """How many there were in the present window."""
    window_of = {"named": name, "start": _window(now, window)}
    return int(connection.execute(_SEEN, window_of).scalar() or 0)


def correct(
    connection: Connection, name: str, now: datetime, window: timedelta, count: int
) -> None:
    """Say how many there were in the present window, where one at least was counted."""
    here = (counts.c.name == name) & (counts.c.window_at == _window(now, window))
    connection.execute(update(counts).where(here).values(count=count))


# Every tick asks: put together once.
_SEEN = select(counts.c.count).where(
    counts.c.name == bindparam("named"),
    counts.c.window_at == bindparam("start", type_=counts.c.window_at.type),
)


def purge(connection: Connection, now: datetime) -> None:
    """Windows of two days ago no longer matter."""
    connection.execute(delete(counts).where(counts.c.window_at < now - timedelta(days=2)))


def _window(now: datetime, window: timedelta) -> datetime:
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
