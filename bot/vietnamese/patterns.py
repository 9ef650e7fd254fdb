"""Phrases of a word list as one regular expression, with a say in how marks are read.

A phrase is words with a space between; <group> is any phrase of a group, <group>? that or nothing,
and * up to three words. A pattern matches in text whose words and signs stand apart, with a space
before the first and behind the last; what it matches begins with a space and ends at one.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from bot.vietnamese.letters import WITHOUT_MARKS

Groups = Mapping[str, Sequence[str]]

# A letter typed twice is typed once: "đậpp". But "cuu" is cứu: for u it is the pattern that bends.
REPEATED = re.compile(r"([^\W\d_u])\1+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_TWO_PLACES = re.compile(r"o[ae]$|(?<!q)uy$")


class Marks(enum.Enum):
    """How the marks of a phrase are read."""

    OFF = "the text is without marks"
    OPTIONAL = "a mark may be missing, never wrong"
    EXACT = "every mark must be there"


_Token = tuple[str, Marks]
_Trie = dict[_Token, "_Trie"]
_END: _Token = ("", Marks.OFF)


class PhraseBook:
    """Compiles phrases that share groups, and share the words that * must not swallow."""

    def __init__(self, groups: Groups, stops: Sequence[str] = ()) -> None:
        self._groups = groups
        none_of = "|".join(_word(stop, Marks.OPTIONAL) for stop in stops)
        but = f"(?!(?:{none_of}) )" if stops else ""
        self._gap = f"(?: {but}[^ ,!]+){{0,3}}?"

    def pattern(self, *lists: tuple[Iterable[str], Marks]) -> re.Pattern[str]:
        """One pattern for all phrases of the lists, each list with its reading of marks."""
        return re.compile(self.source(*lists) + "(?= )")

    def source(self, *lists: tuple[Iterable[str], Marks]) -> str:
        """The regular expression of `pattern`, to build larger ones from."""
        trie: _Trie = {}
        for phrases, marks in lists:
            for phrase in phrases:
                for tokens in self._openings(phrase.split()):
                    _grow(trie, [(token, marks) for token in tokens])
        return self._branches(trie)

    def _openings(self, tokens: list[str]) -> Iterable[list[str]]:
        """The phrase, once for each entry of the group it begins with: so a trie can branch."""
        first, rest = tokens[0], tokens[1:]
        if not first.startswith("<"):
            return [tokens]
        return [entry.split() + rest for entry in self._groups[first.strip("<>?")]]

    def _branches(self, trie: _Trie) -> str:
        branches = [self._piece(token) + self._branches(trie[token]) for token in trie if token[0]]
        if _END in trie:
            branches.append("(?= )")
        return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"

    def _piece(self, token: _Token) -> str:
        text, marks = token
        if text == "*":
            return self._gap
        if text.startswith("<"):
            group = self.source((self._groups[text.strip("<>?")], marks))
            return f"(?:{group})?" if text.endswith("?") else group
        return " " + _word(text, marks)


def _grow(trie: _Trie, tokens: Iterable[_Token]) -> None:
    for token in tokens:
        trie = trie.setdefault(token, {})
    trie[_END] = {}


def _word(word: str, marks: Marks) -> str:
    word = REPEATED.sub(r"\1", unicodedata.normalize("NFC", word).casefold())
    if marks is Marks.OFF:
        return word.translate(WITHOUT_MARKS).replace("u", "u+")
    ways = ["".join(_letter(char, marks) for char in way) for way in _placements(word)]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _letter(char: str, marks: Marks) -> str:
    if marks is Marks.EXACT or char.isascii():
        return "u+" if char == "u" else char
    plain = char.translate(WITHOUT_MARKS)
    base, *own = unicodedata.normalize("NFD", char)
    fewer = (base + "".join(some) for size in range(len(own)) for some in combinations(own, size))
    return f"[{char}{plain}{''.join(unicodedata.normalize('NFC', less) for less in fewer)}]"


def _placements(word: str) -> list[str]:
    """The word with its tone where either school puts it: hoà and hòa."""
    apart = unicodedata.normalize("NFD", word)
    tone = "".join(char for char in apart if char in _TONES)
    bare = "".join(char for char in apart if char not in _TONES)
    if not (tone and _TWO_PLACES.search(bare)):
        return [word]
    ways = (bare[:-1] + tone + bare[-1], bare + tone)
    return [unicodedata.normalize("NFC", way) for way in ways]
