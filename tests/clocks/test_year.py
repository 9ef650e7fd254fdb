"""The duties and days of a year, and when to remind of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clocks.calendar import Calendar, Change
from bot.clocks.table import content
from bot.clocks.year import Event, events

CALENDAR = Calendar.of()


def _one(year: int, id_: str, calendar: Calendar = CALENDAR) -> Event:
    (found,) = [event for event in events(year, calendar) if event.id == id_]
    return found


@pytest.mark.parametrize(
    ("id_", "on", "until"),
    [
        ("half_year_report", "2026-05-31", "2026-05-31"),
        ("year_report", "2026-11-30", "2026-11-30"),
        ("roll_up", "2026-12-05", "2026-12-05"),
        ("union_half_year_report", "2026-05-31", "2026-05-31"),
        ("union_year_report", "2026-11-30", "2026-11-30"),
        ("decree09_half_year", "2026-06-14", "2026-06-14"),
        ("decree09_year", "2026-12-14", "2026-12-14"),
        ("action_month", "2026-06-01", "2026-06-30"),
        ("child_labour_day", "2026-06-12", "2026-06-12"),
        ("mid_autumn", "2026-09-25", "2026-09-25"),
        ("before_tet", "2026-01-28", "2026-01-28"),
        ("after_tet", "2026-02-27", "2026-02-27"),
        ("gender_month", "2026-11-15", "2026-12-15"),
        ("coffee_season", "2026-10-01", "2027-01-31"),
        ("after_tet_season", "2026-02-22", "2026-03-23"),
    ],
)
def test_when_things_are(id_: str, on: str, until: str) -> None:
    event = _one(2026, id_)
    assert (str(event.on), str(event.until)) == (on, until)


def test_the_mid_autumn_festival_follows_the_moon() -> None:
    assert [str(_one(year, "mid_autumn").on) for year in (2026, 2027, 2028)] == [
        "2026-09-25",
        "2027-09-15",
        "2028-10-03",
    ]


def test_a_reminder_is_pulled_forward_and_the_deadline_stays() -> None:
    """31 May 2026 is a Sunday, 5 December a Saturday, and 15 November too."""
    half, whole, roll_up = (
        _one(2026, id_) for id_ in ("half_year_report", "year_report", "roll_up")
    )
    assert [f"{on:%d/%m}" for on in half.remind_on] == ["15/05", "25/05", "28/05", "29/05"]
    assert [f"{on:%d/%m}" for on in whole.remind_on] == [
        "13/11",
        "20/11",
        "25/11",
        "27/11",
        "30/11",
    ]
    assert [f"{on:%d/%m}" for on in roll_up.remind_on] == ["20/11", "27/11", "02/12", "04/12"]
    assert roll_up.on == date(2026, 12, 5)


def test_a_day_off_entered_by_an_officer_moves_the_reminder() -> None:
    stormy = Calendar.of(extra=[Change(date(2026, 11, 30), "off", "a storm")])
    report = _one(2026, "year_report", stormy)
    assert (report.on, report.remind_on[-1]) == (date(2026, 11, 30), date(2026, 11, 27))


@given(st.integers(2022, 2099))
def test_reminders_come_on_working_days_and_never_late(year: int) -> None:
    lead = max(max(row.get("remind", [0])) for row in content("year")["event"])
    for event in events(year, CALENDAR):
        assert event.on.year == year and event.until >= event.on
        assert event.remind_on and list(event.remind_on) == sorted(set(event.remind_on))
        assert all(CALENDAR.is_working(on) for on in event.remind_on)
        assert event.on - timedelta(days=lead + 15) <= event.remind_on[0]
        assert event.remind_on[-1] == CALENDAR.working_by(event.on)


@given(st.integers(2022, 2099))
def test_a_working_day_lies_between_a_cut_off_and_its_report(year: int) -> None:
    """Decree 09/2019, article 8.5."""
    for half in ("half_year", "year"):
        cut, report = _one(year, f"decree09_{half}"), _one(year, f"decree09_{half}_report")
        days = CALENDAR.between(cut.on, report.on - timedelta(days=1))
        assert any(day.working for day in days)


def test_a_commune_takes_the_presets_it_wants() -> None:
    found = events(2026, CALENDAR, presets={"plan"})
    assert {event.preset for event in found} == {"plan"}
    assert [event.id for event in found][-2:] == ["roll_up", "denominators"]
    assert events(2026, CALENDAR, presets=()) == []


def test_a_commune_edits_its_table() -> None:
    row: dict[str, Any] = {
        "id": "own",
        "preset": "plan",
        "kind": "due",
        "name": {"vi": "x", "en": "a report of our own"},
        "months": [3, 11],
        "day": 25,
        "who": ["officer"],
        "source": "made up",
        "confidence": "policy",
    }
    found = events(2026, CALENDAR, table={"remind": {"due": [1]}, "event": [row]})
    assert [(str(event.on), *map(str, event.remind_on)) for event in found] == [
        ("2026-03-25", "2026-03-24"),
        ("2026-11-25", "2026-11-23"),
    ]


def test_what_is_remembered_or_not_named_by_a_rule_says_so() -> None:
    assert "from memory" in _one(2026, "family_day").says("en")
    assert "the union's plan names no day" in _one(2026, "union_year_report").says("en")
    assert _one(2026, "roll_up").says("en") == "Consolidated report (before 5 December)"


def test_every_row_is_known_and_has_a_source() -> None:
    rows, texts = content("year")["event"], content("texts")
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["source"]
        assert row["confidence"] in {"verified", "secondary", "recall", "policy"}
        assert row["kind"] in content("year")["remind"]
        assert row["who"] and set(row["who"]) <= set(texts["who"])


def test_a_year_without_a_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="2021 to 2100"):
        events(2020, CALENDAR)
