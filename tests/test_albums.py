"""Photos chosen and sent together: Telegram brings each by itself; one answer is enough for all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk.desk import REST_OF_ALBUM
from bot.running import Running
from bot.settings import Settings
from bot.words import Say
from storage.database import Database
from tests.chat import introduce
from tests.delivery.test_media import picture
from tests.fake_telegram import FakeTelegram
from tests.house import Bot, button

A_MOMENT = REST_OF_ALBUM + timedelta(milliseconds=1)


@pytest.fixture(autouse=True)
async def _cast(bot: Bot) -> None:
    await bot.database.write(introduce)


def photo(number: int, album: str = "1357", **fields: Any) -> dict[str, Any]:
    """A photo of an album, as it arrives."""
    attached = {"kind": "photo", "reference": f"{album}-{number}", "mime": "image/jpeg"}
    return {"event_id": f"{album}-{number}", "album": album, "attachments": [attached], **fields}


async def after_a_moment(bot: Bot, address: str = "hoa") -> list[Say]:
    """What was said, once nothing more can come."""
    said = bot.channels["test"].said.setdefault(address, [])
    before = len(said)
    bot.clock.at += A_MOMENT
    await bot.work()
    return said[before:]


async def arrive(bot: Bot, *batches: list[dict[str, Any]], address: str = "hoa") -> list[Say]:
    """These photos arrive in batches, one after the other; what is answered in the end."""
    for batch in batches:
        for each in batch:
            await bot.receive(address, **each)
        await bot.work()
    return await after_a_moment(bot, address)


async def kept(bot: Bot, form: str = "child_report", address: str = "hoa") -> int:
    """How many photos are in what this person is filling in."""
    from storage import conversations, people

    def look(connection: Any) -> Any:
        person = people.by_address(connection, "test", address)
        assert person
        found = conversations.load_drafts(connection, [person.person_id])
        return found[person.person_id, form][0]["answers"].get("photos", [])

    return len(await bot.database.read(look))


TEN = [photo(number) for number in range(10)]
FILM = {"kind": "file", "reference": "f", "mime": "video/mp4"}
FILMS = [photo(number, attachments=[FILM]) for number in range(20, 24)]


@pytest.mark.parametrize(
    "batches",
    [
        [TEN],
        [TEN[:1], TEN[1:4], TEN[4:]],
        [[each] for each in TEN],
        [TEN[5:], TEN[:5]],
        [TEN[:6], TEN[3:], TEN],
    ],
    ids=["at once", "in batches", "one by one", "out of order", "twice"],
)
async def test_an_album_is_answered_once_and_no_photo_is_lost(bot: Bot, batches: Any) -> None:
    await bot.says("hoa", "cháu An 12 tuổi nghỉ học đi phụ hồ ở thôn Phố Vị")
    await bot.says("hoa", "Không")
    [answer] = await arrive(bot, *batches)
    assert "gửi kèm" in answer.text and "Ảnh: đã gửi 10" in answer.text
    assert await kept(bot) == 10
    receipt = (await bot.says("hoa", "gửi"))[-1]
    assert "VT-" in receipt.text


async def test_out_of_the_blue_an_album_begins_one_report(bot: Bot) -> None:
    [answer] = await arrive(bot, TEN[:3], TEN[3:])
    assert answer.buttons and await kept(bot) == 10


async def test_photos_that_come_much_later_are_answered_as_well(bot: Bot) -> None:
    [first] = await arrive(bot, TEN[:9])
    [late] = await arrive(bot, TEN[9:])
    assert "Đã nhận" in late.text and await kept(bot) == 10
    assert await arrive(bot, TEN) == []
    assert first.text != ""


async def test_the_one_answer_says_to_which_report_they_go(bot: Bot) -> None:
    await bot.says("hoa", "cháu An 12 tuổi nghỉ học đi phụ hồ ở thôn Phố Vị")
    await bot.says("hoa", "Không")
    [receipt] = await bot.says("hoa", "gửi")
    code = button(receipt, "Bổ sung").value.removeprefix("r.reply.")
    [answer] = await arrive(bot, TEN[:1], TEN[1:])
    assert f"tin báo {code}" in answer.text
    assert await kept(bot, "addition") == 10


async def test_words_beside_the_first_photo_are_answered_at_once(bot: Bot) -> None:
    words = "Cứu với, cháu bé nhà bên đang bị bố đánh"
    said = await bot.says("hoa", **photo(0, text=words))
    assert "111" in said[0].text.splitlines()[0]
    assert len(await arrive(bot, TEN[1:])) == 1
    assert await kept(bot) == 10


async def test_what_is_said_right_after_an_album_is_answered_at_once_and_after_it(bot: Bot) -> None:
    await bot.says("hoa", "cháu An 12 tuổi nghỉ học đi phụ hồ ở thôn Phố Vị")
    for each in TEN:
        await bot.receive("hoa", **each)
    album, hotline, *_others = await bot.says("hoa", "/111")
    assert "gửi kèm" in album.text and "111" in hotline.text
    assert await after_a_moment(bot) == []


async def test_a_file_that_cannot_be_read_is_told_of_among_photos(bot: Bot) -> None:
    await bot.says("hoa", "cháu An 12 tuổi nghỉ học đi phụ hồ ở thôn Phố Vị")
    mixed = [TEN[0], *FILMS[:1], *TEN[1:5], *FILMS[1:], *TEN[5:]]
    said = await arrive(bot, mixed[:8], mixed[8:])
    assert len(said) == 2
    assert any("gửi kèm" in each.text for each in said)
    assert any("không đọc được" in each.text for each in said)
    assert await kept(bot) == 10


async def test_an_album_of_files_that_cannot_be_read_is_told_of_once(bot: Bot) -> None:
    [said] = await arrive(bot, FILMS[:1], FILMS[1:])
    assert "không đọc được" in said.text


async def test_two_albums_of_two_people_are_two_answers_each(bot: Bot) -> None:
    for number in range(3):
        for album in ("7", "77", "7_"):
            await bot.receive("hoa", **photo(number, album))
        await bot.receive("lan", **photo(number, "7", event_id=f"l{number}"))
        await bot.work()
    assert len(await after_a_moment(bot)) == 3
    assert len(bot.channels["test"].said["lan"]) == 1
    assert await kept(bot) == 9 and await kept(bot, address="lan") == 3


def texts(telegram: FakeTelegram, before: int) -> list[str]:
    return [message.get("text", "") for message in telegram.sent(7)[before:]]


async def test_on_telegram_an_album_is_answered_once_and_soon(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with FakeTelegram() as telegram:
        settings = Settings(
            _env_file=None,
            data_dir=tmp_path,
            telegram_token=telegram.token,
            telegram_api_base=telegram.base,
        )
        running = Running(settings, Database(sqlite_url))
        await running.start()
        telegram.text(7, "/start")
        await telegram.until(lambda: telegram.sent(7))
        before = len(telegram.sent(7))
        for each in range(10):
            telegram.photo(7, picture(size=(100 + each, 80)), album="13579246801357")
        await telegram.until(lambda: telegram.sent(7)[before:], 15)
        telegram.text(7, "111")
        # The numbers are no last message: their contact cards and the open question follow.
        await telegram.until(lambda: any("☎ 111" in text for text in texts(telegram, before)), 15)
        await running.stop()
        first, *later = texts(telegram, before)
        assert "Đã nhận" in first
        # Where the machine is slow a photo may come after the answer has left.
        assert sum("Đã nhận" in text for text in later) < 2
