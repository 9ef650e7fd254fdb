"""Broadcasts: who they are for, how far they have come, who has read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    case,
    func,
    or_,
    select,
    update,
)

from storage.records.broadcasts import Broadcast, BroadcastRecipient
from storage.records.people import ChannelLink, Person, Role
from storage.records.queues import OutboxMessage
from storage.upserts import insert_into, insert_or_skip

broadcasts = Broadcast.__table__  # type: ignore[attr-defined]
recipients = BroadcastRecipient.__table__  # type: ignore[attr-defined]
links = ChannelLink.__table__  # type: ignore[attr-defined]
outbox = OutboxMessage.__table__  # type: ignore[attr-defined]
people = Person.__table__  # type: ignore[attr-defined]
roles = Role.__table__  # type: ignore[attr-defined]

FAILED = ("blocked", "refused", "expired", "dropped", "shut", "quota")
GOING = ("waiting", "parked")


@dataclass(frozen=True)
class Audience:
    """Everybody with one of these roles in these areas; without roles the residents who live
    there; or, whatever their role, the `persons` of a list. `besides` is left out: who sends.
    """

    roles: tuple[str, ...] = ()
    areas: frozenset[str] = frozenset()
    persons: tuple[int, ...] | None = None
    besides: int = 0


class Recipient(NamedTuple):
    """One person that a broadcast is for, and how they are reached; without a link: not at all."""

    person_id: int
    language: str
    link_id: int | None
    channel: str | None


class Listed(NamedTuple):
    """One person of a broadcast as an officer sees them."""

    person_id: int
    name: str | None
    phone: str | None
    home_area: str | None
    state: str


def _wanted(audience: Audience) -> Select[tuple[int]]:
    """The ids of the people of an audience."""
    found = select(people.c.id).where(
        people.c.suspended_at.is_(None),
        people.c.merged_into.is_(None),
        people.c.id != audience.besides,
    )
    if audience.persons is not None:
        return found.where(people.c.id.in_(audience.persons))
    holding = select(roles.c.person_id).where(roles.c.ended_at.is_(None))
    if audience.roles:
        there = holding.where(roles.c.role.in_(audience.roles), roles.c.area.in_(audience.areas))
        return found.where(people.c.id.in_(there))
    return found.where(people.c.home_area.in_(audience.areas), people.c.id.not_in(holding))


def _nearest(whom: Select[tuple[int]]) -> Subquery:
    """Of each of these people the open link that was used last."""
    place = func.row_number().over(
        partition_by=links.c.person_id,
        order_by=(links.c.last_seen_at.desc().nulls_last(), links.c.id.desc()),
    )
    ranked = (
        select(links.c.person_id, links.c.id, links.c.channel, place.label("place"))
        .where(links.c.blocked_at.is_(None), links.c.person_id.in_(whom))
        .subquery()
    )
    return (
        select(ranked.c.person_id, ranked.c.id, ranked.c.channel)
        .where(ranked.c.place == 1)
        .subquery()
    )


def reached(connection: Connection, audience: Audience) -> tuple[dict[str, int], int]:
    """How many people are reached on each channel, and how many cannot be reached."""
    whom = _wanted(audience)
    nearest = _nearest(whom)
    rows = connection.execute(select(nearest.c.channel, func.count()).group_by(nearest.c.channel))
    by_channel = {row[0]: row[1] for row in rows}
    everybody = connection.execute(select(func.count()).select_from(whom.subquery())).scalar_one()
    return by_channel, everybody - sum(by_channel.values())


def make(connection: Connection, values: Mapping[str, Any]) -> int | None:
    """Keep a broadcast; None when one was made of the same draft before."""
    made = (
        insert_into(connection.dialect.name, broadcasts)
        .values({"upto": 0, **values})
        .on_conflict_do_nothing(index_elements=["draft_key"])
        .returning(broadcasts.c.id)
    )
    number: int | None = connection.execute(made).scalar()
    return number


def one(connection: Connection, number: int) -> Broadcast | None:
    """The broadcast of this number."""
    return _first(connection, select(broadcasts).where(broadcasts.c.id == number))


def of_draft(connection: Connection, key: str) -> Broadcast | None:
    """The broadcast that was made of a draft."""
    return _first(connection, select(broadcasts).where(broadcasts.c.draft_key == key))


def _first(connection: Connection, query: Select[Any]) -> Broadcast | None:
    row = connection.execute(query).mappings().first()
    return Broadcast(**row) if row else None


def newest(connection: Connection, areas: Collection[str], limit: int) -> list[Broadcast]:
    """The newest broadcasts of these areas."""
    rows = connection.execute(
        select(broadcasts)
        .where(broadcasts.c.area.in_(areas))
        .order_by(broadcasts.c.id.desc())
        .limit(limit)
    ).mappings()
    return [Broadcast(**row) for row in rows]


# --- from a broadcast to its messages ---------------------------------------------------------


def to_expand(connection: Connection, now: datetime, night: bool) -> Broadcast | None:
    """A broadcast that leaves now and whose messages are not all written; at night an urgent one.

    On PostgreSQL it is locked, so that two processes do not work at the same one.
    """
    query = (
        select(broadcasts)
        .where(
            broadcasts.c.expanded_at.is_(None),
            broadcasts.c.recalled_at.is_(None),
            broadcasts.c.leaves_at <= now,
            *([broadcasts.c.urgent] if night else []),
        )
        .order_by(broadcasts.c.urgent.desc(), broadcasts.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return _first(connection, query)


def portion(connection: Connection, audience: Audience, upto: int, limit: int) -> list[Recipient]:
    """The next people of an audience after person `upto`, by number."""
    whom = _wanted(audience).where(people.c.id > upto).order_by(people.c.id).limit(limit)
    ids = list(connection.execute(whom).scalars())
    nearest = _nearest(select(people.c.id).where(people.c.id.in_(ids)))
    rows = connection.execute(
        select(people.c.id, people.c.language, nearest.c.id, nearest.c.channel)
        .outerjoin(nearest, nearest.c.person_id == people.c.id)
        .where(people.c.id.in_(ids))
        .order_by(people.c.id)
    )
    return [Recipient(*row) for row in rows]


def once(number: int, person_id: int, tries: int = 1) -> str:
    """The send-once key of a broadcast's message to a person."""
    return f"b.{number}.{person_id}" + (f".{tries}" if tries > 1 else "")


def keep(connection: Connection, number: int, found: Sequence[Recipient]) -> None:
    """Note whom a broadcast is for; who stands there already stays as they are."""
    if found:
        rows = [
            {
                "broadcast_id": number,
                "person_id": each.person_id,
                "link_id": each.link_id,
                "once": once(number, each.person_id) if each.link_id else None,
                "tries": 1,
            }
            for each in found
        ]
        skip = insert_or_skip(connection.dialect.name, recipients, "broadcast_id", "person_id")
        connection.execute(skip, rows)


def move_on(connection: Connection, number: int, upto: int, whole_at: datetime | None) -> None:
    """People up to `upto` have their message; with `whole_at` there is nobody after them."""
    connection.execute(
        update(broadcasts).where(broadcasts.c.id == number).values(upto=upto, expanded_at=whole_at)
    )


def to_end(connection: Connection) -> list[Broadcast]:
    """Broadcasts of which nothing waits to be sent any more, and nobody has noted it."""
    whole = or_(broadcasts.c.expanded_at.is_not(None), broadcasts.c.recalled_at.is_not(None))
    rows = connection.execute(
        select(broadcasts).where(broadcasts.c.ended_at.is_(None), whole).order_by(broadcasts.c.id)
    ).mappings()
    return [each for row in rows if not _going(connection, (each := Broadcast(**row)).id or 0)]


def _going(connection: Connection, number: int) -> bool:
    waiting = select(outbox.c.id).where(
        outbox.c.finished_at.is_(None),
        outbox.c.parked_at.is_(None),
        outbox.c.once.startswith(f"b.{number}."),
    )
    return connection.execute(waiting.limit(1)).first() is not None


def end(connection: Connection, number: int, now: datetime) -> bool:
    """Note that a broadcast is over; False when that was noted before."""
    done = connection.execute(
        update(broadcasts)
        .where(broadcasts.c.id == number, broadcasts.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return done.rowcount == 1


# --- how far it has come ----------------------------------------------------------------------


def _state() -> ColumnElement[str]:
    return case(
        (recipients.c.read_at.is_not(None), "read"),
        (outbox.c.outcome.is_not(None), outbox.c.outcome),
        (outbox.c.parked_at.is_not(None), "parked"),
        (outbox.c.id.is_not(None), "waiting"),
        else_="unreached",
    )


def tally(connection: Connection, number: int) -> dict[str, int]:
    """How many people by state: waiting, parked, sent, read, recalled, unreached, or why not."""
    state = _state().label("state")
    rows = connection.execute(
        select(state, func.count())
        .select_from(recipients)
        .outerjoin(outbox, outbox.c.once == recipients.c.once)
        .where(recipients.c.broadcast_id == number)
        .group_by(state)
    )
    return {row[0]: row[1] for row in rows}


def not_read(connection: Connection, number: int, offset: int, limit: int) -> list[Listed]:
    """Who has not said that they read it: those it did not reach first."""
    state = _state().label("state")
    rows = connection.execute(
        select(people.c.id, people.c.name, people.c.phone, people.c.home_area, state)
        .select_from(recipients)
        .join(people, people.c.id == recipients.c.person_id)
        .outerjoin(outbox, outbox.c.once == recipients.c.once)
        .where(recipients.c.broadcast_id == number, recipients.c.read_at.is_(None))
        .order_by(case((_state() == "sent", 1), else_=0), people.c.id)
        .offset(offset)
        .limit(limit)
    )
    return [Listed(*row) for row in rows]


def read(connection: Connection, number: int, person_id: int, now: datetime) -> bool | None:
    """A person has read it: True the first time, None when it was not for them."""
    mine = (recipients.c.broadcast_id == number, recipients.c.person_id == person_id)
    marked = connection.execute(
        update(recipients).where(*mine, recipients.c.read_at.is_(None)).values(read_at=now)
    )
    if marked.rowcount:
        return True
    known = connection.execute(select(recipients.c.tries).where(*mine)).first()
    return None if known is None else False


def shows(connection: Connection, person_id: int, photo: int) -> bool:
    """Whether a person was sent this photo (an attachment's number) with a broadcast."""
    found = connection.execute(
        select(broadcasts.c.content)
        .join(recipients, recipients.c.broadcast_id == broadcasts.c.id)
        .where(recipients.c.person_id == person_id)
        .order_by(broadcasts.c.id.desc())
    ).scalars()
    return any(photo in content.get("photos", ()) for content in found)


def unread_of(connection: Connection, person_id: int, since: datetime) -> int | None:
    """The newest broadcast that reached a person since then and that they have not read."""
    found: int | None = connection.execute(
        select(recipients.c.broadcast_id)
        .join(outbox, outbox.c.once == recipients.c.once)
        .where(
            recipients.c.person_id == person_id,
            recipients.c.read_at.is_(None),
            outbox.c.outcome == "sent",
            outbox.c.finished_at >= since,
        )
        .order_by(recipients.c.broadcast_id.desc())
        .limit(1)
    ).scalar()
    return found


# --- again, elsewhere, or not at all ----------------------------------------------------------


class Missed(NamedTuple):
    """A person whom it did not reach, and the link that was tried."""

    person_id: int
    language: str
    link_id: int | None
    tries: int
    state: str


def missed(connection: Connection, number: int, limit: int) -> list[Missed]:
    """Whom it did not reach, by number."""
    state = _state()
    rows = connection.execute(
        select(people.c.id, people.c.language, recipients.c.link_id, recipients.c.tries, state)
        .select_from(recipients)
        .join(people, people.c.id == recipients.c.person_id)
        .outerjoin(outbox, outbox.c.once == recipients.c.once)
        .where(recipients.c.broadcast_id == number, state.in_((*FAILED, "unreached")))
        .order_by(people.c.id)
        .limit(limit)
    )
    return [Missed(*row) for row in rows]


def try_again(
    connection: Connection, number: int, person_id: int, tries: int, link_id: int
) -> str | None:
    """Note another try on a link; its send-once key, None when somebody was faster."""
    key = once(number, person_id, tries + 1)
    done = connection.execute(
        update(recipients)
        .where(
            recipients.c.broadcast_id == number,
            recipients.c.person_id == person_id,
            recipients.c.tries == tries,
        )
        .values(tries=tries + 1, link_id=link_id, once=key)
    )
    return key if done.rowcount else None


def again(connection: Connection, number: int) -> None:
    """There are messages under way again."""
    connection.execute(update(broadcasts).where(broadcasts.c.id == number).values(ended_at=None))


def recall(connection: Connection, number: int, now: datetime) -> int | None:
    """What has not left never does; returns how many messages, None when it was recalled before.

    What a sender holds in its hands at this moment still leaves.
    """
    stopped = connection.execute(
        update(broadcasts)
        .where(broadcasts.c.id == number, broadcasts.c.recalled_at.is_(None))
        .values(recalled_at=now)
    )
    if not stopped.rowcount:
        return None
    mine = select(recipients.c.once).where(recipients.c.broadcast_id == number)
    free = (outbox.c.claimed_until.is_(None)) | (outbox.c.claimed_until < now)
    done = connection.execute(
        update(outbox)
        .where(outbox.c.once.in_(mine), outbox.c.finished_at.is_(None), free)
        .values(finished_at=now, outcome="recalled", claimed_until=None)
    )
    return done.rowcount
