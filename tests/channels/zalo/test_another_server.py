"""The Zalo bot against a server of the platform that somebody else has written.

It runs where Node and that server are, which nothing else needs; .ci/run installs it where it can:

    npm ci --ignore-scripts --prefix tests/channels/zalo/crabline

What it cannot do (pictures, voices, limits, quotas) is left to tests/fake_zalo_bot.py.
"""

import asyncio
import json
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

SERVER = "node_modules/@openclaw/crabline/dist/src/bin/crabline.js"
SCRIPT = Path(__file__).with_name("crabline") / SERVER
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
        """Somebody writes to the bot; again while the server is still noting where to call it."""
        body = {"chatId": chat, "senderId": chat, "senderName": "Ted", "text": text}
        headers = {"X-Crabline-Admin-Token": self._admin}
        async with aiohttp.ClientSession() as session:
            for _ in range(400):
                async with session.post(self._inbound, json=body, headers=headers) as answer:
                    said = await answer.text()
                if answer.status != 409:
                    break
                await asyncio.sleep(0.025)
        assert answer.status < 300, said

    async def called(self, method: str, times: int = 1) -> str:
        """What it has recorded, once the bot has called a method so often."""
        for _ in range(400):
            lines = self._recorder.read_text() if self._recorder.exists() else ""
            if lines.count(f"/{method}") >= times:
                return lines
            await asyncio.sleep(0.025)
        raise AssertionError(f"not {times} times {method} in {lines[-500:]}")


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
            await crabline.called("setWebhook")
        await crabline.text("user-1", "/start")
        assert "Vòng Tay" in await crabline.called("sendMessage")
        await crabline.text("user-1", "3")
        assert "☎ 111" in await crabline.called("sendMessage", 2)
    finally:
        await running.stop()
        await server.close()
