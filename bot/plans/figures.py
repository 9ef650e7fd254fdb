"""What coverage is worked out from: how many came, who of them, and out of how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.plans.vocabulary import measured_against


@dataclass(frozen=True)
class Entry:
    """How many of one group one event reached in one village.

    `headcount` are people, each time they came. `ids` are the households, classes, staff or
    establishments they stand for, unique in the whole area (village and number), or None where
    only heads were counted. `village` may be the area itself where an event belongs to none. A
    loudspeaker has no attendance and makes no entry. `indicator` tells training from information,
    or names what else was counted ("supported": the cases). `unsettled`: ways of counting differ,
    and nobody has said yet which one holds. `by_hand`: a person entered it, in place of records.
    """

    village: str
    group: str
    headcount: int
    ids: frozenset[str] | None
    day: date
    event: str
    indicator: str = "informed"
    unsettled: bool = False
    by_hand: bool = False

    def __post_init__(self) -> None:
        if self.headcount < 0:
            raise ValueError(f"a headcount of {self.headcount}")


@dataclass(frozen=True)
class Denominator:
    """How many units of a group there are in an area in a year, and who says so."""

    group: str
    area: str
    year: int
    count: int
    unit: str
    source: str
    estimated: bool = False

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(f"a denominator of {self.count}")


@dataclass(frozen=True)
class Base:
    """The denominator that a share is taken of, with what is to be said about it."""

    count: int
    sources: tuple[str, ...]
    estimated: bool = False
    warnings: tuple[str, ...] = ()


class Bases:
    """The denominators of a year, for asking. One of an area that is no village is the whole's.

    `became`: which of the villages one that was merged is part of now.
    """

    def __init__(
        self,
        denominators: Iterable[Denominator],
        year: int,
        villages: Sequence[str],
        became: Mapping[str, str] | None = None,
    ) -> None:
        self._known = [row for row in denominators if row.year <= year]
        self._year = year
        self._villages = villages
        self._became = became or {}

    def of_village(self, group: str, unit: str, village: str) -> Base | None:
        """The denominator of a village, if there is one; else of all the villages it came of."""
        own = self._of(group, unit, [row for row in self._known if row.area == village])
        parts = [old for old, now in self._became.items() if now == village]
        return own or _sum(
            [self._of(group, unit, [row for row in self._known if row.area == p]) for p in parts]
        )

    def of_whole(self, group: str, unit: str) -> Base | None:
        """That of the whole area, or else of all its villages together."""
        known = {*self._villages, *self._became}
        own = [row for row in self._known if row.area not in known]
        if found := self._of(group, unit, own):
            return found
        each = [self.of_village(group, unit, village) for village in self._villages]
        return _sum(each)

    def _of(self, group: str, unit: str, rows: Sequence[Denominator]) -> Base | None:
        fitting = [row for row in rows if row.group == group and row.unit == unit]
        if not fitting:
            parts = [part for part in measured_against(group) if part != group]
            return _sum([self._of(part, unit, rows) for part in parts])
        latest = max(row.year for row in fitting)
        newest = [row for row in fitting if row.year == latest]
        chosen = max(newest, key=lambda row: row.count)  # the one that flatters least
        warnings = ["denominator_old"] * (latest < self._year)
        warnings += ["denominator_twice"] * (len({row.count for row in newest}) > 1)
        estimated = chosen.estimated or bool(warnings)
        return Base(chosen.count, (chosen.source,), estimated, tuple(warnings))


def _sum(bases: Sequence[Base | None]) -> Base | None:
    """All of them together; nothing where one is missing."""
    there = [base for base in bases if base]
    if not there or len(there) < len(bases):
        return None
    return Base(
        sum(base.count for base in there),
        _unique(source for base in there for source in base.sources),
        any(base.estimated for base in there),
        _unique(warning for base in there for warning in base.warnings),
    )


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
