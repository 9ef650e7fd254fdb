"""Vietnamese letters with and without their marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.vietnamese.clean import clean
from bot.vietnamese.memory import short_remembered

WORD = re.compile(r"[^\W_]+")
_FIGURES = re.compile(r"\d+")
_D_WITH_STROKE = 0x111
_STROKE = "\u0335"
_UNMARKED: frozenset[str] = frozenset()


def _latin_without_marks() -> dict[int, str]:
    plain = {_D_WITH_STROKE: "d", _D_WITH_STROKE - 1: "D"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            plain[code] = base
    return plain


Word = tuple[str, frozenset[str]]  # folded, and the marks it was written with

# One letter for one letter: what is found in the plain text stands at the same place in the text.
WITHOUT_MARKS = _latin_without_marks()


@short_remembered
def fold(text: str) -> str:
    """The text for comparing: lower case, no tone or vowel marks, d for đ, words only."""
    return " ".join(WORD.findall(_plain(clean(text).casefold())))


def as_in_a_list(name: str) -> str:
    """By what names stand in order: Đ with D and not behind Z, 2 before 10."""
    return _FIGURES.sub(lambda found: found[0].zfill(4), fold(name))


def same(a: str, b: str) -> bool:
    """Whether two texts are equal once folded."""
    return fold(a) == fold(b)


def fits(said: str, meant: str) -> bool:
    """Whether `said` may be `meant`, typed with all, some or none of its marks.

    Marks that were typed are believed: "Phố" is not "Phổ", "pho" may be either.
    """
    a, b = spelled(said), spelled(meant)
    return [word for word, _ in a] == [word for word, _ in b] and all(
        mine <= theirs for (_, mine), (_, theirs) in zip(a, b, strict=True)
    )


def spelled(text: str) -> list[Word]:
    """Each word of the text folded, with the marks it was written with.

    Where in a word a mark stands is forgotten: hoà and hòa are spelled alike.
    """
    return [_spelled(word) for word in WORD.findall(clean(text).casefold())]


@lru_cache(8192)  # more than the syllables of the language
def _spelled(word: str) -> Word:
    if word.isascii():
        return word, _UNMARKED
    plain = _plain(word)
    return plain if plain.isascii() else fold(plain), _marks(word)


def _marks(word: str) -> frozenset[str]:
    marks = {char for char in unicodedata.normalize("NFD", word) if unicodedata.combining(char)}
    return frozenset(marks | {_STROKE} if chr(_D_WITH_STROKE) in word else marks)


def _plain(lower: str) -> str:
    plain = lower.translate(WITHOUT_MARKS)
    if plain.isascii():
        return plain
    # Other alphabets, full-width letters, ligatures: rare, so thorough rather than quick.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", plain).translate(WITHOUT_MARKS)
