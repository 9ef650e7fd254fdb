"""A number answers what stood on the screen when it was typed, not what came before it arrived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.chat import introduce
from tests.house import Bot

MINUTE = timedelta(minutes=1)


async def an_alarm(bot: Bot, reporter: str) -> str:
    """A cry for help rings at Minh's; the value of its button to take it in hand."""
    await bot.says(reporter, "/bao")
    await bot.says(reporter, "Bố đánh cháu chảy máu đầu, cứu với")
    alarm = bot.channels["test"].said["minh"][-1]
    assert alarm.urgent
    return alarm.buttons[0].value.removeprefix("c.ack.")


@pytest.fixture
async def commune(bot: Bot) -> Bot:
    await bot.database.write(introduce)
    await bot.says("minh", "/menu")
    return bot


async def test_a_digit_typed_before_the_alarm_answers_the_menu_it_was_typed_at(
    commune: Bot,
) -> None:
    typed_at = commune.clock()
    commune.clock.at += 3 * MINUTE
    await an_alarm(commune, "lan")
    commune.clock.at += MINUTE / 3
    said = await commune.says("minh", "1", at=typed_at)
    assert "1/4" in said[-1].text  # the first of the menu: to report
    assert "tiếp nhận" not in commune.heard("lan")
    await commune.tick(16 * MINUTE)
    assert commune.channels["test"].said["thu"][-1].urgent  # and the ladder goes on


@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=9), timedelta(days=3)])
async def test_a_digit_typed_after_the_alarm_takes_it_in_hand(
    commune: Bot, later: timedelta
) -> None:
    """Also in the same second, and where the platform's clock is days ahead of ours."""
    commune.clock.at += 3 * MINUTE
    await an_alarm(commune, "lan")
    await commune.says("minh", "1", at=commune.clock() + later)
    assert "tiếp nhận" in commune.heard("lan")


async def test_a_digit_typed_between_two_alarms_answers_the_first(commune: Bot) -> None:
    first = await an_alarm(commune, "lan")
    typed_at = commune.clock() + MINUTE
    commune.clock.at += 3 * MINUTE
    second = await an_alarm(commune, "hoa")
    said = await commune.says("minh", "1", at=typed_at)
    assert first in said[-1].text and second not in said[-1].text
    assert "tiếp nhận" in commune.heard("lan") and "tiếp nhận" not in commune.heard("hoa")
