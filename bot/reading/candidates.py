"""Runs of words that may be the child's name, and what is seen of each.

The same features are learned from and asked with; a change here wants new weights (see learned.py).
Nothing in them hangs on tone marks, so what is learned of marked texts serves the unmarked too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bot.reading.learned import NAMES, table
from bot.reading.message import Message
from bot.reading.names import Name, child_age_follows, is_of
from bot.reading.people import People, Who

_LONGEST = 5  # words
_LEAST = 0.5  # the score over which a run is taken for the name: better none than a wrong one
_NOTHING = "-"
_APOSTROPHES = frozenset("'\u2019")
_BEFORE = {
    "people.child": "c", "people.adult": "a", "names.announced": "n", "people.whose": "w",
    "names.is": "i", "people.reporter": "r", "places.kind": "p", "people.spoken": "s",
}  # fmt: skip
_OPENING = frozenset("cni")  # of these: behind them anything may be a name
_BEHIND = {
    "people.child": "c", "people.adult": "a", "people.whose": "w", "names.is": "i",
    "places.kind": "p", "places.living": "l", "times.born": "b", "names.about": "o",
    "schooling.dropped_out": "s", "schooling.attending": "s", "schooling.class_word": "s",
    "schooling.never": "s", "schooling.irregular": "s", "work.doing": "d",
    "names.never": "x", "people.reporting": "r",
}  # fmt: skip
_FURTHER = frozenset("mg'")  # what follows a surname in a name
_NEVER = "x"
_PARTS = {"surnames": "s", "middles": "m", "given": "g", "wordy": "w"}
_STEP, _MOST_STEPS, _FAR = 3, 5, 3  # how finely places in a message are told apart

Span = tuple[int, int]


class Candidate(NamedTuple):
    """A run of words, and the features of what stands before it, behind it, and of itself."""

    start: int
    end: int
    before: Sequence[str]
    behind: Sequence[str]
    own: Sequence[str]

    @property
    def features(self) -> Sequence[str]:
        """All of them."""
        return (*self.before, *self.behind, *self.own)


def likeliest(
    message: Message, people: People, taken: Span | None, ruled: Name | None
) -> Name | None:
    """The run of words that is likeliest the child's name, if one is likelier than none."""
    weights = table(NAMES)
    total = weights.total
    behind: dict[int, float] = {}  # what begins or ends alike is weighed once
    best, most = None, _LEAST - weights.bias[0]
    runs = _Runs(message, people, taken, ruled)
    for start in runs.beginnings():
        before = 0.0
        for _, end, leads, follows, own in runs.begun(start):
            before = before or total(leads)
            if end not in behind:
                behind[end] = total(follows)
            score = before + behind[end] + total(own)
            if score > most:
                best, most = Name(start, end), score
    return best


def candidates(
    message: Message, people: People, taken: Span | None, ruled: Name | None
) -> Iterator[Candidate]:
    """Every run of words that may be a child's name, with what is seen of it."""
    runs = _Runs(message, people, taken, ruled)
    for start in runs.beginnings():
        yield from runs.begun(start)


class _Runs:
    """The runs of a message; what several of them share is looked at once."""

    def __init__(
        self, message: Message, people: People, taken: Span | None, ruled: Name | None
    ) -> None:
        self._message = message
        self._people = people
        self._ruled = ruled
        self._named = _named(people)
        self._led = message.letters(_BEFORE, ended=True)
        self._follows = message.letters(_BEHIND, ended=False)
        first, last = taken or (0, 0)
        tell, never = message.capitals_tell, message.starts("names.never")
        self._kinds = [
            _kind(each.plain, each.bent, each.raw, at in never, tell and each.capital)
            if each.kind == "word" and not each.short and not first <= at < last
            else ""
            for at, each in enumerate(message.pieces)
        ]
        self._with_capitals = any("C" in kind for kind in self._kinds[1:])
        self._short = [_shortened(kind) for kind in self._kinds]
        self._ends: dict[int, tuple[str, list[str]]] = {}

    def beginnings(self) -> list[int]:
        """Where a name may begin."""
        return [at for at, kind in enumerate(self._kinds) if kind and self._may_begin(at)]

    def _may_begin(self, at: int) -> bool:
        """Whether a name may begin with the word there: others hardly ever do."""
        kind = self._kinds[at]
        led = self._led.get(at, "")
        opened = not _OPENING.isdisjoint(led)
        if "C" in kind:
            return opened or _NEVER not in kind or self._message.clause(at)[0] != at
        known = "s" in kind or "g" in kind or "'" in kind
        if self._with_capitals:
            allowed = opened and known
        elif opened:
            allowed = known or _NEVER not in kind
        else:
            first = self._message.clause(at)[0] == at
            allowed = known and (first or self._is_full(at))
        return allowed and not self._counts(at)

    def _is_full(self, at: int) -> bool:
        """Whether a surname with a part of a name behind it stands there."""
        if "s" not in self._kinds[at] or at + 1 == len(self._kinds):
            return False
        return not _FURTHER.isdisjoint(self._kinds[at + 1])

    def begun(self, start: int) -> Iterator[Candidate]:
        """The runs that begin there."""
        led, before = self._before(start)
        for end in self._reached(start):
            if end not in self._ends:
                self._ends[end] = self._behind(end)
            follows, behind = self._ends[end]
            yield Candidate(start, end, before, behind, self._own(start, end, led, follows))

    def _counts(self, at: int) -> bool:
        return at in self._message.figures and self._message.counts(at)

    def _reached(self, start: int) -> Iterator[int]:
        """Where a run that begins there may end."""
        kinds = self._kinds
        capital = "C" in kinds[start]
        yield start + 1
        for end in range(start + 2, min(start + _LONGEST, len(kinds)) + 1):
            kind = kinds[end - 1]
            if not kind or self._counts(end - 1):
                return
            if capital and "C" not in kind and "m" not in kind:
                return
            if not capital:
                if "C" in kind and "C" not in kinds[end - 2] and end - 2 > start:
                    return
                if _NEVER in kind and not ("g" in kind or "m" in kind or "s" in kind):
                    return
            yield end

    def _before(self, at: int) -> tuple[str, list[str]]:
        """What stands before a run that begins there, in short and as features."""
        message = self._message
        labels = self._led.get(at, _NOTHING)
        one = message.pieces[at - 1].plain if at else "^"
        two = message.pieces[at - 2].plain if at > 1 else "^"
        who = next(self._people.before(at, message.sentence(at)), None)
        said = _NOTHING if who is None else who.who.value[0] + str(min(at - who.start, _FAR))
        first = "c" if message.clause(at)[0] == at else _NOTHING
        seen = [
            f"b1 {one}", f"b2 {two} {one}", f"bl {labels}", f"bw {said}", f"bc {first}{labels}",
            f"bp {min(at // _STEP, _MOST_STEPS)}", f"w {message.pieces[at].plain}",
        ]  # fmt: skip
        if at and "C" in self._kinds[at - 1]:
            seen.append("capital before")
        return labels + first, seen

    def _behind(self, at: int) -> tuple[str, list[str]]:
        """What stands behind a run that ends there, in short and as features."""
        message = self._message
        last = f"l {message.pieces[at - 1].plain}"
        if at >= len(message):
            return "$", ["f1 $", last]
        labels = self._follows.get(at, "")
        piece = message.pieces[at]
        behind_sign = at + 1 if piece.is_sign else at
        if behind_sign in message.figures:
            labels += "y" if child_age_follows(message, behind_sign) else "#"
        elif message.at("times.around", behind_sign) and child_age_follows(message, behind_sign):
            labels += "y"
        if piece.is_sign:
            labels += ","
        elif "C" in self._kinds[at]:
            labels += "C"
        labels = labels or _NOTHING
        two = message.pieces[at + 1].plain if at + 1 < len(message) else "$"
        one = "#" if at in message.figures else piece.plain
        seen = [f"f1 {one}", f"f2 {one} {two}", f"fl {labels}", last]
        if "C" in self._kinds[at]:
            seen.append("capital behind" if "C" in self._kinds[at - 1] else "capital behind small")
        return labels, seen

    def _own(self, start: int, end: int, led: str, follows: str) -> list[str]:
        """The run itself, with what leads to it and what follows."""
        kinds = self._kinds
        short = "|".join(self._short[start:end])
        found = [
            f"p {'|'.join(kinds[start:end])}", f"qb {short} {led}", f"qf {short} {follows}",
            f"bf {led} {follows}", self._by_rules(start, end),
        ]  # fmt: skip
        if who := self._named.get((start, end)):
            found.append(f"r {who.value}")
        elif any(start < last and first < end for first, last in self._named):
            found.append("r crosses")
        return found

    def _by_rules(self, start: int, end: int) -> str:
        ruled = self._ruled
        if ruled is None:
            return "ruled none"
        if ruled.start == start and ruled.end == end:
            return "ruled"
        return "ruled crosses" if ruled.start < end and start < ruled.end else "ruled other"


def _named(people: People) -> dict[Span, Who]:
    """Whose name the rules take a run of words for."""
    return {
        (person.name.start, person.name.end): person.who
        for mention in people.mentions
        for person in mention.people
        if person.name
    }


@lru_cache(4096)
def _kind(plain: str, bent: frozenset[str], raw: str, never: bool, capital: bool) -> str:
    """What kind of part of a name a word may be."""
    kind = "".join(letter for group, letter in _PARTS.items() if is_of(plain, bent, group))
    if not _APOSTROPHES.isdisjoint(raw):
        kind += "'"
    return f"{kind}{_NEVER if never else ''}{'C' if capital else ''}" or "u"


@cache
def _shortened(kind: str) -> str:
    """A kind with less told of it."""
    part = "s" if "s" in kind else "g" if "g" in kind else "m" if "m" in kind else "u"
    if _NEVER in kind and part == "u":
        part = _NEVER
    if "w" in kind and part == "g":
        part = "w"
    return part + ("C" if "C" in kind else "") + ("'" if "'" in kind else "")
