"""How much a message sounds like danger, as learned from messages that were judged by people.

The lists of danger.toml and harm.toml know what they name; the words around it, alone and in pairs,
tell the rest: that it is over, that it befell a calf, that somebody only asks. The weights are made
by `python -m tests.reading.learn` and kept in content/alarm.weights; nothing is learned
while the bot runs. Nothing hangs on tone marks; where they are typed they tell a little more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from bot.vietnamese.letters import fold
from bot.vietnamese.weights import Table, checksum

FILE = "alarm.weights"
_PAIR, _MARKED = 0.7, 0.7  # what a pair of words counts beside a word; and a word with its marks
_TYPICAL, _SHORTENED = 5.0, 0.7  # a long message has more features: each of them counts less
_GROWN, _SMALL, _DIGITS = 18, 8, 2  # years
_BEFORE, _BEHIND = "^", "$"


def features(words: Sequence[str], kinds: Iterable[str], signs: Iterable[str]) -> dict[str, float]:
    """What is looked at: the words, the kinds of words of harm.toml, and what the rules found."""
    plain = [_seen(word) for word in words]
    found = dict.fromkeys(plain, 1.0)
    for one, two in pairwise((_BEFORE, *plain, _BEHIND)):
        found[f"{one} {two}"] = _PAIR
    for word in words:
        if not word.isascii():
            found["~" + word] = _MARKED
    for kind in kinds:
        found["@" + kind] = 1.0
    for sign in signs:
        found["!" + sign] = 1.0
    return found


def counts(found: dict[str, float]) -> float:
    """How much each feature of a message counts, which has so many of them."""
    length = math.sqrt(sum([each * each for each in found.values()])) or 1.0
    return float((_TYPICAL / length) ** _SHORTENED)


def score(words: Sequence[str], kinds: Iterable[str], signs: Iterable[str]) -> float:
    """How likely it is danger: over 0 more likely than not, as the logarithm of the odds.

    The same as the weights of `features` added up, worked out without their names.
    """
    seen = [_START, *map(_known, words), _END]
    alone = {each.checksum for each in seen[1:-1]}
    pairs = {crc32(two.behind, one.checksum) for one, two in pairwise(seen)}
    marked = {each.marked for each in seen if each.marked}
    alone.update([checksum("@" + kind) for kind in kinds], [checksum("!" + sign) for sign in signs])
    square = len(alone) + _PAIR * _PAIR * len(pairs) + _MARKED * _MARKED * len(marked)
    one, two, three = learned().sums(alone, pairs, marked)
    shortened = (_TYPICAL / math.sqrt(square or 1.0)) ** _SHORTENED
    return float(shortened * (one + _PAIR * two + _MARKED * three) + learned().bias[0])


@cache
def learned() -> Table:
    """The weights of content/alarm.weights."""
    return Table.of((files(__package__) / "content" / FILE).read_bytes())


class _Known(NamedTuple):
    """A word by its checksums: alone, behind another word, and with its marks (0: it has none)."""

    checksum: int
    behind: bytes
    marked: int


@lru_cache(4096)  # the syllables that are in use
def _known(word: str) -> _Known:
    return _of(_seen(word), 0 if word.isascii() else checksum("~" + word))


def _of(plain: str, marked: int) -> _Known:
    return _Known(checksum(plain), f" {plain}".encode(), marked)


def _seen(word: str) -> str:
    """The word folded; of a number only whether it may be the age of a child."""
    plain = fold(word) or word
    if not plain.isdecimal():
        return plain
    if len(plain) > _DIGITS:
        return "#"
    age = int(plain)
    return "#small" if age < _SMALL else "#child" if age < _GROWN else "#grown"


_START, _END = _of(_BEFORE, 0), _of(_BEHIND, 0)
