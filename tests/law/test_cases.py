"""Cases judged by hand, with the article each hangs on."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.law.facts import Facts
from bot.law.triage import triage

TODAY = date(2026, 11, 21)
LINES = (Path(__file__).parent / "cases.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("case", CASES, ids=[f"{n} {case['why']}" for n, case in enumerate(CASES)])
def test_the_level_is_the_one_judged_by_hand(case):
    found = triage(Facts.of(case["facts"]), TODAY).to_json()
    assert (found["level"], found["preliminary"]) == (case["level"], True), found
    if "ask" in case:
        assert found["ask_next"] == case["ask"]
    if "confidence" in case:
        assert found["reasons"][0]["confidence"] == case["confidence"]


def test_there_are_cases_for_every_level_and_enough_of_them():
    assert len(CASES) >= 60
    assert len({case["level"] for case in CASES}) == 7
