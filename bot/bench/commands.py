"""How long commands take that talk to no platform."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

COMMANDS = (("area", "list"), ("member", "list", "--json"), ("--help",))


def rows(home: Path, scale: float) -> list[dict[str, Any]]:
    """Each command, the best of several runs, beside an interpreter that does nothing."""
    runs = max(int(5 * scale), 1)
    floor = _best([sys.executable, "-c", "pass"], home, runs)
    found = []
    for command in COMMANDS:
        whole = [sys.executable, "-c", "from bot.cli import main; main()", *command]
        taken = _best(whole, home, runs)
        found.append(
            {
                "what": f"vongtay {' '.join(command)}",
                "value": round(taken, 2),
                "unit": "s",
                "peer": f"python that does nothing: {floor:.2f}",
                "ratio": round(taken / floor, 1),
                "goal": "< 0.6",
                "note": "",
            }
        )
    return found


def _best(command: list[str], home: Path, runs: int) -> float:
    environment = {**os.environ, "VONGTAY_DATA_DIR": str(home / "commands")}
    subprocess.run(command, env=environment, capture_output=True, check=True)  # makes the database
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run(command, env=environment, capture_output=True, check=True)
        taken.append(time.perf_counter() - begun)
    return min(taken)
