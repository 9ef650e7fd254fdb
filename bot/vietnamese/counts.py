"""Counts and ages as thumbs type them: "12t", "mười lăm", "1,5", "tầm 13 14"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.vietnamese.letters import spelled
from bot.vietnamese.tokens import Phrases, Token, lowered, phrases, stands_at, tokens
from bot.vietnamese.wordlists import wordlist

_HALF = re.compile(r"\s*1\s*/\s*2\b")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_BETWEEN_NAMES = re.compile(r"\s*[-,/&]\s*")
_MOST_DIGITS = 15  # more are no count, and would not stay exact
_MOST = 10.0**_MOST_DIGITS
_BORN_2K = re.compile(r"\b2k(\d{1,2})\b")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class _Found:
    """A number and the tokens `start`..`end` (exclusive) that say it."""

    value: float
    start: int
    end: int


def number(text: str) -> float | None:
    """The first count the text states, in figures or in words; None when it states none.

    "lớp 7" and "thứ hai" are names, not counts. What is absurd comes back as it was said.
    """
    low = lowered(text)
    if _HALF.match(low):
        return 0.5
    found = next(_numbers(low, tokens(low)), None)
    return found.value if found else None


def age(text: str, today_year: int) -> int | None:
    """The age in full years that the text states, or that a year of birth in it gives.

    Years of birth are taken from `today_year`; months make 0 under a year. None when neither is
    stated; what is absurd (or not born yet) comes back as it was said.
    """
    low = lowered(text)
    here = tokens(low)
    found = list(_numbers(low, here))
    for one in found:
        if stands_at(here, one.end, _said("age", "years")) and not _is_year(here, one):
            return int(one.value)
    born = _born_in(low, here, today_year)
    if born is not None:
        return today_year - born
    for one in found:
        if stands_at(here, one.end, _said("age", "months")):
            return int(one.value // 12)
    return int(found[0].value) if found else None


def _born_in(low: str, here: Sequence[Token], today_year: int) -> int | None:
    if slang := _BORN_2K.search(low):
        return 2000 + int(slang[1])
    years = [int(token.raw) for token in here if _YEAR.fullmatch(token.raw)]
    if years:
        return years[0]
    for at in range(len(here)):
        size = stands_at(here, at, _said("age", "born"))
        after = here[at + size].raw if size and at + size < len(here) else ""
        pupil = stands_at(here, at - 1, _said("age", "pupil"))
        if len(after) == 2 and after.isdecimal() and not pupil:
            return int(after) + (2000 if int(after) <= today_year % 100 else 1900)
    return None


def _is_year(here: Sequence[Token], found: _Found) -> bool:
    return _YEAR.fullmatch(here[found.start].raw) is not None


def _numbers(low: str, here: Sequence[Token]) -> Iterator[_Found]:
    at, after_name = 0, False
    while at < len(here):
        found = _read(low, here, at)
        if found is None:
            at, after_name = at + _skipped(here, at), False
            continue
        named = stands_at(here, at - 1, _said("around", "names")) > 0
        after_name = named or (after_name and _joined(low, here, at))
        if not after_name:
            yield found
        at = found.end


def _skipped(here: Sequence[Token], at: int) -> int:
    return max(1, stands_at(here, at, _said("around", "never")))


def _joined(low: str, here: Sequence[Token], at: int) -> bool:
    """Whether a number goes on a list of names: the 7 of "lớp 6, 7", not of "lớp 1, 7 tuổi"."""
    between = low[here[at - 1].end : here[at].start]
    counted = stands_at(here, at + 1, _said("around", "counted"))
    return not counted and _BETWEEN_NAMES.fullmatch(between) is not None


def _read(low: str, here: Sequence[Token], at: int) -> _Found | None:
    """The number that begins at this token, if one does."""
    if here[at].is_number:
        return _in_figures(low, here, at)
    if stands_at(here, at, _said("around", "never")):
        return None
    if stands_at(here, at, _said("parts", "half")):
        return _Found(0.5, at, at + 1) if _is_counting(here, at, at + 1) else None
    found = _in_words(here, at)
    if found is None or not _is_counting(here, at, found.end):
        return None
    return _with_half(here, found)


def _in_figures(low: str, here: Sequence[Token], at: int) -> _Found | None:
    token = here[at]
    if at and here[at - 1].end == token.start:
        return None  # "A12", "t3": a name
    stuck = at + 1 < len(here) and here[at + 1].start == token.end
    if stuck and here[at + 1].plain not in _said("around", "stuck"):
        return None
    if len(token.raw) > _MOST_DIGITS:
        return None
    value = _figures(token.raw)
    if low.startswith("-") and token.start == 1:
        value = -value
    if stuck and (scale := _lists()["stuck_scales"].get(here[at + 1].plain)):
        return _Found(value * scale, at, at + 2)
    if minutes := _minutes(here, at):
        return _Found(value + minutes / 60, at, at + 3)
    return _with_half(here, _compound(here, at, value))


def _figures(raw: str) -> float:
    if _THOUSANDS.fullmatch(raw):
        return float(re.sub("[.,]", "", raw))
    whole, *rest = re.split("[.,]", raw)
    return float(f"{whole}.{''.join(rest)}" if len(rest) == 1 else whole)


def _minutes(here: Sequence[Token], at: int) -> int:
    """The minutes of "2h30" or "2 tiếng 30 phút", else 0."""
    if at + 2 >= len(here) or not stands_at(here, at + 1, _said("time", "hours")):
        return 0
    raw = here[at + 2].raw
    stuck = here[at].end == here[at + 1].start and here[at + 1].end == here[at + 2].start
    if not (stuck or stands_at(here, at + 3, _said("time", "minutes"))):
        return 0
    return int(raw) if raw.isdecimal() and len(raw) <= 2 and int(raw) < 60 else 0


def _in_words(here: Sequence[Token], at: int) -> _Found | None:
    english = _meant(here, at, "english")
    if english is not None:
        return _Found(english, at, at + 1)
    begin = _meant(here, at, "ones") or _meant(here, at, "scales")
    return None if begin is None else _compound(here, at, begin)


def _compound(here: Sequence[Token], start: int, value: float) -> _Found:
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
        elif not (whole and stands_at(here, at, _said("parts", "between"))):
            break
        at += 1
    return _pointed(here, _Found(whole + value, start, at))


def _pointed(here: Sequence[Token], found: _Found) -> _Found:
    if stands_at(here, found.end, _said("parts", "point")):
        decimal = _meant(here, found.end + 1, "ones")
        if decimal is not None and decimal < 10:
            return _Found(found.value + decimal / 10, found.start, found.end + 2)
    return found


def _with_half(here: Sequence[Token], found: _Found) -> _Found:
    """The number with the half that "rưỡi" adds, said at once or behind what is counted."""
    half = _said("parts", "half_more")
    if stands_at(here, found.end, half):
        scale = _meant(here, found.end - 1, "scales") or 1
        return _Found(found.value + (scale if scale >= 100 else 1) / 2, found.start, found.end + 1)
    if stands_at(here, found.end + 1, half):
        return _Found(found.value + 0.5, found.start, found.end)
    return found


def _is_counting(here: Sequence[Token], start: int, end: int) -> bool:
    """Whether number words are used as a number here, not as one of their other meanings."""
    if _meant(here, start, "english") is not None:
        counted = stands_at(here, end, _said("around", "counted_in_english"))
        return bool(counted) or _alone(here, start, end, "_in_english")
    marked = any(token.marks for token in here[start:end])
    children = stands_at(here, end, _said("around", "children"))
    return bool(
        end - start > 1
        or stands_at(here, end, _said("around", "counted"))
        or (marked and stands_at(here, end, _said("around", "counted_if_marked")))
        or (children and not stands_at(here, start, _said("around", "father")))
        or (_is_sure(here[start]) and not stands_at(here, start - 1, _said("around", "persons")))
        or _alone(here, start, end)
        or _goes_on(here, end)
    )


def _goes_on(here: Sequence[Token], at: int) -> bool:
    """Whether a number word is followed by the next higher, as in "hai ba đứa": two or three."""
    following = _meant(here, at, "ones")
    return (
        following is not None
        and following == (_meant(here, at - 1, "ones") or 0) + 1
        and _is_counting(here, at, at + 1)
    )


def _is_sure(token: Token) -> bool:
    sure = _said("around", "sure").get(token.plain, ())
    return any(token.marks == marks for ((_, marks),) in sure)


def _alone(here: Sequence[Token], start: int, end: int, language: str = "") -> bool:
    """Whether the message says nothing but this number."""
    before, after = _fillers(language)
    return all(token.plain in before for token in here[:start]) and all(
        token.plain in after for token in here[end:]
    )


def said_by(token: Token) -> int | None:
    """The whole number that one token says, up to four digits or one word; None for others."""
    if token.raw.isdecimal():
        return int(token.raw) if len(token.raw) <= 4 else None
    value = _meant([token], 0, "ones") or _meant([token], 0, "scales")
    return None if value is None else int(value)


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
    for word, value in _lists()[kind].items():
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
    among = _said("around", name).values()
    return frozenset(plain for said in among for words in said for plain, _ in words)


def _said(*path: str) -> Phrases:
    return phrases("numbers", *path)


def _lists() -> dict[str, Any]:
    return wordlist("numbers")
