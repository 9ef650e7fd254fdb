"""The working calendar: known years, a second opinion, officers' changes, wrong tables."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.clocks.calendar import Calendar, Change, Kind
from bot.clocks.table import content
from tests.clocks import by_hand

CALENDAR = Calendar.of()


def test_it_agrees_with_a_second_opinion_on_every_day_of_seven_years() -> None:
    days = [day for year in range(2024, 2031) for day in CALENDAR.year(year)]
    assert [days[0].on, days[-1].on, len(days)] == [by_hand.FIRST, by_hand.LAST, 2557]
    assert [day.on for day in days if day.working] == by_hand.WORKING


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 250), (2026, 249), (2027, 249)])
def test_working_days_of_known_years(year: int, count: int) -> None:
    assert sum(day.working for day in CALENDAR.year(year)) == count


def test_kinds_of_the_days_of_2026() -> None:
    found = Counter(day.kind for day in CALENDAR.year(2026))
    assert found == {
        Kind.WORKING: 247,
        Kind.SWAPPED_WORKING: 2,
        Kind.SWAPPED_OFF: 2,
        Kind.HOLIDAY: 12,
        Kind.SUBSTITUTE: 1,
        Kind.WEEKEND: 101,
    }


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_what_is_computed_is_what_was_announced(year: int) -> None:
    """But for the swapped days, which nobody can foresee."""
    table = deepcopy(content("calendar"))
    swapped = {day for row in table["year"] for swap in row["swaps"] for day in swap.values()}
    del table["year"]
    computed = Calendar.of(table)
    assert computed.is_provisional(year) and not CALENDAR.is_provisional(year)
    differ = {day.on for day in CALENDAR.year(year) if day.working != computed.is_working(day.on)}
    assert differ == {day for day in swapped if isinstance(day, date) and day.year == year}


@pytest.mark.parametrize(
    ("on", "holiday"),
    [
        (date(2021, 2, 10), "tet"),  # new year on a Friday
        (date(2021, 2, 16), "tet"),
        (date(2022, 1, 31), "tet"),  # on a Tuesday
        (date(2022, 2, 4), "tet"),
        (date(2022, 9, 1), "national_day"),
        (date(2023, 1, 20), "tet"),  # on a Sunday
        (date(2023, 1, 26), "tet"),
        (date(2023, 9, 1), "national_day"),
        (date(2023, 9, 4), "national_day"),
        (date(2023, 5, 2), "hung_kings"),  # it and 30 April lay on one weekend
        (date(2023, 5, 3), "reunification"),
    ],
)
def test_days_off_of_earlier_years(on: date, holiday: str) -> None:
    day = CALENDAR.day(on)
    assert (day.working, day.holiday and day.holiday.id) == (False, holiday)


def test_the_days_around_them_were_worked() -> None:
    around = ["2021-02-09", "2021-02-17", "2022-02-07", "2022-01-28", "2023-01-19", "2023-01-27"]
    assert [day for day in around if not CALENDAR.is_working(date.fromisoformat(day))] == []


def test_the_day_of_culture_is_off_from_2026() -> None:
    assert CALENDAR.is_working(date(2025, 11, 24))
    assert not CALENDAR.is_working(date(2026, 11, 24))


def test_why_a_day_is_off_is_said_in_both_languages() -> None:
    assert CALENDAR.why_off(date(2026, 11, 23)) is None
    assert CALENDAR.why_off(date(2026, 8, 22), "en") is None
    said = [
        CALENDAR.why_off(date(2026, *day), "en") for day in [(8, 31), (4, 27), (11, 24), (6, 6)]
    ]
    assert said == [
        "swapped day off (worked on 22 Aug instead)",
        "day off in lieu of Hùng Kings' Day (26 Apr)",
        "Viet Nam Culture Day holiday",
        "weekend",
    ]
    assert CALENDAR.why_off(date(2026, 6, 6)) == content("texts")["why"]["weekend"]["vi"]
    assert CALENDAR.why_off(date(2026, 6, 6), "xx") == CALENDAR.why_off(date(2026, 6, 6), "vi")


def test_only_days_that_are_chosen_each_year_are_provisional() -> None:
    found = {day.on for day in CALENDAR.year(2027) if day.provisional}
    tet = {date(2027, 2, 4) + timedelta(days=at) for at in range(7)}
    assert found == tet | {date(2027, 9, 2), date(2027, 9, 3)}
    assert not any(day.provisional for day in CALENDAR.year(2026))


def test_the_next_and_the_last_working_day() -> None:
    assert CALENDAR.next_working(date(2026, 11, 23)) == date(2026, 11, 25)
    assert CALENDAR.next_working(date(2026, 2, 13)) == date(2026, 2, 23)
    assert CALENDAR.next_working(date(2026, 8, 21)) == date(2026, 8, 22)
    assert CALENDAR.working_by(date(2026, 11, 24)) == date(2026, 11, 23)
    assert CALENDAR.working_by(date(2026, 11, 25)) == date(2026, 11, 25)


def test_an_officers_change_lies_over_the_table() -> None:
    on, holiday = date(2026, 11, 25), date(2026, 11, 24)
    changed = Calendar.of(
        extra=[Change(on, "off", "flood {x}"), Change(holiday, "working", "flood")]
    )
    assert not changed.is_working(on) and changed.is_working(holiday)
    assert changed.why_off(on, "en") == "day off entered by an officer: flood {x}"
    assert CALENDAR.is_working(on)


def test_of_two_changes_of_a_day_the_later_counts() -> None:
    on = date(2026, 11, 25)
    changes = [Change(on, "off", "a storm"), Change(on, "working", "it passed")]
    assert Calendar.of(extra=changes).is_working(on)


@pytest.mark.parametrize(("kind", "reason"), [("off", " "), ("holiday", "a storm")])
def test_a_change_without_a_reason_or_of_another_kind_is_refused(kind: Any, reason: str) -> None:
    with pytest.raises(ValueError):
        Change(date(2026, 11, 25), kind, reason)


def test_a_moment_is_no_day() -> None:
    with pytest.raises(TypeError):
        CALENDAR.is_working(datetime(2026, 11, 24, 10))
    with pytest.raises(TypeError):
        Change(datetime(2026, 11, 24, 10), "off", "a storm")


@pytest.mark.parametrize("on", [date(2020, 12, 31), date(2101, 1, 1), date(1, 1, 1)])
def test_a_day_of_no_known_year_is_refused(on: date) -> None:
    with pytest.raises(ValueError, match="2021 to 2100"):
        CALENDAR.is_working(on)


def test_a_swap_may_cross_the_year() -> None:
    """As that of 31 December 2018 for 5 January 2019."""
    swap = {"off": date(2027, 12, 31), "worked": date(2028, 1, 8)}
    table = deepcopy(content("calendar"))
    table["year"].append({"year": 2027, "source": "made up", "confidence": "recall"})
    table["year"][-1]["swaps"] = [swap]
    calendar = Calendar.of(table)
    assert not calendar.is_working(swap["off"]) and calendar.is_working(swap["worked"])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"swaps": [{"off": date(2027, 2, 8), "worked": date(2027, 2, 13)}]}, "is off anyway"),
        ({"swaps": [{"off": date(2027, 3, 8), "worked": date(2027, 3, 9)}]}, "no ordinary weekend"),
        ({"swaps": [{"off": date(2027, 3, 8), "worked": date(2027, 2, 6)}]}, "no ordinary weekend"),
        ({"off": {"christmas": [date(2027, 12, 25)]}}, "names no holiday: christmas"),
        ({"off": {"tet": [date(2026, 2, 5)]}}, "day of another year: 2026-02-05"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(row: dict[str, Any], told: str) -> None:
    table = deepcopy(content("calendar"))
    table["year"].append({"year": 2027, "source": "made up", "confidence": "recall", **row})
    with pytest.raises(ValueError, match=told):
        Calendar.of(table)


def test_the_table_says_where_everything_comes_from() -> None:
    table = content("calendar")
    known = {"verified", "secondary", "recall"}
    for row in [*table["holiday"], *table["year"]]:
        assert row["source"] and row["confidence"] in known
    assert {swap["confidence"] for row in table["year"] for swap in row["swaps"]} <= known
