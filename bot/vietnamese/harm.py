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
from functools import cache, lru_cache
from itertools import chain

from bot.vietnamese.letters import fold, spelled
from bot.vietnamese.patterns import REPEATED
from bot.vietnamese.wordlists import read_wordlist, wordlist

_FAR = "..."
_GAPS = {".": 1, "..": 4, _FAR: 12}
STOPS = frozenset(",!")
_OTHERS = "others"  # signs of what befalls no child
_ACTS = (
    "blow", "strike", "strike_soft", "grab", "throw", "hit_more", "bite", "stabs", "take", "kill",
)  # fmt: skip
_NOWHERE = frozenset[int]()
_TILDE, _HOOK = "\u0303", "\u0309"  # the South says them alike

_Marks = frozenset[str]
_Word = tuple[str, _Marks]
_Known = tuple[_Word, Sequence[str], Mapping[str, Sequence["_Phrase"]]]
Kinds = dict[str, dict[int, tuple[int, ...]]]  # kind -> where it begins -> where it may end


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words of some kinds; `strict` in a text with marks, `exact` always wants every mark."""

    words: tuple[_Word, ...]
    kinds: tuple[str, ...]
    strict: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """The next kind of a sign, after at most `gap` words; `anywhere` also behind a comma."""

    kind: str
    gap: int
    anywhere: bool


_Sign = tuple[int, tuple[_Step, ...]]  # the kinds behind the first: which (bits), in what order


def kinds(words: Sequence[str], marked: bool) -> Kinds:
    """Every kind of word that is said, where; `marked` says that the writer types marks."""
    known = [_known(word, marked) for word in words]
    said: Kinds = {}
    for at, (_, alone, several) in enumerate(known, 1):
        for kind in alone:
            _note(said, kind, at - 1, at)
        if several and at < len(known):
            for phrase in several.get(known[at][0][0], ()):
                if _is_said(phrase, known, at - 1, marked):
                    for kind in phrase.kinds:
                        _note(said, kind, at - 1, at - 1 + len(phrase.words))
    return said


def _note(said: Kinds, kind: str, start: int, end: int) -> None:
    here = said.get(kind)
    if here is None:
        said[kind] = {start: (end,)}
    else:
        here[start] = (*here.get(start, ()), end)


def found(words: Sequence[str], said: Kinds, name: str = "signs") -> Iterator[tuple[int, int]]:
    """Where the signs of that list stand, as positions of words: the first and the one behind."""
    signs, bits = _signs(name), _bits()
    barred = None if name == _OTHERS else _NOWHERE
    heard = sum([bits[kind] for kind in said])
    for kind, here in said.items():
        for needed, steps in signs.get(kind, ()):
            if needed & heard != needed:
                continue
            if barred is None:
                barred = _acts(said)
            for start, ends in here.items():
                last = next(
                    filter(None, (_last(words, said, steps, end, barred) for end in ends)), 0
                )
                if last:
                    yield start, last


def _acts(said: Kinds) -> frozenset[int]:
    """Where somebody does harm: behind that it may befall a child, "mẹ đánh ngã em"."""
    return frozenset(chain.from_iterable(said.get(kind, ()) for kind in _ACTS))


def _last(
    words: Sequence[str], said: Kinds, steps: Sequence[_Step], at: int, barred: frozenset[int]
) -> int:
    """Where the rest of a sign ends that goes on behind `at`, not over a barred word; 0 when it
    does not.
    """
    if not steps:
        return at
    step, rest = steps[0], steps[1:]
    here = said[step.kind]
    for start in range(at, min(at + step.gap + 1, len(words))):
        for end in here.get(start, ()):
            if last := _last(words, said, rest, end, barred):
                return last
        if start in barred:
            return 0
        if not step.anywhere and (words[start] in STOPS or words[start] in _denials()):
            return 0
    return 0


def _is_said(phrase: _Phrase, known: Sequence[_Known], at: int, marked: bool) -> bool:
    if at + len(phrase.words) > len(known):
        return False
    strict = phrase.exact or (marked and phrase.strict)
    for offset, (meant, marks) in enumerate(phrase.words, at):
        plain, typed = known[offset][0]
        if plain != meant or (typed != marks and (strict or not typed <= marks)):
            return False
    return True


@lru_cache(8192)  # more than the syllables of the language
def _known(word: str, marked: bool) -> _Known:
    """The word spelled, the kinds it has by itself, and the phrases that begin with it."""
    plain, typed = _spelled(word)
    alone, several = _phrases()
    has: list[str] = []
    for phrase in alone.get(plain, ()):
        meant = phrase.words[0][1]
        strict = phrase.exact or (marked and phrase.strict)
        if typed == meant or (not strict and typed <= meant):
            has += phrase.kinds
    return (plain, typed), has, several.get(plain, {})


def _spelled(word: str) -> _Word:
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
def _phrases() -> tuple[Mapping[str, list[_Phrase]], Mapping[str, dict[str, list[_Phrase]]]]:
    """The single words of every kind; and the phrases, by their first word and their second."""
    of: dict[tuple[tuple[_Word, ...], bool, bool], list[str]] = {}
    for kind, said in read_wordlist("harm")["words"].items():
        for mode, phrases in said.items():
            for phrase in phrases:
                words = tuple(_spelled(word) for word in REPEATED.sub(r"\1", phrase).split())
                strict = mode == "typed" or len(words) == 1
                of.setdefault((words, strict, mode == "exact"), []).append(kind)
    alone: dict[str, list[_Phrase]] = {}
    several: dict[str, dict[str, list[_Phrase]]] = {}
    for (words, strict, exact), said_kinds in of.items():
        mine = _Phrase(words, tuple(said_kinds), strict, exact)
        if len(words) == 1:
            alone.setdefault(words[0][0], []).append(mine)
        else:
            several.setdefault(words[0][0], {}).setdefault(words[1][0], []).append(mine)
    return alone, several


@cache
def unweighed() -> frozenset[str]:
    """Kinds of which nothing was learned yet (see alarm.py)."""
    return frozenset(read_wordlist("harm")["unweighed"])


@cache
def _bits() -> Mapping[str, int]:
    """A bit for each kind: whether some kinds are all there is asked hundreds of times."""
    alone, several = _phrases()
    longer = chain.from_iterable(each.values() for each in several.values())
    phrases = chain.from_iterable(chain(alone.values(), longer))
    known = dict.fromkeys(kind for phrase in phrases for kind in phrase.kinds)
    return {kind: 1 << at for at, kind in enumerate(known)}


@cache
def _signs(name: str) -> Mapping[str, Sequence[_Sign]]:
    """The signs of a list by their first kind."""
    signs: dict[str, list[_Sign]] = {}
    bits = _bits()
    for sign in read_wordlist("harm")[name]:
        first, *others = sign.split()
        steps, gap = list[_Step](), ""
        for token in others:
            if token in _GAPS:
                gap = token
                continue
            steps.append(_Step(token, _GAPS.get(gap, 0), gap == _FAR))
            gap = ""
        needed = sum(bits[kind] for kind in {step.kind for step in steps})
        signs.setdefault(first, []).append((needed, tuple(steps)))
    return signs
