"""Entries that nothing was learned of yet: found by the way to ask that is most like the question.

An officer's new entry is here until the weights are made anew. Adding one costs its own ways to ask
and nothing else.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping

from bot.faq.entries import Entry
from bot.faq.features import features
from bot.faq.learned import Learned
from bot.faq.wording import Wording, wording

_MOST_LOOKED_AT = 3_000  # ways; what many ways share tells little
_LIKE = 0.55  # from here on it is rather meant than not
_SHARP = 14.0


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

    def closest(self, asked: Wording) -> list[tuple[Entry, float]]:
        """Entries with how sure it is that they are meant, best first."""
        if not self._of:
            return []
        told = self._weighed(asked)
        length = _length(told)
        shared: dict[int, float] = {}
        looked_at = 0
        here = ((self._ways[name], weight) for name, weight in told.items() if name in self._ways)
        for holding, weight in sorted(here, key=lambda pair: len(pair[0])):
            if looked_at > _MOST_LOOKED_AT:
                break
            looked_at += len(holding)
            for number in holding:
                shared[number] = shared.get(number, 0.0) + weight * weight
        best: dict[str, tuple[Entry, float]] = {}
        for number, both in shared.items():
            entry, like = self._of[number], both / (length * self._lengths[number])
            if entry.id not in best or best[entry.id][1] < like:
                best[entry.id] = (entry, like)
        found = [(entry, 1 / (1 + math.exp(-_SHARP * (x - _LIKE)))) for entry, x in best.values()]
        return sorted(found, key=lambda pair: -pair[1])

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


def _length(told: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in told.values())) or 1.0
