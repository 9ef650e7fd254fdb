"""The clock of an urgent case: one rung after the other, then everybody, until somebody answers."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.desk.duties import due
from storage import areas, inbox, outbox, people
from storage.database import Database
from storage.records.queues import OutboxMessage
from tests.house import Bot

MINUTES = timedelta(minutes=1)
ON_CALL, DEPUTY, LEADER = "demo-officer", "demo-deputy", "demo-leader"
table = OutboxMessage.__table__


async def alarms(bot):
    """Who has an alarm in the outbox, in the order in which they were woken."""
    rows = await bot.database.read(
        lambda c: c.execute(
            select(table.c.once, people.links.c.address)
            .join(people.links, people.links.c.id == table.c.link_id)
            .where(table.c.kind == "alarm")
            .order_by(table.c.id)
        ).all()
    )
    return [row.address for row in rows]


async def report(bot, danger):
    """A report in four answers."""

    async def press(part):
        shown = bot.channels["test"].said["lan"][-1].buttons
        await bot.presses("lan", next(found for found in shown if found.value.endswith(part)))

    await bot.says("lan", "/bao")
    await bot.says("lan", "Cháu bỏ học đi bán vé số")
    await press(f".danger.{danger}")
    await bot.says("lan", "Phố Vị")
    await bot.says("lan", "12")
    await press("./send")


async def woken_after(bot, minutes):
    """Who is woken by a tick so many minutes later."""
    before = await alarms(bot)
    await bot.tick(minutes * MINUTES)
    return (await alarms(bot))[len(before) :]


async def test_nobody_answers_so_it_goes_up_the_ladder_and_round_and_round(bot):
    await report(bot, danger="yes")
    assert await alarms(bot) == [ON_CALL]
    assert await woken_after(bot, 14) == []
    assert await woken_after(bot, 1) == [DEPUTY]
    assert await woken_after(bot, 14) == []
    assert await woken_after(bot, 1) == [LEADER]
    assert await woken_after(bot, 14) == []
    everybody = sorted((ON_CALL, DEPUTY, LEADER))
    assert sorted(await woken_after(bot, 1)) == everybody
    for _ in range(30):
        assert await woken_after(bot, 59) == []
        assert sorted(await woken_after(bot, 1)) == everybody


@pytest.mark.parametrize("minutes", (0, 20, 130))
async def test_once_somebody_answers_it_is_silent(bot, minutes):
    def give_a_phone(connection):
        officer = people.by_address(connection, "web", ON_CALL).person_id
        people.link(connection, officer, "test", "minh", bot.clock())

    await bot.database.write(give_a_phone)
    await report(bot, danger="yes")
    for _ in range(minutes // 5):
        await bot.tick(5 * MINUTES)
    before = len(await alarms(bot))
    alarm = next(say for say in bot.channels["test"].said["minh"] if say.urgent)
    await bot.presses("minh", next(b for b in alarm.buttons if b.value.startswith("c.ack.")))
    for _ in range(34):  # until the twelve hours begin to run out
        await bot.tick(10 * MINUTES)
    assert len(await alarms(bot)) == before


async def test_who_has_it_in_hand_is_rung_when_the_twelve_hours_run_out(bot):
    """At eight hours and at eleven; when they are over the leader too; and not after a visit."""

    def give_a_phone(connection):
        officer = people.by_address(connection, "web", ON_CALL).person_id
        people.link(connection, officer, "test", "minh", bot.clock())

    await bot.database.write(give_a_phone)
    await report(bot, danger="yes")
    await bot.tick(10 * MINUTES)
    alarm = next(say for say in bot.channels["test"].said["minh"] if say.urgent)
    await bot.presses("minh", next(b for b in alarm.buttons if b.value.startswith("c.ack.")))
    rung = {}
    for hour in range(1, 16):
        rung[hour] = await woken_after(bot, 60)
    assert {hour: set(who) for hour, who in rung.items() if who} == {
        8: {ON_CALL, "minh"},
        11: {ON_CALL, "minh"},
        12: {ON_CALL, "minh", DEPUTY, LEADER},
    }


async def test_a_case_that_is_not_urgent_wakes_nobody(bot):
    await report(bot, danger="no")
    for _ in range(10):
        await bot.tick(15 * MINUTES)
    assert await alarms(bot) == []


async def test_the_same_moment_ticked_twice_sends_nothing_twice(bot):
    await report(bot, danger="yes")
    for _ in range(8):
        bot.clock.at += 15 * MINUTES
        await bot.tick()
        before = await outbox_rows(bot)
        await bot.tick()
        await bot.tick()
        assert await outbox_rows(bot) == before


async def outbox_rows(bot):
    return await bot.database.read(lambda c: c.execute(select(table.c.id, table.c.once)).all())


async def test_a_clock_that_slept_goes_up_one_rung_at_a_time(bot):
    """The machine was off for hours: nobody is passed over, nobody is woken twice at once."""
    await report(bot, danger="yes")
    assert await woken_after(bot, 600) == [DEPUTY]
    assert await woken_after(bot, 0) == []
    assert await woken_after(bot, 15) == [LEADER]


async def test_two_processes_that_tick_at_once_send_nothing_twice(postgres_url):
    bot = await Bot.opened(postgres_url)
    others = [Database(postgres_url) for _ in range(3)]
    await report(bot, danger="yes")
    expected = 1
    for woken in (1, 1, 3, 3, 3):
        bot.clock.at += (15 if expected < 3 else 60) * MINUTES
        ticks = [
            database.write(lambda c: due(c, bot.house, bot.clock()))
            for database in (bot.database, *others)
            for _ in range(2)
        ]
        await asyncio.gather(*ticks)
        expected += woken
        assert len(await alarms(bot)) == expected
    for database in (bot.database, *others):
        await database.close()


async def test_a_commune_without_a_leader_goes_straight_to_everybody(bot):
    def leave(connection):
        leader = people.by_address(connection, "web", LEADER).person_id
        people.change(connection, leader, suspended_at=bot.clock())

    await bot.database.write(leave)
    await report(bot, danger="yes")
    assert await woken_after(bot, 15) == [DEPUTY]
    assert sorted(await woken_after(bot, 15)) == sorted((ON_CALL, DEPUTY))
    assert await woken_after(bot, 59) == []
    assert sorted(await woken_after(bot, 1)) == sorted((ON_CALL, DEPUTY))


async def test_the_promised_answer_is_reminded_of_once(bot):
    await report(bot, danger="no")

    async def reminded():
        rows = await outbox_rows(bot)
        return sorted(row.once for row in rows if row.once and ":promise:" in row.once)

    await bot.tick(timedelta(hours=21, minutes=59))
    assert await reminded() == []
    await bot.tick(MINUTES)
    first = await reminded()
    assert len(first) == 2  # the officers
    for _ in range(5):
        await bot.tick(30 * MINUTES)
    assert await reminded() == first


async def test_what_is_old_is_forgotten_at_its_time(bot):
    await bot.says("lan", "/menu")
    assert len(await bot.database.read(lambda c: c.execute(select(inbox.inbox.c.id)).all())) == 1
    await bot.tick(timedelta(days=30))
    assert (await bot.tick(MINUTES))["forgotten"] > 0
    assert await bot.database.read(lambda c: c.execute(select(inbox.inbox.c.id)).all()) == []
    kept = await bot.database.read(lambda c: c.execute(select(table.c.payload)).scalars().all())
    assert kept and set(kept) == {None}
    assert len(await bot.database.read(areas.every)) > 5
    assert await bot.database.read(outbox.waiting) == {}
