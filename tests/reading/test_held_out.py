"""How well reports are read that the rules were not made with.

The sets dev2.jsonl, urgent2.jsonl and urgent3.jsonl were written before their rules, the first two
by one hand; of each a half, `held`, was looked at in totals only. `dev` is what the rules were made
with. At first sight 77 of 100 and 74 of 100 dangers of urgent3.jsonl were heard (dev, held), with 3
and 6 false alarms in 50.
"""

import json

import pytest

from bot.bench.slot_scores import summary
from bot.vietnamese.letters import WITHOUT_MARKS
from tests.reading.texts import HERE, reading

REPORTS = [json.loads(line) for line in (HERE / "dev2.jsonl").read_text("utf-8").splitlines()]
WITH_FACTS = [json.loads(line) for line in (HERE / "urgent3.jsonl").read_text("utf-8").splitlines()]
DANGERS = [json.loads(line) for line in (HERE / "urgent2.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("split", "f1", "gap", "heard", "false"),
    [("dev", 0.955, 0.03, 1.0, 6), ("held", 0.91, 0.04, 0.93, 9)],
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


@pytest.mark.parametrize(("split", "heard", "false"), [("dev", 0.97, 0.03), ("held", 0.93, 0.18)])
@pytest.mark.parametrize("marks", [True, False])
def test_danger_in_a_line_is_heard(split, heard, false, marks):
    rows = [row for row in DANGERS if row["split"] == split]
    found = {True: [], False: []}
    for row in rows:
        text = row["text"] if marks else row["text"].translate(WITHOUT_MARKS)
        found[row["urgent"]].append(reading(text).slots["urgent"] is True)
    assert sum(found[True]) >= heard * len(found[True])
    assert sum(found[False]) <= false * len(found[False])


@pytest.mark.parametrize(("split", "heard", "false"), [("dev", 0.98, 0.02), ("held", 0.96, 0.08)])
def test_danger_among_the_facts_of_a_report_is_heard(split, heard, false):
    found = {True: [], False: []}
    for row in (row for row in WITH_FACTS if row["split"] == split):
        found[row["urgent"]].append(reading(row["text"]).slots["urgent"] is True)
    assert sum(found[True]) >= heard * len(found[True])
    assert sum(found[False]) <= false * len(found[False])


def test_the_sets_are_large_and_half_of_the_reports_are_without_marks():
    assert len(REPORTS) >= 400 and len(DANGERS) >= 250 and len(WITH_FACTS) >= 300
    assert sum(not row["marks"] for row in REPORTS) * 2 >= len(REPORTS)
    texts = [row["text"] for row in (*REPORTS, *DANGERS, *WITH_FACTS)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("text", ["cháu tên", "em có em tên", "họ và tên:", "thôn", "sinh năm"])
def test_a_message_that_breaks_off_is_read(text):
    assert reading(text).slots["child_name"] is None
