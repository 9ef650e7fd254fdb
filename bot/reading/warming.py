"""What this room reads from its files at the first message, done beforehand."""

from __future__ import annotations

from bot.reading import lexicon
from bot.reading.learned import NAMES, SCHOOLING, table


def warm() -> None:
    """Learn the phrases and the weights now (half a second), not when somebody waits."""
    lexicon.warm()
    table(NAMES)
    table(SCHOOLING)
