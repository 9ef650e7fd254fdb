"""An official account in a whole process: who may call, what is kept, what is answered."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import REGISTRY

from bot.channels.zalo_oa.translate import unreadable
from bot.http import site
from bot.running import Running
from bot.settings import Settings
from storage import inbox, reaching, tokens
from storage.database import Database
from tests.fake_zalo_oa import APP, APP_SECRET, OA, OA_SECRET, FakeZaloOa, signed

TED = "2468458835296197922"
PATH = "/zalo/oa/webhook"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOa]:
    import time

    async with FakeZaloOa(now=time.time) as zalo:
        yield zalo


@pytest.fixture
async def client(zalo: FakeZaloOa, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Any]:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        zalo_oa_id=OA,
        zalo_oa_app_id=APP,
        zalo_oa_app_secret=APP_SECRET,
        zalo_oa_secret_key=OA_SECRET,
        zalo_oa_refresh_token="first-refresh-token",
        zalo_oa_api_base=zalo.base,
        zalo_oa_oauth_base=zalo.base,
    )
    running = Running(settings, Database(sqlite_url))
    client: Any = TestClient(TestServer(site(running)))
    client.running = running
    await client.start_server()
    await running.start()
    yield client
    await running.stop()
    await client.close()


async def test_a_talk_through_the_webhook(client: Any, zalo: FakeZaloOa) -> None:
    body, headers = zalo.follow(TED)
    for _ in range(3):  # delivered again and again
        answer = await client.post(PATH, data=body, headers=headers)
        assert answer.status == 200
    await zalo.until(lambda: zalo.sent(TED))
    body, headers = zalo.text(TED, "111")
    assert (await client.post(PATH, data=body, headers=headers)).status == 200
    await zalo.until(lambda: len(zalo.sent(TED)) > 1)
    greeting, hotline = zalo.sent(TED)
    assert "Vòng Tay" in greeting["text"] and "111" in hotline["text"]
    kept = await client.running.database.read(lambda c: tokens.kept(c, "zalo_oa"))
    assert kept.refresh_token == "refresh-1" and zalo.refreshes == 1
    notes = await client.running.database.read(lambda c: reaching.noted(c, "zalo_oa"))
    assert [note.subject for note in notes] == ["quota"]


async def test_events_out_of_order_are_each_heard(client: Any, zalo: FakeZaloOa) -> None:
    first, second = zalo.text(TED, "/start"), zalo.text(TED, "111")
    for body, headers in (second, first, second):
        assert (await client.post(PATH, data=body, headers=headers)).status == 200
    await zalo.until(lambda: len(zalo.sent(TED)) == 2)


@pytest.mark.parametrize("header", [None, "", "mac=" + "0" * 64, "mac=ü"])
@pytest.mark.parametrize("body", [None, b"{", b"[]", b""])
async def test_who_did_not_sign_leaves_no_trace(
    client: Any, zalo: FakeZaloOa, header: str | None, body: bytes | None
) -> None:
    client.running.stopping.set()  # nobody takes anything out of the inbox
    headers = {} if header is None else {"X-ZEvent-Signature": header}
    data = zalo.text(TED, "chào")[0] if body is None else body
    answer = await client.post(PATH, data=data, headers=headers)
    assert answer.status == 403
    assert (await client.running.database.read(inbox.waiting))[0] == 0


async def test_echoes_are_taken_and_dropped_and_what_nobody_signed_is_refused(
    client: Any, zalo: FakeZaloOa
) -> None:
    client.running.stopping.set()
    body, headers = zalo.event("oa_send_text", TED, message={"text": "Chào"})
    assert (await client.post(PATH, data=body, headers=headers)).status == 200
    assert (await client.post(PATH, data=b"x" * 2_000_000)).status == 413
    assert (await client.running.database.read(inbox.waiting))[0] == 0


def _signed_bytes(body: bytes) -> tuple[bytes, dict[str, str]]:
    return body, {
        "X-ZEvent-Signature": sha256(APP.encode() + body + OA_SECRET.encode()).hexdigest()
    }


@pytest.mark.parametrize(
    "event",
    [
        signed({"event_name": "user_send_text", "timestamp": "1", "sender": 5}),
        signed({"event_name": "follow", "timestamp": "1", "follower": {"id": "a b"}, "oa_id": OA}),
        signed({"event_name": "user_send_text", "timestamp": "1", "sender": {"id": TED},
                "recipient": {"id": OA}, "message": {"msg_id": "ô"}}),
        _signed_bytes(b"[]"),
        _signed_bytes(b"\xff{"),
        _signed_bytes(b"[" * 100_000),
    ],
    ids=["no sender", "no id", "no number", "no event", "no text", "too deep"],
)  # fmt: skip
async def test_what_zalo_signed_and_nobody_can_read_is_parked_and_never_asked_for_again(
    client: Any, zalo: FakeZaloOa, event: tuple[bytes, dict[str, str]]
) -> None:
    """Zalo would send it five times more, and then call us no more: nobody would be heard."""
    counted = _refused()
    for _ in range(3):
        assert (await client.post(PATH, data=event[0], headers=event[1])).status == 200
    body, headers = zalo.text(TED, "111")  # nobody waits behind it
    assert (await client.post(PATH, data=body, headers=headers)).status == 200
    await zalo.until(lambda: zalo.sent(TED))
    ((_number, channel, _at, why),) = await client.running.database.read(inbox.parked)
    assert channel == "zalo_oa" and why.startswith("malformed")
    assert _refused() == counted + 1


async def test_what_a_later_version_can_read_is_heard_when_it_is_tried_again(
    client: Any, zalo: FakeZaloOa
) -> None:
    body, _headers = zalo.text(TED, "111")
    await client.running.intake.of("zalo_oa")([unreadable(body)])
    await zalo.until(lambda: zalo.sent(TED))


def _refused() -> float:
    what = {"what": "malformed update"}
    return REGISTRY.get_sample_value("vongtay_refused_input_total", what) or 0.0
