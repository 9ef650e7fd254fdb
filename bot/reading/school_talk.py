"""What is said around the words of school, and whether the child goes there by it.

The lists of schooling.toml know what they name; villagers say it in many more ways. The same
features are learned from and asked with; a change here wants new weights (see learned.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

from bot.reading.learned import SCHOOLING, table
from bot.reading.lexicon import bent, content
from bot.reading.message import Message
from bot.reading.pieces import Piece
from bot.vietnamese.letters import spelled

NOT_SAID = ""
OUTCOMES = (NOT_SAID, "attending", "irregular", "dropped_out", "never")
_LABELS = (
    *("dropped_out", "never", "irregular", "attending", "not", "wish", "holidays", "not_yet"),
    *("surely", "class_word"),
)
_REACH, _NEAR = 6, (-3, -2, -1, 1, 2, 3)  # words on either side of a word of school
_PAIR, _MARKED, _BESIDE, _RULED = 0.8, 0.6, 0.7, 2.0  # what features count beside a word
_TYPICAL, _SHORTENED = 5.0, 0.7  # a long message has more features: each of them counts less
_MOST = 3
_DOUBT = 0.5  # by how much another outcome must be likelier than what the rules found


def likeliest(message: Message, by_rules: str) -> str:
    """The outcome that is said of the child, or NOT_SAID."""
    if not any(map(_is_of_school, message.pieces)):
        return by_rules
    found = features(message, by_rules)
    scores = table(SCHOOLING).scores(found, counts(found))
    scores[OUTCOMES.index(by_rules)] += _DOUBT
    return OUTCOMES[scores.index(max(scores))]


def told_at(message: Message) -> tuple[int, int]:
    """The clause in which the first word of school stands; there is one."""
    at = next(at for at, piece in enumerate(message.pieces) if _is_of_school(piece))
    return message.clause(at)


def features(message: Message, by_rules: str) -> dict[str, float]:
    """What is looked at: the words around each word of school, the lists, and what rules found."""
    said = ["#" if at in message.figures else each.plain for at, each in enumerate(message.pieces)]
    found: dict[str, float] = {}
    near: set[int] = set()
    words = [at for at, piece in enumerate(message.pieces) if _is_of_school(piece)]
    for at in words:
        first, last = message.sentence(at)
        near.update(range(max(first, at - _REACH), min(last, at + _REACH + 1)))
        for by in _NEAR:
            if first <= at + by < last:
                found[f"{by} {said[at]} {said[at + by]}"] = _BESIDE
    for at in sorted(near):
        found[f"n {said[at]}"] = 1.0
        if at + 1 in near:
            found[f"n {said[at]} {said[at + 1]}"] = _PAIR
        if message.pieces[at].marks:
            found[f"m {message.pieces[at].raw}"] = _MARKED
    heard = list(_heard(message))
    for name in heard:
        found[f"@{name}"] = 1.0
    found[f"{by_rules} of {' '.join(heard)}"] = 1.0
    found[f"n{min(len(words), _MOST)}"] = 1.0
    found[ruled(by_rules)] = _RULED
    return found


def ruled(outcome: str) -> str:
    """The feature that tells what the rules found."""
    return f"ruled {outcome}"


def counts(found: dict[str, float]) -> float:
    """How much each feature of a message counts, which has so many of them."""
    length = math.sqrt(sum([each * each for each in found.values()])) or 1.0
    return float((_TYPICAL / length) ** _SHORTENED)


def _heard(message: Message) -> Iterator[str]:
    for name in _LABELS:
        if next(message.hits(f"schooling.{name}"), None):
            yield name


def _is_of_school(piece: Piece) -> bool:
    ways = _words().get(piece.plain, ())
    return piece.is_word and any(piece.bent == marks or not piece.bent for marks in ways)


@cache
def _words() -> dict[str, list[frozenset[str]]]:
    words: dict[str, list[frozenset[str]]] = {}
    for word in content("schooling")["data"]["words"]:
        plain, marks = spelled(word)[0]
        words.setdefault(plain, []).append(bent(marks))
    return words
