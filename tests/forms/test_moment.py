"""Moments to come, as people type them on a Friday."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.forms.model import Reply, Scene, Unclear
from bot.forms.moment import NOW, moment, resolve

FRIDAY = date(2026, 11, 20)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8 giờ sáng mai", "2026-11-21T08:00"),
        ("mai 8h", "2026-11-21T08:00"),
        ("14h30 thứ hai", "2026-11-23T14:30"),
        ("thu 2 7g30", "2026-11-23T07:30"),
        ("thứ hai tuần sau 8h", "2026-11-23T08:00"),
        ("thứ sáu 20h", "2026-11-20T20:00"),
        ("8 giờ rưỡi tối nay", "2026-11-20T20:30"),
        ("2h chieu chu nhat", "2026-11-22T14:00"),
        ("20:00 25/11", "2026-11-25T20:00"),
        ("8h 25/11", "2026-11-25T08:00"),
        ("9 giờ 30 ngày 25/11", "2026-11-25T09:30"),
        ("8:00 1/2", "2027-02-01T08:00"),
        ("8:00 tomorrow", "2026-11-21T08:00"),
        ("8h", "T08:00"),
        ("6 giờ 30", "T06:30"),
        ("12 giờ đêm", "T00:00"),
        ("2h đêm", "T02:00"),
        ("9h đêm", "T21:00"),
        ("Ngay", NOW),
        ("now", NOW),
    ],
)
def test_what_people_type(text, value):
    assert moment().read(Reply(text), Scene(FRIDAY)) == value
    assert moment().fits(value, Scene(FRIDAY))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3/2",
        "25 giờ",
        "8h đến 10h",
        "hôm qua 8h",
        "8h 15/11",
        "8h 1/1/2030",
        "xin chào",
        "8" * 99,
    ],
)
def test_what_names_no_moment_to_come_is_asked_again(text):
    with pytest.raises(Unclear):
        moment().read(Reply(text), Scene(FRIDAY))


def test_an_hour_without_a_day_is_the_next_such_hour():
    now = datetime(2026, 11, 20, 16, 30, tzinfo=ZONE)
    assert resolve("T17:00", now) == now + timedelta(minutes=30)
    assert resolve("T08:00", now) == datetime(2026, 11, 21, 8, tzinfo=ZONE)
    assert resolve(NOW, now) == now
    assert resolve("2026-11-25T20:00", now) == datetime(2026, 11, 25, 20, tzinfo=ZONE)
