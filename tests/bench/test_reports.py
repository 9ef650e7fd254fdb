"""The reader of reports does not fall behind what it reached on the set nobody tuned it on."""

from bot.bench import reports


def test_what_was_reached_on_the_unseen_set_is_kept(tmp_path):
    rows = {row["what"].strip(): row["value"] for row in reports.rows(tmp_path, 0.1)}
    assert rows["reports read: slot F1"] >= 0.91
    assert rows["village right first"] >= 0.98
    assert rows["urgent heard"] >= 0.94  # the goal is 0.98


def test_the_set_is_large_and_half_of_it_is_without_marks():
    cases = reports.cases()
    bare = [case for case in cases if not case["marks"]]
    assert len(cases) >= 300 and len(bare) * 2 == len(cases)
    assert sum(case["slots"].get("urgent") is True for case in cases) >= 60
