"""A broadcast against a server that enforces Telegram's limits: how near to them, how many 429."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.bench.limits import PER_SECOND, Limited
from bot.bench.server import TOKEN

PEOPLE = 2000
FIRST_CHAT = 10_000
TEXT = "Meeting on Monday at 8 in the house of culture."
_RETRIES = 20  # of the peer, for each message: otherwise it would lose what is refused


def rows(home: Path, scale: float) -> list[dict[str, Any]]:
    """Ours through outbox and sender, and python-telegram-bot's AIORateLimiter beside it."""
    people = max(int(PEOPLE * scale), 2)
    with Limited() as server:
        asyncio.run(_ours(home, server.base, people))
        ours = server.tally()
        asyncio.run(_rate_limiter(server.base, people))
        theirs = server.tally()
    mine, peer = share(ours), share(theirs)
    return [
        {
            "what": f"a broadcast to {people} people",
            "value": round(mine, 3),
            "unit": f"of {PER_SECOND}/s",
            "peer": f"AIORateLimiter: {peer:.3f}, {theirs['refused']:.0f} refused",
            "ratio": round(mine / peer, 2),
            "goal": ">= 0.95, 0 refused",
            "note": f"{ours['refused']:.0f} refused (429); {ours['taken']:.0f} messages arrived",
        }
    ]


def share(tally: dict[str, float]) -> float:
    """Of the messages that the limit would have allowed in that time, how many arrived.

    The first second may hold a full load at once, so it counts from its beginning.
    """
    return tally["taken"] / (PER_SECOND * (tally["seconds"] + 1.0))


async def _ours(home: Path, base: str, people: int) -> None:
    """The production path: rows in the outbox (SQLite, durable), one sender, the channel."""
    from bot import clock
    from bot.channels.telegram.channel import TelegramChannel
    from bot.delivery.sender import Sender
    from bot.delivery.together import Together
    from storage import crypto, schema
    from storage.database import Database

    crypto.use(crypto.Keyring(crypto.new_line()))
    database = Database(f"sqlite:///{home / 'broadcast.sqlite3'}")
    await database.write(schema.upgrade)
    await database.write(partial(_owe, people=people, now=clock.now()))
    channel = TelegramChannel(TOKEN, base)
    await channel.start()
    sender = Sender(database, Together(database), channel, "code_only", clock.now, 20)
    await sender.drain()
    await channel.close()
    await database.close()


def _owe(connection: Connection, people: int, now: Any) -> None:
    from bot.words import Button, Say
    from storage import outbox
    from storage import people as persons

    say = Say(TEXT, (Button("b.got.1", "Received"),)).to_json()
    owed = []
    for number in range(people):
        address = str(FIRST_CHAT + number)
        person, link = persons.welcome(connection, "telegram", address, "vi", now)
        row = {"link_id": link, "channel": "telegram", "kind": "push", "priority": outbox.PUSH}
        owed.append(row | {"once": f"b.1.{person}", "payload": say, "created_at": now})
    outbox.put(connection, owed)


async def _rate_limiter(base: str, people: int) -> None:
    """All messages at once at python-telegram-bot's ExtBot; its limiter orders them."""
    from telegram.ext import AIORateLimiter, ExtBot
    from telegram.request import HTTPXRequest

    limiter = AIORateLimiter(max_retries=_RETRIES)
    request = HTTPXRequest(connection_pool_size=64, pool_timeout=120.0)
    bot: ExtBot[int] = ExtBot(TOKEN, base_url=f"{base}/bot", request=request, rate_limiter=limiter)
    async with bot:
        await asyncio.gather(*(bot.send_message(FIRST_CHAT + n, TEXT) for n in range(people)))
