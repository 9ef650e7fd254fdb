"""How questions of questions.jsonl are answered, counted. Also run by hand:

python -m tests.faq.measure dev|held_out|dev2|held_out2 [-v]
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.faq.answering import Answer, answer
from bot.faq.entries import load

TODAY = date(2026, 11, 22)
Row = Mapping[str, Any]


def rows(part: str) -> list[Row]:
    """The questions of that part."""
    lines = (Path(__file__).parent / "questions.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["part"] == part]


@dataclass
class Count:
    """What came out of the questions of one kind; `missed` are those that were not right."""

    all: int = 0
    right: int = 0
    wrong: int = 0  # answered, and not what was meant
    kinds: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)


def measured(questions: Iterable[Row]) -> dict[str, Count]:
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


def is_right(row: Row, said: Answer) -> bool:
    """Whether that is what the question should get."""
    match row["kind"]:
        case "answer":
            return said.kind == "answer" and (
                said.entry in row["entries"] or (said.entry is None and _may_be_worked_out(row))
            )
        case "computed":
            return said.kind == "answer" and cites(said, row["articles"])
        case kind:
            return bool(said.kind == kind)


def _may_be_worked_out(row: Row) -> bool:
    """Newer rows say so; of the older ones all may."""
    return "style" not in row or "computed" in row["entries"]


def cites(said: Answer, articles: Iterable[str]) -> bool:
    """Whether one of these articles is named in the citations."""
    lines = " ".join(said.citations.get("en", ())).casefold()
    return any(f"article {each}" in lines for each in articles)


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
