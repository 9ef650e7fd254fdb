"""The limits the law sets from the moment a report is received, and why each is when it is.

The limits are in content/limits.toml; how days are counted stands at its head.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from bot.clocks import dates
from bot.clocks.calendar import Calendar, Day, Kind
from bot.clocks.table import Text, content, say, spoken

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Clock:
    """One limit of content/limits.toml, where the fields are explained."""

    id: str
    name: Text
    start: Text
    article: Text
    source: str
    confidence: str
    hours: int = 0
    working_days: int = 0
    calendar_days: int = 0
    at_receipt: str = ""
    note: Text | None = None
    start_then: Text | None = None
    note_then: Text | None = None
    policy: bool = False

    @property
    def unit(self) -> str:
        """Which of hours, working_days and calendar_days it counts."""
        return next(unit for unit in ("hours", "working_days", "calendar_days") if self.count(unit))

    def count(self, unit: str) -> int:
        count: int = getattr(self, unit)
        return count


@dataclass(frozen=True)
class Limit:
    """One limit that runs: from when, until when, and the days in between.

    `since` and `due` are aware, in Viet Nam's time. `days` are those after the first day, up to
    the last; `unannounced` are the years among them whose days off are not official yet. A limit
    that has not `begun` is named at receipt, counted from the latest or strictest start.
    """

    rule: Clock
    since: datetime
    due: datetime
    days: tuple[Day, ...] = ()
    unannounced: tuple[int, ...] = ()
    begun: bool = True

    @property
    def clock(self) -> str:
        """The id of the limit: "emergency", "plan", "approval", …"""
        return self.rule.id

    def explanation(self, language: str = "vi") -> str:
        """Why it is due then, so that a person can count it again."""
        return "; ".join(self._parts(language))

    def _parts(self, language: str) -> Iterator[str]:
        unit = self.rule.unit
        yield say(
            "limit",
            unit,
            language,
            due=self._due(language),
            count=self.rule.count(unit),
            start=self._start(language),
            counted=self._named([day for day in self.days if day.working], language),
        )
        if unit == "working_days":
            yield from self._exceptions(language)
        yield from (spoken(note, language) for note in self._notes() if note)
        article = spoken(self.rule.article, language)
        if self.rule.policy:
            article = say("limit", "policy", language, article=article)
        yield say("limit", "basis", language, article=article)
        if unit == "working_days":
            yield from self._doubts(language)

    def _due(self, language: str) -> str:
        if self.rule.unit == "hours":
            return dates.moment(self.due, language)
        return dates.day(self.due.date(), language)

    def _start(self, language: str) -> str:
        text = self.rule.start if self.begun else self.rule.start_then or self.rule.start
        year = self.due.year
        return spoken(text, language).format(
            day=dates.day(self.since.date(), language, year),
            moment=dates.moment(self.since, language, year),
        )

    def _notes(self) -> Iterator[Text | None]:
        yield self.rule.note
        if not self.begun:
            yield self.rule.note_then

    def _exceptions(self, language: str) -> Iterator[str]:
        """The days left out and why, then the days counted although they are unusual."""
        off = ", ".join(self._stretches([day for day in self.days if not day.working], language))
        if off:
            yield say("limit", "skipped", language, days=off)
        unusual = [day for day in self.days if day.working and day.kind is not Kind.WORKING]
        if unusual:
            worked = ", ".join(self._stretches(unusual, language))
            yield say("limit", "worked", language, days=worked)

    def _doubts(self, language: str) -> Iterator[str]:
        if self.unannounced:
            years = ", ".join(map(str, self.unannounced))
            yield say("limit", "provisional", language, years=years)
        recalled = [day for day in self.days if day.confidence == "recall"]
        if recalled:
            yield say("limit", "recall", language, days=self._named(recalled, language))

    def _stretches(self, days: Sequence[Day], language: str) -> Iterator[str]:
        """Days off in a row for one reason, as one."""
        for why, same in groupby(days, key=lambda day: day.why(language)):
            yield say("limit", "off", language, days=self._named(list(same), language), why=why)

    def _named(self, days: Sequence[Day], language: str) -> str:
        return dates.days((day.on for day in days), language, self.due.year)


def limits(received: datetime, calendar: Calendar) -> tuple[Limit, ...]:
    """What begins to run when a report is received, in the order of the table.

    Raises ValueError for a moment without a zone, or outside the years of the calendar.
    """
    ends = {"received": _began(received, calendar)}
    found = []
    for clock in clocks().values():
        if clock.at_receipt:
            limit = _limit(clock, ends[clock.at_receipt], calendar, begun=False)
            ends[clock.id] = limit.due
            found.append(limit)
    return tuple(found)


def limit(clock: str, since: datetime, calendar: Calendar) -> Limit:
    """One limit, by its id, from the moment that starts it: a decision, a plan submitted.

    Raises KeyError for an unknown clock, ValueError as `limits` does.
    """
    return _limit(clocks()[clock], _began(since, calendar), calendar, begun=True)


@cache
def clocks() -> Mapping[str, Clock]:
    """Every limit by its id."""
    return {row["id"]: Clock(**row) for row in content("limits")["clock"]}


def to_json(received: datetime, calendar: Calendar, language: str = "vi") -> dict[str, Any]:
    """The answer of `vongtay clock`, in the shape of the outside contract."""
    return {
        "received": _local(received).isoformat(),
        "limits": [
            {
                "clock": each.clock,
                "due": each.due.isoformat(),
                "explanation": each.explanation(language),
            }
            for each in limits(received, calendar)
        ],
    }


def text(received: datetime, calendar: Calendar, language: str = "vi") -> str:
    """The same for people, a line each."""
    at = dates.moment(_local(received), language)
    lines = [
        say(
            "limit",
            "line",
            language,
            name=spoken(each.rule.name, language),
            explanation=each.explanation(language),
        )
        for each in limits(received, calendar)
    ]
    return "\n".join([say("limit", "heading", language, received=at), *lines])


def _limit(clock: Clock, since: datetime, calendar: Calendar, begun: bool) -> Limit:
    if clock.hours:
        due = since + timedelta(hours=clock.hours)  # Viet Nam keeps one time all year
        return Limit(clock, since, due, begun=begun)
    last = _last_day(clock, since.date(), calendar)
    days = tuple(calendar.between(since.date(), last))
    years = tuple(sorted({day.on.year for day in days if calendar.is_provisional(day.on.year)}))
    return Limit(clock, since, datetime.combine(last, _end_of_day(), ZONE), days, years, begun)


def _last_day(clock: Clock, first: date, calendar: Calendar) -> date:
    """The last day of a limit in days; the first one is not counted."""
    last = first + timedelta(days=clock.calendar_days)
    for _ in range(clock.working_days):
        last = calendar.next_working(last)
    return last


def _end_of_day() -> time:
    at: time = content("limits")["end_of_day"]["at"]
    return at


def _began(at: datetime, calendar: Calendar) -> datetime:
    local = _local(at)
    calendar.day(local.date())  # raises where the calendar ends, also for limits in hours
    return local


def _local(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("the moment has no time zone: write it like 2026-11-20T16:30+07:00")
    try:
        return at.astimezone(ZONE)
    except OverflowError as error:
        raise ValueError(f"there is no such moment in Viet Nam: {at}") from error
