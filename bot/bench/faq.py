"""How fast residents' questions are answered, and how long the slowest of a hundred takes."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.faq.answering import answer, index, warm
from bot.faq.entries import Entries, load

_ON = date(2026, 11, 22)  # a day on which the entries are in force
_EVERY = 3  # of all ways to ask, one in so many is asked
_FLOOR_ASKED = 20  # the floor takes tenths of a second for each
_AT_99 = 0.99


def rows(home: Path, scale: float) -> list[dict[str, Any]]:
    """Answers a second and p99 beside difflib over all questions; and the making of the index."""
    del home  # nothing is kept
    entries = load()
    index.cache_clear()  # it may have been made by another row
    made = _seconds(index, entries)
    warm(entries, _ON)
    asked = _asked(entries, scale)
    taken = sorted(_seconds(answer, each, entries, _ON) for each in asked)
    known = [each for entry in entries for each in (entry.question, *entry.variants)]
    few = asked[:: max(len(asked) // _FLOOR_ASKED, 1)]
    floor = sorted(_seconds(difflib.get_close_matches, each, known) for each in few)
    return [
        _row(
            "questions answered",
            round(len(taken) / sum(taken)),
            "1/s",
            (f"difflib over {len(known)} questions", round(len(floor) / sum(floor), 1)),
            ">= 2000",
        ),
        _row(
            "a question answered, p99",
            round(_p99(taken) * 1000, 2),
            "ms",
            ("difflib", round(_p99(floor) * 1000, 1)),
            "< 5",
        ),
        _row("index of the entries made", round(made, 2), "s", ("difflib has none", 0.0), "< 1"),
    ]


def _asked(entries: Entries, scale: float) -> list[str]:
    """Questions that nobody asked a moment ago, so that nothing is remembered."""
    ways = [each for entry in entries for each in entry.variants]
    picked = ways[:: max(round(_EVERY / scale), 1)]
    return [f"{each} {at}?" for at, each in enumerate(picked)]


def _seconds(work: Callable[..., object], *given: object) -> float:
    begun = time.perf_counter()
    work(*given)
    return time.perf_counter() - begun


def _p99(taken: Sequence[float]) -> float:
    return taken[min(int(len(taken) * _AT_99), len(taken) - 1)]


def _row(what: str, value: float, unit: str, peer: tuple[str, float], goal: str) -> dict[str, Any]:
    name, theirs = peer
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "peer": f"{name}: {theirs} {unit}" if theirs else name,
        "ratio": round(value / theirs, 4) if theirs else None,
        "goal": goal,
        "note": "",
    }
