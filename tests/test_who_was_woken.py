"""Who was woken for a case of another commune: what they may do, and what is noted of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, select, update

from bot.desk.alerts import may_open
from storage import audit, cases, people
from storage.records.people import Role
from tests.chat import introduce
from tests.house import Bot, button

ROLES = Role.__table__


@pytest.fixture
async def bot(sqlite_url: str) -> AsyncIterator[Bot]:
    """The demo commune without anybody who could answer, and an officer of another one."""
    opened = await Bot.opened(sqlite_url)
    await opened.database.write(introduce)

    def nobody_there(connection: Connection) -> None:
        here = ROLES.c.area == "DM-VL"
        connection.execute(update(ROLES).where(here).values(ended_at=opened.clock()))

    await opened.database.write(nobody_there)
    yield opened
    await opened.database.close()


async def rung_for(bot: Bot, village: str) -> str:
    """A stranger's cry for help, first without the village; the code of the case."""
    await bot.says("bà tư", "cứu với, có đứa bé đang bị đánh ngoài chợ")
    await bot.says("bà tư", "Có, đang nguy hiểm")
    await bot.says("bà tư", village)
    found = select(cases.cases.c.code)
    return str(await bot.database.read(lambda c: c.execute(found).scalar_one()))


async def noted(bot: Bot, code: str) -> list[tuple[int | None, str]]:
    found = select(audit.log.c.person_id, audit.log.c.action).where(audit.log.c.subject == code)
    return [tuple(row) for row in await bot.database.read(lambda c: c.execute(found).all())]


async def person(bot: Bot, who: str) -> people.Known:
    found = await bot.database.read(lambda c: people.by_address(c, "test", who))
    assert found
    return found


async def test_each_look_of_who_was_woken_is_noted_as_such(bot: Bot) -> None:
    code = await rung_for(bot, "cau da")
    alarm = bot.channels["test"].said["binh"][-1]
    shown = await bot.presses("binh", button(alarm, "Xem"))
    assert "Thôn Cầu Đá" in shown[-1].text
    await bot.presses("binh", button(alarm, "Đã nhận"))
    binh = (await person(bot, "binh")).person_id
    assert await noted(bot, code) == [
        (binh, "woken"),
        (binh, "view"),
        (binh, "woken"),
        (binh, "acknowledge"),
    ]


async def test_suspended_or_without_a_role_it_opens_no_more(bot: Bot) -> None:
    code = await rung_for(bot, "cau da")

    async def may() -> bool:
        binh = await person(bot, "binh")

        def asked(connection: Connection) -> bool:
            case = cases.by_code(connection, code)
            return case is not None and may_open(connection, case, binh, bot.clock())

        return await bot.database.read(asked)

    assert await may()
    binh = (await person(bot, "binh")).person_id
    await bot.database.write(lambda c: people.change(c, binh, suspended_at=bot.clock()))
    assert not await may()
    await bot.database.write(lambda c: people.change(c, binh, suspended_at=None))
    await bot.database.write(lambda c: c.execute(update(ROLES).values(ended_at=bot.clock())))
    assert not await may()


async def test_who_was_not_woken_is_refused_and_that_is_noted(bot: Bot) -> None:
    code = await rung_for(bot, "cau da")
    await bot.says("vân", "xin chào")
    van = (await person(bot, "vân")).person_id
    await bot.database.write(lambda c: people.grant(c, van, "leader", "DM-TS", bot.clock()))
    assert code not in "".join(say.text for say in await bot.says("vân", code))
    assert await noted(bot, code) == [(van, "refused")]
