"""Danger, as villagers write it. The sentences are in danger_cases.toml."""

import time
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vietnamese.danger import Danger, about_law, read
from bot.vietnamese.letters import WITHOUT_MARKS

LISTS = tomllib.loads(Path(__file__).with_name("danger_cases.toml").read_text("utf-8"))
CASES = [(text, Danger[level.upper()]) for level, texts in LISTS["cases"].items() for text in texts]
HELD_OUT = [
    (text, Danger[level.upper()]) for level, texts in LISTS["held_out"].items() for text in texts
]
WORDS = sorted({word for text, _ in CASES for word in text.split()})
LIKELY_TEXT = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)


@pytest.mark.parametrize(("text", "level"), CASES)
def test_what_is_written_rings_as_loudly_as_it_should(text, level):
    assert read(text) is level


def test_the_held_out_sentences_are_understood():
    missed = [text for text, level in HELD_OUT if level and not read(text)]
    rung_for_nothing = [text for text, level in HELD_OUT if not level and read(text)]
    other_level = [text for text, level in HELD_OUT if level and read(text) not in (level, 0)]
    assert len(missed) <= 4 and len(rung_for_nothing) <= 1 and len(other_level) <= 4, (
        missed,
        rung_for_nothing,
        other_level,
    )


@pytest.mark.parametrize(
    ("text", "level"),
    [
        # denied, or over
        ("không bị đánh", Danger.NONE),
        ("Cháu không hề bị ai đánh", Danger.NONE),
        ("chua thay ai danh chau", Danger.NONE),
        ("không nguy hiểm", Danger.NONE),
        ("hết nguy hiểm rồi", Danger.NONE),
        ("không có trẻ em bị xâm hại", Danger.NONE),
        # a denial that is the danger itself
        ("không cho ăn", Danger.POSSIBLE),
        ("không ai cứu", Danger.NOW),
        ("không cứu", Danger.POSSIBLE),
        ("không những bị đánh mà còn bị nhốt", Danger.POSSIBLE),
        ("không nghe lời là bị đánh", Danger.POSSIBLE),
        # the same sounds, other words
        ("bị đánh thuế", Danger.NONE),
        ("cha danh con", Danger.POSSIBLE),
        ("dau chau bi danh chay mau", Danger.POSSIBLE),
        ("Từ từ thôi", Danger.NONE),
        ("Nó tự tử rồi", Danger.POSSIBLE),
        ("Bạn con tôi ở xóm trên", Danger.NONE),
        ("Họ bán con sang bên kia biên giới", Danger.POSSIBLE),
        ("Hôm nay cháu cắt cỏ", Danger.NONE),
        # now
        ("đang bị đánh", Danger.NOW),
        ("Cứu!", Danger.NOW),
        ("cứu", Danger.POSSIBLE),
        ("help", Danger.NONE),
        ("help me", Danger.NOW),
        ("Cháu đang học lớp 6, hay bị bố đánh", Danger.POSSIBLE),
        ("Bố đang đánh con thì gọi ai", Danger.POSSIBLE),
        ("Cháu vừa học vừa làm, có lần bị chủ đánh", Danger.POSSIBLE),
        # outreach, and what is heard there
        ("Tập huấn về xâm hại trẻ em cho 30 người", Danger.NONE),
        ("Hôm nay tập huấn, có cháu kể bị bố đánh", Danger.POSSIBLE),
        # typed carelessly
        ("bị đánh đậppppp", Danger.POSSIBLE),
        ("cuuuuu chau voi", Danger.NOW),
        ("BỊ ĐÁNH", Danger.POSSIBLE),
        ("chãy máu", Danger.POSSIBLE),
        ("bij nhoots", Danger.POSSIBLE),
        ("bi5 nho61t", Danger.POSSIBLE),
        ("khóa trái cửa", Danger.POSSIBLE),
        ("khoá trái cửa", Danger.POSSIBLE),
        ("b\u200bị đ\u200bánh", Danger.POSSIBLE),
    ],
)
def test_small_differences_matter(text, level):
    assert read(text) is level


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("Đánh con có bị phạt không", True),
        ("Trẻ bị đánh thì gọi ai", True),
        ("Lao động trẻ em là gì", True),
        ("quy dinh the nao", True),
        ("Luật cấm trẻ em làm gì", True),
        ("Cháu bị đánh, cứu cháu với", False),
        ("Con bé đi từ chiều chưa về", False),
    ],
)
def test_a_question_about_the_law_is_known(text, general):
    assert about_law(text) is general


def test_leaving_out_the_marks_hides_hardly_any_danger():
    """Without marks some words are other words: one in thirty may be lost, not more."""
    dangers = [text for text, level in CASES if level and not text.isascii()]
    lost = [text for text in dangers if not read(text.translate(WITHOUT_MARKS))]
    assert len(lost) <= len(dangers) / 30, lost


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_breaks_the_reading(text):
    assert read(text) in Danger
    assert about_law(text) in (True, False)


@given(LIKELY_TEXT)
def test_composed_and_decomposed_letters_read_alike(text):
    assert read(unicodedata.normalize("NFD", text)) is read(unicodedata.normalize("NFC", text))


@given(LIKELY_TEXT)
def test_capitals_read_like_small_letters(text):
    assert read(text.upper()) is read(text.lower())


@given(st.sampled_from([text for text, level in CASES if level is Danger.NONE]))
def test_a_cry_for_help_is_never_drowned(text):
    assert read(f"{text}. Cứu cháu với") is Danger.NOW


@pytest.mark.parametrize(
    "unit",
    [
        "bị ",
        "bi ",
        "không bị ai đánh ",
        "đánh",
        "u",
        "! ",
        "phòng chống ",
        "bố mẹ đang cứ ",
        "khong cho ",
        "cứu",
        "a\u0301\u0323",
        "\u200d",
        "bị bố mẹ ",
        "sắp sap ",
    ],
)
def test_ten_thousand_characters_are_read_at_once(unit):
    read("bị đánh"), read("bi danh"), read("bij ddanhs")  # the patterns are compiled once
    text = (unit * 10_000)[:10_000]
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 0.25  # about 0.01 s; quadratic would be many seconds


def test_the_cases_are_many_and_half_without_marks():
    texts = [text for text, _ in CASES + HELD_OUT]
    assert len(texts) == len(set(texts)) >= 210
    assert 0.4 < sum(text.isascii() for text in texts) / len(texts) < 0.6
    assert len(HELD_OUT) == 60


PAIRS = tomllib.loads(Path(__file__).with_name("danger_pairs.toml").read_text("utf-8"))["pairs"]


@pytest.mark.parametrize("text", [text for pair in PAIRS for text in pair["rings"]])
def test_what_must_ring_rings_beside_its_harmless_neighbour(text):
    assert read(text) >= Danger.POSSIBLE
    assert read(text.translate(WITHOUT_MARKS)) >= Danger.POSSIBLE


@pytest.mark.parametrize("text", [text for pair in PAIRS for text in pair["quiet"]])
def test_its_harmless_neighbour_is_quiet(text):
    assert read(text) is Danger.NONE
