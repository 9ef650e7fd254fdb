"""Numbers said in words: "mười lăm", "hai tư", "trăm rưỡi"; and whether they are meant as such."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from bot.vietnamese.letters import spelled
from bot.vietnamese.tokens import Phrases, Token, phrases, stands_at
from bot.vietnamese.wordlists import wordlist

MOST_DIGITS = 15  # more are no count, and would not stay exact
_MOST = 10.0**MOST_DIGITS
_LONGEST_ANSWER = 12  # words that a message with nothing but a number may have


class Found(NamedTuple):
    """A number and the tokens `start`..`end` (exclusive) that say it."""

    value: float
    start: int
    end: int


def said_by(token: Token) -> int | None:
    """The whole number that one token says, up to four digits or one word; None for others."""
    if token.raw.isdecimal():
        return int(token.raw) if len(token.raw) <= 4 else None
    value = _meant([token], 0, "ones") or _meant([token], 0, "scales")
    return None if value is None else int(value)


def in_words(here: Sequence[Token], at: int) -> Found | None:
    """The number whose words begin at that token, if they do."""
    english = _meant(here, at, "english")
    if english is not None:
        return Found(english, at, at + 1)
    begin = _meant(here, at, "ones") or _meant(here, at, "scales")
    return None if begin is None else compound(here, at, begin)


def compound(here: Sequence[Token], start: int, value: float) -> Found:
    """The number that begins with `value` and goes on with the words behind it."""
    whole, at, tens = 0.0, start + 1, value == 10 and not here[start].is_number
    while at < len(here):
        scale, one = _meant(here, at, "scales"), _meant(here, at, "later_ones")
        if one is None and (tens or whole):
            one = _meant(here, at, "ones")
        if scale is not None and (scale != 10 or value < 10) and value * scale < _MOST:
            value, tens = value * scale, scale == 10
            if scale >= 100:
                whole, value = whole + value, 0.0
        elif one is not None and (tens or value < 10) and one < 10:
            value = value + one if tens or not value else value * 10 + one
            tens = False
        elif not (whole and stands_at(here, at, said("parts", "between"))):
            break
        at += 1
    return _pointed(here, Found(whole + value, start, at))


def _pointed(here: Sequence[Token], found: Found) -> Found:
    if stands_at(here, found.end, said("parts", "point")):
        decimal = _meant(here, found.end + 1, "ones")
        if decimal is not None and decimal < 10:
            return Found(found.value + decimal / 10, found.start, found.end + 2)
    return found


def with_half(here: Sequence[Token], found: Found) -> Found:
    """The number with the half that "rưỡi" adds, said at once or behind what is counted."""
    half = said("parts", "half_more")
    if stands_at(here, found.end, half):
        scale = _meant(here, found.end - 1, "scales") or 1
        return Found(found.value + (scale if scale >= 100 else 1) / 2, found.start, found.end + 1)
    if stands_at(here, found.end + 1, half):
        return Found(found.value + 0.5, found.start, found.end)
    return found


def is_counting(here: Sequence[Token], start: int, end: int) -> bool:
    """Whether number words are used as a number here, not as one of their other meanings."""
    if _meant(here, start, "english") is not None:
        counted = stands_at(here, end, said("around", "counted_in_english"))
        return bool(counted) or _alone(here, start, end, "_in_english")
    marked = any(token.marks for token in here[start:end])
    children = stands_at(here, end, said("around", "children"))
    return bool(
        end - start > 1
        or stands_at(here, end, said("around", "counted"))
        or (marked and stands_at(here, end, said("around", "counted_if_marked")))
        or (children and not stands_at(here, start, said("around", "father")))
        or (_is_sure(here[start]) and not stands_at(here, start - 1, said("around", "persons")))
        or _alone(here, start, end)
        or _goes_on(here, end)
    )


def _goes_on(here: Sequence[Token], at: int) -> bool:
    """Whether a number word is followed by the next higher, as in "hai ba đứa": two or three."""
    following = _meant(here, at, "ones")
    return (
        following is not None
        and following == (_meant(here, at - 1, "ones") or 0) + 1
        and is_counting(here, at, at + 1)
    )


def _is_sure(token: Token) -> bool:
    sure = said("around", "sure").get(token.plain, ())
    return any(token.marks == marks for ((_, marks),) in sure)


def _alone(here: Sequence[Token], start: int, end: int, language: str = "") -> bool:
    """Whether the message says nothing but this number."""
    before, after = _fillers(language)
    return (
        len(here) <= _LONGEST_ANSWER
        and all(token.plain in before for token in here[:start])
        and all(token.plain in after for token in here[end:])
    )


def _meant(here: Sequence[Token], at: int, kind: str) -> float | None:
    if at >= len(here):
        return None
    token = here[at]
    for marks, value in _values(kind).get(token.plain, ()):
        if token.marks <= marks:
            return value
    return None


@cache
def _values(kind: str) -> dict[str, list[tuple[frozenset[str], float]]]:
    values: dict[str, list[tuple[frozenset[str], float]]] = {}
    for word, value in wordlist("numbers")[kind].items():
        ((plain, marks),) = spelled(word)
        values.setdefault(plain, []).append((marks, float(value)))
    return values


@cache
def _fillers(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that may stand before and after a number that is the whole message."""
    names = ["counted_in_english"] if language else ["counted", "counted_if_marked", "children"]
    before = _plain(f"fillers{language}")
    return before, before.union(*map(_plain, names))


def _plain(name: str) -> frozenset[str]:
    among = said("around", name).values()
    return frozenset(plain for said in among for words in said for plain, _ in words)


def said(*path: str) -> Phrases:
    """The phrases of the word list of numbers under these keys."""
    return phrases("numbers", *path)
