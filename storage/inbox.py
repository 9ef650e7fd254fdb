"""Events as they arrived: kept once, handled in order, parked when they cannot be handled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from storage import crypto
from storage.among import among
from storage.records.people import ChannelLink
from storage.records.queues import InboxEvent
from storage.upserts import insert_or_skip

inbox = InboxEvent.__table__  # type: ignore[attr-defined]
links = ChannelLink.__table__  # type: ignore[attr-defined]


class Arrived(NamedTuple):
    """A row that waits. `sender` is the blind index of the address it came from."""

    id: int
    channel: str
    event_id: str
    sender: str
    payload: Mapping[str, Any]
    attempts: int
    received_at: datetime


def sender_index(channel: str, address: str) -> str:
    """The blind index of an address: what order is kept by, and what links are found by."""
    return crypto.index(address, f"address:{channel}")


def put(
    connection: Connection, events: Iterable[tuple[str, str, str, Mapping[str, Any]]], now: datetime
) -> list[int]:
    """Keep (channel, event id, address, payload) rows; an id seen before is passed over.

    Returns the positions, in `events`, of those that were new.
    """
    rows = [
        {
            "channel": channel,
            "event_id": event_id,
            "sender": sender_index(channel, address) if address else "",
            "payload": payload,
            "received_at": now,
            "attempts": 0,
        }
        for channel, event_id, address, payload in events
    ]
    if not rows:
        return []
    dialect = connection.dialect.name
    statement = insert_or_skip(dialect, inbox, "channel", "event_id")
    if len(rows) == 1:
        return [0] if connection.execute(statement, rows[0]).rowcount else []
    if dialect == "postgresql":  # others may be inserting the same
        kept = connection.execute(statement.returning(*_KEY), rows)
    else:  # three times as fast
        before = connection.execute(_NEWEST).scalar() or 0
        if connection.execute(statement, rows).rowcount == len(rows):
            return list(range(len(rows)))
        kept = connection.execute(_SINCE, {"before": before})
    places = {(row["channel"], row["event_id"]): n for n, row in reversed([*enumerate(rows)])}
    return sorted(places[row[0], row[1]] for row in kept)


_KEY = (inbox.c.channel, inbox.c.event_id)
_NEWEST = select(func.max(inbox.c.id))
_SINCE = select(*_KEY).where(inbox.c.id > bindparam("before"))
_COLUMNS = (
    inbox.c.id,
    inbox.c.channel,
    inbox.c.event_id,
    inbox.c.sender,
    inbox.c.payload,
    inbox.c.attempts,
    inbox.c.received_at,
)
_PENDING = inbox.c.done_at.is_(None)


def claim(connection: Connection, limit: int, only: int | None = None) -> list[Arrived]:
    """The oldest waiting events, which nobody else handles until this transaction ends.

    With `only` just that event, if it waits and is the first of its person.

    On SQLite the write lock keeps others out. On PostgreSQL an advisory lock per person does:
    another worker's people are left out, and everybody's own order is kept.
    """
    if only is not None:
        rows = connection.execute(_OF_IDS, {"ids": _only(connection, only)})
    elif connection.dialect.name == "postgresql":
        rows = connection.execute(_OF_IDS, {"ids": _of_free_people(connection, limit)})
    else:
        rows = connection.execute(_OLDEST, {"limit": limit})
    return [Arrived._make(row) for row in rows]


_OF_IDS = select(*_COLUMNS).where(among(inbox.c.id, "ids")).order_by(inbox.c.id)
_OLDEST = select(*_COLUMNS).where(_PENDING).order_by(inbox.c.id).limit(bindparam("limit"))


# Whose an event is: a person's, over all their links, or a stranger's address.
_WHO = "coalesce('person:' || l.person_id, i.sender)"
_WAITING = (
    "FROM inbox i LEFT JOIN channel_links l"
    " ON l.channel = i.channel AND l.address_index = i.sender WHERE i.done_at IS NULL"
)
_FIRSTS = text(
    f"SELECT first, who FROM (SELECT min(i.id) AS first, {_WHO} AS who {_WAITING} GROUP BY 2) w"
    " WHERE first <= :until ORDER BY first LIMIT :limit"
)
_WHOSE = text(f"SELECT {_WHO} {_WAITING} AND i.id = :only")
_FIRST_OF = text(f"SELECT min(i.id) {_WAITING} AND i.id <= :only AND {_WHO} = :who")
_THEIRS = text(f"SELECT i.id {_WAITING} AND {_WHO} = ANY(:whom) ORDER BY i.id LIMIT :limit")
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:who, 7))")
_NO_END = 2**62


def _only(connection: Connection, event_id: int) -> list[int]:
    who = connection.execute(_WHOSE, {"only": event_id}).scalar()
    if who is None or not _mine(connection, who):
        return []
    first = connection.execute(_FIRST_OF, {"who": who, "only": event_id}).scalar()
    return [event_id] if first == event_id else []


def _of_free_people(connection: Connection, limit: int) -> list[int]:
    waiting = connection.execute(_FIRSTS, {"until": _NO_END, "limit": limit}).all()
    whom = [who for _, who in waiting if _mine(connection, who)]
    if not whom:
        return []
    # Read again under the locks: another worker may have finished some in between.
    theirs = connection.execute(_THEIRS, {"whom": whom, "limit": limit})
    return list(theirs.scalars())


def _mine(connection: Connection, who: str) -> bool:
    """Whether this worker has this person until the end of the transaction."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(_LOCK, {"who": who}).scalar())


def done(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """These events have had their effect."""
    if ids:
        connection.execute(_DONE, {"ids": ids, "at": now})


_DONE = update(inbox).where(among(inbox.c.id, "ids")).values(done_at=bindparam("at"))


_TRIED = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"))
    .values(attempts=inbox.c.attempts + 1, error=bindparam("why"))
)


def tried(connection: Connection, event_id: int, error: str) -> None:
    """Count a failed attempt."""
    connection.execute(_TRIED, {"row": event_id, "why": error[:500]})


def count_attempt(connection: Connection, event_id: int) -> None:
    """Count an attempt before it is made: an event that kills the process is counted too."""
    connection.execute(
        update(inbox).where(inbox.c.id == event_id).values(attempts=inbox.c.attempts + 1)
    )


def newest_waiting(connection: Connection) -> int:
    """The id of the newest event that waits; 0 when none does."""
    return connection.execute(select(func.max(inbox.c.id)).where(_PENDING)).scalar() or 0


def first_of_each(connection: Connection, until: int, limit: int) -> list[int]:
    """The id of the first waiting event of each person, if not above `until`; oldest first."""
    found = connection.execute(_FIRSTS, {"until": until, "limit": limit})
    return [row[0] for row in found]


def park(
    connection: Connection, event_id: int, error: str, now: datetime, attempts: int = 0
) -> bool:
    """Set an event apart for the operator; the line behind it goes on.

    False when it is settled already, or was tried less often than `attempts`.
    """
    return (
        connection.execute(
            update(inbox)
            .where(inbox.c.id == event_id, _PENDING, inbox.c.attempts >= attempts)
            .values(done_at=now, parked_at=now, error=error[:500])
        ).rowcount
        == 1
    )


def parked(connection: Connection) -> list[tuple[int, str, datetime, str]]:
    """(id, channel, when, why) of what was set apart."""
    rows = connection.execute(
        select(inbox.c.id, inbox.c.channel, inbox.c.parked_at, inbox.c.error)
        .where(inbox.c.parked_at.is_not(None))
        .order_by(inbox.c.id)
    )
    return [tuple(row) for row in rows]


def retry_parked(connection: Connection, event_id: int | None = None) -> int:
    """Put one parked event, or all, back in line; returns how many."""
    wanted = inbox.c.parked_at.is_not(None)
    if event_id is not None:
        wanted &= inbox.c.id == event_id
    return connection.execute(
        update(inbox).where(wanted).values(parked_at=None, done_at=None, attempts=0, error=None)
    ).rowcount


def newest(connection: Connection) -> datetime | None:
    """When the newest event arrived, by our clock of that moment."""
    found: datetime | None = connection.execute(select(func.max(inbox.c.received_at))).scalar()
    return found


def waiting(connection: Connection) -> tuple[int, datetime | None]:
    """How many wait, and since when the oldest does."""
    row = connection.execute(
        select(func.count(), func.min(inbox.c.received_at)).where(_PENDING)
    ).one()
    return row[0], row[1]


def handled(connection: Connection) -> int:
    """How many events have had their effect."""
    found = select(func.count()).select_from(inbox).where(inbox.c.done_at.is_not(None))
    return connection.execute(found).scalar_one()


def purge(connection: Connection, now: datetime, keep: timedelta) -> int:
    """Forget handled events older than `keep`; what is parked stays."""
    return connection.execute(
        delete(inbox).where(
            inbox.c.received_at < now - keep,
            inbox.c.done_at.is_not(None),
            inbox.c.parked_at.is_(None),
        )
    ).rowcount
