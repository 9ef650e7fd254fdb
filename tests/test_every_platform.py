"""The same talk on every platform leaves the same data, row for row."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
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
    "a_child_writes",
    "a_meeting_to_come",
    "a_meeting_with_doubtful_numbers",
    "a_number_goes_to_the_last_menu",
    "a_photo_with_a_question",
    "a_push_between_question_and_answer",
    "a_question_and_its_answer",
    "a_question_that_waits",
    "a_report_in_english",
    "a_report_in_one_line",
    "a_stand_in_who_cannot",
    "a_stranger_cries_for_help",
    "a_task_of_ones_own",
    "a_village_nobody_knows",
    "a_voice_out_of_the_blue",
    "a_wrong_age_is_corrected",
    "alarm_and_then_cancel",
    "an_alarm_goes_up_the_ladder",
    "an_alarm_is_answered_by_a_digit",
    "an_announcement_at_night",
    "an_announcement_to_a_meeting",
    "an_entry_ends_and_is_a_duty",
    "an_entry_that_has_ended",
    "an_officer_of_one_village",
    "an_officer_works_on_a_case",
    "an_outreach_meeting",
    "another_child_in_danger",
    "another_communes_officer",
    "asked_in_the_middle_of_a_report",
    "back_across_several",
    "begun_on_two_channels",
    "calling_the_reporter",
    "cases_are_searched",
    "closed_while_adding",
    "codes_in_the_middle_of_a_report",
    "coming_back_after_two_weeks",
    "commitments_and_inspections",
    "communes_that_were_merged",
    "danger_after_a_long_silence",
    "danger_in_plain_words",
    "danger_in_the_middle_of_a_question",
    "danger_in_the_middle_of_a_report",
    "danger_is_answered_in_words",
    "digits_and_words_wherever_there_are_buttons",
    "edit_by_words",
    "edit_on_the_card",
    "few_words_are_enough_for_an_alarm",
    "fire_and_drowning",
    "forget_me",
    "going_on_on_another_phone",
    "hour_of_the_morning",
    "invitations",
    "language_in_the_middle",
    "many_questions_wait",
    "names_in_an_officers_message",
    "no_glad_word_while_an_alarm_waits",
    "no_longer_in_danger_and_stopped",
    "nobody_is_relieved_by_nobody",
    "numbers_as_people_type_them",
    "on_a_channel_that_carries_no_names",
    "on_call_roster",
    "photos_of_a_record",
    "plans_go_on_after_a_merger",
    "progress_of_a_plan",
    "questions_answered_or_not",
    "raised_after_a_visit",
    "report_in_four_answers",
    "report_with_every_detail",
    "several_villages_meant",
    "skip_and_do_not_know",
    "taken_elsewhere_and_found_here",
    "the_communes_duties",
    "the_form_is_printed",
    "the_fourth_alarm_of_an_hour",
    "the_number_of_somebody_else",
    "the_one_on_call_reports",
    "the_village_was_another",
    "three_ordinary_reports_and_then_danger",
    "two_a_day",
    "two_children_in_one_story",
    "typed_answers_beside_buttons",
    "villages_as_people_type_them",
    "villages_that_were_merged",
    "what_was_added_stays_on_the_card",
    "who_may_be_called",
    "whoever_was_woken_hears_who_came",
    "words_behind_a_command",
)
# Talks in which a button is pressed again or late: where options are typed, only those of the
# last message can be chosen, and such a press is left out. What is kept is the same.
PRESSED_AGAIN = (
    "a_limit_is_ticked",
    "a_meeting_called_off",
    "a_meeting_noted_twice",
    "a_report_while_another_is_unfinished",
    "a_suspended_member",
    "an_announcement",
    "an_announcement_for_later",
    "an_announcement_to_some_villages",
    "an_answer_becomes_an_entry",
    "an_answer_better_not_said",
    "an_answer_to_listen_to",
    "an_entry_that_must_not_be_said",
    "an_entry_with_a_childs_name",
    "commands_in_the_middle",
    "duties_of_a_morning",
    "limits_of_a_case",
    "numbers_of_the_commune",
    "on_leave",
    "questions_have_an_owner",
    "targets_no_meeting_measures",
    "the_same_child_within_an_hour",
    "what_is_being_added_is_not_lost",
)
EVERYWHERE = ("web", "telegram", "zalo_bot", "zalo_oa")
WITH_A_PLACE = ("report_with_every_detail",)
# What differs by the nature of a channel: messages on their way, and how often they are counted.
NOT_COMPARED = {"inbox", "outbox", "channel_use", "channel_notes", "web_messages", "audit_log"}


@pytest.fixture(scope="module")
def settled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("platforms") / "settled.sqlite"
    asyncio.run(settled(path))
    return path


@pytest.fixture(params=EVERYWHERE)
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


@pytest.fixture(scope="module")
def kept_here() -> dict[str, dict[str, Any]]:
    """What each talk leaves on the channel of the transcripts, once it was played there."""
    return {}


PRESSED_AND_TYPED = ("web", "zalo_bot")  # one platform with buttons, one without: enough


@pytest.mark.parametrize(
    ("platform", "talk"),
    [*product(EVERYWHERE, TALKS), *product(PRESSED_AND_TYPED, PRESSED_AGAIN)],
    indirect=["platform"],
)
async def test_the_same_talk_leaves_the_same_data(
    talk: str,
    platform: Platform,
    settled_file: Path,
    tmp_path: Path,
    kept_here: dict[str, dict[str, Any]],
) -> None:
    if talk in WITH_A_PLACE and platform.channel.name == "zalo_bot":
        pytest.skip("the bot platform knows no places")
    transcript = written(FOLDER / f"{talk}.chat")
    if talk not in kept_here:
        (tmp_path / "here").mkdir()
        here = await Chat.opened(settled_file, tmp_path / "here")
        await here.replay(transcript)
        kept_here[talk] = await here.bot.database.read(data)
        await here.close()
    there = await PlatformChat.on(platform, settled_file, tmp_path)
    spoken = await there.replay(transcript)
    if talk in TALKS or platform.channel.name in ("web", "telegram"):
        assert "không có nút này" not in spoken
    also_kept = await there.bot.database.read(data)
    await there.close()
    assert also_kept == kept_here[talk]


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
    """Nearly all transcripts, and none that does not exist."""
    every = {path.stem for path in FOLDER.glob("*.chat")}
    played = {*TALKS, *PRESSED_AGAIN}
    assert played <= every and len(played) >= 0.8 * len(every)
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
