"""A Bot API server on this machine that hands out updates as fast as it is asked: the load."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from types import TracebackType
from typing import Any

TOKEN = "1:bench"
BATCH = 100
MOST_SECONDS = 300.0


def update(number: int, person: int, text: str) -> dict[str, Any]:
    """A private text message as Telegram sends it."""
    who = {"id": person, "first_name": "A"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1795000000,
            "chat": {**who, "type": "private"},
            "from": {**who, "is_bot": False, "language_code": "vi"},
            "text": text,
        },
    }


class Server:
    """The server in a process of its own; `base` is its address."""

    def __enter__(self) -> Server:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from bot.bench.server import main; main()"],
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

    def load(self, updates: list[dict[str, Any]]) -> None:
        """Have these updates waiting; what was there before is gone."""
        body = json.dumps(updates).encode()
        urllib.request.urlopen(f"{self.base}/load", body, timeout=60).read()

    def sent(self) -> int:
        """How many messages were sent since the last load."""
        with urllib.request.urlopen(f"{self.base}/sent", timeout=10) as answer:
            return int(answer.read())

    def wait_sent(self, count: int, seconds: float = 60.0) -> float:
        """Wait until so many were sent; the moment (time.monotonic) at which it was seen."""
        end = time.monotonic() + seconds
        while self.sent() < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{count} messages were not sent in {seconds} s")
            time.sleep(0.005)
        return time.monotonic()


async def _serve() -> None:
    from aiohttp import web

    waiting: list[dict[str, Any]] = []
    sent = 0

    async def load(request: web.Request) -> web.Response:
        nonlocal waiting, sent
        waiting, sent = await request.json(), 0
        return web.Response()

    async def count(request: web.Request) -> web.Response:
        return web.Response(text=str(sent))

    async def call(request: web.Request) -> web.Response:
        nonlocal waiting, sent
        method = request.match_info["method"].lower()
        result: Any = True
        if method == "getupdates":
            asked = await request.post()
            offset = int(str(asked.get("offset") or 0))
            waiting = [u for u in waiting if u["update_id"] >= offset] if offset else waiting
            result = waiting[:BATCH]
            if not result:
                await asyncio.sleep(0.05)
        elif method == "getme":
            result = {"id": 1, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
        elif method.startswith("send"):
            sent += 1
            chat = {"id": 1, "type": "private"}
            result = {"message_id": sent, "date": 1795000000, "chat": chat}
        return web.json_response({"ok": True, "result": result})

    app = web.Application(client_max_size=200 * 1024 * 1024)
    app.router.add_post("/load", load)
    app.router.add_get("/sent", count)
    app.router.add_route("*", "/bot{token}/{method}", call)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.sleep(MOST_SECONDS)


def main() -> None:
    """Serve until stopped; the port is the first line written."""
    asyncio.run(_serve())
