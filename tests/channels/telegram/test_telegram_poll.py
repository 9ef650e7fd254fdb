"""Receiving: nothing is lost, whatever breaks; nothing is confirmed before it is kept."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.channels import Raw
from bot.channels.telegram import poll as module
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.poll import poll
from tests.fake_telegram import FakeTelegram


class Inbox:
    """Keeps events once; can be told to fail or to be slow."""

    def __init__(self) -> None:
        self.events: list[Raw] = []
        self.batches: list[list[str]] = []
        self.fails = 0
        self.refused: list[int] = []
        self.before: Callable[[], Awaitable[Any]] | None = None

    async def receive(self, events: Sequence[Raw]) -> int:
        self.batches.append([event.event_id for event in events])
        if self.before:
            await self.before()
        if self.fails:
            self.fails -= 1
            raise RuntimeError("INSERT INTO inbox VALUES ('Bé An')")
        known = {event.event_id for event in self.events}
        new = [event for event in events if event.event_id not in known]
        self.events += new
        return len(new)

    @property
    def texts(self) -> list[str]:
        return [event.payload["message"]["text"] for event in self.events]


@asynccontextmanager
async def polling(channel: TelegramChannel, inbox: Inbox) -> Any:
    stop = asyncio.Event()
    task = asyncio.create_task(
        poll(channel, inbox.receive, stop, first_pause=0.01, refused=inbox.refused.append)
    )
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, 5)


async def test_what_people_do_arrives_in_order_and_is_confirmed_afterwards(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    inbox = Inbox()
    server.text(7, "một")
    server.text(8, "hai")
    async with polling(channel, inbox):
        await server.until(lambda: len(inbox.events) == 2)
        server.text(7, "ba")
        await server.until(lambda: len(inbox.events) == 3)
        await server.until(lambda: not server._queue)
    assert inbox.texts == ["một", "hai", "ba"]
    assert [event.sender for event in inbox.events] == ["7", "8", "7"]
    offsets = [asked.params.get("offset") for asked in server.received("getUpdates")]
    assert offsets == [None, 1003, 1004]
    asked = server.received("getUpdates")[0].params
    assert (asked["timeout"], asked["limit"]) == (30, 100)
    assert asked["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]


async def test_a_webhook_is_deleted_once_and_nothing_that_waits_is_dropped(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    await channel.call("setWebhook", {"url": "https://vongtay.vn/x"})
    server.text(7, "a")
    inbox = Inbox()
    async with polling(channel, inbox):
        await server.until(lambda: inbox.events)
        server.text(7, "b")
        await server.until(lambda: len(inbox.events) == 2)
    assert [asked.params for asked in server.received("deleteWebhook")] == [{}]


async def test_what_could_not_be_kept_comes_again(
    server: FakeTelegram, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox()
    inbox.fails = 3
    server.text(7, "a")
    async with polling(channel, inbox):
        await server.until(lambda: inbox.events)
    assert inbox.batches[:4] == [["1001"]] * 4
    assert "An" not in caplog.text and "RuntimeError" in caplog.text


async def test_a_process_that_dies_before_the_commit_loses_nothing(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    inbox = Inbox()
    inbox.before = lambda: asyncio.sleep(60)
    for text in ("a", "b", "c"):
        server.text(7, text)
    dying = asyncio.create_task(poll(channel, inbox.receive, asyncio.Event()))
    await server.until(lambda: inbox.batches)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    inbox.before = None
    async with polling(channel, inbox):
        await server.until(lambda: len(inbox.events) == 3)
    assert inbox.texts == ["a", "b", "c"]


async def test_nothing_is_confirmed_while_it_is_being_kept(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    inbox, gate = Inbox(), asyncio.Event()
    inbox.before = gate.wait
    server.text(7, "a")
    async with polling(channel, inbox):
        await server.until(lambda: inbox.batches)
        server.text(7, "b")
        await asyncio.sleep(0.1)
        assert len(server.received("getUpdates")) == 1
        gate.set()
        await server.until(lambda: len(inbox.events) == 2)


async def test_an_update_that_nobody_can_read_is_kept_and_stops_nothing(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    inbox = Inbox()
    server.text(7, "a")
    server.garble(server.text(7, "b"))
    server.text(7, "c")
    async with polling(channel, inbox):
        await server.until(lambda: len(inbox.events) == 3)
        await server.until(lambda: not server._queue)
    assert [event.sender for event in inbox.events] == ["7", "", "7"]


@pytest.mark.parametrize(
    "poison", [{}, {"update_id": "1001"}, {"update_id": None}, [], None, "x", {"update_id": 2**70}]
)
async def test_an_update_without_a_number_is_skipped_and_stops_nothing(
    server: FakeTelegram, channel: TelegramChannel, poison: Any, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox()
    server.text(7, "a")
    server._update_id += 1
    server._queue.append((server._update_id, poison))
    server.text(7, "b")
    async with polling(channel, inbox):
        await server.until(lambda: len(inbox.events) == 2)
        await server.until(lambda: not server._queue)
        server.text(7, "c")
        await server.until(lambda: len(inbox.events) == 3)
    assert inbox.texts == ["a", "b", "c"]
    assert "skipped" in caplog.text
    assert inbox.refused == [1]


async def test_poison_alone_is_no_busy_loop(server: FakeTelegram, channel: TelegramChannel) -> None:
    server.raw({"message": "?"})
    inbox = Inbox()
    async with polling(channel, inbox):
        await asyncio.sleep(0.3)
        assert len(server.received("getUpdates")) < 10
        assert inbox.refused == [1]  # counted once, however often it comes again
        server.text(7, "a")
        await server.until(lambda: inbox.events)


async def test_poison_with_a_number_alone_is_confirmed(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    deep: Any = []
    for _ in range(60):
        deep = [deep]
    server.raw({"update_id": 2000, "message": deep})
    async with polling(channel, Inbox()):
        await server.until(lambda: not server._queue)


async def test_a_server_that_does_not_hold_the_question_is_no_busy_loop(
    server: FakeTelegram, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_POLL", 0)
    async with polling(channel, Inbox()):
        await asyncio.sleep(0.3)
    assert len(server.received("getUpdates")) == 1


async def test_a_conflict_is_told_and_outlived(
    server: FakeTelegram, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox()
    url = f"{server.base}/bot{server.token}/getUpdates"
    async with polling(channel, inbox):
        await server.until(lambda: server.received("getUpdates"))
        async with aiohttp.ClientSession() as other, other.get(url, params={"timeout": 0}) as got:
            assert (await got.json())["ok"]
        await server.until(lambda: "another process" in caplog.text)
        server.text(7, "a")
        await server.until(lambda: inbox.events)
    (told,) = [record for record in caplog.records if "another process" in record.message]
    assert told.levelname == "ERROR" and server.token not in caplog.text


async def test_a_lost_network_is_outlived_and_told_once(
    server: FakeTelegram, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    inbox = Inbox()
    server.drop(3)
    server.fail(2)
    server.fail(1, 401)
    server.text(7, "a")
    channel.username = None
    stop = asyncio.Event()
    task = asyncio.create_task(poll(channel, inbox.receive, stop, first_pause=0.001))
    await server.until(lambda: "token" in caplog.text)
    assert not inbox.events  # a wrong token is given a minute
    stop.set()
    await asyncio.wait_for(task, 1)
    async with polling(channel, inbox):
        await server.until(lambda: inbox.events)
    assert (await channel.learn_username()) == "FakeBot"
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == len(set(warnings)) == 3


async def test_the_pauses_grow_to_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def asleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            stop.set()

    stop = asyncio.Event()
    channel = TelegramChannel(FakeTelegram.token, "http://127.0.0.1:9")
    monkeypatch.setattr("bot.channels.telegram.poll.asyncio.sleep", asleep)
    await poll(channel, Inbox().receive, stop)
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    await channel.close()


async def test_a_press_is_acknowledged_after_it_is_kept(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    inbox, gate = Inbox(), asyncio.Event()
    inbox.before = gate.wait
    server.press(7, 1, "v")
    async with polling(channel, inbox):
        await server.until(lambda: inbox.batches)
        await asyncio.sleep(0.05)
        assert not server.received("answerCallbackQuery")
        gate.set()
        await server.until(lambda: server.received("answerCallbackQuery"))


async def test_acknowledging_does_not_hold_the_next_update_up(
    server: FakeTelegram, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LAST_WORDS", 0.05)

    async def slow(_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(channel, "acknowledge", slow)
    inbox = Inbox()
    server.press(7, 1, "v")
    async with polling(channel, inbox):
        await server.until(lambda: inbox.events)
        server.text(7, "a")
        await server.until(lambda: len(inbox.events) == 2)


async def stops_at_once(task: "asyncio.Task[None]", stop: asyncio.Event) -> None:
    clock = asyncio.get_running_loop()
    asked_at = clock.time()
    stop.set()
    await task
    assert clock.time() - asked_at < 0.5


async def test_it_stops_at_once_while_it_waits_for_updates(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(poll(channel, Inbox().receive, stop))
    await server.until(lambda: server.received("getUpdates"))
    await stops_at_once(task, stop)


async def test_it_stops_at_once_while_it_pauses() -> None:
    channel = TelegramChannel(FakeTelegram.token, "http://127.0.0.1:9")
    stop = asyncio.Event()
    task = asyncio.create_task(poll(channel, Inbox().receive, stop, first_pause=60))
    await asyncio.sleep(0.1)
    await stops_at_once(task, stop)
    await channel.close()


async def test_what_is_being_kept_is_kept_before_it_stops(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    inbox, stop = Inbox(), asyncio.Event()
    inbox.before = lambda: asyncio.sleep(0.1)
    server.text(7, "a")
    task = asyncio.create_task(poll(channel, inbox.receive, stop))
    await server.until(lambda: inbox.batches)
    stop.set()
    await task
    assert inbox.texts == ["a"]


async def test_stopped_before_it_began_it_asks_nothing(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    stop = asyncio.Event()
    stop.set()
    await poll(channel, Inbox().receive, stop)
    assert not server.received("getUpdates")
