"""`vongtay bench`: every figure beside its floor or peer, measured in one run on one machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from bot.bench import broadcast, commands, conversation, faq, process, reports

Row = dict[str, Any]


def table(scale: float = 1.0) -> list[Row]:
    """The rows of contract §7: what, value, unit, peer, ratio, goal, note.

    `scale` shrinks every run, for trying it out; figures of a shrunk run mean nothing.
    """
    with tempfile.TemporaryDirectory(prefix="vongtay-bench-") as folder:
        home = Path(folder)
        return [
            *conversation.rows(home, scale),
            *process.rows(home, scale),
            *commands.rows(home, scale),
            *reports.rows(home, scale),
            *faq.rows(home, scale),
            *broadcast.rows(home, scale),
        ]
