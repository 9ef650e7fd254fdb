"""From when until when: "từ 6h sáng đến 11h", "7h-11h", and the hours of several in one day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.reading.clock import Moment, is_dash
from bot.reading.message import Message

SHORTEST, LONGEST = 0.5, 20  # hours of a day that somebody can work
_DAY, _HALF_DAY = 24, 12
_REACH = 3  # words before an hour that tell what is done then
_AFTER_NOON = range(1, 4)  # an hour that nobody begins the day with, when it ends by daylight
_DUSK = 19
_EVENING = ("evening", "late")


@dataclass(frozen=True)
class Interval:
    """From one hour to a later one, which is over 24 on the next day; said by `start`..`end`.

    `named` says that the text tells for both hours whether they are before or after noon.
    """

    begins: float
    ends: float
    start: int
    end: int
    named: bool

    @property
    def hours(self) -> float:
        return self.ends - self.begins


def intervals(message: Message, clock: Sequence[Moment]) -> list[Interval]:
    """The times from one moment to the next in which the child may work, in order."""
    found: list[Interval] = []
    for first, last in pairwise(clock):
        if message.sentence(first.start) != message.sentence(last.start):
            continue
        if not _joined(message, first, last) or _is_free(message, first.start):
            continue
        if found and found[-1].end == first.end:  # an end begins nothing: "7h-11h 13h-17h"
            continue
        begins, ends = _from_to(first, last, found[-1] if found else None)
        all_day = not first.named and begins < _HALF_DAY < ends - begins
        if all_day and _is_of_evening(message, first):
            begins += _HALF_DAY
        if SHORTEST <= ends - begins <= LONGEST:
            # "từ 6 giờ tối đến 11 giờ": the evening's end needs no name of its own
            named = first.named and (last.named or first.hour > _HALF_DAY)
            found.append(Interval(begins, ends, first.start, last.end, named))
    return found


def in_one_day(message: Message, found: Sequence[Interval]) -> Iterator[Sequence[Interval]]:
    """The intervals that follow each other in one day: the morning, the afternoon, the evening."""
    since = 0
    for at, (before, after) in enumerate(pairwise(found), 1):
        if after.begins < before.ends or not _is_same_day(message, before, after):
            yield found[since:at]
            since = at
    if found:
        yield found[since:]


def _is_same_day(message: Message, before: Interval, after: Interval) -> bool:
    if message.sentence(before.start) != message.sentence(after.start):
        return False
    return not message.any_within("times.weekday", before.end, after.start)


def _joined(message: Message, first: Moment, last: Moment) -> bool:
    """Whether the one is from when, the other until when."""
    if first.end == last.start:
        return True
    if last.start == first.end + 1 and is_dash(message, first.end):
        return True
    until = message.before("times.until", last.start)
    return until is not None and until.start - first.end <= _REACH


def _is_of_evening(message: Message, first: Moment) -> bool:
    """Whether evenings are spoken of: "tối nào cũng đi giao hàng từ 6 giờ đến 10 giờ đêm"."""
    since, _ = message.clause(first.start)
    if message.any_within("times.morning", since, first.start):
        return False
    return any(message.any_within(f"times.{part}", since, first.start) for part in _EVENING)


def _is_free(message: Message, at: int) -> bool:
    """Whether it is the time of school, of sleep, of rest that is told."""
    start, _ = message.clause(at)
    since = max(start, at - _REACH)
    if message.any_within("times.rest", since, at):
        return True
    told = message.before("times.from", at)
    at = told.start if told else at
    return bool(message.before("times.other_hours", at))


def _from_to(first: Moment, last: Moment, before: Interval | None) -> tuple[float, float]:
    """The two hours, the later one over 24 on the next day; `before` is what was said before."""
    begins, ends = first.hour, last.hour
    if not first.named and _is_after_noon(begins, last, before):
        begins += _HALF_DAY
    if ends <= begins and not last.named and ends + _HALF_DAY > begins:
        ends += _HALF_DAY
    if ends <= begins:
        ends += _DAY
    return begins, ends


def _is_after_noon(begins: float, last: Moment, before: Interval | None) -> bool:
    """Whether "1h30 đến 5h30 chiều" begins after noon, for the morning is over or too early."""
    if begins >= _HALF_DAY:
        return False
    over = before is not None and begins < before.ends <= begins + _HALF_DAY
    by_day = last.named and _HALF_DAY + begins < last.hour <= _DUSK
    return (over and (by_day or not last.named)) or (by_day and int(begins) in _AFTER_NOON)
