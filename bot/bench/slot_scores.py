"""How well reports are read into slots: F1 of what was found, villages, urgency."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.reading import Reading, Villages
from bot.vietnamese.fold import fold

Slots = Mapping[str, Any]
CONTRACT = (
    "child_name",
    "age",
    "sex",
    "village",
    "schooling",
    "work",
    "hours_per_day",
    "days_per_week",
    "night_work",
    "urgent",
)


@dataclass(frozen=True)
class Tally:
    """What was found rightly, found wrongly, and missed; a wrong value is both of the latter."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """How much of what was found is right."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """How much of what is stated was found."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def score(expected: Slots, got: Slots) -> dict[str, Tally]:
    """One tally a slot of the contract; texts are equal when they are once folded."""
    return {slot: _tally(expected.get(slot), got.get(slot)) for slot in CONTRACT}


def _tally(expected: Any, got: Any) -> Tally:
    if expected is None:
        return Tally(wrong=got is not None)
    if got is None:
        return Tally(missed=1)
    return Tally(right=1) if _equal(expected, got) else Tally(wrong=1, missed=1)


def _equal(expected: Any, got: Any) -> bool:
    if isinstance(expected, str) and isinstance(got, str):
        return fold(expected) == fold(got)
    return isinstance(expected, bool) is isinstance(got, bool) and bool(expected == got)


def summary(pairs: Iterable[tuple[Slots, Slots]]) -> dict[str, Any]:
    """Micro F1 over all slots and for each, villages right first, urgency heard."""
    by_slot = dict.fromkeys(CONTRACT, Tally())
    messages = 0
    urgent = Tally()
    for expected, got in pairs:
        messages += 1
        for slot, tally in score(expected, got).items():
            by_slot[slot] += tally
        if expected.get("urgent") is True:
            heard = got.get("urgent") is True
            urgent += Tally(right=heard, missed=not heard)
    total = sum(by_slot.values(), Tally())
    return {
        "messages": messages,
        "f1": total.f1,
        "precision": total.precision,
        "recall": total.recall,
        "village_accuracy": by_slot["village"].recall,
        "urgent_recall": urgent.recall,
        "slots": {slot: tally.f1 for slot, tally in by_slot.items()},
    }


def measure(
    path: Path, reader: Callable[[str, Villages], Reading], villages: Villages
) -> dict[str, Any]:
    """The summary of reading every {"text", "slots"} line of a file."""
    lines = path.read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line.strip()]
    return summary((case["slots"], reader(case["text"], villages).slots) for case in cases)
