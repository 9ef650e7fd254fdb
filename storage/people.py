"""People, what they may do and where, and how they are reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from storage.among import among
from storage.areas import above, within
from storage.inbox import sender_index
from storage.records.people import ROLES, ChannelLink, Person, Role

people = Person.__table__  # type: ignore[attr-defined]
roles = Role.__table__  # type: ignore[attr-defined]
links = ChannelLink.__table__  # type: ignore[attr-defined]


class Known(NamedTuple):
    """A person as a conversation needs them, found by the link they wrote from."""

    person_id: int
    link_id: int
    channel: str
    language: str
    suspended: bool
    introduced: bool
    home_area: str | None
    blocked: bool
    last_seen_at: datetime | None
    roles: tuple[tuple[str, str], ...]  # (role, area)

    def areas_as(self, *wanted: str) -> tuple[str, ...]:
        """The areas where this person has one of these roles."""
        return tuple(dict.fromkeys(area for role, area in self.roles if role in wanted))


def known(
    connection: Connection, senders: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Known]:
    """Who is behind these (channel, sender index) pairs; strangers are left out."""
    wanted = set(senders)
    given = {
        "channels": sorted({channel for channel, _ in wanted}),
        "senders": [sender for _, sender in wanted],
    }
    rows = connection.execute(_KNOWN, given).all()
    theirs = roles_of(connection, [row[1] for row in rows])
    found = {}
    for index, *person in rows:
        one = Known._make((*person, theirs.get(person[0], ())))
        if (one.channel, index) in wanted:
            found[one.channel, index] = one
    return found


# What every event asks for is put together once: that took as long as asking.
_KNOWN = (
    select(
        links.c.address_index,
        people.c.id,
        links.c.id,
        links.c.channel,
        people.c.language,
        people.c.suspended_at.is_not(None),
        people.c.introduced_at.is_not(None),
        people.c.home_area,
        links.c.blocked_at.is_not(None),
        links.c.last_seen_at,
    )
    .join_from(links, people, people.c.id == links.c.person_id)
    .where(among(links.c.channel, "channels"), among(links.c.address_index, "senders"))
)


def roles_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """The present (role, area) pairs of these people."""
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for person_id, role, area in connection.execute(_ROLES, {"people": ids}):
        found[person_id] = (*found.get(person_id, ()), (role, area))
    return found


_ROLES = (
    select(roles.c.person_id, roles.c.role, roles.c.area)
    .where(among(roles.c.person_id, "people"), roles.c.ended_at.is_(None))
    .order_by(roles.c.id)
)


def welcome(
    connection: Connection, channel: str, address: str, language: str, now: datetime
) -> tuple[int, int]:
    """A stranger becomes a person with one link; returns (person id, link id)."""
    person_id = connection.execute(
        insert(people).values(language=language, created_at=now).returning(people.c.id)
    ).scalar_one()
    return person_id, link(connection, person_id, channel, address, now)


def link(connection: Connection, person_id: int, channel: str, address: str, now: datetime) -> int:
    """Give a person one more address; returns the link's id."""
    made = insert(links).values(
        person_id=person_id,
        channel=channel,
        address=address,
        address_index=sender_index(channel, address),
        created_at=now,
        last_seen_at=now,
    )
    return int(connection.execute(made.returning(links.c.id)).scalar_one())


def grant(connection: Connection, person_id: int, role: str, area: str, now: datetime) -> bool:
    """Give a role in an area; False when the person had it already."""
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    if (role, area) in roles_of(connection, [person_id]).get(person_id, ()):
        return False
    connection.execute(
        insert(roles).values(person_id=person_id, role=role, area=area, granted_at=now)
    )
    return True


def on_duty(connection: Connection, area: str | None, *wanted: str) -> list[int]:
    """Who holds one of these roles for this area, there or in an area that holds it.

    Suspended people are left out; without an area everybody with the role is meant.
    """
    query = (
        select(roles.c.person_id)
        .join(people, people.c.id == roles.c.person_id)
        .where(
            roles.c.role.in_(wanted), roles.c.ended_at.is_(None), people.c.suspended_at.is_(None)
        )
        .order_by(roles.c.id)
    )
    if area is not None:
        query = query.where(roles.c.area.in_(above(connection, area)))
    return list(dict.fromkeys(connection.execute(query).scalars()))


def holding(connection: Connection, person_id: int, wanted: Sequence[str]) -> tuple[str, ...]:
    """The areas in which somebody holds one of these roles; none for who is suspended."""
    there = select(people.c.id).where(people.c.id == person_id, people.c.suspended_at.is_(None))
    if connection.execute(there).scalar() is None:
        return ()
    theirs = roles_of(connection, [person_id]).get(person_id, ())
    return tuple(dict.fromkeys(area for role, area in theirs if role in wanted))


def areas_of(connection: Connection, *wanted: str) -> set[str]:
    """The areas in which somebody holds one of these roles; the suspended are left out."""
    found = (
        select(roles.c.area)
        .join(people, people.c.id == roles.c.person_id)
        .where(
            roles.c.role.in_(wanted), roles.c.ended_at.is_(None), people.c.suspended_at.is_(None)
        )
    )
    return set(connection.execute(found).scalars())


def with_role_below(connection: Connection, tops: Sequence[str], role: str) -> list[int]:
    """Who holds a role in one of these areas or beneath them; the suspended are left out."""
    inside = within(connection, tops)
    found = (
        select(roles.c.person_id)
        .join(people, people.c.id == roles.c.person_id)
        .where(
            roles.c.role == role,
            roles.c.area.in_(inside),
            roles.c.ended_at.is_(None),
            people.c.suspended_at.is_(None),
        )
        .order_by(roles.c.id)
    )
    return list(dict.fromkeys(connection.execute(found).scalars()))


def reach(connection: Connection, person_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """For each person the open (link id, channel) pairs, the one last used first."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows = connection.execute(
        select(links.c.person_id, links.c.id, links.c.channel)
        .where(links.c.person_id.in_(person_ids), links.c.blocked_at.is_(None))
        .order_by(links.c.last_seen_at.desc(), links.c.id.desc())
    )
    for person_id, link_id, channel in rows:
        found.setdefault(person_id, []).append((link_id, channel))
    return found


def one(connection: Connection, person_id: int) -> Person | None:
    """The person of this id."""
    row = connection.execute(select(people).where(people.c.id == person_id)).mappings().first()
    return Person(**row) if row else None


def change(connection: Connection, person_id: int, **values: object) -> None:
    """Set fields of a person."""
    connection.execute(update(people).where(people.c.id == person_id).values(**values))


def members(connection: Connection) -> list[tuple[Person, tuple[tuple[str, str], ...]]]:
    """Everybody with a role, and their roles."""
    rows = connection.execute(
        select(people)
        .where(people.c.id.in_(select(roles.c.person_id).where(roles.c.ended_at.is_(None))))
        .order_by(people.c.id)
    ).mappings()
    found = [Person(**row) for row in rows]
    theirs = roles_of(connection, [person.id for person in found if person.id])
    return [(person, theirs.get(person.id or 0, ())) for person in found]


def seen(connection: Connection, link_ids: Iterable[int], now: datetime) -> None:
    """These links were heard from: they are open again, and the ones to answer first."""
    connection.execute(
        update(links)
        .where(links.c.id.in_(list(link_ids)))
        .values(last_seen_at=now, blocked_at=None)
    )


def block(connection: Connection, link_id: int, now: datetime) -> None:
    """Nothing more can be sent to this link until it is heard from."""
    connection.execute(update(links).where(links.c.id == link_id).values(blocked_at=now))


def addresses(connection: Connection, person_id: int, channel: str) -> list[str]:
    """The address indexes of a person on a channel."""
    return list(
        connection.execute(
            select(links.c.address_index).where(
                links.c.person_id == person_id, links.c.channel == channel
            )
        ).scalars()
    )


def by_address(connection: Connection, channel: str, address: str) -> Known | None:
    """Who is behind an address."""
    key = (channel, sender_index(channel, address))
    return known(connection, [key]).get(key)


def languages(connection: Connection, person_ids: Sequence[int]) -> dict[int, str]:
    """The language of each of these people."""
    found = select(people.c.id, people.c.language).where(people.c.id.in_(person_ids))
    return {row[0]: row[1] for row in connection.execute(found)}


def names(connection: Connection, person_ids: Sequence[int]) -> dict[int, str]:
    """The names of these people, where they gave one."""
    if not person_ids:
        return {}
    found = select(people.c.id, people.c.name).where(people.c.id.in_(person_ids))
    return {row[0]: row[1] for row in connection.execute(found) if row[1]}
