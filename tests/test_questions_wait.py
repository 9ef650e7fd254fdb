"""Questions that were passed on: who is reminded, when, and how long people waited."""

from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from bot.desk.question_reminders import remind
from bot.running import Running
from bot.settings import Settings
from storage import audit, people, questions
from tests.chat import introduce
from tests.house import Bot
from tests.test_entries_of_a_commune import ANSWER, ASKED, press

WAITED = "vongtay_question_wait_seconds_count"


@pytest.fixture
async def asked(bot):
    """Hoa's question is with the officers, since Friday 16:30."""
    await bot.database.write(introduce)
    await bot.says("hoa", ASKED)
    await press(bot, "hoa", "a.pass")
    return bot


async def reminded(bot: Bot, local: str) -> list[str]:
    """Who is reminded by a tick at that moment in Viet Nam."""
    before = {who: len(said) for who, said in bot.channels["test"].said.items()}
    bot.clock.at = datetime.fromisoformat(f"{local}+07:00")
    await bot.tick()
    said = bot.channels["test"].said
    return sorted(
        who for who in said if any("đã chờ" in say.text for say in said[who][before.get(who, 0) :])
    )


async def test_the_working_days_count_and_the_night_does_not(asked):
    assert await reminded(asked, "2026-11-23T10:00") == []  # one working day
    assert await reminded(asked, "2026-11-24T10:00") == []  # a public holiday
    assert await reminded(asked, "2026-11-25T06:29") == []
    assert await reminded(asked, "2026-11-25T06:30") == ["minh", "thu"]
    assert await reminded(asked, "2026-11-25T20:59") == []
    assert await reminded(asked, "2026-11-27T21:00") == []
    assert await reminded(asked, "2026-11-28T10:00") == []  # a Saturday
    assert await reminded(asked, "2026-11-30T10:00") == ["minh", "thu"]


async def test_the_owner_alone_is_reminded_and_who_is_suspended_owns_nothing(asked):
    await press(asked, "minh", "q.take.")
    assert await reminded(asked, "2026-11-25T10:00") == ["minh"]
    known = await asked.database.read(lambda c: people.by_address(c, "test", "minh"))
    await asked.database.write(
        lambda c: people.change(c, known.person_id, suspended_at=asked.clock())
    )
    assert await reminded(asked, "2026-11-27T10:00") == ["thu"]


async def test_where_no_officer_is_left_the_leader_is_reminded(asked):
    for who in ("minh", "thu"):
        known = await asked.database.read(lambda c, who=who: people.by_address(c, "test", who))
        await asked.database.write(
            lambda c, known=known: people.change(c, known.person_id, suspended_at=asked.clock())
        )
    assert await reminded(asked, "2026-11-25T10:00") == ["quang"]


async def test_two_processes_that_tick_at_once_remind_once(asked):
    asked.clock.at += timedelta(days=4, hours=20)
    now = asked.clock()
    for _ in range(2):
        await asked.database.write(lambda c: remind(c, asked.house, now))
    await asked.work()
    told = [say for say in asked.channels["test"].said["minh"] if "đã chờ" in say.text]
    assert len(told) == 1


async def test_beyond_the_calendar_nothing_is_counted_and_nothing_breaks(asked):
    far = datetime.fromisoformat("2150-01-05T10:00+07:00")
    assert await asked.database.write(lambda c: remind(c, asked.house, far)) == 0


async def test_the_wait_is_measured_once_and_every_look_is_in_the_log(asked):
    before = REGISTRY.get_sample_value(WAITED)
    asked.clock.at += timedelta(hours=2)
    await press(asked, "minh", "q.answer.")
    await asked.says("minh", ANSWER)
    await press(asked, "thu", "q.answer.")
    assert REGISTRY.get_sample_value(WAITED) == before + 1
    assert await asked.database.read(questions.all_waiting) == (0, None)
    rows = await asked.database.read(
        lambda c: c.execute(audit.log.select().order_by(audit.log.c.id)).mappings().all()
    )
    done = [row["action"] for row in rows if row["subject"] == "question:1"]
    assert done == ["take", "answer"]
    assert await asked.database.read(audit.first_broken) is None


async def test_how_many_wait_and_since_when_can_be_watched(asked):
    running = Running(Settings(), asked.database, lambda: asked.clock() + timedelta(hours=1))
    await running.measure()
    assert REGISTRY.get_sample_value("vongtay_questions_waiting") == 1
    assert REGISTRY.get_sample_value("vongtay_questions_oldest_seconds") == 3600
    await press(asked, "minh", "q.answer.")
    await asked.says("minh", ANSWER)
    await running.measure()
    assert REGISTRY.get_sample_value("vongtay_questions_waiting") == 0
    assert REGISTRY.get_sample_value("vongtay_questions_oldest_seconds") == 0


async def test_on_a_channel_that_carries_no_names_a_name_in_a_question_is_hidden(bot):
    await bot.database.write(introduce)
    await bot.says("hoa", "Cháu Trần Văn Hưng số 0912345678 có được vay vốn mua xe máy không hả xã")
    await press(bot, "hoa", "a.pass")
    [shown] = [s for s in bot.channels["test"].said["minh"] if "Câu hỏi số" in s.text]
    assert "Trần Văn Hưng" in shown.text  # the full channel; what is marked goes elsewhere
    from bot.desk.questions import shown as marked
    from bot.words import for_policy

    coded = for_policy(marked("Cháu Trần Văn Hưng số 0912345678 hỏi"), "code_only")
    assert "Hưng" not in coded and "0912345678" not in coded
