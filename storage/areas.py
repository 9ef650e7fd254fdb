"""Provinces, communes and villages, with what they succeeded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from storage import counts
from storage.records.areas import COMMUNE_KINDS, VILLAGE_KINDS, Area, Succession

areas = Area.__table__  # type: ignore[attr-defined]
successions = Succession.__table__  # type: ignore[attr-defined]


def load(connection: Connection, loaded: Sequence[tuple[Area, Sequence[str]]]) -> tuple[int, int]:
    """Add or update (area, old codes) pairs, parents first; returns (added, updated)."""
    known = set(connection.execute(select(areas.c.code)).scalars())
    added = updated = 0
    for area, _ in loaded:
        values = area.model_dump()
        if area.code in known:
            connection.execute(update(areas).where(areas.c.code == area.code).values(values))
            updated += 1
        else:
            connection.execute(insert(areas).values(values))
            added += 1
    for area, old_codes in loaded:
        connection.execute(delete(successions).where(successions.c.code == area.code))
        if old_codes:
            connection.execute(
                insert(successions),
                [{"code": area.code, "old_code": old} for old in dict.fromkeys(old_codes)],
            )
    counts.add(connection, _VERSION, _EVER, timedelta(days=1))
    return added, updated


def version(connection: Connection) -> int:
    """A number that changes whenever areas are loaded: what was read before is known by it."""
    return counts.seen(connection, _VERSION, _EVER, timedelta(days=1))


_VERSION, _EVER = "areas", datetime(2100, 1, 1, tzinfo=UTC)  # no window of guesses: never purged


def every(connection: Connection) -> list[Area]:
    """All areas, by code."""
    rows = connection.execute(select(areas).order_by(areas.c.code)).mappings()
    return [Area(**row) for row in rows]


def one(connection: Connection, code: str) -> Area | None:
    """The area of this code."""
    row = connection.execute(select(areas).where(areas.c.code == code)).mappings().first()
    return Area(**row) if row else None


def old_codes(connection: Connection) -> dict[str, list[str]]:
    """For each code the codes it succeeded."""
    found: dict[str, list[str]] = {}
    for code, old in connection.execute(select(successions).order_by(successions.c.old_code)):
        found.setdefault(code, []).append(old)
    return found


def villages(connection: Connection, under: str | None, on: date) -> list[Area]:
    """The villages valid on a day: below `under`, or all of them; by name."""
    every_one = every(connection)
    inside = below(every_one, under) if under else {area.code for area in every_one}
    found = [
        area
        for area in every_one
        if area.kind in VILLAGE_KINDS and area.code in inside and valid(area, on)
    ]
    return sorted(found, key=lambda area: area.name)


def communes(connection: Connection, on: date) -> list[Area]:
    """The communes, wards and special zones valid on a day."""
    return [a for a in every(connection) if a.kind in COMMUNE_KINDS and valid(a, on)]


def commune_of(connection: Connection, code: str | None) -> str | None:
    """The commune that an area lies in, or is; None for a province or an unknown code."""
    for _ in range(6):
        area = one(connection, code) if code else None
        if area is None:
            return None
        if area.kind in COMMUNE_KINDS:
            return area.code
        code = area.parent
    return None


def below(every_one: Iterable[Area], top: str) -> set[str]:
    """`top` and every code beneath it."""
    children: dict[str | None, list[str]] = {}
    for area in every_one:
        children.setdefault(area.parent, []).append(area.code)
    found, waiting = set(), [top]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += children.get(code, ())
    return found


def above(connection: Connection, code: str | None) -> list[str]:
    """`code` and every area that holds it, the nearest first."""
    found: list[str] = []
    while code and code not in found:
        found.append(code)
        code = connection.execute(select(areas.c.parent).where(areas.c.code == code)).scalar()
    return found


def valid(area: Area, on: date) -> bool:
    """Whether the area exists on that day (both ends included)."""
    begun = area.valid_from is None or area.valid_from <= on
    return begun and (area.valid_to is None or on <= area.valid_to)


def names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """The names of these areas."""
    found = select(areas.c.code, areas.c.name).where(areas.c.code.in_(set(codes)))
    return {code: name for code, name in connection.execute(found)}
