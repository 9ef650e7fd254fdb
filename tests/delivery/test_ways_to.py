"""Which of their links people are written to: one that rings, one that is set up, in danger all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.desk import House
from bot.desk.telling import tell, ways_to
from bot.windows import Terms
from bot.words import Say
from storage import outbox, people, reaching
from tests.house import START

HOUR = timedelta(hours=1)
TERMS = {
    "web": Terms(rings=False),
    "telegram": Terms(),
    "zalo_oa": Terms(timedelta(hours=48), timedelta(days=7), 55),
}


@pytest.fixture
def house():
    return House({"telegram": "code_only", "web": "full"}, "https://x.example", terms=TERMS)


async def person(bot, *seen, role="officer"):
    """Somebody with these links, (channel, how long ago it was used); the person's number."""

    def make(connection):
        (channel, ago), *others = seen
        address = f"{role}-{channel}"
        number, _ = people.welcome(connection, channel, address, "vi", START - ago)
        for channel, ago in others:
            people.link(connection, number, channel, f"{role}-{channel}", START - ago)
        if role:
            people.grant(connection, number, role, "DM-VL", START)
        return number

    return await bot.database.write(make)


async def told(bot, house, number, priority=outbox.UNCOUNTED, kind="push", once="once"):
    """To which channels something is told."""

    def work(connection):
        build = lambda _: Say("news")  # noqa: E731
        rows = tell(connection, house, [number], build, bot.clock(), once, kind, priority=priority)
        outbox.put(connection, rows)
        return [row["channel"] for row in rows]

    return await bot.database.write(work)


async def test_news_rings_though_a_page_was_looked_at_last(bot, house):
    """A case was opened on the web by its link, then the browser was closed."""
    number = await person(bot, ("telegram", HOUR), ("web", timedelta(0)))
    assert await told(bot, house, number) == ["telegram", "web"]
    assert await told(bot, house, number, priority=None, once="reminder") == ["telegram"]
    assert await told(bot, house, number, kind="alarm") == ["telegram", "web"]


async def test_the_page_is_written_to_only_while_it_was_looked_at_last(bot, house):
    number = await person(bot, ("telegram", timedelta(0)), ("web", HOUR))
    assert await told(bot, house, number) == ["telegram"]


async def test_what_belongs_to_an_emergency_goes_to_every_open_link(bot, house):
    number = await person(
        bot, ("telegram", timedelta(0)), ("web", HOUR), ("zalo_oa", timedelta(days=8))
    )
    assert await told(bot, house, number, priority=outbox.REPLY) == ["telegram", "web"]
    assert await told(bot, house, number, priority=outbox.REPLY) == ["telegram"]  # owed already


async def test_a_phone_that_costs_rings_rather_than_a_page_stays_unseen(bot, house):
    number = await person(bot, ("zalo_oa", timedelta(days=3)), ("web", timedelta(0)))
    assert await told(bot, house, number) == ["zalo_oa", "web"]


async def test_who_reports_hears_where_they_wrote_last_and_nowhere_else(bot, house):
    """Another phone may be in other hands."""
    number = await person(bot, ("telegram", HOUR), ("web", timedelta(0)), role="")
    assert await told(bot, house, number) == ["web"]
    assert await told(bot, house, number, priority=outbox.REPLY, once="more") == ["web"]


async def test_only_what_is_set_up_is_written_to(bot, house):
    number = await person(bot, ("gone", timedelta(0)), ("telegram", HOUR))
    assert await told(bot, house, number) == ["telegram"]
    assert await told(bot, house, number, kind="alarm") == ["telegram"]
    alone = await person(bot, ("gone", timedelta(0)), role="leader")
    assert await bot.database.read(lambda c: ways_to(c, house, [alone], START)) == {}


async def test_what_waits_for_a_channel_that_is_no_more_goes_by_another(bot):
    """The tests' bot has the channels "test" and "coded"."""
    await person(bot, ("gone", timedelta(0)), ("test", HOUR))
    await person(bot, ("gone", timedelta(0)), role="leader")
    everything = House()
    rows = []
    for number in (1, 2):
        at = f"{number}"
        rows += await bot.database.write(lambda c, at=at: owed(c, everything, bot.clock(), at))
    await bot.tick()
    said = bot.channels["test"].said
    assert [say.text for say in said["officer-test"]] == ["news 1", "news 2"]
    await bot.tick(reaching.STRANDED + timedelta(minutes=1))
    left = await bot.database.read(
        lambda c: c.execute(
            select(outbox.outbox.c.outcome).where(outbox.outbox.c.once.like("once%"))
        ).all()
    )
    assert sorted(row[0] for row in left) == ["refused"] * 2 + ["sent"] * 2


def owed(connection, house, now, at):
    everybody = people.on_duty(connection, None, "officer", "leader")
    gone = [
        person
        for person, ways in ways_to(connection, house, everybody, now).items()
        if ways[0].channel == "gone"
    ]
    rows = tell(connection, house, gone, lambda _: Say(f"news {at}"), now, f"once{at}")
    outbox.put(connection, rows)
    return rows
