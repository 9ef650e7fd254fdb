"""Whether danger is heard in one message, and no danger where there is none.

The messages of urgent.jsonl were written before the words of the rules; one half of them, `test`,
was not measured while the rules were made. Its first measure was 125 of 128 heard and 4 false
alarms in 94; some of these were repaired afterwards, so it is no longer unseen.
"""

import json
from pathlib import Path

import pytest

from bot.vietnamese.letters import WITHOUT_MARKS
from tests.reading.texts import reading

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("urgent.jsonl").read_text("utf-8").splitlines()
]
HEARD, FALSE_ALARMS = 0.97, 0.04


def is_heard(text):
    return reading(text).slots["urgent"] is True


@pytest.mark.parametrize("split", ["dev", "test"])
def test_danger_is_heard_and_hardly_anything_else(split):
    rows = [row for row in ROWS if row["split"] == split]
    missed = [row["text"] for row in rows if row["urgent"] and not is_heard(row["text"])]
    rung = [row["text"] for row in rows if not row["urgent"] and is_heard(row["text"])]
    dangers = sum(row["urgent"] for row in rows)
    assert len(missed) <= (1 - HEARD) * dangers, missed
    assert len(rung) <= FALSE_ALARMS * (len(rows) - dangers), rung


def test_leaving_out_the_marks_hides_little_and_rings_little():
    marked = [row for row in ROWS if not row["text"].isascii()]
    bare = [(row, is_heard(row["text"].translate(WITHOUT_MARKS))) for row in marked]
    missed = [row["text"] for row, heard in bare if row["urgent"] and not heard]
    rung = [row["text"] for row, heard in bare if heard and not row["urgent"]]
    assert len(missed) <= 0.08 * sum(row["urgent"] for row in marked), missed
    assert len(rung) <= 0.08 * sum(not row["urgent"] for row in marked), rung


def test_the_messages_are_many_and_half_without_marks():
    texts = [row["text"] for row in ROWS]
    assert len(texts) == len(set(texts)) >= 440
    assert 0.45 < sum(text.isascii() for text in texts) / len(texts) < 0.55
