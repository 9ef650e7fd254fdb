"""Words typed letter by letter, and cries drawn out or misspelt."""

import pytest

from bot.vietnamese.apart import together
from bot.vietnamese.danger import Danger, pleads, read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("c ứ u", "cứu"),
        ("C Ứ U  E M  V Ớ I", "cứu em với"),
        ("c u u t o i v o i", "cuu toi voi"),
        ("c.ứ.u c.o.n v.ớ.i", "cứu con với"),
        ("c-ứ-u cháu", "cứu cháu"),
        ("c*u*u", "cuu"),
        ("c ứ u  c on", "cứu con"),
        ("c ứ u c on", "cứu con"),
        ("b ị  đ á n h", "bị đánh"),
        ("b o d a n h e m", "bo danh em"),
        ("n h ố t em trong kho", "nhốt em trong kho"),
        ("s o s", "sos"),
        ("h e l p", "help"),
        ("cuuuuuu", "cứu"),
        ("cứ uuuu", "cứu"),
        ("cuuuu toi", "cuu toi"),  # who types no marks is read without them
        ("cíu em với", "cứu em với"),
        ("kíuuu em", "cuu em"),
    ],
)
def test_what_is_typed_apart_or_drawn_out_is_put_together(typed, meant):
    assert together(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "u b n d xã",
        "t.p h.c.m",
        "lớp 6 a b c",
        "a b c d",
        "e k b j",
        "m k a i",
        "1. a. b. c",
        "a, b, c",
        "thanh kíu ad",
        "cảm ơn kíu",
        "con cừu",
        "cưu mang trẻ",
        "cứ từ từ",
        "em ở xã a",
    ],
)
def test_what_stands_alone_for_other_reasons_is_left_alone(text):
    assert together(text) == text


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("c ứ u  c on", Danger.NOW),
        ("c.ứ.u em vs", Danger.NOW),
        ("c u u t o i v o i", Danger.NOW),
        ("CỨUUUUU EMMM", Danger.NOW),
        ("cuuuuu em", Danger.NOW),
        ("cíu em zới", Danger.NOW),
        ("s o s", Danger.NOW),
        ("cuuuuuuuu", Danger.POSSIBLE),
        ("c ứ u", Danger.POSSIBLE),
        ("b ố  đ á n h  e m", Danger.POSSIBLE),
        ("bo d.a.n.h em", Danger.POSSIBLE),
        ("thanh kíu cô", Danger.NONE),
        ("con cừu nhà em", Danger.NONE),
        ("u b n d xã ở đâu", Danger.NONE),
        ("lớp 6 a b c", Danger.NONE),
    ],
)
def test_fear_that_types_strangely_is_heard(text, level):
    assert read(text) is level


@pytest.mark.parametrize("text", ["c ứ u", "c u u", "h e l p", "cuuuuu", "c u u t o i v o i"])
def test_a_cry_of_single_letters_is_a_cry(text):
    assert pleads(text) or read(text) is Danger.NOW


@pytest.mark.parametrize("unit", ["c ứ u ", "c.u.u.", "a  ", "e  m  ", "uuuu ", "c u u z "])
def test_ten_thousand_letters_apart_are_read_at_once(unit):
    text = (unit * 10_000)[:10_000]
    assert len(together(text)) <= len(text)
