"""How well reports are read that the rules were not made with.

The sets dev2.jsonl, urgent2.jsonl and urgent3.jsonl were written before their rules, the first two
by one hand; of each a half, `held`, was looked at in totals only. `dev` is what the rules were made
with. At first sight 77 of 100 and 74 of 100 dangers of urgent3.jsonl were heard (dev, held), with 3
and 6 false alarms in 50.

urgent5.jsonl tells of danger without a word of danger, urgent7.jsonl and urgent8.jsonl (short) tell
of it among the facts of a report; each was written by another hand, and nothing of the last two is
learned from.
"""

import json
from array import array

import pytest

from bot.bench.slot_scores import Tally, score, summary
from bot.reading import learned
from bot.reading.learned import NAMES, SCHOOLING
from bot.vietnamese.letters import WITHOUT_MARKS
from bot.vietnamese.weights import Table
from tests.reading.texts import HERE, reading


def rows_of(name):
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()]


REPORTS, HARD = rows_of("dev2"), rows_of("reports2")
DANGERS, WITH_FACTS, HARD_DANGERS = rows_of("urgent2"), rows_of("urgent3"), rows_of("urgent4")


@pytest.mark.parametrize(
    ("split", "f1", "gap", "heard", "false"),
    [("dev", 0.955, 0.03, 1.0, 6), ("held", 0.92, 0.03, 0.96, 8)],
)
def test_reports_are_read(split, f1, gap, heard, false):
    rows = [row for row in REPORTS if row["split"] == split]
    pairs = [(row["slots"], reading(row["text"]).slots) for row in rows]
    whole = summary(pairs)
    marked = summary(p for p, row in zip(pairs, rows, strict=True) if row["marks"])
    bare = summary(p for p, row in zip(pairs, rows, strict=True) if not row["marks"])
    assert whole["f1"] >= f1 and bare["f1"] >= marked["f1"] - gap
    assert whole["village_accuracy"] >= 0.96 and whole["urgent_recall"] >= heard
    assert sum(got["urgent"] is True and not said.get("urgent") for said, got in pairs) <= false


@pytest.mark.parametrize(("split", "heard", "false"), [("dev", 0.98, 0.01), ("held", 0.96, 0.13)])
@pytest.mark.parametrize("marks", [True, False])
def test_danger_in_a_line_is_heard(split, heard, false, marks):
    rows = [row for row in DANGERS if row["split"] == split]
    found = {True: [], False: []}
    for row in rows:
        text = row["text"] if marks else row["text"].translate(WITHOUT_MARKS)
        found[row["urgent"]].append(reading(text).slots["urgent"] is True)
    assert sum(found[True]) >= heard * len(found[True])
    assert sum(found[False]) <= false * len(found[False])


@pytest.mark.parametrize(("split", "heard", "false"), [("dev", 0.99, 0.02), ("held", 0.96, 0.04)])
def test_danger_among_the_facts_of_a_report_is_heard(split, heard, false):
    found = {True: [], False: []}
    for row in (row for row in WITH_FACTS if row["split"] == split):
        found[row["urgent"]].append(reading(row["text"]).slots["urgent"] is True)
    assert sum(found[True]) >= heard * len(found[True])
    assert sum(found[False]) <= false * len(found[False])


def as_typed(text):
    return text


def small(text):
    return text.translate(WITHOUT_MARKS).lower()


def summed(slot, split, way):
    """The tally of a slot on the hard reports, typed in that way."""
    rows = [row for row in HARD if row["split"] == split]
    tallies = (score(row["slots"], reading(way(row["text"])).slots)[slot] for row in rows)
    return sum(tallies, Tally())


@pytest.mark.parametrize(
    ("split", "way", "f1", "precision"),
    [
        ("dev", as_typed, 0.94, 0.97),
        ("dev", small, 0.87, 0.95),
        ("held", as_typed, 0.79, 0.84),
        ("held", small, 0.63, 0.77),
    ],
)
def test_names_that_no_list_has_are_read_and_hardly_any_made_up(split, way, f1, precision):
    names = summed("child_name", split, way)
    assert names.f1 >= f1 and names.precision >= precision, names


@pytest.mark.parametrize("way", [as_typed, small])
@pytest.mark.parametrize(("split", "f1", "precision"), [("dev", 0.97, 0.97), ("held", 0.52, 0.63)])
def test_schooling_in_words_that_no_list_has_is_read(split, f1, precision, way):
    said = summed("schooling", split, way)
    assert said.f1 >= f1 and said.precision >= precision, said


@pytest.mark.parametrize("way", [as_typed, small])
@pytest.mark.parametrize(("split", "heard", "false"), [("dev", 0.99, 0.09), ("held", 0.92, 0.25)])
def test_danger_that_is_hard_to_tell_is_heard(split, heard, false, way):
    found = {True: [], False: []}
    for row in (row for row in HARD_DANGERS if row["split"] == split):
        found[row["urgent"]].append(reading(way(row["text"])).slots["urgent"] is True)
    assert sum(found[True]) >= heard * len(found[True])
    assert sum(found[False]) <= false * len(found[False])


@pytest.mark.parametrize("way", [as_typed, small])
@pytest.mark.parametrize(
    ("name", "heard", "false"),
    [("urgent5", 0.8, 0.5), ("urgent7", 0.9, 0.1), ("urgent8", 0.88, 0.16)],
)
def test_danger_that_others_wrote_of_is_heard(name, heard, false, way):
    found = {True: [], False: []}
    for row in (row for row in rows_of(name) if row["split"] == "held"):
        found[row["urgent"]].append(reading(way(row["text"])).slots["urgent"] is True)
    assert sum(found[True]) >= heard * len(found[True])
    assert sum(found[False]) <= false * len(found[False])


@pytest.mark.parametrize("name", [NAMES, SCHOOLING])
def test_what_was_learned_is_of_use(name, monkeypatch):
    """Without the weights less is read: they are there, and they are asked."""
    slot = "child_name" if name == NAMES else "schooling"
    with_weights = summed(slot, "held", small).right
    known = learned.table(name)
    nothing = Table(
        {"labels": known.labels, "made_from": "", "scale": 1.0, "bias": known.bias},
        array("b", bytes(1024 * len(known.labels))),
    )
    room = "candidates" if name == NAMES else "school_talk"
    monkeypatch.setattr(f"bot.reading.{room}.table", lambda _: nothing)
    assert summed(slot, "held", small).right < with_weights


def test_the_hard_sets_are_large_and_a_fifth_is_held_out():
    for rows in (HARD, HARD_DANGERS):
        held = sum(row["split"] == "held" for row in rows)
        assert len(rows) >= 500 and 0.18 < held / len(rows) < 0.22
        assert len({row["text"] for row in rows}) == len(rows)


def test_the_sets_are_large_and_half_of_the_reports_are_without_marks():
    assert len(REPORTS) >= 400 and len(DANGERS) >= 250 and len(WITH_FACTS) >= 300
    assert sum(not row["marks"] for row in REPORTS) * 2 >= len(REPORTS)
    texts = [row["text"] for row in (*REPORTS, *DANGERS, *WITH_FACTS)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("text", ["cháu tên", "em có em tên", "họ và tên:", "thôn", "sinh năm"])
def test_a_message_that_breaks_off_is_read(text):
    assert reading(text).slots["child_name"] is None
