"""Attendances and coverage: both figures, and what must hold whatever was entered."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.plans.coverage import Progress, TargetProgress, progress
from bot.plans.distinct import distinct
from bot.plans.figures import Denominator, Entry
from bot.plans.plan import Plan
from bot.plans.reading import read

PLANS = Path(__file__).parents[2] / "plans"
COMMUNE, VILLAGES = "XA", ("A", "B", "C")
DAY = date(2025, 3, 1)


def plan(name: str = "van-nham-2021-2025") -> Plan:
    return read((PLANS / f"{name}.toml").read_text("utf-8"))


VAN_NHAM = plan()
COMMUNITY = replace(VAN_NHAM, targets=(VAN_NHAM.targets[4],))


def entry(village="A", group="parents", heads=10, ids=None, event="e1", **more) -> Entry:
    known = None if ids is None else frozenset(ids)
    return Entry(village, group, heads, known, more.pop("day", DAY), event, **more)


def households(area=COMMUNE, count=100, year=2025, **more) -> Denominator:
    return Denominator("parents", area, year, count, "household", "danh sách", **more)


def of(target: str, *figures, year=2025, plan=VAN_NHAM, on=None) -> TargetProgress:
    found = whole(*figures, year=year, plan=plan, on=on)
    return next(each for each in found.targets if each.target.id == target)


def whole(*figures, year=2025, plan=VAN_NHAM, on=None) -> Progress:
    entries = [each for each in figures if isinstance(each, Entry)]
    denominators = [each for each in figures if isinstance(each, Denominator)]
    return progress(plan, entries, denominators, year, VILLAGES, on)


def parents(*figures, **how) -> TargetProgress:
    [found] = whole(*figures, plan=COMMUNITY, **how).targets
    return found


def test_the_same_mother_three_times_is_three_attendances_and_one_household():
    found = parents(*(entry(heads=1, ids=["A-1"], event=f"e{n}") for n in range(3)), households())
    assert (found.whole.attendances, found.whole.covered) == (3, 1)
    assert found.whole.percent() == 1.0
    assert found.whole.certainty == "exact"
    assert found.whole.records == ("e0", "e1", "e2")


def test_a_household_that_comes_in_another_village_counts_once():
    found = parents(entry(ids=["A-1"]), entry("B", ids=["A-1", "B-1"]), households())
    assert found.whole.covered == 2


def test_what_was_done_in_a_village_that_was_merged_is_shown_where_it_went():
    figures = [entry("OLD-1", heads=40), entry("OLD-2", heads=30, event="e2")]
    sizes = [households("OLD-1", 50), households("OLD-2", 50), households("B", 10)]
    became = {"OLD-1": "A", "OLD-2": "A"}
    found = progress(COMMUNITY, figures, sizes, 2025, ("A", "B"), became=became)
    [target] = found.targets
    counts = dict(target.villages)
    assert [*counts] == ["A", "B"]
    assert (counts["A"].attendances, counts["A"].covered) == (70, 70)
    assert counts["A"].base and counts["A"].base.count == 100
    assert target.whole.covered == 70  # a merger lowers nothing
    assert target.whole.base and target.whole.base.count == 110  # and counts nobody twice
    assert found.silent == ("B",)


def test_residents_are_part_of_the_community_and_teachers_are_not():
    found = parents(entry(ids=["A-1"]), entry(group="residents", ids=["A-2"]), households())
    assert found.whole.covered == 2
    assert parents(entry(group="teachers"), households()).whole.attendances is None


def test_training_is_apart_from_information():
    hoang_duc = plan("hoang-duc-2021-2025")
    trained = entry(group="officials", heads=2, ids=["x", "y"], indicator="trained")
    informed = replace(trained, indicator="informed", event="e2")
    found = of("tap-huan-can-bo", trained, informed, plan=hoang_duc)
    assert found.whole.attendances == 2
    assert found.whole.records == ("e1",)


def test_heads_only_are_an_estimate_from_the_fullest_event():
    found = parents(entry(heads=30), entry(heads=40, event="e2"), households())
    assert (found.whole.attendances, found.whole.covered) == (70, 40)
    assert found.whole.certainty == "estimated"
    assert "heads_for_units" in found.whole.warnings


def test_heads_of_villages_add_up_and_known_households_are_among_them():
    known = entry(heads=5, ids=["A-1", "A-2"], event="e0")
    found = parents(known, entry(heads=10), entry("B", heads=7, event="e2"), households())
    assert found.whole.covered == 10 + 7


def test_pupils_without_their_class_cover_nothing_that_is_known():
    classes = Denominator("children", COMMUNE, 2025, 10, "class", "trường")
    found = of("tre-em", entry(group="children", heads=60), classes)
    assert (found.whole.attendances, found.whole.covered, found.status) == (60, None, "no_data")
    assert "no_classes" in found.whole.warnings
    both = of("tre-em", entry(group="children"), entry(group="children", ids=["6A"]), classes)
    assert (both.whole.covered, both.whole.certainty) == (1, "estimated")


def test_staff_are_exact_only_when_each_is_known():
    staff = Denominator("teachers", COMMUNE, 2025, 20, "staff", "trường")
    some = entry(group="teachers", heads=12, ids=map(str, range(9)))
    found = of("can-bo-giao-vien", some, staff)
    assert (found.whole.covered, found.whole.certainty) == (12, "estimated")
    assert "heads_only" in found.whole.warnings
    every = replace(some, headcount=9)
    assert of("can-bo-giao-vien", every, staff).whole.certainty == "exact"


def test_more_than_there_are_is_capped_and_told():
    found = parents(entry(heads=30, ids=map(str, range(30))), households(count=20))
    assert found.whole.percent() == 100.0
    assert found.whole.covered == 30
    assert found.whole.warnings == ("above_denominator", "silent_villages")
    assert found.status == "met"


def test_more_households_than_people_are_told():
    found = parents(entry(heads=1, ids=["A-1", "A-2"]), households())
    assert "more_units_than_people" in found.whole.warnings


@pytest.mark.parametrize("count", [0, None])
def test_without_a_denominator_there_is_no_share(count):
    given_ = [] if count is None else [households(count=count)]
    found = parents(entry(ids=["A-1"]), *given_)
    assert (found.whole.attendances, found.whole.covered) == (10, 1)
    assert found.whole.percent() is None
    assert found.status == "no_data"
    told = "denominator_missing" if count is None else "denominator_zero"
    assert told in found.whole.warnings


def test_a_negative_figure_is_refused():
    with pytest.raises(ValueError, match="-1"):
        entry(heads=-1)
    with pytest.raises(ValueError, match="-1"):
        households(count=-1)


def test_denominators_of_all_villages_are_that_of_the_commune():
    rows = [households(village, 10 + n) for n, village in enumerate(VILLAGES)]
    found = parents(entry(ids=["A-1"]), *rows)
    assert found.whole.base and found.whole.base.count == 33
    assert parents(entry(ids=["A-1"]), *rows[1:]).whole.base is None
    assert parents(entry(ids=["A-1"]), *rows, households(count=40)).whole.base.count == 40


def test_an_older_denominator_serves_and_is_told_and_a_later_one_does_not():
    found = parents(entry(ids=["A-1"]), households(year=2023, count=9), households(year=2026))
    assert found.whole.base and found.whole.base.count == 9
    assert "denominator_old" in found.whole.warnings
    assert found.whole.certainty == "estimated"


def test_of_two_denominators_the_one_that_flatters_less():
    found = parents(entry(ids=["A-1"]), households(count=9), households(count=12))
    assert found.whole.base and found.whole.base.count == 12
    assert "denominator_twice" in found.whole.warnings
    same = parents(entry(ids=["A-1"]), households(count=9), households(count=9))
    assert "denominator_twice" not in same.whole.warnings


def test_an_estimated_denominator_makes_an_estimate():
    assert parents(entry(ids=["A-1"]), households(estimated=True)).whole.certainty == "estimated"


def test_a_denominator_in_another_unit_is_none():
    people = Denominator("parents", COMMUNE, 2025, 300, "person", "danh sách")
    assert parents(entry(ids=["A-1"]), people).whole.base is None


def test_kinds_of_employers_add_up():
    rows = [
        Denominator("businesses", COMMUNE, 2025, 3, "establishment", "thuế"),
        Denominator("production_households", COMMUNE, 2025, 17, "establishment", "xã"),
    ]
    found = of("doanh-nghiep-ho-gia-dinh", entry(group="businesses", ids=["b1"]), *rows)
    assert found.whole.percent() == 5.0
    assert found.to_json()["denominator_source"] == "thuế; xã"


def test_silent_is_not_zero():
    found = whole(entry(heads=0), entry("B", group="teachers"), households())
    assert found.silent == ("C",)
    rows = {row["village"]: row for row in parents_of(found)["villages"]}
    assert (rows["A"]["attendances"], rows["A"]["covered"], rows["A"]["silent"]) == (0, 0, False)
    for village in "BC":
        assert rows[village]["silent"]
        assert rows[village]["attendances"] is rows[village]["covered"] is None


def parents_of(found: Progress) -> dict:
    return next(row for row in found.to_json()["targets"] if row["id"] == "cha-me-nguoi-dan")


def test_villages_keep_the_order_they_are_given_in():
    found = parents(entry("C", heads=90), entry("A", heads=1), entry(COMMUNE, heads=5))
    assert [code for code, _ in found.villages] == [*VILLAGES, COMMUNE]


def test_only_the_year_counts():
    last = entry(ids=["A-1"], day=date(2024, 12, 31))
    assert parents(last, households()).whole.attendances is None
    assert parents(last, households(year=2024), year=2024).whole.covered == 1


def test_the_same_record_twice_is_one():
    assert parents(entry(), entry(), households()).whole.attendances == 10


@pytest.mark.parametrize(
    ("covered", "status"), [(79, "behind"), (80, "met"), (81, "met"), (0, "behind")]
)
def test_a_bare_figure_means_at_least(covered, status):
    ids = [f"A-{n}" for n in range(covered)]
    assert parents(entry(heads=covered, ids=ids), households()).status == status


def test_over_ninety_is_more_than_ninety():
    union = plan("lai-chau-cong-doan-2021-2030")
    rows = Denominator("union_families", COMMUNE, 2025, 10, "household", "CĐCS")
    nine = entry(group="union_families", heads=9, ids=map(str, range(9)))
    assert of("gia-dinh-cnvcld-2025", nine, rows, plan=union).status == "behind"
    ten = replace(nine, ids=frozenset(map(str, range(10))), headcount=10)
    assert of("gia-dinh-cnvcld-2025", ten, rows, plan=union).status == "met"


@pytest.mark.parametrize(
    ("on", "status"),
    [(date(2025, 1, 1), "behind"), (date(2023, 6, 30), "on_way"), (date(2023, 12, 31), "behind")],
)
def test_on_the_way_is_what_the_days_gone_by_would_ask(on, status):
    """40 of 80 % is half the way: enough in the middle of five years, not later."""
    ids = [f"A-{n}" for n in range(40)]
    held = entry(heads=40, ids=ids, day=date(on.year, 1, 1))
    assert parents(held, households(year=2021), year=on.year, on=on).status == status


def test_no_child_labour_is_reached_only_when_no_village_is_silent():
    minors = Denominator("children_5_17", COMMUNE, 2025, 400, "person", "hệ thống")
    none = [
        entry(village, "children_5_17", 0, [], f"z{village}", indicator="child_labour")
        for village in VILLAGES
    ]
    assert of("khong-lao-dong-tre-em", *none, minors).status == "on_way"  # nobody looked everywhere
    entered = replace(none[0], village=COMMUNE, by_hand=True)
    assert of("khong-lao-dong-tre-em", *none, entered, minors).status == "met"
    assert of("khong-lao-dong-tre-em", *none[1:], minors).status == "on_way"
    one = entry("A", "children_5_17", 1, ["VT-26-000001"], indicator="child_labour")
    found = of("khong-lao-dong-tre-em", one, *none[1:], minors)
    assert found.status == "behind"
    assert found.to_json()["percent"] == 0.3  # 1 of 400, to the side that does not flatter
    assert of("khong-lao-dong-tre-em", minors).status == "no_data"


def test_percentages_never_flatter():
    found = parents(entry(heads=2, ids=["1", "2"]), households(count=3))
    assert found.whole.percent() == 66.6


def test_what_is_measured_by_cases_says_so():
    assert "no_cases" in of("ho-tro-kip-thoi").whole.warnings
    assert "no_cases" not in parents().whole.warnings


def test_a_year_outside_the_plan_is_told():
    assert "outside_plan" in parents(year=2026).whole.warnings
    assert "outside_plan" not in parents(year=2025).whole.warnings


def test_the_clamped_target_is_told():
    found = of("hoc-pho-thong-hoc-nghe", plan=plan("hoang-duc-2021-2025"))
    assert "clamped" in found.whole.warnings
    assert found.to_json()["target_percent"] == 100.0


def test_json_has_every_field_of_a_target():
    row = parents(entry(ids=["A-1"]), households()).to_json()
    assert row | {"villages": []} == {
        "id": "cha-me-nguoi-dan",
        "kind": "target",
        "indicator": "informed",
        "group": "community",
        "operator": "=",
        "target_percent": 80.0,
        "clamped": False,
        "by_year": 2025,
        "unit": "household",
        "attendances": 10,
        "covered": 1,
        "denominator": 100,
        "denominator_source": "danh sách",
        "percent": 1.0,
        "certainty": "exact",
        "warnings": ["silent_villages"],
        "records": ["e1"],
        "status": "behind",
        "villages": [],
    }


def test_a_plan_without_targets_has_no_progress_and_no_mistake():
    found = whole(entry(), plan=plan("duc-pho-2023"), year=2023)
    assert found.targets == ()
    assert found.silent == VILLAGES


GROUPS = st.sampled_from(["parents", "residents"])
IDS = st.frozensets(st.sampled_from("12345678"), max_size=6)


@st.composite
def entries(draw, honest: bool = True) -> Entry:
    ids = draw(st.none() | IDS)
    least = len(ids or ()) if honest else 0
    return Entry(
        draw(st.sampled_from([*VILLAGES, COMMUNE])),
        draw(GROUPS),
        draw(st.integers(least, least + 5)),
        ids,
        DAY,
        draw(st.sampled_from(["e1", "e2", "e3", "e4"])),
    )


HISTORIES = st.lists(entries(), max_size=8)
BASES = st.lists(
    st.builds(
        households,
        st.sampled_from([*VILLAGES, COMMUNE]),
        st.integers(0, 12),
        st.integers(2023, 2025),
        estimated=st.booleans(),
    ),
    max_size=5,
)
UNITS = st.sampled_from(["household", "person", "staff", "establishment"])


@given(st.lists(entries(honest=False), max_size=8), BASES)
@settings(max_examples=200, deadline=None)
def test_a_share_is_never_above_all_and_what_is_above_is_told(history, bases):
    found = parents(*history, *bases)
    for count in (found.whole, *(count for _, count in found.villages)):
        percent = count.percent()
        assert percent is None or 0 <= percent <= 100
        if count.base and count.covered is not None and count.covered > count.base.count > 0:
            assert "above_denominator" in count.warnings


@given(HISTORIES, UNITS)
@settings(max_examples=200, deadline=None)
def test_there_are_never_more_units_than_heads(history, unit):
    covered = distinct(history, unit)
    known = {each for entry in history for each in entry.ids or ()}
    assert covered is not None
    assert len(known) <= covered <= sum(entry.headcount for entry in history)


@given(st.lists(entries(honest=False), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_more_units_than_heads_are_always_told(history):
    whole = parents(*history).whole
    assert whole.covered is not None and whole.attendances is not None
    assert whole.covered <= whole.attendances or "more_units_than_people" in whole.warnings


@given(HISTORIES, entries(), UNITS)
@settings(max_examples=200, deadline=None)
def test_an_entry_more_never_lowers_what_is_covered(history, more, unit):
    assert distinct([*history, more], unit) >= distinct(history, unit)


@given(HISTORIES, entries(), BASES)
@settings(max_examples=200, deadline=None)
def test_an_entry_more_never_lowers_a_figure_and_leaves_other_villages_alone(history, more, bases):
    before, after = parents(*history, *bases), parents(*history, more, *bases)
    for figure in ("attendances", "covered", "share"):
        old, new = getattr(before.whole, figure), getattr(after.whole, figure)
        assert old is None or new >= old
    ours = {code: count for code, count in after.villages if code != more.village}
    assert ours == {code: count for code, count in before.villages if code != more.village}


@given(HISTORIES, BASES)
@settings(max_examples=200, deadline=None)
def test_silent_are_exactly_the_villages_nobody_told_of(history, bases):
    found = whole(*history, *bases)
    there = {entry.village for entry in history}
    assert found.silent == tuple(village for village in VILLAGES if village not in there)
    for row in parents_of(found)["villages"]:
        told = row["village"] in there
        assert row["silent"] != told
        assert (row["attendances"] is None) != told
        assert (row["percent"] is not None) <= told


@given(HISTORIES, st.randoms())
@settings(max_examples=200, deadline=None)
def test_the_order_of_entries_changes_no_figure(history, chance):
    shuffled = chance.sample(history, len(history))
    one, other = parents(*history, households()), parents(*shuffled, households())
    assert (one.whole.attendances, one.whole.share) == (other.whole.attendances, other.whole.share)


@given(st.lists(entries().filter(lambda each: each.ids is not None), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_known_households_are_counted_exactly(history):
    found = parents(*history, households())
    known = {each for entry in history for each in entry.ids or ()}
    assert found.whole.covered == len(known)
    assert found.whole.share == Fraction(len(known), 100)
    assert found.whole.certainty == "exact"
