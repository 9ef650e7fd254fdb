"""The periods that reports are about: half a year or a year, by the calendar.

They are owed before 31 May and 30 November (clocks/content/year.toml), while they still run: then
their figures reach up to the day on which they are drawn up.
"""

from __future__ import annotations

import re
from datetime import date

from bot.clocks.calendar import Calendar
from bot.clocks.year import events
from bot.documents.papers import Period

_LABEL = re.compile(r"(20\d\d)(?:-?[Hh]([12]))?", re.ASCII)
KNOWN = "2026H1, 2026H2 or 2026"
_DUE = {"H1": "half_year_report", "H2": "year_report", "": "year_report"}


def period_of(label: str, today: date) -> Period:
    """The period of a label such as "2026H1". Raises ValueError where there is none, or none yet.

    Without a verified date in the calendar of that year `due` is None.
    """
    found = _LABEL.fullmatch(label.strip())
    if found is None:
        raise ValueError(f"{label!r} is no period: say {KNOWN}")
    year, half = int(found[1]), f"H{found[2]}" if found[2] else ""
    start = date(year, 7 if half == "H2" else 1, 1)
    end = date(year, 6, 30) if half == "H1" else date(year, 12, 31)
    if start > today:
        raise ValueError(
            f"the period {year}{half} begins on {start.isoformat()}: nothing to tell yet"
        )
    kind = "half_year" if half else "year"
    return Period(kind, f"{year}{half}", start, end, min(end, today), _due(year, half))


def _due(year: int, half: str) -> date | None:
    try:
        known = events(year, Calendar.of(), presets=("plan",))
    except ValueError:
        return None
    return next((event.on for event in known if event.id == _DUE[half]), None)
