"""A Bot API server on this machine that enforces Telegram's limits, as strictly as they are told.

30 messages in any second over all chats and one a second for each chat (Telegram's FAQ for bots,
platforms.md §3.1); what exceeds is answered 429 with `retry_after`. The way there takes a few
thousandths of a second, never the same.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import subprocess
import sys
import urllib.request
from collections import deque
from types import TracebackType
from typing import Any

PER_SECOND = 30
SECOND = 1.0
WAY = (0.002, 0.012)  # seconds until a message is counted
MOST_SECONDS = 600.0


class Limited:
    """The server in a process of its own; `base` is its address."""

    def __enter__(self) -> Limited:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from bot.bench.limits import main; main()"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.base = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(10)

    def tally(self) -> dict[str, float]:
        """Since the last time: `taken` and `refused` messages, and the `seconds` from the first
        taken to the last. The count begins anew."""
        with urllib.request.urlopen(f"{self.base}/tally", timeout=10) as answer:
            found: dict[str, float] = json.loads(answer.read())
            return found


class Limits:
    """What was counted in the last second; `late` says how long a message would be too early."""

    def __init__(self) -> None:
        self._all: deque[float] = deque()
        self._chats: dict[str, float] = {}

    def late(self, chat: str, now: float) -> float:
        """0 when the message is taken (and counted), else the seconds until one would be."""
        while self._all and self._all[0] <= now - SECOND:
            self._all.popleft()
        wait = self._all[0] + SECOND - now if len(self._all) >= PER_SECOND else 0.0
        wait = max(wait, self._chats.get(chat, -SECOND) + SECOND - now)
        if wait <= 0:
            self._all.append(now)
            self._chats[chat] = now
        return max(wait, 0.0)


async def _serve() -> None:
    from aiohttp import web

    loop, limits, dice = asyncio.get_running_loop(), Limits(), random.Random(7)
    at: list[float] = []
    refused = 0

    async def tally(request: web.Request) -> web.Response:
        nonlocal refused
        seconds = at[-1] - at[0] if at else 0.0
        found = {"taken": len(at), "refused": refused, "seconds": seconds}
        at.clear()
        refused = 0
        return web.json_response(found)

    async def call(request: web.Request) -> web.Response:
        nonlocal refused
        asked = await request.post()
        if not request.match_info["method"].lower().startswith("send"):
            me = {"id": 1, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
            return web.json_response({"ok": True, "result": me})
        await asyncio.sleep(dice.uniform(*WAY))
        chat = str(asked["chat_id"])
        if wait := limits.late(chat, loop.time()):
            refused += 1
            return _too_many(math.ceil(wait))
        at.append(loop.time())
        return _taken(len(at), int(chat))

    def _too_many(seconds: int) -> web.Response:
        answer = {
            "ok": False,
            "error_code": 429,
            "description": f"Too Many Requests: retry after {seconds}",
            "parameters": {"retry_after": seconds},
        }
        return web.json_response(answer, status=429)

    def _taken(number: int, chat: int) -> web.Response:
        message: dict[str, Any] = {"message_id": number, "date": 1795000000}
        message["chat"] = {"id": chat, "type": "private"}
        return web.json_response({"ok": True, "result": message})

    app = web.Application()
    app.router.add_get("/tally", tally)
    app.router.add_route("*", "/bot{token}/{method}", call)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.sleep(MOST_SECONDS)


def main() -> None:
    """Serve until stopped; the port is the first line written."""
    asyncio.run(_serve())
