"""A number of what is offered, as people type it who were told to type a number."""

from __future__ import annotations

import pytest

from bot.forms.labels import picked
from bot.vietnamese.affirm import choice

OFFERED = [("phai di lam",), ("khong",), ("bi danh", "beaten")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("2.", 2),
        ("số 2", 2),
        ("so 2", 2),
        ("Số 2 ạ", 2),
        ("chọn 2 nhé", 2),
        ("em chọn số 3", 3),
        ("câu 1", 1),
        ("bấm số 2", 2),
        ("2️⃣", 2),
        ("2. Không", 2),
        ("3) bị đánh", 3),
        ("3 - Beaten", 3),
        ("option 2", 2),
        ("2. Có", 0),  # the number of one and the words of another
        ("số 4", 0),  # there are three
        ("số 0", 0),
        ("cháu 2", 0),  # a child of two
        ("em 3 tuổi", 0),
        ("thứ 2", 0),  # Monday
        ("nó 2 tháng nay nghỉ học", 0),
        ("tổ 2", 0),
        ("xóm 3", 0),
        ("số nhà 2", 0),
        ("", 0),
        ("số", 0),
        ("-1", 0),
        ("{1}", 0),
        ("số -1", 0),
    ],
)
def test_what_a_typed_number_picks(text: str, number: int) -> None:
    assert picked(text, OFFERED) == number


def test_long_texts_and_long_numbers_pick_nothing() -> None:
    assert choice("số " + "9" * 500) == 0
    assert choice("số 2 " * 2000) == 0
