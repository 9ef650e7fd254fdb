"""The fake server itself: aiogram's own client, which is not ours, gets along with it."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiogram import Bot, exceptions, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web

from tests.fake_telegram import FakeTelegram


@pytest.fixture
async def bot(server: FakeTelegram) -> Any:
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.base))
    yield Bot(server.token, session=session)
    await (await session.create_session()).close()  # session.close() would wait a quarter second


async def test_aiogram_reads_everything_that_people_do(server: FakeTelegram, bot: Bot) -> None:
    server.text(7, "/start X")
    server.group_text(-5, "chào")
    server.edited(7, 1, "/start Y")
    server.photo(7, b"x" * 200, caption="đây")
    server.voice(7, b"x")
    server.document(7, b"x")
    server.location(7, 21.0, 105.8)
    server.contact(7, "+8490", "Lan")
    server.press(7, 1, "v")
    server.press(7, 99, "v")
    server.blocked(7)
    server.unblocked(7)
    server.migrate(-5, -1005)
    updates = await bot.get_updates()
    assert len(updates) == 13
    assert isinstance(updates[9].callback_query.message, types.InaccessibleMessage)  # type: ignore[union-attr]
    assert (await bot.me()).username == "FakeBot"


async def test_updates_come_again_until_they_are_confirmed(server: FakeTelegram, bot: Bot) -> None:
    ids = [server.text(7, text)["update_id"] for text in "abc"]
    for _ in range(2):
        assert [update.update_id for update in await bot.get_updates()] == ids
    assert [u.update_id for u in await bot.get_updates(offset=ids[1], limit=1)] == ids[1:2]
    assert [u.update_id for u in await bot.get_updates()] == ids[1:]
    assert [u.update_id for u in await bot.get_updates(offset=-1)] == ids[2:]
    assert await bot.get_updates(offset=ids[2] + 1) == []


async def test_a_long_poll_ends_with_the_first_update(server: FakeTelegram, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await server.until(lambda: server.received("getUpdates"))
    server.text(7, "a")
    assert len(await asyncio.wait_for(waiting, 2)) == 1


async def test_only_what_is_allowed_comes(server: FakeTelegram, bot: Bot) -> None:
    server.text(7, "a")
    server.press(7, 1, "v")
    (update,) = await bot.get_updates(allowed_updates=["callback_query"])
    assert update.callback_query


async def test_a_second_poll_ends_the_first(server: FakeTelegram, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await server.until(lambda: server.received("getUpdates"))
    await bot.get_updates()
    with pytest.raises(exceptions.TelegramConflictError):
        await first
    await bot.set_webhook("https://vongtay.vn")
    with pytest.raises(exceptions.TelegramConflictError):
        await bot.get_updates()
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""


async def test_what_is_too_much_is_refused(server: FakeTelegram, bot: Bot) -> None:
    server.chat(7)

    def keys(**button: Any) -> types.InlineKeyboardMarkup:
        return types.InlineKeyboardMarkup(
            inline_keyboard=[[types.InlineKeyboardButton(**{"text": "a", **button})]]
        )

    assert await bot.send_message(7, "x" * 4096, reply_markup=keys(callback_data="x" * 64))
    wrong: list[tuple[str, Any]] = [
        ("x" * 4097, None),
        ("🙂" * 2049, None),
        ("  ", None),
        ("a", keys(callback_data="ệ" * 22)),
        ("a", keys(callback_data="")),
        ("a", keys(url="http://localhost/")),
        ("a", keys(url="tel:111")),
        ("a", keys(text=" ", callback_data="a")),
        ("a", keys()),
    ]
    for text, markup in wrong:
        with pytest.raises(exceptions.TelegramBadRequest):
            await bot.send_message(7, text, reply_markup=markup)


async def test_messages_can_be_changed(server: FakeTelegram, bot: Bot) -> None:
    server.chat(7)
    sent = await bot.send_message(7, "a")
    await bot.edit_message_text("b", chat_id=7, message_id=sent.message_id)
    await bot.edit_message_reply_markup(chat_id=7, message_id=sent.message_id)
    assert [message["text"] for message in server.sent(7)] == ["b"]
    with pytest.raises(exceptions.TelegramBadRequest):
        await bot.edit_message_text("b", chat_id=7, message_id=99)


async def test_files_go_both_ways(server: FakeTelegram, bot: Bot) -> None:
    server.photo(7, b"y" * 500)
    loaded = await bot.download("file-1")
    assert loaded is not None and loaded.read() == b"y" * 500
    sent = await bot.send_document(7, types.BufferedInputFile(b"z", "đơn.pdf"))
    assert sent.document is not None
    assert (await bot.download(sent.document.file_id)).read() == b"z"  # type: ignore[union-attr]


async def test_too_fast_is_429_and_says_how_long(server: FakeTelegram, bot: Bot) -> None:
    server.strict_pacing = True
    for chat in range(1, 12):
        server.chat(chat)
    with pytest.raises(exceptions.TelegramRetryAfter) as one_chat:
        for _ in range(4):
            await bot.send_message(1, "a")
    assert one_chat.value.retry_after == 1
    with pytest.raises(exceptions.TelegramRetryAfter):
        for chat in range(2, 12):
            for _ in range(3):
                await bot.send_message(chat, "a")
    assert len([key for key in server.messages]) == 30


async def test_commands_and_typing(server: FakeTelegram, bot: Bot) -> None:
    server.chat(7)
    await bot.set_my_commands([types.BotCommand(command="bao", description="Báo tin")])
    assert server.commands == [{"command": "bao", "description": "Báo tin"}]
    await bot.send_chat_action(7, "typing")
    with pytest.raises(exceptions.TelegramBadRequest):
        await bot.set_my_commands([types.BotCommand(command="Báo", description="x")])


@pytest.mark.parametrize(
    "wrong",
    [
        {"chat_id": "7", "text": "a", "buttons": "[]"},
        {"chat_id": "7"},
        {"chat_id": "7", "text": "a", "disable_notification": "True"},
        {"chat_id": "7", "text": "a", "reply_markup": "{'inline_keyboard': []}"},
        {
            "chat_id": "7",
            "text": "a",
            "reply_markup": '{"inline_keyboard": [[{"text": "a", "callback": "b"}]]}',
        },
    ],
)
async def test_a_request_that_aiogram_would_not_make_is_a_violation(wrong: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        async with FakeTelegram() as server:
            server.chat(7)
            url = f"{server.base}/bot{server.token}/sendMessage"
            async with aiohttp.ClientSession() as person, person.post(url, data=wrong) as answer:
                assert answer.status == 400


async def test_the_webhook_gets_what_waits_until_it_takes_no_more(
    server: FakeTelegram, bot: Bot
) -> None:
    seen: list[tuple[str, int]] = []

    async def taken(request: web.Request) -> web.Response:
        update = await request.json()
        secret = request.headers["X-Telegram-Bot-Api-Secret-Token"]
        seen.append((secret, update["update_id"]))
        return web.Response(status=200 if len(seen) != 2 else 500)

    app = web.Application()
    app.router.add_post("/hook", taken)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token="s")
    for text in "abc":
        server.text(7, text)
    assert await server.deliver() == [200, 500]
    assert await server.deliver() == [200, 200]
    assert seen == [("s", 1001), ("s", 1002), ("s", 1002), ("s", 1003)]
    await runner.cleanup()
