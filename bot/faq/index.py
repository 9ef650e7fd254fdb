"""Which entries a question is likely to mean, best first, each with how sure that is.

Every way to put a question is a short text of weighted features: words, pairs of words, what they
mean (concepts), ages. All that is said for an entry adds up to what speaks for it; then each way is
asked once, and where another entry comes too near, what they share is made to count less. What the
question holds and nobody ever said speaks against every entry.

Questions that are none of ours stand in the index as well, so that something can be nearer to them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from heapq import nlargest
from itertools import pairwise

from bot.faq.contents import content
from bot.faq.entries import Entry
from bot.faq.wording import Wording, fillers, wording

Features = dict[str, float]
Weights = Mapping[str, Mapping[int, float]]  # feature -> what it says for each entry
_CONCEPT, _AGE = "@", "#"  # begin features that are no words
_MOST_LOOKED_AT, _MOST_LIKELY = 800, 60
_MOST_DOUBTED = 20_000  # ways; of more entries the sums have to do


@dataclass(frozen=True)
class Match:
    """An entry, and how well it fits.

    `covered` and `meant` are the parts of the question, and of its concepts, that the entry
    accounts for.
    """

    entry: Entry
    score: float
    covered: float
    meant: float


@dataclass(frozen=True)
class Found:
    """What a question may mean, best first, and how well a question fits that is none of ours."""

    matches: tuple[Match, ...]
    other: float = 0.0

    @property
    def top(self) -> Entry | None:
        """The likeliest entry."""
        return self.matches[0].entry if self.matches else None

    @property
    def lead(self) -> float:
        """By how much the first is before the second, or behind what is none of ours."""
        first, second = [*(each.score for each in self.matches[:2]), 0.0, 0.0][:2]
        return first - max(second, self.other)

    def without(self, entry: Entry | None) -> Found:
        """The same but for that entry."""
        return Found(tuple(each for each in self.matches if each.entry is not entry), self.other)


class Index:
    """Entries prepared for asking; asking changes nothing, so threads may share it."""

    def __init__(self, entries: Iterable[Entry], others: Iterable[Sequence[str]] = ()) -> None:
        """`others` are questions, grouped by what they are about, that must not be answered."""
        self._set = content("settings")["index"]
        ours = tuple(entries)
        asked = [[*_ways(entry)] for entry in ours] + [list(group) for group in others]
        self._entries = ours
        self._new: Mapping[int, Entry] = {}
        self._others = range(len(ours), len(asked))
        said = [[wording(each) for each in group] for group in asked]
        self._rare = self._rarity(said)
        self._unseen = math.log(1 + 2 * len(said))
        weighed = [[_unit(self._weights(each)) for each in group] for group in said]
        self._for = self._sums(weighed)
        self._doubt([(at, one) for at, group in enumerate(weighed) for one in group])
        self._slips = _slips(self._rare)
        self._added: dict[str, dict[int, float]] = {}
        self._gone: frozenset[int] = frozenset()

    def changed_to(self, entries: Iterable[Entry]) -> Index:
        """An index of these entries; what is the same as here is not prepared again."""
        wanted = {each.id: each for each in entries}
        same = {at for at, each in enumerate(self._entries) if wanted.get(each.id) is each}
        known = {self._entries[at].id for at in same}
        new = copy(self)
        new._gone = frozenset(range(len(self._entries))) - same
        first = max(self._others.stop, len(self._entries))
        new._new = {
            at: each
            for at, each in enumerate((e for e in wanted.values() if e.id not in known), first)
        }
        said = [
            [_unit(self._weights(wording(way))) for way in _ways(each)]
            for each in new._new.values()
        ]
        new._added = self._sums(said, first)
        return new

    def closest(self, asked: Wording, on: date | None = None, most: int = 4) -> Found:
        """What the question may mean, best first; of the entries in force on that day if given."""
        features = _unit(self._weights(self._corrected(asked)))
        scores = _scores(features, self._for)
        other = max((scores.pop(at, 0.0) for at in self._others), default=0.0)
        if self._added:
            scores.update(_scores(features, self._added))
        for at in [at for at in scores if not self._may_be_given(at, on)]:
            del scores[at]
        best = nlargest(most, scores, key=scores.__getitem__)
        matches = tuple(self._match(at, scores[at], features) for at in best)
        return Found(matches, max(other, 0.0))

    def _may_be_given(self, at: int, on: date | None) -> bool:
        return at not in self._gone and (on is None or self._entry(at).in_force(on))

    def _entry(self, at: int) -> Entry:
        return self._entries[at] if at < len(self._entries) else self._new[at]

    def _match(self, at: int, score: float, features: Features) -> Match:
        covered = meant = concepts = 0.0
        for name, weight in features.items():
            square = weight * weight
            here = self._for if at < len(self._entries) else self._added
            known = here.get(name, {}).get(at, 0.0) > 0
            covered += square * known
            if name[0] == _CONCEPT:
                concepts += square
                meant += square * known
        return Match(self._entry(at), score, covered, meant / concepts if concepts else 0.0)

    # ------------------------------------------------------------------------------ features

    def _rarity(self, said: Sequence[Sequence[Wording]]) -> Features:
        """How telling each feature is: the fewer entries have it, the more."""
        held: Counter[str] = Counter()
        for group in said:
            held.update({name for each in group for name, _ in self._features(each)})
        return {name: math.log(1 + len(said) / (0.5 + many)) for name, many in held.items()}

    def _features(self, asked: Wording) -> Iterator[tuple[str, float]]:
        """The features of a question, each with the weight of its kind."""
        kinds = self._set["weight"]
        little = fillers()
        for word in asked.words:
            yield word, kinds["filler"] if word in little else kinds["word"]
        for one, two in pairwise(asked.words):
            both = one in little and two in little
            yield f"{one} {two}", kinds["filler_pair"] if both else kinds["pair"]
        for name in asked.concepts:
            yield f"{_CONCEPT}{name}", kinds["concept"]
        for age in asked.ages:
            yield f"{_AGE}{age}", kinds["age"]

    def _weights(self, asked: Wording) -> Features:
        found: Features = {}
        for name, weight in self._features(asked):
            rare = self._rare.get(name)
            if rare is None and " " not in name:  # a pair nobody put together tells nothing
                rare = self._unseen
            if rare is not None:
                found[name] = weight * rare
        return found

    def _sums(
        self, weighed: Sequence[Sequence[Features]], first: int = 0
    ) -> dict[str, dict[int, float]]:
        """What all the ways to ask for an entry say together; the entries count from `first`."""
        found: dict[str, dict[int, float]] = {}
        for at, group in enumerate(weighed, first):
            sums: defaultdict[str, float] = defaultdict(float)
            for one in group:
                for name, weight in one.items():
                    sums[name] += weight
            whole = _unit(
                {n: math.sqrt(w * self._rare.get(n, self._unseen)) for n, w in sums.items()}
            )
            for name, weight in whole.items():
                found.setdefault(name, {})[at] = weight
        return found

    def _doubt(self, ways: Sequence[tuple[int, Features]]) -> None:
        """Make each way fit its own entry better than any other by a margin."""
        if len(ways) > _MOST_DOUBTED:
            return
        margin = self._set["margin"]
        for _ in range(self._set["rounds"]):
            ways = [way for way in ways if self._is_short(*way, margin)]  # the others fit by now

    def _is_short(self, own: int, features: Features, margin: float) -> bool:
        """Whether the way did not fit well enough; it fits better afterwards."""
        scores = _scores(features, self._for)
        mine = scores.pop(own, 0.0)
        rival = max(scores, key=scores.__getitem__, default=own)
        short = margin - mine + scores.get(rival, 0.0)
        if short <= 0 or rival == own:
            return False
        self._move(features, own, rival, short / 2)
        return True

    def _move(self, features: Features, own: int, rival: int, step: float) -> None:
        for name, weight in features.items():
            here = self._for[name]
            here[own] = here.get(own, 0.0) + step * weight
            here[rival] = here.get(rival, 0.0) - step * weight

    # --------------------------------------------------------------------------------- slips

    def _corrected(self, asked: Wording) -> Wording:
        """The wording with words that nobody uses put right, where one letter would do."""
        if all(word in self._rare for word in asked.words):
            return asked
        words = tuple(self._word(word) for word in asked.words)
        return Wording(words, asked.concepts, asked.ages, asked.years, asked.outside)

    def _word(self, word: str) -> str:
        if word in self._rare or len(word) < self._set["shortest_slip"] or not word.isalpha():
            return word
        near = {each for cut in (word, *_shorter(word)) for each in self._slips.get(cut, ())}
        return min(near, key=lambda each: (self._rare[each], each), default=word)


def _ways(entry: Entry) -> Iterator[str]:
    yield entry.question
    yield from entry.variants
    if entry.question_en:
        yield entry.question_en


def _unit(features: Features) -> Features:
    norm = math.sqrt(sum(weight * weight for weight in features.values())) or 1.0
    return {name: weight / norm for name, weight in features.items()}


def _scores(features: Features, weights: Weights) -> dict[int, float]:
    """How well each entry fits. What few entries say comes first; when that has looked at enough
    entries, the rest only tells the likeliest of them apart, so that many entries cost little.
    """
    said = sorted(
        ((weight, weights[name]) for name, weight in features.items() if name in weights),
        key=lambda pair: len(pair[1]),
    )
    found: dict[int, float] = {}
    get = found.get
    looked_at = 0
    for done, (weight, here) in enumerate(said):
        if looked_at + len(here) > _MOST_LOOKED_AT and found:
            return _finished(found, said[done:])
        looked_at += len(here)
        for at, theirs in here.items():
            found[at] = get(at, 0.0) + weight * theirs
    return found


def _finished(
    found: Mapping[int, float], said: Sequence[tuple[float, Mapping[int, float]]]
) -> dict[int, float]:
    likely = nlargest(_MOST_LIKELY, found, key=found.__getitem__)
    return {
        at: found[at] + sum(weight * here.get(at, 0.0) for weight, here in said) for at in likely
    }


def _shorter(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _slips(known: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The known words by what is left of them when a letter is missing."""
    found: dict[str, list[str]] = {}
    for word in known:
        if word.isalpha() and len(word) > 3:
            for cut in (word, *_shorter(word)):
                found.setdefault(cut, []).append(word)
    return found
