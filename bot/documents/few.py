"""Counts that are too small to tell: in a village they say who it is (process.md 6, point 15)."""

from __future__ import annotations

from collections.abc import Sequence

FEWEST = 5


def told(counts: Sequence[int], outside: bool) -> list[int | None]:
    """The counts of one table; None for those that readers outside are not told.

    Where only one would be hidden, the smallest of the others is too: the total would give it away.
    """
    if not outside:
        return list(counts)
    hidden = {at for at, count in enumerate(counts) if 0 < count < FEWEST}
    others = [at for at, count in enumerate(counts) if count >= FEWEST]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda at: counts[at]))
    return [None if at in hidden else count for at, count in enumerate(counts)]
