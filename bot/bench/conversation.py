"""Conversation updates a second: ours, durable, against bare peers fed with the same updates."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.bench.server import TOKEN, Server, update

if TYPE_CHECKING:
    from prometheus_client import Counter

PEOPLE = 100
ROUNDS = 4
# A child report as it is typed, every question with an answer; {n} is another in each line said.
SCRIPT = Path(__file__).parent.joinpath("report.txt").read_text(encoding="utf-8").split("\n")


def rows(home: Path, scale: float) -> list[dict[str, Any]]:
    """Ours against aiogram's dispatcher and python-telegram-bot's ConversationHandler."""
    updates = _updates(max(int(PEOPLE * scale), 2), max(int(ROUNDS * scale), 1))
    with Server() as server:
        ours, bare = 0.0, 0.0
        for turn in range(2):  # by turns, the better of each: other work on the machine passes
            bare = max(bare, _measured(_aiogram_polled, server, updates))
            ours = max(ours, _measured(partial(_ours, home / f"ours{turn}"), server, updates))
        in_process = asyncio.run(_aiogram_fed(updates))
        few = updates[: max(len(updates) // 10, 20)]
        handler = asyncio.run(_conversation_handler(few, home / "handler.pickle", server))
    unit = "updates/s"
    return [
        {
            "what": "durable conversation, polled",
            "value": round(ours),
            "unit": unit,
            "peer": f"bare aiogram dispatcher polling the same server, no-op handler: {bare:.0f}",
            "ratio": round(ours / bare, 2),
            "goal": ">= 0.5",
            "note": "inbox, draft and outbox committed (SQLite, WAL, synchronous=FULL)",
        },
        {
            "what": "durable conversation, polled",
            "value": round(ours),
            "unit": unit,
            "peer": f"ConversationHandler with persistence after every update: {handler:.0f}",
            "ratio": round(ours / handler, 1),
            "goal": ">= 4",
            "note": "the peer is fed in its process, without a server",
        },
        {
            "what": "durable conversation, polled",
            "value": round(ours),
            "unit": unit,
            "peer": f"aiogram's feed_raw_update in its process, nothing received: {in_process:.0f}",
            "ratio": round(ours / in_process, 2),
            "goal": "",
            "note": "for information: no network on the peer's side",
        },
    ]


def _updates(people: int, rounds: int) -> list[dict[str, Any]]:
    number = 0
    found = []
    lines = [line for line in SCRIPT if line]
    for turn in range(rounds):
        for line in lines:
            for person in range(people):
                number += 1
                text = line.format(n=turn * people + person)
                found.append(update(number, 1000 + person, text))
    return found


Run = Callable[[Server, int], Coroutine[Any, Any, float]]


def _measured(run: Run, server: Server, updates: list[dict[str, Any]]) -> float:
    """Updates a second, as `run` gives them: from the first effect to the last.

    What a process does once in its life is measured in process.py.
    """
    server.load(updates)
    return asyncio.run(run(server, len(updates)))


async def _aiogram_polled(server: Server, count: int) -> float:
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    seen, begun, done = 0, 0.0, asyncio.Event()
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def nothing(message: object) -> None:
        nonlocal seen, begun
        seen += 1
        if seen == 1:
            begun = time.perf_counter()
        if seen == count:
            done.set()

    session = AiohttpSession(api=TelegramAPIServer.from_base(server.base))
    bot = Bot(TOKEN, session=session)
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    await asyncio.wait_for(done.wait(), 120)
    taken = time.perf_counter() - begun
    await dispatcher.stop_polling()
    await polling
    return (count - 1) / taken


async def _aiogram_fed(updates: list[dict[str, Any]]) -> float:
    from aiogram import Bot, Dispatcher

    dispatcher, bot = Dispatcher(), Bot(TOKEN)

    @dispatcher.message()
    async def nothing(message: object) -> None:
        return None

    begun = time.perf_counter()
    for raw in updates:
        await dispatcher.feed_raw_update(bot, raw)
    await bot.session.close()
    return len(updates) / (time.perf_counter() - begun)


async def _ours(home: Path, server: Server, count: int) -> float:
    """The production path: poll, inbox, worker, handlers, outbox; nothing is sent."""
    from bot import clock
    from bot.demo import settle
    from bot.metrics import HANDLED
    from bot.running import Running, settle_in
    from bot.settings import load
    from storage import crypto, inbox, schema
    from storage.database import Database

    class Warm(Running):
        async def warm_up(self) -> None:
            """Was done before: see `_measured`."""

    crypto.use(crypto.Keyring(crypto.new_line()))
    settings = load(
        data_dir=home, telegram_token=TOKEN, telegram_api_base=server.base, web_chat="off"
    )
    database = Database(settings.database)
    await database.write(schema.upgrade)
    await database.write(partial(settle, now=clock.now()))
    settle_in()
    running = Warm(settings, database)
    running.senders.clear()
    done = asyncio.Event()
    handled: list[tuple[int, float]] = []  # how many after a commit, and when that was

    def look(_commits: int) -> None:
        now_handled = int(_value(HANDLED.labels("telegram"))) - before
        if now_handled and (not handled or now_handled > handled[-1][0]):
            handled.append((now_handled, time.perf_counter()))
        if now_handled >= count:
            done.set()

    before = int(_value(HANDLED.labels("telegram")))
    database.on_commit = look
    await running.start()
    await asyncio.wait_for(done.wait(), 120)
    assert await database.read(inbox.handled) == count
    await running.stop()
    (first, begun), (last, ended) = handled[0], handled[-1]
    return (last - first) / (ended - begun)


def _value(counter: Counter) -> float:
    """What this counter says. Asking the registry reads a dozen files of the process."""
    (counted,) = counter.collect()
    return float(next(each.value for each in counted.samples if each.name.endswith("_total")))


async def _conversation_handler(updates: list[dict[str, Any]], path: Path, server: Server) -> float:
    from telegram import Update
    from telegram.ext import (
        Application,
        ConversationHandler,
        MessageHandler,
        PicklePersistence,
        filters,
    )

    async def next_state(changed: object, context: Any) -> int:
        answers: int = context.user_data.get("answers", 0) + 1
        context.user_data["answers"] = answers
        return 1 - answers % 2

    anything: Any = MessageHandler(filters.ALL, next_state)
    conversation: Any = ConversationHandler(
        entry_points=[anything],
        states={0: [anything], 1: [anything]},
        fallbacks=[],
        name="report",
        persistent=True,
    )
    keeps = PicklePersistence(path, update_interval=3600)
    base = f"{server.base}/bot"
    application = Application.builder().token(TOKEN).base_url(base).persistence(keeps).build()
    application.add_handler(conversation)
    await application.initialize()
    begun = time.perf_counter()
    for raw in updates:
        await application.process_update(Update.de_json(raw, application.bot))
        await application.update_persistence()
    taken = time.perf_counter() - begun
    await application.shutdown()
    return len(updates) / taken
