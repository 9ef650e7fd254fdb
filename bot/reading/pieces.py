"""A message cut into words, numbers and signs that remember where in the given text they stood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.reading.lexicon import bent, content, vocabulary
from bot.vietnamese.clean import clean
from bot.vietnamese.keystrokes import plausible, untelexed
from bot.vietnamese.letters import spelled
from bot.vietnamese.shorthand import shorthand, written_out
from bot.vietnamese.tokens import Token, lowered

_INSIDE = "\u0300-\u036f\u200b-\u200d\u00ad\ufeff"  # marks typed apart, and what nobody sees
_PIECE = re.compile(
    rf"(?P<word>[^\W\d_]+(?:(?:[{_INSIDE}]|['\u2019](?=[^\W\d_]))[^\W\d_]*)*)"  # most are words
    r"|(?P<phone>(?<!\d)(?:\+?84|0)(?:[ .-]?\d){9,10}(?!\d))"
    r"|(?P<date>(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?!\d))"
    r"|(?P<number>\d+(?:[.,]\d{3})+(?!\d)|\d+[.,]\d(?![.,]?\d)|\d+)"
    rf"|(?P<sign>[^\s\w{_INSIDE}]|\n)"
)
_FULL_STOP = "."
_ENDS_SENTENCE = frozenset(".!?\n\u2026")
_SIGNS = frozenset(",;:()-/+\"'\u2013\u2014~=*")
_REPEATED = re.compile(r"(.)\1+")
_UNMARKED: frozenset[str] = frozenset()


@dataclass(slots=True)
class Piece(Token):
    """A token of the message: `kind` is word, number, date, phone or sign.

    `bent` are its marks with a hook for each tilde, as the South says them alike; `capital` says
    that it begins with one; `short` that it was shorthand and is written out here.
    """

    bent: frozenset[str]
    kind: str
    capital: bool
    short: bool = False

    @property
    def is_sign(self) -> bool:
        return self.kind == "sign"

    @property
    def is_word(self) -> bool:
        return self.kind == "word"


class _Numbered(str):
    """A word that remembers which piece it is while shorthand around it is written out."""

    __slots__ = ("at",)
    at: int


def cut(text: str) -> list[Piece]:
    """The pieces of the text, with shorthand written out."""
    pieces = [_piece(found) for found in _PIECE.finditer(text)]
    if _may_be_short().isdisjoint([piece.raw for piece in pieces]):
        return pieces
    return list(_written_out(pieces))


@cache
def _may_be_short() -> frozenset[str]:
    return shorthand().union([content("times")["data"]["thousand"]])


def _piece(found: re.Match[str]) -> Piece:
    raw, kind = found[0], str(found.lastgroup)
    start, end = found.span()
    if kind == "word":
        low, plain, marks, southern, capital = _word(raw)
        return Piece(low, plain, marks, start, end, southern, kind, capital)
    if kind == "sign":
        plain = _sign(raw)
        return Piece(plain, plain, _UNMARKED, start, end, _UNMARKED, kind, False)
    low = raw if raw.isascii() else lowered(raw)
    return Piece(low, low, _UNMARKED, start, end, _UNMARKED, kind, False)


def _sign(raw: str) -> str:
    """An emoji, like anything unknown, ends a sentence."""
    return raw if raw in _SIGNS else _FULL_STOP


@lru_cache(16_384)
def _word(raw: str) -> tuple[str, str, frozenset[str], frozenset[str], bool]:
    """What is kept of a word: lower case, folded, its marks, bent; whether it has a capital."""
    low = clean(raw).casefold()
    words = spelled(low)
    plain, marks = words[0] if len(words) == 1 else (low, _UNMARKED)
    if not plausible(plain) and plain not in vocabulary():
        plain, marks = _mended(plain, marks)
    return low, plain, marks, bent(marks), raw[0].isupper()


def _mended(plain: str, marks: frozenset[str]) -> tuple[str, frozenset[str]]:
    """What was meant by letters that are no syllable, if that can be told; else as it stands."""
    if not marks:
        meant, typed = untelexed(plain)
        if meant != plain:
            return meant, typed
    ways = [_REPEATED.sub(r"\1", plain)]
    first = content("people")["data"]["beginnings"].get(plain[0])
    ways += [first + plain[1:]] if first else []
    return next(((way, marks) for way in ways if way != plain and plausible(way)), (plain, marks))


def _written_out(pieces: Sequence[Piece]) -> Iterator[Piece]:
    words = []
    for at, piece in enumerate(pieces):
        numbered = _Numbered(_not() if _is_not(pieces, at) else _as_shorthand(piece))
        numbered.at = at
        words.append(numbered)
    since, new = 0, list[str]()
    for word in written_out(words):
        if isinstance(word, _Numbered):
            yield from _replaced(pieces[since : word.at], new)
            yield pieces[word.at]
            since, new = word.at + 1, []
        else:
            new.append(word)
    yield from _replaced(pieces[since:], new)


def _as_shorthand(piece: Piece) -> str:
    """The word as shorthand is looked up; a capital and marks make it a name: "Đặng"."""
    return piece.raw.upper() if piece.capital and piece.marks else piece.raw


def _not() -> str:
    return str(content("times")["data"]["not"])


def _is_not(pieces: Sequence[Piece], at: int) -> bool:
    """Whether "k" behind a number is "not", as in "thon 7 k di hoc", and no thousand."""
    if pieces[at].raw != content("times")["data"]["thousand"] or not 0 < at < len(pieces) - 1:
        return False
    apart = pieces[at - 1].end < pieces[at].start
    return apart and pieces[at + 1].plain in content("times")["data"]["after_not"]


def _replaced(gap: Sequence[Piece], words: Sequence[str]) -> Iterator[Piece]:
    """The words that stand for the pieces of a gap, one for one or all for all."""
    for at, word in enumerate(words):
        one = gap[at : at + 1] if len(words) == len(gap) else gap
        start, end, capital = one[0].start, one[-1].end, one[0].capital
        yield Piece(word, word, _UNMARKED, start, end, _UNMARKED, "word", capital, short=True)


def ends_sentence(piece: Piece) -> bool:
    """Whether a sentence ends with this sign."""
    return piece.kind == "sign" and piece.plain in _ENDS_SENTENCE
