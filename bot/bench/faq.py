"""How residents' questions are answered: how rightly, how fast, and what the slowest one takes."""

from __future__ import annotations

import difflib
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.bench import question_scores as scores
from bot.faq.answering import answer, index, warm
from bot.faq.entries import Entries, load
from bot.faq.learned import learned

_ON = date(2026, 11, 22)  # a day on which the entries are in force
_EVERY = 3  # of all ways to ask, one in so many is asked
_FLOOR_ASKED = 20  # the floor takes tenths of a second for each
_AT_99 = 0.99
_MANY = 10_000  # entries
_MIB = 1024 * 1024
_HELD_OUT = "unseen"
_SEEN = "written apart, and nobody has looked at what is missed"


def rows(home: Path, scale: float) -> list[dict[str, Any]]:
    """How right, beside two plain searches; then the seconds and the memory."""
    del home  # nothing is kept
    entries = load()
    held, made = _prepared(entries)
    warm(entries, _ON)
    return [*_right(entries, scale), *_quick(entries, scale, made, held), _among_many(scale)]


def _prepared(entries: Entries) -> tuple[float, float]:
    """The memory that the index takes, in MiB, and the seconds to make it."""
    index.cache_clear()  # it may have been made by another row
    learned.cache_clear()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    index(entries)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    index.cache_clear()
    learned.cache_clear()
    return (after - before) / _MIB, _seconds(index, entries)


def _right(entries: Entries, scale: float) -> list[dict[str, Any]]:
    asked = scores.questions(_HELD_OUT)[:: max(round(1 / scale), 1)]
    ours = scores.ours(asked, entries, _ON)
    plain = scores.ours(scores.without_marks(asked), entries, _ON)
    peers = {
        "FTS5 bm25": scores.peer(asked, scores.full_text(entries)),
        "TF-IDF of letters": scores.peer(asked, scores.pieces_of_words(entries)),
    }
    found, called = scores.emergencies(asked, entries, _ON)
    told = [
        row
        for name, peer in peers.items()
        for row in (
            _row("right answer first", ours.first, "%", (name, peer.first), ">= 95", _SEEN),
            _row(
                "answered outright and rightly", ours.outright, "%", (name, peer.outright), ">= 90"
            ),
        )
    ]
    none = ("no peer", 0.0)
    return [
        *told,
        _row("right answer first, no tone marks", plain.first, "%", none, ">= 93"),
        _row("none of ours, but answered", ours.others, "%", none, "<= 2"),
        _row("emergencies recognised", found, "%", none, ">= 98"),
        _row("other questions called emergencies", called, "%", none, "<= 3"),
    ]


def _quick(entries: Entries, scale: float, made: float, held: float) -> list[dict[str, Any]]:
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
            "",
        ),
        _row(
            "a question answered, p99",
            round(_p99(taken) * 1000, 2),
            "ms",
            ("difflib", round(_p99(floor) * 1000, 1)),
            "< 5",
        ),
        _row("index of the entries made", round(made, 3), "s", ("difflib has none", 0.0), "< 1"),
        _row("memory of the index", round(held, 1), "MiB", ("difflib has none", 0.0), "< 7"),
    ]


def _among_many(scale: float) -> dict[str, Any]:
    """A question among ten thousand entries, all but the first two hundred added since."""
    entries = load()
    asked = _asked(entries, scale)[:200]
    known = list(entries)
    more = [
        replace(
            known[at % len(known)],
            id=f"added-{at}",
            question=f"{known[at % len(known)].question} {at}",
            variants=(f"{known[at * 7 % len(known)].question} {at * 31}",),
        )
        for at in range(max(round((_MANY - len(known)) * min(scale, 1)), 1))
    ]
    many = entries.plus(more)
    answer(asked[0], many, _ON)
    taken = sorted(_seconds(answer, each, many, _ON) for each in asked)
    none = ("no peer", 0.0)
    name = f"a question among {len(many)} entries, p99"
    return _row(name, round(_p99(taken) * 1000, 2), "ms", none, "< 20")


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


def _row(
    what: str, value: float, unit: str, peer: tuple[str, float], goal: str, note: str = ""
) -> dict[str, Any]:
    name, theirs = peer
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "peer": f"{name}: {theirs} {unit}" if theirs else name,
        "ratio": round(value / theirs, 4) if theirs else None,
        "goal": goal,
        "note": note,
    }
