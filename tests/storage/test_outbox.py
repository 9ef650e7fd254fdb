"""The outbox: owed once, claimed by one sender, the urgent first, one at a time per address."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from storage import outbox, people
from storage.records.queues import OutboxMessage
from tests.house import START

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def links(database):
    """Three addresses: the link ids."""
    return await database.write(three_links)


def three_links(connection):
    return [people.welcome(connection, "test", a, "vi", START)[1] for a in ("a", "b", "c")]


def row(link, text, priority=outbox.REPLY, **more):
    return {
        "link_id": link,
        "channel": "test",
        "kind": "reply",
        "priority": priority,
        "payload": {"text": text},
        "created_at": START,
        **more,
    }


def put(*rows):
    return lambda connection: outbox.put(connection, rows)


def claim(now=START, limit=100, busy=(), channel="test"):
    return lambda connection: outbox.claim(connection, channel, now, limit, busy)


def texts(owed):
    return [message.payload["text"] for message in owed]


def finish(message, outcome="sent", now=START):
    return lambda connection: outbox.finish(connection, message.id, outcome, now)


async def test_a_message_with_a_key_is_owed_once_for_ever(database, links):
    await database.write(put(row(links[0], "first", once="k"), row(links[1], "second", once="k")))
    (owed,) = await database.write(claim())
    assert owed.payload == {"text": "first"}
    await database.write(finish(owed))
    await database.write(put(row(links[0], "again", once="k")))
    await database.write(lambda c: outbox.purge(c, START + timedelta(days=60), timedelta(days=30)))
    await database.write(put(row(links[0], "and again", once="k")))
    assert await database.write(claim()) == []


async def test_messages_without_a_key_are_all_owed(database, links):
    await database.write(put(row(links[0], "a"), row(links[1], "a"), row(links[2], "a")))
    assert len(await database.write(claim())) == 3


async def test_an_address_gets_one_message_at_a_time_in_order(database, links):
    await database.write(put(*(row(links[n % 2], f"{n}") for n in range(6))))
    heard = []
    while owed := await database.write(claim()):
        assert len({message.link_id for message in owed}) == len(owed) == 2
        assert await database.write(claim()) == []
        heard += texts(owed)
        for message in owed:
            await database.write(finish(message))
    assert heard == ["0", "1", "2", "3", "4", "5"]


async def test_the_urgent_go_first_then_the_old(database, links):
    await database.write(
        put(
            row(links[0], "a push", outbox.PUSH),
            row(links[1], "a reply"),
            row(links[2], "a later reply"),
            row(links[0], "an alarm", outbox.ALARM),
        )
    )
    assert texts(await database.write(claim(limit=1))) == ["an alarm"]
    assert texts(await database.write(claim())) == ["a reply", "a later reply"]


async def test_no_more_are_claimed_than_asked_for_and_none_for_who_is_busy(database, links):
    await database.write(put(*(row(link, "x") for link in links)))
    owed = await database.write(claim(limit=2, busy=[links[0]]))
    assert [message.link_id for message in owed] == links[1:]
    assert await database.write(claim(busy=[links[0]])) == []


async def test_one_address_with_very_much_to_hear_does_not_keep_the_others_waiting(database, links):
    await database.write(put(*(row(links[0], f"{n}") for n in range(200)), row(links[1], "me too")))
    claimed = []
    for _ in range(3):  # asking again, while the first is on its way
        claimed += texts(await database.write(claim(limit=5, busy=[links[0]] if claimed else [])))
    assert "me too" in claimed


async def test_not_before_means_not_before(database, links):
    await database.write(put(row(links[0], "later", not_before=START + MINUTE)))
    assert await database.read(lambda c: outbox.nothing_due(c, "test", START))
    assert await database.write(claim()) == []
    assert not await database.read(lambda c: outbox.nothing_due(c, "test", START + MINUTE))
    assert texts(await database.write(claim(START + MINUTE))) == ["later"]


async def test_a_channel_claims_its_own_messages_only(database, links):
    await database.write(put(row(links[0], "x", channel="coded")))
    assert await database.write(claim()) == []
    assert await database.read(lambda c: outbox.nothing_due(c, "test", START))
    assert len(await database.write(claim(channel="coded"))) == 1


async def test_a_claim_lapses_so_that_a_dead_sender_keeps_nothing(database, links):
    await database.write(put(row(links[0], "x"), row(links[0], "y")))
    assert texts(await database.write(claim())) == ["x"]
    lease = outbox.LEASE
    assert await database.write(claim(START + lease)) == []
    assert texts(await database.write(claim(START + lease + timedelta(seconds=1)))) == ["x"]


async def test_what_is_being_sent_still_is_nobody_elses(database, links):
    await database.write(put(row(links[0], "slow"), row(links[1], "done")))
    slow, done = await database.write(claim())
    await database.write(lambda c: outbox.finish(c, done.id, "sent", START))
    for minutes in range(1, 5):
        now = START + minutes * MINUTE
        await database.write(lambda c, now=now: outbox.renew(c, [slow.id, done.id], now))
        assert await database.write(claim(now + MINUTE)) == []
    await database.write(lambda c: outbox.postpone(c, slow.id, START, "no network"))
    await database.write(lambda c: outbox.renew(c, [slow.id], START))
    assert texts(await database.write(claim())) == ["slow"]


async def test_what_a_dead_sender_had_claimed_keeps_no_alarm_waiting(database, links):
    await database.write(put(row(links[0], "menu")))
    await database.write(claim())
    alarm = row(links[0], "ALARM", outbox.ALARM, kind="alarm")
    await database.write(put(row(links[0], "later"), alarm))
    assert texts(await database.write(claim())) == ["ALARM"]
    assert await database.write(claim()) == []


async def test_on_the_start_of_the_only_sender_claims_are_free_at_once(database, links):
    await database.write(put(row(links[0], "x"), row(links[1], "y", channel="coded")))
    await database.write(claim())
    await database.write(claim(channel="coded"))
    await database.write(lambda c: outbox.release_claims(c, "test"))
    assert texts(await database.write(claim())) == ["x"]
    assert await database.write(claim(channel="coded")) == []


async def test_what_failed_is_tried_again_when_it_was_told_to(database, links):
    await database.write(put(row(links[0], "x")))
    (owed,) = await database.write(claim())
    await database.write(lambda c: outbox.postpone(c, owed.id, START + MINUTE, "no network"))
    assert await database.write(claim()) == []
    assert await database.read(lambda c: outbox.next_due(c, "test")) == START + MINUTE
    (again,) = await database.write(claim(START + MINUTE))
    assert again.attempts == 1


async def test_the_words_of_settled_messages_are_forgotten_the_rows_stay(database, links):
    await database.write(put(row(links[0], "old"), row(links[1], "not sent yet")))
    (old, _) = await database.write(claim())
    await database.write(finish(old))
    later = START + timedelta(days=31)
    assert await database.write(lambda c: outbox.purge(c, later, timedelta(days=30))) == 1
    assert await database.write(lambda c: outbox.purge(c, later, timedelta(days=30))) == 0
    table = OutboxMessage.__table__
    kept = select(table.c.payload, table.c.outcome).order_by(table.c.id)
    rows = await database.read(lambda c: c.execute(kept).all())
    assert rows == [(None, "sent"), ({"text": "not sent yet"}, None)]


async def test_what_is_still_owed_to_somebody_can_be_dropped(database, links):
    await database.write(put(row(links[0], "x"), row(links[0], "y"), row(links[1], "z")))
    sent, _ = await database.write(claim())
    await database.write(finish(sent))
    await database.write(lambda c: outbox.forget(c, [links[0]]))
    assert await database.read(outbox.waiting) == {("test", "reply"): 1}
    table = OutboxMessage.__table__
    assert len(await database.read(lambda c: c.execute(select(table.c.id)).all())) == 2


async def test_a_message_that_cannot_be_decrypted_keeps_nobody_else_waiting(database, links):
    """Its key may be known to another replica already, or again tomorrow: it stays."""
    await database.write(put(*(row(link, f"{n}") for n in range(2) for link in links)))
    cut = "UPDATE outbox SET payload = substr(payload, 1, 20)"
    oldest = "WHERE id = (SELECT min(id) FROM outbox)"
    await database.write(lambda c: c.exec_driver_sql(f"{cut} {oldest}"))
    for _ in range(2):
        owed = await database.write(claim())
        for message in owed:
            await database.write(finish(message))
        assert [message.link_id for message in owed] in (links[1:], links)
    assert await database.write(claim()) == []
    assert await database.read(outbox.waiting) == {("test", "reply"): 1}
    assert await database.read(lambda c: outbox.next_due(c, "test")) == START + 5 * MINUTE


async def test_of_two_senders_one_gets_each_message(postgres_url):
    engine = create_async_engine(postgres_url)
    async with engine.connect() as one, engine.connect() as other:
        links = await one.run_sync(three_links)
        await one.run_sync(put(*(row(link, f"{link} {n}") for n in range(3) for link in links)))
        await one.commit()
        mine = await one.run_sync(claim(limit=2))
        waiting = other.run_sync(claim(limit=3))  # waits for the rows that `one` has
        task = asyncio.ensure_future(waiting)
        await asyncio.sleep(0.1)
        await one.commit()
        theirs = await task
        await other.commit()
        assert {m.link_id for m in mine} | {m.link_id for m in theirs} == set(links)
        assert not {m.id for m in mine} & {m.id for m in theirs}
        assert len(mine) + len(theirs) == 3
        assert await one.run_sync(claim()) == []
        await one.commit()
    await engine.dispose()
