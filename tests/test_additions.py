"""Adding to a report of one's own: also to an old one, never to somebody else's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, select, update

from storage import areas, cases
from storage.records.areas import Area
from storage.records.people import Role
from tests.chat import introduce
from tests.house import Bot, button

ROLES = Role.__table__
MANY = 12  # more than the list of one's own reports shows
NAMES = ("An", "Bình", "Chi", "Dung", "Giang", "Hà", "Khánh", "Linh", "Mai", "Nga", "Oanh", "Phúc")


@pytest.fixture
async def bot(sqlite_url: str) -> AsyncIterator[Bot]:
    opened = await Bot.opened(sqlite_url)
    await opened.database.write(introduce)
    yield opened
    await opened.database.close()


async def reported(bot: Bot, name: str) -> str:
    """Hoa reports a child; the value of the button by which she can add to that."""
    await bot.says("hoa", f"cháu {name} 12 tuổi nghỉ học đi phụ hồ ở thôn Phố Vị")
    await bot.says("hoa", "Không")
    [receipt] = await bot.says("hoa", "gửi")
    return button(receipt, "Bổ sung").value


async def test_danger_in_an_old_report_rings_however_many_came_since(bot: Bot) -> None:
    first, *_ = [await reported(bot, name) for name in NAMES[:MANY]]
    code = first.removeprefix("r.reply.")
    assert "mới" in (await bot.says("hoa", code))[0].text
    await bot.says("hoa", value=first, kind="press")
    before = len(bot.channels["test"].said["minh"])
    said = await bot.says("hoa", "chủ thầu đang đánh cháu, chảy máu rồi")
    assert "111" in said[0].text.splitlines()[0]
    assert code in said[-1].text
    [alarm] = bot.channels["test"].said["minh"][before:]
    assert alarm.urgent
    assert code in alarm.text


@pytest.mark.parametrize(
    "told",
    [
        "Hôm nay cháu bị chủ đánh gãy tay",
        "Cháu bảo muốn chết",
        "Cháu mất tích từ hôm qua rồi",
        "Ông chú sờ mó cháu tối qua",
        "Cháu bị bán sang Trung Quốc",
        "Mẹ kế trói cháu vào cột, đánh dã man",
    ],
)
async def test_what_would_ring_as_a_report_rings_as_an_addition(bot: Bot, told: str) -> None:
    await bot.says("hoa", value=await reported(bot, NAMES[0]), kind="press")
    before = len(bot.channels["test"].said["minh"])
    await bot.says("hoa", told)
    [alarm] = bot.channels["test"].said["minh"][before:]
    assert alarm.urgent
    assert "Đã nhận" in [each.label for each in alarm.buttons]


async def test_photos_go_to_an_old_report_however_many_came_since(bot: Bot) -> None:
    first, *_ = [await reported(bot, name) for name in NAMES[:MANY]]
    await bot.says("hoa", value=first, kind="press")
    await bot.says("hoa", attachments=[{"kind": "photo", "reference": "p1", "mime": "image/jpeg"}])
    [said] = await bot.says("hoa", "gửi")
    assert first.removeprefix("r.reply.") in said.text
    answers = await bot.database.read(
        lambda c: (
            c.execute(select(cases.reports.c.answers).order_by(cases.reports.c.id))
            .scalars()
            .first()
        )
    )
    assert answers is not None
    assert len(answers["photos"]) == 1


async def moved(bot: Bot, *, old_officers: bool) -> None:
    """Phố Vị lies in Tân Sơn from now on; those of its old commune are there still, or not."""

    def change(connection: Connection) -> None:
        village = areas.one(connection, "DM-VL-01")
        assert village
        areas.load(connection, [(Area(**{**village.model_dump(), "parent": "DM-TS"}), [])])
        if not old_officers:
            here = ROLES.c.area == "DM-VL"
            connection.execute(update(ROLES).where(here).values(ended_at=bot.clock()))

    await bot.database.write(change)


@pytest.mark.parametrize("told", ("minh", "binh"))
async def test_it_is_heard_of_after_the_village_has_moved(bot: Bot, told: str) -> None:
    """By who has the case, and where nobody of the old commune is left, by those of the new."""
    value = await reported(bot, "An")
    await moved(bot, old_officers=told == "minh")
    await bot.says("hoa", value=value, kind="press")
    heard = {who: len(said) for who, said in bot.channels["test"].said.items()}
    [said] = await bot.says("hoa", "cháu nghỉ học hẳn rồi")
    assert "Cán bộ đã được báo" in said.text
    news = [say.text for say in bot.channels["test"].said[told][heard.get(told, 0) :]]
    assert any("bổ sung" in text and "cháu nghỉ học hẳn rồi" in text for text in news)
    other = {"minh": "binh", "binh": "minh"}[told]
    assert len(bot.channels["test"].said.get(other, [])) == heard.get(other, 0)


async def test_danger_rings_where_the_village_lies_when_nobody_else_is_left(bot: Bot) -> None:
    value = await reported(bot, "An")
    await moved(bot, old_officers=False)
    await bot.says("hoa", value=value, kind="press")
    await bot.says("hoa", "chủ thầu đang đánh cháu, chảy máu rồi")
    assert bot.channels["test"].said["binh"][-1].urgent


async def on_both_channels(bot: Bot) -> str:
    """Hoa has begun nothing yet behind «Bổ sung» here; elsewhere, still a stranger there, she has
    sent a photo for another report. The six digits that join the two."""
    await bot.says("hoa", value=await reported(bot, "An"), kind="press")
    other = {"channel": "coded"}
    await bot.says("hoa", "cháu Bình 12 tuổi nghỉ học đi phụ hồ ở thôn Phố Vị", **other)
    await bot.says("hoa", "Không", **other)
    receipt = (await bot.says("hoa", "gửi", **other))[-1]
    await bot.says("hoa", value=button(receipt, "Bổ sung").value, kind="press", **other)
    photo = {"kind": "photo", "reference": "p1", "mime": "image/jpeg"}
    await bot.says("hoa", attachments=[photo], **other)
    await bot.says("hoa", "/menu", **other)
    [code] = await bot.says("hoa", value="m.code", kind="press")
    return re.search(r"\d{6}", code.text)[0]


@pytest.mark.parametrize("stopped", (False, True))
async def test_what_is_being_added_is_not_lost_with_an_empty_one(bot: Bot, stopped: bool) -> None:
    """What lies elsewhere was stopped, or has nothing in it: it is not kept instead."""
    digits = await on_both_channels(bot)
    if stopped:
        photo = {"kind": "photo", "reference": "p2", "mime": "image/jpeg"}
        await bot.says("hoa", attachments=[photo])
        await bot.says("hoa", "huỷ")
    await bot.says("hoa", digits, channel="coded")
    await bot.says("hoa", "tiếp tục", channel="coded")
    [said] = await bot.says("hoa", "gửi", channel="coded")
    assert "Đã bổ sung" in said.text
    kept = await bot.database.read(lambda c: list(c.execute(select(cases.reports.c.answers))))
    assert [len(answers.get("photos", ())) for (answers,) in kept] == [0, 1]


async def test_nobody_adds_to_the_report_of_somebody_else(bot: Bot) -> None:
    value = await reported(bot, "An")
    said = await bot.says("lan", value=value, kind="press")
    assert "không phải" in said[0].text
    assert value.removeprefix("r.reply.") not in said[0].text


async def test_a_place_takes_the_place_of_not_knowing_it(bot: Bot) -> None:
    value = await reported(bot, "An")

    def unknown(answers: dict[str, object]) -> dict[str, object]:
        return {**answers, "location": "unknown"}

    kept = await bot.database.read(
        lambda c: c.execute(select(cases.reports.c.answers)).scalar_one()
    )
    await bot.database.write(
        lambda c: c.execute(update(cases.reports).values(answers=unknown(kept)))
    )
    place = {"kind": "location", "latitude": 21.5, "longitude": 106.4}
    await bot.says("hoa", value=value, kind="press")
    await bot.says("hoa", attachments=[place])
    await bot.says("hoa", "gửi")
    answers = await bot.database.read(
        lambda c: c.execute(select(cases.reports.c.answers)).scalar_one()
    )
    assert answers["location"] == [21.5, 106.4]
    assert "unknown" not in answers.get("also", ())


async def test_a_place_that_was_added_stays_when_the_report_is_finished(bot: Bot) -> None:
    """The report has woken somebody and is added to before its last answers are given."""
    await bot.says("hoa", "có người đang đánh cháu bé ở thôn Phố Vị, chảy máu rồi")
    code = await bot.database.read(lambda c: c.execute(select(cases.cases.c.code)).scalar_one())
    await bot.says("hoa", "/menu")
    await bot.says("hoa", value=f"r.reply.{code}", kind="press")
    place = {"kind": "location", "latitude": 21.5, "longitude": 106.4}
    await bot.says("hoa", attachments=[place])
    await bot.says("hoa", "gửi")
    for said in ("tiếp tục", "Có, đang nguy hiểm", "9", "gửi"):
        receipt = await bot.says("hoa", said)
    assert code in receipt[-1].text
    [answers] = await bot.database.read(
        lambda c: list(c.execute(select(cases.reports.c.answers)).scalars())
    )
    assert (answers["location"], answers["age"]) == ([21.5, 106.4], 9)
