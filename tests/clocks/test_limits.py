"""The limits: against a second opinion for every day, and what holds whatever the moment."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clocks import limits as room
from bot.clocks.calendar import Calendar, Change
from bot.clocks.limits import Limit, clocks, limit, limits
from bot.clocks.table import content
from tests.clocks import by_hand

CALENDAR = Calendar.of()
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = [time(0), time(7, 30), time(11, 59, 59), time(16, 30), time(23, 59, 59)]
ZONES = [HERE, UTC, *map(ZoneInfo, ["America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"])]

moments = st.datetimes(datetime(2021, 1, 2), datetime(2060, 1, 1), timezones=st.sampled_from(ZONES))
days_off = st.lists(
    st.dates(date(2026, 1, 1), date(2026, 3, 31)).map(lambda on: Change(on, "off", "a storm")),
    max_size=20,
)
near = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 20), timezones=st.sampled_from(ZONES))


def test_they_agree_with_a_second_opinion_at_every_hour_of_seven_years() -> None:
    on, wrong = date(2024, 1, 1), []
    while on < date(2030, 12, 15):
        for hour in HOURS:
            received = datetime.combine(on, hour, HERE)
            if {each.clock: each.due for each in limits(received, CALENDAR)} != by_hand.due(
                received
            ):
                wrong.append(received)
        on += timedelta(days=1)
    assert wrong == []


@given(moments)
def test_a_limit_in_working_days_ends_with_a_working_day(received: datetime) -> None:
    for each in limits(received, CALENDAR):
        if each.rule.working_days:
            assert CALENDAR.is_working(each.due.date())
            assert each.due.timetz() == time(23, 59, 59, tzinfo=HERE)
            assert sum(day.working for day in each.days) == each.rule.working_days


@given(moments)
def test_twelve_hours_are_twelve_hours_in_any_zone(received: datetime) -> None:
    emergency = limits(received, CALENDAR)[0]
    assert emergency.clock == "emergency"
    assert emergency.due.astimezone(UTC) - received.astimezone(UTC) == timedelta(hours=12)
    assert emergency.due.tzinfo == HERE


@given(moments, st.sampled_from(ZONES))
def test_the_zone_a_moment_is_told_in_changes_nothing(received: datetime, zone: ZoneInfo) -> None:
    assert room.to_json(received, CALENDAR) == room.to_json(received.astimezone(zone), CALENDAR)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_what_is_received_later_is_due_no_earlier(received: datetime, later: timedelta) -> None:
    after = (received.astimezone(UTC) + later).astimezone(HERE)
    pairs = zip(limits(received, CALENDAR), limits(after, CALENDAR), strict=True)
    assert all(first.due <= second.due for first, second in pairs)


@given(near, days_off, days_off)
def test_a_day_off_more_brings_nothing_forward(
    received: datetime, some: list[Change], more: list[Change]
) -> None:
    few, many = Calendar.of(extra=some), Calendar.of(extra=[*some, *more])
    for before, after in zip(limits(received, few), limits(received, many), strict=True):
        assert before.due <= after.due
        if not before.rule.working_days:
            assert before.due == after.due


@settings(max_examples=300)
@given(moments, st.sampled_from(["vi", "en"]))
def test_every_day_left_out_or_counted_is_mentioned(received: datetime, language: str) -> None:
    for each in limits(received, CALENDAR):
        if each.rule.working_days:
            assert {day.on for day in each.days} <= _mentioned(each, language)


def test_a_day_off_in_between_is_due_a_day_later_and_says_so() -> None:
    received = datetime(2026, 11, 20, 16, 30, tzinfo=HERE)
    stormy = Calendar.of(extra=[Change(date(2026, 11, 26), "off", "a storm")])
    plan = limits(received, stormy)[1]
    assert plan.due.date() == date(2026, 12, 1)
    assert "26 Nov day off entered by an officer: a storm" in plan.explanation("en")


def test_a_worked_sunday_is_counted_and_said() -> None:
    received = datetime(2026, 11, 20, 16, 30, tzinfo=HERE)
    busy = Calendar.of(extra=[Change(date(2026, 11, 22), "working", "a flood")])
    plan = limits(received, busy)[1]
    assert plan.due.date() == date(2026, 11, 27)
    assert "counting 22 Nov working day entered by an officer" in plan.explanation("en")


def test_a_limit_that_has_begun_says_from_when() -> None:
    submitted = datetime(2026, 11, 23, 9, tzinfo=HERE)
    approval = limit("approval", submitted, CALENDAR)
    assert approval.due == datetime(2026, 11, 26, 23, 59, 59, tzinfo=HERE)
    assert "from the day the plan was submitted, 23 Nov" in approval.explanation("en")
    separation = limit("separation", submitted, CALENDAR)
    assert separation.due.date() == date(2026, 12, 8)
    assert "strictest" not in separation.explanation("en")
    assert "once decided" not in separation.explanation("en")
    assert "unless a competent authority" in separation.explanation("en")


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        ("transfer", "2026-11-20T20:30:00+07:00"),
        ("data_breach", "2026-11-23T16:30:00+07:00"),
        ("data_request", "2026-11-25T23:59:59+07:00"),
        ("care_handover", "2026-12-14T23:59:59+07:00"),
    ],
)
def test_other_limits_run_from_what_starts_them(clock: str, due: str) -> None:
    found = limit(clock, datetime(2026, 11, 20, 16, 30, tzinfo=HERE), CALENDAR)
    assert found.due.isoformat() == due


def test_what_the_program_sets_is_not_called_law() -> None:
    since = datetime(2026, 11, 20, 16, 30, tzinfo=HERE)
    for clock in clocks().values():
        told = limit(clock.id, since, CALENDAR).explanation("en")
        assert ("not a limit set by law" in told) == clock.policy


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        limits(datetime(2026, 11, 20, 16, 30), CALENDAR)
    with pytest.raises(ValueError, match="no time zone"):
        limit("plan", datetime(2026, 11, 20, 16, 30), CALENDAR)


@pytest.mark.parametrize(
    "at",
    [
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=ZoneInfo("Pacific/Kiritimati")),
        datetime(2020, 12, 31, 10, tzinfo=HERE),
        datetime(2100, 12, 31, 10, tzinfo=HERE),
    ],
)
def test_a_moment_outside_the_calendar_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError):
        limits(at, CALENDAR)


def test_the_answer_has_the_shape_of_the_contract() -> None:
    found = room.to_json(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), CALENDAR, "en")
    assert set(found) == {"received", "limits"}
    assert found["received"] == "2026-11-20T16:30:00+07:00"
    assert [each["clock"] for each in found["limits"]] == [
        "emergency",
        "plan",
        "approval",
        "separation",
    ]
    assert found["limits"][0] == {
        "clock": "emergency",
        "due": "2026-11-21T04:30:00+07:00",
        "explanation": "due 04:30 on 21 Nov 2026 because: 12 hours around the clock from the "
        "receipt of the information at 16:30 on 20 Nov, nights, weekends and holidays included; "
        "under articles 26.3 and 31.2 of Decree 56/2017",
    }
    assert all(set(each) == {"clock", "due", "explanation"} for each in found["limits"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_people_read_a_line_for_each_limit(language: str) -> None:
    received = datetime(2026, 11, 20, 16, 30, tzinfo=HERE)
    heading, *lines = room.text(received, CALENDAR, language).splitlines()
    assert "16:30" in heading
    for line, each in zip(lines, limits(received, CALENDAR), strict=True):
        assert each.rule.name[language] in line and each.explanation(language) in line
        assert not re.search(r"[{}]", line)


def test_every_limit_has_a_source_and_one_length() -> None:
    for row in content("limits")["clock"]:
        assert row["source"] and row["confidence"] in {"verified", "secondary", "recall"}
        assert sum(unit in row for unit in ("hours", "working_days", "calendar_days")) == 1


def _mentioned(each: Limit, language: str) -> set[date]:
    """Every day an explanation names, stretches filled in."""
    months = content("texts")["date"]["months"][language].split()
    names, gap = "|".join(reversed(months)), " " if language == "en" else "/"
    one = rf"(\d{{1,2}})(?:{gap}({names})(?:{gap}(\d{{4}}))?)?(?![\d/])"
    law = each.rule.article[language]
    found = set()
    for match in re.finditer(
        rf"(?<![\d/]){one}(?:–{one})?", each.explanation(language).replace(law, "")
    ):
        day, month, year, last_day, last_month, last_year = match.groups()
        end_month, end_year = last_month or month, last_year or year or each.due.year
        if end_month is None:
            continue
        first = (year or end_year, months.index(month or end_month) + 1, day)
        last = (end_year, months.index(end_month) + 1, last_day or day)
        start, end = (date(*map(int, side)) for side in (first, last))
        found |= {start + timedelta(days=at) for at in range((end - start).days + 1)}
    return found
