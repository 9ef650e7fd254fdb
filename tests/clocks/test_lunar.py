"""Lunar days against a table: lunar.jsonl was decoded from Ho Ngoc Duc's table of the century."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.clocks.lunar import solar

YEARS = [
    json.loads(line)
    for line in (Path(__file__).parent / "lunar.jsonl").read_text("utf-8").splitlines()
]
DAYS = {"tet": (1, 1), "hung_kings": (3, 10), "mid_autumn": (8, 15)}


def test_the_table_is_whole() -> None:
    assert [row["year"] for row in YEARS] == list(range(2000, 2051))


@pytest.mark.parametrize("row", YEARS, ids=lambda row: str(row["year"]))
def test_lunar_days_are_those_of_the_table(row: dict[str, Any]) -> None:
    found = {name: str(solar(row["year"], *day)) for name, day in DAYS.items()}
    assert found == {name: row[name] for name in DAYS}


def test_viet_nam_keeps_its_own_new_year() -> None:
    """In China it was 18 February 2007, and will be 3 February 2030."""
    assert solar(2007, 1, 1) == date(2007, 2, 17)
    assert solar(2030, 1, 1) == date(2030, 2, 2)


def test_a_leap_month_is_passed_over() -> None:
    """2025 has a second sixth month, from 25 July: the seventh begins a month later."""
    assert solar(2025, 6, 1) == date(2025, 6, 25)
    assert solar(2025, 7, 1) == date(2025, 8, 23)


def test_the_last_day_of_a_month_is_the_one_before_the_next() -> None:
    assert solar(2025, 1, 30).toordinal() + 1 == solar(2025, 2, 1).toordinal()


@pytest.mark.parametrize(("month", "day"), [(0, 1), (11, 1), (1, 0), (3, 31), (2, 30)])
def test_a_day_that_is_not_there_is_refused(month: int, day: int) -> None:
    with pytest.raises(ValueError, match="lunar month"):
        solar(2026, month, day)
