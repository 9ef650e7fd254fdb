"""Whatever was noted, counted, settled and taken out: chat, picture, sheet and paper say the same.

Histories are drawn by lot and written as records; what is to come out is added up here by hand.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from bot.desk.periodic import periodic_report
from bot.desk.standings import standings
from bot.documents.chart import pages
from bot.documents.period import period_of
from bot.documents.periodic import periodic_paper
from bot.documents.progress_book import progress_book
from bot.i18n import speak
from bot.plans.bars import table
from bot.plans.reading import read
from bot.plans.vocabulary import counted_in
from storage import areas, check_ins, group_sizes, meetings, people, plans
from storage.records.areas import Area
from tests.documents.reading import cells_of, tables_of

PLAN = (Path(__file__).parents[2] / "plans/hoang-duc-2021-2025.toml").read_text("utf-8")
VILLAGES = ("X-1", "X-2", "X-3")
GROUPS = ("parents", "children", "teachers", "businesses", "officials")
NOW, TODAY = datetime(2025, 11, 20, 9, tzinfo=UTC), date(2025, 11, 20)
SPEECH = speak("vi")


@dataclass(frozen=True)
class Held:
    """A meeting of a history."""

    village: str
    day: date
    kind: str
    group: str
    counts: dict[str, int]
    phones: list[tuple[int, str, str]]
    settled: str
    cancelled: bool

    @property
    def people(self) -> int | None:
        """What counts, as the guide tells it."""
        ways = dict(self.counts)
        if self.phones:
            ways["check_in"] = len(self.phones)
        if self.cancelled or not ways:
            return None
        if self.settled in ways:
            return ways[self.settled]
        return max(min(self.counts.values(), default=0), len(self.phones))


@st.composite
def held(draw: st.DrawFn) -> Held:
    ways = st.sampled_from(["headcount", "recount", "sheet"])
    phones = st.tuples(
        st.integers(0, 9), st.sampled_from(VILLAGES), st.sampled_from(["", "1", "2"])
    )
    return Held(
        draw(st.sampled_from(VILLAGES)),
        draw(st.dates(date(2025, 1, 1), TODAY)),
        draw(st.sampled_from(["meeting", "training"])),
        draw(st.sampled_from(GROUPS)),
        draw(st.dictionaries(ways, st.integers(0, 60), max_size=3)),
        draw(st.lists(phones, unique_by=lambda phone: phone[0], max_size=6)),
        draw(st.sampled_from(["", "headcount", "sheet", "check_in"])),
        draw(st.booleans()) and draw(st.booleans()),
    )


@pytest.fixture(scope="module")
def database(migrated_file, tmp_path_factory):
    path = shutil.copy(migrated_file, tmp_path_factory.mktemp("same") / "same.sqlite3")
    engine = create_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def commune(connection: Connection) -> int:
    """A commune with a plan; the person who notes everything."""
    loaded = [(Area(code="X", name="Xã Mẫu", kind="commune"), [])]
    loaded += [(Area(code=v, name=f"Thôn {v}", kind="village", parent="X"), []) for v in VILLAGES]
    areas.load(connection, loaded)
    plan = read(PLAN)
    plans.load(connection, plan.id, "X", (plan.start, plan.end), PLAN, NOW)
    sizes = [("parents", "household", 40), ("children", "class", 3), ("teachers", "staff", 20)]
    rows = [
        {"area": "X", "group": g, "unit": u, "year": 2025, "count": n, "source": "sổ"}
        for g, u, n in sizes
    ]
    group_sizes.put(connection, [{**row, "estimated": False} for row in rows], NOW)
    return people.welcome(connection, "web", "somebody", "vi", NOW)[0]


def write(connection: Connection, number: int, one: Held, person: int) -> None:
    event = meetings.add(
        connection,
        {
            "draft_key": f"d{number}",
            "state": "cancelled" if one.cancelled else "held",
            "kind": one.kind,
            "area": one.village,
            "commune": "X",
            "held_on": one.day,
            "person_id": person,
            "noted_at": NOW,
            "closes_at": NOW,
            "details": {},
        },
    )
    common = {"event_id": event.id, "group": one.group}
    for way, count in one.counts.items():
        counted = {"way": way, "people": count, "person_id": person, "noted_at": NOW}
        meetings.count_heads(connection, {**common, **counted})
    for who, village, unit in one.phones:
        told: dict[str, Any] = {"who": check_ins.who(f"phone:{who}"), "area": village}
        told |= {"unit": unit or None, "channel": "page", "done_at": NOW, "received_at": NOW}
        check_ins.add(connection, {**common, **told})
    ways = {**one.counts, **({"check_in": len(one.phones)} if one.phones else {})}
    if one.settled in ways:
        by = {"people": ways[one.settled], "why": "đã xem lại", "person_id": person, "at": NOW}
        meetings.settle(connection, {**common, "way": one.settled, **by})


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(history=st.lists(held(), max_size=8))
def test_every_view_shows_the_numbers_of_the_records(database, history: list[Held]):
    with database.connect() as connection:
        person = commune(connection)
        for number, one in enumerate(history):
            write(connection, number, one, person)
        [standing] = standings(connection, SPEECH, TODAY, "X", 2025)
        period = period_of("2025", TODAY)
        report = periodic_report(connection, SPEECH, "outreach", "X", period, NOW)
        connection.rollback()

    came: defaultdict[tuple[str, str], int | None] = defaultdict(lambda: None)
    for one in history:
        if one.people is not None:
            key = ("trained" if one.kind == "training" else "informed", one.group)
            came[key] = (came[key] or 0) + one.people
    chat = " ".join(table(standing.progress, "vi", standing.names).split())
    drawn = " ".join(word for page in pages(standing) for word in page.words)
    sheet = cells_of(progress_book(standing))["Chỉ tiêu"][1:]
    [paper] = [t for t in tables_of(periodic_paper(report)) if "Lượt" in " ".join(t[0])][-1:]
    for at, each in enumerate(standing.progress.targets):
        counted = [came[each.target.indicator, group] for group in counted_in(each.target.group)]
        told = [number for number in counted if number is not None]
        expected = sum(told) if told else None
        assert each.whole.attendances == expected, each.target.id
        assert sheet[at][5] == expected
        assert (sheet[at][6], sheet[at][9]) == (each.whole.covered, each.whole.percent())
        row = paper[at + 1]
        assert row[2] == ("–" if expected is None else SPEECH.number(expected)), row
        if expected is not None:
            said = f"{SPEECH.number(expected)} lượt người"
            assert said in chat and said in drawn
        if each.whole.covered is not None and each.whole.base:
            assert row[3] == SPEECH.number(each.whole.covered)
            assert each.whole.covered <= (expected or 0)
            assert 0 <= (each.whole.percent() or 0) <= 100
    heard = {one.village for one in history if one.people is not None}
    heard |= {v for one in history if one.people for _who, v, _u in one.phones}
    assert set(standing.progress.silent) >= set(VILLAGES) - heard
