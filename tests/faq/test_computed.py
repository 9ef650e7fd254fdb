"""Answers worked out from the table of the law."""

import json
import tomllib
from itertools import product
from pathlib import Path

import pytest

from bot.faq.answering import answer
from bot.faq.computed import computed, verdict
from bot.faq.contents import content
from bot.faq.entries import load
from bot.faq.never_said import reasons
from bot.faq.wording import wording
from bot.law.facts import Facts
from bot.law.table import Level, works
from bot.law.triage import triage
from bot.vietnamese.fold import fold
from tests.faq.measure import TODAY, rows

ASKED = [row for part in ("dev", "held_out") for row in rows(part) if row["kind"] == "computed"]
WEIGHED = [
    json.loads(line)
    for line in (Path(__file__).parent / "weighed.jsonl").read_text("utf-8").splitlines()
]
WAYS = Path(__file__).parent / "ways"
GRID = [
    Facts(age=age, work=work, hours_per_day=hours, night_work=night, family_help=family)
    for age, work, hours, night, family in product(
        (5, 12, 13, 14, 15, 17, 18),
        (None, *works()),
        (None, 3.0, 6.0, 9.0),
        (None, True),
        (None, True, False),
    )
]


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row["q"])
def test_a_question_with_an_age_and_a_work_is_worked_out(row):
    found = computed([row["q"]], wording(row["q"]), TODAY)
    assert found is not None
    assert found.verdict in row["verdict"]
    cited = " ".join(found.citations["en"])
    assert any(f"article {each}" in cited for each in row["articles"])
    said = answer(row["q"], load(), TODAY)
    assert said.kind == "answer" and said.entry is None


@pytest.mark.parametrize("row", WEIGHED, ids=lambda row: row["q"])
def test_what_is_said_of_home_night_school_and_age_counts(row):
    """Chores are no work for others, and what harms at home is not fine because it is at home."""
    found = computed([row["q"]], wording(row["q"]), TODAY)
    assert found is not None
    assert found.verdict == row["verdict"]
    assert row["says"] in found.text["vi"]


def test_billiards_are_not_what_the_law_names():
    asked = [f"17 tuổi làm quán {each}" for each in ("bida", "bi a")]
    assert [computed([each], wording(each), TODAY) for each in asked] == [None, None]


def test_what_the_table_forbids_is_never_allowed():
    for facts in GRID:
        found = verdict(facts, TODAY)
        if facts.age >= 18:
            assert found.verdict == "adult"
        elif triage(facts, TODAY).level >= Level.CHILD_LABOUR:
            assert found.verdict == "no", facts
        else:
            assert found.verdict in ("yes", "depends"), facts


def test_yes_is_only_said_of_light_work_under_15_and_never_of_hired_work_under_13():
    for facts in GRID:
        if verdict(facts, TODAY).verdict != "yes" or facts.family_help:
            continue
        assert facts.age >= 13, facts
        assert facts.age >= 15 or works()[facts.work].light == "yes", facts


def test_every_computed_answer_names_its_article_and_nothing_that_must_not_be_said():
    for facts in GRID:
        found = verdict(facts, TODAY)
        if not found.citations["vi"]:
            assert facts.work == "begging" and facts.age >= 16  # and it is not given
            continue
        for language, text in found.text.items():
            assert "{" not in text and "None" not in text
            assert found.citations[language][0].split(" [")[0] in text
        assert not reasons(found.text["vi"]), facts
        assert any("article" in each for each in found.citations["en"]), facts


def test_what_is_open_is_asked_for():
    found = verdict(Facts(age=14, hours_per_day=3), TODAY)
    assert found.verdict == "depends"
    found = verdict(Facts(age=12, work="shop"), TODAY)
    assert found.verdict == "depends"
    assert "13" in found.text["en"] and "family" in found.text["en"]


def test_whoever_asks_for_a_fine_does_not_get_a_yes_or_no():
    concepts = content("words")["concepts"]
    asked = next(row["q"] for row in ASKED if "no" in row["verdict"])
    assert computed([asked], wording(asked), TODAY) is not None
    fined = f"{asked} {concepts['fine'][2]}"
    assert computed([fined], wording(fined), TODAY) is None


def test_what_rests_on_no_law_is_not_worked_out():
    begging = next(name for name in works()["begging"].names if " " in name)
    years = content("words")["ages"]["years"][0]
    asked = f"17 {years} {begging}"
    assert computed([asked], wording(asked), TODAY) is None
    asked = f"14 {years} {begging}"
    assert computed([asked], wording(asked), TODAY) is not None


def test_an_age_and_a_work_in_passing_are_not_worked_out():
    """Their entries are among ways/, in wordings that name an age and a work."""
    pages = [tomllib.loads(each.read_text("utf-8")) for each in sorted(WAYS.glob("*.toml"))]
    about = set(content("settings")["computed"]["about"])
    asked = [
        way
        for page in pages
        for key, ways in page.items()
        if key != "about" and key not in about
        for way in ways
        if computed([way], wording(way), TODAY)
    ]
    assert len(asked) > 5
    told = [answer(each, load(), TODAY) for each in asked]
    worked_out = [each.question for each in told if each.kind == "answer" and each.entry is None]
    assert len(worked_out) <= 0.2 * len(asked), worked_out


def test_a_ban_that_an_entry_knows_of_is_not_answered_with_yes():
    asked = next(each for each in load().by_id["alcohol-and-tobacco"].variants if "16" in each)
    assert computed([asked], wording(asked), TODAY).verdict == "yes"
    said = answer(asked, load(), TODAY)
    assert said.entry == "alcohol-and-tobacco"


@pytest.mark.parametrize("marked", [True, False])
def test_light_work_is_none_with_a_machine(marked):
    """law.md §3: wrapping rolls, sweets and cakes is on the list when no machine is run."""
    rules = content("settings")["computed"]["with_machine"]
    years = content("words")["ages"]["years"][0]
    for kind, instead in rules["kinds"].items():
        by_hand = f"14 {years} {works()[kind].names[-1]}"
        assert computed([by_hand], wording(by_hand), TODAY).verdict in ("yes", "depends")
        for phrase in rules["phrases"]:
            asked = f"{by_hand} {phrase}" if marked else fold(f"{by_hand} {phrase}")
            found = computed([asked], wording(asked), TODAY)
            assert found.verdict == "no", asked
            assert works()[instead].name["vi"] in found.text["vi"]
