"""What was worked out of a short text a moment ago."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")
SHORT = 60  # characters; stories are not kept about
MOST = 512


def short_remembered(work: Callable[[str], T]) -> Callable[[str], T]:
    """`work`, which depends on the text alone, not done anew for the short texts of late.

    One event asks up to ten times what its text is when cleaned, folded or taken for a command.
    """
    remembered = lru_cache(MOST)(work)

    @wraps(work)
    def asked(text: str) -> T:
        return remembered(text) if len(text) <= SHORT else work(text)

    return asked
