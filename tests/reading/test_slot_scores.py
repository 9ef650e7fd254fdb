"""The figures by which reading is judged."""

import json

from bot.bench.slot_scores import Tally, measure, score, summary
from tests.reading.texts import VILLAGES, reading


def test_a_text_is_right_however_it_is_marked_and_a_wrong_value_counts_twice():
    expected = {"child_name": "Nam", "age": 13, "village": "Thôn Phố Vị", "night_work": True}
    tallies = score(expected, {"child_name": "nam", "age": 12, "sex": "male", "night_work": 1})
    assert tallies["child_name"] == Tally(right=1)
    assert tallies["age"] == Tally(wrong=1, missed=1)
    assert tallies["village"] == Tally(missed=1)
    assert tallies["sex"] == Tally(wrong=1)
    assert tallies["night_work"] == Tally(wrong=1, missed=1)
    assert tallies["work"] == Tally()


def test_the_summary_is_micro_f1_with_villages_and_urgency_apart():
    got = summary(
        [
            ({"age": 13, "village": "a", "urgent": True}, {"age": 13, "village": "b"}),
            ({"age": 12, "urgent": True}, {"age": 12, "urgent": True}),
            ({"urgent": False}, {"urgent": True}),
        ]
    )
    assert got["messages"] == 3
    assert got["f1"] == 2 * 3 / (2 * 3 + 2 + 3)
    assert got["village_accuracy"] == 0.0
    assert got["urgent_recall"] == 0.5


def test_nothing_to_read_is_read_perfectly():
    assert summary([])["f1"] == 1.0


def test_a_file_is_measured(tmp_path):
    lines = [{"text": "Cháu Nam 13 tuổi", "slots": {"child_name": "Nam", "age": 12}}]
    path = tmp_path / "reports.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    got = measure(path, lambda text, _villages: reading(text), VILLAGES)
    assert got["slots"]["child_name"] == 1.0 and got["slots"]["age"] == 0.0
