"""A machine without a battery starts in the past; a platform's clock may be ahead of ours."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.doctor import examine
from bot.serve import CannotServe, run
from bot.settings import load
from tests.house import Bot

A_WEEK = timedelta(days=7)


async def answers(bot: Bot, *texts: str, ahead: timedelta) -> str:
    for text in texts:
        await bot.receive("lan", text=text, at=bot.clock() + ahead)
        await bot.work()
    return bot.heard("lan")


@pytest.mark.parametrize("ahead", [A_WEEK, -timedelta(hours=1), timedelta(0)])
async def test_a_form_can_be_filled_in_whatever_the_platform_takes_the_time_for(
    bot: Bot, ahead: timedelta
) -> None:
    heard = await answers(bot, "/bao", "Phải đi làm", "Không", "Phố Vị", "12", ahead=ahead)
    assert "trở lại" not in heard
    assert "Phố Vị" in heard and "Tuổi: 12" in heard


async def test_an_answer_of_last_week_that_comes_now_is_an_answer(bot: Bot) -> None:
    await answers(bot, "/bao", "Phải đi làm", ahead=timedelta(0))
    heard = await answers(bot, "Không", ahead=-A_WEEK)
    assert "trở lại" not in heard


async def test_when_our_own_clock_is_put_right_the_form_is_gone_on_with(bot: Bot) -> None:
    await answers(bot, "/bao", "Phải đi làm", ahead=timedelta(0))
    bot.clock.at += timedelta(days=3650)
    heard = await answers(bot, "Không", ahead=timedelta(0))
    assert "trở lại" in heard  # and the question stands there again
    heard = await answers(bot, "Không", "Phố Vị", "12", ahead=timedelta(0))
    assert "Tuổi: 12" in heard


async def test_when_our_own_clock_is_put_back_everything_goes_on(bot: Bot) -> None:
    await answers(bot, "/bao", "Phải đi làm", ahead=timedelta(0))
    bot.clock.at -= timedelta(days=30)
    heard = await answers(bot, "Không", "Phố Vị", "12", "Gửi ngay", ahead=timedelta(0))
    assert "VT-" in heard


async def test_the_doctor_sees_a_clock_that_was_put_back(bot: Bot, tmp_path: Path) -> None:
    await answers(bot, "/bao", ahead=timedelta(0))
    settings = load(data_dir=tmp_path, web_chat="off")
    for later, ok in ((timedelta(0), True), (-timedelta(hours=1), False), (A_WEEK, True)):
        look = partial(examine, settings=settings, now=bot.clock() + later)
        found = {each["what"]: each for each in await bot.database.read(look)}
        assert found["clock"]["ok"] is ok, found["clock"]


@pytest.mark.parametrize("year", [1970, 2021, 2100, 2299])
def test_nothing_is_served_in_a_year_that_no_limit_is_counted_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, year: int
) -> None:
    monkeypatch.setattr("bot.clock.now", lambda: datetime(year, 1, 1, tzinfo=UTC))
    with pytest.raises(CannotServe, match=f"clock says {year}-01-01"):
        asyncio.run(run(load(data_dir=tmp_path)))
    assert not list(tmp_path.iterdir())
