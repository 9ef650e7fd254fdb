"""The daily allowance: two messages a person and day that nobody asked for, danger apart.

Every push passes here when it is about to leave, whoever wrote it. The morning message always
goes: where it is still to come, one of the two is kept for it. What is too much is held over to
the next day, where it is told of in the morning message or goes before what comes later. Alarms,
what tells of a child (a report, an addition to a case, a question that somebody waits with) and
answers to a person's own words are not counted and never wait: a child may depend on one message.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, update

from storage.records.duties import Duty, DutyWatch
from storage.records.people import ChannelLink
from storage.records.queues import OutboxMessage

outbox = OutboxMessage.__table__  # type: ignore[attr-defined]
links = ChannelLink.__table__  # type: ignore[attr-defined]
duties = Duty.__table__  # type: ignore[attr-defined]
watches = DutyWatch.__table__  # type: ignore[attr-defined]

# Priorities: what goes first. UNCOUNTED is a push that answers the person's own words, or tries
# the line: like what belongs to an emergency (REPLY) it is not of the two that a day may bring.
ALARM, REPLY, UNCOUNTED = 1, 5, 6
MORNING, PUSH, BROADCAST = 7, 8, 9  # the priorities of what is counted
A_DAY = 2
OF_A_DAY = "notice:meeting:"  # how the send-once keys of what is about a meeting begin
MERGED = "merged"  # the outcome of what was told of in a morning message
_LOCK = 0x616C6C6F
_COUNTED = and_(outbox.c.kind == "push", outbox.c.priority >= MORNING)
_PENDING = and_(outbox.c.finished_at.is_(None), outbox.c.parked_at.is_(None))


@dataclass(frozen=True)
class Day:
    """The local day that messages are counted in: from `began` until `ends`.

    Until `early` the morning messages are written. What is held over leaves from `resumes` on,
    a morning that is worked; what an officer announces from `tomorrow` on. `most` is how many
    a person may get.
    """

    began: datetime
    early: datetime
    ends: datetime
    tomorrow: datetime
    resumes: datetime
    most: int = A_DAY


class Notice(NamedTuple):
    """A message that waits for another day."""

    id: int
    person_id: int
    payload: Mapping[str, Any]


def hold_over(
    connection: Connection, claimed: Collection[int], day: Day, now: datetime
) -> set[int]:
    """Hold over, of the messages just claimed, what exceeds the allowance; returns which."""
    rows = connection.execute(
        select(
            outbox.c.id,
            outbox.c.priority,
            outbox.c.held_at,
            outbox.c.expires_at,
            outbox.c.once,
            links.c.person_id,
        )
        .join(links, links.c.id == outbox.c.link_id)
        .where(
            outbox.c.id.in_(claimed),
            _COUNTED,
            or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > now),
        )
        .order_by(
            outbox.c.priority != MORNING,
            outbox.c.held_at.is_(None),
            outbox.c.priority,
            outbox.c.id,
        )
    ).all()
    if not rows:
        return set()
    persons = {row.person_id for row in rows}
    had = _had(connection, persons, day, claimed)
    before = _kept_for_the_held(connection, persons, claimed, day, now)
    early = _kept_for_the_morning(connection, persons, claimed, day, now)
    held = set()
    for row in rows:
        person, first = row.person_id, row.held_at is not None
        taken = had.get(person, 0) + early.get(person, 0)
        taken += 0 if first else before.get(person, 0)
        if row.priority == MORNING or taken < day.most:
            had[person] = had.get(person, 0) + 1
            continue
        held.add(row.id)
        wait = now < day.early and had.get(person, 0) + before.get(person, 0) < day.most
        until = day.tomorrow if row.priority == BROADCAST else day.resumes
        _hold(connection, row, day.early if wait else until, now)
    return held


def _hold(connection: Connection, row: Any, until: datetime, now: datetime) -> None:
    """It waits until a moment, and lives as many days longer; not what a day brings to its end."""
    expires = row.expires_at
    if expires and not (row.once or "").startswith(OF_A_DAY):
        longer = timedelta(days=-((now - until) // timedelta(days=1)))
        expires = max(expires + longer, until + timedelta(hours=12))
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(
            held_at=row.held_at or now,
            by_day=True,
            not_before=until,
            expires_at=expires,
            claimed_until=None,
        )
    )


def _had(
    connection: Connection, persons: Collection[int], day: Day, but: Collection[int] = ()
) -> dict[int, int]:
    """How many counted messages of this day each of these people got, on all their channels."""
    if connection.dialect.name == "postgresql":  # senders of two channels count one after another
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    rows = connection.execute(
        select(links.c.person_id, func.sum(outbox.c.leaves))
        .join(links, links.c.id == outbox.c.link_id)
        .where(
            links.c.person_id.in_(persons),
            outbox.c.id.not_in(but),
            _COUNTED,
            outbox.c.left_at >= day.began,
        )
        .group_by(links.c.person_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _kept_for_the_held(
    connection: Connection,
    persons: Collection[int],
    claimed: Collection[int],
    day: Day,
    now: datetime,
) -> dict[int, int]:
    """How many of this day are kept for what was held over and has not had its turn."""
    rows = connection.execute(
        select(links.c.person_id, func.count())
        .join(links, links.c.id == outbox.c.link_id)
        .where(
            links.c.person_id.in_(persons),
            outbox.c.id.not_in(claimed),
            _COUNTED,
            _PENDING,
            outbox.c.held_at.is_not(None),
            outbox.c.not_before < day.ends,
            or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > now),
        )
        .group_by(links.c.person_id)
    )
    return {row[0]: row[1] for row in rows}


def _kept_for_the_morning(
    connection: Connection,
    persons: Collection[int],
    claimed: Collection[int],
    day: Day,
    now: datetime,
) -> dict[int, int]:
    """Whose morning message of this day is still to come: written, or going to be."""
    waiting = (
        select(links.c.person_id)
        .join(outbox, outbox.c.link_id == links.c.id)
        .where(
            links.c.person_id.in_(persons),
            _COUNTED,
            _PENDING,
            outbox.c.priority == MORNING,
            outbox.c.id.not_in(claimed),
            outbox.c.leaves == 0,
        )
    )
    own = select(duties.c.person_id).where(
        duties.c.done_at.is_(None),
        duties.c.person_id.in_(persons),
        duties.c.remind_at < day.ends,
    )
    of_others = select(watches.c.person_id).where(
        watches.c.person_id.in_(persons), watches.c.remind_at < day.ends
    )
    found: set[int] = set()
    for query in (waiting, own, of_others):
        found |= set(connection.execute(query).scalars())
    if now < day.early and _goes_up(connection, day):
        found |= set(persons) - _had_the_morning(connection, persons, day)
    return dict.fromkeys(found, 1)


def _goes_up(connection: Connection, day: Day) -> bool:
    """Whether something overdue goes up a step in this morning: anybody may hear of it."""
    overdue = and_(duties.c.done_at.is_(None), duties.c.escalate_at < day.ends)
    return bool(connection.execute(select(exists().where(overdue))).scalar())


def _had_the_morning(connection: Connection, persons: Collection[int], day: Day) -> set[int]:
    found = (
        select(links.c.person_id)
        .join(outbox, outbox.c.link_id == links.c.id)
        .where(
            links.c.person_id.in_(persons),
            outbox.c.priority == MORNING,
            outbox.c.left_at >= day.began,
        )
    )
    return set(connection.execute(found).scalars())


# --- what the morning message asks ---------------------------------------------------------------


def full(connection: Connection, persons: Collection[int], day: Day) -> set[int]:
    """Who of these people has had everything of this day: no morning message goes to them."""
    had = _had(connection, persons, day)
    return {person for person, count in had.items() if count >= day.most}


def crowded(connection: Connection, day: Day, limit: int) -> list[int]:
    """People for whom more waits from another day than a message: one tells them of all."""
    rows = connection.execute(
        select(links.c.person_id)
        .join(outbox, outbox.c.link_id == links.c.id)
        .where(*_MERGEABLE, outbox.c.not_before < day.ends)
        .group_by(links.c.person_id)
        .having(func.count() > 1)
        .limit(limit)
    )
    return list(rows.scalars())


def held(connection: Connection, persons: Collection[int], day: Day) -> list[Notice]:
    """What was held over to this day for these people, the oldest first."""
    rows = connection.execute(
        select(outbox.c.id, links.c.person_id, outbox.c.payload)
        .join(links, links.c.id == outbox.c.link_id)
        .where(*_MERGEABLE, links.c.person_id.in_(persons), outbox.c.not_before < day.ends)
        .order_by(outbox.c.id)
    )
    return [Notice(*row) for row in rows]


# What officers announce says more than fits a line, and they count who got it: it goes by itself.
_MERGEABLE = (
    outbox.c.held_at.is_not(None),
    outbox.c.kind == "push",
    outbox.c.priority == PUSH,
    _PENDING,
    outbox.c.claimed_until.is_(None),
)


def merge(connection: Connection, told_in: Mapping[int, str], now: datetime) -> None:
    """These (by number) are told of in the morning messages of these send-once keys."""
    by_key: dict[str, list[int]] = {}
    for number, key in told_in.items():
        by_key.setdefault(key, []).append(number)
    for key, numbers in by_key.items():
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(numbers), _PENDING)
            .values(finished_at=now, outcome=MERGED, told_in=key)
        )


def give_back(connection: Connection, message_id: int) -> None:
    """A morning message came to nothing: what it told of waits again."""
    key = select(outbox.c.once).where(
        outbox.c.id == message_id, outbox.c.kind == "push", outbox.c.priority == MORNING
    )
    if (once := connection.execute(key).scalar()) is not None:
        connection.execute(
            update(outbox)
            .where(outbox.c.told_in == once, outbox.c.outcome == MERGED)
            .values(finished_at=None, outcome=None, told_in=None)
        )


def told_of(connection: Connection, person_id: int, message_id: int) -> list[Notice]:
    """What one morning message told a person of, found by any message among it."""
    mine = select(links.c.id).where(links.c.person_id == person_id)
    key = select(outbox.c.told_in).where(
        outbox.c.id == message_id, outbox.c.outcome == MERGED, outbox.c.link_id.in_(mine)
    )
    rows = connection.execute(
        select(outbox.c.id, outbox.c.payload)
        .where(
            outbox.c.told_in == key.scalar_subquery(),
            outbox.c.link_id.in_(mine),
            outbox.c.payload.is_not(None),
        )
        .order_by(outbox.c.id)
    )
    return [Notice(row.id, person_id, row.payload) for row in rows]


def only_tomorrow(connection: Connection, whom: Select[tuple[int]], day: Day) -> int:
    """How many of these people have had, or are about to get, everything of this day."""
    ahead = and_(_PENDING, or_(outbox.c.not_before.is_(None), outbox.c.not_before < day.ends))
    busy = (
        select(links.c.person_id)
        .join(outbox, outbox.c.link_id == links.c.id)
        .where(
            links.c.person_id.in_(whom),
            _COUNTED,
            or_(and_(outbox.c.left_at >= day.began, outbox.c.leaves > 0), ahead),
        )
        .group_by(links.c.person_id)
        .having(func.count() >= day.most)
    )
    return int(connection.execute(select(func.count()).select_from(busy.subquery())).scalar_one())


def waiting(connection: Connection) -> int:
    """How many messages are held over."""
    found = select(func.count()).where(outbox.c.held_at.is_not(None), _PENDING)
    return int(connection.execute(found).scalar_one())
