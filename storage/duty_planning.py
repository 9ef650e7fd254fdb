"""For whom duties are planned, how far that has come, and how each commune keeps its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from storage import counts
from storage.records.areas import Area
from storage.records.duties import DutyPlanning, DutySetting
from storage.records.people import Person, Role
from storage.upserts import insert_or_update

settings = DutySetting.__table__  # type: ignore[attr-defined]
planning = DutyPlanning.__table__  # type: ignore[attr-defined]
roles = Role.__table__  # type: ignore[attr-defined]
people = Person.__table__  # type: ignore[attr-defined]
areas = Area.__table__  # type: ignore[attr-defined]

# Every tick asks for these: they are put together once.
_STATE = select(planning)
_NEWEST_ROLE = select(func.max(roles.c.id))


def state(connection: Connection) -> DutyPlanning | None:
    """How far duties are planned; None before the first time."""
    row = connection.execute(_STATE).mappings().first()
    return DutyPlanning(**row) if row else None


def keep_state(connection: Connection, kept: DutyPlanning) -> None:
    """Note how far duties are planned."""
    values = kept.model_dump()
    changed = tuple(name for name in values if name != "id")
    connection.execute(
        insert_or_update(connection.dialect.name, planning, ("id",), changed), [values]
    )


def members_after(
    connection: Connection, person_id: int, limit: int, *, role_after: int = 0
) -> tuple[list[tuple[int, str, str]], int | None]:
    """About `limit` (person, role, area) after a person, whole persons, by person; and the person
    to go on after, None when these were the last.

    With `role_after` only people who were given a role since that one.
    """
    query = (
        select(roles.c.person_id, roles.c.role, roles.c.area)
        .join(people, people.c.id == roles.c.person_id)
        .where(
            roles.c.person_id > person_id,
            roles.c.ended_at.is_(None),
            people.c.suspended_at.is_(None),
        )
        .order_by(roles.c.person_id, roles.c.id)
    )
    if role_after:
        new = select(roles.c.person_id).where(roles.c.id > role_after)
        query = query.where(roles.c.person_id.in_(new))
    found = [(row[0], row[1], row[2]) for row in connection.execute(query.limit(limit))]
    if len(found) < limit:
        return found, None
    last = found[-1][0]  # may have more roles: they come with the next page
    whole = [row for row in found if row[0] != last] or found
    return whole, whole[-1][0]


def newest_role(connection: Connection) -> int:
    """The number of the role that was given last."""
    return int(connection.execute(_NEWEST_ROLE).scalar() or 0)


def parents_of(connection: Connection, codes: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """(kind, parent) of each of these areas."""
    found = select(areas.c.code, areas.c.kind, areas.c.parent).where(areas.c.code.in_(set(codes)))
    return {code: (kind, parent) for code, kind, parent in connection.execute(found)}


def kept_settings(connection: Connection) -> list[DutySetting]:
    """What the communes have changed."""
    return [DutySetting(**row) for row in connection.execute(select(settings)).mappings()]


def keep_setting(connection: Connection, kept: DutySetting) -> None:
    """Change a duty of the year for one commune; open duties of it are planned anew."""
    values = kept.model_dump()
    changed = tuple(name for name in values if name not in ("commune", "event"))
    connection.execute(
        insert_or_update(connection.dialect.name, settings, ("commune", "event"), changed),
        [values],
    )
    counts.add(connection, _VERSION, _EVER, timedelta(days=1))


def settings_version(connection: Connection) -> int:
    """A number that grows whenever a commune changes a duty."""
    return counts.seen(connection, _VERSION, _EVER, timedelta(days=1))


_VERSION, _EVER = "duty settings", datetime(2100, 1, 1, tzinfo=UTC)  # no window of guesses


def served_areas(connection: Connection, roles_wanted: Sequence[str]) -> set[str]:
    """The areas that somebody with one of these roles looks after."""
    found = select(roles.c.area).where(roles.c.role.in_(roles_wanted), roles.c.ended_at.is_(None))
    return set(connection.execute(found.distinct()).scalars())
