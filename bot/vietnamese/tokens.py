"""A text cut into words and numbers that remember where they stood and how they were marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.vietnamese.clean import clean
from bot.vietnamese.letters import Word, spelled
from bot.vietnamese.wordlists import wordlist

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")


@dataclass(slots=True)  # not frozen: that sets one field by one, and a message has thirty of them
class Token:
    """`raw` is lower case and stands at `start`..`end` of the text it was cut from."""

    raw: str
    plain: str
    marks: frozenset[str]
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.raw[0].isdecimal()


def lowered(text: str) -> str:
    """The text clean, in lower case, with the digits of every script as 0-9."""
    low = clean(text).casefold()
    if low.isascii():
        return low
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in low)


def tokens(low: str) -> list[Token]:
    """The words and numbers of a lowered text."""
    return [_token(found) for found in _TOKEN.finditer(low)]


def _token(found: re.Match[str]) -> Token:
    raw = found[0]
    plain, marks = (raw, frozenset[str]()) if raw[0].isdecimal() else _word(raw)
    return Token(raw, plain, marks, found.start(), found.end())


def _word(raw: str) -> Word:
    words = spelled(raw)
    return words[0] if len(words) == 1 else (raw, frozenset())


Phrases = Mapping[str, Sequence[tuple[Word, ...]]]  # by their first word, folded


@cache
def phrases(wordlist_name: str, *path: str) -> Phrases:
    """The phrases that stand in a word list under these keys."""
    found: Any = wordlist(wordlist_name)
    for key in path:
        found = found[key]
    index: dict[str, list[tuple[Word, ...]]] = {}
    for words in map(tuple, map(spelled, found)):
        index.setdefault(words[0][0], []).append(words)
    return index


def stands_at(here: Sequence[Token], at: int, among: Phrases) -> int:
    """How many tokens the longest of the phrases takes that is said at that place; 0: none is."""
    if not 0 <= at < len(here):
        return 0
    said = among.get(here[at].plain, ())
    return max((len(words) for words in said if _said(here, at, words)), default=0)


def _said(here: Sequence[Token], at: int, words: Sequence[Word]) -> bool:
    return at + len(words) <= len(here) and all(
        token.plain == plain and token.marks <= marks
        for token, (plain, marks) in zip(here[at : at + len(words)], words, strict=True)
    )
