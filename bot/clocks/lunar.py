"""The Vietnamese lunar calendar: which day a day of a lunar month is.

A month begins on the day of the new moon, a year's eleventh month holds the winter solstice, and
a month of a thirteen-month year in which the sun enters no new sign is a leap month; days are those
of UTC+7, which is why Viet Nam now and then differs from China (2007, 2030). The method is
Ho Ngoc Duc's ("Thuat toan tinh am lich"), the astronomy Jean Meeus's ("Astronomical Algorithms").
"""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise
from math import floor, radians, sin

_ZONE = 7 / 24  # days ahead of Greenwich
_JULIAN = 1721425  # the Julian day number of the day before 1 January of year 1
_LUNATION = 29.530588853
_SOLSTICE = 9  # the sign of 30 degrees each that begins at the winter solstice
_LAST_MONTH = 10  # the eleventh runs into the next year, and no holiday lies there

# Meeus, chapter 47: amplitude in days, then how many times the sun's anomaly, the moon's anomaly
# and the moon's distance from its node.
_TERMS = (
    (0.0021, 2, 0, 0),
    (-0.4068, 0, 1, 0),
    (0.0161, 0, 2, 0),
    (-0.0004, 0, 3, 0),
    (0.0104, 0, 0, 2),
    (-0.0051, 1, 1, 0),
    (-0.0074, 1, -1, 0),
    (0.0004, 1, 0, 2),
    (-0.0004, -1, 0, 2),
    (-0.0006, 0, 1, 2),
    (0.0010, 0, -1, 2),
    (0.0005, 1, 2, 0),
)


def solar(year: int, month: int, day: int) -> date:
    """The day on which the `day`th of an ordinary lunar month falls in `year`.

    Months 1 to 10. Raises ValueError for a month or day that is not there.
    """
    starts = _months(year)
    if not 1 <= month <= _LAST_MONTH:
        raise ValueError(f"lunar month {month}: only 1 to {_LAST_MONTH} are known")
    first, following = starts[month]
    if not 1 <= day <= following - first:
        raise ValueError(f"lunar month {month} of {year} has no day {day}")
    return date.fromordinal(first + day - 1)


@cache
def _months(year: int) -> dict[int, tuple[int, int]]:
    """The first day of each ordinary month, and of the month that follows it, as ordinals."""
    first = _eleventh(year - 1)
    starts = [_new_moon(first + at) for at in range(15)]
    leap = _leap(starts) if _eleventh(year) - first > 12 else None
    found = {}
    number = 11
    for at, span in enumerate(pairwise(starts)):
        if at == leap:
            continue
        if number > 12:
            found[number - 12] = span
        number += 1
    return found


def _leap(starts: list[int]) -> int:
    """Which of the months is the first in which the sun enters no new sign."""
    signs = [_sign(start) for start in starts]
    return next(at for at in range(1, len(starts)) if signs[at] == signs[at + 1])


@cache
def _eleventh(year: int) -> int:
    """The number of the new moon that begins the month of the winter solstice."""
    number = floor((date(year, 12, 31).toordinal() - date(1900, 1, 1).toordinal()) / _LUNATION)
    number += 1 if _new_moon(number + 1) <= date(year, 12, 31).toordinal() else 0
    return number - 1 if _sign(_new_moon(number)) >= _SOLSTICE else number


@cache
def _new_moon(number: int) -> int:
    """The day of a new moon, counted from January 1900, as an ordinal in UTC+7."""
    t = number / 1236.85
    sun = radians(359.2242 + 29.10535608 * number - 0.0000333 * t**2 - 0.00000347 * t**3)
    moon = radians(306.0253 + 385.81691806 * number + 0.0107306 * t**2 + 0.00001236 * t**3)
    node = radians(21.2964 + 390.67050646 * number - 0.0016528 * t**2 - 0.00000239 * t**3)
    mean = 2415020.75933 + 29.53058868 * number + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin(radians(166.56 + 132.87 * t - 0.009173 * t**2))
    true = mean + (0.1734 - 0.000393 * t) * sin(sun)
    true += sum(size * sin(s * sun + m * moon + n * node) for size, s, m, n in _TERMS)
    clock = -0.000278 + 0.000265 * t + 0.000262 * t**2  # the earth turns unevenly
    return floor(true - clock + 0.5 + _ZONE) - _JULIAN


def _sign(day: int) -> int:
    """In which twelfth of its way, from the spring equinox, the sun is as the day begins."""
    t = (day + _JULIAN - 0.5 - _ZONE - 2451545) / 36525
    anomaly = radians(357.52910 + 35999.05030 * t - 0.0001559 * t**2)
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    longitude += (1.9146 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
    longitude += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.00029 * sin(3 * anomaly)
    return floor(longitude % 360 / 30)
