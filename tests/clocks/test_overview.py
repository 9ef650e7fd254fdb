"""The year at a glance, for programs and for people; and that every text is in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.clocks import overview
from bot.clocks.calendar import Calendar
from bot.clocks.table import content

CALENDAR = Calendar.of()
HOLE = re.compile(r"{(\w*)}")


def test_the_answer_for_2026() -> None:
    found = json.loads(json.dumps(overview.to_json(2026, CALENDAR, "en")))
    assert (found["year"], found["working_days"], found["provisional"]) == (2026, 249, False)
    assert found["swapped"] == [
        {"off": "2026-01-02", "worked": "2026-01-10", "confidence": "recall"},
        {"off": "2026-08-31", "worked": "2026-08-22", "confidence": "recall"},
    ]
    assert [day["date"] for day in found["days_worked"]] == ["2026-01-10", "2026-08-22"]
    assert found["days_off"][-1] == {
        "date": "2026-11-24",
        "kind": "holiday",
        "reason": "Viet Nam Culture Day holiday",
        "provisional": False,
    }
    assert len(found["days_off"]) == 15


def test_the_reminders_of_a_year_are_listed() -> None:
    found = {row["id"]: row for row in overview.to_json(2026, CALENDAR, "en")["reminders"]}
    assert found["roll_up"] == {
        "id": "roll_up",
        "preset": "plan",
        "kind": "due",
        "name": "Consolidated report (before 5 December)",
        "on": "2026-12-05",
        "until": "2026-12-05",
        "remind_on": ["2026-11-20", "2026-11-27", "2026-12-02", "2026-12-04"],
        "who": ["consolidator"],
        "source": found["roll_up"]["source"],
        "confidence": "verified",
    }


def test_a_year_that_is_not_announced_says_so() -> None:
    assert overview.to_json(2027, CALENDAR)["provisional"]
    assert "no official table for 2027" in overview.text(2027, CALENDAR, "en")
    assert "no official table" not in overview.text(2026, CALENDAR, "en")
    assert "Thursday 4 Feb: Tết holiday (provisional)" in overview.text(2027, CALENDAR, "en")
    assert "Friday 1 Jan: New Year's Day holiday\n" in overview.text(2027, CALENDAR, "en")


def test_swapped_days_from_memory_say_so() -> None:
    told = overview.text(2026, CALENDAR, "en")
    assert "Saturday 22 Aug: worked in place of 31 Aug (to be checked" in told
    assert "249 working days" in told


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("year", [2022, 2026, 2027, 2100])
def test_people_read_every_day_off_and_every_duty(year: int, language: str) -> None:
    lines = overview.text(year, CALENDAR, language).splitlines()
    found = overview.to_json(year, CALENDAR, language)
    listed = sum(line.startswith("- ") for line in lines)
    empty = sum(line == content("texts")["calendar"]["none"][language] for line in lines)
    rows = ("days_off", "days_worked", "reminders")
    assert listed - empty == sum(len(found[row]) for row in rows)
    assert not [line for line in lines if HOLE.search(line)]


def test_every_text_is_in_both_languages_with_the_same_holes() -> None:
    found = [
        text for name in ("calendar", "limits", "year", "texts") for text in _texts(content(name))
    ]
    assert len(found) > 80
    for text in found:
        assert set(text) == {"vi", "en"} and all(text.values())
        assert sorted(HOLE.findall(text["vi"])) == sorted(HOLE.findall(text["en"])), text


def _texts(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if set(value) & {"vi", "en"}:
            yield value
        else:
            for each in value.values():
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
