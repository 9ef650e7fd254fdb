"""When a person may be written to without being asked: not at night, not on days off, not often.

Alarms, and answers to what somebody just wrote, are not held by this.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.desk.house import House
from bot.i18n import Speech
from bot.words import Say
from storage import outbox

Build = Callable[[Speech], Say]
NOTICES_A_DAY = 1  # beside the morning message: two pushes a person and day at the most
NOTICE = "notice:"  # how the send-once key of such a message begins
LONGEST_WAIT = 14  # days
NOTICES_FROM = time(8, 5)  # after the morning message, and the question of the week


def may_write(house: House, calendar: Calendar, now: datetime) -> bool:
    """Whether this is a working day, outside the quiet hours."""
    local = now.astimezone(house.zone)
    awake = house.quiet_until <= local.time() < house.quiet_from
    return awake and calendar.is_working(local.date())


def morning(house: House, on: date) -> datetime:
    """The moment of the morning message of a day."""
    return datetime.combine(on, house.morning, house.zone)


def when(
    connection: Connection, house: House, calendar: Calendar, person_id: int, now: datetime
) -> datetime:
    """The first moment from now at which this person may be sent one more notice."""
    late_enough = now.astimezone(house.zone).time() >= NOTICES_FROM
    at = now if late_enough and may_write(house, calendar, now) else _next(house, calendar, now)
    for _ in range(LONGEST_WAIT):
        day = at.astimezone(house.zone).date()
        start = datetime.combine(day, datetime.min.time(), house.zone)
        sent = outbox.notices(connection, person_id, NOTICE, start, start + timedelta(days=1))
        if sent < NOTICES_A_DAY:
            break
        at = notices_from(house, calendar.next_working(day))
    return at


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
