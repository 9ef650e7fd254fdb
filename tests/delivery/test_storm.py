"""The storm guard: no bug can send one person more than the ceiling in an hour; nothing is lost."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.words import Say
from storage import outbox, people, storm
from storage.database import Database
from storage.records.queues import OutboxMessage
from tests.house import Bot

table = OutboxMessage.__table__
HOUR = timedelta(hours=1)
CEILING = 20
MANY = 1000


def owed(bot, link, text, channel="test", kind="push", **more):
    priority = {"alarm": outbox.ALARM, "reply": outbox.REPLY, "push": outbox.PUSH}[kind]
    return {
        "link_id": link,
        "channel": channel,
        "kind": kind,
        "priority": priority,
        "payload": Say(text).to_json(),
        "created_at": bot.clock(),
        **more,
    }


async def put(bot, *rows):
    await bot.database.write(lambda c: outbox.put(c, rows))


async def rows(bot):
    return await bot.database.read(lambda c: c.execute(select(table).order_by(table.c.id)).all())


def sent(*bots):
    return sum(len(channel.once) for bot in bots for channel in bot.channels.values())


@pytest.fixture
async def links(bot):
    """One person on two channels: the two link ids."""
    bot.house.pushes_a_day = MANY  # what a day may bring is told in test_allowance.py

    def make(connection):
        person, first = people.welcome(connection, "test", "a", "vi", bot.clock())
        return first, people.link(connection, person, "coded", "a2", bot.clock())

    return await bot.database.write(make)


async def test_the_ceiling_is_the_persons_over_all_channels(bot, links):
    await put(bot, *(owed(bot, links[0], f"{n}") for n in range(15)))
    await put(bot, *(owed(bot, links[1], f"{n}", "coded") for n in range(15)))
    await bot.work()
    assert sent(bot) == CEILING
    assert await bot.database.read(storm.count) == 10
    held = [row for row in await rows(bot) if row.parked_at]
    assert len(held) == 10 and all(row.outcome is None and row.payload for row in held)


async def test_alarms_and_replies_pass_and_alarms_count(bot, links):
    await put(bot, *(owed(bot, links[0], f"alarm {n}", kind="alarm") for n in range(25)))
    await bot.work()
    assert sent(bot) == 25
    await put(bot, owed(bot, links[0], "push"), owed(bot, links[0], "reply", kind="reply"))
    await bot.work()
    assert sent(bot) == 26
    assert (await rows(bot))[-2].parked_at is not None


async def test_what_was_held_back_is_sent_when_the_operator_says_so_and_the_hour_is_over(
    bot, links
):
    await put(bot, *(owed(bot, links[0], f"{n}") for n in range(25)))
    await bot.work()
    assert await bot.database.write(storm.release) == 5
    await bot.work()
    assert (sent(bot), await bot.database.read(storm.count)) == (CEILING, 5)  # still a storm
    bot.clock.at += HOUR
    await bot.work()
    assert sent(bot) == CEILING  # nobody has released them again
    await bot.database.write(storm.release)
    await bot.work()
    assert (sent(bot), await bot.database.read(storm.count)) == (25, 0)


async def test_what_belongs_to_an_emergency_is_not_held_back(bot, links):
    """A stranger who plays must not keep from an officer where another child was taken."""
    await put(bot, *(owed(bot, links[0], f"{n}") for n in range(25)))
    await bot.work()
    assert await bot.database.read(storm.count) == 5
    moved = owed(bot, links[0], "the child is up at the field") | {"priority": outbox.REPLY}
    await put(bot, moved, owed(bot, links[0], "an addition") | {"priority": outbox.UNCOUNTED})
    await bot.work()
    assert bot.heard("a").endswith("the child is up at the field")
    assert await bot.database.read(storm.count) == 6


async def test_what_was_held_back_leaves_by_itself_when_the_hour_is_over(bot, links):
    await put(bot, *(owed(bot, links[0], f"{n}") for n in range(50)))
    await bot.work()
    await bot.tick(HOUR - timedelta(minutes=1))
    assert (sent(bot), await bot.database.read(storm.count)) == (CEILING, 30)
    await bot.tick(timedelta(minutes=1))
    assert (sent(bot), await bot.database.read(storm.count)) == (2 * CEILING, 10)
    await bot.tick(timedelta(minutes=30))
    assert sent(bot) == 2 * CEILING
    await bot.tick(timedelta(minutes=30))
    assert (sent(bot), await bot.database.read(storm.count)) == (50, 0)
    assert bot.heard("a").split() == [f"{n}" for n in range(50)]


async def test_the_operator_can_drop_what_was_held_back(bot, links):
    await put(bot, *(owed(bot, links[0], f"{n}") for n in range(22)))
    await bot.work()
    first = (await bot.database.read(storm.parked))[0]
    assert await bot.database.write(lambda c: storm.drop(c, bot.clock(), first.id)) == 1
    assert await bot.database.write(lambda c: storm.drop(c, bot.clock())) == 1
    bot.clock.at += HOUR
    await bot.work()
    assert sent(bot) == CEILING


async def test_what_expired_while_it_was_held_back_never_leaves(bot, links):
    soon = bot.clock() + timedelta(minutes=30)
    await put(bot, *(owed(bot, links[0], f"{n}", expires_at=soon) for n in range(21)))
    await bot.work()
    bot.clock.at += HOUR
    await bot.database.write(storm.release)
    await bot.work()
    assert sent(bot) == CEILING and (await rows(bot))[-1].outcome == "expired"


async def test_a_sender_that_dies_each_time_before_it_writes_down_is_stopped_too(bot, links):
    """It was accepted, and claimed again a minute later: sixty times an hour, without a guard."""
    await put(bot, owed(bot, links[0], "again and again"))
    rules = outbox.Rules(ceiling=5)
    got = 0
    for _ in range(30):
        claimed = await bot.database.write(
            lambda c: outbox.claim(c, "test", bot.clock(), 5, rules=rules)
        )
        got += len(claimed)
        bot.clock.at += outbox.LEASE + timedelta(seconds=1)
    assert got == 5 and await bot.database.read(storm.count) == 1


async def test_what_never_left_does_not_count(bot, links):
    await put(bot, owed(bot, links[0], "no network"))
    rules = outbox.Rules(ceiling=3)
    for _ in range(10):
        (message,) = await bot.database.write(
            lambda c: outbox.claim(c, "test", bot.clock(), 5, rules=rules)
        )
        await bot.database.write(
            lambda c, number=message.id: outbox.postpone(c, number, bot.clock(), "no network")
        )
    assert await bot.database.read(storm.count) == 0


async def test_several_senders_keep_one_ceiling(postgres_url):
    """Two processes, two channels each, a storm at ten people at once."""
    one = await Bot.opened(postgres_url)
    two = Bot(Database(postgres_url), one.clock)
    one.house.pushes_a_day = two.house.pushes_a_day = MANY

    def storm_of(connection):
        for n in range(10):
            person, first = people.welcome(connection, "test", f"p{n}", "vi", one.clock())
            second = people.link(connection, person, "coded", f"q{n}", one.clock())
            outbox.put(
                connection,
                [
                    owed(one, link, f"{at}", channel)
                    for at in range(30)
                    for link, channel in ((first, "test"), (second, "coded"))
                ],
            )

    await one.database.write(storm_of)

    async def send(bot, sender):
        for _ in range(300):
            await sender.drain()
            if not await bot.database.read(outbox.waiting):
                return
            await asyncio.sleep(0.002)

    await asyncio.gather(*(send(bot, sender) for bot in (one, two) for sender in bot.senders))
    count = {}
    for bot in (one, two):
        for channel in bot.channels.values():
            for address, said in channel.said.items():
                count[address[1:]] = count.get(address[1:], 0) + len(said)
    assert count == {f"{n}": CEILING for n in range(10)}
    assert await one.database.read(storm.count) == 10 * (60 - CEILING)
    for bot in (one, two):
        await bot.database.close()


async def test_a_flood_at_one_address_keeps_nobody_else_waiting(bot, links):
    """Even alarms, which no ceiling stops: each address has its own turn."""
    await put(bot, *(owed(bot, links[0], f"{n}", kind="alarm") for n in range(500)))
    other = await bot.database.write(
        lambda c: people.welcome(c, "test", "other", "vi", bot.clock())[1]
    )
    await put(bot, owed(bot, other, "me too"))
    first = await bot.database.write(lambda c: outbox.claim(c, "test", bot.clock(), 20))
    then = await bot.database.write(
        lambda c: outbox.claim(c, "test", bot.clock(), 20, busy={links[0]})
    )
    assert [m.link_id for m in first] == [links[0]]
    assert [m.link_id for m in then] == [other]


# --- while somebody fills in a form, and at night -------------------------------------------------


async def test_a_push_waits_behind_the_form_that_somebody_fills_in(bot):
    await bot.says("a", "/bao")
    await bot.says("a", "1")
    link = (await bot.database.read(lambda c: people.by_address(c, "test", "a"))).link_id
    await put(bot, owed(bot, link, "the news"), owed(bot, link, "ALARM", kind="alarm"))
    await bot.work()
    assert bot.heard("a").endswith("ALARM")
    bot.clock.at += timedelta(minutes=3)
    await bot.says("a", "2")
    await bot.work()
    assert "the news" not in bot.heard("a")
    await bot.says("a", "/huy")
    await bot.work()
    assert bot.heard("a").endswith("the news")


async def test_after_some_minutes_of_silence_it_waits_no_longer(bot):
    await bot.says("a", "/bao")
    link = (await bot.database.read(lambda c: people.by_address(c, "test", "a"))).link_id
    await put(bot, owed(bot, link, "the news"))
    bot.clock.at += outbox.SILENCE - timedelta(seconds=1)
    await bot.work()
    assert "the news" not in bot.heard("a")
    bot.clock.at += timedelta(seconds=1)
    await bot.work()
    assert bot.heard("a").endswith("the news")


async def test_a_form_that_was_put_away_holds_nothing_back(bot):
    await bot.says("a", "/bao")
    await bot.says("a", "1")
    await bot.says("a", "/menu")
    link = (await bot.database.read(lambda c: people.by_address(c, "test", "a"))).link_id
    await put(bot, owed(bot, link, "the news"))
    await bot.work()
    assert bot.heard("a").endswith("the news")


async def test_what_may_wait_for_the_morning_does_not_leave_at_night(bot, links):
    await put(bot, owed(bot, links[0], "by day", by_day=True), owed(bot, links[0], "at any time"))

    def claim(night):
        rules = outbox.Rules(night=night)
        return lambda c: outbox.claim(c, "test", bot.clock(), 5, rules=rules)

    def nothing(night):
        return lambda c: outbox.nothing_due(c, "test", bot.clock(), outbox.Rules(night=night))

    (message,) = await bot.database.write(claim(True))
    assert message.payload["text"] == "at any time"
    await bot.database.write(lambda c: outbox.finish(c, message.id, "sent", bot.clock()))
    assert await bot.database.read(nothing(True))
    assert not await bot.database.read(nothing(False))
    (message,) = await bot.database.write(claim(False))
    assert message.payload["text"] == "by day"


async def test_an_expired_message_never_leaves_however_long_it_waited(bot, links):
    """Behind a form, behind the night, behind a closed channel: the moment of sending decides."""
    end = bot.clock() + timedelta(minutes=10)
    await put(bot, owed(bot, links[0], "too late", expires_at=end))
    await bot.database.write(
        lambda c: c.execute(update(table).values(not_before=end - timedelta(seconds=1)))
    )
    bot.clock.at = end
    await bot.work()
    assert sent(bot) == 0 and [row.outcome for row in await rows(bot)] == ["expired"]


async def test_what_belongs_to_an_emergency_does_not_wait_behind_a_form(bot):
    await bot.says("a", "/bao")
    link = (await bot.database.read(lambda c: people.by_address(c, "test", "a"))).link_id
    ahead = owed(bot, link, "your report was received") | {"priority": outbox.REPLY}
    await put(bot, owed(bot, link, "the news"), ahead)
    await bot.work()
    assert bot.heard("a").endswith("your report was received")
    assert "the news" not in bot.heard("a")
