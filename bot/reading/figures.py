"""The numbers of a message, in figures and in words, and ranges of them: "12 13", "5-6"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from bot.reading.lexicon import content
from bot.reading.pieces import Piece
from bot.vietnamese.number_words import Found, in_words, is_counting, with_half
from bot.vietnamese.wordlists import wordlist

_MOST_DIGITS = 6  # more are no age, no hour and no day
_WIDEST = 6  # from one end of a range to the other
_TEN = 10


class Figure(NamedTuple):
    """A number, or a range from `low` to `high`, said by the pieces `start`..`end` (exclusive).

    `sure` is False for a word that may well be no number ("ba", "nam").
    """

    low: float
    high: float
    start: int
    end: int
    sure: bool


def figures(pieces: Sequence[Piece]) -> Iterator[Figure]:
    """The numbers of the message in their order."""
    at, begin = 0, _begin()
    while at < len(pieces):
        may_be = pieces[at].plain in begin or pieces[at].kind == "number"
        figure = _single(pieces, at) if may_be else None
        if figure is None:
            at += 1
            continue
        figure = _range(pieces, figure) or figure
        yield figure
        at = figure.end


def _single(pieces: Sequence[Piece], at: int) -> Figure | None:
    piece = pieces[at]
    if piece.kind == "number":
        if len(piece.raw) > _MOST_DIGITS:
            return None
        value = float(piece.raw.replace(",", "."))
        found = with_half(pieces, Found(value, at, at + 1))
        return Figure(found.value, found.value, at, found.end, sure=True)
    if not piece.is_word or piece.plain not in _begin():
        return None
    said = in_words(pieces, at)
    if said is None:
        return None
    sure = is_counting(pieces, said.start, said.end)
    if piece.plain in wordlist("numbers")["english"] and not sure:
        return None
    said = with_half(pieces, said)
    return Figure(said.value, said.value, said.start, said.end, sure)


@cache
def _begin() -> frozenset[str]:
    from bot.vietnamese.letters import fold

    lists = wordlist("numbers")
    return frozenset(fold(word) for part in ("ones", "scales", "english") for word in lists[part])


def _range(pieces: Sequence[Piece], first: Figure) -> Figure | None:
    """The range that begins with this number, if another follows that can be its end."""
    at = first.end
    numbered = content("times")["data"]["no_range_behind"]
    if first.start and pieces[first.start - 1].plain in numbered:
        return None  # "thôn 12 16t", "lớp 8 - 10 tiếng"
    if _are_minutes(pieces, first.start):
        return None
    if at < len(pieces) and pieces[at].plain in content("times")["data"]["to"]:
        at += 1
    second = _single(pieces, at) if at < len(pieces) else None
    if second is None or pieces[at].kind != pieces[first.start].kind:
        return None
    high = second.high
    if first.low > _TEN and high < _TEN:  # "mười hai ba": 12 or 13
        high += first.low // _TEN * _TEN
    if not first.low < high < first.low + _WIDEST:
        return None
    return Figure(first.low, high, first.start, second.end, first.sure or second.sure)


def _are_minutes(pieces: Sequence[Piece], at: int) -> bool:
    """Whether the number is that of "1h30", no number to begin with."""
    if not at or pieces[at - 1].plain not in content("times")["data"]["before_minutes"]:
        return False
    return pieces[at - 1].end == pieces[at].start
