"""Harm told in words that no list of phrases foresaw: who, does what, with what, to whom.

The kinds of words are in content/harm.toml, and signs: kinds that mean harm when they stand in that
order. Between two of a sign stands nothing, or where it says so
  .    up to one word
  ..   up to four words, none of them a sign of punctuation, none a denial
  ...  up to twelve words of any kind
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.vietnamese.letters import fold, spelled
from bot.vietnamese.wordlists import wordlist

_FAR = "..."
_GAPS = {".": 1, "..": 4, _FAR: 12}
STOPS = frozenset(",!")
_TILDE, _HOOK = "\u0303", "\u0309"  # the South says them alike

_Marks = frozenset[str]
_Starts = dict[str, dict[int, tuple[int, ...]]]  # kind -> where it begins -> where it may end


@dataclass(frozen=True)
class _Phrase:
    """Words of one kind; `strict` in a text with marks, `exact` always wants every mark."""

    plain: tuple[str, ...]
    marks: tuple[_Marks, ...]
    kind: str
    strict: bool
    exact: bool


@dataclass(frozen=True)
class _Step:
    """The next kind of a sign, after at most `gap` words; `anywhere` also behind a comma."""

    kind: str
    gap: int
    anywhere: bool


def found(words: Sequence[str], marked: bool, name: str = "signs") -> Iterator[tuple[int, int]]:
    """Where the signs of that list stand, as positions of words: the first and the one behind."""
    starts = _starts(words, marked)
    if not starts:
        return
    for kind, signs in _signs(name).items():
        for start, ends in starts.get(kind, {}).items():
            for steps in signs:
                for end in ends:
                    last = _last(words, starts, steps, end)
                    if last:
                        yield start, last
                        break


def _last(words: Sequence[str], starts: _Starts, steps: Sequence[_Step], at: int) -> int:
    """Where the rest of a sign ends that goes on behind `at`; 0 when it does not."""
    if not steps:
        return at
    step, rest = steps[0], steps[1:]
    here = starts.get(step.kind)
    if here is None:
        return 0
    for start in range(at, min(at + step.gap + 1, len(words))):
        for end in here.get(start, ()):
            if last := _last(words, starts, rest, end):
                return last
        if not step.anywhere and (words[start] in STOPS or words[start] in _denials()):
            return 0
    return 0


def _starts(words: Sequence[str], marked: bool) -> _Starts:
    """Every kind of word that is said, where."""
    known = [_spelled(word) for word in words]
    index = _phrases()
    starts: _Starts = {}
    for at, (plain, _) in enumerate(known):
        for phrase in index.get(plain, ()):
            if _is_said(phrase, known, at, marked):
                kinds = starts.setdefault(phrase.kind, {})
                kinds[at] = (*kinds.get(at, ()), at + len(phrase.plain))
    return starts


def _is_said(
    phrase: _Phrase, known: Sequence[tuple[str, _Marks]], at: int, marked: bool
) -> bool:
    size = len(phrase.plain)
    if at + size > len(known):
        return False
    strict = phrase.exact or (marked and (phrase.strict or size == 1))
    for offset in range(size):
        plain, marks = known[at + offset]
        if plain != phrase.plain[offset]:
            return False
        meant = phrase.marks[offset]
        if marks != meant and (strict or not marks <= meant):
            return False
    return True


def _spelled(word: str) -> tuple[str, _Marks]:
    if word.isascii():
        return word, frozenset()
    listed = spelled(word)
    return (listed[0][0], _bent(listed[0][1])) if len(listed) == 1 else (word, frozenset())


def _bent(marks: _Marks) -> _Marks:
    return frozenset(marks - {_TILDE} | {_HOOK}) if _TILDE in marks else marks


@cache
def _denials() -> frozenset[str]:
    denials = wordlist("danger")["denial"]["stops"]
    return frozenset(denials).union(fold(each) for each in denials)


@cache
def _phrases() -> Mapping[str, Sequence[_Phrase]]:
    """The words of every kind, by the first of them."""
    lists = wordlist("harm")["words"]
    index: dict[str, list[_Phrase]] = {}
    for kind, said in lists.items():
        for mode, phrases in said.items():
            for phrase in phrases:
                words = [_spelled(word) for word in phrase.split()]
                plain, marks = tuple(w for w, _ in words), tuple(m for _, m in words)
                mine = _Phrase(plain, marks, kind, mode == "typed", mode == "exact")
                index.setdefault(plain[0], []).append(mine)
    return index


@cache
def _signs(name: str) -> Mapping[str, Sequence[tuple[_Step, ...]]]:
    """The signs of a list by their first kind, each as what follows it."""
    signs: dict[str, list[tuple[_Step, ...]]] = {}
    for sign in wordlist("harm")[name]:
        first, *others = sign.split()
        steps, gap = list[_Step](), ""
        for token in others:
            if token in _GAPS:
                gap = token
                continue
            steps.append(_Step(token, _GAPS.get(gap, 0), gap == _FAR))
            gap = ""
        signs.setdefault(first, []).append(tuple(steps))
    return signs
