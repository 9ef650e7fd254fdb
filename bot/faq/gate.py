"""Whether the likeliest entry may be given: how sure it is that the question is ours at all."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.faq.contents import content
from bot.faq.learned import Guess
from bot.faq.wording import Wording

SIGNS = (
    *("ours", "mass", "top", "three", "unseen"),
    *("outside", "subject", "child", "short", "constant"),
)
_LEAST = 1e-4
_SHORT = 4  # words


def signs(asked: Wording, guess: Guess) -> dict[str, float]:
    """What the sureness of an answer is worked out from."""
    ours = sorted((p for kind, p in guess.likely.items() if kind[0] != "-"), reverse=True)
    mass = sum(ours)
    rules = content("settings")["gate"]
    about = len(asked.concepts.intersection(rules["ours"])) + bool(asked.ages)
    child = bool(
        asked.ages
        or asked.concepts.intersection(rules["child_concepts"])
        or set(asked.words).intersection(rules["child_words"])
    )
    return {
        "ours": _odds(guess.ours),
        "mass": _odds(mass),
        "top": math.log(max(ours[0], _LEAST)),
        "three": math.log(max(sum(ours[:3]), _LEAST)),
        "unseen": guess.unseen,
        "outside": float(asked.outside),
        "subject": min(about, 2) / 2,
        "child": float(child),
        "short": float(len(asked.words) <= _SHORT),
        "constant": 1.0,
    }


def sure(asked: Wording, guess: Guess, weights: Mapping[str, float]) -> float:
    """How sure it is that the likeliest entry is what is asked for, 0 to 1."""
    told = signs(asked, guess)
    return 1 / (1 + math.exp(-sum(weights[name] * told[name] for name in SIGNS)))


def _odds(likely: float) -> float:
    kept = min(max(likely, _LEAST), 1 - _LEAST)
    return math.log(kept / (1 - kept))
