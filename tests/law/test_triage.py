"""The shape of a finding, the dates of the law, an officer's own level, and how fast it goes."""

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median

import pytest

from bot.law.facts import Facts
from bot.law.finding import Finding
from bot.law.override import Override, standing
from bot.law.table import Level
from bot.law.triage import triage

TODAY = date(2026, 11, 21)


def cited(facts, on):
    return " ".join(reason["citation"] for reason in triage(facts, on).to_json()["reasons"])


def test_the_shape_is_that_of_the_contract():
    found = triage(Facts(age=12, work="garment"), TODAY).to_json("en")
    assert list(found) == ["level", "reasons", "ask_next", "preliminary"]
    assert json.loads(json.dumps(found)) == found
    [reason] = found["reasons"]
    assert reason["rule"] == "under_13"
    assert reason["text"] == "The child is under 13 and works for others."
    assert reason["citation"].startswith("Labour Code 2019 (45/2019/QH14), article 143")
    assert (reason["valid_from"], reason["valid_to"]) == ("2021-01-01", None)
    assert reason["confidence"] == "verified"


@pytest.mark.parametrize("age", [13, 14])
def test_long_hours_under_15_are_measured_by_the_limit_of_that_age(age):
    """Article 146 clause 1: 4 hours a day and 20 a week, and no overtime in any occupation."""
    [hours] = [
        each
        for each in triage(Facts(age=age, work="garment", hours_per_day=10), TODAY).reasons
        if each.rule.startswith("hours")
    ]
    assert [each.id for each in hours.sources if each.id.startswith("blld")] == ["blld_146_1"]
    assert "4 giờ" in hours.text["vi"] and not hours.caution


def test_from_15_long_hours_may_be_overtime():
    hours = triage(Facts(age=15, work="garment", hours_per_day=10), TODAY).reasons[0]
    assert hours.rule == "hours_over_8_40" and "15" in hours.caution["vi"]


def test_the_decree_of_the_day_is_cited():
    child = Facts(age=12, work="garment")
    assert "12/2022" in cited(child, date(2026, 9, 9))
    assert "283/2026" not in cited(child, date(2026, 9, 9))
    assert "12/2022" not in cited(child, date(2026, 9, 10))
    assert "283/2026" in cited(child, date(2026, 9, 10))


def test_before_the_table_begins_nothing_is_called_harmless():
    at_home = Facts(age=12, work="livestock", family_help=True, night_work=False)
    harmless = replace(at_home, hours_per_day=1, schooling="attending")
    assert triage(harmless, TODAY).level is Level.NONE
    assert triage(harmless, date(2019, 1, 1)).level is Level.UNCLEAR


def test_the_law_on_children_is_not_cited_for_who_is_no_child():
    beaten = frozenset(["beaten"])
    child, minor = (triage(Facts(age=age, flags=beaten), TODAY).reasons[0] for age in (15, 17))
    assert {"lte", "nd56", "blld"} <= {each.id.partition("_")[0] for each in child.sources}
    assert {each.id.partition("_")[0] for each in minor.sources} == {"blld"}


def test_a_decree_that_is_not_confirmed_says_so():
    assert "kiểm tra hiệu lực" in cited(Facts(age=9, work="begging"), TODAY)


def test_what_was_not_understood_is_said():
    facts = Facts.of({"age": -3, "work": "construction"})
    assert (
        triage(facts, TODAY).reasons[-1].says("en") == "We could not understand: the child's age."
    )


def test_an_officers_level_counts_and_both_are_kept():
    finding = triage(Facts(age=12, work="garment"), TODAY)
    override = Override(Level.AT_RISK, "Em phụ mẹ", "officer", datetime(2026, 11, 21, tzinfo=UTC))
    assert standing(finding, None) is Level.CHILD_LABOUR
    assert standing(finding, override) is Level.AT_RISK
    assert finding.level is Level.CHILD_LABOUR
    with pytest.raises(ValueError, match="reason"):
        Override(Level.NONE, "  ", "officer", datetime(2026, 11, 21, tzinfo=UTC))


def test_it_takes_no_time():
    """Aimed at 100 µs; ten times that would be a mistake in the engine, not a busy machine."""

    def took() -> float:
        began = time.perf_counter()
        found = triage(facts, TODAY)
        assert isinstance(found, Finding)
        return time.perf_counter() - began

    facts = Facts(age=13, work="agriculture", flags=frozenset(["debt"]))
    assert median(took() for _ in range(300)) < 0.001
