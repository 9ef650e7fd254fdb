"""Whatever was noted, counted, settled and taken out: chat, picture, sheet and paper say the same.

Histories are drawn by lot and written as records; what is to come out is added up here by hand.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, insert

from bot.desk import elsewhere
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
from storage import areas, check_ins, group_sizes, meetings, people, plans, target_values
from storage.cases import cases, reports
from storage.records.areas import Area
from tests.documents.reading import cells_of, tables_of

PLANS = Path(__file__).parents[2] / "plans"
PLAN = (PLANS / "hoang-duc-2021-2025.toml").read_text("utf-8")
OF_RECORDS = (PLANS / "van-nham-2021-2025.toml").read_text("utf-8")  # has every such indicator
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


def commune(connection: Connection, content: str = PLAN) -> int:
    """A commune with a plan; the person who notes everything."""
    loaded = [(Area(code="X", name="Xã Mẫu", kind="commune"), [])]
    loaded += [(Area(code=v, name=f"Thôn {v}", kind="village", parent="X"), []) for v in VILLAGES]
    areas.load(connection, loaded)
    plan = read(content)
    plans.load(connection, plan.id, "X", (plan.start, plan.end), content, NOW)
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
        told |= {
            "unit": unit or None,
            "channel": ("web", "page")[who % 2],
            "done_at": NOW,
            "received_at": NOW,
        }
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


# --- targets that no meeting measures ------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A case: how grave, when it was taken in hand (hours; None: not), what was told of school."""

    level: str
    taken_after: int | None
    school: str | None

    @property
    def counts(self) -> bool:
        return self.level != "NONE"


told_cases = st.builds(
    Told,
    st.sampled_from(["NONE", "UNCLEAR", "AT_RISK", "CHILD_LABOUR", "HAZARDOUS"]),
    st.sampled_from([None, 1, 23, 25, 90]),
    st.sampled_from([None, "attending", "irregular", "dropped_out", "unknown"]),
)


def open_case(connection: Connection, number: int, one: Told) -> None:
    opened = NOW - timedelta(days=30 + number)
    values = {"code": f"VT-25-00000{number}", "commune": "X", "area": "X-1", "level": one.level}
    values |= {"opened_at": opened, "answer_due_at": opened + timedelta(hours=24)}
    if one.taken_after is not None:
        values["acknowledged_at"] = opened + timedelta(hours=one.taken_after)
    [case] = connection.execute(insert(cases).values(**values).returning(cases.c.id)).one()
    answers = {"schooling": one.school} if one.school else {}
    report = {"code": values["code"], "case_id": case, "draft_key": f"r{number}", "channel": "web"}
    connection.execute(insert(reports).values(**report, received_at=opened, answers=answers))


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    history=st.lists(told_cases, max_size=6),
    members=st.lists(st.booleans(), max_size=4),
    entered=st.none() | st.integers(0, 40),
)
def test_what_no_meeting_measures_is_the_same_everywhere(database, history, members, entered):
    with database.connect() as connection:
        person = commune(connection, OF_RECORDS)
        for number, one in enumerate(history):
            open_case(connection, number, one)
        for number, active in enumerate(members):
            member, _ = people.welcome(connection, "web", f"m{number}", "vi", NOW)
            people.grant(connection, member, "collaborator", VILLAGES[number % 3], NOW)
            if active:
                write(connection, 100 + number, Held("X-1", TODAY, "meeting", "parents", {}, [], "",
                                                     False), member)  # fmt: skip
        minors = {"area": "X", "group": "children_5_17", "unit": "person", "year": 2025}
        minors |= {"count": 400, "source": "sổ", "estimated": False}
        group_sizes.put(connection, [minors], NOW)
        if entered is not None:
            value = {"area": "X", "indicator": "schooling", "group": "children_at_risk"}
            value |= {"unit": "person", "year": 2025, "reached": entered, "source": "trường"}
            target_values.put(connection, value, NOW, person)
        [standing] = standings(connection, SPEECH, TODAY, "X", 2025)
        period = period_of("2025", TODAY)
        report = periodic_report(connection, SPEECH, "outreach", "X", period, NOW)
        outside = periodic_report(connection, SPEECH, "outreach", "X", period, NOW, outside=True)
        connection.rollback()

    real = [one for one in history if one.counts]
    risky = [one for one in history if one.level in ("AT_RISK", "CHILD_LABOUR", "HAZARDOUS")]
    labour = [one for one in history if one.level in elsewhere.IN_LABOUR]
    schooled = sum(one.school == "attending" for one in risky)
    expected = {
        "supported": (sum(one.taken_after in (1, 23) for one in real), len(real)),
        "schooling": (schooled if entered is None else entered, len(risky)),
        "child_labour": (len(labour), 400),
        "carrying_out": (sum(members), len(members)),
    }
    nothing = {"supported": not real, "schooling": not risky and entered is None}
    nothing |= {"child_labour": not labour, "carrying_out": not members}
    chat = " ".join(table(standing.progress, "vi", standing.names).split())
    drawn = " ".join(" ".join(w for page in pages(standing) for w in page.words).split())
    sheet = cells_of(progress_book(standing))["Chỉ tiêu"][1:]
    [paper] = [t for t in tables_of(periodic_paper(report)) if "Lượt" in " ".join(t[0])][-1:]
    for at, each in enumerate(standing.progress.targets):
        indicator = each.target.indicator
        if indicator not in expected:
            continue
        covered, base = expected[indicator]
        json = each.to_json()
        assert not each.villages, "never village by village"
        if nothing[indicator]:
            assert json["covered"] is None and each.status == "no_data"
            assert each.whole.warnings, "why there is none is said"
            assert paper[at + 1][3] == "–" and sheet[at][6] is None
            continue
        assert (json["covered"], sheet[at][6]) == (covered, covered)
        assert json["denominator"] == sheet[at][7] == (base or None)
        assert json["percent"] == sheet[at][9]
        assert paper[at + 1][3] == SPEECH.number(covered)
        said = f"{SPEECH.number(covered)}/{SPEECH.number(base) if base else '?'} "
        assert said in chat and said in drawn
    hidden = {t.target.indicator: t for t in outside.standings[0].progress.targets}
    for indicator in ("supported", "schooling", "child_labour"):
        shown = hidden[indicator].whole
        if shown.covered is not None:
            parts = (shown.covered, shown.base.count if shown.base else 0)
            parts += ((parts[1] - parts[0]),)
            assert all(part <= 0 or part >= 5 for part in parts)
    assert not any(e.event.startswith("VT-") for e in outside.standings[0].entries)
