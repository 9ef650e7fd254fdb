"""What is drawn for people: outside of every transaction, and again when it was cut short."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from bot.delivery.drawing import Drawing
from bot.words import File, Say
from storage import attachments
from tests.house import START, Bot
from tests.outreach.test_inviting import arrange

PNG = "image/png"


@pytest.fixture
async def bot(tmp_path):
    bot = await Bot.opened(f"sqlite:///{tmp_path}/drawn.sqlite3")
    yield bot
    await bot.database.close()


async def state_of(bot, number):
    return await bot.database.read(lambda c: attachments.states(c, [number])[number][0])


async def noted(bot, **recipe):
    recipe = {"what": "test", "language": "vi", **recipe}
    return await bot.database.write(
        lambda c: attachments.to_make(c, "test", "an", "photo", PNG, recipe, START)
    )


async def test_while_it_is_drawn_others_write(bot):
    """The drawing waits for a write that comes after it began: neither waits for ever."""
    wrote = threading.Event()

    def make():
        assert wrote.wait(10), "nobody could write while this was drawn"
        return b"drawn"

    number = await noted(bot)
    drawing = Drawing(bot.database, bot.together, lambda _c, _recipe: make)
    task = asyncio.create_task(drawing.drawn(Say("x", files=(File(number, "photo", PNG),))))
    await asyncio.sleep(0)
    await bot.database.write(lambda _c: None)
    wrote.set()
    said = await task
    assert [file.attachment_id for file in said.files] == [number]
    assert await state_of(bot, number) == "kept"


async def test_cut_short_it_is_drawn_again(bot):
    """The process dies while it draws: the message is still owed, and its files are drawn."""
    code = await bot.database.write(lambda c: arrange(c, START.date() + timedelta(days=7)))
    sender = bot.senders[0]
    drawing = sender._drawing
    sender._drawing = Drawing(bot.database, bot.together, _dies)
    await bot.receive("officer", value=f"o.minutes.{code}", kind="press")
    await bot.worker.step()
    await sender.step()
    [task] = sender._sending.values()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not bot.channels["test"].said.get("officer")
    sender._drawing = drawing
    bot.clock.at += timedelta(minutes=2)  # what the dead one had claimed is free again
    await bot.work()
    [said] = bot.channels["test"].said["officer"]
    [file] = said.files
    kept = await bot.database.read(lambda c: attachments.one(c, file.attachment_id))
    assert kept.state == "kept" and kept.content.startswith(b"PK")


def _dies(_connection, _recipe):
    def make():
        raise asyncio.CancelledError

    return make


async def test_what_is_there_no_more_is_left_out_and_the_message_comes(bot):
    number = await noted(bot)

    def draw(_connection, _recipe):
        raise LookupError("gone")

    drawing = Drawing(bot.database, bot.together, draw)
    said = await drawing.drawn(Say("x", files=(File(number, "photo", PNG),)))
    assert said.text == "x" and not said.files
    assert await state_of(bot, number) == "refused"


async def test_a_recipe_is_shown_to_nobody(bot):
    from bot.channels.web.mailbox import Visitor
    from bot.delivery.webmail import Webmail
    from storage.inbox import sender_index

    recipe = {"what": "minutes", "code": "x"}
    number = await bot.database.write(
        lambda c: attachments.to_make(c, "web", "an", "file", PNG, recipe, START)
    )
    mail = Webmail(bot.database, bot.together, bot.clock, asyncio.Event())
    visitor = Visitor(1, "an", sender_index("web", "an"))
    assert await mail.file(visitor, number) is None
    await bot.database.write(lambda c: attachments.keep(c, number, b"drawn", PNG))
    assert await mail.file(visitor, number) == (b"drawn", PNG)
