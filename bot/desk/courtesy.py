"""When a person may be written to without being asked: not at night, not on days off, not often.

How often is counted where messages leave (storage/allowance.py), by the day that is told here.
Alarms, and answers to what somebody just wrote, are not held by this.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache

from bot.clocks.calendar import Calendar
from bot.desk.house import House
from bot.i18n import Speech
from bot.words import Say
from storage.allowance import Day

Build = Callable[[Speech], Say]
NOTICE = "notice:"  # how the send-once key of a notice begins
MORNINGS = (time(6, 30), time(7), time(7, 30), time(8))  # the hours to choose from
NOTICES_FROM = time(8, 5)  # after the morning message, and the question of the week


def may_write(house: House, calendar: Calendar, now: datetime) -> bool:
    """Whether this is a working day, outside the quiet hours."""
    local = now.astimezone(house.zone)
    awake = house.quiet_until <= local.time() < house.quiet_from
    return awake and calendar.is_working(local.date())


def off_duty(house: House, now: datetime) -> bool:
    """Whether only danger may make a device sound: in the quiet hours and on days off."""
    calendar, local = _calendar(house), now.astimezone(house.zone)
    awake = house.quiet_until <= local.time() < house.quiet_from
    known = calendar.first <= local.year <= calendar.last
    return not awake or (known and not calendar.is_working(local.date()))


def morning(house: House, on: date, at: time | None = None) -> datetime:
    """The moment of the morning message of a day, for somebody who gets it at that hour."""
    return datetime.combine(on, at or house.morning, house.zone)


def dawn(house: House, on: date) -> datetime:
    """Before the first morning message of a day: what is overdue goes up a step."""
    return datetime.combine(on, house.quiet_until, house.zone)


def when(house: House, calendar: Calendar, now: datetime) -> datetime:
    """The first moment from now at which anybody may be sent a notice."""
    late_enough = now.astimezone(house.zone).time() >= NOTICES_FROM
    return now if late_enough and may_write(house, calendar, now) else _next(house, calendar, now)


def day_of(house: House, now: datetime) -> Day:
    """The day that a moment lies in, as the daily allowance counts it."""
    calendar = _calendar(house)
    today = now.astimezone(house.zone).date()
    tomorrow = today + timedelta(days=1)
    midnight, next_one = (datetime.combine(d, time(), house.zone) for d in (today, tomorrow))
    return Day(
        began=midnight,
        early=notices_from(house, today),
        ends=next_one,
        tomorrow=notices_from(house, tomorrow),
        resumes=notices_from(house, _worked_after(calendar, today)),
        most=house.pushes_a_day,
    )


def _calendar(house: House) -> Calendar:
    return house.calendar[1] if house.calendar else _official()


@cache
def _official() -> Calendar:
    """The calendar as long as nobody has asked for what was entered over it."""
    return Calendar.of()


def _worked_after(calendar: Calendar, day: date) -> date:
    after = day + timedelta(days=1)
    return calendar.next_working(day) if calendar.first <= after.year <= calendar.last else after


def awake(house: House, now: datetime) -> datetime:
    """The first moment from now on outside the quiet hours, on whatever day."""
    local = now.astimezone(house.zone)
    if local.time() >= house.quiet_from:
        return datetime.combine(local.date() + timedelta(days=1), house.quiet_until, house.zone)
    return max(now, datetime.combine(local.date(), house.quiet_until, house.zone))


def notices_from(house: House, on: date) -> datetime:
    """When the first notice of a day may leave."""
    return datetime.combine(on, NOTICES_FROM, house.zone)


def end_of_day(house: House, at: datetime) -> datetime:
    """When the quiet hours begin: what was meant for this day is not sent after it."""
    return datetime.combine(at.astimezone(house.zone).date(), house.quiet_from, house.zone)


def _next(house: House, calendar: Calendar, now: datetime) -> datetime:
    local = now.astimezone(house.zone)
    early = local.time() < NOTICES_FROM and calendar.is_working(local.date())
    return notices_from(house, local.date() if early else calendar.next_working(local.date()))
