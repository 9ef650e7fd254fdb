"""How far the targets are reached, worked out from the records; every view is drawn from this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection

from bot.desk import attendance, elsewhere
from bot.desk.attendance import Meeting
from bot.documents.papers import Standing
from bot.forms.outreach_event import KIND
from bot.i18n import Speech
from bot.plans.coverage import progress
from bot.plans.figures import Denominator
from bot.plans.plan import Plan
from bot.plans.reading import read
from bot.vietnamese.fold import as_in_a_list, fold
from storage import areas, group_sizes, plans
from storage.records.areas import COMMUNE_KINDS, VILLAGE_KINDS, Area


class NoStanding(LookupError):
    """Nothing can be told: `why` is no_area, no_plan or no_year; the message tells an operator."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True)
class Loaded:
    """A plan and the area it was loaded for; without one it holds everywhere."""

    plan: Plan
    area: str | None

    @property
    def last_year(self) -> int:
        plan = self.plan
        return max(plan.end, plan.outlook or 0, *(target.by_year for target in plan.targets), 0)

    def covers(self, year: int) -> bool:
        return self.plan.start <= year <= self.last_year


def loaded(connection: Connection) -> list[Loaded]:
    """Every plan there is."""
    return [Loaded(_read(file.content), file.area) for file in plans.every(connection)]


@lru_cache(64)
def _read(content: str) -> Plan:
    return read(content)


def place_of(every: Sequence[Area], plan: Plan, on: date) -> str | None:
    """The area that a plan is meant for, by the name it gives: "Xã Vân Nham, huyện …".

    The only commune there is, where the name is of none; None where there are none or several.
    """
    here = [area for area in every if areas.valid(area, on) and area.kind not in VILLAGE_KINDS]
    names = {fold(plan.area), fold(plan.area.split(",")[0])}
    by_name = [area for area in here if fold(area.name) in names]
    communes = [area for area in here if area.kind in COMMUNE_KINDS]
    found = by_name or communes
    return found[0].code if len(found) == 1 else None


def standings(
    connection: Connection, speech: Speech, today: date, area: str | None, year: int | None
) -> list[Standing]:
    """Every plan of an area in a year, in the order in which they were loaded.

    Without an area each plan is told for the one it was loaded for; without a year, this year or
    the last one that any plan speaks of. A plan of an area that is no more is told for what it
    became part of. Raises NoStanding.
    """
    every = areas.every(connection)
    merged = areas.Mergers.of(connection)
    found = _wanted(loaded(connection), every, merged, area)
    told = year or min(today.year, max(each.last_year for each in found))
    inside = [each for each in found if each.covers(told)]
    if not inside:
        spans = "; ".join(f"{e.plan.id}: {e.plan.start} to {e.last_year}" for e in found)
        raise NoStanding("no_year", f"no plan speaks of {told} ({spans})")
    look = _Look(connection, speech, today, told, every)
    now = areas.present(connection, [each.area for each in inside if each.area], today)
    return [look.at(each, area or now.get(each.area or "")) for each in inside]


def _wanted(
    known: list[Loaded], every: Sequence[Area], merged: areas.Mergers, area: str | None
) -> list[Loaded]:
    """The plans of an area, of those that hold it, and of those that became part of it."""
    if area is not None and area not in {each.code for each in every}:
        raise NoStanding("no_area", f"there is no area {area}: see vongtay area list")
    if not known:
        raise NoStanding("no_plan", "no plan is loaded yet: vongtay plan load FILE")
    parents = {each.code: each.parent for each in every}
    over: set[str | None] = {None}
    here = area
    while here and here not in over:
        over.add(here)
        here = parents.get(here)
    over.update(merged.parts([area]) if area else ())
    found = [each for each in known if area is None or each.area in over]
    if not found:
        places = "; ".join(f"{each.plan.id} for {each.area}" for each in known)
        raise NoStanding("no_plan", f"no plan is loaded for {area} (there are {places})")
    return found


class _Look:
    """One look at the records of a year."""

    def __init__(
        self, connection: Connection, speech: Speech, today: date, year: int, every: list[Area]
    ) -> None:
        self._connection, self._speech, self._year, self._every = connection, speech, year, every
        self._today = today
        self._on = min(max(today, date(year, 1, 1)), date(year, 12, 31))
        self._names = {each.code: each.name for each in every}

    def at(self, held: Loaded, area: str | None) -> Standing:
        inside = areas.inside(self._connection, area) if area else {*self._names}
        villages = sorted(
            (each for each in self._every if each.code in inside and self._stands(each)),
            key=lambda village: (village.parent or "", as_in_a_list(village.name)),
        )
        codes = [village.code for village in villages]
        merged = areas.Mergers.of(self._connection)
        gone = {code: merged.now(code, codes) for code in merged.into if code not in codes}
        became = {code: now for code, now in gone.items() if now != code}
        there = self._meetings(inside)
        other = self._elsewhere(area, inside) if area else elsewhere.Found()
        entries = [*attendance.entries(there), *other.entries]
        sizes = [*self._denominators(area, [*codes, *became]), *other.denominators]
        year, plan = self._year, held.plan
        passed_on = area is not None and held.area in merged.parts([area])
        return Standing(
            area=self._names.get(area or "", plan.area),
            progress=progress(plan, entries, sizes, year, codes, self._on, became),
            on=min(self._today, self._on),
            source=_source(plan),
            names=self._names,
            entries=tuple(entries),
            denominators=tuple(sizes),
            events={**{each.event.code: self._words(each) for each in there}, **other.words},
            area_code=area or "",
            made_for=self._names.get(held.area or "", "") if passed_on else "",
        )

    def _elsewhere(self, area: str, inside: set[str]) -> elsewhere.Found:
        communes = {
            each.code
            for each in self._every
            if each.kind in COMMUNE_KINDS and areas.valid(each, self._on)
        }
        return elsewhere.look(
            self._connection,
            self._speech,
            area,
            inside,
            self._year,
            self._on,
            unplaced=communes <= inside,
        )

    def _stands(self, village: Area) -> bool:
        """A village that was there at some time of the year and is now, or was at its end."""
        return village.kind in VILLAGE_KINDS and areas.valid(village, self._on)

    def _meetings(self, inside: set[str]) -> list[Meeting]:
        first, last = date(self._year, 1, 1), date(self._year, 12, 31)
        return attendance.held_between(self._connection, inside, first, last)

    def _denominators(self, area: str | None, villages: list[str]) -> list[Denominator]:
        wanted = [*([area] if area else []), *villages]
        return [
            Denominator(
                row.group, row.area, row.year, row.count, row.unit, row.source, row.estimated
            )
            for row in group_sizes.of(self._connection, wanted)
        ]

    def _words(self, meeting: Meeting) -> str:
        event, say = meeting.event, self._speech
        where = self._names.get(event.area or event.commune or "", "")
        kind = say(KIND[event.kind]) if event.kind in KIND else ""
        return ", ".join(part for part in (say.day(event.held_on), kind, where) if part)


def _source(plan: Plan) -> str:
    source = plan.source
    day = "/".join(reversed(source.date.split("-")))  # as it is written here, or "09/2021"
    return ", ".join(part for part in (source.number, day, source.issuer) if part)
