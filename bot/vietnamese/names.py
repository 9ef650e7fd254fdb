"""Names of places as people type them, matched with the names we know."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from bot.vietnamese.keystrokes import untelexed
from bot.vietnamese.letters import Word, spelled
from bot.vietnamese.wordlists import wordlist

_MARKS_MISSING = 0.95  # typed without (all) marks: any name that folds alike may be meant
_OTHER_MARKS = 0.86  # typed with marks that are not in the name: a sister name is likelier
_WITHOUT_KIND = 0.97
_OTHER_KIND = 0.9  # "xóm 5" where we know "thôn 5"
_WITHIN = 0.8  # "ở thôn Phố Vị ấy" holds the name among other words
_MISTYPED = 0.9
_MOST_SLIPS = 2
_LETTER_AND_NUMBER = re.compile(r"(?<=[^\W\d_])(?=\d)")


@dataclass(frozen=True)
class _Reading:
    """One way to read a name: its words, and the kind of place that was taken off before them.

    `plain`, `numbers` and `letters` are worked out once, for a name is compared often.
    """

    words: tuple[Word, ...]
    kind: str
    plain: str
    numbers: tuple[str, ...]
    letters: frozenset[str]

    @classmethod
    def of(cls, words: tuple[Word, ...], kind: str = "") -> _Reading:
        plain = " ".join(word for word, _ in words)
        numbers = tuple(word for word, _ in words if word.isdecimal())
        return cls(words, kind, plain, numbers, frozenset(plain.replace("y", "i")))


class Names:
    """Names that are searched often: what a comparison needs of each is worked out once."""

    def __init__(self, candidates: Mapping[str, Sequence[str]]) -> None:
        """`candidates`: key -> its names, old ones too."""
        self._known = [
            (key, reading)
            for key, names in candidates.items()
            for reading in chain.from_iterable(map(_known, names))
        ]
        self._sized: dict[int, list[int]] = {}
        self._begun: dict[str, list[int]] = {}
        for at, (_key, reading) in enumerate(self._known):
            self._sized.setdefault(len(reading.plain), []).append(at)
            self._begun.setdefault(reading.words[0][0], []).append(at)

    def closest(self, said: str, least: float = 0.6) -> list[tuple[str, float]]:
        """See the function of that name."""
        scores: dict[str, float] = {}
        heard = list(_heard(said))
        for at in sorted({at for reading in heard for at in self._near(reading)}):
            key, known = self._known[at]
            for reading in heard:
                score = _alike(reading, known) * _same_kind(reading, known)
                if score >= least and score > scores.get(key, 0.0):
                    scores[key] = score
        best = sorted(scores.items(), key=lambda pair: -pair[1])
        return [(key, round(score, 3)) for key, score in best]

    def _near(self, said: _Reading) -> Iterator[int]:
        """Nearly every name is neither as long nor begins among the words: it is none of them."""
        size = len(said.plain)
        for each in range(size - _MOST_SLIPS, size + _MOST_SLIPS + 1):
            yield from self._sized.get(each, ())
        for word, _ in said.words:
            yield from self._begun.get(word, ())


def closest(
    said: str, candidates: Mapping[str, Sequence[str]], least: float = 0.6
) -> list[tuple[str, float]]:
    """The candidates (key -> its names, old ones too) that `said` may mean, best first.

    Each comes with a score up to 1.0, which is the very name with its marks; those under `least`
    are left out. Equal scores keep the order of the candidates.
    """
    return Names(candidates).closest(said, least)


def _heard(said: str) -> Iterator[_Reading]:
    apart = _LETTER_AND_NUMBER.sub(" ", said)
    whole = tuple(spelled(said))
    ways = (whole, tuple(spelled(apart)) if apart != said else whole, _keystrokes(whole))
    return iter(dict.fromkeys(chain.from_iterable(map(_readings, dict.fromkeys(ways)))))


def _keystrokes(said: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(
        [
            (plain, typed) if typed else (word, marks)
            for word, marks in said
            for plain, typed in (untelexed(word),)
        ]
    )


@lru_cache(maxsize=16_384)
def _known(name: str) -> tuple[_Reading, ...]:
    return tuple(_readings(tuple(spelled(name))))


def _readings(words: tuple[Word, ...]) -> Iterator[_Reading]:
    """The name whole, then without the kind of place it begins with ("thôn", "t.")."""
    if not words:
        return
    words = tuple((word.lstrip("0") or word, marks) for word, marks in words)  # "05" is 5
    yield _Reading.of(words)
    plain = [word for word, _ in words]
    for begins, kind in _kinds().get(plain[0], ()):
        if len(plain) > len(begins) and plain[: len(begins)] == begins:
            yield _Reading.of(words[len(begins) :], kind)
            return


@cache
def _kinds() -> dict[str, list[tuple[list[str], str]]]:
    """The words a kind of place is said with, and the kind, by the first of the words."""
    kinds: dict[str, list[tuple[list[str], str]]] = {}
    for kind in wordlist("places")["kinds"]:
        for words in map(str.split, (kind["word"], *kind["short"])):
            kinds.setdefault(words[0], []).append((words, kind["word"]))
    return kinds


def _same_kind(a: _Reading, b: _Reading) -> float:
    if a.kind == b.kind:
        return 1.0
    return _OTHER_KIND if a.kind and b.kind else _WITHOUT_KIND


def _alike(said: _Reading, name: _Reading) -> float:
    if said.plain == name.plain:
        return _marks_alike(said.words, name.words)
    if said.numbers != name.numbers:
        return 0.0
    mistyped = _MISTYPED * _letters_alike(said, name)
    return max(mistyped, _WITHIN * _held(said.words, name.words))


def _marks_alike(said: Sequence[Word], name: Sequence[Word]) -> float:
    pairs = [(mine, theirs) for (_, mine), (_, theirs) in zip(said, name, strict=True)]
    wrong = sum(not mine <= theirs for mine, theirs in pairs)
    if wrong:
        return _OTHER_MARKS - 0.02 * min(wrong, 5)
    return 1.0 if all(mine == theirs for mine, theirs in pairs) else _MARKS_MISSING


def _held(said: Sequence[Word], name: Sequence[Word]) -> float:
    """How well the name is heard among more words; a name of under four letters never is."""
    if len(said) <= len(name) or sum(len(word) for word, _ in name) < 4:
        return 0.0
    plain = [word for word, _ in name]
    starts = [
        at
        for at in range(len(said) - len(name) + 1)
        if [word for word, _ in said[at : at + len(name)]] == plain
    ]
    return max((_marks_alike(said[at : at + len(name)], name) for at in starts), default=0.0)


def _letters_alike(said: _Reading, name: _Reading) -> float:
    """1.0 for equal words, 0.0 when more was mistyped than a word of that length forgives."""
    a, b = said.plain, name.plain
    longer = max(len(a), len(b))
    allowed = 0 if longer < 3 else 1 if longer < 8 else _MOST_SLIPS
    if abs(len(a) - len(b)) > allowed or len(said.letters ^ name.letters) > 2 * allowed:
        return 0.0
    slips = _slips(a, b, allowed)
    return 1 - slips / longer if slips <= allowed else 0.0


def _slips(a: str, b: str, most: int) -> float:
    """Damerau-Levenshtein distance (optimal alignment), i for y half a slip; over `most`: inf."""
    before: list[float] = []
    last = [float(at) for at in range(len(b) + 1)]
    for i, mine in enumerate(a, 1):
        now = [math.inf] * (len(b) + 1)
        now[0] = float(i)
        for j in range(max(1, i - most), min(len(b), i + most) + 1):
            theirs = b[j - 1]
            cost = 0.0 if mine == theirs else 0.5 if {mine, theirs} == {"i", "y"} else 1.0
            now[j] = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost)
            if i > 1 and j > 1 and mine == b[j - 2] and a[i - 2] == theirs:
                now[j] = min(now[j], before[j - 2] + 1)
        if min(now) > most:
            return math.inf
        before, last = last, now
    return last[-1]
