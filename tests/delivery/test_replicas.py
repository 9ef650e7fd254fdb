"""Several processes on one PostgreSQL: each person one line, each message once."""

import asyncio
import random
from contextlib import suppress

import pytest
from sqlalchemy.exc import DBAPIError

from bot.channels import Raw
from bot.forms.short_texts import QUESTION
from bot.words import Say
from storage import inbox, outbox, people
from storage.database import Database
from tests.house import Bot

PEOPLE = [f"chat-{n}" for n in range(20)]


@pytest.fixture
async def bots(postgres_url):
    """Two of everything, on one database."""
    one = await Bot.opened(postgres_url)
    two = Bot(Database(postgres_url), one.clock)
    yield one, two
    for bot in (one, two):
        await bot.database.close()


def raw(address, number):
    at = "2026-11-20T09:30:00+00:00"
    payload = {"address": address, "event_id": f"e{number}", "text": f"{number}", "at": at}
    return Raw(f"e{number}", address, payload)


def answer(seen):
    """A handler that remembers what it kept, and answers with the number of the event."""

    def understand(incoming, desk):
        before = desk.draft("question")
        number = int(before[0].answers.get("last", 0)) + 1 if before else 1
        desk.begin(QUESTION, {"last": str(number)})
        desk.say(Say(f"{number}: {incoming.text}"))
        seen.append(incoming.text)

    return understand


async def until_done(bot, stop):
    """A worker that goes on until `stop`, as fast as it can."""
    while not stop.is_set():
        if not await bot.worker.step():
            await asyncio.sleep(0.005)


async def test_two_workers_handle_everybodys_events_in_order_and_once(bots, monkeypatch):
    """Each event counts on from the one before: a lost, doubled or swapped one would show."""
    monkeypatch.setattr("bot.delivery.worker.BATCH", 15)
    seen, dice, stop = [], random.Random(3), asyncio.Event()
    monkeypatch.setattr("bot.app.understand", answer(seen))
    events = [(dice.choice(PEOPLE), number) for number in range(300)]
    workers = [asyncio.create_task(until_done(bot, stop)) for bot in bots]
    for begin in range(0, 300, 20):
        await bots[begin // 20 % 2].intake.of("test")([raw(*e) for e in events[begin : begin + 20]])
        await asyncio.sleep(0)
    for _ in range(4000):
        if not await bots[0].waiting():
            break
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.gather(*workers)
    for sender in bots[0].senders:
        await sender.drain()
    said = bots[0].channels["test"].said
    for address in PEOPLE:
        mine = [number for sender, number in events if sender == address]
        texts = [say.text for say in said.get(address, [])]
        assert texts == [f"{count}: {number}" for count, number in enumerate(mine, 1)]
    assert sorted(map(int, seen)) == list(range(300))


async def test_both_workers_get_something_to_do(bots, monkeypatch):
    """The test above would also pass if one of them did nothing."""
    monkeypatch.setattr("bot.delivery.worker.BATCH", 3)
    monkeypatch.setattr("bot.app.understand", lambda incoming, desk: desk.say(Say("ok")))
    for bot in bots:
        await bot.worker.start()
    await bots[0].intake.of("test")([raw(PEOPLE[n % 20], n) for n in range(60)])
    handled = [0, 0]

    async def work(number):
        for _ in range(500):
            handled[number] += await bots[number].worker.step()
            if not await bots[number].waiting():
                return

    await asyncio.gather(work(0), work(1))
    assert sum(handled) == 60 and min(handled) > 5


async def test_two_workers_that_start_on_a_backlog_share_it_without_doubling(bots, monkeypatch):
    seen = []
    monkeypatch.setattr("bot.app.understand", answer(seen))
    await bots[0].intake.of("test")([raw(PEOPLE[n % 7], n) for n in range(100)])

    async def work(bot):
        for _ in range(500):
            await bot.worker.step()
            if not await bot.waiting():
                return
        raise AssertionError("it never ended")

    await asyncio.gather(*map(work, bots))
    assert sorted(map(int, seen)) == list(range(100))
    assert await bots[0].database.read(inbox.parked) == []


async def test_a_failing_event_is_set_apart_once_by_whichever_worker(bots, monkeypatch):
    def understand(incoming, desk):
        if incoming.text == "0":
            raise KeyError
        desk.say(Say(incoming.text))

    monkeypatch.setattr("bot.app.understand", understand)
    for bot in bots:
        await bot.worker.start()
    await bots[0].intake.of("test")([raw("a", n) for n in range(5)])

    async def work(bot):
        for _ in range(200):
            await bot.worker.step()
            if not await bot.waiting():
                return

    await asyncio.gather(*map(work, bots))
    await bots[0].senders[0].drain()
    told = [say.text for say in bots[0].channels["test"].said["a"]]
    assert len(await bots[0].database.read(inbox.parked)) == 1
    assert "111" in told[0] and told[1:] == ["1", "2", "3", "4"]


async def test_two_senders_on_one_channel_send_nothing_twice(bots):
    def welcome(connection):
        return [people.welcome(connection, "test", a, "vi", bots[0].clock())[1] for a in PEOPLE]

    links = await bots[0].database.write(welcome)

    def owe(connection, numbers):
        row = {"channel": "test", "kind": "reply", "priority": 5, "created_at": bots[0].clock()}
        rows = [row | {"link_id": links[n % 20], "payload": {"text": f"{n}"}} for n in numbers]
        outbox.put(connection, rows)

    async def send(bot):
        for _ in range(2000):
            await bot.senders[0].drain()
            if not await bot.database.read(outbox.waiting):
                return
            await asyncio.sleep(0.002)

    for start in range(0, 300, 50):  # in one go the quicker of them may send everything
        numbers = range(start, start + 50)
        await bots[0].database.write(lambda c, numbers=numbers: owe(c, numbers))
        await asyncio.gather(*map(send, bots if start % 100 else bots[::-1]))
    said = [bot.channels["test"] for bot in bots]
    assert sorted(int(once) for channel in said for once in channel.once) == sorted(
        {int(once) for channel in said for once in channel.once}
    )
    assert sum(len(channel.once) for channel in said) == 300
    assert min(len(channel.once) for channel in said) > 0
    for address in PEOPLE:
        heard = [int(say.text) for channel in said for say in channel.said.get(address, [])]
        assert sorted(heard) == list(range(int(address.split("-")[1]), 300, 20))


async def test_the_same_events_through_four_doors_at_once_are_kept_once(bots, postgres_url):
    """Platforms deliver again what was not acknowledged in time, to whichever replica answers."""
    dice, events = random.Random(9), [raw(PEOPLE[n % 20], n) for n in range(200)]
    doors = [Bot(Database(postgres_url), bots[0].clock) for _ in range(4)]
    deliveries = [dice.sample(events, len(events)) for _ in range(3)]
    portions = [
        delivery[begin : begin + size]
        for delivery, size in zip(deliveries, (1, 7, 60), strict=True)
        for begin in range(0, 200, size)
    ]
    dice.shuffle(portions)

    async def deliver(door, portion):
        """As platforms do: what was refused (two portions can block each other) comes again."""
        for _ in range(20):
            with suppress(DBAPIError):
                return await doors[door % 4].intake.of("test")(portion)
            door += 1
        raise AssertionError("it was never taken")

    new = await asyncio.gather(*(deliver(n, portion) for n, portion in enumerate(portions)))
    assert sum(new) == 200
    assert await bots[0].waiting() == 200
    kept = await bots[0].database.write(lambda c: inbox.claim(c, 1000))
    assert sorted(row.event_id for row in kept) == sorted(event.event_id for event in events)
    for door in doors:
        await door.database.close()
