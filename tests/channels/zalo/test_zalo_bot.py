"""The Zalo bot channel against a server with the platform's limits and quirks."""

import asyncio
import json
import logging
from typing import Any

import pytest

from bot.channels import Channel, Later, Malformed, NotSent, Raw, Refused
from bot.channels.zalo import download
from bot.channels.zalo_bot_platform.channel import QuotaExceeded, ZaloBotChannel
from bot.channels.zalo_bot_platform.poll import poll
from bot.channels.zalo_bot_platform.translate import event_of, translate
from bot.channels.zalo_bot_platform.webhook import WrongSecret, set_webhook, webhook_event
from bot.words import Attachment, Button, File, Incoming, Say
from tests.fake_zalo_bot import FakeZaloBot

SECRET = "a-Secret_0123"


def read(body: Any) -> Incoming:
    raw = event_of(body)
    assert raw is not None
    json.dumps(raw.payload)  # it can be kept
    incoming = translate(raw.payload)
    assert incoming is not None and incoming.event_id == raw.event_id
    return incoming


# --- what comes in ------------------------------------------------------------------------


def test_a_text_is_read_in_both_forms(server: FakeZaloBot) -> None:
    incoming = read(server.text("ted", "xin chào"))
    assert (incoming.channel, incoming.address, incoming.text) == ("zalo_bot", "ted", "xin chào")
    assert not incoming.group and incoming.at.year == 2025


def test_what_people_send_becomes_ours(server: FakeZaloBot) -> None:
    [photo] = read(server.image("ted", b"jpg", caption="đây")).attachments
    assert (photo.kind, photo.mime) == ("photo", "image/jpeg")
    [other] = read(server.image("ted", b"jpg", field="photo")).attachments
    assert other.kind == "photo" and other.reference.startswith(server.base)
    [voice] = read(server.voice("ted", b"aac")).attachments
    assert (voice.kind, voice.mime) == ("voice", "audio/aac")
    assert read(server.sticker("ted")).attachments == (Attachment("other"),)
    assert read(server.unsupported("ted")).kind == "unsupported"
    started = read(server.text("ted", "/start ABC DEF"))
    assert (started.text, started.start) == ("/start", "ABC DEF")


def test_seconds_and_milliseconds_are_told_apart(server: FakeZaloBot) -> None:
    seconds = read(server.text("ted", "a", date=1763631000))
    thousandths = read(server.text("ted", "a", date="1763631000000"))
    assert seconds.at == thousandths.at


def test_groups_are_known_and_bots_are_left_alone(server: FakeZaloBot) -> None:
    body = server.text("ted", "hi")
    body.get("result", body)["message"]["chat"]["chat_type"] = "GROUP"
    assert read(body).group
    body.get("result", body)["message"]["from"]["is_bot"] = True
    raw = event_of(body)
    assert raw and translate(raw.payload) is None


def test_kinds_nobody_told_us_of_are_passed_over(server: FakeZaloBot) -> None:
    for body in ({}, {"event_name": "message.video.received"}, {"event_name": 5}, {"ok": True}):
        assert event_of(body) is None


@pytest.mark.parametrize(
    "message",
    [None, [], {}, {"chat": {"id": "a b"}, "message_id": "m"}, {"chat": {"id": "a"}}],
)
def test_an_event_without_ids_is_malformed(message: Any) -> None:
    with pytest.raises(Malformed):
        event_of({"event_name": "message.text.received", "message": message})


@pytest.mark.parametrize(
    "change",
    [{"text": 5}, {"date": "soon"}, {"date": -1}, {"date": 10**30}, {"from": "ted"}],
)
def test_a_wrong_field_is_malformed_and_told_without_words(
    server: FakeZaloBot, change: dict[str, Any]
) -> None:
    body = server.text("ted", "bí mật")
    body.get("result", body)["message"].update(change)
    raw = event_of(body)
    assert raw
    with pytest.raises(Malformed) as raised:
        translate(raw.payload)
    assert "bí mật" not in str(raised.value)


# --- what goes out ------------------------------------------------------------------------


async def test_a_message_arrives_with_its_options(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    server.text("ted", "/menu")
    known: Channel = channel
    sent = await known.send("ted", Say("Chọn", (Button("a", "Có"), Button("b", "Không"))))
    [message] = server.sent("ted")
    assert message["message_id"] == sent
    assert message["text"].startswith("Chọn\n\n1. Có\n2. Không\n✍")


async def test_an_alarm_is_bold_and_red_as_nothing_rings(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    server.text("ted", "/menu")
    await channel.send("ted", Say("🔴 KHẨN CẤP\nThôn Phố Vị", urgent=True))
    [message] = server.sent("ted")
    assert message["text_styles"] == [{"start": 0, "len": 11, "st": ["b", "c_db342e"]}]
    assert "parse_mode" not in message


async def test_photos_and_voices_go_by_address(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    server.text("ted", "/menu")
    files = (File(1, "photo"), File(2, "voice", "audio/aac"), File(3, "voice", "audio/ogg"))
    await channel.send("ted", Say("Xem", files=files))
    text, photo, voice, link = server.sent("ted")
    assert (photo["method"], voice["method"]) == ("sendPhoto", "sendVoice")
    assert (text["text"], link["text"]) == ("Xem", f"{server.base}/media/3.ogg")


async def failure(channel: ZaloBotChannel, address: str = "ted") -> Any:
    with pytest.raises(NotSent) as raised:
        await channel.send(address, Say("Chào"))
    return raised.value


async def test_an_error_under_http_200_is_an_error(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    assert isinstance(await failure(channel, "stranger"), Refused)


async def test_403_is_a_fault_of_the_server_and_nobody_is_blocked(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    server.text("ted", "/menu")
    server.fail("sendMessage", 403)
    assert isinstance(await failure(channel), Later)


async def test_too_much_stops_the_channel_for_longer_each_time(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    server.text("ted", "/menu")
    server.fail("sendMessage", 429, times=3)
    waits = [await failure(channel) for _ in range(3)]
    assert [(w.seconds, w.whole_channel) for w in waits] == [
        (60.0, True),
        (300.0, True),
        (1800.0, True),
    ]
    assert all(isinstance(wait, QuotaExceeded) for wait in waits)
    await channel.send("ted", Say("Chào"))
    server.fail("sendMessage", 429)
    assert (await failure(channel)).seconds == 60.0


async def test_a_hung_up_line_is_tried_later(server: FakeZaloBot, channel: ZaloBotChannel) -> None:
    server.text("ted", "/menu")
    server.fail("sendMessage", 0, status=0)
    assert isinstance(await failure(channel), Later)


async def test_a_message_goes_on_after_the_part_that_arrived(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    server.text("ted", "/menu")
    say = Say("một " * 900)
    await channel.send("ted", Say("x"))
    server.let("sendMessage")
    server.fail("sendMessage", 403)
    with pytest.raises(Later):
        await channel.send("ted", say, "7")
    await channel.send("ted", say, "7")
    assert len(server.sent("ted")) == 3
    assert channel.spent() == 3 and channel.spent() == 0


async def test_the_token_is_in_no_failure_and_no_log(
    server: FakeZaloBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = ZaloBotChannel("999:not-the-Token", server.base)
    nowhere = ZaloBotChannel("999:not-the-Token", "http://127.0.0.1:9")
    for channel in (wrong, nowhere):
        problem = await failure(channel)
        assert "not-the-Token" not in f"{problem!r} {problem.__cause__} {problem.__context__}"
        await channel.close()
    assert "not-the-Token" not in caplog.text


async def test_every_method_that_there_is_can_be_called(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    server.text("ted", "hi")
    assert await channel.who() == "bot.fake"
    await channel.typing("ted")
    assert await channel.sticker("ted", "s1")
    assert (await channel.call("getWebhookInfo"))["url"] == ""
    with pytest.raises(Refused):
        await channel.call("editMessageText", {})


# --- fetching -----------------------------------------------------------------------------


async def test_a_photo_is_fetched_from_where_it_came(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    [photo] = read(server.image("ted", b"jpeg bytes")).attachments
    assert await channel.fetch(photo.reference) == b"jpeg bytes"


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://localhost/x",
        "http://[::1]/x",
        "file:///etc/passwd",
        "https://zdn.vn.evil.example/x",
        "https://evilzdn.vn/x",
        "https://user@zdn.vn/x",
        "https://zdn.vn:8443/x",
        "ftp://a.zdn.vn/x",
        "http://[::1",
        "",
    ],
)
async def test_nothing_is_fetched_from_elsewhere(channel: ZaloBotChannel, url: str) -> None:
    with pytest.raises(Refused):
        await channel.fetch(url)


async def test_a_host_of_zalo_that_points_into_our_house_is_not_asked() -> None:
    class Liar:
        async def resolve(self, *_: Any) -> list[Any]:
            return [{"host": "10.0.0.7"}, {"host": "127.0.0.1"}]

    with pytest.raises(OSError, match="no public address"):
        await download.OutsideOnly(Liar()).resolve("f1.photo.zdn.vn")  # type: ignore[arg-type]
    assert download.may_fetch("http://f6.photo.talk.zdn.vn/a.jpg")


async def test_redirects_and_large_files_are_refused(
    server: FakeZaloBot, channel: ZaloBotChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.file(b"x" * 2000, ".jpg")
    with pytest.raises(Refused):
        await channel.fetch(url.replace("/media/", "/moved/"))
    with pytest.raises(Refused):
        await channel.fetch(f"{server.base}/media/gone.jpg")
    monkeypatch.setattr(download, "LARGEST", 1000)
    with pytest.raises(Refused, match="too large"):
        await channel.fetch(url)


# --- receiving ----------------------------------------------------------------------------


def test_only_who_knows_the_secret_is_let_in(server: FakeZaloBot) -> None:
    body = json.dumps(server.text("ted", "hi")).encode()
    assert webhook_event(body, SECRET, SECRET) is not None
    for given, secret in ((None, SECRET), ("", SECRET), ("x", SECRET), ("", ""), (None, "")):
        with pytest.raises(WrongSecret):
            webhook_event(body, given, secret)
    with pytest.raises(WrongSecret):  # before the body is looked at
        webhook_event(b"{", "x", SECRET)
    for bad in (b"{", b"[]", b"\xff", b"5"):
        with pytest.raises(Malformed):
            webhook_event(bad, SECRET, SECRET)


async def test_an_address_that_zalo_could_not_call_is_told(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    found = await set_webhook(channel, "http://127.0.0.1:9", SECRET)
    assert not found.ok and server.webhook["url"] == "http://127.0.0.1:9/zalo/bot/webhook"
    with pytest.raises(Refused):
        await set_webhook(channel, "http://127.0.0.1:9", "short")


async def test_polling_keeps_every_event_once_it_was_given(
    server: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    kept: list[Raw] = []
    failing = [True, True]
    stop = asyncio.Event()

    async def receive(events: Any) -> int:
        if failing:
            failing.pop()
            raise OSError("the disk is full")
        kept.extend(events)
        return len(events)

    server.fail("getUpdates", 403)
    server.text("ted", "một")
    server.text("ted", "hai")
    task = asyncio.create_task(poll(channel, receive, stop, first_pause=0.01))
    await server.until(lambda: len(kept) == 2)
    await asyncio.sleep(0.2)  # idle questions end with 408
    server.text("ted", "ba")
    await server.until(lambda: len(kept) == 3)
    stop.set()
    await asyncio.wait_for(task, 2)
    texts = [incoming.text for raw in kept if (incoming := translate(raw.payload))]
    assert texts == ["một", "hai", "ba"]
