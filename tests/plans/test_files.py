"""The plan files: whole against the domain brief, word for word against the documents."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.plans.plan import Plan
from bot.plans.reading import read
from bot.plans.vocabulary import content

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "plans"
FILES = sorted(FOLDER.glob("*.toml"))
TEMPLATE = FOLDER / "mau-2026-2030.toml"
ROWS = tomllib.loads((HERE / "tables.toml").read_text("utf-8"))
CASES = [(plan, row) for plan, table in ROWS.items() for row in table["rows"]]
QUOTING = ("bases", "goals", "targets", "activities", "reports", "events", "bodies")
FAULTS = {
    "van-nham-2021-2025": ["công tác viên", "Dân ủy"],
    "hoang-duc-2021-2025": ["Trên 100%"],
    "duc-pho-2023": ["Công văn số 75/KH-UBND", "Kế hoạch số 2437/QĐ-UBND"],
    "lai-chau-cong-doan-2021-2030": ["Phần đầu", "của Thủ tướng Chính phủ", "quân chúng"],
}


def plan(name: str) -> Plan:
    return read((FOLDER / f"{name}.toml").read_text("utf-8"))


def one_line(text: str) -> str:
    return " ".join(text.split())


def source(name: str) -> str:
    """The document as it was found, without the name of who signed."""
    return one_line((HERE / "sources" / f"{name}.txt").read_text("utf-8"))


def all_values(item: Any) -> str:
    return " ".join(f"{value!r} {value}" for value in vars(item).values())


def as_row(target: Any) -> str:
    fields = ("indicator", "group", "operator", "percent", "unit", "by_year")
    return " ".join(str(getattr(target, field)) for field in fields)


def test_there_are_the_five_plans_and_one_to_copy():
    assert {path.stem for path in FILES} == {*ROWS, TEMPLATE.stem}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_reads_and_is_called_as_its_plan(path):
    assert plan(path.stem).id == path.stem


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("kind", ["target", "requirement", "orientation"])
def test_targets_are_those_of_the_tables(name, kind):
    assert [as_row(each) for each in plan(name).targets if each.kind == kind] == ROWS[name][kind]


@pytest.mark.parametrize(("name", "row"), CASES, ids=lambda case: str(case)[:40])
def test_every_row_of_the_tables_is_there(name, row):
    found = getattr(plan(name), row["part"])
    items = found if isinstance(found, tuple) else (found,)
    assert any(all(part in all_values(item) for part in row["holds"]) for item in items)


@pytest.mark.parametrize("name", ROWS)
def test_quotes_are_word_for_word(name):
    document = source(name)
    quotes = [item.quote for part in QUOTING for item in getattr(plan(name), part) if item.quote]
    assert len(quotes) > 5
    assert [quote for quote in quotes if one_line(quote) not in document] == []


@pytest.mark.parametrize("name", ROWS)
def test_bodies_and_recipients_are_called_as_in_the_document(name):
    found = plan(name)
    names = [item.name for item in (*found.bodies, *found.recipients)]
    assert [each for each in names if each not in source(name)] == []


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_the_document_stay_and_are_told(name):
    found = plan(name)
    for fault in FAULTS[name]:
        holding = [
            item
            for part in (*QUOTING, "recipients")
            for item in getattr(found, part)
            if fault in getattr(item, "quote", "") + item.__dict__.get("name", "")
        ]
        assert holding, fault
        assert any(item.note for item in holding), fault


def test_more_than_everybody_counts_as_everybody():
    [impossible] = [each for each in plan("hoang-duc-2021-2025").targets if each.clamped]
    assert impossible.quote.startswith("Trên 100%")
    assert (impossible.operator, impossible.aim) == (">", 100)
    assert impossible.reached(impossible.aim / 100)


def test_only_the_impossible_is_clamped():
    clamped = [each.id for name in ROWS for each in plan(name).targets if each.clamped]
    assert clamped == ["hoc-pho-thong-hoc-nghe"]


def test_the_one_to_copy_is_empty_and_whole_once_its_examples_are_used():
    text = TEMPLATE.read_text("utf-8")
    empty = read(text)
    parts = (*QUOTING, "recipients")
    assert not any(getattr(empty, part) for part in parts)
    lines = text.split("\n")
    used = [line[1:] if line.startswith("#") and line[1:2].strip() else line for line in lines]
    filled = read("\n".join(used))
    assert all(getattr(filled, part) for part in parts)


def test_every_word_of_the_vocabulary_is_said_in_both_languages():
    for kind, words in content("vocabulary").items():
        for word, row in words.items():
            assert row["vi"].strip(), (kind, word)
            assert row["en"].strip(), (kind, word)


def test_groups_are_made_of_groups_that_can_be_counted_alike():
    groups = content("vocabulary")["group"]
    for name, group in groups.items():
        for part in (*group.get("counts", ()), *group.get("denominator", ())):
            assert {*group["units"]} <= {*groups[part]["units"]}, (name, part)
