"""Which entries a question is likely to mean, best first, and how sure that is.

What was learned from all the ways to ask (learned.py) tells the entries of the content files apart,
and them from what is none of ours; entries that were added since are found by likeness (near.py).
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

from bot.faq.entries import Entry
from bot.faq.gate import sure
from bot.faq.learned import Learned, learned
from bot.faq.near import Near
from bot.faq.wording import Wording

_SAME_TOPIC = 30  # so many times likelier is an entry of the topic of the question before


@dataclass(frozen=True)
class Match:
    """An entry, and how likely it is meant, 0 to 1; of a `new` one that is only its likeness."""

    entry: Entry
    likely: float
    new: bool = False


@dataclass(frozen=True)
class Found:
    """What a question may mean, best first.

    `sure` is how sure it is that the first may be given, `danger` how likely the question is one
    that is asked when a child is in danger, `ours` how likely it is ours at all.
    """

    matches: tuple[Match, ...]
    sure: float
    danger: float = 0.0
    ours: float = 0.0

    @property
    def top(self) -> Entry | None:
        """The likeliest entry."""
        return self.matches[0].entry if self.matches else None

    @property
    def lead(self) -> float:
        """How many times likelier the first is than the second that can be compared with it."""
        if not self.matches:
            return 0.0
        first, *rest = self.matches
        second = next((each.likely for each in rest if each.new is first.new), 0.0)
        return first.likely / second if second else math.inf

    def share(self, ids: Container[str]) -> float:
        """How much of what may be meant is one of these, 0 to 1."""
        whole = sum(each.likely for each in self.matches)
        part = sum(each.likely for each in self.matches if each.entry.id in ids)
        return part / whole if whole else 0.0

    def without(self, entry: Entry | None) -> Found:
        """The same but for that entry."""
        rest = tuple(each for each in self.matches if each.entry is not entry)
        return Found(rest, self.sure, self.danger, self.ours)


class Index:
    """Entries prepared for asking; asking changes nothing, so threads may share it."""

    def __init__(self, entries: Iterable[Entry], weights: Learned | None = None) -> None:
        self._weights = weights or learned()
        self._entries = {each.id: each for each in entries}
        kinds = set(self._weights.kinds)
        self._learned = {key: each for key, each in self._entries.items() if key in kinds}
        new = (each for key, each in self._entries.items() if key not in kinds)
        self._near: tuple[Near, ...] = (Near(new, self._weights),)

    def changed_to(self, entries: Iterable[Entry]) -> Index:
        """An index of these entries; what is the same as here is not prepared again."""
        wanted = {each.id: each for each in entries}
        new = Index((), self._weights)
        new._entries = wanted
        new._learned = {key: wanted[key] for key in self._learned if key in wanted}
        changed = [each for key, each in wanted.items() if self._entries.get(key) is not each]
        new._near = (*self._near, Near(changed, self._weights))
        return new

    def closest(
        self,
        asked: Wording,
        on: date | None = None,
        most: int = 4,
        stressed: Wording | None = None,
        topic: str | None = None,
    ) -> Found:
        """What the question may mean, best first; of the entries in force on that day if given.

        `stressed` is the part of the question that says what is asked anew, `topic` what was spoken
        of before.
        """
        guess = self._weights.guess(asked)
        ours = {key: likely for key, likely in guess.likely.items() if key[0] != "-"}
        if stressed is not None:
            ours = self._anew(ours, stressed, topic)
        best = nlargest(most * 2, ours, key=ours.__getitem__)
        given = [
            Match(self._learned[key], ours[key])
            for key in best
            if key in self._learned and _given(self._learned[key], on)
        ]
        likely = sure(asked, guess, self._weights.gate) if given else 0.0
        if given and given[0].entry.id != best[0]:
            likely *= given[0].likely / ours[best[0]]  # the best may not be given
        found = Found(tuple(given[:most]), likely, guess.danger, guess.ours)
        return self._with_new(found, asked, on, most)

    def _anew(
        self, ours: Mapping[str, float], stressed: Wording, topic: str | None
    ) -> dict[str, float]:
        """How likely each is when what is asked anew counts twice, and the topic stays."""
        anew = self._weights.guess(stressed).likely
        stays = {key for key, each in self._learned.items() if each.topic == topic}
        both = {
            key: likely * anew[key] * (_SAME_TOPIC if key in stays else 1)
            for key, likely in ours.items()
        }
        scale = sum(ours.values()) / (sum(both.values()) or 1.0)
        return {key: likely * scale for key, likely in both.items()}

    def _with_new(self, found: Found, asked: Wording, on: date | None, most: int) -> Found:
        """The same with the entries that were added since the weights were made."""
        asked = self._weights.corrected(asked)
        new = [
            Match(entry, likely, new=True)
            for near in self._near
            for entry, likely in near.closest(
                asked, lambda entry: self._entries.get(entry.id) is entry and _given(entry, on)
            )
        ]
        if not new:
            return found
        new.sort(key=lambda each: -each.likely)
        first = new[0].likely > found.sure
        ids = {each.entry.id for each in new}
        old = [each for each in found.matches if each.entry.id not in ids]
        whole = [*new, *old] if first else [*found.matches, *new]
        kept = {each.entry.id: each for each in reversed(whole)}
        matches = tuple(each for each in whole if kept[each.entry.id] is each)
        return Found(matches[:most], max(new[0].likely, found.sure), found.danger, found.ours)


def _given(entry: Entry, on: date | None) -> bool:
    return on is None or entry.in_force(on)
