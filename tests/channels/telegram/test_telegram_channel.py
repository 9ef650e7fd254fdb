"""Sending, fetching and acknowledging, against a Bot API server that has Telegram's limits."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from telegram.error import BadRequest, InvalidToken
from telegram.request import HTTPXRequest

from bot.channels import Channel, Later, Moved, NotSent, Refused
from bot.channels.telegram import channel as module
from bot.channels.telegram.channel import Conflict, TelegramChannel
from bot.channels.telegram.translate import MAX_DOWNLOAD
from bot.words import Button, Call, File, Say
from tests.fake_telegram import FakeTelegram

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


async def failure_of(channel: TelegramChannel, address: str, say: Say) -> Any:
    with pytest.raises(NotSent) as raised:
        await channel.send(address, say)
    return raised.value


async def test_a_message_arrives_and_its_id_comes_back(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    sent = await channel.send("7", Say("Chào", buttons=(Button("v", "Có"),)))
    (message,) = server.sent(7)
    assert (str(message["message_id"]), message["text"]) == (sent, "Chào")


async def test_every_part_arrives_in_order_and_the_id_is_that_of_the_last_text(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    say = Say(
        "chữ " * 2000,
        buttons=(Button("v", "Có"),),
        calls=(Call("111", "Tổng đài"),),
        files=(File(1, "photo"), File(2, "voice"), File(1, "file")),
    )
    sent = await channel.send("7", say)
    kinds = [
        next(kind for kind in ("text", "contact", "photo", "voice", "document") if kind in message)
        for message in server.sent(7)
    ]
    assert kinds == ["text", "text", "contact", "photo", "voice", "document"]
    assert sent == str(server.sent(7)[1]["message_id"])
    assert server.received("sendPhoto")[0].files == {"photo": b"\xff\xd8photo"}
    assert server.received("sendPhoto")[0].params["photo"] == "photo.jpg"
    assert server.received("sendVoice")[0].files == {"voice": b"OggSvoice"}


async def test_files_without_a_text_are_a_message_too(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    sent = await channel.send("7", Say("", files=(File(1, "photo"), File(2, "voice"))))
    photo, _ = server.sent(7)
    assert sent == str(photo["message_id"])


async def test_a_file_that_is_gone_is_left_out(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    await channel.send("7", Say("Ảnh", files=(File(99, "photo"),)))
    assert len(server.sent(7)) == 1
    assert isinstance(await failure_of(channel, "7", Say("", files=(File(99, "photo"),))), Refused)


@pytest.mark.parametrize(
    ("content", "mime", "kind", "method"),
    [
        (b"x" * 100, "image/png", "photo", "sendPhoto"),
        (b"x" * (module.MAX_PHOTO + 1), "image/png", "photo", "sendDocument"),
        (b"x", "audio/ogg; codecs=opus", "voice", "sendVoice"),
        (b"x", "", "voice", "sendVoice"),
        (b"x", "audio/webm", "voice", "sendDocument"),
        (b"x" * (module.MAX_UPLOAD + 1), "image/png", "photo", None),
        (b"", "image/png", "photo", None),
    ],
)
async def test_what_telegram_takes_as_a_photo_or_a_voice(
    server: FakeTelegram, content: bytes, mime: str, kind: Any, method: str | None
) -> None:
    async def load(_: int) -> tuple[bytes, str]:
        return content, mime

    server.chat(7)
    channel = TelegramChannel(server.token, server.base, load_file=load)
    await channel.send("7", Say("a", files=(File(1, kind),)))
    methods = [request.method for request in server.requests]
    assert methods == ["sendMessage", *([method] if method else [])]
    await channel.close()


async def test_without_a_loader_files_are_left_out(server: FakeTelegram) -> None:
    server.chat(7)
    channel = TelegramChannel(server.token, server.base)
    await channel.send("7", Say("a", files=(File(1, "photo"),)))
    assert len(server.sent(7)) == 1
    await channel.close()


# Each way to fail, and what it means.


async def test_a_flood_stops_the_whole_channel_for_as_long_as_telegram_says(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.strict_pacing = True
    server.chat(7)
    failures = []
    for _ in range(4):
        try:
            await channel.send("7", Say("a"))
        except Later as later:
            failures.append((later.seconds, later.whole_channel))
    assert failures == [(1.0, True)]


async def test_somebody_who_blocked_us_is_not_tried_again(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.block(7)
    failure = await failure_of(channel, "7", Say("a"))
    assert isinstance(failure, Refused) and failure.blocked


async def test_a_chat_that_never_was_counts_as_gone(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    failure = await failure_of(channel, "8", Say("a"))
    assert isinstance(failure, Refused) and failure.blocked


async def test_a_group_that_moved_gives_its_new_address(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.migrate(-55, -1001)
    failure = await failure_of(channel, "-55", Say("a"))
    assert isinstance(failure, Moved) and failure.address == "-1001"


async def test_what_telegram_does_not_accept_is_refused_and_nobody_is_blamed(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    with pytest.raises(Refused) as refused:
        await channel.call("getFile", {"file_id": "nothing"})
    assert not refused.value.blocked


@pytest.mark.parametrize("status", [500, 502, 503, 504, 418])
async def test_trouble_at_telegram_passes(
    server: FakeTelegram, channel: TelegramChannel, status: int
) -> None:
    server.chat(7)
    server.fail(1, status)
    failure = await failure_of(channel, "7", Say("a"))
    assert isinstance(failure, Later) and not failure.whole_channel
    assert await channel.send("7", Say("a"))


async def test_what_is_too_large_for_the_server_is_refused(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    server.fail(1, 413)
    assert isinstance(await failure_of(channel, "7", Say("a")), Refused)


async def test_a_lost_connection_passes(server: FakeTelegram, channel: TelegramChannel) -> None:
    server.chat(7)
    server.drop(1)
    assert isinstance(await failure_of(channel, "7", Say("a")), Later)


async def test_a_network_that_is_away_passes() -> None:
    channel = TelegramChannel(FakeTelegram.token, "http://127.0.0.1:9")
    await channel.start()
    assert channel.username is None
    assert isinstance(await failure_of(channel, "7", Say("a")), Later)
    await channel.close()


async def test_a_time_out_passes(server: FakeTelegram, channel: TelegramChannel) -> None:
    with pytest.raises(Later):
        await channel.call("getUpdates", {"timeout": 5}, patience=0.05)


async def test_two_who_receive_are_a_conflict(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    await channel.call("setWebhook", {"url": "https://vongtay.vn/x"})
    with pytest.raises(Conflict):
        await channel.call("getUpdates")


async def test_a_wrong_token_stops_the_channel_for_a_minute_and_is_told(
    server: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    channel = TelegramChannel("123:wrong", server.base)
    failure = await failure_of(channel, "7", Say("a"))
    assert isinstance(failure, Later)
    assert (failure.seconds, failure.whole_channel) == (60.0, True)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    await channel.close()


# What has arrived is not sent again for the sake of the rest.


async def test_a_contact_card_may_fail(server: FakeTelegram, channel: TelegramChannel) -> None:
    server.chat(7)
    for trouble in (server.fail, server.drop):
        trouble(9, method="sendContact")
        assert await channel.send("7", Say("a", calls=(Call("111", "Tổng đài"),)))
        server._planned.clear()
    assert [message["text"] for message in server.sent(7)] == ["a\n\n☎ Tổng đài: 111"] * 2


async def test_a_later_part_is_tried_again_by_itself(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    server.fail(2, method="sendPhoto")
    await channel.send("7", Say("a", files=(File(1, "photo"),)))
    assert len(server.received("sendMessage")) == len(server.received("sendPhoto")) == 1


async def test_if_it_still_fails_the_message_counts_as_not_sent(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    server.fail(3, method="sendPhoto")
    assert isinstance(await failure_of(channel, "7", Say("a", files=(File(1, "photo"),))), Later)


async def test_sent_again_it_goes_on_where_it_was(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    say = Say("chữ " * 2000, files=(File(99, "photo"), File(1, "photo"), File(2, "voice")))
    for _ in range(2):
        server.fail(3, method="sendPhoto")
        with pytest.raises(Later):
            await channel.send("7", say, once="a")
    sent = await channel.send("7", say, once="a")
    assert [len(server.received(f"send{kind}")) for kind in ("Message", "Photo", "Voice")] == [
        2,
        1,
        1,
    ]
    assert sent == str(server.sent(7)[1]["message_id"])
    await channel.send("7", say, once="a")
    assert len(server.received("sendMessage")) == 4


async def test_sent_elsewhere_or_as_another_message_it_starts_at_the_beginning(
    server: FakeTelegram, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_BEGUN", 2)
    say = Say("a", files=(File(1, "photo"),))
    for chat, once in ((7, "a"), (8, "a"), (7, "b"), (7, ""), (7, ""), (7, "a")):
        server.chat(chat)
        server.fail(3, method="sendPhoto")
        with pytest.raises(Later):
            await channel.send(str(chat), say, once)
    assert len(server.received("sendMessage")) == 6
    assert len(channel._begun) == 2


async def test_a_file_that_telegram_refuses_is_left_out(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    server.fail(1, 400, method="sendPhoto")
    assert await channel.send("7", Say("a", files=(File(1, "photo"), File(2, "voice"))))
    assert len(server.received("sendVoice")) == 1


async def test_a_first_part_that_is_refused_is_told(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    server.fail(1, 400, method="sendPhoto")
    failure = await failure_of(channel, "7", Say("", files=(File(1, "photo"),)))
    assert isinstance(failure, Refused)


async def test_an_answer_that_is_not_ok_is_none_whatever_its_status(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.always_200 = True
    server.block(7)
    assert (await failure_of(channel, "7", Say("a"))).blocked
    server.migrate(-5, -1005)
    moved = await failure_of(channel, "-5", Say("a"))
    assert isinstance(moved, Moved) and moved.address == "-1005"
    server.document(8, b'{"ok": false, "error_code": 400}', "a.json")  # that is a file of somebody
    reference = server._queue[-1][1]["message"]["document"]["file_id"]
    assert await channel.fetch(reference) == b'{"ok": false, "error_code": 400}'


async def test_an_answer_without_a_result_is_no_reason_to_send_again(
    server: FakeTelegram, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ok(*_: Any, **__: Any) -> tuple[int, bytes]:
        return 200, b'{"ok": true}'

    monkeypatch.setattr(HTTPXRequest, "do_request", ok)
    server.chat(7)
    assert await channel.send("7", Say("a")) == ""


async def test_what_a_server_says_in_trouble_is_not_quoted(
    server: FakeTelegram, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def echo(*_: Any, **__: Any) -> tuple[int, bytes]:
        return 500, "<html>you sent: bé Na ở Thôn Phố Vị".encode()

    monkeypatch.setattr(HTTPXRequest, "do_request", echo)
    failure = await failure_of(channel, "7", Say("a"))
    assert isinstance(failure, Later) and "sent" not in str(failure) and "500" in str(failure)


async def test_a_first_part_is_not_tried_again_here(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    server.fail(1)
    await failure_of(channel, "7", Say("a"))
    assert not server.received("sendMessage")


# Fetching and acknowledging.


async def test_an_attachment_is_fetched(server: FakeTelegram, channel: TelegramChannel) -> None:
    sent = {
        b"x" * 300: server.photo(7, b"x" * 300),
        b"%PDF": server.document(7, b"%PDF", "đơn #1?.pdf"),
    }
    for content, update in sent.items():
        found = channel.translate(update)
        assert found is not None
        assert await channel.fetch(found.attachments[0].reference) == content


async def test_an_attachment_beyond_20_mb_is_refused(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.document(7, b"x", size=MAX_DOWNLOAD + 1)
    server.document(7, b"x" * (MAX_DOWNLOAD + 1), size=5)
    server.document(7, b"x", size=MAX_DOWNLOAD)
    for reference in ("file-0", "file-1", "unknown"):
        with pytest.raises(Refused):
            await channel.fetch(reference)
    assert await channel.fetch("file-2") == b"x"


@pytest.mark.parametrize("lie", [{"file_path": "gone"}, {"file_size": MAX_DOWNLOAD + 1}, None])
async def test_a_file_that_cannot_be_had_is_refused_and_the_channel_goes_on(
    server: FakeTelegram,
    channel: TelegramChannel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    lie: dict[str, Any] | None,
) -> None:
    server.document(7, b"x")
    truth = channel.call

    async def lying(method: str, params: Any = None, patience: float | None = None) -> Any:
        return lie and {**await truth(method, params, patience), **lie}

    monkeypatch.setattr(channel, "call", lying)
    with pytest.raises(Refused):
        await channel.fetch("file-0")
    assert not caplog.records


async def test_a_fetch_that_breaks_off_passes(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.document(7, b"x")
    server.drop(1)
    with pytest.raises(Later):
        await channel.fetch("file-0")


async def test_a_press_is_acknowledged_and_nothing_ever_comes_of_it(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    pressed = server.press(7, 1, "v")
    await channel.acknowledge(pressed)
    await channel.acknowledge(server.text(7, "a"))
    assert len(server.received("answerCallbackQuery")) == 1
    server.fail(1)
    await channel.acknowledge(pressed)
    server.drop(1)
    await channel.acknowledge(pressed)
    await channel.acknowledge({"callback_query": {"id": "too old"}})


# Who we are, and what nobody may see.


async def test_the_name_is_learned_and_used(server: FakeTelegram, channel: TelegramChannel) -> None:
    assert channel.username == "FakeBot"
    assert channel.translate(server.group_text(-5, "/menu@OtherBot")) is None
    assert channel.translate(server.group_text(-5, "/menu@FakeBot")) is not None
    assert (channel.name, channel.per_second, channel.per_address) == ("telegram", 30.0, 1.0)


async def test_a_channel_can_be_closed_and_started_again(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    await channel.close()
    await channel.close()
    assert isinstance(await failure_of(channel, "7", Say("a")), Later)
    await channel.start()
    assert await channel.send("7", Say("a"))


async def test_neither_token_nor_text_is_ever_logged_or_raised(
    server: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    channel = TelegramChannel(server.token, server.base)
    server.chat(7)
    server.document(7, b"x")
    told = []
    troubles: list[Callable[[], None]] = [
        lambda: None,
        lambda: server.drop(1),
        lambda: server.block(7),
        *(partial(server.fail, 1, status) for status in (400, 401, 404, 500)),
    ]
    acts: list[Callable[[], Awaitable[Any]]] = [
        channel.start,
        lambda: channel.fetch("file-0"),
        lambda: channel.send("7", Say("Bé An ở thôn Đoài")),
        lambda: channel.acknowledge({"callback_query": {"id": "1"}}),
    ]
    for trouble in troubles:
        for act in acts:
            trouble()
            channel.username = None
            try:
                await act()
            except NotSent as failure:
                assert failure.__context__ is None and failure.__cause__ is None
                told.append("".join(traceback.format_exception(failure)))
            server._planned.clear()
    away = TelegramChannel(server.token, "http://127.0.0.1:9")
    with pytest.raises(Later) as later:
        await away.call("getMe")
    told += [str(later.value), caplog.text, repr(channel), repr(vars(later.value))]
    secret = server.token.split(":")[1]
    assert not [text for text in told if secret in text or "Bé An" in text]
    assert any("Later" in text for text in told) and caplog.records
    await channel.close()
    await away.close()


def test_an_error_of_the_library_that_quotes_the_token_is_cleaned() -> None:
    channel = TelegramChannel("12:secret", "http://127.0.0.1:9")
    quoting = InvalidToken(f"The token `12:secret` was rejected{'.' * 300}")
    for error in (quoting, BadRequest(str(quoting)), ValueError("http://x/bot12:secret/getMe")):
        told = str(channel._understood(error))
        assert "secret" not in told and len(told) <= 200


@pytest.mark.parametrize(
    ("token", "proxy"), [("", None), ("12:secret", "nonsense://user:secret@x"), ("12:x", "::")]
)
def test_a_setting_that_cannot_be_is_told_without_quoting_it(token: str, proxy: str | None) -> None:
    with pytest.raises(ValueError) as refused:
        TelegramChannel(token, "http://127.0.0.1:9", proxy=proxy)
    assert "secret" not in "".join(traceback.format_exception(refused.value))


async def test_a_proxy_is_what_is_spoken_to(server: FakeTelegram) -> None:
    for proxy in ("socks5://127.0.0.1:9", "http://user:secret@127.0.0.1:9"):
        channel: Channel = TelegramChannel(server.token, server.base, proxy=proxy)
        with pytest.raises(Later) as later:
            await channel.send("7", Say("a"))
        assert "secret" not in str(later.value)
    assert not server.requests


async def test_many_at_once_wait_for_each_other(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    server.chat(7)
    sent = await asyncio.gather(*(channel.send("7", Say(f"{nth}")) for nth in range(100)))
    assert len(set(sent)) == 100
