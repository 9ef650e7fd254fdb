"""The Zalo bot in a whole process: who may call, what is kept, and the files it is shown."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.http import site
from bot.running import Running
from bot.settings import Settings
from bot.words import File
from storage import attachments, inbox, reaching
from storage.database import Database
from tests.fake_zalo_bot import FakeZaloBot

SECRET = "a-Secret_0123"
HEADER = "X-Bot-Api-Secret-Token"


@pytest.fixture
async def server() -> AsyncIterator[FakeZaloBot]:
    async with FakeZaloBot() as server:
        yield server


@pytest.fixture
async def client(
    server: FakeZaloBot, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[TestClient[Any, Any]]:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        public_url="https://vongtay.example",
        zalo_bot_token=server.token,
        zalo_bot_api_base=server.base,
        zalo_bot_mode="webhook",
        zalo_bot_secret=SECRET,
    )
    running = Running(settings, Database(sqlite_url))
    test_server = TestServer(site(running))
    await test_server.start_server()
    settings.public_url = str(test_server.make_url("")).rstrip("/")
    client = TestClient(test_server)
    client.running = running  # type: ignore[attr-defined]
    await running.start()
    yield client
    await running.stop()
    await client.close()


async def waiting(client: Any) -> int:
    return int((await client.running.database.read(inbox.waiting))[0])


async def test_a_talk_through_the_webhook(client: Any, server: FakeZaloBot) -> None:
    await server.until(lambda: server.webhook)
    body = server.text("ted", "/start")
    for _ in range(2):  # delivered twice
        answer = await client.post("/zalo/bot/webhook", json=body, headers={HEADER: SECRET})
        assert answer.status == 200
    await server.until(lambda: server.sent("ted"))
    await asyncio.sleep(0.3)
    [greeting] = server.sent("ted")
    assert "Vòng Tay" in greeting["text"] and "1. Báo tin trẻ em" in greeting["text"]
    notes = await client.running.database.read(lambda c: reaching.noted(c, "zalo_bot"))
    assert [(note.subject, note.ok) for note in notes] == [("webhook", True)]


async def test_who_does_not_know_the_secret_leaves_no_trace(
    client: Any, server: FakeZaloBot
) -> None:
    client.running.stopping.set()  # nobody takes anything out of the inbox
    body = json.dumps(server.text("ted", "chào")).encode()
    for headers in ({}, {HEADER: "wrong-secret"}, {HEADER: ""}):
        answer = await client.post("/zalo/bot/webhook", data=body, headers=headers)
        assert answer.status == 403
    assert await waiting(client) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b"", 200), (b"{}", 200), (b"x" * 2_000_000, 413),
     (b'{"event_name": "message.video.received"}', 200),
     (b'{"event_name": "message.text.received"}', 400)],
)  # fmt: skip
async def test_bad_bodies_are_answered_and_leave_no_trace(
    client: Any, body: bytes, status: int
) -> None:
    answer = await client.post("/zalo/bot/webhook", data=body, headers={HEADER: SECRET})
    assert answer.status == status
    assert await waiting(client) == 0


async def test_a_stored_file_can_be_fetched_by_its_address_more_than_once(client: Any) -> None:
    running = client.running

    def keep(connection: Any) -> int:
        number = attachments.want(
            connection, "web", "a", "r", "photo", "image/jpeg", 3, running.now()
        )
        attachments.keep(connection, number, b"jpg", "image/jpeg")
        return number

    number = await running.database.write(keep)
    path = running._link_file(File(number, "photo", "image/jpeg")).rpartition("/file/")[2]
    for _ in range(2):
        answer = await client.get(f"/file/{path}")
        assert (answer.status, await answer.read()) == (200, b"jpg")
    for wrong in (path.replace("-", "-1", 1), f"{number}", "x"):
        assert (await client.get(f"/file/{wrong}")).status == 404
