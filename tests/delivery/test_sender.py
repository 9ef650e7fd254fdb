"""The sender: what becomes of a message that may not, cannot or need not be sent."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from bot.channels import Later, Moved, Refused
from bot.delivery import sender
from bot.delivery.sender import GIVE_UP_AFTER, Sender
from bot.words import Say, private
from storage import outbox, people
from storage.records.queues import OutboxMessage
from tests.house import MemoryChannel

table = OutboxMessage.__table__
MINUTE = timedelta(minutes=1)
MANY = 1000


@pytest.fixture
async def links(bot):
    """Three addresses, a, b and c: their link ids."""
    bot.house.pushes_a_day = MANY  # what a day may bring is told in test_allowance.py

    def make(connection):
        return [people.welcome(connection, "test", a, "vi", bot.clock())[1] for a in "abc"]

    return await bot.database.write(make)


async def owe(bot, *rows):
    """Rows as (link, text) or (link, text, fields)."""

    def put(connection):
        outbox.put(
            connection,
            [
                {
                    "link_id": link,
                    "channel": "test",
                    "kind": "reply",
                    "priority": outbox.REPLY,
                    "payload": Say(text).to_json(),
                    "created_at": bot.clock(),
                }
                | (more[0] if more else {})
                for link, text, *more in rows
            ],
        )

    await bot.database.write(put)


async def outcomes(bot):
    rows = await bot.database.read(lambda c: c.execute(select(table).order_by(table.c.id)).all())
    return [row.outcome for row in rows]


async def rows(bot):
    return await bot.database.read(lambda c: c.execute(select(table).order_by(table.c.id)).all())


def heard(bot, address="a"):
    return [say.text for say in bot.channels["test"].said.get(address, [])]


class Platform(MemoryChannel):
    """Refuses, at each address, what it is told to refuse there."""

    def __init__(self):
        super().__init__()
        self.trouble = {}

    async def send(self, address, say, once=""):
        if problems := self.trouble.get(address):
            raise problems.pop(0)
        return await super().send(address, say, once)


@pytest.fixture
def channel(bot):
    platform = Platform()
    bot.channels["test"] = platform
    bot.senders[0] = Sender(bot.database, bot.together, platform, "full", bot.clock, 20)
    return platform


async def send(bot):
    """One round: claim and send what may leave now, without waiting for anybody's pause."""
    sender = bot.senders[0]
    started = await sender.step()
    if sender._sending:
        await asyncio.wait(list(sender._sending.values()))
    return started


async def test_what_is_sent_is_settled_with_the_platforms_number(bot, links):
    await owe(bot, (links[0], "one"), (links[0], "two"))
    await bot.work()
    assert heard(bot) == ["one", "two"]
    assert [(row.outcome, row.platform_id) for row in await rows(bot)] == [
        ("sent", "1"),
        ("sent", "2"),
    ]


async def test_yesterdays_nudge_is_not_sent_today(bot, links):
    in_a_minute = {"expires_at": bot.clock() + MINUTE}
    await owe(bot, (links[0], "nudge", in_a_minute), (links[0], "reply"))
    bot.clock.at += MINUTE
    await bot.work()
    assert heard(bot) == ["reply"]
    assert await outcomes(bot) == ["expired", "sent"]


async def test_who_blocked_us_is_left_alone_until_they_write_again(bot, links, channel):
    channel.trouble["a"] = [Refused("Forbidden: bot was blocked by the user", blocked=True)]
    await owe(bot, (links[0], "one"), (links[0], "two"), (links[1], "other"))
    await bot.work()
    assert (heard(bot), heard(bot, "b")) == ([], ["other"])
    assert await outcomes(bot) == ["blocked", "blocked", "sent"]
    assert (await bot.database.read(lambda c: people.by_address(c, "test", "a"))).blocked
    await bot.says("a", "/menu")
    assert len(heard(bot)) == 1
    assert not (await bot.database.read(lambda c: people.by_address(c, "test", "a"))).blocked


async def test_a_message_that_the_platform_refuses_does_not_stop_the_next(bot, links, channel):
    channel.trouble["a"] = [Refused("Bad Request: message is too long")]
    await owe(bot, (links[0], "one"), (links[0], "two"))
    await bot.work()
    assert heard(bot) == ["two"]
    first, second = await rows(bot)
    assert (first.outcome, first.error) == ("refused", "Bad Request: message is too long")
    assert second.outcome == "sent"
    assert not (await bot.database.read(lambda c: people.by_address(c, "test", "a"))).blocked


@pytest.mark.parametrize("kind", ["alarm", "push"])
async def test_what_was_said_later_comes_later_when_the_first_fails(bot, links, channel, kind):
    channel.trouble["a"] = [Later("Bad Gateway"), Later("Bad Gateway")]
    alarm = {"kind": kind, "priority": outbox.ALARM}
    await owe(bot, (links[0], "one"), (links[1], "another"), (links[0], "two"))
    await send(bot)
    await send(bot)  # nothing more for the first: what came before it has not arrived
    assert heard(bot, "a") == [] and heard(bot, "b") == ["another"]
    await owe(bot, (links[0], "a child in danger", alarm))
    bot.clock.at += timedelta(seconds=0.5)
    await send(bot)
    assert heard(bot) == []  # the second failure was the alarm's own
    bot.clock.at += timedelta(seconds=1)
    for _ in range(3):
        await send(bot)
    assert heard(bot) == ["a child in danger", "one", "two"]


async def test_what_always_fails_holds_up_the_answers_after_it_for_two_minutes(bot, links, channel):
    class Stubborn(Platform):
        async def send(self, address, say, once=""):
            if say.text == "one":
                raise Later("Internal Server Error")
            return await super().send(address, say, once)

    bot.channels["test"] = stubborn = Stubborn()
    bot.senders[0] = Sender(bot.database, bot.together, stubborn, "full", bot.clock, 20)
    await owe(bot, (links[0], "one"), (links[0], "two"))
    begun = bot.clock()
    while not heard(bot):
        assert bot.clock() - begun < timedelta(minutes=5)
        await send(bot)
        bot.clock.at += timedelta(seconds=1)
    assert timedelta(minutes=2) < bot.clock() - begun < timedelta(minutes=3)


async def test_later_is_when_the_platform_says(bot, links, channel):
    channel.trouble["a"] = [Later("Too Many Requests", seconds=37)]
    await owe(bot, (links[0], "one"), (links[1], "other"))
    await bot.work()
    assert (heard(bot), heard(bot, "b")) == ([], ["other"])
    bot.clock.at += timedelta(seconds=36)
    await bot.work()
    assert heard(bot) == []
    bot.clock.at += timedelta(seconds=1)
    await bot.work()
    assert heard(bot) == ["one"]


async def test_no_platform_silences_us_for_ever(bot, links, channel):
    channel.trouble["a"] = [Later("Too Many Requests", seconds=1e8)]
    await owe(bot, (links[0], "one"))
    await bot.work()
    assert heard(bot) == []
    bot.clock.at += timedelta(hours=1)
    await bot.work()
    assert heard(bot) == ["one"]


async def test_without_a_word_from_the_platform_the_pauses_double_up_to_five_minutes(
    bot, links, channel
):
    await owe(bot, (links[0], "one"))
    pauses = []
    for _ in range(12):
        channel.trouble["a"] = [Later("no network")]
        assert await send(bot) == 1
        (row,) = await rows(bot)
        pauses.append((row.not_before - bot.clock()).total_seconds())
        bot.clock.at = row.not_before
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    await bot.work()
    assert heard(bot) == ["one"] and (await rows(bot))[0].attempts == 12


async def test_after_three_days_it_is_given_up(bot, links, channel):
    await owe(bot, (links[0], "one"))
    bot.clock.at += GIVE_UP_AFTER
    channel.trouble["a"] = [Later("no network")]
    await send(bot)
    assert await outcomes(bot) == [None]
    bot.clock.at += MINUTE
    channel.trouble["a"] = [Later("no network")]
    await send(bot)
    assert await outcomes(bot) == ["refused"]


async def test_a_thousand_tries_are_no_mistake(bot, links, channel):
    await owe(bot, (links[0], "one", {"attempts": 5000}))
    channel.trouble["a"] = [Later("no network")]
    await send(bot)
    (row,) = await rows(bot)
    assert (row.not_before - bot.clock()).total_seconds() == 300


async def test_when_the_whole_channel_must_be_silent_nobody_is_written_to(bot, links, channel):
    channel.trouble["a"] = [Later("Too Many Requests", seconds=0.3, whole_channel=True)]
    await owe(bot, (links[0], "one"))
    await send(bot)
    await owe(bot, (links[1], "other"))
    assert await send(bot) == 0 and heard(bot, "b") == []
    bot.clock.at += timedelta(seconds=0.3)
    await bot.work()  # waits for the end of the silence
    assert (heard(bot), heard(bot, "b")) == (["one"], ["other"])


async def test_a_chat_that_moved_is_written_to_at_its_new_address(bot, links, channel):
    channel.trouble["a"] = [Moved("new")]
    await owe(bot, (links[0], "one"), (links[0], "two"))
    await bot.work()
    assert (heard(bot), heard(bot, "new")) == ([], ["one", "two"])
    assert [row.attempts for row in await rows(bot)] == [0, 0]


async def test_a_chat_that_moved_to_an_address_we_know_is_written_to_there(bot, links, channel):
    channel.trouble["a"] = [Moved("b")]
    await owe(bot, (links[0], "one"), (links[0], "two"))
    await bot.work()
    assert (heard(bot), sorted(heard(bot, "b"))) == ([], ["one", "two"])


async def test_a_fault_of_ours_in_drawing_stops_nobody_else(bot, links, channel):
    channel.trouble["a"] = [KeyError("a fault of ours")]
    await owe(bot, (links[0], "one"), (links[1], "other"))
    await bot.work()
    assert (heard(bot), heard(bot, "b")) == ([], ["other"])
    (row, _) = await rows(bot)
    assert (row.outcome, row.attempts, row.error) == (None, 1, "KeyError")
    bot.clock.at += timedelta(seconds=1)
    await bot.work()
    assert heard(bot) == ["one"]


async def test_a_storm_of_pushes_stops_at_the_ceiling_but_no_alarm_and_no_reply(bot, links):
    push = {"kind": "push", "priority": outbox.PUSH}
    alarm = {"kind": "alarm", "priority": outbox.ALARM}
    await owe(bot, *((links[0], f"push {n}", push) for n in range(23)))
    await owe(bot, (links[1], "push elsewhere", push))
    await bot.work()
    assert len(heard(bot)) == 20 and heard(bot, "b") == ["push elsewhere"]
    assert await outcomes(bot) == ["sent"] * 20 + [None] * 3 + ["sent"]
    await owe(bot, (links[0], "alarm", alarm), (links[0], "reply"))
    await bot.work()
    assert heard(bot)[20:] == ["alarm", "reply"]
    bot.clock.at += timedelta(hours=1, seconds=1)
    await owe(bot, (links[0], "push of the next hour", push))
    await bot.work()
    assert heard(bot)[22:] == ["push of the next hour"]


async def test_a_channel_gets_what_its_policy_allows(bot, links):
    said = Say(f"Cháu {private('Bưởi', 'bé')} ở Phố Vị").to_json()
    coded = await bot.database.write(
        lambda c: people.welcome(c, "coded", "d", "vi", bot.clock())[1]
    )
    await owe(bot, (links[0], "", {"payload": said}))
    await owe(bot, (coded, "", {"payload": said, "channel": "coded"}))
    await bot.work()
    assert heard(bot) == ["Cháu Bưởi ở Phố Vị"]
    assert [say.text for say in bot.channels["coded"].said["d"]] == ["Cháu bé ở Phố Vị"]


async def test_the_same_message_has_the_same_key_each_time_it_is_tried(bot, links, channel):
    given, deliver = [], channel.send

    async def send_and_note(address, say, once=""):
        given.append(once)
        return await deliver(address, say, once)

    channel.send = send_and_note
    channel.trouble["a"] = [Later("no network")]
    await owe(bot, (links[0], "one"), (links[1], "other"))
    await bot.work()
    bot.clock.at += timedelta(seconds=1)
    await bot.work()
    first, second = [str(row.id) for row in await rows(bot)]
    assert sorted(given) == sorted([first, second, first])


async def test_what_was_accepted_but_not_recorded_is_sent_again_after_the_lease(bot, links):
    """At least once: the platform's word was lost with the process."""
    await owe(bot, (links[0], "one"))
    sender = bot.senders[0]
    await bot.database.write(lambda c: outbox.claim(c, "test", bot.clock(), 10))
    await bot.work()
    assert heard(bot) == []
    bot.clock.at += outbox.LEASE + timedelta(seconds=1)
    await bot.work()
    assert heard(bot) == ["one"]
    await owe(bot, (links[0], "two"))
    await bot.database.write(lambda c: outbox.claim(c, "test", bot.clock(), 10))
    await sender.start()
    await bot.work()  # the only sender of this machine knows that nobody else has it
    assert heard(bot) == (["one", "two"] if bot.database.sqlite else ["one"])


# --- running ----------------------------------------------------------------------------------


class Slow(MemoryChannel):
    """A platform that takes its time: each message leaves when `may` is set."""

    def __init__(self):
        super().__init__()
        self.begun, self.may = asyncio.Event(), asyncio.Event()

    async def send(self, address, say, once=""):
        self.begun.set()
        await self.may.wait()
        return await super().send(address, say, once)


@pytest.fixture
def slow(bot):
    channel = Slow()
    bot.channels["test"] = channel
    bot.senders[0] = Sender(bot.database, bot.together, channel, "full", bot.clock, 20)
    return channel


async def test_what_is_on_its_way_when_the_process_stops_is_waited_for(bot, links, slow):
    stop = asyncio.Event()
    await owe(bot, (links[0], "one"), (links[0], "two"))
    running = asyncio.create_task(bot.senders[0].run(stop))
    await slow.begun.wait()
    stop.set()
    bot.senders[0].due.set()
    await asyncio.sleep(0.05)
    assert not running.done()
    slow.may.set()
    await asyncio.wait_for(running, 2)
    assert heard(bot) == ["one"] and await outcomes(bot) == ["sent", None]


async def test_it_sends_as_soon_as_it_is_told_that_something_is_due(bot, links, channel):
    stop = asyncio.Event()
    running = asyncio.create_task(bot.senders[0].run(stop))
    await asyncio.sleep(0.05)
    for n in range(3):
        await owe(bot, (links[0], f"{n}"))
        bot.senders[0].due.set()
        for _ in range(50):
            await asyncio.sleep(0.01)
            if len(heard(bot)) > n:
                break
        assert heard(bot) == [f"{m}" for m in range(n + 1)]
    stop.set()
    await asyncio.wait_for(running, 1)


async def test_a_slow_chat_does_not_keep_the_others_waiting(bot, links, slow):
    await owe(bot, (links[0], "one"))
    sender = bot.senders[0]
    assert await sender.step() == 1
    await slow.begun.wait()
    await owe(bot, (links[0], "two"), (links[1], "other"))
    assert await sender.step() == 1
    assert set(sender._sending) == {links[0], links[1]}
    slow.may.set()
    await sender.drain()
    assert (heard(bot), heard(bot, "b")) == (["one", "two"], ["other"])


async def test_what_was_accepted_is_not_sent_again_because_the_database_was_away(
    bot, links, channel
):
    await owe(bot, (links[0], "one"), (links[0], "two"))
    failing = [None, OSError("the database is away"), OSError("the database is away")]

    def away(_):
        if failing and (problem := failing.pop(0)):
            raise problem

    bot.database.before_commit = away
    await bot.senders[0].drain()
    bot.clock.at += outbox.LEASE + timedelta(seconds=1)
    await bot.senders[0].drain()
    assert heard(bot) == ["one", "two"] and await outcomes(bot) == ["sent", "sent"]


async def test_a_record_that_fails_is_no_silence_for_ever(bot, links, channel, monkeypatch):
    """The platform accepted, and the database was away when we wanted to write it down."""
    monkeypatch.setattr(sender, "RECORD_AGAIN", ())
    await owe(bot, (links[0], "one"))
    failing = [None, OSError("the database is away")]  # the claim works, the record does not

    def away(_):
        if failing and (problem := failing.pop(0)):
            raise problem

    bot.database.before_commit = away
    await bot.senders[0].drain()
    assert heard(bot) == ["one"] and await outcomes(bot) == [None]
    bot.clock.at += outbox.LEASE + timedelta(seconds=1)
    await bot.senders[0].drain()
    assert heard(bot) == ["one", "one"] and await outcomes(bot) == ["sent"]


async def test_a_pause_per_address_is_kept_while_others_go_on(bot, links, channel):
    channel.per_address = 0.2
    bot.senders[0] = Sender(bot.database, bot.together, channel, "full", bot.clock, 20)
    loop, at, deliver = asyncio.get_running_loop(), [], channel.send

    async def send_and_note(address, say, once=""):
        at.append((address, loop.time()))
        return await deliver(address, say, once)

    channel.send = send_and_note
    await owe(bot, (links[0], "one"), (links[0], "two"), (links[1], "other"), (links[0], "three"))
    await bot.work()
    mine = [moment for address, moment in at if address == "a"]
    assert heard(bot) == ["one", "two", "three"]
    assert all(after - before >= 0.199 for before, after in pairwise(mine))
    assert next(moment for address, moment in at if address == "b") < mine[1]


async def test_no_more_leave_in_a_second_than_the_channel_may(bot, links, channel):
    channel.per_second = 5
    bot.senders[0] = Sender(bot.database, bot.together, channel, "full", bot.clock, 20)
    loop, at, deliver = asyncio.get_running_loop(), [], channel.send

    async def send_and_note(address, say, once=""):
        at.append(loop.time())
        return await deliver(address, say, once)

    channel.send = send_and_note
    await owe(bot, *((link, f"{n}") for n in range(3) for link in links))
    await bot.work()
    assert len(at) == 9
    assert all(at[n + 5] - at[n] >= 0.9 for n in range(4))


@pytest.mark.parametrize(
    ("hours", "silent"),
    [(0, False), (6, True), (14.5, True), (20, True)],
    ids=["friday afternoon", "at night", "saturday morning", "saturday noon"],
)
async def test_only_danger_and_answers_sound_at_night_and_on_days_off(bot, links, hours, silent):
    """An ordinary report arrives at once all the same."""
    bot.clock.at += timedelta(hours=hours)
    push = {"kind": "push", "priority": outbox.UNCOUNTED}
    await owe(
        bot,
        (links[0], "a report", push),
        (links[1], "of an emergency", push | {"priority": outbox.REPLY}),
        (links[1], "danger", push | {"payload": Say("danger", urgent=True).to_json()}),
        (links[2], "an answer"),
    )
    await bot.work()
    said = bot.channels["test"].said
    assert [say.silent for say in said["a"]] == [silent]
    assert [say.silent for address in "bc" for say in said[address]] == [False, False, False]
