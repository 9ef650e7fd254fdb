"""The duties and days of a year, and on which working days to remind of them.

The table is content/year.toml, where the fields are explained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.clocks import lunar
from bot.clocks.calendar import Calendar, NotCovered
from bot.clocks.table import Text, content, say, spoken


@dataclass(frozen=True)
class Event:
    """One duty or day: when it is (through `until`, if it lasts) and when to remind of it.

    `remind_on` are working days; `on` stays what it is, also on a holiday.
    """

    id: str
    preset: str
    kind: str
    name: Text
    on: date
    until: date
    remind_on: tuple[date, ...]
    who: tuple[str, ...]
    source: str
    confidence: str
    caution: Text | None = None
    proof: bool = False

    @property
    def must(self) -> bool:
        """Whether it stays to be done when its day is over; a festival does not."""
        return self.kind == "due"

    @property
    def due_on(self) -> date:
        """The last day to do it."""
        return self.until if self.kind == "period" else self.on

    def says(self, language: str) -> str:
        """What it is, and what about it has to be checked."""
        name = spoken(self.name, language)
        if self.caution:
            caution = spoken(self.caution, language)
        elif self.confidence == "recall":
            caution = say("calendar", "recall", language)
        else:
            return name
        return say("calendar", "caution", language, name=name, caution=caution)


def events(
    year: int,
    calendar: Calendar,
    presets: Collection[str] | None = None,
    table: Mapping[str, Any] | None = None,
) -> list[Event]:
    """The events of a year, in order: those of some presets (all when None) of a table
    (content/year.toml when None).

    Raises ValueError outside the years of the calendar.
    """
    calendar.day(date(year, 1, 1))
    table = content("year") if table is None else table
    rows = [row for row in table["event"] if presets is None or row["preset"] in presets]
    found = [
        _event(row, on, _before(row, table), calendar) for row in rows for on in _days(row, year)
    ]
    return sorted(found, key=lambda event: (event.on, event.id))


def _days(row: Mapping[str, Any], year: int) -> Iterator[date]:
    named = lunar.solar if row.get("lunar") else date
    for month in row["months"]:
        yield named(year, month, row["day"]) + timedelta(days=row.get("shift", 0))


def _before(row: Mapping[str, Any], table: Mapping[str, Any]) -> list[int]:
    days: list[int] = row["remind"] if "remind" in row else table["remind"][row["kind"]]
    return days


def _event(row: Mapping[str, Any], on: date, before: list[int], calendar: Calendar) -> Event:
    reminders = set()
    for days in before:
        with suppress(NotCovered):  # in the year before the calendar begins nobody is reminded
            reminders.add(calendar.working_by(on - timedelta(days=days)))
    return Event(
        id=row["id"],
        preset=row["preset"],
        kind=row["kind"],
        name=row["name"],
        on=on,
        until=_until(row, on),
        remind_on=tuple(sorted(reminders)),
        who=tuple(row["who"]),
        source=row["source"],
        confidence=row["confidence"],
        caution=row.get("caution"),
        proof=row.get("proof", False),
    )


def _until(row: Mapping[str, Any], on: date) -> date:
    """Its last day; one that would lie before the first is in the next year."""
    if "until" not in row:
        return on + timedelta(days=row.get("lasts", 1) - 1)
    until = date(on.year, *row["until"])
    return until if until >= on else until.replace(year=on.year + 1)
