"""Limits worked out by hand, one line a case in cases.jsonl."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.clocks.calendar import Calendar
from bot.clocks.limits import limits, to_json

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()
]
CALENDAR = Calendar.of()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["received"])
def test_a_limit_ends_as_it_was_worked_out_by_hand(case: dict[str, Any]) -> None:
    found = {each.clock: each.due for each in limits(_received(case), CALENDAR)}
    assert found.pop("emergency") == datetime.fromisoformat(case["emergency"])
    assert found == {
        clock: datetime.combine(
            date.fromisoformat(case[clock]), time(23, 59, 59), ZoneInfo("Asia/Ho_Chi_Minh")
        )
        for clock in ("plan", "approval", "separation")
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["received"])
def test_an_explanation_says_what_it_should(case: dict[str, Any]) -> None:
    told = " | ".join(each["explanation"] for each in to_json(_received(case), CALENDAR)["limits"])
    assert [said for said in case["says"] if said not in told] == []


def _received(case: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(case["received"])
