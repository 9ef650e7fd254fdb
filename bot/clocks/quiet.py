"""Quiet hours: at night nobody is written to who did not write themselves, unless it cannot wait.

From 21:00 until 06:30, local time: a rule of the house, not of the law.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

FROM, UNTIL = time(21, 0), time(6, 30)


def quiet(at: datetime, zone: ZoneInfo) -> bool:
    """Whether a moment lies in the quiet hours; 21:00 does, 06:30 does not."""
    local = at.astimezone(zone).time()
    return local >= FROM or local < UNTIL


def awake(at: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    if not quiet(at, zone):
        return at
    local = at.astimezone(zone)
    morning = local.date() + timedelta(days=local.time() >= FROM)
    return datetime.combine(morning, UNTIL, tzinfo=zone)
