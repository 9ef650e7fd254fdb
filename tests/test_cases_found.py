"""Cases are found by a part of a code as people type it, the closed ones below the open ones."""

from __future__ import annotations

import re

from sqlalchemy import Connection, update

from storage import cases
from tests.chat import introduce
from tests.house import Bot

CLOSED, OPEN = "VT-26-01KM0V", "VT-26-01KM7Q"


async def report(bot: Bot, who: str, code: str, told: str) -> None:
    for said in ("/bao", told, "không", "Thôn Phố Vị", "12", "Gửi ngay"):
        await bot.says(who, said)

    def name(connection: Connection) -> None:
        newest = update(cases.cases).where(cases.cases.c.code.not_in((CLOSED, OPEN)))
        connection.execute(newest.values(code=code))

    await bot.database.write(name)


async def found(bot: Bot, part: str) -> list[str]:
    shown = (await bot.says("minh", f"/hoso {part}"))[-1].buttons
    return [button.label for button in shown if button.value.startswith("c.view.")]


async def test_a_part_of_a_code_is_read_like_a_whole_one_and_closed_cases_come_last(
    bot: Bot,
) -> None:
    await bot.database.write(introduce)
    await report(bot, "hoa", OPEN, "Phải đi làm")
    await report(bot, "lan", CLOSED, "Bỏ học")
    closing = update(cases.cases).where(cases.cases.c.code == CLOSED)
    at = bot.clock()
    await bot.database.write(
        lambda c: c.execute(closing.values(closed_at=at, status="closed")) and None
    )
    for part in ("01KM", "O1KM", "0lkm", "o1 km", "pho vi"):
        first, last = await found(bot, part)
        assert first.startswith(OPEN) and last.startswith(f"⚪ {CLOSED}"), part
        assert "đã kết thúc" in last
    assert [label[:12] for label in await found(bot, "")] == [OPEN]


async def test_reasons_that_tell_an_age_stay_on_the_web(bot: Bot) -> None:
    await bot.database.write(introduce)
    told = "Cháu trai 12 tuổi ở Phố Vị nghỉ học đi phụ hồ 10 tiếng mỗi ngày cả tuần"
    for said in ("/bao", told, "không", "Gửi ngay"):
        await bot.says("lan", said)
    code = bot.channels["test"].said["minh"][-1].buttons[1].value.removeprefix("c.view.")
    await bot.says("minh", "/menu")
    digits = (await bot.says("minh", value="m.code", kind="press"))[-1].text
    await bot.says("minh", re.findall(r"\d{6}", digits)[0], "coded")
    for value in (f"c.view.{code}", f"c.why.{code}"):
        here = (await bot.says("minh", value=value, kind="press"))[-1].text
        coded = (await bot.says("minh", channel="coded", value=value, kind="press"))[-1].text
        assert "13 tuổi" in here
        assert "tuổi của cháu" in coded
        assert "13 tuổi" not in coded and "15 tuổi" not in coded
