"""On what terms a channel may be written to: windows, prices, quotas. Pure.

A platform may let us write only for a while after somebody was heard from. Each channel's terms
are data; whether a person can be reached, until when and for how much is worked out from the
moment they were last heard from, never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

# Zalo OA, consultation messages (platforms.md §2.4): free for 48 hours, for a price until the
# seventh day, then refused. The price is a list price and no promise.
OA_FREE, OA_OPEN, OA_DONG = timedelta(hours=48), timedelta(days=7), 55
RESERVE = 0.1  # of a month's quota that pushes leave to answers and alarms


@dataclass(frozen=True)
class Terms:
    """How a channel may be written to.

    `free`: for how long after somebody was heard from nothing is charged (None: always); `open`:
    for how long one may write at all (None: always), at `dong` a message after `free`. `typed`:
    options may have to be typed. `rings`: a phone shows that something came. `monthly`: how many
    messages a month holds (0: as many as one likes).
    """

    free: timedelta | None = None
    open: timedelta | None = None
    dong: int = 0
    typed: bool = False
    rings: bool = True
    monthly: int = 0


ANY = Terms()


@dataclass(frozen=True)
class Reach:
    """Whether and at what price somebody can be written to; `until` that changes."""

    state: Literal["free", "paid", "shut"]
    dong: int = 0
    until: datetime | None = None


def reach(terms: Terms, last_seen_at: datetime | None, now: datetime) -> Reach:
    """How somebody who was last heard from at that moment can be reached on these terms."""
    if terms.free is None:
        return Reach("free")
    if last_seen_at is None:
        return Reach("shut")
    if now < last_seen_at + terms.free:
        return Reach("free", until=last_seen_at + terms.free)
    if terms.open is not None and now < last_seen_at + terms.open:
        return Reach("paid", terms.dong, last_seen_at + terms.open)
    return Reach("shut")


def month_of(now: datetime, zone: str) -> str:
    """The month that a message counts in, as "2026-11"."""
    return f"{now.astimezone(ZoneInfo(zone)):%Y-%m}"


def spares(terms: Terms, sent: int) -> bool:
    """Whether what is left of the month is kept for answers and alarms."""
    return bool(terms.monthly) and sent >= terms.monthly * (1 - RESERVE)
