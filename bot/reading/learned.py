"""What was learned from reports: which words are a child's name, what is said of school.

The weights are made by `python -m tests.reading.learn`; nothing is learned while the bot runs.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from bot.vietnamese.weights import Table

NAMES, SCHOOLING = "names.weights", "schooling.weights"


@cache
def table(name: str) -> Table:
    """The weights of that file."""
    return Table.of((files(__package__) / "content" / name).read_bytes())
