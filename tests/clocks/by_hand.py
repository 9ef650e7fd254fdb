"""A second opinion on the calendar and the limits, from days_off.toml and nothing of bot.clocks.

The five and the two working days are looked for among all working days laid out in a row, the
hours are added to seconds since 1970.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

_TABLE = tomllib.loads((Path(__file__).parent / "days_off.toml").read_text("utf-8"))
_VIET_NAM = timezone(timedelta(hours=7))


def _listed(kind: str) -> set[date]:
    return {
        date(int(year), int(day.split("/")[1]), int(day.split("/")[0]))
        for year, table in _TABLE.items()
        for day in table[kind]
    }


OFF, WORKED = _listed("off"), _listed("worked")
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
_ALL = [FIRST + timedelta(days=at) for at in range((LAST - FIRST).days + 1)]
WORKING = [
    day for day in _ALL if day in WORKED or (day.isoweekday() not in (6, 7) and day not in OFF)
]


def due(received: datetime) -> dict[str, datetime]:
    """When each limit that begins with a report ends."""
    here = received.astimezone(_VIET_NAM)
    after = bisect_right(WORKING, here.date())
    return {
        "emergency": datetime.fromtimestamp(received.timestamp() + 43200, UTC),
        "plan": _end(WORKING[after + 4]),
        "approval": _end(WORKING[after + 6]),
        "separation": _end(date.fromordinal(here.date().toordinal() + 15)),
    }


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=_VIET_NAM)
