"""A plan: for which years, from which document, what it wants reached, done and reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bot.plans.vocabulary import less_is_better

ALL = Decimal(100)


@dataclass(frozen=True)
class Source:
    """The document a plan stands in; what the document leaves blank is an empty text.

    `date` is ISO, as far as it is known: "2021-09" where the day was left out. `through` tells
    where it was read when not in the original; `signed` is the capacity of who signed.
    """

    number: str
    date: str
    issuer: str
    title: str
    through: str = ""
    signed: str = ""
    note: str = ""


@dataclass(frozen=True)
class Basis:
    """A document that the plan carries out."""

    number: str
    title: str
    date: str = ""
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Goal:
    """What is to be reached, where the plan gives no figure."""

    id: str
    name: str
    by_year: int | None = None
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Target:
    """What share of a group is to be reached by the end of a year.

    `operator` and `percent` are those of the document. `quote` is the document word for word,
    `note` tells what is wrong in it.
    """

    id: str
    indicator: str
    group: str
    operator: str
    percent: Decimal
    unit: str
    by_year: int
    quote: str
    kind: str = "target"
    note: str = ""

    @property
    def clamped(self) -> bool:
        """Whether the document wants more than everybody; all that can be wanted is 100 %."""
        return self.percent > ALL or (self.operator == ">" and self.percent == ALL)

    @property
    def aim(self) -> Decimal:
        """The percentage to reach, 100 at most."""
        return min(self.percent, ALL)

    def reached(self, share: Fraction) -> bool:
        """Whether a share (0 to 1) is enough; a bare figure means at least, or at most."""
        aim = Fraction(self.aim) / 100
        if less_is_better(self.indicator):
            return share < aim if self.operator == "<" else share <= aim
        return share > aim if self.operator == ">" and not self.clamped else share >= aim


@dataclass(frozen=True)
class Activity:
    """Something that is to be done, by the bodies of these ids."""

    id: str
    kind: str
    name: str
    by: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Report:
    """A report that is owed: before the day `due` (where `before`), or by its end."""

    id: str
    kind: str
    name: str
    due: date | None = None
    before: bool = False
    to: str = ""
    by: tuple[str, ...] = ()
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Event:
    """A day or a time of the year; `when` in words where the plan gives no date."""

    id: str
    name: str
    start: date | None = None
    end: date | None = None
    when: str = ""
    yearly: bool = False
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Body:
    """Who is responsible; `now` is who does that work since the name in the plan is gone."""

    id: str
    name: str
    role: str
    now: str = ""
    topics: tuple[str, ...] = ()
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Recipient:
    """Who gets the plan, word for word."""

    name: str
    purpose: str
    now: str = ""
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """A whole plan; `outlook` is the year up to which it looks beyond its end."""

    id: str
    title: str
    area: str
    start: int
    end: int
    source: Source
    outlook: int | None = None
    note: str = ""
    bases: tuple[Basis, ...] = ()
    goals: tuple[Goal, ...] = ()
    targets: tuple[Target, ...] = ()
    activities: tuple[Activity, ...] = ()
    reports: tuple[Report, ...] = ()
    events: tuple[Event, ...] = ()
    bodies: tuple[Body, ...] = ()
    recipients: tuple[Recipient, ...] = ()
