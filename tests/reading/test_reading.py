"""Reports as villagers write them, read into slots. The messages are in dev.jsonl, cases.toml."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bench.slot_scores import CONTRACT, score, summary
from bot.reading import Villages, read
from bot.reading.reading import SLOTS, WANTED
from tests.reading.texts import CASES, DEV, TABLE, TODAY, VILLAGES, reading, unmarked

FACTS = [
    (fact["slot"], case["text"], case.get("is")) for fact in CASES["fact"] for case in fact["cases"]
]
WORDS = sorted({word for case in DEV for word in case["text"].split()})
LIKELY_TEXT = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)
TYPED = ("child_name", "employer", "workplace", "carer")


@pytest.mark.parametrize(("slot", "text", "stated"), FACTS)
def test_a_slot_is_what_the_text_states_of_it(slot, text, stated):
    assert reading(text).slots[slot] == stated


@pytest.mark.parametrize("text", CASES["nothing"]["texts"])
def test_talk_of_the_weather_is_no_report(text):
    assert {slot: value for slot, value in reading(text).slots.items() if value is not None} == {}


def test_the_development_set_is_read_well():
    pairs = [(case["slots"], reading(case["text"]).slots) for case in DEV]
    got = summary(pairs)
    assert len(DEV) >= 290
    assert got["f1"] >= 0.985 and got["precision"] >= 0.985, wrongly_read(pairs)
    assert got["village_accuracy"] == got["urgent_recall"] == 1.0, wrongly_read(pairs)


def wrongly_read(pairs):
    return [
        (expected, {slot: got[slot] for slot, tally in score(expected, got).items() if tally.wrong})
        for expected, got in pairs
        if any(tally.wrong or tally.missed for tally in score(expected, got).values())
    ]


def test_without_marks_little_is_lost():
    marked = [case for case in DEV if not case["text"].isascii()]
    with_marks = summary((case["slots"], reading(case["text"]).slots) for case in marked)
    without = summary((case["slots"], reading(unmarked(case["text"])).slots) for case in marked)
    assert without["f1"] >= with_marks["f1"] - 0.02
    small = summary(
        (case["slots"], reading(unmarked(case["text"]).lower()).slots) for case in marked
    )
    assert small["f1"] >= with_marks["f1"] - 0.03


@pytest.mark.parametrize(
    "slot", [slot for slot in CONTRACT if slot not in ("child_name", "urgent")]
)
def test_the_marked_and_the_unmarked_text_agree(slot):
    texts = [case["text"] for case in DEV if not case["text"].isascii()]
    pairs = [(reading(text).slots, reading(unmarked(text)).slots) for text in texts]
    differ = sum(
        bool(tally.wrong or tally.missed) for one, two in pairs for tally in [score(one, two)[slot]]
    )
    assert differ <= 0.03 * len(texts)


def test_every_slot_is_there_and_what_is_missing_is_told_in_order():
    got = reading("cháu Nam 13 tuổi")
    assert tuple(got.slots) == SLOTS
    assert got.missing == [slot for slot in WANTED if slot not in ("age", "child_name")]
    assert got.to_json() == {
        "text": "cháu Nam 13 tuổi",
        "slots": dict(got.slots),
        "missing": got.missing,
    }
    assert reading("").missing == list(WANTED)


def test_the_first_of_several_children_is_read():
    got = reading("Cháu Tùng 12 tuổi bỏ học đi phụ hồ, em là Tâm 9 tuổi vẫn đi học").slots
    assert (got["child_name"], got["age"], got["schooling"]) == ("Tùng", 12, "dropped_out")


@given(st.text(max_size=300) | LIKELY_TEXT)
def test_any_text_is_read_and_every_span_lies_in_it(text):
    got = reading(text)
    for slot, (start, end) in got.spans.items():
        assert got.slots[slot] is not None
        assert 0 <= start < end <= len(text)
        if slot in TYPED:
            assert " ".join(text[start:end].split()) == got.slots[slot]


@given(st.lists(st.sampled_from(CASES["nothing"]["texts"]), max_size=5).map(". ".join))
def test_talk_is_no_report_however_it_is_put_together(text):
    assert set(reading(text).slots.values()) == {None}


@pytest.mark.parametrize(
    "piece",
    ["a ", "cháu ", "13 ", "6h đến ", "thôn ", "ở ", "học hết lớp 5 ", ",", "Nguyễn ", "cả tuần ",
     "làm phụ hồ ở lò gạch ", "a\u0301", "mười ", "ông Tư cháu Nam ", "t ", "12/3/2013 "],
)  # fmt: skip
def test_a_long_text_takes_bounded_work(piece):
    text = piece * (20_000 // len(piece))
    started = time.process_time()
    reading(text)
    assert time.process_time() - started < 5  # seconds; a tenth of it on a quiet machine


def test_an_old_name_gives_the_village_of_today():
    got = reading("cháu Lan ở bản Huổi Mí").slots
    assert (got["village"], got["village_code"]) == ("Bản Pá Lằng", "V09")


def test_a_village_nobody_knows_has_no_code():
    got = reading("cháu Lan ở thôn Bãi Giữa").slots
    assert (got["village"], got["village_code"]) == ("thôn Bãi Giữa", None)


def test_sisters_are_told_apart_by_their_marks_or_not_at_all():
    sisters = Villages.of([("A", ["Thôn Phố Vị"]), ("B", ["Thôn Phổ Vi"])])
    named = read("cháu ở thôn Phổ Vi", sisters, TODAY).slots
    either = read("chau o thon pho vi", sisters, TODAY).slots
    assert (named["village"], named["village_code"]) == ("Thôn Phổ Vi", "B")
    assert (either["village"], either["village_code"]) == ("thon pho vi", None)


def test_marks_that_were_typed_are_believed():
    sisters = Villages.of([("A", ["Thôn Bái"]), ("B", ["Thôn Bãi"])])
    assert read("cháu ở thôn Bãi", sisters, TODAY).slots["village_code"] == "B"
    assert read("cháu ở thôn Bái", sisters, TODAY).slots["village_code"] == "A"


def test_what_stands_behind_ten_thousand_letters_is_not_read():
    assert reading("a " * 5000 + "cháu Nam 13 tuổi").slots["age"] is None
    assert reading("a " * 4900 + "cháu Nam 13 tuổi").slots["age"] == 13


def test_no_villages_at_all():
    assert read("cháu ở thôn Phố Vị", Villages.of([]), TODAY).slots["village"] == "thôn Phố Vị"


def test_thousands_of_villages_cost_little():
    many = {f"X{at}": [f"Thôn Mẫu {at} Đông", f"Thôn Cũ {at}"] for at in range(3300)}
    table = Villages.of({**TABLE, **many}.items())
    texts = [case["text"] for case in DEV[:60]]
    assert [read(text, table, TODAY).slots["village_code"] for text in texts] == [
        reading(text).slots["village_code"] for text in texts
    ]


def test_threads_share_the_villages():
    texts = [case["text"] for case in DEV] * 2
    alone = [reading(text).slots for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: read(text, VILLAGES, TODAY).slots, texts)) == alone
