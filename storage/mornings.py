"""At which hour people get their morning message: their own choice, else their commune's."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from storage import duties, duty_planning
from storage.records.areas import COMMUNE_KINDS, Area
from storage.records.duties import DutySetting, DutyWatch
from storage.records.people import Person, Role

people = Person.__table__  # type: ignore[attr-defined]
roles = Role.__table__  # type: ignore[attr-defined]
areas = Area.__table__  # type: ignore[attr-defined]
settings = DutySetting.__table__  # type: ignore[attr-defined]
watches = DutyWatch.__table__  # type: ignore[attr-defined]
KEPT_AS = "morning"  # among the settings of a commune


def hours(connection: Connection, persons: Collection[int], usual: time) -> dict[int, time]:
    """The hour of each of these people; `usual` where nobody chose another."""
    found = dict.fromkeys(persons, usual)
    if communes := of_communes(connection):
        found |= _by_role(connection, persons, communes)
    own = select(people.c.id, people.c.morning).where(
        people.c.id.in_(persons), people.c.morning.is_not(None)
    )
    return found | {row.id: time.fromisoformat(row.morning) for row in connection.execute(own)}


def of_communes(connection: Connection) -> dict[str, time]:
    """The hours that communes have set."""
    rows = connection.execute(
        select(settings.c.commune, settings.c.remind).where(
            settings.c.event == KEPT_AS, settings.c.remind.is_not(None)
        )
    )
    return {row.commune: time.fromisoformat(row.remind) for row in rows}


def _by_role(
    connection: Connection, persons: Collection[int], communes: dict[str, time]
) -> dict[int, time]:
    rows = connection.execute(
        select(roles.c.person_id, areas.c.code, areas.c.kind, areas.c.parent)
        .join(areas, areas.c.code == roles.c.area)
        .where(roles.c.person_id.in_(persons), roles.c.ended_at.is_(None))
        .order_by(roles.c.id.desc())  # of two communes the one that came first counts
    )
    theirs = {row.person_id: row.code if row.kind in COMMUNE_KINDS else row.parent for row in rows}
    return {person: communes[commune] for person, commune in theirs.items() if commune in communes}


def chosen(connection: Connection, person_id: int) -> time | None:
    """The hour that a person chose for themselves."""
    found = connection.execute(select(people.c.morning).where(people.c.id == person_id)).scalar()
    return time.fromisoformat(found) if found else None


def choose(connection: Connection, person_id: int, at: time | None) -> None:
    """A person's own hour; None: as the commune keeps it."""
    value = at.isoformat("minutes") if at else None
    connection.execute(update(people).where(people.c.id == person_id).values(morning=value))


def set_for(connection: Connection, commune: str, at: time) -> None:
    """A commune's hour."""
    kept = DutySetting(commune=commune, event=KEPT_AS, remind=at.isoformat("minutes"))
    duty_planning.keep_setting(connection, kept)


def members(connection: Connection, commune: str) -> list[int]:
    """Everybody with a role in a commune or its villages."""
    inside = select(areas.c.code).where((areas.c.code == commune) | (areas.c.parent == commune))
    found = select(roles.c.person_id).where(roles.c.ended_at.is_(None), roles.c.area.in_(inside))
    return list(connection.execute(found.distinct()).scalars())


def move(
    connection: Connection,
    persons: Collection[int],
    usual: time,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """What is still to remind these people of comes at their hour, on the same days."""
    theirs = hours(connection, persons, usual)

    def at_their_hour(person: int, before: datetime) -> datetime:
        day: date = before.astimezone(zone).date()
        return datetime.combine(day, theirs[person], zone)

    _move_duties(connection, persons, now, at_their_hour)
    rows = connection.execute(
        select(watches).where(watches.c.person_id.in_(persons), watches.c.remind_at > now)
    )
    for row in rows.all():
        connection.execute(
            update(watches)
            .where(watches.c.duty_id == row.duty_id, watches.c.person_id == row.person_id)
            .values(remind_at=at_their_hour(row.person_id, row.remind_at))
        )


def _move_duties(
    connection: Connection,
    persons: Collection[int],
    now: datetime,
    at: Callable[[int, datetime], datetime],
) -> None:
    table = duties.duties
    rows = connection.execute(
        select(table.c.id, table.c.person_id, table.c.remind_at).where(
            duties.OPEN, table.c.person_id.in_(persons), table.c.remind_at > now
        )
    )
    duties.remind_again(connection, [(row.id, at(row.person_id, row.remind_at)) for row in rows])
