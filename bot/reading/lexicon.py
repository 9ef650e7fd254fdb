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
from itertools import product
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

    def word(self, plain: str, marks: frozenset[str]) -> _Node:
        ways = self.after.get(plain, ())
        for mine, node in ways:
            if mine == marks:
                return node
        node = _Node()
        self.after[plain] = (*ways, (marks, node))
        return node


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


@cache
def _root() -> _Node:
    root = _Node()
    for name in _FILES:
        lists = content(name)
        groups = lists.get(_GROUPS, {})
        for section, said in lists.items():
            if section in (_GROUPS, _DATA):
                continue
            by_mode = said if isinstance(said, dict) else {"any": said}
            for mode, phrases in by_mode.items():
                for phrase in phrases:
                    _plant(root, phrase, groups, f"{name}.{section}", _Mode(mode))
    return _merged(root, {})


def _merged(node: _Node, known: dict[Hashable, _Node]) -> _Node:
    """The node, or one that goes on just like it: phrases of the same groups share their ends.

    Four of five nodes are another one's double, 15 MB of them.
    """
    for plain, ways in node.after.items():
        node.after[plain] = tuple((marks, _merged(after, known)) for marks, after in ways)
    node.number = node.number and _merged(node.number, known)
    node.gap = node.gap and _merged(node.gap, known)
    words = frozenset((plain, *ways) for plain, ways in node.after.items())
    node.last = not (words or node.number or node.gap)
    if node.ends:
        node.said = tuple(
            tuple(label for label, mode in node.ends if _counts(mode, bare, marked))
            for bare in (False, True)
            for marked in (False, True)
        )
    return known.setdefault((words, node.number, node.gap, node.ends), node)


def _plant(
    root: _Node, phrase: str, groups: Mapping[str, Sequence[str]], label: str, mode: _Mode
) -> None:
    if mode is _Mode.EXACT and phrase.isascii():
        mode = _Mode.PLAIN
    for words in product(*(_ways(token, groups) for token in phrase.split())):
        node = root
        for word in " ".join(words).split():
            node = _next(node, word)
        if (label, mode) not in node.ends:
            node.ends = (*node.ends, (label, mode))


def _ways(token: str, groups: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if not token.startswith("<"):
        return (token,)
    ways = groups[token.strip("<>?")]
    return ("", *ways) if token.endswith("?") else ways


def _next(node: _Node, word: str) -> _Node:
    if word == "#":
        node.number = node.number or _Node()
        return node.number
    if word == "*":
        node.gap = node.gap or _Node()
        return node.gap
    known = spelled(word)
    if not known:  # a sign
        return node.word(word, frozenset())
    plain, marks = known[0]
    return node.word(plain, bent(marks))
