"""How many of the questions of questions.jsonl are answered rightly, beside two plain searches.

The peers are given what we are not: the threshold at which they answer no more than two in a
hundred of the questions that are none of ours is read off the very questions they are measured on.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from bot.faq.answering import Answer, answer
from bot.faq.entries import Entries
from bot.faq.near import ways
from bot.vietnamese.fold import fold

Question = Mapping[str, Any]
Search = Callable[[str], tuple[str, float]]  # the entry that is found, and how good it is
WRONGLY = 0.02  # of what is none of ours, so much may be answered
_SHORTEST, _LONGEST = 3, 5  # letters of the pieces of the second peer


@dataclass(frozen=True)
class Scores:
    """Parts of a hundred."""

    first: float  # right answer first, of the questions that are ours
    outright: float  # answered at once and rightly, not by choices
    others: float  # answered, of those that are none of ours


def questions(part: str) -> list[Question]:
    """The questions of that part of the set."""
    return [row for row in _all() if row["part"] == part]


@cache
def _all() -> Sequence[Question]:
    lines = (files("bot.bench") / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def is_right(row: Question, said: Answer) -> bool:
    """Whether that is what the question should get."""
    match row["kind"]:
        case "answer":
            worked_out = said.entry is None and _may_be_worked_out(row)
            return said.kind == "answer" and (said.entry in row["entries"] or worked_out)
        case "computed":
            return said.kind == "answer" and cites(said, row["articles"])
        case kind:
            return bool(said.kind == kind)


def cites(said: Answer, articles: Iterable[str]) -> bool:
    """Whether one of these articles is named in the citations."""
    lines = " ".join(said.citations.get("en", ())).casefold()
    return any(f"article {each}" in lines for each in articles)


def _may_be_worked_out(row: Question) -> bool:
    """Whether an answer from the table of the law is right as well; of the oldest rows all may."""
    return "style" not in row or "computed" in row["entries"]


def ours(rows: Iterable[Question], entries: Entries, on: date) -> Scores:
    """What our own answers are worth on these questions."""
    told = [(row, answer(row["q"], entries, on)) for row in rows]
    asked = [(row, said) for row, said in told if row["kind"] == "answer"]
    others = [said for row, said in told if row["kind"] == "unknown"]
    offered = sum(
        is_right(row, said) or (said.kind == "choices" and said.choices[0].id in row["entries"])
        for row, said in asked
    )
    return Scores(
        _percent(offered, len(asked)),
        _percent(sum(is_right(row, said) for row, said in asked), len(asked)),
        _percent(sum(said.kind == "answer" for said in others), len(others)),
    )


def peer(rows: Iterable[Question], search: Search) -> Scores:
    """What a search is worth on these questions."""
    told = [(row, *search(row["q"])) for row in rows if row["kind"] in ("answer", "unknown")]
    others = sorted((good for row, _, good in told if row["kind"] == "unknown"), reverse=True)
    least = others[int(len(others) * WRONGLY)] if others else 0.0
    asked = [
        (entry in row["entries"], good) for row, entry, good in told if row["kind"] == "answer"
    ]
    return Scores(
        _percent(sum(right for right, _ in asked), len(asked)),
        _percent(sum(right and good > least for right, good in asked), len(asked)),
        _percent(sum(good > least for good in others), len(others)),
    )


def emergencies(rows: Iterable[Question], entries: Entries, on: date) -> tuple[float, float]:
    """The emergencies that are recognised, and the other questions that are called one."""
    told = [(row["kind"] == "emergency", answer(row["q"], entries, on).kind) for row in rows]
    real = [kind == "emergency" for is_one, kind in told if is_one]
    not_one = [kind == "emergency" for is_one, kind in told if not is_one]
    return _percent(sum(real), len(real)), _percent(sum(not_one), len(not_one))


def without_marks(rows: Iterable[Question]) -> list[Question]:
    """The same questions typed without tone marks."""
    return [{**row, "q": fold(row["q"])} for row in rows]


def full_text(entries: Entries) -> Search:
    """SQLite's FTS5 with bm25 over every way to ask and every answer."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE said USING fts5(entry UNINDEXED, words)")
    table.executemany("INSERT INTO said VALUES (?, ?)", _said(entries))
    query = "SELECT entry, -bm25(said) FROM said WHERE said MATCH ? ORDER BY bm25(said) LIMIT 1"

    def search(text: str) -> tuple[str, float]:
        words = [word for word in fold(text).split() if word.isalnum()]
        if not words:
            return "", 0.0
        found = table.execute(query, (" OR ".join(f'"{word}"' for word in words),)).fetchone()
        return found or ("", 0.0)

    return search


def pieces_of_words(entries: Entries) -> Search:
    """TF-IDF over pieces of three to five letters, and the likest way to ask."""
    said = [(entry, _pieces(words)) for entry, words in _said(entries)]
    held = Counter(piece for _, pieces in said for piece in pieces)
    rare = {piece: math.log(1 + len(said) / many) for piece, many in held.items()}
    having: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, (_, pieces) in enumerate(said):
        for piece, weight in _unit(pieces, rare).items():
            having[piece].append((at, weight))

    def search(text: str) -> tuple[str, float]:
        like: defaultdict[int, float] = defaultdict(float)
        for piece, weight in _unit(_pieces(fold(text)), rare).items():
            for at, theirs in having.get(piece, ()):
                like[at] += weight * theirs
        best = max(like, key=like.__getitem__, default=0)
        return said[best][0], like[best]

    return search


def _said(entries: Entries) -> list[tuple[str, str]]:
    return [(entry.id, fold(each)) for entry in entries for each in (*ways(entry), entry.answer)]


def _pieces(text: str) -> Counter[str]:
    line = f" {' '.join(text.split())} "
    return Counter(
        line[at : at + size]
        for size in range(_SHORTEST, _LONGEST + 1)
        for at in range(len(line) - size + 1)
    )


def _unit(pieces: Mapping[str, int], rare: Mapping[str, float]) -> dict[str, float]:
    found = {piece: many * rare[piece] for piece, many in pieces.items() if piece in rare}
    length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
    return {piece: weight / length for piece, weight in found.items()}


def _percent(some: int, whole: int) -> float:
    return round(100 * some / whole, 1) if whole else 0.0
