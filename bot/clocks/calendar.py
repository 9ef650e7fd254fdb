"""Viet Nam's working calendar: which days are worked, and why the others are not.

The table is content/calendar.toml, read here as `holidays`, `official` years and `swaps`; what an
officer enters lies over it. Days are Vietnamese days.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from bot.clocks import dates, lunar
from bot.clocks.table import Text, content, say, spoken

_DAY = timedelta(days=1)
_SATURDAY = 5


class Kind(enum.StrEnum):
    """What a day is; the names are those of `vongtay calendar --json`."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SUBSTITUTE = "substitute"
    SWAPPED_OFF = "swapped_off"
    SWAPPED_WORKING = "swapped_working"
    CHANGED_OFF = "changed_off"
    CHANGED_WORKING = "changed_working"


_WORKED = {Kind.WORKING, Kind.SWAPPED_WORKING, Kind.CHANGED_WORKING}


@dataclass(frozen=True)
class Change:
    """One day as an officer entered it. Raises ValueError for another kind or without a reason,
    TypeError for a moment."""

    day: date
    kind: Literal["off", "working"]
    reason: str

    def __post_init__(self) -> None:
        _only_a_day(self.day)
        if self.kind not in ("off", "working"):
            raise ValueError(f"kind: {self.kind!r} is neither off nor working")
        if not self.reason.strip():
            raise ValueError("reason: say why the day is another one")


class NotCovered(ValueError):
    """A day outside the years of the calendar."""


@dataclass(frozen=True)
class Holiday:
    """A public holiday; content/calendar.toml explains the fields."""

    id: str
    name: Text
    why: Text
    month: int
    day: int
    source: str
    confidence: str
    lunar: bool = False
    since: int = 0
    days: int = 1
    starts: Sequence[int] = (0,) * 7

    @property
    def chosen(self) -> bool:
        """Whether its days are chosen anew each year."""
        return self.days > 1

    def usual(self, year: int) -> list[date]:
        """Its days in that year, chosen as they usually are."""
        named = (lunar.solar if self.lunar else date)(year, self.month, self.day)
        first = named + timedelta(days=self.starts[named.weekday()])
        return [first + at * _DAY for at in range(self.days)] if year >= self.since else []


@dataclass(frozen=True)
class Year:
    """What was announced for one year: the exact days of holidays, by the holiday's id."""

    year: int
    source: str
    confidence: str
    off: Mapping[str, Sequence[date]] = field(default_factory=dict)


@dataclass(frozen=True)
class Swap:
    """A working day off, and the weekend day that is worked for it."""

    off: date
    worked: date
    confidence: str = "verified"


@dataclass(frozen=True)
class Day:
    """One day: what it is and why. `other` is the day it is swapped with or makes up for."""

    on: date
    kind: Kind
    holiday: Holiday | None = None
    other: date | None = None
    reason: str = ""
    provisional: bool = False
    confidence: str = "verified"

    @property
    def working(self) -> bool:
        return self.kind in _WORKED

    def why(self, language: str) -> str:
        """Why it is not an ordinary working day; "" where it is one."""
        if self.kind is Kind.WORKING:
            return ""
        if self.kind is Kind.HOLIDAY and self.holiday:
            return spoken(self.holiday.why, language)
        holes: dict[str, str] = {"reason": self.reason}
        if self.other:
            holes["day"] = dates.day(self.other, language, self.on.year)
        if self.holiday:
            holes["name"] = spoken(self.holiday.name, language)
        return say("why", self.kind, language, **holes)


@dataclass(frozen=True)
class Calendar:
    """Every day of the years `first` to `last`. A day outside them raises ValueError."""

    first: int
    last: int
    holidays: tuple[Holiday, ...]
    official: Mapping[int, Year]
    swaps: tuple[Swap, ...]
    extra: tuple[Change, ...] = ()
    _known: dict[int, Mapping[date, Day]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(
        cls, official: Mapping[str, Any] | None = None, extra: Sequence[Change] = ()
    ) -> Calendar:
        """The calendar of a table (content/calendar.toml when None) with an officer's changes over
        it; of two changes of a day the later one counts.

        Raises ValueError, naming the entry, for a table that contradicts itself.
        """
        table = content("calendar") if official is None else official
        holidays = tuple(Holiday(**row) for row in table["holiday"])
        rows = [{"swaps": (), **row} for row in table.get("year", ())]
        swaps = tuple(Swap(**swap) for row in rows for swap in row.pop("swaps"))
        years = {row["year"]: Year(**row) for row in rows}
        made = cls(table["first"], table["last"], holidays, years, swaps, tuple(extra))
        made._check()
        return made

    def day(self, on: date) -> Day:
        """What a day is. Raises TypeError for a moment: a moment is a day only in some zone."""
        _only_a_day(on)
        return self._special(on.year).get(on) or Day(on, Kind.WORKING)

    def is_working(self, day: date) -> bool:
        """Whether the office works on that day."""
        return self.day(day).working

    def why_off(self, day: date, language: str = "vi") -> str | None:
        """Why the office does not work on that day; None when it does."""
        found = self.day(day)
        return None if found.working else found.why(language)

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        return self._nearest(day + _DAY, _DAY)

    def working_by(self, day: date) -> date:
        """`day` if it is worked, else the last working day before it."""
        return self._nearest(day, -_DAY)

    def between(self, after: date, through: date) -> Iterator[Day]:
        """The days after one day, up to and with another."""
        on = after
        while on < through:
            on += _DAY
            yield self.day(on)

    def year(self, year: int) -> list[Day]:
        """Every day of a year, in order."""
        return list(self.between(date(year, 1, 1) - _DAY, date(year, 12, 31)))

    def is_provisional(self, year: int) -> bool:
        """Whether no official table of that year is known yet."""
        return year not in self.official

    def _nearest(self, day: date, step: timedelta) -> date:
        while not self.is_working(day):
            day += step
        return day

    def _special(self, year: int) -> Mapping[date, Day]:
        """The days of a year that are not ordinary working days, and those worked all the same."""
        if year not in self._known:
            if not self.first <= year <= self.last:
                raise NotCovered(
                    f"the working calendar covers {self.first} to {self.last}, not {year}"
                )
            self._known[year] = self._announced(year) | self._entered(year)
        return self._known[year]

    def _announced(self, year: int) -> dict[date, Day]:
        found = {on: Day(on, Kind.WEEKEND) for on in _weekends(year)}
        found |= self._holidays(year)
        found |= self._substitutes([day for day in found.values() if day.holiday], found)
        for swap in self.swaps:
            found |= _swapped(swap, year)
        return found

    def _holidays(self, year: int) -> dict[date, Day]:
        """Its public holidays; of two on one day the one that comes first in the table counts."""
        announced = self.official.get(year)
        found: dict[date, Day] = {}
        for holiday in self.holidays:
            days = announced.off.get(holiday.id) if announced else None
            guessed = holiday.chosen and days is None
            for on in holiday.usual(year) if days is None else days:
                found.setdefault(on, Day(on, Kind.HOLIDAY, holiday, provisional=guessed))
        return found

    def _substitutes(self, holidays: list[Day], taken: Mapping[date, Day]) -> dict[date, Day]:
        """Labour Code article 111.3: a holiday on a weekend is made up for on the next day."""
        found: dict[date, Day] = {}
        for day in sorted(holidays, key=lambda day: day.on):
            if day.on.weekday() < _SATURDAY:
                continue
            on = day.on
            while on in taken or on in found:
                on += _DAY
            found[on] = Day(on, Kind.SUBSTITUTE, day.holiday, day.on, provisional=day.provisional)
        return found

    def _entered(self, year: int) -> dict[date, Day]:
        return {
            each.day: Day(each.day, Kind(f"changed_{each.kind}"), reason=each.reason.strip())
            for each in self.extra
            if each.day.year == year
        }

    def _check(self) -> None:
        known = {holiday.id for holiday in self.holidays}
        for holiday in self.holidays:
            if len(holiday.starts) != 7:
                raise ValueError(f"holiday {holiday.id}: starts needs a number for each weekday")
        for year, announced in self.official.items():
            if unknown := set(announced.off) - known:
                raise ValueError(f"year {year}: off names no holiday: {', '.join(sorted(unknown))}")
            wrong = [on for days in announced.off.values() for on in days if on.year != year]
            if wrong:
                raise ValueError(f"year {year}: off holds a day of another year: {wrong[0]}")
        plain = Calendar(self.first, self.last, self.holidays, self.official, ())
        for swap in self.swaps:
            if not plain.is_working(swap.off):
                raise ValueError(f"swap: {swap.off} is off anyway")
            if plain.day(swap.worked).kind is not Kind.WEEKEND:
                raise ValueError(f"swap: {swap.worked} is no ordinary weekend day")


def _only_a_day(on: date) -> None:
    if isinstance(on, datetime):
        raise TypeError("a day is asked for, not a moment")


def _weekends(year: int) -> Iterator[date]:
    on = date(year, 1, 1)
    while on.year == year:
        if on.weekday() >= _SATURDAY:
            yield on
        on += _DAY


def _swapped(swap: Swap, year: int) -> dict[date, Day]:
    """The sides of a swap that lie in that year."""
    sides = (
        Day(swap.off, Kind.SWAPPED_OFF, other=swap.worked, confidence=swap.confidence),
        Day(swap.worked, Kind.SWAPPED_WORKING, other=swap.off, confidence=swap.confidence),
    )
    return {side.on: side for side in sides if side.on.year == year}
