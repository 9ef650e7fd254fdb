"""Counts and ages as thumbs type them: "12t", "mười lăm", "1,5", "tầm 13 14"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.vietnamese.number_words import (
    MOST_DIGITS,
    Found,
    compound,
    in_words,
    is_counting,
    said,
    with_half,
)
from bot.vietnamese.tokens import Token, lowered, stands_at, tokens
from bot.vietnamese.wordlists import wordlist

_HALF = re.compile(r"\s*1\s*/\s*2\b")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_BETWEEN_NAMES = re.compile(r"\s*[-,/&]\s*")
_BORN_2K = re.compile(r"\b2k(\d{1,2})\b")
_YEAR = re.compile(r"(?:19|20)\d\d")


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
        if stands_at(here, one.end, said("age", "years")) and not _is_year(here, one):
            return int(one.value)
    born = _born_in(low, here, today_year)
    if born is not None:
        return today_year - born
    for one in found:
        if stands_at(here, one.end, said("age", "months")):
            return int(one.value // 12)
    return int(found[0].value) if found else None


def _born_in(low: str, here: Sequence[Token], today_year: int) -> int | None:
    if slang := _BORN_2K.search(low):
        return 2000 + int(slang[1])
    years = [int(token.raw) for token in here if _YEAR.fullmatch(token.raw)]
    if years:
        return years[0]
    for at in range(len(here)):
        size = stands_at(here, at, said("age", "born"))
        after = here[at + size].raw if size and at + size < len(here) else ""
        pupil = stands_at(here, at - 1, said("age", "pupil"))
        if len(after) == 2 and after.isdecimal() and not pupil:
            return int(after) + (2000 if int(after) <= today_year % 100 else 1900)
    return None


def _is_year(here: Sequence[Token], found: Found) -> bool:
    return _YEAR.fullmatch(here[found.start].raw) is not None


def _numbers(low: str, here: Sequence[Token]) -> Iterator[Found]:
    at, after_name = 0, False
    while at < len(here):
        found = _read(low, here, at)
        if found is None:
            at, after_name = at + _skipped(here, at), False
            continue
        named = stands_at(here, at - 1, said("around", "names")) > 0
        after_name = named or (after_name and _joined(low, here, at))
        if not after_name:
            yield found
        at = found.end


def _skipped(here: Sequence[Token], at: int) -> int:
    return max(1, stands_at(here, at, said("around", "never")))


def _joined(low: str, here: Sequence[Token], at: int) -> bool:
    """Whether a number goes on a list of names: the 7 of "lớp 6, 7", not of "lớp 1, 7 tuổi"."""
    between = low[here[at - 1].end : here[at].start]
    counted = stands_at(here, at + 1, said("around", "counted"))
    return not counted and _BETWEEN_NAMES.fullmatch(between) is not None


def _read(low: str, here: Sequence[Token], at: int) -> Found | None:
    """The number that begins at this token, if one does."""
    if here[at].is_number:
        return _in_figures(low, here, at)
    if stands_at(here, at, said("around", "never")):
        return None
    if stands_at(here, at, said("parts", "half")):
        return Found(0.5, at, at + 1) if is_counting(here, at, at + 1) else None
    found = in_words(here, at)
    if found is None or not is_counting(here, at, found.end):
        return None
    return with_half(here, found)


def _in_figures(low: str, here: Sequence[Token], at: int) -> Found | None:
    token = here[at]
    if at and here[at - 1].end == token.start:
        return None  # "A12", "t3": a name
    stuck = at + 1 < len(here) and here[at + 1].start == token.end
    if stuck and here[at + 1].plain not in said("around", "stuck"):
        return None
    if len(token.raw) > MOST_DIGITS:
        return None
    value = _figures(token.raw)
    if low.startswith("-") and token.start == 1:
        value = -value
    if stuck and (scale := wordlist("numbers")["stuck_scales"].get(here[at + 1].plain)):
        return Found(value * scale, at, at + 2)
    if minutes := _minutes(here, at):
        return Found(value + minutes / 60, at, at + 3)
    return with_half(here, compound(here, at, value))


def _figures(raw: str) -> float:
    if _THOUSANDS.fullmatch(raw):
        return float(re.sub("[.,]", "", raw))
    whole, *rest = re.split("[.,]", raw)
    return float(f"{whole}.{''.join(rest)}" if len(rest) == 1 else whole)


def _minutes(here: Sequence[Token], at: int) -> int:
    """The minutes of "2h30" or "2 tiếng 30 phút", else 0."""
    if at + 2 >= len(here) or not stands_at(here, at + 1, said("time", "hours")):
        return 0
    raw = here[at + 2].raw
    stuck = here[at].end == here[at + 1].start and here[at + 1].end == here[at + 2].start
    if not (stuck or stands_at(here, at + 3, said("time", "minutes"))):
        return 0
    return int(raw) if raw.isdecimal() and len(raw) <= 2 and int(raw) < 60 else 0
