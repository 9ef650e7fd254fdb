"""Two records that turn out to be one person: nothing that belongs to either is lost."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import BigInteger, Integer, insert, select
from sqlmodel import SQLModel

import storage.records.every  # noqa: F401  every table there is
from storage import absences, audit, cases, check_ins, duties, joining, people, reports
from storage.records.duties import DutyList, ZeroReport
from storage.records.outreach import CheckIn, MeetingAnswer, OutreachEvent
from storage.records.people import Role
from tests.chat import introduce
from tests.house import START
from tests.storage.test_people import commune, filing, welcome

DAY = date(2026, 11, 20)
LATER = START + timedelta(minutes=5)


def names_a_person(column):
    """Whether a column holds the number of a person, as far as anybody could see."""
    if any(key.target_fullname == "people.id" for key in column.foreign_keys):
        return True
    a_number = isinstance(column.type, BigInteger | Integer)
    return a_number and (column.name in ("person_id", "stand_in") or column.name.endswith("_by"))


def test_every_column_that_names_a_person_is_known_when_two_become_one():
    listed = (*joining.MOVED, *joining.HANDED_OVER, *joining.STAYS)
    listed += tuple(once.person for once in joining.ONCE)
    known = {str(column) for column in listed}
    tables = SQLModel.metadata.tables.values()
    assert {str(c) for table in tables for c in table.columns if names_a_person(c)} == known


def duty(person, name="year", **more):
    known = {"key": f"{name}:p{person}", "source": "year", "subject": name, "due_on": DAY}
    started = {"remind_on": "", "must": True, "proof": False, "words": None, "step": 0}
    asks = {"due_at": None, "remind_at": START, "escalate_at": None, "area": "C"}
    return {"person_id": person, "created_at": START, **known, **started, **asks, **more}


@pytest.fixture
async def pair(database):
    """An officer, and a fresh record of somebody who turns out to be the same person."""
    await database.write(commune)
    officer = await database.write(welcome("old", officer="C", on_call="C"))
    fresh = await database.write(welcome("new", "coded"))
    return database, officer[0], officer[1], fresh[0]


@pytest.mark.parametrize("code_from_the_new", [True, False])
async def test_a_role_stays_whichever_side_the_code_came_from(pair, code_from_the_new):
    database, old, _, new = pair
    guest, host = (old, new) if code_from_the_new else (new, old)

    def work(connection):
        people.grant(connection, new, "officer", "C", START)
        joining.merge(connection, guest, host, LATER)
        return people.on_duty(connection, "C-1", "officer", "on_call")

    assert await database.write(work) == [host]
    both = [("officer", "C"), ("on_call", "C")]
    held = await database.read(lambda c: people.roles_of(c, [host, guest]))
    assert {person: sorted(theirs) for person, theirs in held.items()} == {host: both}
    ended = select(Role.__table__.c.ended_at).where(Role.__table__.c.ended_at.is_not(None))
    assert await database.read(lambda c: c.execute(ended).scalars().all()) == [LATER]


async def test_roster_leave_and_what_is_in_hand_go_along(pair):
    database, old, link, new = pair
    other, _ = await database.write(welcome("other", officer="C"))

    def work(connection):
        case, _ = reports.file(connection, filing(other, link, "k"), 2026)
        cases.acknowledge(connection, case, old, START)
        absences.put_on_call(connection, "C", old, DAY, DAY, START)
        absences.leave(connection, old, DAY, DAY, other, START)
        absences.leave(connection, other, DAY + timedelta(2), DAY + timedelta(2), old, START)
        absences.leave(connection, new, DAY + timedelta(1), DAY + timedelta(1), old, START)
        joining.merge(connection, old, new, LATER)
        return case.code

    code = await database.write(work)
    assert (await database.read(lambda c: cases.by_code(c, code))).acknowledged_by == new
    assert await database.read(lambda c: absences.on_call(c, "C", DAY, ["officer"])) == [new]
    assert await database.read(lambda c: absences.present(c, [new], DAY)) == [other]
    later = DAY + timedelta(2)
    assert await database.read(lambda c: absences.present(c, [other], later)) == [new]
    tomorrow = DAY + timedelta(1)  # who stands in for themselves is there
    assert await database.read(lambda c: absences.present(c, [new], tomorrow)) == [new]


async def test_duties_go_along_and_are_not_planned_twice(pair):
    database, old, _, new = pair

    def work(connection):
        duties.put(connection, [duty(old), duty(old, "done"), duty(old, "both")])
        duties.put(connection, [duty(new, "done"), duty(new, "both")])
        first = {each.subject: each for each in duties.open_of(connection, [old], DAY, DAY)}
        duties.finish(connection, first["done"].id, old, START)
        lists = DutyList.__table__
        for person in (old, new):
            row = {"person_id": person, "shown_at": START, "morning": DAY, "items": "[]"}
            connection.execute(insert(lists).values(**row))
        joining.merge(connection, old, new, LATER)
        duties.put(connection, [duty(new, name) for name in ("year", "done", "both")])
        return [each.subject for each in duties.open_of(connection, [old, new], DAY, DAY)]

    assert sorted(await database.write(work)) == ["both", "year"]
    done = select(duties.duties.c.person_id, duties.duties.c.done_by).where(
        duties.duties.c.done_at.is_not(None)
    )
    assert await database.read(lambda c: c.execute(done).all()) == [(new, new)]
    kept = select(DutyList.__table__.c.person_id)
    assert await database.read(lambda c: c.execute(kept).scalars().all()) == [new, new]


async def test_of_two_answers_the_later_counts_and_nobody_is_counted_twice(pair):
    database, old, _, new = pair
    answers, asked, events = MeetingAnswer.__table__, ZeroReport.__table__, OutreachEvent.__table__

    def work(connection):
        held = {"code": "M", "draft_key": "m", "kind": "meeting", "held_on": DAY, "details": {}}
        by = {"person_id": old, "noted_at": START, "closes_at": START, "state": "held"}
        connection.execute(insert(events).values(id=1, **held, **by, revision=0))
        for person, said, at in ((old, True, LATER), (new, False, START)):
            row = {"event_id": 1, "person_id": person, "revision": 0, "coming": said, "at": at}
            connection.execute(insert(answers).values(**row))
            there = {"who": check_ins.who(f"person:{person}"), "group": "parents"}
            when = {"channel": "test", "done_at": at, "received_at": at, "by_link": False}
            check_ins.add(connection, {"event_id": 1, **there, **when})
            answer = {"answer": "yes", "answered_at": at} if person == old else {}
            question = {"person_id": person, "area": "C-1", "week": DAY, "asked_at": START}
            connection.execute(insert(asked).values(**question, **answer))
        joining.merge(connection, old, new, LATER)

    await database.write(work)
    said = await database.read(lambda c: c.execute(select(answers)).all())
    assert [(row.person_id, row.coming) for row in said] == [(new, True)]
    weekly = await database.read(lambda c: c.execute(select(asked)).all())
    assert [(row.person_id, row.answer) for row in weekly] == [(new, "yes")]
    there = await database.read(lambda c: c.execute(select(CheckIn.__table__.c.who)).scalars())
    assert list(there) == [check_ins.who(f"person:{new}")]


async def test_what_only_one_has_told_both_have_told(pair):
    database, old, _, new = pair

    def work(connection):
        told = {"name": "Minh", "home_area": "C", "morning": "06:30", "language": "en"}
        people.change(connection, old, **told, suspended_at=START)
        people.change(connection, new, phone="0912000000", home_area="C-1")
        joining.merge(connection, old, new, LATER)
        return people.one(connection, new)

    one = await database.write(work)
    assert (one.name, one.phone, one.home_area) == ("Minh", "0912000000", "C-1")
    assert (one.morning, one.language, one.suspended_at) == ("06:30", "en", START)


async def test_who_became_the_guest_before_becomes_the_host(pair):
    database, old, _, new = pair
    third, _ = await database.write(welcome("third"))

    def work(connection):
        joining.merge(connection, third, old, START)
        joining.merge(connection, old, new, LATER)
        return people.one(connection, third)

    assert (await database.write(work)).merged_into == new


async def test_the_log_keeps_both_ids_and_a_stranger_gets_no_role_unasked(bot):
    await bot.database.write(introduce)
    await bot.says("minh", "/menu", channel="coded")
    told = await bot.says("minh", value="m.code", kind="press", channel="coded")
    code = re.search(r"\d{6}", told[-1].text)[0]

    async def minh():
        return await bot.database.read(lambda c: people.by_address(c, "test", "minh"))

    before = await minh()
    asked = await bot.says("minh", code)
    assert await minh() == before
    await bot.presses("minh", asked[-1].buttons[0])
    after = await minh()
    assert after.person_id != before.person_id and after.roles == before.roles
    joined = select(audit.log.c.subject, audit.log.c.detail).where(audit.log.c.action == "link")
    lines = await bot.database.read(lambda c: c.execute(joined).all())
    assert lines == [(f"person:{after.person_id}", f"test person:{before.person_id}")]
