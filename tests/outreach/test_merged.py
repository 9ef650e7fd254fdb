"""Villages and communes are merged: what was done before stays counted, and shows where it went."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot import check_in_page
from bot.desk.broadcasting import audience_of
from bot.desk.periodic import periodic_report
from bot.desk.standings import standings
from bot.documents.period import period_of
from bot.documents.periodic import periodic_paper
from storage import areas, broadcasts, group_sizes, meetings, oversight, people, plans
from storage.broadcasts import Audience
from storage.records.areas import Area
from tests.documents.reading import words_of
from tests.outreach.test_same_numbers import (
    NOW,
    PLAN,
    SPEECH,
    TODAY,
    VILLAGES,
    Held,
    commune,
    database,
    write,
)

__all__ = ["database"]
ENDED = TODAY.replace(day=1)


@pytest.fixture
def connection(database):
    with database.connect() as connection:
        yield connection
        connection.rollback()


def meeting(village: str | None, people: int, at: int = 1) -> Held:
    day = TODAY.replace(month=3, day=at)
    counts = {"headcount": people}
    return Held(village, day, "meeting", "parents", counts, [], "", False)  # type: ignore[arg-type]


def merged(connection: Connection) -> int:
    """X-1 and X-2 became X-9; the commune X became Y, which has no other villages."""
    person = commune(connection)
    held = [meeting("X-1", 40), meeting("X-2", 30), meeting("X-3", 5), meeting(None, 60)]
    for number, one in enumerate(held):
        write(connection, number, one, person)
    every = areas.every(connection)
    ended = [each.model_copy(update={"valid_to": ENDED}) for each in every if each.code != "X-3"]
    moved = [each.model_copy(update={"parent": "Y"}) for each in every if each.code == "X-3"]
    new = Area(code="Y", name="Xã Mới", kind="commune")
    nine = Area(code="X-9", name="Thôn Chín", kind="village", parent="Y")
    areas.load(
        connection,
        [(new, ["X"]), (nine, ["X-1", "X-2"]), *((each, []) for each in (*ended, *moved))],
    )
    return person


def test_the_report_of_the_new_commune_has_every_meeting_of_the_old(connection):
    merged(connection)
    period = period_of("2025", TODAY)
    report = periodic_report(connection, SPEECH, "outreach", "Y", period, NOW)
    assert report.outreach
    assert (report.outreach.meetings, report.outreach.attendances) == (4, 135)
    rows = {name: (held, came) for name, held, came in report.outreach.by_village}
    assert rows.pop("Thôn Chín") == (2, 70)
    assert rows.pop("Thôn X-3") == (1, 5)
    assert [*rows.values()] == [(1, 60)]  # of no village, so that the rows add up
    assert report.outreach.silent == ()


def test_the_page_offers_the_villages_that_are_there_now(connection):
    merged(connection)
    [before] = [e for e in meetings.between(connection, ["X-1"], TODAY.replace(month=1), TODAY)]
    every = areas.every(connection)
    assert [each.name for each in check_in_page._villages(connection, before, every, TODAY)] == [
        "Thôn Chín",
        "Thôn X-3",
    ]


def test_children_are_counted_as_children(connection):
    person = commune(connection)
    one = meeting("X-1", 500)
    write(connection, 1, replace(one, group="children"), person)
    write(connection, 2, meeting("X-2", 40), person)
    report = periodic_report(connection, SPEECH, "outreach", "X", period_of("2025", TODAY), NOW)
    assert report.outreach
    assert (report.outreach.attendances, report.outreach.children) == (540, 500)
    words = words_of(periodic_paper(report))
    assert "Kế hoạch số của" not in words  # a number that is not told is to be written in
    assert "từ ngày 01/01/2025" in words


def test_inspections_that_found_a_violation_are_counted(connection):
    person = commune(connection)
    common = {"employer": "Lò Mẫu", "area": "X-1", "commune": "X", "person_id": person}
    common |= {"held_on": TODAY, "kind": "regular", "noted_at": NOW}
    for number, result in enumerate(("violation", "nothing", "violation")):
        oversight.inspect(connection, {**common, "draft_key": f"i{number}", "result": result})
    report = periodic_report(connection, SPEECH, "outreach", "X", period_of("2025", TODAY), NOW)
    assert (report.oversight.inspections, report.oversight.violations) == (3, 2)


def test_coverage_is_shown_in_the_village_that_is_there_now(connection):
    merged(connection)
    plans.load(connection, "of-y", "Y", (2021, 2025), PLAN.replace('id = "', 'id = "y-'), NOW)
    sizes = {"group": "parents", "unit": "household", "year": 2025, "source": "sổ"}
    rows = [{**sizes, "area": v, "count": 50, "estimated": False} for v in VILLAGES]
    group_sizes.put(connection, rows, NOW)
    standing = standings(connection, SPEECH, TODAY, "Y", 2025)[-1]
    [parents] = [each for each in standing.progress.targets if each.target.group == "parents"]
    counts = dict(parents.villages)
    assert (counts["X-9"].attendances, counts["X-9"].base.count) == (70, 100)
    assert parents.whole.attendances == 135
    assert parents.whole.base and parents.whole.base.count == 150
    assert standing.progress.silent == ()


@pytest.mark.parametrize("area", ["Y", None])
def test_a_plan_of_the_old_commune_is_told_for_the_new(connection, area):
    merged(connection)
    [standing] = standings(connection, SPEECH, TODAY, area, 2025)
    assert (standing.area, standing.area_code) == ("Xã Mới", "Y")
    assert standing.made_for == "Xã Mẫu"
    [parents] = [each for each in standing.progress.targets if each.target.group == "parents"]
    assert parents.whole.attendances == 135
    assert standing.progress.silent == ()


def test_a_plan_of_ones_own_is_made_for_nobody_else(connection):
    commune(connection)
    [standing] = standings(connection, SPEECH, TODAY, "X", 2025)
    assert standing.made_for == ""


@pytest.mark.parametrize(("top", "where"), [("Y", None), ("Y", "X-9"), ("X", None)])
def test_an_announcement_reaches_who_serves_what_was_merged(connection, top, where):
    merged(connection)
    one = people.welcome(connection, "web", "one", "vi", NOW)[0]
    people.grant(connection, one, "collaborator", "X-1", NOW)
    told = {"to": "collaborators", "tops": [top], "where": [where] if where else None}
    audience = audience_of(connection, told, sender=0)
    assert isinstance(audience, Audience)
    assert one in {each.person_id for each in broadcasts.portion(connection, audience, 0, 10)}
