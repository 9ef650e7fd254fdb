"""How the questions of bot/bench/questions.jsonl and fresh.jsonl are answered, counted. By hand:

python -m tests.faq.measure dev|held_out|dev2|held_out2|fresh1|fresh2|fresh3 [-v]

The fresh ones were written by another author: fresh1 with nothing known but the main questions of
the entries, fresh2 and fresh3 after its misses were seen, each before it was asked.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.bench.question_scores import Question, cites, is_right, questions
from bot.faq.answering import answer
from bot.faq.entries import load

__all__ = ["TODAY", "cites", "is_right", "measured", "rows"]

TODAY = date(2026, 11, 22)
_FRESH = Path(__file__).parent / "fresh.jsonl"


@dataclass
class Count:
    """What came out of the questions of one kind; `missed` are those that were not right."""

    all: int = 0
    right: int = 0
    wrong: int = 0  # answered, and not what was meant
    offered: int = 0  # to choose from, the right one among them
    kinds: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)


def rows(part: str) -> list[Question]:
    """The questions of that part of the sets."""
    fresh = (json.loads(line) for line in _FRESH.read_text("utf-8").splitlines())
    return questions(part) or [row for row in fresh if row["part"] == part]


def measured(asked: Iterable[Question]) -> dict[str, Count]:
    """The counts by kind of question."""
    counts: dict[str, Count] = {}
    for row in asked:
        count = counts.setdefault(row["kind"], Count())
        said = answer(row["q"], load(), TODAY)
        count.all += 1
        count.kinds[said.kind] += 1
        if is_right(row, said):
            count.right += 1
        else:
            count.wrong += said.kind == "answer"
            meant = row.get("entries", ())
            count.offered += any(each.id in meant for each in said.choices)
            count.missed.append((row["q"], f"{said.kind} {said.entry} {said.confidence:.2f}"))
    return counts


def main() -> None:
    """Print the counts."""
    asked = [row for part in sys.argv[1].split(",") for row in rows(part)]
    for kind, count in measured(asked).items():
        print(
            f"{kind:10} {count.right}/{count.all} right, {count.wrong} wrong,",
            f"{count.offered} offered",
            dict(count.kinds),
        )
        if "-v" in sys.argv:
            for question, got in count.missed:
                print(f"    {got:50} {question}")


if __name__ == "__main__":
    main()
