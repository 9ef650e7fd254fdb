"""How much a message sounds like danger, and the small tables that weights are kept in."""

import tomllib
from pathlib import Path

import pytest

from bot.vietnamese import alarm, danger
from bot.vietnamese.danger import Danger
from bot.vietnamese.weights import Table, checksum, small

TEXTS = [
    "cháu Lan bị bố đánh chảy máu, 3 tuổi",
    "chau lan bi bo danh chay mau 13 tuoi",
    "trẻ bị đánh thì gọi số nào",
    "con bò bị rắn cắn chết",
    "",
    "!!! 2019",
]
CASES = tomllib.loads(Path(__file__).with_name("danger_cases.toml").read_text("utf-8"))


@pytest.mark.parametrize("text", TEXTS)
def test_the_score_is_that_of_the_features_it_was_learned_with(text):
    found = danger.features(text)
    by_name = alarm.learned().scores(found, alarm.counts(found))[0]
    assert danger.listen(text).score == pytest.approx(by_name)


def test_danger_sounds_louder_than_the_rest():
    """Also of the sentences it was not learned from."""
    held = CASES["held_out"]
    loud = [danger.listen(text).score for text in held["now"]]
    quiet = [danger.listen(text).score for text in held["none"]]
    assert sum(loud) / len(loud) > 1 and sum(quiet) / len(quiet) < -1
    assert sum(score > -0.25 for score in loud) >= 0.85 * len(loud)
    assert sum(score > -0.25 for score in quiet) <= 0.15 * len(quiet)


def test_what_no_rule_hears_rings_if_it_sounds_like_danger_enough(monkeypatch):
    text = "trời hôm nay đẹp quá"
    monkeypatch.setattr(danger, "listen", lambda _: danger.Heard(Danger.NONE, 1.1))
    assert danger.read(text) is Danger.POSSIBLE
    monkeypatch.setattr(danger, "listen", lambda _: danger.Heard(Danger.NONE, 0.9))
    assert danger.read(text + " nhỉ") is Danger.NONE
    monkeypatch.setattr(danger, "listen", lambda _: danger.Heard(Danger.NOW, -9.0))
    assert danger.read(text + " nha") is Danger.NOW


def test_a_table_adds_what_each_label_has_learned():
    rows = [[0.0, 0.0] for _ in range(8)]
    at = checksum("mưa") % 8
    rows[at] = [1.27, -0.5]
    table = small(rows, ["wet", "dry"], [0.25, 0.0], "made by hand")
    assert table.scores({"mưa": 2.0}) == [pytest.approx(2.79), pytest.approx(-1.0)]
    assert table.scores({"mưa": 2.0}, 0.5) == [pytest.approx(1.52), pytest.approx(-0.5)]
    assert table.scores({}) == [0.25, 0.0]


def test_a_table_is_the_same_when_it_was_packed():
    table = small([[0.5], [-0.25], [0.0], [1.0]], ["one"], [0.125], "made by hand")
    again = Table.of(table.packed())
    names = ["a", "b", "c", "d", "e"]
    assert (
        again.total(names)
        == table.total(names)
        == pytest.approx(sum(again.sums([checksum(name) for name in names])))
    )
    assert (again.labels, again.made_from, again.bias) == (("one",), "made by hand", [0.125])
