"""What is counted for reports: every case once, in its own area and time, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from storage import areas, cases, people, reports, statistics, submissions
from storage.records.areas import Area

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 7, 1, tzinfo=UTC)
HERE = {"XA", "XA-1"}
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def found(connection) -> tuple[int, int]:
    """Two communes and somebody who reports; their person and link."""
    known = [
        Area(code="XA", name="Xã Mẫu", kind="commune"),
        Area(code="XA-1", name="Thôn Một", kind="village", parent="XA"),
        Area(code="KHAC", name="Xã Khác", kind="commune"),
    ]
    areas.load(connection, [(area, ()) for area in known])
    return people.welcome(connection, "web", "a1", "vi", FIRST)


def filing(key: str, who: tuple[int, int], at: datetime = MARCH, **more) -> reports.Filing:
    values = {
        "draft_key": key,
        "person_id": who[0],
        "link_id": who[1],
        "channel": "web",
        "commune": "XA",
        "area": "XA-1",
        "level": "CHILD_LABOUR",
        "answers": {"age": 13, "sex": "female"},
        "child_name": None,
        "may_call": None,
        "phone": None,
        "received_at": at,
        "complete": True,
        "safety_due_at": None,
        "answer_due_at": at + timedelta(hours=24),
        "escalate_at": None,
    }
    return reports.Filing(**{**values, **more})


def counted(connection, **how):
    return statistics.case_counts(connection, HERE, FIRST, END, **how)


async def test_cases_are_counted_in_their_period_and_area(database):
    def work(connection):
        who = found(connection)
        reports.file(connection, filing("a", who), 2026)
        reports.file(connection, filing("first", who, FIRST), 2026)
        reports.file(connection, filing("before", who, FIRST - timedelta(seconds=1)), 2025)
        reports.file(connection, filing("after", who, END), 2026)
        reports.file(connection, filing("elsewhere", who, commune="KHAC", area=None), 2026)
        reports.file(connection, filing("nowhere", who, commune=None, area=None), 2026)
        people.grant(connection, who[0], "collaborator", "XA-1", FIRST)
        return counted(connection), counted(connection, unplaced=True)

    strict, all_of_them = await database.write(work)
    assert (strict.opened, strict.reports, strict.by_collaborators) == (2, 2, 2)
    assert strict.open_at_end == 3  # the one of the year before is open too
    assert (all_of_them.opened, all_of_them.reports) == (3, 3)


async def test_two_reports_of_one_child_are_one_case_and_its_last_answer(database):
    def work(connection):
        who = found(connection)
        case, _new = reports.file(connection, filing("a", who, answers={"age": 12}), 2026)
        reports.add_to(connection, case, filing("b", who, answers={"age": 13, "sex": "male"}))
        reports.file(connection, filing("c", who, answers={}), 2026)
        return counted(connection, asked=("age", "sex"))

    told = await database.write(work)
    assert (told.opened, told.reports) == (2, 3)
    assert told.told == {"age": {13: 1, None: 1}, "sex": {"male": 1, None: 1}}


async def test_in_time_is_in_time(database):
    def work(connection):
        who = found(connection)
        for key, minutes in (("quick", 15), ("slow", 16), ("late", 60 * 24 + 1)):
            case, _new = reports.file(connection, filing(key, who, level="EMERGENCY"), 2026)
            cases.acknowledge(connection, case, who[0], MARCH + timedelta(minutes=minutes))
        closed, _new = reports.file(connection, filing("closed", who), 2026)
        cases.set_status(connection, closed, "closed", END - timedelta(seconds=1))
        later, _new = reports.file(connection, filing("closed later", who), 2026)
        cases.set_status(connection, later, "closed", END)
        return counted(connection)

    told = await database.write(work)
    assert (told.levels["EMERGENCY"], told.urgent_in_time, told.answered_in_time) == (3, 1, 2)
    assert (told.closed, told.open_at_end) == (1, 4)
    assert told.statuses == {"received": 3, "closed": 2}


@pytest.mark.parametrize(("day", "many"), [("2026-06-30", 1), ("2026-07-01", 0), (None, 1)])
async def test_a_noted_meeting_counts_on_its_day(database, day, many):
    def work(connection):
        who = found(connection)
        answers = {"people": 3, **({"held_on": day} if day else {"held_on": "unknown"})}
        submissions.add(connection, "form", "k", who[0], "XA-1", "XA", answers, MARCH)
        first, last = date(2026, 1, 1), date(2026, 6, 30)
        return statistics.noted_meetings(connection, "form", HERE, first, last)

    assert len(await database.write(work)) == many
