"""The phrases this room knows, of content/*.toml, all looked for at once.

A phrase is words with a space between; # is any number, <group> any phrase of that group of its
file, <group>? that or nothing, * up to three words. A section of a file is three lists:
  any    all marks of a word may be missing; some of them make it another word
  typed  the same, but in a text written with marks every mark must be there
  exact  every mark must be there; a phrase that has none is read in a text written with marks
A section that is a plain list is `any`. What is found is named "file.section".
"""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.vietnamese.letters import spelled

if TYPE_CHECKING:
    from bot.reading.pieces import Piece

_FILES = ("care", "danger", "names", "people", "places", "schooling", "times", "work")
_TILDE, _HOOK = "\u0303", "\u0309"
_MOST_SKIPPED = 3  # words that * may stand for
_GROUPS, _DATA = "groups", "data"  # sections that hold no phrases of their own


class _Mode(enum.Enum):
    ANY = "any"
    TYPED = "typed"
    EXACT = "exact"
    PLAIN = "exact, of letters that have no marks"


@dataclass(slots=True, eq=False)
class _Node:
    after: dict[str, tuple[tuple[frozenset[str], _Node], ...]] = field(default_factory=dict)
    number: _Node | None = None
    gap: _Node | None = None
    ends: tuple[tuple[str, _Mode], ...] = ()
    said: tuple[tuple[str, ...], ...] = ()  # their labels, by 2 * bare + marked
    last: bool = False  # nothing goes on from here


@cache
def content(name: str) -> Mapping[str, Any]:
    """The content file of that name, as tomllib reads it."""
    path = files(__package__) / "content" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))


@lru_cache(1024)
def bent(marks: frozenset[str]) -> frozenset[str]:
    """The marks with a hook in place of a tilde, as the South says them alike."""
    return frozenset(marks - {_TILDE} | {_HOOK}) if _TILDE in marks else marks


@cache
def vocabulary() -> frozenset[str]:
    """Every word of every phrase, folded."""
    words: set[str] = set()
    waiting = [_root()]
    while waiting:
        node = waiting.pop()
        words |= node.after.keys()
        waiting += [after for ways in node.after.values() for _, after in ways]
        waiting += [after for after in (node.number, node.gap) if after]
    return frozenset(words)


def warm() -> None:
    """Learn the phrases now (half a second) and not when somebody waits for an answer."""
    _root()


Numbers = Mapping[int, int]  # where a number begins -> where it ends
Found = dict[str, dict[int, int]]  # label -> where a phrase begins -> where it ends


def looked_up(pieces: Sequence[Piece], numbers: Numbers, marked: bool) -> Found:
    """Every phrase in the message; of those of a list that begin alike the longest.

    What takes a fifth of reading a message stands here in one piece.
    """
    found: Found = {}
    root, size = _root(), len(pieces)
    for at, first in enumerate(pieces):
        if first.plain not in root.after and at not in numbers:
            continue
        waiting = [(root, at, False)]
        while waiting:
            node, here, bare = waiting.pop()
            if node.said:
                for label in node.said[2 * bare + marked]:
                    ends = found.get(label)
                    if ends is None:
                        found[label] = {at: here}
                    elif ends.get(at, 0) < here:
                        ends[at] = here
            if node.last or here == size:
                continue
            piece = pieces[here]
            typed = piece.bent
            for marks, after in node.after.get(piece.plain, ()):
                if typed == marks:
                    waiting.append((after, here + 1, bare))
                elif not typed:
                    waiting.append((after, here + 1, bare or not piece.short))
            if node.number and here in numbers:
                waiting.append((node.number, numbers[here], bare))
            if node.gap:
                waiting += [(node.gap, to, bare) for to in _skipped(pieces, here)]
    return found


def _skipped(pieces: Sequence[Piece], here: int) -> Iterator[int]:
    """Where a phrase may go on behind a gap that begins there."""
    for to in range(here, here + _MOST_SKIPPED + 1):
        yield to
        if to >= len(pieces) or pieces[to].is_sign:
            return


def _counts(mode: _Mode, bare: bool, marked: bool) -> bool:
    """Whether a phrase is meant; `bare` says that marks of it are missing."""
    if mode is _Mode.ANY:
        return True
    if mode is _Mode.PLAIN:
        return marked
    return not bare or (mode is _Mode.TYPED and not marked)


_Ways = tuple[tuple[str, ...], ...]  # to say a token, each in words


@dataclass(frozen=True, slots=True, eq=False)
class _Phrase:
    tokens: tuple[_Ways, ...]
    end: tuple[str, _Mode]


# A phrase, the token before which one stands, and what is still to come of the one before it.
_Place = tuple[_Phrase, int, tuple[str, ...]]


@cache
def _root() -> _Node:
    return _grown(tuple((phrase, 0, ()) for phrase in _phrases()), {}, {})


def _phrases() -> Iterator[_Phrase]:
    for name in _FILES:
        lists = content(name)
        ways: dict[str, _Ways] = {}
        for group, known in lists.get(_GROUPS, {}).items():
            ways[f"<{group}>"] = tuple(tuple(way.split()) for way in known)
            ways[f"<{group}>?"] = ((), *ways[f"<{group}>"])
        for section, said in lists.items():
            if section in (_GROUPS, _DATA):
                continue
            by_mode = said if isinstance(said, dict) else {"any": said}
            for mode, phrases in by_mode.items():
                for phrase in phrases:
                    plain = mode == _Mode.EXACT.value and phrase.isascii()
                    end = f"{name}.{section}", _Mode.PLAIN if plain else _Mode(mode)
                    yield _Phrase(tuple(_said(ways, token) for token in phrase.split()), end)


def _said(ways: dict[str, _Ways], token: str) -> _Ways:
    return ways[token] if token.startswith("<") else ways.setdefault(token, ((token,),))


def _grown(
    places: tuple[_Place, ...], known: dict[Hashable, _Node], grown: dict[Hashable, _Node]
) -> _Node:
    """What goes on from these places. Nodes that go on alike are one: a fifth of them is left.

    Whatever way of a group was said, a phrase goes on alike: it is grown once.
    """
    if places in grown:
        return grown[places]
    node, words = _Node(), dict[str, dict[frozenset[str], list[_Place]]]()
    numbers, gaps = list[_Place](), list[_Place]()
    for place in places:
        for word, next_place in _steps(place):
            if word == "":
                node.ends = tuple(dict.fromkeys((*node.ends, place[0].end)))
            elif word == "#":
                numbers.append(next_place)
            elif word == "*":
                gaps.append(next_place)
            else:
                plain, marks = _spelled(word)
                words.setdefault(plain, {}).setdefault(marks, []).append(next_place)

    def after(places: list[_Place]) -> _Node:
        return _grown(tuple(dict.fromkeys(places)), known, grown)

    node.number = after(numbers) if numbers else None
    node.gap = after(gaps) if gaps else None
    for plain, ways in words.items():
        node.after[plain] = tuple((marks, after(places)) for marks, places in ways.items())
    grown[places] = known.setdefault(_finished(node), node)
    return grown[places]


def _steps(place: _Place) -> Iterator[tuple[str, _Place]]:
    """The words that may come next, each with the place behind it; "" where the phrase ends."""
    phrase, at, rest = place
    if rest:
        yield rest[0], (phrase, at, rest[1:])
    elif at == len(phrase.tokens):
        yield "", place
    else:
        for way in phrase.tokens[at]:
            yield from _steps((phrase, at + 1, way))


def _spelled(word: str) -> tuple[str, frozenset[str]]:
    known = spelled(word)
    if not known:  # a sign
        return word, frozenset()
    plain, marks = known[0]
    return plain, bent(marks)


def _finished(node: _Node) -> Hashable:
    """What says that another node goes on just like it."""
    words = frozenset((plain, *ways) for plain, ways in node.after.items())
    node.last = not (words or node.number or node.gap)
    if node.ends:
        node.said = tuple(
            tuple(label for label, mode in node.ends if _counts(mode, bare, marked))
            for bare in (False, True)
            for marked in (False, True)
        )
    return words, node.number, node.gap, node.ends
