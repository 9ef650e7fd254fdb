"""Being called: only by Telegram, only with an update, and only what can be kept."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Later, Malformed, Raw, Refused
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.translate import ALLOWED_UPDATES
from bot.channels.telegram.webhook import HEADER, WrongSecret, set_webhook, webhook_events
from tests.fake_telegram import FakeTelegram

SECRET = "dung-noi_cho_ai"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def body(update: Any) -> bytes:
    return json.dumps(update).encode()


def test_an_update_with_the_secret_is_an_event() -> None:
    update = {"update_id": 5, "message": {"chat": {"id": 7, "type": "private"}}}
    assert webhook_events(body(update), SECRET, SECRET) == Raw("5", "7", update)


def test_a_press_is_noted_with_the_time_it_came() -> None:
    update = {"update_id": 5, "callback_query": {"id": "1", "from": {"id": 7}}}
    event = webhook_events(body(update), SECRET, SECRET, NOW)
    assert event == Raw("5", "7", {**update, "received_at": int(NOW.timestamp())})


@pytest.mark.parametrize("given", [None, "", "x", SECRET + "x", SECRET[:-1], "đừng", "\udcff"])
def test_a_wrong_secret_is_refused_before_the_body_is_read(given: str | None) -> None:
    for content in (body({"update_id": 5}), b"\xff{"):
        with pytest.raises(WrongSecret):
            webhook_events(content, given, SECRET)


@pytest.mark.parametrize("given", [None, "", "x"])
def test_without_a_secret_of_our_own_nobody_comes_in(given: str | None) -> None:
    with pytest.raises(WrongSecret):
        webhook_events(body({"update_id": 5}), given, "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"5",
        b"null",
        b"{}",
        b'{"update_id": "5"}',
        b'{"update_id": true}',
        b'{"update_id": 5.0}',
        b'{"update_id": -5}',
        b'{"update_id": 1' + b"0" * 5000 + b"}",
        b'{"update_id": 5, "message": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"update_id": 5, "message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 100_000,
    ],
)
def test_anything_else_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        webhook_events(content, SECRET, SECRET)


@given(st.binary() | st.text().map(lambda text: json.dumps(text).encode()))
def test_no_body_breaks_it(content: bytes) -> None:
    with pytest.raises(Malformed):
        webhook_events(content, SECRET, SECRET)


async def test_telegram_is_told_where_to_call(server: FakeTelegram) -> None:
    channel = TelegramChannel(server.token, server.base)
    await set_webhook(channel, "https://vongtay.vn/", SECRET)
    assert server.webhook == {
        "url": "https://vongtay.vn/telegram/webhook",
        "secret_token": SECRET,
        "allowed_updates": list(ALLOWED_UPDATES),
    }
    assert channel.username == "FakeBot"
    assert HEADER == "X-Telegram-Bot-Api-Secret-Token"
    await channel.close()


@pytest.mark.parametrize("secret", ["", "a b", "bí-mật", "x" * 257, "a\n"])
async def test_a_secret_that_telegram_does_not_take_is_refused(
    server: FakeTelegram, channel: TelegramChannel, secret: str
) -> None:
    with pytest.raises(Refused):
        await set_webhook(channel, "https://vongtay.vn", secret)
    assert not server.webhook


async def test_an_address_that_telegram_does_not_take_is_refused(
    server: FakeTelegram, channel: TelegramChannel
) -> None:
    with pytest.raises(Refused):
        await set_webhook(channel, "http://vongtay.vn", SECRET)
    server.fail(1)
    with pytest.raises(Later):
        await set_webhook(channel, "https://vongtay.vn", SECRET)
