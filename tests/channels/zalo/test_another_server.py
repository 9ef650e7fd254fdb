"""The Zalo bot against a server of the platform that somebody else has written.

It runs where Node and that server are, which is not needed for anything else:

    npm install --ignore-scripts --prefix build/crabline @openclaw/crabline@0.1.27

What it cannot do (pictures, voices, limits, quotas) is left to tests/fake_zalo_bot.py.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.http import site
from bot.running import Running
from bot.settings import Settings
from storage.database import Database

ROOT = Path(__file__).parents[3]
SERVER = "node_modules/@openclaw/crabline/dist/src/bin/crabline.js"
SCRIPT = Path(os.environ.get("CRABLINE", ROOT / "build" / "crabline")) / SERVER
SECRET = "a-Secret_0123"

pytestmark = pytest.mark.skipif(
    not (SCRIPT.exists() and shutil.which("node")),
    reason="the other Zalo server is not installed: see the top of the file",
)


class Crabline:
    """The other server."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.base, self.token = told["baseUrl"], told["botToken"]
        self._inbound, self._admin = told["endpoints"]["adminInboundUrl"], told["adminToken"]
        self._recorder = Path(told["recorderPath"])

    async def text(self, chat: str, text: str) -> None:
        """Somebody writes to the bot."""
        body = {"chatId": chat, "senderId": chat, "senderName": "Ted", "text": text}
        headers = {"X-Crabline-Admin-Token": self._admin}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._inbound, json=body, headers=headers) as answer,
        ):
            assert answer.status < 300, await answer.text()

    async def sent(self, count: int) -> str:
        """What it has recorded, once the bot has sent so many messages."""
        for _ in range(400):
            lines = self._recorder.read_text() if self._recorder.exists() else ""
            if lines.count("/sendMessage") >= count:
                return lines
            await asyncio.sleep(0.025)
        raise AssertionError(f"no {count} messages in {lines[-500:]}")


@pytest.fixture
async def crabline(tmp_path: Path) -> AsyncIterator[Crabline]:
    ready = tmp_path / "ready.json"
    process = await asyncio.create_subprocess_exec(
        "node", str(SCRIPT), "--json", "serve", "zalo", "--ready-file", str(ready),
        cwd=tmp_path, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            if ready.exists() and (told := ready.read_text()).rstrip().endswith("}"):
                break
            await asyncio.sleep(0.05)
        yield Crabline(json.loads(told))
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_talk_with_it(
    crabline: Crabline, sqlite_url: str, tmp_path: Path, mode: str
) -> None:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        public_url="http://127.0.0.1:9",  # until the port is known
        zalo_bot_token=crabline.token,
        zalo_bot_api_base=crabline.base,
        zalo_bot_mode=mode,
        zalo_bot_secret=SECRET,
    )
    running = Running(settings, Database(sqlite_url))
    server = TestServer(site(running))
    await server.start_server()
    settings.public_url = f"http://127.0.0.1:{server.port}"
    await running.start()
    try:
        if mode == "webhook":
            await asyncio.sleep(1.0)  # until it knows where to call
        await crabline.text("user-1", "/start")
        assert "Vòng Tay" in await crabline.sent(1)
        await crabline.text("user-1", "3")
        assert "☎ 111" in await crabline.sent(2)
    finally:
        await running.stop()
        await server.close()
