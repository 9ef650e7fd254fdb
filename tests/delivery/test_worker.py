"""The worker: in order, once, and what cannot be handled is set apart without harming others."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from bot.channels import Malformed, Raw
from bot.delivery.worker import ATTEMPTS, BATCH, CRASHES
from bot.words import Say
from storage import inbox, people
from storage.records.people import Person
from storage.records.queues import InboxEvent, OutboxMessage
from storage.trouble import is_the_databases
from tests.house import Bot

table = InboxEvent.__table__


class Handler:
    """Answers "ok TEXT" and remembers; texts in `fails` raise so many times."""

    def __init__(self):
        self.fails, self.seen, self.tried = {}, [], []

    def __call__(self, incoming, desk):
        self.tried.append(incoming.text)
        desk.say(Say(f"ok {incoming.text}"))
        people.change(desk.connection, desk.person.person_id, name=incoming.text)
        if self.fails.get(incoming.text, 0):
            self.fails[incoming.text] -= 1
            raise KeyError(incoming.text)
        self.seen.append((incoming.address, incoming.text))

    def order(self, address):
        return [text for sender, text in self.seen if sender == address]


@pytest.fixture
def handler(monkeypatch):
    found = Handler()
    monkeypatch.setattr("bot.app.understand", found)
    return found


async def receive(house, *events):
    """Events as "address text", in one delivery."""
    raws = []
    for event in events:
        address, _, text = event.partition(" ")
        house.count += 1
        payload = {
            "address": address,
            "event_id": f"e{house.count}",
            "text": text,
            "at": house.clock().isoformat(),
        }
        raws.append(Raw(payload["event_id"], address, payload))
    await house.intake.of("test")(raws)


async def rows(house):
    """(event id, attempts, done, parked) of every event."""
    columns = (table.c.event_id, table.c.attempts, table.c.done_at, table.c.parked_at)
    found = await house.database.read(
        lambda c: c.execute(select(*columns).order_by(table.c.id)).all()
    )
    return [(row[0], row[1], row[2] is not None, row[3] is not None) for row in found]


async def names(house):
    """What was written about each person, by the handler."""
    found = await house.database.read(lambda c: c.execute(select(Person.__table__.c.name)).all())
    return {row.name for row in found}


def told(house, address):
    return [say.text for say in house.channels["test"].said.get(address, [])]


async def settled(house):
    """A worker that has looked at what lay there before, as after the first second of a day."""
    await house.worker.step()
    assert house.worker._careful_until == 0


async def test_everybodys_events_are_handled_in_their_order(bot, handler, monkeypatch):
    monkeypatch.setattr("bot.delivery.worker.BATCH", 7)
    await settled(bot)
    events = [f"{'abc'[n * n % 3]} {n}" for n in range(100)]
    for begin in range(0, 100, 9):
        await receive(bot, *events[begin : begin + 9])
        await bot.worker.step()
    await bot.work()
    for address in "abc":
        mine = [event.split()[1] for event in events if event[0] == address]
        assert handler.order(address) == mine
        assert told(bot, address) == [f"ok {text}" for text in mine]
    assert len(handler.tried) == 100


async def test_a_failing_event_is_tried_three_times_then_parked_and_the_person_told(bot, handler):
    handler.fails["poison"] = 100
    await settled(bot)
    await receive(bot, "a poison")
    for attempt in (1, 2):
        await bot.worker.step()
        assert await rows(bot) == [("e1", attempt, False, False)]
    await bot.worker.step()
    assert await rows(bot) == [("e1", ATTEMPTS, True, True)]
    await bot.work()
    assert handler.tried == ["poison"] * ATTEMPTS
    assert len(told(bot, "a")) == 1 and "ok" not in told(bot, "a")[0]
    assert "111" in told(bot, "a")[0]
    assert "poison" not in await names(bot)
    ((_, channel, when, why),) = await bot.database.read(inbox.parked)
    assert (channel, when) == ("test", bot.clock())
    assert why.startswith("KeyError in __call__ (test_worker.py:") and "poison" not in why


async def test_who_comes_after_a_failing_event_of_somebody_else_does_not_wait(bot, handler):
    handler.fails["poison"] = 100
    await settled(bot)
    await receive(bot, "b 1", "a poison", "b 2", "c 1")
    await bot.worker.step()
    assert handler.order("b") == ["1", "2"] and handler.order("c") == ["1"]


async def test_ones_own_later_events_are_held_until_then_and_keep_their_order(bot, handler):
    handler.fails["poison"] = 100
    await settled(bot)
    await receive(bot, "a 1", "a poison", "a 2", "b 1", "a 3")
    await bot.worker.step()
    await receive(bot, "a 4")
    await bot.worker.step()
    assert handler.order("a") == ["1"]
    assert [row[1] for row in await rows(bot)] == [0, 2, 0, 0, 0, 0]  # held is not tried
    await bot.work()
    assert handler.order("a") == ["1", "2", "3", "4"]
    heard = told(bot, "a")
    assert (heard[0], heard[2:]) == ("ok 1", ["ok 2", "ok 3", "ok 4"])
    assert "111" in heard[1]  # the apology stands where the answer would have


async def test_a_person_is_one_line_over_all_their_channels(bot, handler):
    handler.fails["poison"] = 100
    person, _ = await bot.database.write(
        lambda c: people.welcome(c, "test", "a", "vi", bot.clock())
    )
    await bot.database.write(lambda c: people.link(c, person, "coded", "a2", bot.clock()))
    await settled(bot)
    await receive(bot, "a poison")
    await bot.receive("a2", "coded", text="elsewhere")
    await bot.worker.step()
    assert handler.seen == []
    await bot.work()
    assert handler.seen == [("a2", "elsewhere")]


async def test_what_works_at_the_third_try_has_one_effect_and_no_apology(bot, handler):
    handler.fails["sometimes"] = ATTEMPTS - 1
    await settled(bot)
    await receive(bot, "a sometimes", "a 2")
    await bot.work()
    assert told(bot, "a") == ["ok sometimes", "ok 2"]
    assert [row[2:] for row in await rows(bot)] == [(True, False)] * 2


async def test_what_was_parked_can_be_tried_again_after_the_repair(bot, handler):
    handler.fails["poison"] = ATTEMPTS
    await settled(bot)
    await receive(bot, "a poison")
    await bot.work()
    assert await bot.database.write(inbox.retry_parked) == 1
    await bot.work()
    assert told(bot, "a")[-1] == "ok poison"
    assert await bot.database.read(inbox.parked) == []


async def test_what_cannot_be_read_is_parked_at_once_and_the_line_goes_on(bot, handler):
    read = bot.channels["test"].translate

    def translate(raw):
        if raw["text"] == "unreadable":
            raise Malformed("no sender")
        return read(raw)

    bot.channels["test"].translate = translate
    await settled(bot)
    await receive(bot, "a 1", "a unreadable", "a 2")
    await bot.worker.step()
    assert [row[2:] for row in await rows(bot)] == [(True, False), (True, True), (True, False)]
    await bot.work()
    assert told(bot, "a") == ["ok 1", "ok 2"]
    assert (await bot.database.read(inbox.parked))[0][3] == "malformed: no sender"


async def test_what_breaks_the_reading_holds_up_nobody_else_and_quotes_nothing(bot, handler):
    read = bot.channels["test"].translate

    def translate(raw):
        if raw["text"] == "breaks":
            raise OverflowError(f"int too large in {raw['text']}")
        return read(raw)

    bot.channels["test"].translate = translate
    await settled(bot)
    await receive(bot, "a 1", "b breaks", "a 2")
    await bot.worker.step()
    assert [row[2:] for row in await rows(bot)] == [(True, False), (True, True), (True, False)]
    await bot.work()
    assert told(bot, "a") == ["ok 1", "ok 2"]
    why = (await bot.database.read(inbox.parked))[0][3]
    assert why.startswith("malformed: OverflowError in translate") and "breaks" not in why


async def test_what_concerns_nobody_is_done_and_what_has_no_channel_is_parked(bot, handler):
    bot.channels["test"].translate = lambda raw: None
    await settled(bot)
    await receive(bot, "a 1")
    await bot.intake.of("carrier pigeon")([Raw("p1", "roof", {})])
    await bot.work()
    assert [row[2:] for row in await rows(bot)] == [(True, False), (True, True)]
    assert handler.tried == []


async def test_an_event_received_three_times_has_one_effect(bot, handler):
    for _ in range(3):
        await bot.receive("a", text="once", event_id="same")
    await bot.work()
    await bot.receive("a", text="once", event_id="same")
    await bot.work()
    assert told(bot, "a") == ["ok once"] and len(handler.tried) == 1


async def test_a_failure_of_the_sitting_itself_is_found_and_set_apart(bot, handler, monkeypatch):
    """What one event leaves can make the database refuse the whole batch at its end."""

    def spoil(incoming, desk):
        handler(incoming, desk)
        if incoming.text == "spoils":
            desk.changes.said.append({"link_id": None})

    monkeypatch.setattr("bot.app.understand", spoil)
    await settled(bot)
    await receive(bot, "a 1", "b spoils", "c 1", "b after", "a 2")
    await bot.work()
    assert [row[2:] for row in await rows(bot)] == [
        (True, False),
        (True, True),
        (True, False),
        (True, False),
        (True, False),
    ]
    assert told(bot, "a") == ["ok 1", "ok 2"] and told(bot, "c") == ["ok 1"]
    assert len(told(bot, "b")) == 2 and "111" in told(bot, "b")[0]
    assert told(bot, "b")[1] == "ok after"
    assert handler.tried.count("spoils") == 2 * ATTEMPTS  # with the others, then alone


async def test_a_database_that_is_away_for_a_moment_costs_nobody_their_message(bot, handler):
    await settled(bot)
    await receive(bot, "a 1", "a 2")

    def away(_):
        raise OSError("the server closed the connection")

    bot.database.before_commit = away
    with pytest.raises(OSError):
        await bot.worker.step()
    bot.database.before_commit = None
    await bot.work()
    assert told(bot, "a") == ["ok 1", "ok 2"]
    assert [row[2:] for row in await rows(bot)] == [(True, False)] * 2


def full():
    problem = sqlite3.OperationalError("database or disk is full")
    problem.sqlite_errorcode = sqlite3.SQLITE_FULL
    return OperationalError("INSERT", {}, problem)


async def test_while_the_database_is_full_nothing_is_counted_or_parked(bot, handler, monkeypatch):
    """A cry for help that was acknowledged is no poison because a disk was full for an hour."""
    await settled(bot)
    room = False

    def write(incoming, desk):
        handler(incoming, desk)
        if not room:
            raise full()

    monkeypatch.setattr("bot.app.understand", write)
    await receive(bot, "a 1", "b 1", "a 2")
    for worker in (bot.worker, restarted(bot).worker):  # also one by one, after a start
        for _ in range(2 * CRASHES):
            with pytest.raises(OperationalError):
                await worker.step()
    held = await bot.database.read(lambda c: c.execute(select(table)).all())
    assert [(row.parked_at, row.done_at) for row in held] == [(None, None)] * 3
    assert max(row.attempts for row in held) <= 1
    room = True
    await bot.work()
    assert told(bot, "a") == ["ok 1", "ok 2"] and told(bot, "b") == ["ok 1"]


def test_only_what_may_work_later_is_the_databases_own_failure():
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    wrong = sqlite3.OperationalError("no such table: x")
    wrong.sqlite_errorcode = sqlite3.SQLITE_ERROR
    gone = DBAPIError("SELECT 1", {}, Exception("closed"), connection_invalidated=True)
    theirs = [full(), locked, OperationalError("SELECT 1", {}, locked), gone]
    ours = [
        OperationalError("SELECT 1", {}, wrong),
        IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE")),
        DataError("INSERT", {}, Exception("too long")),
        KeyError("x"),
        ValueError("x"),
    ]
    assert all(map(is_the_databases, theirs)) and not any(map(is_the_databases, ours))
    for state, expected in (("53100", True), ("57P01", True), ("23505", False), ("42P01", False)):
        problem = Exception(state)
        problem.sqlstate = state
        assert is_the_databases(DBAPIError("INSERT", {}, problem)) == expected
    after = KeyError("no such savepoint")
    after.__context__ = full()
    assert is_the_databases(after)


# --- after a start ----------------------------------------------------------------------------


def restarted(house):
    """The same house after the process ended: nothing is remembered but the database."""
    again = Bot(house.database, house.clock)
    again.count = house.count
    return again


async def test_after_a_start_what_lay_there_is_handled_in_order_too(bot, handler):
    events = [f"{'abc'[n % 3]} {n}" for n in range(30)]
    await receive(bot, *events)
    again = restarted(bot)
    await again.worker.start()
    await receive(again, "a new", "d new")
    await again.work()
    for address in "abc":
        mine = [event.split()[1] for event in events if event[0] == address]
        assert handler.order(address) == mine + ["new"] * (address == "a")
    assert len(handler.tried) == 32
    assert {row[1] for row in await rows(again)} == {0, 1}  # each was counted beforehand, once


async def test_after_a_start_a_failing_event_still_comes_before_ones_later_ones(bot, handler):
    handler.fails["poison"] = 100
    await receive(bot, "a poison", "a 2", "b 1", "a 3")
    again = restarted(bot)
    for _ in range(ATTEMPTS):
        assert handler.order("a") == []
        await again.worker.step()
    await again.work()
    assert handler.order("a") == ["2", "3"] and handler.order("b") == ["1"]
    assert [row[1:] for row in await rows(again)] == [
        (ATTEMPTS, True, True),
        (1, True, False),
        (1, True, False),
        (1, True, False),
    ]
    assert "111" in told(again, "a")[0] and told(again, "a")[1:] == ["ok 2", "ok 3"]


async def test_after_a_start_what_works_at_the_second_try_has_one_effect(bot, handler):
    handler.fails["sometimes"] = 1
    await receive(bot, "a sometimes", "a 2")
    again = restarted(bot)
    await again.work()
    assert told(again, "a") == ["ok sometimes", "ok 2"]


class Killed(BaseException):
    """The process ends in the middle."""


async def test_an_event_that_ends_the_process_each_time_is_parked_at_last(
    bot, handler, monkeypatch
):
    """Nothing after the kill is remembered, but that this event was about to be tried."""

    def kill(incoming, desk):
        if incoming.text == "deadly":
            raise Killed
        handler(incoming, desk)

    monkeypatch.setattr("bot.app.understand", kill)
    await receive(bot, "a deadly", "b 1", "a 2")
    starts = 0
    again = bot
    while await again.waiting() and starts < 2 * CRASHES:
        starts += 1
        again = restarted(again)
        try:
            await again.work()
        except Killed:
            continue
    assert starts == CRASHES + 1
    assert [row[2:] for row in await rows(again)] == [(True, True), (True, False), (True, False)]
    assert handler.order("a") == ["2"] and handler.order("b") == ["1"]


async def test_after_a_start_a_message_that_cannot_be_decrypted_is_parked(bot, handler):
    await receive(bot, "a broken", "b 1")
    await bot.database.write(
        lambda c: c.exec_driver_sql(
            "UPDATE inbox SET payload = substr(payload, 1, 20) WHERE event_id = 'e1'"
        )
    )
    for _ in range(2):  # once at a start, and once in the middle of the day
        again = restarted(bot)
        await again.work()
        assert [row[2:] for row in await rows(again)] == [(True, True), (True, False)]
        assert handler.order("b") == ["1"]
        await bot.database.write(inbox.retry_parked)


async def test_in_the_middle_of_a_day_a_message_that_cannot_be_decrypted_is_parked(bot, handler):
    await settled(bot)
    await receive(bot, "a broken", "b 1", "c 1")
    await bot.database.write(
        lambda c: c.exec_driver_sql(
            "UPDATE inbox SET payload = substr(payload, 1, 20) WHERE event_id = 'e1'"
        )
    )
    await bot.work()
    assert [row[2:] for row in await rows(bot)] == [(True, True), (True, False), (True, False)]
    assert handler.order("b") == ["1"] and handler.order("c") == ["1"]


# --- running ----------------------------------------------------------------------------------


async def test_it_works_on_as_events_arrive_and_stops_when_asked(bot, handler):
    arrived, done, stop = bot.intake.arrived, asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(bot.worker.run(arrived, done, stop))
    for n in range(3):
        await receive(bot, f"a {n}")
        await asyncio.wait_for(done.wait(), 3)
        done.clear()
        assert handler.order("a") == [f"{m}" for m in range(n + 1)]
    stop.set()
    await asyncio.wait_for(running, 1)


async def test_a_worker_whose_step_fails_goes_on(bot, handler):
    await settled(bot)
    failing = [OSError("the database is away")]
    step = bot.worker.step

    async def sometimes():
        if failing:
            raise failing.pop()
        return await step()

    bot.worker.step = sometimes
    done, stop = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(bot.worker.run(bot.intake.arrived, done, stop))
    await receive(bot, "a 1")
    await asyncio.wait_for(done.wait(), 5)
    assert handler.order("a") == ["1"]
    stop.set()
    await asyncio.wait_for(running, 1)


async def test_more_than_a_batch_is_handled_batch_by_batch(bot, handler):
    await settled(bot)
    await receive(bot, *(f"{n} x" for n in range(BATCH + 5)))
    assert await bot.worker.step() == BATCH
    assert await bot.worker.step() == 5
    assert await bot.worker.step() == 0


async def test_what_a_failing_event_changed_is_undone_with_it(bot, handler):
    handler.fails["poison"] = 100
    await settled(bot)
    await receive(bot, "a good", "a poison")
    await bot.work()
    assert "good" in await names(bot)
    texts = await bot.database.read(
        lambda c: [r.payload["text"] for r in c.execute(select(OutboxMessage.__table__)).all()]
    )
    assert "ok good" in texts and "ok poison" not in texts
