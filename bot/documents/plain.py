"""Texts as papers, sheets and pictures can carry them."""

from __future__ import annotations

from bot.vietnamese.clean import clean
from bot.words import for_policy

LONGEST = 4000  # characters of one text in a document; a cell of a sheet holds 32,767
_CUT = "…"


def plain(text: object, longest: int = LONGEST) -> str:
    """A text without control characters and marks, in NFC, cut where it is too long to print."""
    shown = clean(for_policy(str(text), "full"))
    return shown if len(shown) <= longest else shown[: longest - len(_CUT)].rstrip() + _CUT


def one_line(text: object, longest: int = LONGEST) -> str:
    """The same on one line."""
    return " ".join(plain(text, longest).split())
