"""Days as people name them: "hôm kia", "5/3", "thứ hai tuần trước". Day first, as in Viet Nam."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.vietnamese.letters import fold
from bot.vietnamese.number_words import said_by
from bot.vietnamese.tokens import Phrases, Token, lowered, phrases, stands_at, tokens
from bot.vietnamese.wordlists import wordlist

_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
_FIGURES = re.compile(
    r"(?<![\d/.\-])(?P<day>\d{1,2}) ?[/.\-] ?(?P<month>\d{1,2})"
    r"(?: ?[/.\-] ?(?P<year>\d{4}|\d{2}))?(?![/.\-]?\d)"
)
_WORDS = re.compile(
    r"(?<!\d)(?P<day>\d{1,2}) thang (?P<month>\d{1,2})(?: (?:nam )?(?P<year>\d{4}|\d{2}))?(?!\d)"
)
_HALF_A_YEAR = timedelta(days=183)
_LONGEST_AGO = 3660  # days


def day(text: str, today: date) -> date | None:
    """The day the text names, seen from `today`; None when it names none.

    A weekday is the last such day, today included. A date without a year is of this year, or of
    last year when this year's is more than half a year ahead. Future days come back too.
    """
    low = lowered(text)
    here = tokens(low)
    if _longest(here, phrases("days", "lunar", "words")):
        return None
    written = _ISO.search(low) or _FIGURES.search(low) or _WORDS.search(fold(low))
    if written:
        return _date(written, today)
    return _days_ago(here, today) or _from_today(here, today) or _weekday(here, today)


def _date(found: re.Match[str], today: date) -> date | None:
    year = int(found["year"] or today.year)
    century = 2000 if found["year"] and len(found["year"]) == 2 else 0
    try:
        named = date(century + year, int(found["month"]), int(found["day"]))
        if not found["year"] and named - today > _HALF_A_YEAR:
            return named.replace(year=year - 1)
    except ValueError:
        return None
    return named


def _days_ago(here: Sequence[Token], today: date) -> date | None:
    after, before = phrases("days", "ago", "after"), phrases("days", "ago", "before")
    for at, token in enumerate(here):
        ago = stands_at(here, at + 1, after) or stands_at(here, at - 2, before)
        days = said_by(token) if ago else None
        if days is not None and days <= _LONGEST_AGO:
            return today - timedelta(days=days)
    return None


def _from_today(here: Sequence[Token], today: date) -> date | None:
    days = _named(here, "from_today")
    return None if days is None else today + timedelta(days=days)


def _weekday(here: Sequence[Token], today: date) -> date | None:
    weekday = _named(here, "weekdays")
    if weekday is None:
        return None
    weeks = _named(here, "weeks")
    if weeks is None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    return today + timedelta(days=weekday - today.weekday() + 7 * weeks)


def _named(here: Sequence[Token], kind: str) -> int | None:
    """The number the word list gives for the longest name found; the first of equally long."""
    best, size = None, 0
    for number in wordlist("days")[kind]:
        longest = _longest(here, phrases("days", kind, number))
        if longest > size and (longest > 1 or len(here) == 1):
            best, size = int(number), longest
    return best


def _longest(here: Sequence[Token], among: Phrases) -> int:
    return max((stands_at(here, at, among) for at in range(len(here))), default=0)
