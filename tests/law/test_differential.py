"""The rule table and the level worked out by hand agree, case by case."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from . import by_hand
from .by_hand import LEVELS, level

Case = dict[str, Any]

DAY = date(2026, 11, 21)
CASES = 30_000
WORKS = [
    "agriculture", "livestock", "forestry", "fishing", "construction", "brick_kiln", "mining",
    "craft", "garment", "carpentry", "metalwork", "repair", "food_service", "entertainment",
    "shop", "street_vending", "scrap_collecting", "domestic_work", "childcare", "porter",
    "delivery", "slaughterhouse", "factory", "performance", "online", "begging", "other",
]  # fmt: skip
HARMLESS_PLACES = ["home", "school", "field", "market", "workshop"]
PLACES = [*sorted(by_hand.HARMFUL_PLACES), *HARMLESS_PLACES]
SCHOOLING = ["attending", "irregular", "dropped_out", "never"]
CONSENT = "provincial_consent"  # the only flag that may lower a level
FLAGS = sorted(by_hand.KNOWN - {CONSENT})
QUIET_FLAGS = sorted(by_hand.OTHER_PROTECTION | by_hand.SIGNS | by_hand.HARMS | by_hand.AT_WORK)


def any_case(draw: random.Random) -> Case:
    """Anything the form can hold, likely or not."""
    return {
        "age": draw.choice([None, *range(20)]),
        "work": draw.choice([None, *WORKS]),
        "place": draw.choice([None, *PLACES]),
        "hours_per_day": draw.choice([None, *(half / 2 for half in range(29))]),
        "days_per_week": draw.choice([None, *range(8)]),
        "night_work": draw.choice([None, True, False]),
        "schooling": draw.choice([None, *SCHOOLING]),
        "family_help": draw.choice([None, True, False]),
        "flags": _some(draw, FLAGS, [0, 1, 2, 3]),
    }


def quiet_case(draw: random.Random) -> Case:
    """A case without the loud facts that drown the rest: most boundaries lie here."""
    return {
        "age": draw.choice([None, *range(4, 19)]),
        "work": draw.choice([None, *WORKS]),
        "place": draw.choice([None, None, *HARMLESS_PLACES[:2]]),
        "hours_per_day": draw.choice([None, 0, 0, *(half / 2 for half in range(1, 18))]),
        "days_per_week": draw.choice([None, *range(8)]),
        "night_work": draw.choice([None, True, False, False, False]),
        "schooling": draw.choice([None, "attending", "attending", *SCHOOLING]),
        "family_help": draw.choice([None, True, False]),
        "flags": _some(draw, QUIET_FLAGS, [0, 0, 0, 1, 2, 3]),
    }


def _some(draw: random.Random, flags: list[str], numbers: list[int]) -> list[str] | None:
    """Some of these flags, now and then one that nobody knows, or nothing told of them at all."""
    if draw.random() < 0.15:
        return None
    told = draw.sample(flags, draw.choice(numbers))
    return [*told, "some_new_flag"] if draw.random() < 0.05 else told


def cases() -> list[Case]:
    draw = random.Random(111)
    made = [(any_case, quiet_case)[number % 2](draw) for number in range(CASES)]
    return [_told(case) if draw.random() < 0.5 else case for case in made]


def _told(case: Case) -> Case:
    """The same case with its unknown facts left out instead of None."""
    return {name: value for name, value in case.items() if value is not None}


def rank(case: Case) -> int:
    return LEVELS.index(level(case))


def test_the_table_and_the_hand_agree() -> None:
    from bot.law.facts import Facts
    from bot.law.triage import triage

    differing: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases():
        found = triage(Facts.of(case), DAY).level
        by_table, expected = str(getattr(found, "name", found)), level(case)
        if by_table != expected:
            differing[by_table, expected].append(case)
    number = sum(map(len, differing.values()))
    lines = [f"{number} of {CASES} differ"]
    for (by_table, expected), examples in sorted(differing.items(), key=lambda kv: -len(kv[1])):
        lines.append(f"table {by_table}, by hand {expected}: {len(examples)}")
        lines += [f"    {_told(case)}" for case in examples[:3]]
    assert number == 0, "\n".join(lines)


def test_the_cases_reach_every_level_often() -> None:
    counted = [0] * len(LEVELS)
    for case in cases():
        counted[rank(case)] += 1
    assert min(counted) >= 200, dict(zip(LEVELS, counted, strict=True))


CALM: Case = {"hours_per_day": 2, "days_per_week": 5, "night_work": False, "schooling": "attending"}
HIRED = CALM | {"family_help": False}
SIX_DAYS: Case = {"days_per_week": 6}
THREE_DAYS: Case = {"days_per_week": 3}
HELPING = CALM | {"family_help": True}


@pytest.mark.parametrize(
    ("expected", "case"),
    [
        # process.md 4.2: under 13 nothing but performance, and that with consent
        ("CHILD_LABOUR", HIRED | {"age": 12, "work": "craft"}),
        ("UNCLEAR", HIRED | {"age": 12, "work": "performance"}),
        ("CHILD_LABOUR", HIRED | {"age": 12, "work": "performance", "hours_per_day": 4.5}),
        # 13 and 14: the light list, 4 hours a day, 20 a week, never at night
        ("NONE", HIRED | {"age": 13, "work": "craft", "hours_per_day": 4}),
        ("CHILD_LABOUR", HIRED | {"age": 14, "work": "craft", "hours_per_day": 4.5}),
        ("NONE", HIRED | {"age": 14, "work": "craft", "days_per_week": 7}),
        ("CHILD_LABOUR", HIRED | {"age": 14, "work": "craft", "hours_per_day": 3.5} | SIX_DAYS),
        ("CHILD_LABOUR", HIRED | {"age": 14, "work": "domestic_work"}),
        ("HAZARDOUS", HIRED | {"age": 14, "work": "craft", "night_work": True}),
        # 15 to 17: anything but article 147, 8 hours a day, 40 a week, at night only annex V
        ("NONE", HIRED | {"age": 15, "work": "shop", "hours_per_day": 8}),
        ("HAZARDOUS", HIRED | {"age": 17, "work": "shop", "hours_per_day": 8.5}),
        ("HAZARDOUS", HIRED | {"age": 17, "work": "shop", "hours_per_day": 7} | SIX_DAYS),
        ("HAZARDOUS", HIRED | {"age": 17, "work": "shop", "hours_per_day": 8.5} | THREE_DAYS),
        ("CHILD_LABOUR", HELPING | {"age": 17, "hours_per_day": 8.5} | THREE_DAYS),
        ("CHILD_LABOUR", HIRED | {"age": 17, "work": "food_service", "night_work": True}),
        ("UNCLEAR", HIRED | {"age": 17, "work": "delivery", "night_work": True}),
        ("CHILD_LABOUR", HIRED | {"age": 17, "work": "street_vending", "night_work": True}),
        ("NONE", HIRED | {"age": 17, "work": "craft", "night_work": True}),
        ("HAZARDOUS", HIRED | {"age": 17, "work": "shop", "place": "karaoke"}),
        ("HAZARDOUS", HIRED | {"age": 17, "work": "brick_kiln"}),
        ("CHILD_LABOUR", HIRED | {"age": 15, "work": "shop", "schooling": "dropped_out"}),
        ("NONE", HIRED | {"age": 16, "work": "shop", "schooling": "dropped_out", "flags": []}),
        ("UNCLEAR", HIRED | {"age": 16, "work": "shop", "schooling": "dropped_out"}),
        ("CHILD_LABOUR", HIRED | {"age": 14, "work": "craft", "schooling": "irregular"}),
        ("AT_RISK", HIRED | {"age": 15, "work": "shop", "schooling": "irregular"}),
        ("UNCLEAR", HIRED | {"age": 17, "work": "factory"}),
        ("NONE", HIRED | {"age": 17, "work": "factory", "place": "workshop"}),
        ("HAZARDOUS", HIRED | {"age": 17, "work": "porter"}),
        ("NONE", {"age": 18, "work": "mining", "flags": ["neglect"]}),
        ("EMERGENCY", {"age": 18, "flags": ["locked_up"]}),
        ("EMERGENCY", {"age": 30, "flags": ["wages_withheld"]}),
        ("NONE", {"age": 18, "flags": ["harms_study", "abandoned"]}),
        ("UNCLEAR", {"age": 18, "flags": ["some_new_flag"]}),
        # process.md 4.1: helping the family
        ("NONE", HELPING | {"age": 11, "work": "agriculture"}),
        ("UNCLEAR", HELPING | {"age": 11}),
        ("UNCLEAR", HELPING | {"age": 16, "place": "craft_village"}),
        ("UNCLEAR", HIRED | {"age": 16, "hours_per_day": 0}),
        ("CHILD_LABOUR", HELPING | {"age": 11, "flags": ["harms_study"]}),
        ("HAZARDOUS", HELPING | {"age": 16, "work": "agriculture", "flags": ["chemicals"]}),
        ("CHILD_LABOUR", HELPING | {"age": 16, "work": "begging"}),
        ("AT_RISK", HELPING | {"age": 16, "flags": ["harms_health"]}),
        ("CHILD_LABOUR", HIRED | {"age": 16, "work": "shop", "flags": ["harms_health"]}),
        ("AT_RISK", HELPING | {"age": 14, "hours_per_day": 4.5}),
        ("AT_RISK", HELPING | {"age": 14, "night_work": True}),
        ("UNCLEAR", HELPING | {"age": 14, "work": "livestock", "night_work": None}),
        ("UNCLEAR", HELPING | {"age": 16, "work": "livestock", "night_work": None}),
        ("NONE", HELPING | {"age": 16, "work": "craft", "night_work": None}),
        ("AT_RISK", HELPING | {"age": 16, "work": "shop", "night_work": True}),
        ("UNCLEAR", HELPING | {"age": 16, "work": "online", "night_work": True}),
        ("UNCLEAR", HELPING | {"age": 16, "night_work": True}),
        ("UNCLEAR", HELPING | {"age": 14, "work": "fishing"}),
        ("NONE", HELPING | {"age": 14, "work": "fishing", "place": "home"}),
        ("AT_RISK", HELPING | {"age": 6, "work": "livestock", "schooling": "never"}),
        ("NONE", HELPING | {"age": 5, "work": "livestock", "schooling": "never"}),
        # what the household may do itself, and what is for others unless told otherwise
        ("UNCLEAR", CALM | {"age": 14, "work": "shop"}),
        ("CHILD_LABOUR", CALM | {"age": 14, "work": "food_service"}),
        # other needs for protection
        ("OTHER_PROTECTION", HELPING | {"age": 6, "flags": ["alone"]}),
        ("OTHER_PROTECTION", HELPING | {"age": 6, "flags": ["abandoned"]}),
        ("EMERGENCY", HELPING | {"age": 5, "flags": ["abandoned"]}),
        ("OTHER_PROTECTION", HELPING | {"age": 14, "flags": ["early_marriage"]}),
        # signs
        ("AT_RISK", HELPING | {"age": 14, "flags": ["marriage_plan", "debt"]}),
        ("AT_RISK", HELPING | {"age": 11, "flags": ["debt", "recruiter"]}),
        ("AT_RISK", {"age": 16, "hours_per_day": 0, "schooling": "dropped_out", "flags": ["debt"]}),
        ("NONE", HELPING | {"age": 11, "work": "livestock", "flags": ["debt"]}),
        # what is unknown
        ("UNCLEAR", {}),
        ("HAZARDOUS", {"work": "mining"}),
        ("EMERGENCY", {"flags": ["alone"]}),
        ("EMERGENCY", {"flags": ["abandoned"]}),
        ("UNCLEAR", HELPING | {"age": 11, "flags": ["some_new_flag"]}),
        ("OTHER_PROTECTION", HELPING | {"age": 11, "flags": ["some_new_flag", "neglect"]}),
        ("NONE", {"hours_per_day": 0, "schooling": "attending"}),
        ("UNCLEAR", HELPING | {"age": 14, "hours_per_day": 3, "days_per_week": None}),
        ("UNCLEAR", HELPING | {"age": 11, "schooling": None}),
        ("UNCLEAR", HIRED | {"age": 15, "work": "shop", "schooling": None}),
        ("UNCLEAR", HIRED | {"age": 17, "work": "shop", "hours_per_day": None}),
        ("UNCLEAR", HIRED | {"work": "shop"}),
        ("UNCLEAR", {"age": 15, "hours_per_day": 0, "schooling": "irregular", "flags": []}),
        ("UNCLEAR", HIRED | {"age": 14, "work": "craft", "night_work": None}),
        ("UNCLEAR", HIRED | {"age": 10, "work": "shop", "family_help": None}),
    ],
)  # fmt: skip
def test_by_hand_known_rows(expected: str, case: Case) -> None:
    assert level(case) == expected


MILD_TO_GRAVE: dict[str, list[Any]] = {
    "night_work": [False, True],
    "schooling": SCHOOLING,
    "family_help": [True, False],
    "hours_per_day": [half / 2 for half in range(29)],
    "days_per_week": list(range(8)),
}


def test_by_hand_an_unknown_or_a_worse_fact_never_lowers() -> None:
    draw = random.Random(113)
    for number in range(6_000):
        case = (any_case, quiet_case)[number % 2](draw)
        for name, values in MILD_TO_GRAVE.items():
            at, beyond = sorted(draw.sample(range(len(values)), 2))
            milder = rank(case | {name: values[at]})
            assert milder <= rank(case | {name: values[beyond]}), (name, values[beyond], case)
            assert rank(case | {name: values[0]}) <= rank(case | {name: None}), (name, case)
        told, flag = case["flags"] or [], draw.choice(FLAGS)
        fewer, more = (rank(case | {"flags": flags}) for flags in (told, [*told, flag]))
        assert fewer <= more, (flag, case)
        if case["age"] is None:
            mildest = min(rank(case | {"age": age}) for age in range(18))
            assert mildest <= rank(case), case
