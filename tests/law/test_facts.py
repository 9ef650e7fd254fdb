"""What JSON can carry, read without guessing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.law.facts import Facts
from bot.law.table import flags, places

from . import by_hand

LINES = (Path(__file__).parent / "readings.jsonl").read_text(encoding="utf-8").splitlines()
READINGS = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("case", READINGS, ids=lambda case: json.dumps(case["said"]))
def test_what_was_said_is_read(case):
    facts = Facts.of(case["said"])
    for name, value in case["read"].items():
        found = getattr(facts, name)
        assert (sorted(found) if isinstance(found, frozenset) else found) == value, name
    assert list(facts.unreadable) == case.get("unreadable", [])


@pytest.mark.parametrize(
    ("field", "nonsense"),
    [
        ("age", [14]),
        ("age", True),
        ("hours_per_day", {"from": 8}),
        ("days_per_week", False),
        ("work", 7),
        ("place", ["home"]),
        ("night_work", [True]),
        ("schooling", True),
        ("family_help", {}),
        ("flags", 3),
        ("flags", [1]),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_field(field, nonsense):
    with pytest.raises(ValueError, match=f"^{field}: "):
        Facts.of({field: nonsense})


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(Facts.__dataclass_fields__)), JSON))
def test_nothing_that_json_carries_does_worse_than_a_value_error(said):
    try:
        facts = Facts.of(said)
    except ValueError as refused:
        assert str(refused).partition(":")[0] in said
        return
    assert facts.age is None or 0 <= facts.age <= 120
    assert facts.hours_per_day is None or 0 <= facts.hours_per_day <= 24
    assert facts.days_per_week is None or 0 <= facts.days_per_week <= 7


def test_no_flag_has_the_name_of_another():
    names = [name for key, row in flags().items() for name in {key, *row["names"]}]
    assert sorted(names) == sorted(set(names))
    for key, row in flags().items():
        assert Facts.of({"flags": [key, *row["names"]]}).flags == {key}


def test_the_names_of_the_hand_are_those_of_the_table():
    assert flags().keys() == by_hand.KNOWN
    assert places().keys() >= by_hand.HARMFUL_PLACES
