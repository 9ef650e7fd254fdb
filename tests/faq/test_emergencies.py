"""What rings and what does not, in the few words that people type: said_plainly.toml."""

import tomllib
from pathlib import Path

import pytest

from bot.faq.answering import answer
from bot.faq.entries import load
from bot.vietnamese.fold import fold
from tests.faq.measure import TODAY

SAID = tomllib.loads(Path(__file__).with_name("said_plainly.toml").read_text("utf-8"))


def both(name):
    """As it stands and without tone marks, each once."""
    return list(dict.fromkeys(way for each in SAID[name] for way in (each, fold(each) or each)))


def kind(text):
    return answer(text, load(), TODAY).kind


@pytest.mark.parametrize("text", both("ordinary"))
def test_ordinary_words_are_no_emergency(text):
    assert kind(text) != "emergency"


@pytest.mark.parametrize("text", [*both("pleas"), *both("dangers")])
def test_a_cry_for_help_and_danger_in_few_words_ring(text):
    said = answer(text, load(), TODAY)
    assert said.kind == "emergency"
    for language in ("vi", "en"):
        first = said.text[language].splitlines()[0]
        assert "111" in first and ("113" in first or "115" in first)


@pytest.mark.parametrize("text", both("questions"))
def test_the_same_words_in_a_question_or_denied_do_not_ring(text):
    assert kind(text) != "emergency"
