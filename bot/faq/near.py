"""Entries that nothing was learned of yet: found by the way to ask that is most like the question.

An officer's new entry is here until the weights are made anew. Adding one costs its own ways to ask
and nothing else.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, islice

from bot.faq.entries import Entry
from bot.faq.features import features
from bot.faq.learned import Learned
from bot.faq.wording import Wording, wording

_MOST_LOOKED_AT = 2_000  # ways; what many ways share tells little
_MOST_COMPARED = 40  # ways that are compared to the last word
_LIKE = 0.53  # from here on it is rather meant than not
_SHARP = 20.0


class Near:
    """New entries by the features of their ways to ask."""

    def __init__(self, entries: Iterable[Entry], weights: Learned) -> None:
        self._weights = weights
        self._of: list[Entry] = []  # by the number of a way
        self._ways: dict[str, array[int]] = {}
        self._lengths = array("f")
        for entry in entries:
            for way in ways(entry):
                self._add(entry, way)

    def __bool__(self) -> bool:
        return bool(self._of)

    def closest(
        self, asked: Wording, may: Callable[[Entry], bool] = lambda entry: True
    ) -> list[tuple[Entry, float]]:
        """The few entries that are most likely meant, of those that may be given, best first."""
        if not self._of:
            return []
        told = self._weighed(asked)
        length = _length(told)
        shared, common = self._sharing(told)
        likest = sorted(shared, key=lambda way: shared[way] / self._lengths[way], reverse=True)
        best: dict[str, tuple[Entry, float]] = {}
        for way in islice((each for each in likest if may(self._of[each])), _MOST_COMPARED):
            whole = shared[way] + sum(square for held, square in common if _holds(held, way))
            entry, like = self._of[way], whole / (length * self._lengths[way])
            if entry.id not in best or best[entry.id][1] < like:
                best[entry.id] = (entry, like)
        found = [(entry, 1 / (1 + math.exp(-_SHARP * (x - _LIKE)))) for entry, x in best.values()]
        return sorted(found, key=lambda pair: -pair[1])

    def _sharing(
        self, told: Mapping[str, float]
    ) -> tuple[dict[int, float], list[tuple[array[int], float]]]:
        """The ways that share something rare with the question, by number, and how much that is;
        and what is too common to look for ways by, with the ways that hold it.
        """
        here = [
            (self._ways[name], weight**2) for name, weight in told.items() if name in self._ways
        ]
        here.sort(key=lambda pair: len(pair[0]))
        looked_at = list(accumulate(len(held) for held, _ in here))
        rare = max(sum(many <= _MOST_LOOKED_AT for many in looked_at), 1)
        shared: dict[int, float] = {}
        for held, square in here[:rare]:
            for way in held:
                shared[way] = shared.get(way, 0.0) + square
        return shared, here[rare:]

    def _add(self, entry: Entry, way: str) -> None:
        told = self._weighed(wording(way))
        if not told:
            return
        for name in told:
            self._ways.setdefault(name, array("I")).append(len(self._of))
        self._of.append(entry)
        self._lengths.append(_length(told))

    def _weighed(self, asked: Wording) -> Mapping[str, float]:
        return {
            name: counts * self._weights.rarity(name) for name, counts in features(asked).items()
        }


def ways(entry: Entry) -> Iterator[str]:
    """Everything people say for an entry."""
    yield entry.question
    yield from entry.variants
    if entry.question_en:
        yield entry.question_en


def _holds(held: array[int], way: int) -> bool:
    """Whether that number is among these, which stand in their order."""
    at = bisect_left(held, way)
    return at < len(held) and held[at] == way


def _length(told: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in told.values())) or 1.0
