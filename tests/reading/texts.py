"""The messages of the tests, and the table of villages they are read with."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from bot.reading import Reading, Villages, read
from bot.vietnamese.letters import WITHOUT_MARKS

HERE = Path(__file__).parent
TODAY = date(2026, 11, 1)
TABLE: dict[str, list[str]] = tomllib.loads((HERE / "villages.toml").read_text("utf-8"))
VILLAGES = Villages.of(TABLE.items())
CASES: dict[str, Any] = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))
DEV: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE / "dev.jsonl").read_text("utf-8").splitlines()
]


def reading(text: str) -> Reading:
    return read(text, VILLAGES, TODAY)


def unmarked(text: str) -> str:
    return text.translate(WITHOUT_MARKS)
