"""Names of places, matched as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vietnamese.fold import closest

PLACES = {
    "PV": ["Thôn Phố Vị", "Phố Vị"],
    "PY": ["Thôn Phổ Vỹ"],
    "T5": ["Thôn 5"],
    "T15": ["Thôn 15"],
    "X5": ["Xóm 5"],
    "HA": ["Thôn Bản Hạ"],
    "HÀ": ["Thôn Bản Hà"],
    "CA": ["Làng Cả"],
    "TDP": ["Tổ dân phố 3"],
    "VN": ["Xã Vân Nham", "Xã Vân Nhan cũ"],
}


@pytest.mark.parametrize(
    ("said", "best"),
    [
        ("Phố Vị", "PV"),
        ("phố vị", "PV"),
        ("Phổ Vỹ", "PY"),
        ("phổ vy", "PY"),
        ("pho vi", "PV"),
        ("thon pho vi", "PV"),
        ("t. Phố Vị", "PV"),
        ("phoos vij", "PV"),
        ("pho1 vi5", "PV"),
        ("phor vyx", "PY"),
        ("pho vii", "PV"),
        ("pho iv", "PV"),
        ("t5", "T5"),
        ("thon5", "T5"),
        ("thôn 05", "T5"),
        ("xóm 5", "X5"),
        ("Bản Hạ", "HA"),
        ("bản hà", "HÀ"),
        ("lang ca", "CA"),
        ("tdp 3", "TDP"),
        ("tổ 3", "TDP"),
        ("x. Vân Nham", "VN"),
        ("van nam", "VN"),
        ("vna nham", "VN"),
        ("em ở xã Vân Nham ạ", "VN"),
        ("vân nhan cũ", "VN"),
    ],
)
def test_the_name_that_is_meant_comes_first(said, best):
    assert closest(said, PLACES)[0][0] == best


@pytest.mark.parametrize("said", ["", "thôn", "abc", "5a7b", "😀", "thôn 7"])
def test_what_is_no_name_matches_nothing(said):
    assert closest(said, PLACES) == []


def test_the_marks_decide_between_names_that_fold_alike():
    typed = dict(closest("bản hà", PLACES))
    assert typed["HÀ"] > typed["HA"]
    unmarked = dict(closest("ban ha", PLACES))
    assert unmarked["HÀ"] == unmarked["HA"]


def test_the_nearer_the_writing_the_higher_the_score():
    scores = [
        dict(closest(said, PLACES)).get("PV", 0)
        for said in ("Thôn Phố Vị", "thon pho vi", "thôn phổ vị", "thon pho vii", "thon pho")
    ]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == len(scores)
    assert scores[0] == 1.0


def test_keystrokes_give_the_marks_too():
    assert closest("phoos vij", PLACES)[0] == ("PV", 1.0)
    assert closest("pho61 vi5", PLACES)[0] == ("PV", 1.0)


def test_i_for_y_is_half_a_slip():
    assert dict(closest("phố vỵ", PLACES))["PV"] > dict(closest("phố ve", PLACES))["PV"]


def test_a_digit_is_never_a_slip():
    assert "T15" not in dict(closest("thôn 5", PLACES))


@given(st.text())
def test_scores_are_ordered_and_bounded(said):
    scores = [score for _, score in closest(said, PLACES)]
    assert scores == sorted(scores, reverse=True)
    assert all(0.6 <= score <= 1.0 for score in scores)


@given(st.sampled_from([name for names in PLACES.values() for name in names]))
def test_a_name_finds_itself(name):
    key, score = closest(name, PLACES)[0]
    assert name in PLACES[key] and score == 1.0
