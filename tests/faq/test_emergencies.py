"""What rings and what does not, in the few words that people type: said_plainly.toml."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.faq.answering import answer
from bot.faq.contents import content
from bot.faq.emergency import first_line
from bot.faq.entries import load
from bot.faq.never_said import reasons
from bot.vietnamese.fold import fold
from bot.vietnamese.keystrokes import plausible
from tests.faq.measure import TODAY

EVENTS = {each["name"]: each for each in content("emergency")["events"]}
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


@pytest.mark.parametrize("text", SAID["told_at_length"])
def test_what_sounds_grave_at_length_rings_whatever_entry_is_like_it(text):
    assert kind(text) == "emergency"


@pytest.mark.parametrize("text", SAID["heard"])
def test_what_hints_at_danger_is_never_answered_without_the_numbers(text):
    said = answer(text, load(), TODAY)
    for language in ("vi", "en"):
        first = said.text[language].splitlines()[0]
        assert "111" in first and "113" in first


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *((text, "115") for text in both("ambulance")),
        *((text, "114") for text in both("rescue")),
    ],
)
def test_the_number_that_helps_stands_first(text, number):
    said = answer(text, load(), TODAY)
    assert said.kind == "emergency"
    for language in ("vi", "en"):
        first = said.text[language].splitlines()[0]
        assert re.findall(r"\b11\d\b", first)[0] == number and "111" in first


@pytest.mark.parametrize("text", ["chaus bij raawns cawns", "con tooi bij rawns cawns"])
def test_keystrokes_that_were_left_are_read_for_the_number_too(text):
    assert "115" in answer(text, load(), TODAY).text["vi"].splitlines()[0].split(";")[0]


@pytest.mark.parametrize("text", both("kept_papers"))
def test_who_only_keeps_papers_is_told_the_law_behind_the_numbers(text):
    said = answer(text, load(), TODAY)
    assert said.entry == "papers-and-deposit"
    assert said.text["vi"].startswith(content("texts")["in_danger"]["vi"])


@pytest.mark.parametrize("text", both("kept_with_papers"))
def test_who_is_kept_as_well_is_in_danger(text):
    assert kind(text) == "emergency"


def test_where_danger_is_heard_and_nothing_is_known_the_numbers_still_come_first():
    said = answer("Nhận bé bị bỏ rơi làm con nuôi thì hồ sơ gồm gì?", load(), TODAY)
    assert said.kind == "unknown"
    assert said.text["vi"].startswith(content("texts")["in_danger"]["vi"])
    assert said.text["vi"].endswith(content("texts")["unknown"]["vi"])


@pytest.mark.parametrize("text", both("questions"))
def test_the_same_words_in_a_question_or_denied_do_not_ring(text):
    assert kind(text) != "emergency"


@pytest.mark.parametrize("row", SAID["bodies"], ids=lambda row: row["text"])
def test_what_to_do_is_told_for_that_event_and_that_person(row):
    said = answer(row["text"], load(), TODAY)
    assert said.kind == "emergency"
    assert said.entry == row.get("entry")
    if "event" in row:
        event = EVENTS[row["event"]]
        told = event["another"] if row.get("another") else event
        assert told["vi"] in said.text["vi"] and told["en"] in said.text["en"]


def test_fire_and_rescue_name_114_first():
    rescued = [row["text"] for row in SAID["bodies"] if row.get("event") in ("fire", "rescue")]
    assert rescued
    for text in rescued:
        said = answer(text, load(), TODAY)
        for language in ("vi", "en"):
            first = said.text[language].splitlines()[0]
            numbers = [word for word in first.replace(",", " ").split() if word.isdecimal()]
            assert numbers[0] == "114" and "111" in first and "115" in first


@pytest.mark.parametrize("text", ["em không thở được", "cháu bé uống nhầm thuốc chuột"])
def test_whoever_cannot_breathe_or_is_poisoned_hears_115_first(text):
    for way in (text, fold(text)):
        assert "115" in answer(way, load(), TODAY).text["vi"].splitlines()[0]


def test_every_entry_for_danger_has_its_words_and_every_event_says_what_is_allowed():
    rules = content("emergency")
    topic = content("settings")["danger"]["topic"]
    assert set(rules["entries"]) == {each.id for each in load() if each.topic == topic}
    for fits in rules["entries"].values():
        for name in (*fits.get("needs", ()), *fits.get("unless", ())):
            assert rules[name]["any"]
    *named, last = rules["events"]
    assert not {"any", "exact", "lists"} & set(last)  # anything else
    assert all({"any", "lists"} & set(each) for each in named)
    for event in rules["events"]:
        if "entry" in event:
            assert event["entry"] in load().by_id
            continue
        for told in (event, event.get("another", event)):
            assert not reasons(told["vi"], "vi") and not reasons(told["en"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_few_words_are_answered_in_their_language(language):
    others = [
        text
        for text in SAID["language"][language]
        if answer(text, load(), TODAY).language != language
    ]
    assert not others


def test_no_word_that_alone_tells_english_may_be_vietnamese():
    assert not [word for word in content("english")["surely"] if plausible(word)]


def test_help_at_home_is_understood_in_english():
    said = answer("Is it illegal for children to help at home?", load(), TODAY)
    assert said.kind == "choices" and said.choices[0].id == "chores-at-home"
    said = answer("May children help at home?", load(), TODAY)
    assert said.entry == "chores-at-home"


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ("cháu bị ngã gãy tay", "emergency_hurt"),
        ("bị xe đâm chảy máu", "emergency_hurt"),
        ("chủ lò đang đánh cháu, chảy máu rồi", "emergency"),
        ("bo danh con be gay tay", "emergency"),
        ("nhà cháy, có cháu bị bỏng", "emergency_rescue"),
    ],
)
def test_where_somebody_does_the_harm_the_police_are_not_called_last(told, line):
    assert first_line(told) == line


def test_who_is_made_to_marry_sees_the_numbers_before_the_law():
    said = answer("tháng sau bắt em cưới, em mới 14", load(), TODAY)
    assert said.entry == "early-marriage"
    assert said.text["vi"].startswith(content("texts")["in_danger"]["vi"])
