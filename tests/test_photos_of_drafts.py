"""A photo stays as long as the form it was sent for; one that is gone is not said to be there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from storage import attachments, crypto
from storage.records.talks import Draft
from tests.chat import introduce
from tests.house import KEYS, Bot, button

DAYS = timedelta(days=1)
table = attachments.attachments
LOST = crypto.Keyring("7:" + "WllYV1ZVVFNSUVBPTk1MS0pJSEdGRURDQkFaWVhXVlU=")


@pytest.fixture
async def begun(bot: Bot) -> Bot:
    """A report with a photo, of day 0 and touched on day 20; another photo is of none."""
    await bot.database.write(introduce)
    photo = {"kind": "photo", "reference": "p1", "mime": "image/jpeg"}
    for said in ("/bao", "Bị đánh, bị hành hạ", "không rõ", "Phố Vị"):
        await bot.says("lan", said)
    await bot.says("lan", attachments=[photo])
    at = bot.clock()
    await bot.database.write(
        lambda c: attachments.want(c, "test", "lan", "p2", "photo", "image/jpeg", 1, at)
    )
    await bot.tick(20 * DAYS)
    await bot.says("lan", "/menu")
    await bot.says("lan", "tiếp tục")
    await bot.says("lan", "9")
    await bot.tick(12 * DAYS)
    return bot


async def kept(bot: Bot) -> list[str]:
    every = select(table.c.reference).order_by(table.c.id)
    return list(await bot.database.read(lambda c: c.execute(every).scalars().all()))


async def sent(bot: Bot) -> None:
    await bot.says("lan", "/menu")
    card = (await bot.says("lan", "tiếp tục"))[-1]
    await bot.presses("lan", button(card, "Gửi ngay"))


async def test_a_photo_of_a_form_that_is_being_filled_in_is_kept(begun: Bot) -> None:
    assert await kept(begun) == ["p1"]
    await sent(begun)
    assert "Ảnh: đã gửi 1" in begun.heard("minh")
    await begun.tick(40 * DAYS)
    assert await kept(begun) == ["p1"]  # it is of a report now


async def test_it_goes_with_the_form(begun: Bot) -> None:
    await begun.tick(31 * DAYS)
    assert await kept(begun) == []


async def test_what_a_draft_that_cannot_be_read_names_is_kept(begun: Bot) -> None:
    def lose(connection):  # type: ignore[no-untyped-def]
        crypto.use(LOST)
        connection.execute(update(Draft.__table__).values(content={}))  # type: ignore[attr-defined]
        crypto.use(KEYS)

    await begun.database.write(lose)
    await begun.tick(DAYS)
    assert await kept(begun) == ["p1"]


async def test_a_photo_that_is_gone_all_the_same_is_told_and_not_counted(begun: Bot) -> None:
    await begun.database.write(lambda c: c.execute(delete(table)) and None)
    await sent(begun)
    receipt = begun.channels["test"].said["lan"][-1].text
    assert "không còn ở đây" in receipt and "Mã: VT-" in receipt
    assert "đã gửi 1" not in begun.heard("minh")
