"""The hour of the morning message: one's own, the commune's, and that of who stands in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import Connection

from bot.desk import planning
from bot.desk.duty_sources import Due
from storage import absences, duties, mornings, people
from tests.chat import introduce
from tests.house import Bot

DAY = date(2026, 11, 26)  # a Thursday on which the year reminds nobody of anything
EARLY, USUAL, LATE = time(6, 30), time(7, 30), time(8)


@pytest.fixture
async def commune(sqlite_url: str) -> AsyncIterator[Bot]:
    opened = await Bot.opened(sqlite_url)
    await opened.database.write(introduce)
    yield opened
    await opened.database.close()


def number(connection: Connection, who: str) -> int:
    found = people.by_address(connection, "test", who)
    assert found
    return found.person_id


def own_duty(connection: Connection, bot: Bot, who: str, what: str) -> None:
    """A task whose only reminder is on the day, at the hour of who has it."""
    person = number(connection, who)
    calendar = planning.Calendar.of()
    due = Due(f"own:{what}", "own", "own", DAY, (DAY,), {"vi": what}, must=False)
    at = mornings.hours(connection, [person], bot.house.morning)[person]
    row = planning.row_of(due, person, None, bot.house, calendar, bot.clock(), at)
    duties.put(connection, [row])


async def comes_at(bot: Bot, who: str, *words: str) -> str:
    """At which minute of the day somebody's morning message comes, that says all of this."""
    said = bot.channels["test"].said.setdefault(who, [])
    for hour, minute in ((6, 29), (6, 30), (6, 59), (7, 0), (7, 29), (7, 30), (7, 59), (8, 0)):
        bot.clock.at = datetime.combine(DAY, time(hour, minute), bot.house.zone).astimezone(UTC)
        before = len(said)
        await bot.tick()
        for say in said[before:]:
            assert all(word in say.text for word in words), say.text
            return f"{hour:02}:{minute:02}"
    return "never"


async def test_everybody_at_half_past_seven(commune: Bot) -> None:
    await commune.database.write(lambda c: own_duty(c, commune, "hoa", "mua giấy"))
    assert await comes_at(commune, "hoa", "mua giấy") == "07:30"


@pytest.mark.parametrize("at", [EARLY, LATE])
async def test_the_own_hour_goes_before_the_communes(commune: Bot, at: time) -> None:
    def make(connection: Connection) -> None:
        mornings.set_for(connection, "DM-VL", time(7))
        mornings.choose(connection, number(connection, "thu"), at)
        own_duty(connection, commune, "thu", "mua giấy")

    await commune.database.write(make)
    assert await comes_at(commune, "thu", "mua giấy") == at.isoformat("minutes")


async def test_what_is_planned_already_moves_with_the_hour(commune: Bot) -> None:
    def make(connection: Connection) -> None:
        own_duty(connection, commune, "thu", "mua giấy")
        mornings.set_for(connection, "DM-VL", LATE)
        persons, house = mornings.members(connection, "DM-VL"), commune.house
        mornings.move(connection, persons, house.morning, house.zone, commune.clock())

    await commune.database.write(make)
    assert await comes_at(commune, "thu", "mua giấy") == "08:00"


@pytest.mark.parametrize(
    ("away", "stand_in", "has_one", "comes"),
    [
        (USUAL, EARLY, False, "07:30"),  # nothing of their own: when the other's comes
        (USUAL, EARLY, True, "06:30"),  # one message, not two
        (EARLY, LATE, False, "08:00"),  # not earlier than they chose
        (EARLY, LATE, True, "08:00"),
    ],
)
async def test_who_stands_in_gets_all_in_one_message_and_nothing_is_passed_over(
    commune: Bot, away: time, stand_in: time, has_one: bool, comes: str
) -> None:
    def make(connection: Connection) -> None:
        minh, thu = number(connection, "minh"), number(connection, "thu")
        mornings.choose(connection, minh, away)
        mornings.choose(connection, thu, stand_in)
        absences.leave(connection, minh, DAY, DAY, thu, commune.clock())
        own_duty(connection, commune, "minh", "gọi trường")
        if has_one:
            own_duty(connection, commune, "thu", "mua giấy")

    await commune.database.write(make)
    words = ("gọi trường", "mua giấy") if has_one else ("gọi trường",)
    assert await comes_at(commune, "thu", *words) == comes
