"""What questions get: measured on six sets, and the promises that hold for any text.

Each part was written before it was asked, and has since been looked at while ways to ask were
added, so the figures below guard against steps back and promise nothing. What the last two parts
gave when they were first asked: of held_out2 (common words) 82 of 94 questions that are ours were
answered rightly, 9 wrongly (some with a sister entry), none of 35 others was answered, 20 of 20
emergencies were recognised; of dev4 (far-fetched words on purpose) 142 of 192, 10 wrongly, 5 of 80
others, 30 of 36 emergencies.
`python -m tests.faq.measure PART -v` shows what is behind a figure.
"""

import json
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bench.question_scores import without_marks
from bot.faq.answering import answer, index
from bot.faq.contents import content
from bot.faq.entries import load
from bot.faq.learned import learned
from bot.vietnamese import danger
from tests.faq.learn import examples, made_from
from tests.faq.measure import TODAY, cites, measured, rows

HERE = Path(__file__).parent
FOLLOW_UPS = [
    json.loads(line) for line in (HERE / "follow_ups.jsonl").read_text("utf-8").splitlines()
]
SHAPE = {"q", "kind", "answer", "entry", "confidence", "citations", "choices", "reviewed"}
_SECONDS = 0.25  # on a busy machine; an idle one needs a tenth of it


PARTS = ("dev", "dev2", "dev3", "dev4", "held_out", "held_out2")
EVERY = [row for part in PARTS for row in rows(part)]


def test_questions_are_answered_rightly_or_not_at_all():
    found = measured(EVERY)
    ours, others = found["answer"], found["unknown"]
    assert ours.right >= 0.97 * ours.all, ours.missed
    assert ours.wrong <= 0.01 * ours.all, ours.missed
    assert others.wrong <= 0.01 * others.all, others.missed
    assert found["emergency"].right >= 0.99 * found["emergency"].all, found["emergency"].missed
    assert found["smalltalk"].right >= 0.95 * found["smalltalk"].all, found["smalltalk"].missed
    assert found["computed"].right >= 0.95 * found["computed"].all, found["computed"].missed
    called = ours.kinds["emergency"] + others.kinds["emergency"]
    assert called <= 0.01 * (ours.all + others.all)


def test_frightening_words_ring_only_when_a_child_is_in_danger():
    """Wordings that are kept out of what is learned from: alarms.jsonl."""
    lines = (HERE / "alarms.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    rung = {
        kind: [
            answer(row["q"], load(), TODAY).kind == "emergency"
            for row in asked
            if row["kind"] == kind
        ]
        for kind in ("emergency", "calm")
    }
    assert sum(rung["emergency"]) >= 0.96 * len(rung["emergency"])
    assert sum(rung["calm"]) <= 0.1 * len(rung["calm"])


def test_questions_of_another_author_are_seldom_answered_wrongly():
    """What was first answered of fresh1 (143 of ours, 111 rightly, 11 wrongly), fresh2 and fresh3
    (100, harder on purpose: 53 rightly, 11 wrongly) was wrong far more often than of the parts
    above: an entry was given that was hardly likelier than the next. Such are now offered.
    """
    fresh = [row for part in ("fresh1", "fresh2", "fresh3") for row in rows(part)]
    found = measured(fresh)
    ours, others = found["answer"], found["unknown"]
    assert ours.right >= 0.82 * ours.all, ours.missed
    assert ours.right + ours.offered >= 0.91 * ours.all, ours.missed
    assert ours.wrong <= 0.03 * ours.all, ours.missed
    assert others.wrong <= 0.02 * others.all, others.missed
    assert found["emergency"].right >= 0.98 * found["emergency"].all, found["emergency"].missed


def test_questions_without_tone_marks_are_answered_as_well():
    found = measured(without_marks(EVERY))
    assert found["answer"].right >= 0.93 * found["answer"].all, found["answer"].missed


def test_the_weights_were_learned_from_the_content_as_it_is():
    assert learned().made_from == made_from(examples()), "run python -m tests.faq.learn"


@pytest.mark.parametrize("row", FOLLOW_UPS, ids=lambda row: row["q"])
def test_a_short_question_leans_on_the_one_before(row):
    alone = answer(row["q"], load(), TODAY)
    said = answer(row["q"], load(), TODAY, row["last"])
    if row["entry"]:
        offered = {each.id for each in said.choices}
        assert said.entry == row["entry"] or row["entry"] in offered
    else:
        assert said.kind == "answer" and said.entry is None
        assert cites(said, row["articles"])
    assert said.text != alone.text


def test_a_whole_question_does_not_lean():
    for row in rows("dev")[:40]:
        before = FOLLOW_UPS[0]["last"]
        if row["kind"] == "answer" and len(row["q"].split()) > 12:
            assert answer(row["q"], load(), TODAY, before) == answer(row["q"], load(), TODAY)


@pytest.mark.parametrize("language", [None, "vi", "en"])
def test_an_answer_has_the_shape_of_the_contract(language):
    for row in rows("dev")[::5]:
        told = answer(row["q"], load(), TODAY).to_json(language)
        assert set(told) == SHAPE
        assert told["q"] == row["q"] and told["answer"]
        assert 0 <= told["confidence"] <= 1
        assert told["entry"] is None or told["entry"] in load().by_id
        assert (told["kind"] == "choices") == bool(told["choices"])
        assert json.loads(json.dumps(told)) == told
        if told["kind"] == "answer":
            assert told["citations"] and "111" not in told["citations"][0][:3]


def test_choices_are_two_or_three_different_questions():
    told = [answer(row["q"], load(), TODAY) for row in rows("dev")]
    offered = [each.choices for each in told if each.kind == "choices"]
    assert offered
    for each in offered:
        assert 2 <= len({one.id for one in each}) == len(each) <= 3


def test_an_emergency_names_the_numbers_first():
    for row in rows("dev"):
        if row["kind"] != "emergency":
            continue
        said = answer(row["q"], load(), TODAY)
        if said.kind == "emergency":
            for language in ("vi", "en"):
                first = said.text[language].splitlines()[0]
                assert "111" in first
                assert "113" in first or "115" in first


def test_what_is_not_known_is_said_and_111_offered():
    said = answer(next(row["q"] for row in rows("dev") if row["kind"] == "unknown"), load(), TODAY)
    assert said.kind == "unknown"
    assert said.entry is None and not said.citations and not said.choices
    assert "111" in said.text["vi"] and "111" in said.text["en"]


def test_a_word_said_again_and_again_says_nothing_more():
    for text in ("x x x x x x x", "x2 x2 x2 x2 x2", "lương lương lương lương lương"):
        assert answer(text, load(), TODAY).kind == "unknown"


def test_a_danger_that_is_only_a_subject_still_names_the_numbers():
    asked = content("wordings")["harassment-and-force-fines"]
    said = [answer(each, load(), TODAY) for each in asked if danger.read(each)]
    warned = [each for each in said if each.kind == "answer"]
    assert warned
    for each in warned:
        assert each.text["vi"].startswith(content("texts")["in_danger"]["vi"])


def test_english_gets_english():
    said = answer("What is the hotline 111?", load(), TODAY)
    assert said.kind == "answer"
    assert said.to_json()["answer"] == load().by_id[said.entry].answer_en
    assert said.to_json("vi")["answer"] != said.to_json()["answer"]


def test_an_entry_without_english_is_told_in_vietnamese_with_a_note():
    entry = replace(load().by_id["what-is-111"], answer_en="")
    assert entry.says("en").startswith(content("texts")["only_vietnamese"]["en"])
    assert entry.answer in entry.says("en")


def test_a_new_entry_is_live_at_once_and_can_be_taken_back():
    asked = "zorbo quimba flanter?"
    assert answer(asked, load(), TODAY).kind == "unknown"
    new = replace(load().by_id["what-is-111"], id="new-one", question=asked, variants=(asked,) * 3)
    more = load().plus([new])
    assert answer(asked, more, TODAY).entry == "new-one"
    assert answer(asked, more.without({"new-one"}), TODAY).kind == "unknown"


def test_a_withdrawn_entry_is_no_longer_given():
    entry = load().by_id["is-it-free"]
    asked = entry.question
    assert answer(asked, load(), TODAY).entry == entry.id
    ended = load().plus([replace(entry, valid_to=TODAY - timedelta(days=1))])
    assert answer(asked, ended, TODAY).entry != entry.id


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_gets_a_polite_answer(text):
    said = answer(text, load(), TODAY)
    assert said.text["vi"] and said.text["en"]
    assert said.to_json()["q"] == text


WORDS = sorted({word for row in rows("dev") for word in row["q"].split()})


@given(st.lists(st.sampled_from(WORDS), max_size=40), st.sampled_from(WORDS))
@settings(max_examples=200, deadline=None)
def test_any_heap_of_words_gets_an_answer_with_its_grounds(words, last):
    said = answer(" ".join(words), load(), TODAY, last)
    if said.kind == "answer":
        assert said.citations["vi"] and said.citations["en"]


@pytest.mark.parametrize("piece", ["a", "1", ". ", "\u0301", "\U0001f600", "xx yy ", "14 "])
def test_a_very_long_text_is_answered_at_once(piece):
    text = piece * (10_000 // len(piece))
    answer("x", load(), TODAY)
    assert (
        _quickest(lambda: answer(text, load(), TODAY)) < _SECONDS
    )  # busy machine; 0.05 on an idle one


def test_a_long_story_is_answered_at_once():
    story = " ".join(row["q"] for row in rows("dev"))[:10_000]
    answer("x", load(), TODAY)
    assert _quickest(lambda: answer(story, load(), TODAY)) < _SECONDS


def _quickest(work):
    taken = []
    for _ in range(3):
        begun = time.thread_time()
        work()
        taken.append(time.thread_time() - begun)
    return min(taken)


def test_another_day_needs_no_new_index():
    assert answer("111", load(), TODAY)
    before = index.cache_info().misses
    answer("111", load(), TODAY + timedelta(days=1))
    assert index.cache_info().misses == before


def test_a_new_entry_prepares_only_itself():
    assert index(load())
    new = replace(load().by_id["what-is-111"], id="new-one", variants=("zorbo quimba flanter?",))
    begun = time.thread_time()
    more = load().plus([new])
    said = answer("zorbo quimba flanter?", more, TODAY)
    assert said.entry == "new-one"
    assert time.thread_time() - begun < _SECONDS
    assert answer(new.question, load(), TODAY).entry == "what-is-111"


@pytest.mark.parametrize(
    "said",
    [
        "con nhà tôi, tôi cho làm gì thì làm",
        "con nha toi toi cho lam gi thi lam",
        "con tôi đẻ ra tôi muốn cho làm gì là quyền của tôi",
    ],
)
def test_who_says_no_age_is_not_told_of_one_and_what_is_unlikely_is_only_offered(said):
    assert answer(said, load(), TODAY).kind == "choices"


@pytest.mark.parametrize(
    "asked", ["trẻ 13 đến 15 tuổi được làm gì", "trẻ mười ba được làm việc gì"]
)
def test_who_says_an_age_is_told_of_it(asked):
    assert answer(asked, load(), TODAY).entry == "thirteen-to-fifteen"
