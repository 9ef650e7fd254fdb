"""How long a process takes to its first answer, and what it weighs after a thousand reports."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.bench.server import TOKEN, Server, update

REPORTS = 1000
REPORT = Path(__file__).parent.joinpath("short_report.txt").read_text(encoding="utf-8").split("\n")
LIBRARIES = (
    "aiohttp.web, apscheduler.schedulers.asyncio, cryptography, prometheus_client, sqlmodel, "
    "structlog, telegram, pydantic_settings, babel.dates"
)


def rows(home: Path, scale: float) -> list[dict[str, Any]]:
    """Start to first answer, and resident memory after 1,000 reports."""
    reports = max(int(REPORTS * scale), 2)
    same, same_weight = _imports(LIBRARIES)
    aiogram, aiogram_weight = _imports("aiogram")
    with Server() as server:
        first = min(_first_answer(home / f"start{n}", server) for n in range(2))
        again = min(_first_answer(home / "start0", server) for _ in range(2))
        weight = _weight(home / "weight", server, reports)
    return [
        _row("process start to first answer", again, "s", same, aiogram, "< 1.5"),
        _row("the same on an empty data folder", first, "s", same, aiogram, "< 1.5"),
        _row(f"memory after {reports} reports", weight, "MB", same_weight, aiogram_weight, "< 120"),
    ]


def _row(
    what: str, value: float, unit: str, same: float, aiogram: float, goal: str
) -> dict[str, Any]:
    return {
        "what": what,
        "value": round(value, 2),
        "unit": unit,
        "peer": f"a process that imports the same: {same:.2f}; import aiogram: {aiogram:.2f}",
        "ratio": round(value / same, 2),
        "goal": goal,
        "note": "",
    }


def _imports(names: str) -> tuple[float, float]:
    """Seconds and resident MB of a process that only imports."""
    code = f"import {names}, psutil; print(psutil.Process().memory_info().rss)"
    taken, weight = [], 0.0
    for _ in range(3):
        begun = time.perf_counter()
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        taken.append(time.perf_counter() - begun)
        weight = int(out.stdout) / 1e6
    return min(taken), weight


def _serve(home: Path, server: Server) -> subprocess.Popen[bytes]:
    settings = {
        "DATA_DIR": str(home),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": server.base,
        "PORT": "0",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VONGTAY_")}
    environment = {**kept, **{f"VONGTAY_{name}": value for name, value in settings.items()}}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "serve"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)


def _first_answer(home: Path, server: Server) -> float:
    """Seconds from starting the process until its first reply has arrived at the platform."""
    server.load([update(int(time.time()), 1, "/start")])
    begun = time.monotonic()
    process = _serve(home, server)
    try:
        return server.wait_sent(1) - begun
    finally:
        process.terminate()
        process.wait(30)


def _weight(home: Path, server: Server, reports: int) -> float:
    """Resident MB of the process after so many reports were filed through it."""
    import psutil

    lines = [line for line in REPORT if line]
    number, updates = 0, []
    for line in lines:
        for person in range(reports):
            number += 1
            updates.append(update(number, 5000 + person, line.format(n=person)))
    _first_answer(home, server)  # a database is made once in the life of an installation
    server.load(updates)
    process = _serve(home, server)
    try:
        _wait_for_reports(home / "vongtay.sqlite3", reports)
        weight: float = psutil.Process(process.pid).memory_info().rss / 1e6
        return weight
    finally:
        process.terminate()
        process.wait(30)


def _wait_for_reports(path: Path, reports: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        time.sleep(0.1)
        if not path.exists():
            continue
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            try:
                filed = database.execute("SELECT count(*) FROM reports").fetchone()[0]
            except sqlite3.OperationalError:  # not migrated yet
                continue
        if filed >= reports:
            return
    raise TimeoutError("the reports were not filed in time")
