"""A pair of tokens is renewed once, however many want it and whoever dies in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.channels import Later
from bot.channels.zalo.calls import Caller
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.oauth import exchange
from bot.delivery.tokens import CLAIM_LIVES, RENEW_AFTER, TokenKeeper
from bot.words import Say
from storage import tokens
from storage.database import Database
from tests.fake_zalo_oa import APP, APP_SECRET, OA, FakeZaloOa
from tests.house import TestClock


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOa]:
    async with FakeZaloOa() as zalo:
        yield zalo


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    caller = Caller()
    yield caller
    await caller.close()


class Process:
    """One process that keeps the pair."""

    def __init__(
        self, database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
    ) -> None:
        ask = partial(exchange, caller, zalo.base, APP, APP_SECRET)
        self.keeper = TokenKeeper(database, "zalo_oa", "first-refresh-token", ask, clock)


async def test_fifty_sends_at_once_in_two_processes_refresh_once(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    zalo.slow = 0.2
    zalo.text("ted", "x")
    one, two = (Process(database, zalo, caller, clock).keeper for _ in range(2))
    channels = [ZaloOaChannel(OA, APP_SECRET, keeper, zalo.base) for keeper in (one, two)]
    await asyncio.gather(*(channels[n % 2].send("ted", Say(f"{n}")) for n in range(50)))
    assert (zalo.refreshes, len(zalo.sent("ted"))) == (1, 50)
    clock.at += RENEW_AFTER
    await asyncio.gather(*(channels[n % 2].send("ted", Say(f"{n}")) for n in range(50)))
    assert (zalo.refreshes, len(zalo.sent("ted"))) == (2, 100)
    for channel in channels:
        await channel.close()


async def test_fifty_refused_tokens_are_renewed_once(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    keeper = Process(database, zalo, caller, clock).keeper
    old = await keeper.access()
    zalo.access_token = "another"  # somebody has made it void
    new = await asyncio.gather(*(keeper.renew(old) for _ in range(50)))
    assert zalo.refreshes == 2 and set(new) == {"access-2"}


async def test_what_is_used_is_committed(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    access = await Process(database, zalo, caller, clock).keeper.access()
    kept = await database.read(lambda c: tokens.kept(c, "zalo_oa"))
    assert kept and (kept.access_token, kept.refresh_token) == (access, "refresh-1")
    assert await Process(database, zalo, caller, clock).keeper.access() == access
    assert zalo.refreshes == 1


async def test_killed_before_zalo_was_asked_the_next_process_goes_on(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    first = Process(database, zalo, caller, clock).keeper

    async def die(_: str) -> None:
        raise Killed

    first._exchange = die  # type: ignore[assignment]
    with pytest.raises(Killed):
        await first.access()
    second = Process(database, zalo, caller, clock).keeper
    clock.at += CLAIM_LIVES + timedelta(seconds=1)
    assert await second.access() == "access-1"


async def test_killed_between_zalos_answer_and_the_commit_the_operator_is_told(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    first = Process(database, zalo, caller, clock).keeper

    async def die(*_: object) -> None:
        raise Killed

    first._commit = die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        await first.access()
    assert zalo.refreshes == 1
    second = Process(database, zalo, caller, clock).keeper
    clock.at += CLAIM_LIVES + timedelta(seconds=1)
    with pytest.raises(Later) as raised:
        await second.access()
    assert raised.value.whole_channel
    [(channel, since)] = await database.read(tokens.failed)
    assert (channel, since) == ("zalo_oa", clock())
    asked = len(zalo.requests)
    with pytest.raises(Later):  # and Zalo is not asked again and again
        await second.access()
    assert len(zalo.requests) == asked


async def test_a_new_first_token_of_the_operator_ends_the_trouble(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    zalo.refresh_token = "given-anew"
    keeper = Process(database, zalo, caller, clock).keeper
    with pytest.raises(Later):
        await keeper.access()
    assert await database.read(tokens.failed)
    ask = partial(exchange, caller, zalo.base, APP, APP_SECRET)
    after = TokenKeeper(database, "zalo_oa", "given-anew", ask, clock)
    await after.start()
    assert await after.access() == "access-1"
    assert not await database.read(tokens.failed)
    again = TokenKeeper(database, "zalo_oa", "given-anew", ask, clock)
    await again.start()  # the same setting at the next start changes nothing
    assert await again.access() == "access-1"


async def test_an_answer_that_is_lost_on_the_way_is_asked_for_again_and_told(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    zalo.lost = True
    keeper = Process(database, zalo, caller, clock).keeper
    with pytest.raises(Later):
        await keeper.access()
    assert not await database.read(tokens.failed)
    zalo.lost = False
    with pytest.raises(Later):
        await keeper.access()
    assert await database.read(tokens.failed)


async def test_a_disk_that_is_full_for_a_moment_loses_nothing(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    keeper = Process(database, zalo, caller, clock).keeper
    await keeper.start()
    write, left = database.write, [3]

    async def refuse(work: object) -> object:
        if getattr(work, "func", None) is tokens.keep and left[0]:
            left[0] -= 1
            raise OSError("the disk is full")
        return await write(work)  # type: ignore[arg-type]

    database.write = refuse  # type: ignore[method-assign,assignment]
    assert await keeper.access() == "access-1"
    kept = await database.read(lambda c: tokens.kept(c, "zalo_oa"))
    assert kept and kept.refresh_token == "refresh-1" and left == [0]


async def test_the_pair_is_kept_fresh_while_nothing_is_sent(
    database: Database, zalo: FakeZaloOa, caller: Caller, clock: TestClock
) -> None:
    keeper, stop = Process(database, zalo, caller, clock).keeper, asyncio.Event()
    task = asyncio.create_task(keeper.keep_fresh(stop, every=0.01))
    assert await keeper.access() == "access-1"  # and is kept, at the moment that is now
    clock.at += RENEW_AFTER
    await zalo.until(lambda: zalo.refreshes == 2)
    stop.set()
    await task
