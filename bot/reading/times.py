"""How many hours a day and days a week the child works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.reading.clock import Moment, is_dash, moments
from bot.reading.figures import Figure
from bot.reading.lexicon import content
from bot.reading.message import Hit, Message

_DAY, _HALF_DAY, _WEEK = 24, 12, 7
_SHORTEST, _LONGEST = 0.5, 20  # hours of a day that somebody can work
_NAMED_WEEKS = {"seven": 7, "six": 6, "five": 5, "two": 2, "one": 1}
_EXCEPT = ("six", "five")  # "the whole week but Sunday" says the week, then less
_LONGEST_PHRASE = 6  # words
_REACH = 3  # words before a number that tell what it is of


@dataclass(frozen=True)
class Time:
    """A number of hours or days, the pieces that say it, and how plainly they do."""

    value: float
    start: int
    end: int
    rank: int


def number(value: float) -> int | float:
    """The value as an int where it is whole."""
    return int(value) if value == int(value) else value


def hours_per_day(message: Message) -> Time | None:
    """The hours of work in one day; the higher where two are given, for unknown lowers nothing."""
    clock = moments(message)
    stated = list(_stated(message, clock))
    found = [*stated, *_parts_of_day(message, stated), *_between_moments(message, clock)]
    return max(found, key=lambda time: (time.rank, -time.start), default=None)


def _stated(message: Message, clock: Sequence[Moment]) -> Iterator[Time]:
    of_clock = {at for moment in clock for at in range(moment.start, moment.end)}
    for figure in message.figures.values():
        unit = message.at("times.hours", figure.end)
        if not unit and message.before("times.hours_word", figure.start) and figure.high <= _DAY:
            yield Time(figure.high, figure.start, figure.end, 2)
        if not unit or not _SHORTEST <= figure.high <= _DAY:
            continue
        per_day = message.at("times.per_day", unit) or _of_a_day(message, figure)
        if figure.start in of_clock and not (per_day and _is_length(message, figure)):
            continue
        if _is_other(message, figure, unit):
            continue
        if not figure.sure and not per_day:
            continue
        yield Time(figure.high, figure.start, max(unit, per_day), 2 if per_day else 1)


def _of_a_day(message: Message, figure: Figure) -> int:
    """The end of the number where "mỗi ngày" stands shortly before it, else 0."""
    start, _ = message.clause(figure.start)
    since = max(start, figure.start - 2 * _REACH)
    return figure.end if message.any_within("times.per_day", since, figure.start) else 0


def _is_length(message: Message, figure: Figure) -> bool:
    """Whether "10h" is so many hours, for it is neither from when nor until when."""
    ends = ("times.until", "times.from")
    return not any(message.before(label, figure.start) for label in ends)


def _is_other(message: Message, figure: Figure, unit: int) -> bool:
    """Whether they are hours of sleep, of school, of the way; or of a week."""
    if message.at("times.other_hours_after", unit):
        return True
    start, _ = message.clause(figure.start)
    since = max(start, figure.start - _REACH)
    return message.any_within("times.other_hours", since, figure.start) and not (
        message.any_within("times.doing", since, figure.start)
    )


def _parts_of_day(message: Message, stated: Sequence[Time]) -> Iterator[Time]:
    """The sum of "sáng 4 tiếng, chiều 4 tiếng"."""
    parts: list[Time] = []
    for time in stated:
        at = time.start
        said = any(
            message.before(f"times.{part}", at)
            for part in ("morning", "noon", "afternoon", "evening")
        )
        if said and time.rank == 1:
            parts.append(time)
    if len(parts) > 1 and message.sentence(parts[0].start) == message.sentence(parts[-1].start):
        total = sum(part.value for part in parts)
        if total <= _DAY:
            yield Time(total, parts[0].start, parts[-1].end, 2)


def _between_moments(message: Message, clock: Sequence[Moment]) -> Iterator[Time]:
    """The hours from one moment to another: "từ 6h sáng đến 6h tối"."""
    for first, last in pairwise(clock):
        if message.sentence(first.start) != message.sentence(last.start):
            continue
        if not _joined(message, first, last):
            continue
        hours = _from_to(first, last)
        if hours is not None and not _is_schooling(message, first.start):
            yield Time(hours, first.start, last.end, 2)


def _joined(message: Message, first: Moment, last: Moment) -> bool:
    """Whether the one is from when, the other until when."""
    if first.end == last.start:
        return True
    if last.start == first.end + 1 and is_dash(message, first.end):
        return True
    until = message.before("times.until", last.start)
    return until is not None and until.start - first.end <= _REACH


def _is_schooling(message: Message, at: int) -> bool:
    start, _ = message.clause(at)
    return message.any_within("times.rest", max(start, at - _REACH), at)


def _from_to(first: Moment, last: Moment) -> float | None:
    begins, ends = first.hour, last.hour
    if ends <= begins and not last.named and ends + _HALF_DAY > begins:
        ends += _HALF_DAY
    if ends <= begins:
        ends += _DAY
    hours = ends - begins
    return hours if _SHORTEST <= hours <= _LONGEST else None


def days_per_week(message: Message) -> Time | None:
    """The days of work in one week."""
    found = [
        *_counted(message),
        *_named_weeks(message),
        *_weekdays(message),
        *_weekday_list(message),
    ]
    return max(found, key=lambda time: (time.rank, -time.start), default=None)


def _counted(message: Message) -> Iterator[Time]:
    for hit in message.hits("times.week_count"):
        if message.covered("times.six", hit.start) or message.before("times.rest", hit.start):
            continue
        if message.any_within("times.rest", hit.start, hit.end):
            continue
        inside = (message.figures.get(at) for at in range(hit.start, hit.end))
        for figure in inside:
            if figure and 0 < figure.high <= _WEEK:
                yield Time(figure.high, hit.start, hit.end, 3)
                break

    for figure in message.figures.values():
        if message.before("times.days_word", figure.start) and 0 < figure.high <= _WEEK:
            yield Time(figure.high, figure.start, figure.end, 3)


def _named_weeks(message: Message) -> Iterator[Time]:
    for name, days in _NAMED_WEEKS.items():
        for hit in message.hits(f"times.{name}"):
            other = message.any_within("times.not_work_at_night", *message.clause(hit.start))
            if message.at("times.not_seven", hit.start) or other:
                continue
            if message.before("times.rest", hit.start) or _within_longer(message, name, hit):
                continue
            inside = (message.figures.get(at) for at in range(hit.start, hit.end))
            resting = next((figure.high for figure in inside if figure and name == "six"), 1)
            value = days if name != "six" else _WEEK - resting
            if 0 < value <= _WEEK:
                yield Time(value, hit.start, hit.end, 3 if name in _EXCEPT else 2)


def _within_longer(message: Message, name: str, hit: Hit) -> bool:
    """Whether a longer phrase of another list says something else there."""
    others = (each for each in _NAMED_WEEKS if each != name)
    near = range(hit.start - _LONGEST_PHRASE, hit.end)
    ends = ((at, message.at(f"times.{each}", at)) for each in others for at in near)
    size = hit.end - hit.start
    return any(end > hit.start and end - at > size for at, end in ends)


def _weekdays(message: Message) -> Iterator[Time]:
    """From one weekday to another, or several that are listed."""
    named = [(hit, _weekday(message, hit)) for hit in message.hits("times.weekday")]
    for (first, begins), (last, ends) in pairwise(named):
        if (
            message.before("times.until", last.start)
            and last.start - first.end <= 1
            and begins < ends
        ):
            yield Time(ends - begins + 1, first.start, last.end, 3)


def _weekday_list(message: Message) -> Iterator[Time]:
    """ "thứ 2 4 6", "thứ ba, thứ năm": as many as are named."""
    hits = list(message.hits("times.weekday"))
    days = {_weekday(message, hit) for hit in hits}
    end = hits[-1].end if hits else 0
    while hits and end < len(message) and _is_listed(message, end):
        days |= {int(message.pieces[end].raw)} if message.pieces[end].raw.isdecimal() else set()
        end += 1
    if len(days) > 1 and not message.any_within("times.rest", 0, end):
        yield Time(len(days), hits[0].start, end, 1)


def _is_listed(message: Message, at: int) -> bool:
    """Whether a bare number of a weekday stands there, or a comma before one."""
    piece = message.pieces[at]
    if piece.plain == ",":
        return at + 1 < len(message) and _is_listed(message, at + 1)
    figure = message.figures.get(at)
    counts = figure is not None and any(
        message.at(unit, figure.end) for unit in ("times.hours", "times.other_units", "times.years")
    )
    return piece.raw.isdecimal() and 2 <= int(piece.raw) <= _WEEK and not counts


def _weekday(message: Message, hit: Hit) -> int:
    """2 for Monday to 8 for Sunday."""
    last = message.pieces[hit.end - 1]
    figure = message.figures.get(hit.end - 1)
    if figure:
        return int(figure.low)
    return int(content("times")["data"]["weekdays"].get(last.plain, _WEEK + 1))
