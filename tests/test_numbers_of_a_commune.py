"""The offices on the hotline card: of their commune, a few, every state kept and audited."""

import pytest
from sqlalchemy import select

from bot.desk.contacts import MOST, readable
from bot.forms.contact import number_to_call
from bot.forms.model import Reply, Scene, Unclear
from storage import audit, revisions
from tests.chat import introduce
from tests.house import START


async def add(bot, name, phone="0205 3812 345"):
    await bot.says("minh", kind="press", value="k.new")
    for text in (name, phone, "giờ hành chính"):
        [said] = await bot.says("minh", text)
    return await bot.presses("minh", said.buttons[0])


async def test_it_can_be_tapped_and_every_state_is_kept_and_audited(bot):
    await bot.database.write(introduce)
    await add(bot, "Trạm y tế xã")
    [card] = await bot.says("hoa", "/111")
    assert ("02053812345", "0205 381 2345 – Trạm y tế xã") in [
        (call.number, call.label) for call in card.calls
    ]
    assert card.calls[0].number == "111"
    [state] = await bot.database.read(lambda c: revisions.newest(c, "contact", "DM-VL"))
    await bot.says("minh", kind="press", value=f"k.off.{state.item}")
    await bot.says("minh", kind="press", value=f"k.off.{state.item}")
    states = await bot.database.read(lambda c: revisions.history(c, "contact", "DM-VL", state.item))
    assert [each.live for each in states] == [False, True]
    actions = await bot.database.read(
        lambda c: c.execute(select(audit.log.c.action, audit.log.c.subject)).all()
    )
    subject = f"contact:DM-VL:{state.item}"
    assert [tuple(row) for row in actions if row.subject == subject] == [
        ("contact shown", subject),
        ("contact removed", subject),
    ]


async def test_who_is_no_officer_of_the_commune_changes_nothing(bot):
    await bot.database.write(introduce)
    await add(bot, "Trạm y tế xã")
    [state] = await bot.database.read(lambda c: revisions.newest(c, "contact", "DM-VL"))
    for who in ("lan", "hoa", "binh"):
        for what in ("off", "edit", "view"):
            [said] = await bot.says(who, kind="press", value=f"k.{what}.{state.item}")
            assert "Trạm y tế" not in said.text
    assert len(await bot.database.read(lambda c: revisions.newest(c, "contact", "DM-VL"))) == 1


async def test_the_card_stays_short(bot):
    await bot.database.write(introduce)
    person = 1

    def fill(connection):
        kept = {"name": "x", "phone": "02053812345", "hours": "y"}
        for at in range(MOST):
            revisions.put(connection, "contact", "DM-VL", f"c{at}", kept, person, START)

    await bot.database.write(fill)
    [said] = await bot.says("minh", kind="press", value="k.list")
    assert "k.new" not in [button.value for button in said.buttons]
    await add(bot, "một nơi nữa")
    assert len(await bot.database.read(lambda c: revisions.newest(c, "contact", "DM-VL"))) == MOST


@pytest.mark.parametrize("text", ["0205 3812 345", "0912.345.678", "+84 912 345 678"])
def test_a_number_is_kept_as_digits(text):
    assert number_to_call().read(Reply(text), Scene(START.date())).isdecimal()


@pytest.mark.parametrize("text", ["", "mười hai", "0900", "111", "1900 1234", "0" * 500])
def test_what_nobody_can_be_called_on_is_refused(text):
    with pytest.raises(Unclear):
        number_to_call().read(Reply(text), Scene(START.date()))


def test_a_number_is_read_in_groups():
    assert readable("0912345678") == "0912 345 678"
