"""Progress in a chat: narrow, both figures, nothing told that nobody told."""

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import periodic
from bot.plans import bars
from bot.plans.coverage import progress
from bot.plans.vocabulary import content
from tests.plans.test_coverage import (
    BASES,
    HISTORIES,
    VAN_NHAM,
    VILLAGES,
    entry,
    households,
    plan,
    whole,
)

SHOWN = tomllib.loads((Path(__file__).parent / "bars.toml").read_text("utf-8"))
NAMES = {"A": "Thôn Phố Vị", "B": "Thôn Đồng Thuỷ", "C": "Thôn Nà Khau"}
HELD = (
    entry(heads=32, ids=[f"A-{n}" for n in range(30)], event="e1"),
    entry("B", heads=35, event="e2"),
    entry("A", "teachers", 12, map(str, range(12)), "e3"),
    entry("A", "businesses", 3, ["x", "y", "z"], "e4"),
    households("A", 60),
    households("B", 50),
    households("C", 40),
)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_table_is_as_it_was_read_through(language):
    assert bars.table(whole(*HELD), language, NAMES) == SHOWN[f"table_{language}"].strip()


def test_villages_stand_in_their_order_and_silent_ones_without_a_figure():
    community = whole(*HELD).targets[4]
    assert bars.villages(community, "vi", NAMES) == SHOWN["villages_vi"].strip()


def test_a_plan_without_figures_says_so():
    said = bars.table(whole(plan=plan("hai-phong-2021-2025")))
    assert content("words")["line"]["nothing"]["vi"] in " ".join(said.split())


@pytest.mark.parametrize(
    ("share", "full"),
    [
        (Fraction(0), 0),
        (Fraction(1, 1000), 1),
        (Fraction(1, 2), 5),
        (Fraction(999, 1000), 9),
        (1, 10),
    ],
)
def test_a_bar_is_full_only_when_all_are_reached(share, full):
    drawn = bars.bar(Fraction(share))
    assert (len(drawn), drawn.count("\u2588")) == (10, full)


def test_nothing_known_is_not_an_empty_bar():
    assert bars.bar(None) != bars.bar(Fraction(0))


@given(HISTORIES, BASES, st.sampled_from(["vi", "en"]))
def test_whatever_the_figures_lines_fit_a_phone_and_say_both(history, bases, language):
    found = progress(VAN_NHAM, history, bases, 2025, VILLAGES)
    said = bars.table(found, language, NAMES)
    lines = said.split("\n")
    assert max(map(len, lines)) <= bars.WIDTH
    assert "None" not in said
    community = found.targets[4].whole
    flat = " ".join(said.split())
    if community.attendances is not None:
        both = {"vi": f"; {community.attendances} l", "en": f"; {community.attendances} a"}
        assert both[language] in flat
        assert f" {community.covered}/" in flat


def test_every_warning_and_status_can_be_said():
    words = content("words")
    files = [*Path(bars.__file__).parent.rglob("*.py"), Path(periodic.__file__)]
    files.append(Path(bars.__file__).parent / "content" / "vocabulary.toml")
    sources = [path.read_text("utf-8") for path in files]
    for kind in ("warning", "status"):
        for key, said in words[kind].items():
            assert any(f'"{key}"' in source for source in sources), key
            assert said["vi"] != said["en"]


def test_warnings_take_one_line():
    for said in content("words")["warning"].values():
        assert all(len(f"! {said[language]}") <= bars.WIDTH for language in ("vi", "en"))
