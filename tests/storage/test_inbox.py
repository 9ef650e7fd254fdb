"""The inbox: an event is kept once, handled in order, by one worker at a time."""

import random
from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from storage import inbox, people
from tests.house import START


def event(number, address="a", channel="test"):
    return channel, f"e{number}", address, {"text": f"words of {number}"}


def put(*events, now=START):
    return lambda connection: inbox.put(connection, events, now)


def ids(arrived):
    return [row.event_id for row in arrived]


def claim(limit=100, only=None):
    return lambda connection: inbox.claim(connection, limit, only)


async def test_an_event_received_twice_is_kept_once(database):
    assert await database.write(put(event(1))) == [0]
    assert await database.write(put(event(1))) == []
    assert await database.write(put(event(1), event(2), event(1), event(3))) == [1, 3]
    assert ids(await database.write(claim())) == ["e1", "e2", "e3"]


async def test_an_event_that_stands_twice_in_one_delivery_is_kept_once(database):
    assert len(await database.write(put(event(1), event(1)))) == 1
    assert ids(await database.write(claim())) == ["e1"]


async def test_the_first_of_two_versions_counts(database):
    await database.write(put(("test", "e1", "a", {"text": "first"})))
    await database.write(put(("test", "e1", "a", {"text": "second"})))
    (kept,) = await database.write(claim())
    assert kept.payload == {"text": "first"}


async def test_channels_do_not_share_their_numbers(database):
    assert await database.write(put(event(1), event(1, channel="coded"))) == [0, 1]


async def test_nothing_received_is_nothing_kept(database):
    assert await database.write(put()) == []


async def test_events_wait_in_the_order_in_which_they_came(database):
    numbers = random.Random(5).sample(range(1000), 120)
    await database.write(put(*(event(n) for n in numbers[:70])))
    for n in numbers[70:75]:
        await database.write(put(event(n)))
    await database.write(put(*(event(n) for n in numbers[75:])))
    assert ids(await database.write(claim(1000))) == [f"e{n}" for n in numbers]
    assert ids(await database.write(claim(7))) == [f"e{n}" for n in numbers[:7]]


async def test_what_is_done_is_not_claimed_again_and_stays_known(database):
    await database.write(put(event(1), event(2)))
    (first, _) = await database.write(claim())
    await database.write(lambda c: inbox.done(c, [first.id], START))
    assert ids(await database.write(claim())) == ["e2"]
    assert await database.write(put(event(1))) == []
    assert await database.read(inbox.waiting) == (1, START)


async def test_half_an_emoji_does_not_stop_the_line(database):
    cut = ("test", "e1", "a", {"text": "chào \ud83d"})
    await database.write(put(cut, event(2)))
    found = await database.write(claim())
    assert [row.payload["text"] for row in found] == ["chào \ud83d", "words of 2"]


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=30))
def test_whatever_is_delivered_in_whatever_portions_is_kept_once_in_order(deliveries):
    """In memory: SQLAlchemy's own SQLite, one connection, many examples."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    told, portion = [], []
    with engine.begin() as connection:
        for number, ends in deliveries:
            portion.append(event(number))
            if ends:
                told += [portion[n][1] for n in inbox.put(connection, portion, START)]
                portion = []
        told += [portion[n][1] for n in inbox.put(connection, portion, START)]
        expected = list(dict.fromkeys(f"e{number}" for number, _ in deliveries))
        assert ids(inbox.claim(connection, 100)) == expected
        assert told == expected
    engine.dispose()


# --- one by one -------------------------------------------------------------------------------


async def known(database, **addresses):
    """People, each with the addresses they write from."""

    def make(connection):
        for those in addresses.values():
            person, _ = people.welcome(connection, "test", those[0], "vi", START)
            for other in those[1:]:
                people.link(connection, person, "coded", other, START)

    await database.write(make)


async def test_one_event_is_claimed_only_if_it_is_the_first_of_its_person(database):
    await known(database, lan=["a", "a2"])
    await database.write(put(event(1, "a"), event(2, "b"), event(3, "a"), event(4, "b")))
    await database.write(put(event(5, "a2", "coded")))
    rows = {row.event_id: row.id for row in await database.write(claim())}

    async def one(name):
        return ids(await database.write(claim(1, rows[name])))

    assert [await one(f"e{n}") for n in range(1, 6)] == [["e1"], ["e2"], [], [], []]
    await database.write(lambda c: inbox.done(c, [rows["e1"], rows["e3"]], START))
    assert [await one(f"e{n}") for n in range(1, 6)] == [[], ["e2"], [], [], ["e5"]]


async def test_the_first_of_each_person_are_found_oldest_first(database):
    await known(database, lan=["a", "a2"])
    await database.write(put(event(1, "b"), event(2, "a"), event(3, "b")))
    await database.write(put(event(4, "a2", "coded"), event(5, "c"), event(6, "")))
    rows = {row.id: row.event_id for row in await database.write(claim())}

    async def first(until=1000, limit=100):
        found = await database.read(lambda c: inbox.first_of_each(c, until, limit))
        return [rows[number] for number in found]

    assert await first() == ["e1", "e2", "e5", "e6"]
    assert await first(limit=2) == ["e1", "e2"]
    assert await first(until=min(rows) + 1) == ["e1", "e2"]
    assert await database.read(inbox.newest_waiting) == max(rows)


# --- set apart --------------------------------------------------------------------------------


async def test_what_is_parked_leaves_the_line_and_can_be_put_back(database):
    await database.write(put(event(1), event(2)))
    first, second = await database.write(claim())
    await database.write(lambda c: inbox.tried(c, first.id, "KeyError"))
    await database.write(lambda c: inbox.park(c, first.id, "KeyError" * 200, START))
    assert ids(await database.write(claim())) == ["e2"]
    ((number, channel, when, why),) = await database.read(inbox.parked)
    assert (number, channel, when, why) == (first.id, "test", START, ("KeyError" * 200)[:500])

    assert await database.write(lambda c: inbox.retry_parked(c, second.id)) == 0
    assert await database.write(lambda c: inbox.retry_parked(c, first.id)) == 1
    assert await database.read(inbox.parked) == []
    again, _ = await database.write(claim())
    assert (again.event_id, again.attempts, again.payload) == ("e1", 0, first.payload)


async def test_everything_parked_can_be_put_back_at_once(database):
    await database.write(put(event(1), event(2), event(3)))
    for row in await database.write(claim()):
        await database.write(lambda c, row=row: inbox.park(c, row.id, "?", START))
    assert await database.write(inbox.retry_parked) == 3
    assert len(await database.write(claim())) == 3


async def test_old_events_are_forgotten_but_not_what_waits_or_is_parked(database):
    await database.write(put(event(1), event(2), event(3)))
    first, second, _ = await database.write(claim())
    await database.write(lambda c: inbox.done(c, [first.id], START))
    await database.write(lambda c: inbox.park(c, second.id, "?", START))
    keep = timedelta(days=30)
    assert await database.write(lambda c: inbox.purge(c, START + keep, keep)) == 0
    later = START + keep + timedelta(seconds=1)
    assert await database.write(lambda c: inbox.purge(c, later, keep)) == 1
    assert ids(await database.write(claim())) == ["e3"]
    assert len(await database.read(inbox.parked)) == 1


# --- several workers, on PostgreSQL -----------------------------------------------------------


@pytest.fixture
async def workers(postgres_url):
    """Two connections, each of which can leave a transaction open."""
    engine = create_async_engine(postgres_url)
    async with engine.connect() as one, engine.connect() as other:
        yield one, other
    await engine.dispose()


async def test_while_one_worker_has_a_person_no_other_gets_anything_of_theirs(workers):
    one, other = workers
    await one.run_sync(put(*(event(n, "abc"[n % 3]) for n in range(9))))
    await one.commit()

    mine = await one.run_sync(claim(2))  # two events, of a and of b
    assert ids(mine) == ["e0", "e1"]
    theirs = await other.run_sync(claim(100))
    assert ids(theirs) == ["e2", "e5", "e8"]  # of c only
    await one.run_sync(lambda c: inbox.done(c, [row.id for row in mine], START))
    await one.commit()
    await other.rollback()
    assert ids(await other.run_sync(claim(100))) == [f"e{n}" for n in range(2, 9)]


async def test_what_a_worker_that_died_had_claimed_is_free_again(workers):
    one, other = workers
    await one.run_sync(put(event(1)))
    await one.commit()
    assert ids(await one.run_sync(claim())) == ["e1"]
    assert ids(await other.run_sync(claim())) == []
    await one.rollback()
    assert ids(await other.run_sync(claim())) == ["e1"]


async def test_two_addresses_of_one_person_are_one_line(workers, postgres_url):
    one, other = workers

    def make(connection):
        person, _ = people.welcome(connection, "test", "a", "vi", START)
        people.link(connection, person, "coded", "a2", START)
        inbox.put(connection, [event(1, "a"), event(2, "a2", "coded")], START)

    await one.run_sync(make)
    await one.commit()
    assert ids(await one.run_sync(claim(1))) == ["e1"]
    assert ids(await other.run_sync(claim())) == []


async def test_a_stranger_who_becomes_somebody_meanwhile_is_not_handled_twice(workers):
    one, other = workers
    await one.run_sync(put(event(1), event(2)))
    await one.commit()
    (first,) = await one.run_sync(claim(1))
    await one.run_sync(lambda c: people.welcome(c, "test", "a", "vi", START))
    await one.run_sync(lambda c: inbox.done(c, [first.id], START))
    assert ids(await other.run_sync(claim())) == []
    await other.rollback()
    await one.commit()
    assert ids(await other.run_sync(claim())) == ["e2"]


async def test_one_event_is_not_claimed_while_its_person_is_another_workers(workers):
    one, other = workers
    await one.run_sync(put(event(1), event(2)))
    await one.commit()
    first, second = await one.run_sync(claim())
    assert ids(await other.run_sync(claim(1, first.id))) == []
    await one.run_sync(lambda c: inbox.done(c, [first.id], START))
    await one.commit()
    await other.rollback()
    assert ids(await other.run_sync(claim(1, first.id))) == []
    assert ids(await other.run_sync(claim(1, second.id))) == ["e2"]


async def test_workers_that_take_turns_at_random_never_share_a_person(workers):
    dice = random.Random(11)
    events = [event(n, dice.choice("abcdef")) for n in range(60)]
    one, other = workers
    await one.run_sync(put(*events))
    await one.commit()
    handled, held = defaultdict(list), {one: [], other: []}
    for _ in range(400):
        worker = dice.choice(workers)
        if held[worker] and dice.random() < 0.2:  # it dies, or fails
            await worker.rollback()
            held[worker] = []
        elif held[worker]:
            for row in held[worker]:
                handled[row.sender].append(row.event_id)
            numbers = [row.id for row in held[worker]]
            await worker.run_sync(lambda c, numbers=numbers: inbox.done(c, numbers, START))
            await worker.commit()
            held[worker] = []
        else:
            held[worker] = await worker.run_sync(claim(dice.randint(1, 5)))
            if not held[worker]:
                await worker.rollback()
        both = [{row.sender for row in rows} for rows in held.values()]
        assert not both[0] & both[1]
    for sender, order in handled.items():
        wanted = [e[1] for e in events if inbox.sender_index("test", e[2]) == sender]
        assert order == wanted
    assert sum(map(len, handled.values())) == 60
