"""How questions of bot/bench/questions.jsonl are answered, counted. Also run by hand:

python -m tests.faq.measure dev|held_out|dev2|held_out2 [-v]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.bench.question_scores import Question, cites, is_right
from bot.bench.question_scores import questions as rows
from bot.faq.answering import answer
from bot.faq.entries import load

__all__ = ["TODAY", "cites", "is_right", "measured", "rows"]

TODAY = date(2026, 11, 22)


@dataclass
class Count:
    """What came out of the questions of one kind; `missed` are those that were not right."""

    all: int = 0
    right: int = 0
    wrong: int = 0  # answered, and not what was meant
    kinds: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)


def measured(questions: Iterable[Question]) -> dict[str, Count]:
    """The counts by kind of question."""
    counts: dict[str, Count] = {}
    for row in questions:
        count = counts.setdefault(row["kind"], Count())
        said = answer(row["q"], load(), TODAY)
        count.all += 1
        count.kinds[said.kind] += 1
        if is_right(row, said):
            count.right += 1
        else:
            count.wrong += said.kind == "answer"
            count.missed.append((row["q"], f"{said.kind} {said.entry} {said.confidence:.2f}"))
    return counts


def main() -> None:
    """Print the counts."""
    questions = [row for part in sys.argv[1].split(",") for row in rows(part)]
    for kind, count in measured(questions).items():
        print(f"{kind:10} {count.right}/{count.all} right, {count.wrong} wrong", dict(count.kinds))
        if "-v" in sys.argv:
            for question, got in count.missed:
                print(f"    {got:50} {question}")


if __name__ == "__main__":
    main()
