"""Who is on leave, who stands in, and who is on call on which days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Select, delete, insert, or_, select

from storage.areas import above
from storage.records.duties import Absence, OnCallShift
from storage.records.people import Person, Role

absences = Absence.__table__  # type: ignore[attr-defined]
shifts = OnCallShift.__table__  # type: ignore[attr-defined]
people = Person.__table__  # type: ignore[attr-defined]
roles = Role.__table__  # type: ignore[attr-defined]
_CHAIN = 4  # who stands in may be on leave too, and so on


def leave(
    connection: Connection, person_id: int, first: date, last: date, stand_in: int, now: datetime
) -> None:
    """Note a leave; what was noted for these days before is replaced."""
    connection.execute(
        delete(absences).where(
            absences.c.person_id == person_id,
            absences.c.first_on <= last,
            absences.c.last_on >= first,
        )
    )
    connection.execute(
        insert(absences).values(
            person_id=person_id, first_on=first, last_on=last, stand_in=stand_in, entered_at=now
        )
    )


def back(connection: Connection, person_id: int, today: date) -> int:
    """Somebody is back, or stays: leave that is not over is taken back; how many."""
    return connection.execute(
        delete(absences).where(absences.c.person_id == person_id, absences.c.last_on >= today)
    ).rowcount


def ahead(connection: Connection, person_id: int, today: date) -> list[Absence]:
    """This person's leave that is not over, the next first."""
    rows = connection.execute(
        select(absences)
        .where(absences.c.person_id == person_id, absences.c.last_on >= today)
        .order_by(absences.c.first_on)
    ).mappings()
    return [Absence(**row) for row in rows]


def stand_ins(connection: Connection, today: date, able: Collection[str] = ()) -> dict[int, int]:
    """Everybody who is on leave today, and who acts for them: somebody who is there.

    Whoever is suspended acts for nobody; with `able` only who holds one of these roles does.
    """
    rows = connection.execute(
        select(absences.c.person_id, absences.c.stand_in)
        .join(people, people.c.id == absences.c.stand_in)
        .where(
            absences.c.first_on <= today,
            absences.c.last_on >= today,
            people.c.suspended_at.is_(None),
            *([absences.c.stand_in.in_(_holding(able))] if able else []),
        )
    )
    away = {row[0]: row[1] for row in rows}
    return {person: found for person in away if (found := _there(person, away)) is not None}


def _holding(able: Collection[str]) -> Select[tuple[int]]:
    return select(roles.c.person_id).where(roles.c.role.in_(able), roles.c.ended_at.is_(None))


def _there(person: int, away: dict[int, int]) -> int | None:
    for _ in range(_CHAIN):
        person = away[person]
        if person not in away:
            return person
    return None


def present(
    connection: Connection, person_ids: Sequence[int], today: date, able: Collection[str] = ()
) -> list[int]:
    """These people, with who is on leave replaced by who stands in; nobody twice. See stand_ins."""
    away = stand_ins(connection, today, able)
    return list(dict.fromkeys(away.get(person, person) for person in person_ids))


def put_on_call(
    connection: Connection, area: str, person_id: int, first: date, last: date, now: datetime
) -> None:
    """Somebody is on call for an area on these days."""
    connection.execute(
        insert(shifts).values(
            area=area, person_id=person_id, first_on=first, last_on=last, entered_at=now
        )
    )


def shifts_ahead(connection: Connection, areas: Sequence[str], today: date) -> list[OnCallShift]:
    """The roster of these areas from today on."""
    rows = connection.execute(
        select(shifts)
        .where(shifts.c.area.in_(areas), shifts.c.last_on >= today)
        .order_by(shifts.c.first_on, shifts.c.id)
    ).mappings()
    return [OnCallShift(**row) for row in rows]


def take_off_call(connection: Connection, shift_id: int, areas: Sequence[str]) -> bool:
    """Strike a line of the roster of one of these areas; False when it is not there."""
    gone = delete(shifts).where(shifts.c.id == shift_id, shifts.c.area.in_(areas))
    return connection.execute(gone).rowcount == 1


def on_call(
    connection: Connection, area: str | None, today: date, able: Collection[str]
) -> list[int]:
    """Who is on call for an area today by a roster and still holds one of the roles `able`; empty
    where there is none for today."""
    if area is None:
        return []
    found = (
        select(shifts.c.person_id)
        .join(people, people.c.id == shifts.c.person_id)
        .where(
            shifts.c.area.in_(above(connection, area)),
            shifts.c.first_on <= today,
            shifts.c.last_on >= today,
            people.c.suspended_at.is_(None),
            shifts.c.person_id.in_(_holding(able)),
        )
        .order_by(shifts.c.id)
    )
    return list(dict.fromkeys(connection.execute(found).scalars()))


def forget(connection: Connection, person_id: int) -> None:
    """Somebody is erased: they are neither on leave nor on call."""
    mine = or_(absences.c.person_id == person_id, absences.c.stand_in == person_id)
    connection.execute(delete(absences).where(mine))
    connection.execute(delete(shifts).where(shifts.c.person_id == person_id))
