"""Hours of the clock in a message: "5h sáng", "đến 10 giờ đêm", "7h30"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from bot.reading.figures import Figure
from bot.reading.message import Message

_NOON, _DAY = 12, 24
_PARTS = ("morning", "noon", "afternoon", "evening", "late")
DASHES = ("-", "\u2013", "\u2014", "~")
_LASTS = 3  # hours between two that are said together and yet not the same hour, guessed
_HALF = 0.5  # "bảy rưỡi sáng"
_EARLY = 6  # "2 giờ đêm" is before it, "11 giờ đêm" is not


@dataclass(frozen=True)
class Moment:
    """An hour of the day, 0 to 24, said by the pieces `start`..`end`.

    `named` says that the text tells whether it is before or after noon.
    """

    hour: float
    start: int
    end: int
    named: bool


def moments(message: Message) -> list[Moment]:
    """The hours of the clock, in order."""
    found = sorted(chain(_moments(message), _midnights(message)), key=lambda moment: moment.start)
    return [_told_by_next(message, *pair) for pair in zip_longest(found, found[1:])]


def _midnights(message: Message) -> Iterator[Moment]:
    for hit in message.hits("times.midnight"):
        if message.before("times.until", hit.start):
            yield Moment(_DAY, hit.start, hit.end, named=True)


def _told_by_next(message: Message, moment: Moment, after: Moment | None) -> Moment:
    """The moment, named where the next one is: "từ 4h đến 10h sáng" begins in the morning too."""
    if after is None or moment.named or not after.named:
        return moment
    until = message.before("times.until", after.start)
    joined = until is not None and until.start == moment.end
    morning = joined and moment.hour < after.hour < _NOON
    return replace(moment, named=True) if morning else moment


def _moments(message: Message) -> Iterator[Moment]:
    for figure in message.figures.values():
        if figure.sure or figure.high % 1 or message.at("times.clock_unit", figure.end):
            yield from _moment(message, figure)


def _moment(message: Message, figure: Figure) -> Iterator[Moment]:
    unit = message.at("times.clock_unit", figure.end)
    colon = _minutes(message, figure.end)
    half = figure.high % 1 == _HALF and any(
        message.at(f"times.{part}", figure.end) for part in _PARTS
    )
    if not (unit or colon or half) or figure.high > _DAY:
        return
    end = unit or figure.end
    minutes, end = _minutes_behind(message, end, bool(unit)) if unit or colon else (0.0, end)
    behind = end
    part, end = _part(message, end)
    if part and _is_of_next(message, figure, end):
        part, end = None, behind
    part = part or _part_before(message, figure.start)
    low, high = figure.low, figure.high
    lasts = high - low >= _LASTS and (part or low >= _NOON)  # "sáng 6-11 giờ", "13-17h"
    if part is None and not lasts and not _is_asked(message, figure, behind):
        return
    if low != high:
        if message.before("times.from", figure.start) or lasts:
            yield Moment(low, figure.start, figure.start + 1, named=low > _NOON)
            named = part is not None or high > _NOON
            yield Moment(_hour(high, part) + minutes, figure.start + 1, end, named)
        elif part:
            yield Moment(_hour(high, part) + minutes, figure.start, end, named=True)
        return
    hour = _hour(high, part) + minutes
    yield Moment(hour, figure.start, end, part is not None or high > _NOON)


def _is_asked(message: Message, figure: Figure, end: int) -> bool:
    """Whether what stands around says that an hour of the clock is meant."""
    at = figure.start
    if message.before("times.from", at) or message.before("times.until", at):
        return True
    return is_dash(message, at - 1) or is_dash(message, end) or _goes_until(message, end)


def _goes_until(message: Message, at: int) -> bool:
    """Whether "đến 11h" stands there, and it is no number of hours: "8 giờ đến 10 giờ một ngày"."""
    until = message.at("times.until", at)
    figure = message.figures.get(until) if until else None
    unit = message.at("times.clock_unit", figure.end) if figure else 0
    return bool(unit) and not message.at("times.per_day", unit)


def _is_of_next(message: Message, figure: Figure, at: int) -> bool:
    """Whether a part of the day that ends there is of what follows: "7h-11h chiều 1h-5h"."""
    if not (is_dash(message, figure.start - 1) or message.before("times.until", figure.start)):
        return False
    at = message.at("times.from", at) or at
    after = message.figures.get(at)
    unit = message.at("times.clock_unit", after.end) if after else 0
    if not unit:
        return False
    _, end = _minutes_behind(message, unit, unit=True)
    return bool(message.at("times.until", end)) or is_dash(message, end)


def is_dash(message: Message, at: int) -> bool:
    """Whether a dash stands there with an hour on either side of it: "7h-11h", "7:00-11:00"."""
    if not 1 < at < len(message) - 1 or message.pieces[at].plain not in DASHES:
        return False
    if message.pieces[at + 1].kind != "number":
        return False
    before, dash, after = message.pieces[at - 1 : at + 2]
    stuck = before.end == dash.start and dash.end == after.start
    if not stuck and not message.at("times.clock_unit", at + 2):
        return False
    minutes = before.kind == "number" and (
        message.pieces[at - 2].plain == ":" or message.before("times.clock_unit", at - 1)
    )
    return bool(minutes) or message.before("times.clock_unit", at) is not None


def _minutes(message: Message, at: int) -> bool:
    """Whether ":30" stands there."""
    pieces = message.pieces[at : at + 2]
    return (
        len(pieces) == 2
        and pieces[0].plain == ":"
        and pieces[1].kind == "number"
        and len(pieces[1].raw) == 2
        and pieces[0].end == pieces[1].start
    )


def _minutes_behind(message: Message, at: int, unit: bool) -> tuple[float, int]:
    """The minutes of "5h30", "5 giờ rưỡi", as a part of an hour, and where they end."""
    if not unit:
        return int(message.pieces[at + 1].raw) / 60, at + 2
    if at < len(message) and message.pieces[at].raw.isdecimal():
        stuck = message.pieces[at].start == message.pieces[at - 1].end
        value = int(message.pieces[at].raw)
        if stuck and value < 60:
            return value / 60, at + 1
    return 0.0, at


def _part(message: Message, at: int) -> tuple[str | None, int]:
    """The part of the day that is said there, and where it ends."""
    ends = [(message.at(f"times.{part}", at), part) for part in _PARTS]
    end, part = max(ends)
    if end and _goes_until(message, at):  # "7 gio toi 11 gio": until, not in the evening
        return None, at
    return (part, end) if end else (None, at)


def _part_before(message: Message, at: int) -> str | None:
    """The part of the day said right before an hour: it is not of the hour before it."""
    since = message.before("times.from", at)
    at = since.start if since else at
    for part in _PARTS:
        hit = message.before(f"times.{part}", at)
        if hit and not message.before("times.clock_unit", hit.start):
            return part
    return None


def _hour(hour: float, part: str | None) -> float:
    if part in ("afternoon", "evening") and hour < _NOON:
        return hour + _NOON
    if part == "noon" and hour < _NOON - 2:
        return hour + _NOON
    if part == "late":
        return hour + _NOON if _EARLY <= hour < _NOON else _DAY if hour == _NOON else hour
    return hour
