"""Villages of several communes: the own ones first, and a word that many names share."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from bot.forms.answers import place
from bot.forms.model import Place, Reply, Scene, SeveralMeant
from storage import areas, invitations
from storage.records.areas import Area
from tests.house import START, Bot


def test_a_word_of_many_names_is_asked_about_and_is_no_new_village() -> None:
    places = tuple(Place(f"V{n}", f"Thôn Quan Đông Số {n}") for n in range(18))
    scene = Scene(START.date(), places=(*places, Place("X", "Thôn Trung")))
    with pytest.raises(SeveralMeant) as meant:
        place().read(Reply("dong"), scene)
    assert meant.value.values == tuple(f"V{n}" for n in range(12))
    assert place().read(Reply("Thôn Lạ Hoắc"), scene) == {"typed": "Thôn Lạ Hoắc"}


async def test_the_own_commune_comes_before_the_others(bot: Bot) -> None:
    """An officer is of a commune, a collaborator of a village: both see their neighbours first."""
    far: list[tuple[Area, list[str]]] = [(Area(code="ZZ", name="Xã Xa", kind="commune"), [])]
    far += [
        (Area(code=f"ZZ-{n}", name=f"Thôn A {n}", kind="village", parent="ZZ"), [])
        for n in range(20)
    ]
    await bot.database.write(partial(areas.load, loaded=far))
    code = await bot.database.write(
        lambda c: invitations.invite(
            c, "collaborator", "DM-VL-03", 1, START, START + timedelta(days=1)
        )
    )
    await bot.says("newcomer", code)
    for text in ("/bao", "1"):
        await bot.says("newcomer", text)
    [asked] = await bot.says("newcomer", "không")
    shown = [button.value.rpartition(".")[2] for button in asked.buttons if not button.nav]
    assert shown[0] == "DM-VL-03"
    neighbours = [value for value in shown if value.startswith("DM-VL")]
    assert len(neighbours) == 7 and shown[:7] == neighbours
