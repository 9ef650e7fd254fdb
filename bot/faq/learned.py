"""What was learned from all the ways to ask: which words speak for which entry, and how much.

The weights are made by `python -m tests.faq.learn` from the content files and kept in
content/learned.weights; nothing is learned while the bot runs. A feature is known by a checksum of
its name, its weights stand one after the other in three arrays: that is small, and read at once.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.faq.features import features
from bot.faq.wording import Wording
from bot.vietnamese import weights
from bot.vietnamese.weights import checksum

FILE = "learned.weights"
ASIDES = ("ours", "danger")  # asked beside the kinds: yes or no
LENGTH = 3.0  # to which the features of a question are scaled
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOST_SLIPS = 6  # words of a question that are put right
_SHORTEST_SLIP = 4
_PARTS = (("known", "I"), ("rare", "f"), ("starts", "I"), ("kinds", "H"), ("weights", "b"))


@dataclass(frozen=True)
class Guess:
    """How likely each kind is (ours by the id of an entry, others by a name with "-" in front).

    `ours` is how likely it is ours at all, `danger` how likely a child is in danger; `unseen` is
    the part of the question that was in no way to ask.
    """

    likely: Mapping[str, float]
    ours: float
    danger: float
    unseen: float


class Learned:
    """The weights; asking changes nothing, so threads may share them."""

    def __init__(self, head: Mapping[str, Any], parts: weights.Parts) -> None:
        self.kinds: Sequence[str] = head["kinds"]
        self.made_from: str = head["made_from"]
        self.gate: Mapping[str, float] = head["gate"]
        self._scale: float = head["scale"]
        self._bias: Sequence[float] = head["bias"]
        self._unknown: float = head["unknown"]
        self._parts = parts

    def guess(self, asked: Wording) -> Guess:
        """How likely the question means each kind."""
        found = features(self.corrected(asked))
        seen, length, unseen = self._weighed(found)
        scores = list(self._bias)
        if length:
            self._add(scores, [(at, each * LENGTH / length) for at, each in seen])
        whole = length * length + unseen
        ours, danger = map(_yes, scores[len(self.kinds) :])
        likely = dict(zip(self.kinds, _likely(scores[: len(self.kinds)]), strict=True))
        return Guess(likely, ours, danger, unseen / whole if whole else 1.0)

    def rarity(self, name: str) -> float:
        """How telling a feature is: the fewer ways to ask have it, the more."""
        at = self._place(name)
        return self._unknown if at is None else float(self._parts["rare"][at])

    def corrected(self, asked: Wording) -> Wording:
        """The wording with words that nobody uses put right, where one letter would do."""
        slips = [word for word in asked.words if self._is_slip(word)][:_MOST_SLIPS]
        if not slips:
            return asked
        right = {word: self._right(word) for word in slips}
        words = tuple(right.get(word, word) for word in asked.words)
        return Wording(words, asked.concepts, asked.ages, asked.years, asked.outside)

    def _weighed(self, found: Mapping[str, float]) -> tuple[list[tuple[int, float]], float, float]:
        """The known features by their places with their weights, their length, and what is new."""
        seen: list[tuple[int, float]] = []
        square = unseen = 0.0
        rare = self._parts["rare"]
        for name, counts in found.items():
            at = self._place(name)
            if at is not None:
                weight = counts * rare[at]
                seen.append((at, weight))
                square += weight * weight
            elif " " not in name:  # a pair nobody put together tells nothing
                unseen += (counts * self._unknown) ** 2
        return seen, math.sqrt(square), unseen

    def _add(self, scores: list[float], seen: Iterable[tuple[int, float]]) -> None:
        starts, kinds, weights = (self._parts[each] for each in ("starts", "kinds", "weights"))
        for at, counts in seen:
            here = slice(starts[at], starts[at + 1])
            scaled = counts * self._scale
            for kind, weight in zip(kinds[here], weights[here], strict=True):
                scores[kind] += scaled * weight

    def _place(self, name: str) -> int | None:
        known = self._parts["known"]
        wanted = checksum(name)
        at = bisect_left(known, wanted)
        return at if at < len(known) and known[at] == wanted else None

    def _is_slip(self, word: str) -> bool:
        return (
            len(word) >= _SHORTEST_SLIP
            and word.isascii()
            and word.isalpha()
            and self._place(word) is None
        )

    def _right(self, word: str) -> str:
        """The commonest known word that is one letter away, or the word itself."""
        near = {each for each in _one_letter_away(word) if self._place(each) is not None}
        return min(near, key=lambda each: (self.rarity(each), each), default=word)


@cache
def learned() -> Learned:
    """The weights of content/learned.weights."""
    packed = (files(__package__) / "content" / FILE).read_bytes()
    return unpacked(packed)


def packed(head: Mapping[str, Any], parts: weights.Parts) -> bytes:
    """The content of the file."""
    return weights.packed(head, parts, _PARTS)


def unpacked(data: bytes) -> Learned:
    """The weights of a file. Raises ValueError or KeyError where it is none."""
    return Learned(*weights.unpacked(data, _PARTS))


def _yes(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(score, 30.0))))


def _likely(scores: Sequence[float]) -> list[float]:
    most = max(scores)
    each = [math.exp(score - most) for score in scores]
    whole = sum(each)
    return [one / whole for one in each]


def _one_letter_away(word: str) -> Iterator[str]:
    """The words that one letter too many, too few, or another, or two swapped would make."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
            for letter in _LETTERS:
                yield before + letter + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after
