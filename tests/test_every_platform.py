"""The same talk on every platform leaves the same data, row for row."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlmodel import SQLModel

from bot.forms.model import Draft
from storage.cases import cases, reports
from storage.conversations import save_drafts
from storage.invitations import hand_over
from storage.people import by_address, grant, welcome
from tests.chat import Chat, settled
from tests.fake_telegram import FakeTelegram
from tests.fake_zalo_bot import FakeZaloBot
from tests.fake_zalo_oa import FakeZaloOa
from tests.platforms import Platform, PlatformChat, Telegram, Web, ZaloBot, ZaloOa
from tests.test_conversations import FOLDER, written

# Talks in which every step can be done by hand on every platform: no button is pressed twice at
# once or long after it was shown, nothing is sent that a platform does not have.
TALKS = (
    "report_in_four_answers",
    "report_with_every_detail",
    "digits_and_words_wherever_there_are_buttons",
    "edit_on_the_card",
    "edit_by_words",
    "commitments_and_inspections",
    "skip_and_do_not_know",
    "an_outreach_meeting",
    "an_officer_works_on_a_case",
    "a_question_and_its_answer",
    "an_alarm_goes_up_the_ladder",
    "alarm_and_then_cancel",
    "danger_in_the_middle_of_a_report",
    "several_villages_meant",
    "a_report_in_one_line",
    "coming_back_after_two_weeks",
    "forget_me",
    "a_photo_with_a_question",
    "danger_after_a_long_silence",
    "a_number_goes_to_the_last_menu",
    "invitations",
    "a_stranger_cries_for_help",
    "back_across_several",
    "a_wrong_age_is_corrected",
    "a_task_of_ones_own",
    "many_questions_wait",
    "hour_of_the_morning",
    "two_a_day",
)
WITH_A_PLACE = ("report_with_every_detail",)
# What differs by the nature of a channel: messages on their way, and how often they are counted.
NOT_COMPARED = {"inbox", "outbox", "channel_use", "channel_notes", "web_messages", "audit_log"}


@pytest.fixture(scope="module")
def settled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("platforms") / "settled.sqlite"
    asyncio.run(settled(path))
    return path


@pytest.fixture(params=["web", "telegram", "zalo_bot", "zalo_oa"])
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[Platform]:
    if request.param == "web":
        yield Web()
        return
    if request.param == "telegram":
        async with FakeTelegram() as telegram:
            talker = Telegram(telegram)
            await talker.channel.start()
            yield talker
            await talker.channel.close()
        return
    if request.param == "zalo_oa":
        async with FakeZaloOa() as zalo:
            account = ZaloOa(zalo)
            yield account
            await account.channel.close()
        return
    async with FakeZaloBot() as server:
        bot = ZaloBot(server)
        yield bot
        await bot.channel.close()


@pytest.mark.parametrize("talk", TALKS)
async def test_the_same_talk_leaves_the_same_data(
    talk: str, platform: Platform, settled_file: Path, tmp_path: Path
) -> None:
    if talk in WITH_A_PLACE and platform.channel.name == "zalo_bot":
        pytest.skip("the bot platform knows no places")
    transcript = written(FOLDER / f"{talk}.chat")
    (tmp_path / "here").mkdir()
    here = await Chat.opened(settled_file, tmp_path / "here")
    await here.replay(transcript)
    there = await PlatformChat.on(platform, settled_file, tmp_path)
    spoken = await there.replay(transcript)
    assert "không có nút này" not in spoken
    kept, also_kept = [await chat.bot.database.read(data) for chat in (here, there)]
    await here.close()
    await there.close()
    assert also_kept == kept


def data(connection: Connection) -> dict[str, Any]:
    """How many rows each table has, and what the cases and reports say."""
    rows = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar()
        for table in SQLModel.metadata.sorted_tables
        if table.name not in NOT_COMPARED
    }
    found = connection.execute(select(cases.c.level, cases.c.status, cases.c.area)).all()
    answers = connection.execute(select(reports.c.answers).order_by(reports.c.id)).scalars()
    return {"rows": rows, "cases": sorted(map(str, found)), "answers": [*answers]}


def test_the_talks_cover_what_people_do() -> None:
    """Enough of them: at least a third of all transcripts, and none that does not exist."""
    every = {path.stem for path in FOLDER.glob("*.chat")}
    assert set(TALKS) <= every and 3 * len(TALKS) >= len(every)
    assert not any(re.search(r"\(nút cũ", written(FOLDER / f"{talk}.chat")) for talk in TALKS)


async def test_a_report_begun_on_one_channel_goes_on_on_zalo_by_six_digits(
    platform: Platform, settled_file: Path, tmp_path: Path
) -> None:
    """The code is typed, as no link on Zalo carries one; there the person is who they were."""
    there = await PlatformChat.on(platform, settled_file, tmp_path)
    bot, name = there.bot, platform.channel.name
    code = await bot.database.write(lambda c: begun_elsewhere(c, bot.clock()))

    async def says(text: str) -> str:
        await there._say("khach", text)
        return platform.texts("khach")[-1]

    assert "Vòng Tay" in await says("xin chào")
    assert "không dùng được" in await says("000000" if code != "000000" else "000001")
    assert "Đúng là bạn rồi" in await says(f"{code[:3]} {code[3:]}")
    assert "thôn nào" in await says("tiếp tục")
    assert "không dùng được" in await says("/tiep " + code)  # it works once
    known = await bot.database.read(lambda c: by_address(c, name, platform.address("khach")))
    assert known and known.roles == (("collaborator", "DM-VL-01"),)
    await there.close()


def begun_elsewhere(connection: Connection, now: Any) -> str:
    """Somebody with a role has begun a report on the web and asks for a code."""
    person, _ = welcome(connection, "web", "page", "vi", now)
    grant(connection, person, "collaborator", "DM-VL-01", now)
    draft = Draft("child_report", "abcdefghij", {"what": "works", "danger": "no"})
    row = {"person_id": person, "form": draft.form, "content": draft.to_json(), "updated_at": now}
    save_drafts(connection, [row])
    return hand_over(connection, person, now, now + timedelta(minutes=15))
