"""Duties: planned once, answered by the numbers that were shown, done with proof, told upwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.clocks.calendar import Calendar, Change
from bot.clocks.reminding import next_reminder, overdue_step, reminders
from bot.desk import workdays as desk_workdays
from bot.vietnamese import numbered
from bot.vietnamese.numbered import Answer
from storage import (
    areas,
    case_clocks,
    duties,
    duty_planning,
    oversight,
    people,
    workdays,
    zero_reports,
)
from storage.records.areas import Area
from storage.records.duties import DutySetting
from tests.chat import introduce
from tests.house import START, Bot

CALENDAR = Calendar.of()
days = st.dates(date(2024, 2, 1), date(2030, 11, 1))


@pytest.fixture
async def commune(sqlite_url: str) -> AsyncIterator[Bot]:
    opened = await Bot.opened(sqlite_url)
    await opened.database.write(introduce)
    yield opened
    await opened.database.close()


async def rows(bot: Bot, *columns: str, **wanted: object) -> list[tuple[object, ...]]:
    table = duties.duties
    query = select(*(table.c[name] for name in columns)).order_by(table.c.id)
    for name, value in wanted.items():
        query = query.where(table.c[name] == value)
    return [tuple(row) for row in await bot.database.read(lambda c: c.execute(query).all())]


async def person(bot: Bot, who: str) -> int:
    found = await bot.database.read(lambda c: people.by_address(c, "test", who))
    assert found
    return found.person_id


# --- answers in one line -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("1x", [Answer(1, "done")]),
        ("1 xong, 3+2 4?", [Answer(1, "done"), Answer(3, "later", 2), Answer(4, "why")]),
        ("5@Lan", [Answer(5, "give", name="Lan")]),
        ("5@Nguyễn Thị Lan 2x", [Answer(5, "give", name="Nguyễn Thị Lan"), Answer(2, "done")]),
        ("1X 2 + 10 ngày", [Answer(1, "done"), Answer(2, "later", 10)]),
        ("1 ✓", [Answer(1, "done")]),
        ("1", []),
        ("1x nhé", []),
        ("1xa", []),
        ("", []),
        ("x" * 10_000, []),
        ("1x " * 200, []),
    ],
)
def test_a_line_of_answers(line: str, read: list[Answer]) -> None:
    assert numbered.read(line) == read


@given(st.text(max_size=60))
def test_any_text_is_read_or_not_but_never_breaks(text: str) -> None:
    assert all(0 <= answer.number < 1000 for answer in numbered.read(text))


async def test_a_number_means_what_was_shown_when_it_was_typed(commune: Bot) -> None:
    """Written without network before a newer list came: the older list counts."""
    await commune.says("minh", "nhắc tôi việc A 25/11")
    await commune.says("minh", "1")  # the button that keeps it
    await commune.says("minh", "/viec")
    written = commune.clock()
    commune.clock.at += timedelta(minutes=5)
    await commune.says("minh", "nhắc tôi việc B 21/11")
    await commune.says("minh", "1")
    await commune.says("minh", "/viec")  # now B is the first
    [late] = await commune.says("minh", "1x", at=written)
    assert "việc A" in late.text
    [now] = await commune.says("minh", "1x")
    assert "việc B" in now.text


# --- days --------------------------------------------------------------------------------------


@given(days, st.sets(st.integers(0, 30), min_size=1, max_size=6))
def test_a_reminder_falls_on_a_working_day_and_never_after_the_day(
    due: date, before: set[int]
) -> None:
    found = reminders(due, before, CALENDAR)
    assert all(CALENDAR.is_working(day) and day <= due for day in found)
    assert found[-1] >= due - timedelta(days=min(before) + 12)  # the longest Tết


@given(days, days)
def test_what_must_be_done_is_always_reminded_of_again(due: date, first: date) -> None:
    found = next_reminder(due, reminders(due, (7, 0), CALENDAR), True, first, CALENDAR)
    assert found is not None and found >= first and CALENDAR.is_working(found)
    assert found <= max(CALENDAR.next_working(max(first, due)), due)


@given(days)
def test_the_deputy_hears_before_the_leader(due: date) -> None:
    deputy, leader = overdue_step(due, 0, CALENDAR), overdue_step(due, 1, CALENDAR)
    assert due < deputy < leader
    assert CALENDAR.is_working(deputy) and CALENDAR.is_working(leader)


# --- planning ----------------------------------------------------------------------------------


async def test_planning_again_changes_nothing(commune: Bot) -> None:
    await commune.tick()
    before = await rows(commune, "id", "key", "remind_at")
    assert len(before) > 10
    for _ in range(3):
        await commune.tick(timedelta(seconds=20))
    assert await rows(commune, "id", "key", "remind_at") == before


async def test_who_gets_a_role_later_has_its_duties_at_the_next_tick(commune: Bot) -> None:
    await commune.tick()
    who = await person(commune, "hoa")
    assert await rows(commune, "key", person_id=who) == []
    await commune.database.write(
        lambda c: people.grant(c, who, "collaborator", "DM-VL-02", commune.clock())
    )
    await commune.tick()
    assert ("register_update",) in await rows(commune, "subject", person_id=who)


async def test_a_first_tick_in_the_morning_reminds_the_same_morning(commune: Bot) -> None:
    """A machine switched on at 07:30 on the very day says so at once."""
    commune.clock.at = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
    await commune.tick()
    assert "30/11" in commune.heard("minh")


async def test_a_commune_without_a_duty_does_not_get_it_back(commune: Bot) -> None:
    off = DutySetting(commune="DM-VL", event="year_report", off=True)
    await commune.database.write(partial(duty_planning.keep_setting, kept=off))
    for _ in range(3):
        await commune.tick()
    areas = {area for (area,) in await rows(commune, "area", subject="year_report")}
    assert areas == {"DM-TS"}


async def test_an_expiring_commitment_is_a_duty_of_the_officers(commune: Bot) -> None:
    minh = await person(commune, "minh")
    promise = {
        "draft_key": "k",
        "employer": "Lò gạch Bụi Đỏ",
        "group": "household_businesses",
        "area": None,
        "commune": "DM-VL",
        "signed_on": date(2025, 12, 10),
        "expires_on": date(2026, 12, 10),
        "remarks": None,
        "person_id": minh,
        "noted_at": commune.clock(),
    }
    await commune.database.write(partial(oversight.commit, commitment=promise))
    await commune.tick()
    found = await rows(commune, "due_on", "words", source="commitment", person_id=minh)
    assert [due for due, _words in found] == [date(2026, 12, 10)]
    assert "Bụi Đỏ" not in str(found)


# --- the calendar ------------------------------------------------------------------------------


async def test_a_change_of_the_calendar_dates_the_limits_anew_once(commune: Bot) -> None:
    for line in ("/bao", "1", "2", "Phố Vị", "12", "1"):
        await commune.says("lan", line)
    await commune.tick()
    [clock] = await commune.database.read(lambda c: case_clocks.of_case(c, 1))
    assert clock.due_at.date() == date(2026, 11, 30)
    commune.clock.at += timedelta(days=3)  # Monday: nothing has to wait for the morning
    now = commune.clock()
    day = date(2026, 11, 26)
    await commune.database.write(
        lambda c: workdays.enter(c, day, "off", "bão", "12/TB-UBND", None, now)
    )
    assert (await commune.tick(timedelta(minutes=1)))["redated"] > 0
    [clock] = await commune.database.read(lambda c: case_clocks.of_case(c, 1))
    assert clock.due_at.date() == date(2026, 12, 1)
    assert ("2026-12-01",) in [
        (str(due),) for (due,) in await rows(commune, "due_on", source="case_clock")
    ]
    told = commune.heard("minh").count("Lịch làm việc vừa đổi")
    assert told == 1
    for _ in range(3):
        assert (await commune.tick(timedelta(seconds=20)))["redated"] == 0
    assert commune.heard("minh").count("Lịch làm việc vừa đổi") == 1
    assert await commune.database.write(partial(workdays.withdraw, day=day))
    await commune.tick(timedelta(minutes=1))
    [clock] = await commune.database.read(lambda c: case_clocks.of_case(c, 1))
    assert clock.due_at.date() == date(2026, 11, 30)


def test_a_loaded_year_takes_the_place_of_the_computed_one() -> None:
    row = desk_workdays.official_year(
        '[[year]]\nyear = 2027\nsource = "thử"\n'
        "off.tet = [2027-02-04, 2027-02-05, 2027-02-08, 2027-02-09, 2027-02-10]\n"
        "swaps = [{ off = 2027-02-11, worked = 2027-02-20 }]\n"
    )
    table = desk_workdays._with_years({2027: row})
    made = Calendar.of(table, [Change(date(2027, 3, 1), "off", "thử")])
    assert not made.is_provisional(2027)
    assert not made.is_working(date(2027, 2, 11)) and made.is_working(date(2027, 2, 20))
    assert not made.is_working(date(2027, 3, 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[year]]\nyear = 2027",
        '[[year]]\nyear = "x"\nsource = "a"',
        '[[year]]\nyear = 2027\nsource = "a"\noff.tet = [2026-02-04]',
        '[[year]]\nyear = 2027\nsource = "a"\noff.unknown = [2027-02-04]',
        '[[year]]\nyear = 2027\nsource = "a"\nswaps = [{ off = 2027-02-20, worked = 2027-02-21 }]',
        '[[year]]\nyear = 2027\nsource = "a"\nbroken = 1',
        "\x00",
    ],
)
def test_a_table_of_a_year_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        desk_workdays.official_year(text)


# --- who may do what ---------------------------------------------------------------------------


async def test_a_duty_of_somebody_else_is_out_of_reach(commune: Bot) -> None:
    await commune.tick()
    minh = await person(commune, "minh")
    [(number,)] = (await rows(commune, "id", subject="year_report", person_id=minh))[:1]
    for act in ("o", "x", "u", "s", "y", "g", "sent", "w", "seen"):
        await commune.says("binh", value=f"d.{act}.{number}", kind="press")
    await commune.says("binh", value=f"d.to.{number}.1", kind="press")
    for odd in ("", "x", "9" * 30, "-1"):
        await commune.says("binh", value=f"d.o.{odd}", kind="press")
    [(done, holder)] = await rows(commune, "done_at", "person_id", id=number)
    assert done is None and holder == minh
    assert "Báo cáo công tác" not in commune.heard("binh").split("Việc đó không còn")[-1]


async def test_proof_of_one_is_proof_for_the_commune(commune: Bot) -> None:
    await commune.tick()
    minh = await person(commune, "minh")
    [(number,)] = await rows(commune, "id", subject="year_report", person_id=minh)
    await commune.says("minh", value=f"d.x.{number}", kind="press")
    await commune.says("minh", "45/BC-UBND ngày 20/11")
    found = await rows(commune, "area", "done_at", "proof_words", subject="year_report")
    assert {words for area, _at, words in found if area == "DM-VL"} == {"45/BC-UBND ngày 20/11"}
    assert {at for area, at, _words in found if area == "DM-TS"} == {None}


async def test_a_photo_is_proof_too(commune: Bot) -> None:
    await commune.tick()
    minh = await person(commune, "minh")
    [(number,)] = await rows(commune, "id", subject="year_report", person_id=minh)
    await commune.says("minh", value=f"d.x.{number}", kind="press")
    photo = {"kind": "photo", "mime": "image/jpeg", "reference": "r1"}
    [card] = await commune.says("minh", attachments=[photo])
    await commune.presses("minh", card.buttons[0])
    [(done, photo_id)] = await rows(commune, "done_at", "proof_id", id=number)
    assert done is not None and photo_id is not None


# --- the question of the week, and a moment that comes twice ------------------------------------

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 08:30 in Viet Nam


@pytest.mark.parametrize("at_once", [4, 5000])
async def test_every_collaborator_is_asked_once_a_week_and_counted_once(
    commune: Bot, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("bot.desk.zero.PEOPLE_AT_ONCE", at_once)
    lan, minh = await person(commune, "lan"), await person(commune, "minh")
    await commune.database.write(
        lambda c: people.grant(c, minh, "collaborator", "DM-VL-02", commune.clock())
    )
    commune.clock.at = MONDAY
    asked = [(await commune.tick())["asked"] for _ in range(6)]
    assert sum(asked) == 2 and asked[-1] == 0
    table = zero_reports.reports
    found = await commune.database.read(lambda c: c.execute(select(table.c.person_id)).scalars())
    assert sorted(found) == sorted([lan, minh])


async def test_who_looked_after_two_villages_is_asked_once_about_what_they_became(
    commune: Bot,
) -> None:
    lan, ended = await person(commune, "lan"), START.date()

    def merge(connection: Connection) -> None:
        people.grant(connection, lan, "collaborator", "DM-VL-02", commune.clock())
        old = [areas.one(connection, code) for code in ("DM-VL-01", "DM-VL-02")]
        gone = [area.model_copy(update={"valid_to": ended}) for area in old if area]
        new = Area(code="DM-VL-09", name="Thôn Bình Minh", kind="village", parent="DM-VL")
        areas.load(connection, [(new, [each.code for each in gone]), *((a, []) for a in gone)])

    await commune.database.write(merge)
    commune.clock.at = MONDAY
    await commune.tick()
    table = zero_reports.reports
    found = await commune.database.read(lambda c: c.execute(select(table.c.area)).scalars().all())
    assert found == ["DM-VL-09"]


async def test_a_moment_that_comes_twice_does_nothing_more(commune: Bot) -> None:
    lan = "lan"
    await commune.says("hoa", "khi nào có lớp học hè cho trẻ em trong xã vậy cán bộ ơi")
    await commune.says("hoa", "1")
    for said in ("/bao", "Phải đi làm", "Không", "Thôn Phố Vị", "12", "Gửi ngay"):
        await commune.says(lan, said)
    for later in (timedelta(hours=22, minutes=30), timedelta(hours=2), MONDAY - START):
        await commune.tick(max(later, timedelta(0)))
        again = await commune.tick()
        assert not any(again.values()), again
        heard = {who: len(said) for who, said in commune.channels["test"].said.items()}
        commune.clock.at -= timedelta(hours=1)  # a clock put right, then wrong once more
        await commune.tick()
        commune.clock.at += timedelta(hours=1)
        again = await commune.tick()
        assert not any(again.values()), again
        assert heard == {who: len(said) for who, said in commune.channels["test"].said.items()}
    assert "trễ" in commune.heard("minh") and "trễ" in commune.heard("quang")
