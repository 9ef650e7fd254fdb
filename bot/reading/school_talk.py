"""What is said around the words of school, and whether the child goes there by it.

The lists of schooling.toml know what they name; villagers say it in many more ways. The same
features are learned from and asked with; a change here wants new weights (see learned.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache

from bot.reading.learned import SCHOOLING, table
from bot.reading.lexicon import bent, content
from bot.reading.message import Message
from bot.vietnamese.letters import spelled

NOT_SAID = ""
OUTCOMES = (NOT_SAID, "attending", "irregular", "dropped_out", "never")
_LABELS = (
    *("dropped_out", "never", "irregular", "attending", "not", "wish", "holidays", "not_yet"),
    *("surely", "class_word"),
)
_REACH, _NEAR = 5, (-2, -1, 1, 2)  # words on either side of a word of school
_PAIR, _MARKED, _BESIDE, _RULED = 0.8, 0.6, 0.7, 2.0  # what features count beside a word
_TYPICAL, _SHORTENED = 5.0, 0.7  # a long message has more features: each of them counts less
_MOST = 3
_DOUBT = 0.5  # by how much another outcome must be likelier than what the rules found


def likeliest(message: Message, by_rules: str) -> str:
    """The outcome that is said of the child, or NOT_SAID."""
    words = _of_school(message)
    if not words or (by_rules == NOT_SAID and _is_rest(message, words)):
        return by_rules
    found = _features(message, by_rules, words)
    scores = table(SCHOOLING).scores(found, counts(found))
    scores[OUTCOMES.index(by_rules)] += _DOUBT
    return OUTCOMES[scores.index(max(scores))]


def _is_rest(message: Message, words: Sequence[int]) -> bool:
    """Whether none of the words is of school: "nghỉ trưa"."""
    return all(message.covered("schooling.rests", at) for at in words)


def told_at(message: Message) -> tuple[int, int]:
    """The clause in which the first word of school stands; there is one."""
    return message.clause(_of_school(message)[0])


def features(message: Message, by_rules: str) -> dict[str, float]:
    """What is looked at: the words around each word of school, the lists, and what rules found."""
    return _features(message, by_rules, _of_school(message))


def _features(message: Message, by_rules: str, words: Sequence[int]) -> dict[str, float]:
    said = ["#" if at in message.figures else each.plain for at, each in enumerate(message.pieces)]
    found: dict[str, float] = {}
    near: set[int] = set()
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


def _of_school(message: Message) -> list[int]:
    """Where words of school stand."""
    known = _words()
    return [
        at
        for at, piece in enumerate(message.pieces)
        if piece.plain in known
        and piece.is_word
        and (not piece.bent or piece.bent in known[piece.plain])
    ]


@cache
def _words() -> dict[str, list[frozenset[str]]]:
    words: dict[str, list[frozenset[str]]] = {}
    for word in content("schooling")["data"]["words"]:
        plain, marks = spelled(word)[0]
        words.setdefault(plain, []).append(bent(marks))
    return words
