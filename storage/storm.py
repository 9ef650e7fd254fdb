"""The storm guard: a ceiling on what one person gets in an hour, whatever a bug does.

What exceeds it is parked: kept, seen by the operator, and its turn comes when the hour is over or
they say so. Alarms and what belongs to an emergency are never held back, but they count. A message
counts as often as it may have left: also when the process died before it could write down that it
was sent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select, update

from storage.allowance import REPLY
from storage.records.people import ChannelLink
from storage.records.queues import OutboxMessage

outbox = OutboxMessage.__table__  # type: ignore[attr-defined]
links = ChannelLink.__table__  # type: ignore[attr-defined]

HOUR = timedelta(hours=1)
_LOCK = 0x73746F72
COUNTED = ("push", "alarm")  # a reply answers what the person did: they set its pace themselves
# Whoever sends much may not keep from an officer what another child in danger depends on.
_CAN_WAIT = and_(outbox.c.kind == "push", outbox.c.priority > REPLY)


class Parked(NamedTuple):
    """A message that is held back."""

    id: int
    person_id: int
    channel: str
    created_at: datetime
    parked_at: datetime
    expires_at: datetime | None


def hold_back(
    connection: Connection, claimed: Collection[int], ceiling: int, now: datetime
) -> set[int]:
    """Park, of the messages just claimed, what exceeds the ceiling; returns which.

    Whatever else is due to the same people goes with it: it would be its turn a moment later.
    """
    rows = connection.execute(
        select(outbox.c.id, _CAN_WAIT, links.c.person_id)
        .join(links, links.c.id == outbox.c.link_id)
        .where(outbox.c.id.in_(claimed), outbox.c.kind.in_(COUNTED))
        .order_by(outbox.c.priority, outbox.c.id)
    ).all()
    if not rows:
        return set()
    had = _had(connection, {row.person_id for row in rows}, now)
    parked, leaving, flooded = set(), [], set()
    for number, can_wait, person in rows:
        if can_wait and had.get(person, 0) >= ceiling:
            parked.add(number)
            flooded.add(person)
            continue
        had[person] = had.get(person, 0) + 1
        leaving.append(number)
    _set(connection, leaving, left_at=now, leaves=outbox.c.leaves + 1)
    _set(connection, list(parked), parked_at=now, claimed_until=None)
    _park_the_rest(connection, flooded, now)
    return parked


def _park_the_rest(connection: Connection, persons: Collection[int], now: datetime) -> None:
    if not persons:
        return
    rest = (
        select(outbox.c.id)
        .where(
            outbox.c.link_id.in_(select(links.c.id).where(links.c.person_id.in_(persons))),
            _CAN_WAIT,
            outbox.c.finished_at.is_(None),
            outbox.c.parked_at.is_(None),
            outbox.c.claimed_until.is_(None),
            outbox.c.by_day.is_(False),
            or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now),
        )
        .with_for_update(skip_locked=True)
    )
    connection.execute(update(outbox).where(outbox.c.id.in_(rest)).values(parked_at=now))


def _had(connection: Connection, persons: Collection[int], now: datetime) -> dict[int, int]:
    """How many messages of an hour each of these people got, on all their channels together."""
    if connection.dialect.name == "postgresql":  # senders of two channels count one after another
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    rows = connection.execute(
        select(links.c.person_id, func.sum(outbox.c.leaves))
        .join(links, links.c.id == outbox.c.link_id)
        .where(
            links.c.person_id.in_(persons),
            outbox.c.kind.in_(COUNTED),
            outbox.c.left_at > now - HOUR,
        )
        .group_by(links.c.person_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _set(connection: Connection, numbers: Sequence[int], **values: object) -> None:
    if numbers:
        connection.execute(update(outbox).where(outbox.c.id.in_(numbers)).values(**values))


_HELD = (outbox.c.parked_at.is_not(None), outbox.c.finished_at.is_(None))


def parked(connection: Connection) -> list[Parked]:
    """What is held back, oldest first."""
    rows = connection.execute(
        select(
            outbox.c.id,
            links.c.person_id,
            outbox.c.channel,
            outbox.c.created_at,
            outbox.c.parked_at,
            outbox.c.expires_at,
        )
        .join(links, links.c.id == outbox.c.link_id)
        .where(*_HELD)
        .order_by(outbox.c.id)
    )
    return [Parked(*row) for row in rows]


def count(connection: Connection) -> int:
    """How many messages are held back."""
    return connection.execute(select(func.count()).where(*_HELD)).scalar_one()


def release(connection: Connection, number: int | None = None) -> int:
    """Put one parked message, or all of them, back in line; the ceiling still holds."""
    chosen = [outbox.c.id == number] if number is not None else []
    done = connection.execute(update(outbox).where(*_HELD, *chosen).values(parked_at=None))
    return done.rowcount


def take_up(connection: Connection, now: datetime) -> int:
    """What has been held back for an hour is in line again, in its old place; returns how many.

    The ceiling still holds: of a flood, one hour's worth leaves an hour, the oldest first.
    """
    waited = outbox.c.parked_at <= now - HOUR
    return connection.execute(update(outbox).where(*_HELD, waited).values(parked_at=None)).rowcount


def drop(connection: Connection, now: datetime, number: int | None = None) -> int:
    """Give up one parked message, or all of them: they are never sent."""
    chosen = [outbox.c.id == number] if number is not None else []
    done = connection.execute(
        update(outbox).where(*_HELD, *chosen).values(finished_at=now, outcome="dropped")
    )
    return done.rowcount
