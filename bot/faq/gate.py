"""Whether the likeliest entry may be given: how sure it is that the question is ours at all."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.faq.contents import content
from bot.faq.learned import Guess
from bot.faq.wording import Wording

SIGNS = (
    *("ours", "mass", "top", "second", "three", "other", "spread", "danger", "unseen"),
    *("outside", "subject", "child", "adult", "short", "length", "constant"),
)
_LEAST = 1e-4
_SHORT = 4  # words


def signs(asked: Wording, guess: Guess) -> dict[str, float]:
    """What the sureness of an answer is worked out from."""
    ours = sorted((p for kind, p in guess.likely.items() if kind[0] != "-"), reverse=True)
    other = max((p for kind, p in guess.likely.items() if kind[0] == "-"), default=0.0)
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
        "top": _log(ours[0]),
        "second": _log(ours[1]),
        "three": _log(sum(ours[:3])),
        "other": _log(other),
        "spread": -sum(p * math.log(p) for p in guess.likely.values() if p > _LEAST),
        "danger": _odds(guess.danger),
        "unseen": guess.unseen,
        "outside": float(asked.outside),
        "subject": min(about, 2) / 2,
        "child": float(child),
        "adult": float("adult" in asked.ages),
        "short": float(len(asked.words) <= _SHORT),
        "length": math.log(1 + len(asked.words)),
        "constant": 1.0,
    }


def sure(asked: Wording, guess: Guess, weights: Mapping[str, float]) -> float:
    """How sure it is that the likeliest entry is what is asked for, 0 to 1."""
    told = signs(asked, guess)
    return 1 / (1 + math.exp(-sum(weights[name] * told[name] for name in SIGNS)))


def _log(likely: float) -> float:
    return math.log(max(likely, _LEAST))


def _odds(likely: float) -> float:
    kept = min(max(likely, _LEAST), 1 - _LEAST)
    return math.log(kept / (1 - kept))
