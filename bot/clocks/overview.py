"""A year at a glance: its working days, days off, swapped days and duties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.clocks import dates
from bot.clocks.calendar import Calendar, Day, Kind
from bot.clocks.table import say
from bot.clocks.year import Event, events

_ORDINARY = {Kind.WORKING, Kind.WEEKEND}


def to_json(year: int, calendar: Calendar, language: str = "vi") -> dict[str, Any]:
    """The answer of `vongtay calendar YEAR --json`. Ordinary weekends are not listed.

    Raises ValueError outside the years of the calendar.
    """
    days = calendar.year(year)
    unusual = [day for day in days if day.kind not in _ORDINARY]
    return {
        "year": year,
        "provisional": calendar.is_provisional(year),
        "source": _source(year, calendar, language),
        "working_days": sum(day.working for day in days),
        "days_off": [_day(day, language) for day in unusual if not day.working],
        "days_worked": [_day(day, language) for day in unusual if day.working],
        "swapped": [
            {"off": day.on.isoformat(), "worked": str(day.other), "confidence": day.confidence}
            for day in unusual
            if day.kind is Kind.SWAPPED_OFF
        ],
        "reminders": [_reminder(event, language) for event in events(year, calendar)],
    }


def text(year: int, calendar: Calendar, language: str = "vi") -> str:
    """The same for people."""
    days = calendar.year(year)
    unusual = [day for day in days if day.kind not in _ORDINARY]
    count = sum(day.working for day in days)
    off = [_line(day, language) for day in unusual if not day.working]
    worked = [_line(day, language) for day in unusual if day.working]
    duties = [_duty(event, year, language) for event in events(year, calendar)]
    parts = [
        say("calendar", "heading", language, year=year, count=count),
        _source(year, calendar, language),
        *_listed("off", off, language),
        *_listed("worked", worked, language),
        *_listed("reminders", duties, language),
    ]
    return "\n".join(parts)


def _day(day: Day, language: str) -> dict[str, Any]:
    return {
        "date": day.on.isoformat(),
        "kind": day.kind.value,
        "reason": day.why(language),
        "provisional": day.provisional,
    }


def _reminder(event: Event, language: str) -> dict[str, Any]:
    return {
        "id": event.id,
        "preset": event.preset,
        "kind": event.kind,
        "name": event.says(language),
        "on": event.on.isoformat(),
        "until": event.until.isoformat(),
        "remind_on": [on.isoformat() for on in event.remind_on],
        "who": list(event.who),
        "source": event.source,
        "confidence": event.confidence,
    }


def _source(year: int, calendar: Calendar, language: str) -> str:
    if calendar.is_provisional(year):
        return say("calendar", "provisional", language, year=year)
    return say("calendar", "official", language, source=calendar.official[year].source)


def _listed(title: str, lines: Iterable[str], language: str) -> Iterator[str]:
    yield ""
    yield say("calendar", title, language)
    yield from list(lines) or [say("calendar", "none", language)]


def _line(day: Day, language: str) -> str:
    marks = [
        say("calendar", mark, language)
        for mark, set_ in (
            ("mark_provisional", day.provisional),
            ("mark_recall", day.confidence == "recall"),
        )
        if set_
    ]
    on = dates.day(day.on, language, day.on.year)
    weekday = dates.weekday(day.on, language)
    line = say("calendar", "day", language, weekday=weekday, day=on, why=day.why(language))
    return line + "".join(marks)


def _duty(event: Event, year: int, language: str) -> str:
    when = dates.stretch(event.on, event.until, language, year)
    who = ", ".join(say("who", role, language) for role in event.who)
    line = say("calendar", "event", language, days=when, name=event.says(language))
    line += say("calendar", "who", language, who=who)
    if event.remind_on:
        reminders = ", ".join(dates.day(on, language, year) for on in event.remind_on)
        line += say("calendar", "remind", language, days=reminders)
    return line
