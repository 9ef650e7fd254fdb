"""Invitations to meetings: once each, whatever is repeated or undone; only to whom they are for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.desk.duties import due
from storage import duties, meetings, people
from storage.outbox import outbox
from tests.house import START, Bot

VILLAGE, ELSEWHERE = "DM-VL-01", "DM-VL-03"


@pytest.fixture
async def bot(tmp_path):
    bot = await Bot.opened(f"sqlite:///{tmp_path}/meetings.sqlite3")
    yield bot
    await bot.database.close()


def arrange(connection, on, hour=8, **fields):
    """A planned meeting of the village with two collaborators, and one of another village."""
    found = {}
    for name, role, area in (
        ("officer", "officer", "DM-VL"),
        ("an", "collaborator", VILLAGE),
        ("bay", "collaborator", VILLAGE),
        ("far", "collaborator", ELSEWHERE),
    ):
        known = people.by_address(connection, "test", name)
        known = known or people.welcome(connection, "test", name, "vi", START)
        found[name] = known[0]
        people.grant(connection, found[name], role, area, START)
    event = {
        "draft_key": "d1",
        "state": "planned",
        "kind": "meeting",
        "area": VILLAGE,
        "commune": "DM-VL",
        "held_on": on,
        "hour": hour,
        "person_id": found["officer"],
        "noted_at": START,
        "closes_at": START + timedelta(days=30),
        "details": {"topics": ["rights"]},
    }
    return meetings.add(connection, {**event, **fields}).code


def keys(connection, code):
    """The send-once keys of everything that was ever owed about a meeting."""
    found = connection.execute(select(outbox.c.once).where(outbox.c.once.contains(f":{code}:")))
    return sorted(found.scalars())


async def test_a_tick_that_is_repeated_or_undone_invites_nobody_twice(bot):
    code = await bot.database.write(lambda c: arrange(c, (START + timedelta(days=7)).date()))

    def killed(connection):
        due(connection, bot.house, bot.clock())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await bot.database.write(killed)
    assert not await bot.database.read(lambda c: keys(c, code))
    for _ in range(3):
        await bot.tick(timedelta(minutes=1))
    invited = await bot.database.read(lambda c: keys(c, code))
    assert len(invited) == 3  # with the collaborator of the demo
    assert bot.heard("an").count("Mời bạn dự") == bot.heard("bay").count("Mời bạn dự") == 1
    assert not bot.heard("far") and not bot.heard("officer")


@pytest.mark.parametrize("press", ["o.come", "o.stay", "o.move", "o.view"])
async def test_who_is_not_invited_cannot_answer_nor_move_it(bot, press):
    code = await bot.database.write(lambda c: arrange(c, (START + timedelta(days=7)).date()))
    await bot.tick()
    for who in ("far", "a stranger"):
        [said] = await bot.says(who, value=f"{press}.{code}", kind="press")
        assert "Không có buổi này" in said.text or "không có buổi" in said.text.lower()
    kept = await bot.database.read(lambda c: meetings.by_code(c, code))
    assert kept.revision == 0 and kept.held_on == (START + timedelta(days=7)).date()


async def test_what_has_not_left_yet_is_taken_back_when_the_meeting_is_called_off(bot):
    """Planned at night and called off before the morning: nobody hears of it at all."""
    bot.clock.at = START.replace(hour=15)  # 22:00
    code = await bot.database.write(lambda c: arrange(c, (START + timedelta(days=7)).date()))
    await bot.tick()
    assert not bot.heard("an")
    await bot.says("officer", value=f"o.gone.{code}", kind="press")
    await bot.tick(timedelta(hours=1))
    await bot.tick(timedelta(days=3))
    assert "Họp thôn" not in bot.heard("an")
    rows = await bot.database.read(lambda c: keys(c, code))
    assert len(rows) == 3, "they stay in the outbox, as recalled"


async def test_a_meeting_tomorrow_is_told_today_even_after_another_notice(bot):
    """A day brings two messages: this is the second."""
    bot.clock.at = START.replace(day=26, hour=3)  # Thursday 10:00
    first = await bot.database.write(lambda c: arrange(c, START.date() + timedelta(days=12)))
    await bot.tick()
    on = START.date() + timedelta(days=7)
    second = await bot.database.write(lambda c: arrange(c, on, draft_key="d2"))
    await bot.tick(timedelta(minutes=1))
    assert bot.heard("an").count("Mời bạn dự") == 2 and first != second
    await bot.tick(timedelta(hours=21, minutes=40))  # on the day itself nobody is reminded of it
    assert bot.heard("an").count("Họp thôn") == 2


async def test_an_invitation_that_a_day_has_no_room_for_does_not_come_after_the_meeting(bot):
    bot.clock.at = START.replace(day=26, hour=3)
    for number, days in enumerate((12, 13, 7)):
        on = START.date() + timedelta(days=days)
        await bot.database.write(lambda c, on=on, n=number: arrange(c, on, draft_key=f"d{n}"))
        await bot.tick(timedelta(minutes=1))
    assert bot.heard("an").count("Mời bạn dự") == 2
    for _ in range(4):
        await bot.tick(timedelta(days=1))
    assert "27/11/2026" not in bot.heard("an")


async def test_the_recorder_is_asked_once_for_the_headcount(bot):
    on = START.date() + timedelta(days=3)  # a Monday
    code = await bot.database.write(lambda c: arrange(c, on))
    for _ in range(9):
        await bot.tick(timedelta(days=1))
    assert bot.heard("officer").count("Ghi số người") == 1
    asked = await bot.database.read(
        lambda c: c.execute(
            select(duties.duties.c.id).where(
                duties.duties.c.source == "headcount", duties.duties.c.subject == code
            )
        ).all()
    )
    assert len(asked) == 1
