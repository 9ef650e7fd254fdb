"""Days and moments as people write them: "21–22 Nov", "16:30 on 20 Nov"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from bot.clocks.table import content, say, spoken


def day(on: date, language: str, year: int | None = None) -> str:
    """A day, with its year unless that is the `year` everybody thinks of."""
    month = spoken(content("texts")["date"]["months"], language).split()[on.month - 1]
    key = "day" if on.year == year else "day_year"
    return say("date", key, language, day=on.day, month=month, year=on.year)


def weekday(on: date, language: str) -> str:
    """The name of its day of the week."""
    return spoken(content("texts")["date"]["weekdays"], language).split("|")[on.weekday()]


def moment(at: datetime, language: str, year: int | None = None) -> str:
    """A moment to the minute, in the zone it is given in."""
    clock = f"{at:%H:%M}"
    return say("date", "moment", language, clock=clock, day=day(at.date(), language, year))


def days(on: Iterable[date], language: str, year: int | None = None) -> str:
    """Days in a row as one stretch each, commas between: "23/11, 25–27/11"."""
    return ", ".join(stretch(run[0], run[-1], language, year) for run in _runs(sorted(on)))


def stretch(first: date, last: date, language: str, year: int | None = None) -> str:
    """From one day to another, both included."""
    end = day(last, language, year)
    if first == last:
        return end
    start = day(first, language, last.year if first.year == last.year else year)
    if (first.year, first.month) == (last.year, last.month):
        start = str(first.day)
    return say("date", "days", language, first=start, last=end)


def _runs(on: Sequence[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for each in on:
        if runs and each - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs
