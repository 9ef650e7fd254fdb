"""What is looked at in a question: its words, pairs of words, what they mean, and ages.

The same features are learned from and asked with; a change here wants new weights (see learned.py).
"""

from __future__ import annotations

from itertools import pairwise

from bot.faq.wording import Wording

CONCEPT, AGE = "@", "#"  # begin features that are no words
OUTSIDE = "!"
START, END = "^", "$"
_PAIR, _TOLD = 0.6, 0.6  # what a pair counts beside a word; and a word of the beginning of a story
_ASKS = 24  # the last words of a story hold its question


def features(asked: Wording) -> dict[str, float]:
    """The features of a question, each with how much it counts."""
    found: dict[str, float] = {}
    before = len(asked.words) - _ASKS
    for at, word in enumerate(asked.words):
        _note(found, word, _TOLD if at < before else 1.0)
    for at, (one, two) in enumerate(pairwise((START, *asked.words, END))):
        _note(found, f"{one} {two}", _PAIR * _TOLD if at < before else _PAIR)
    for name in asked.concepts:
        found[CONCEPT + name] = 1.0
    for age in asked.ages:
        found[AGE + age] = 1.0
    if asked.outside:
        found[OUTSIDE] = 1.0
    return found


def _note(found: dict[str, float], name: str, counts: float) -> None:
    if counts > found.get(name, 0.0):
        found[name] = counts
