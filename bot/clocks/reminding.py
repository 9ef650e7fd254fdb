"""On which days to remind of something, and who hears of it when it is overdue. Pure.

Lead times by kind: [remind] of content/year.toml. A reminder on a day off comes on the last
working day before; the day it is due stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from bot.clocks.calendar import Calendar
from bot.clocks.table import Text, content

AFTER_A_DAY, AFTER_TWO = 1, 2  # working days overdue, after which deputy and leader hear of it


def days_before(kind: str) -> tuple[int, ...]:
    """How many days before something of that kind is reminded of."""
    found: list[int] = content("year")["remind"][kind]
    return tuple(found)


def reminders(due: date, before: Iterable[int], calendar: Calendar) -> tuple[date, ...]:
    """The working days on which to remind of what is due on a day."""
    return tuple(sorted({calendar.working_by(due - timedelta(days=n)) for n in before}))


def next_reminder(
    due: date, days: Sequence[date], must: bool, first: date, calendar: Calendar
) -> date | None:
    """The first day from `first` on which to remind; None when there is none left.

    What must be done is reminded of on every working day once it is overdue.
    """
    for day in days:
        if day >= first:
            return calendar.working_by(day) if calendar.working_by(day) >= first else day
    if not must:
        return None
    return next_working_from(max(first, due), calendar)


def next_working_from(day: date, calendar: Calendar) -> date:
    """That day if it is worked, else the next one that is."""
    return day if calendar.is_working(day) else calendar.next_working(day)


def overdue_step(due: date, step: int, calendar: Calendar) -> date:
    """The day on which step 0 (to the deputy) or 1 (to the leader) is taken."""
    day = due
    for _ in range(AFTER_A_DAY if step == 0 else AFTER_TWO):
        day = calendar.next_working(day)
    return day


def sentences(name: str) -> Text:
    """What a duty that is no event of the year is called, by language."""
    found: Text = content("texts")["duty"][name]
    return found
