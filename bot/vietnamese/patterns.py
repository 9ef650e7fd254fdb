"""Phrases of a word list as one regular expression, with a say in how marks are read.

A phrase is words with a space between; <group> is any phrase of a group, <group>? that or nothing,
<group!other> one that no phrase of the other group follows, and * up to four words. A pattern is
for text whose words and signs stand apart, with a space before the first and behind the last; what
it matches begins with a space and ends before one.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, combinations, product

from bot.vietnamese.letters import WITHOUT_MARKS

Groups = Mapping[str, Sequence[str]]

# A letter typed twice is typed once: "đậpp". But "cuu" is cứu: for u it is the pattern that bends.
REPEATED = re.compile(r"([^\W\d_u])\1+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_HOOK_AND_TILDE = {"\u0309": "\u0303", "\u0303": "\u0309"}
_TWO_PLACES = re.compile(r"o[ae]$|(?<!q)uy$")


class Marks(enum.Enum):
    """How the marks of a phrase are read."""

    OPTIONAL = "a mark may be missing, never wrong"
    EXACT = "every mark must be there"


_Trie = dict[str, "_Trie"]  # pieces of a regular expression: letters, groups, gaps
_AT_WORD_END = "(?= )"


class PhraseBook:
    """Compiles phrases that share groups, and share the words that * must not swallow."""

    def __init__(self, groups: Groups, stops: Sequence[str] = ()) -> None:
        self._groups = groups
        none_of = "|".join("".join(way) for stop in stops for way in _ways(stop, Marks.OPTIONAL))
        but = f"(?!(?:{none_of}) )" if stops else ""
        self._gap = f"(?: {but}[^ ,!]+){{0,4}}?"

    def source(self, *lists: tuple[Iterable[str], Marks]) -> str:
        """One regular expression for all phrases of the lists, each list with its marks."""
        trie: _Trie = {}
        for phrases, marks in lists:
            for phrase in phrases:
                for pieces in product(*(self._ways(token, marks) for token in phrase.split())):
                    _grow(trie, [*chain.from_iterable(pieces), _AT_WORD_END])
        return _branches(trie)

    def _ways(self, token: str, marks: Marks) -> list[list[str]]:
        """The ways to write one token of a phrase, each as pieces that begin with a space."""
        if token == "*":
            return [[self._gap]]
        if token.startswith("<"):
            name, _, other = token.strip("<>?").partition("!")
            group = self._group(name, marks)
            if other:
                return [[f"(?>{group})(?!{self._group(other, marks)})"]]
            return [[f"(?:{group})?" if token.endswith("?") else group]]
        return [[" ", *way] for way in _ways(token, marks)]

    def _group(self, name: str, marks: Marks) -> str:
        return self.source((self._groups[name], marks))


def forget() -> None:
    """Give back what is only of use while patterns are being made."""
    _ways.cache_clear()
    _letter.cache_clear()


def _grow(trie: _Trie, pieces: Iterable[str]) -> None:
    for piece in pieces:
        trie = trie.setdefault(piece, {})


def _branches(trie: _Trie) -> str:
    """What begins alike is written once, so the engine looks at few letters; longer goes first."""
    longer_first = sorted(trie.items(), key=lambda branch: branch[0] == _AT_WORD_END)
    branches = [piece + _branches(below) for piece, below in longer_first]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})" if branches else ""


@cache
def _ways(word: str, marks: Marks) -> list[list[str]]:
    word = REPEATED.sub(r"\1", unicodedata.normalize("NFC", word).casefold())
    return [[_letter(char, marks) for char in way] for way in _placements(word)]


@cache
def _letter(char: str, marks: Marks) -> str:
    if char.isascii():
        return "u+" if char == "u" else char
    alike = {char, _other_tone(char)}
    if marks is Marks.OPTIONAL:
        base, *own = list(unicodedata.normalize("NFD", char))
        for size in range(len(own)):
            alike |= {_composed(base, some) for some in combinations(own, size)}
        alike.add(char.translate(WITHOUT_MARKS))
    return f"[{''.join(sorted(alike))}]"


def _other_tone(char: str) -> str:
    """The letter with a tilde for its hook or a hook for its tilde: the South says them alike."""
    base, *own = list(unicodedata.normalize("NFD", char))
    return _composed(base, (_HOOK_AND_TILDE.get(mark, mark) for mark in own))


def _composed(base: str, marks: Iterable[str]) -> str:
    return unicodedata.normalize("NFC", base + "".join(marks))


def _placements(word: str) -> list[str]:
    """The word with its tone where either school puts it: hoà and hòa."""
    apart = unicodedata.normalize("NFD", word)
    tone = "".join(char for char in apart if char in _TONES)
    bare = "".join(char for char in apart if char not in _TONES)
    if not (tone and _TWO_PLACES.search(bare)):
        return [word]
    ways = (bare[:-1] + tone + bare[-1], bare + tone)
    return [unicodedata.normalize("NFC", way) for way in ways]
