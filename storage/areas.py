"""Provinces, communes and villages, with what they succeeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    """`code` and every area that holds it, the nearest first.

    What became part of another by a merger lies where that one lies, and who was responsible for a
    part is now for the whole: the parts stand here too.
    """
    found: list[str] = []
    merged = Mergers.of(connection) if code else None
    waiting = [code] if code else []
    while waiting and merged:
        code = waiting.pop(0)
        if code in found:
            continue
        found.append(code)
        parent = connection.execute(select(areas.c.parent).where(areas.c.code == code)).scalar()
        waiting += [each for each in (merged.into.get(code), parent) if each]
    parts = merged.parts(found) if merged else []
    return [*found, *(part for part in parts if part not in found)]


def within(connection: Connection, tops: Iterable[str]) -> set[str]:
    """Every code in which somebody is responsible who is for these areas: they, what is beneath
    them, what they became by a merger and what that came of."""
    merged, every_one = Mergers.of(connection), every(connection)
    found: set[str] = set()
    for top in tops:
        code: str | None = top
        while code and code not in found:
            found |= below(every_one, code)
            code = merged.into.get(code)
    return found.union(merged.parts(found))


def inside(connection: Connection, top: str) -> set[str]:
    """Every code whose records are an area's: it, what is beneath it, and what these came of.

    Other than `within` it does not go on to what the area itself became: what is told of an area
    that is no more is not told of all that is there now.
    """
    merged, every_one = Mergers.of(connection), every(connection)
    found: set[str] = set()
    waiting = [top]
    while waiting:
        new = below(every_one, waiting.pop()) - found
        found |= new
        waiting += merged.parts(new)
    return found


@dataclass(frozen=True)
class Mergers:
    """Which areas became part of which: those with one successor. What was split up is none's."""

    into: Mapping[str, str]
    parts_of: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, connection: Connection) -> Mergers:
        """As they are loaded."""
        rows = [tuple(row) for row in connection.execute(select(successions))]
        times = Counter(old for _new, old in rows)
        into = {old: new for new, old in rows if times[old] == 1}
        parts: dict[str, list[str]] = {}
        for old, new in into.items():
            parts.setdefault(new, []).append(old)
        return cls(into, parts)

    def now(self, code: str, there: Collection[str]) -> str:
        """Which of the areas that are `there` a code has become; the code itself where none."""
        seen: list[str] = []
        at: str | None = code
        while at and at not in there and at not in seen:
            seen.append(at)
            at = self.into.get(at)
        return at if at and at in there else code

    def parts(self, codes: Iterable[str]) -> list[str]:
        """What these areas came of, and what that came of."""
        found: list[str] = []
        waiting = list(codes)
        while waiting:
            more = [old for old in self.parts_of.get(waiting.pop(), ()) if old not in found]
            found += more
            waiting += more
        return found


def valid(area: Area, on: date) -> bool:
    """Whether the area exists on that day (both ends included)."""
    begun = area.valid_from is None or area.valid_from <= on
    return begun and (area.valid_to is None or on <= area.valid_to)


def present(connection: Connection, codes: Iterable[str], on: date) -> dict[str, str]:
    """What each of these areas is on a day: itself, or what it became part of."""
    merged = Mergers.of(connection)
    there = {area.code for area in every(connection) if valid(area, on)}
    return {code: merged.now(code, there) for code in codes}


def names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """The names of these areas."""
    found = select(areas.c.code, areas.c.name).where(areas.c.code.in_(set(codes)))
    return {code: name for code, name in connection.execute(found)}
