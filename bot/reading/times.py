"""How many hours a day and days a week the child works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from bot.reading.clock import DASHES, Moment, moments
from bot.reading.figures import Figure
from bot.reading.intervals import LONGEST, SHORTEST, in_one_day, intervals
from bot.reading.lexicon import content
from bot.reading.message import Hit, Message
from bot.reading.names import is_of

_DAY, _WEEK = 24, 7
_MINUTES = 60
_MOST_OF_A_DAY = 14  # hours before "a week of six days" that are of a day, not of the week
_SHIFTS = (2, 3)  # of one day
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
    found = [
        *stated,
        *_minutes_of_a_day(message),
        *_parts_of_day(message, stated),
        *_of_shifts(message, stated),
        *_between_moments(message, clock),
    ]
    return max(found, key=lambda time: (time.rank, -time.start, time.value), default=None)


def _stated(message: Message, clock: Sequence[Moment]) -> Iterator[Time]:
    of_clock = {at for moment in clock for at in range(moment.start, moment.end)}
    for figure in message.figures.values():
        unit = message.at("times.hours", figure.end)
        if not unit and message.before("times.hours_word", figure.start) and figure.high <= _DAY:
            yield Time(figure.high, figure.start, figure.end, 2)
        if not unit or not SHORTEST <= figure.high <= _DAY:
            continue
        more, end = _minutes_behind(message, unit)
        per_day = message.at("times.per_day", end) or _of_a_day(message, figure)
        if figure.start in of_clock and not (per_day and _is_length(message, figure)):
            continue
        if _is_other(message, figure, unit) or _is_of_a_week(message, figure, end):
            continue
        if not figure.sure and not per_day:
            continue
        yield Time(figure.high + more, figure.start, max(end, per_day), 2 if per_day else 1)


def _minutes_behind(message: Message, at: int) -> tuple[float, int]:
    """The minutes of "1 tiếng 30 phút" as a part of an hour, and where they end."""
    figure = message.figures.get(at)
    end = message.at("times.minutes", figure.end) if figure else 0
    return (figure.high / _MINUTES, end) if figure and end else (0.0, at)


def _minutes_of_a_day(message: Message) -> Iterator[Time]:
    """Less than an hour, where it is said to be of each day: "30 phút mỗi ngày"."""
    for hit in message.hits("times.minutes"):
        figure = _counted_by(message, hit.start)
        if figure is None or not SHORTEST * _MINUTES <= figure.high < 2 * _MINUTES:
            continue
        per_day = message.at("times.per_day", hit.end) or _of_a_day(message, figure)
        alone = not message.before("times.hours", figure.start)
        if per_day and alone and not _is_other(message, figure, hit.end):
            end = max(hit.end, per_day)
            yield Time(figure.high / _MINUTES, figure.start, end, 1)


def _counted_by(message: Message, at: int) -> Figure | None:
    """The number that ends there."""
    return next((each for each in message.figures.values() if each.end == at), None)


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
    """Whether they are hours of sleep, of school, of the way."""
    if message.at("times.other_hours_after", unit):
        return True
    start, _ = message.clause(figure.start)
    since = max(start, figure.start - _REACH)
    return message.any_within("times.other_hours", since, figure.start) and not (
        message.any_within("times.doing", since, figure.start)
    )


def _is_of_a_week(message: Message, figure: Figure, unit: int) -> bool:
    """Whether they are the hours of a whole week: "mỗi tuần 20 tiếng", "20 tiếng một tuần"."""
    if message.at("times.per_week", unit):
        counts_days = message.at("times.week_count", unit) and not message.at("times.of_week", unit)
        of_a_day = figure.high <= _MOST_OF_A_DAY or _of_a_day(message, figure)
        return not (counts_days and of_a_day)
    if message.at("times.per_day", unit):
        return False
    start, _ = message.clause(figure.start)
    return any(
        max(start, figure.start - 2 * _REACH) <= hit.start < hit.end <= figure.start
        and _tells_of_a_week(message, hit, figure.start)
        for hit in message.hits("times.per_week")
    )


def _tells_of_a_week(message: Message, hit: Hit, at: int) -> bool:
    """Whether what is counted there is of the week said before it, not of its days."""
    if message.covered("times.seven", hit.start) or message.covered("times.two", hit.start):
        return False
    if any(message.any_within(label, hit.end, at) for label in ("times.days", "times.per_day")):
        return False
    if message.before("times.days", hit.start):
        return False
    return not _is_called_so(message, hit)


def _is_called_so(message: Message, hit: Hit) -> bool:
    """Whether "tuan" is somebody's name: "chau tuan", "tran van tuan"."""
    if hit.start == 0 or message.pieces[hit.start].marks or hit.end > hit.start + 1:
        return False
    if any(message.before(f"people.{who}", hit.start) for who in ("child", "adult")):
        return True
    piece = message.pieces[hit.start - 1]
    return any(is_of(piece.plain, piece.bent, group) for group in ("surnames", "sure_middles"))


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
        if total <= LONGEST:
            yield Time(total, parts[0].start, parts[-1].end, 2)


def _of_shifts(message: Message, stated: Sequence[Time]) -> Iterator[Time]:
    """The hours of all shifts of a day: "ngày làm 2 ca, mỗi ca 4 tiếng"."""
    for time in stated:
        each = message.before("times.each_shift", time.start)
        if not each and not any(
            message.at("times.each_shift", at) for at in range(time.start, time.end + 1)
        ):
            continue
        count = _shifts_of_a_day(message, time)
        if count and count * time.value <= LONGEST:
            yield Time(count * time.value, time.start, time.end, 2)


def _shifts_of_a_day(message: Message, time: Time) -> float | None:
    """How many shifts there are in a day, said in the sentence of that time."""
    since, until = message.sentence(time.start)
    for hit in chain(message.hits("times.shift"), message.hits("times.half_day")):
        figure = _counted_by(message, hit.start)
        if figure is None or not since <= hit.start < until or figure.high not in _SHIFTS:
            continue
        start, _ = message.clause(hit.start)
        if message.any_within("times.per_week", start, figure.start):
            return None
        of_day = message.any_within("times.per_day", start, figure.start)
        if of_day or not message.at("times.half_day", hit.start):
            return None if message.at("times.per_week", hit.end) else figure.high
    return None


def _between_moments(message: Message, clock: Sequence[Moment]) -> Iterator[Time]:
    """The hours from one moment to another, those of one day together: "7h-11h, 13h-17h"."""
    for day in in_one_day(message, intervals(message, clock)):
        total = sum(each.hours for each in day)
        if total <= LONGEST:
            yield Time(total, day[0].start, day[-1].end, 2)
        else:
            yield from (Time(each.hours, each.start, each.end, 2) for each in day)


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
    counted: list[Time] = []
    for hit in message.hits("times.week_count"):
        if message.before("times.rest", hit.start) or _is_of_rest(message, hit):
            continue
        figure = _of_days(message, hit)
        if figure and 0 < figure.high <= _WEEK:
            counted.append(Time(figure.high, hit.start, hit.end, 3))
    if counted:  # the higher one: in "1 ngày 1 tuần 6 ngày" the first counts nothing
        yield max(counted, key=lambda time: (time.value, -time.start))

    for figure in message.figures.values():
        if message.before("times.days_word", figure.start) and 0 < figure.high <= _WEEK:
            yield Time(figure.high, figure.start, figure.end, 3)


def _is_of_rest(message: Message, hit: Hit) -> bool:
    """Whether the days are of rest, or of school: "một tuần nghỉ 1 ngày"."""
    if any(message.covered("times.six", at) for at in range(hit.start, hit.end)):
        return True
    if message.any_within("times.rest", hit.start, hit.end):
        return True
    _, end = message.clause(hit.start)
    behind = message.any_within("times.rest", hit.end, min(end, hit.end + _REACH))
    return behind and not message.any_within("times.doing", hit.start, hit.end)


def _of_days(message: Message, hit: Hit) -> Figure | None:
    """The number of days in "một tuần làm 6 ngày", not that of the week."""
    inside = [figure for at in range(hit.start, hit.end) if (figure := message.figures.get(at))]
    of_days = (each for each in inside if message.at("times.days", each.end))
    return next(of_days, inside[0] if inside else None)


def _named_weeks(message: Message) -> Iterator[Time]:
    for name, days in _NAMED_WEEKS.items():
        for hit in message.hits(f"times.{name}"):
            other = message.any_within("times.not_work_at_night", *message.clause(hit.start))
            if message.at("times.not_seven", hit.start) or other:
                continue
            if message.before("times.rest", hit.start) or _within_longer(message, name, hit):
                continue
            if name == "seven" and _is_less_than_seven(message, hit):
                continue
            inside = (message.figures.get(at) for at in range(hit.start, hit.end))
            resting = next((figure.high for figure in inside if figure and name == "six"), 1)
            value = days if name != "six" else _WEEK - resting
            if 0 < value <= _WEEK:
                yield Time(value, hit.start, hit.end, 3 if name in _EXCEPT else 2)


def _is_less_than_seven(message: Message, hit: Hit) -> bool:
    """Whether "mỗi tối" is that of some weekdays, or "hằng ngày" tells of school."""
    if message.at("times.each_part", hit.start) == hit.end:
        return bool(message.at("times.weekday", hit.end))
    if message.at("times.daily", hit.start) == hit.end:
        _, end = message.clause(hit.start)
        return message.any_within("times.rest", hit.end, min(end, hit.end + _REACH))
    return False


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
        between = message.pieces[first.end].plain if last.start - first.end == 1 else ""
        until = last.start - first.end <= 1 and message.before("times.until", last.start)
        if (until or between in DASHES) and begins < ends:
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
