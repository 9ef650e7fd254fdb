"""Short answers and words that steer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vietnamese.affirm import command, unknown, yes_no


@pytest.mark.parametrize(
    "text",
    [
        "có",
        "co",
        "Có ạ",
        "ừ",
        "uh",
        "vâng",
        "dạ",
        "dạ có",
        "đúng",
        "đúng rồi anh ơi",
        "phải",
        "ok",
        "OK em",
        "yes",
        "y",
        "Y",
        "co nha em",
        "em có",
        "rồi",
    ],
)
def test_yes(text):
    assert yes_no(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "không",
        "Không ạ",
        "ko",
        "k",
        "hong",
        "hông",
        "chưa",
        "no",
        "n",
        "dạ không",
        "dạ không ạ",
        "không phải ạ",
        "em không",
        "chưa có",
    ],
)
def test_no(text):
    assert yes_no(text) is False


@pytest.mark.parametrize(
    "text",
    ["cô", "Hồng", "Nam", "có con", "không rõ", "không ai biết", "đá", "", "?", "có " * 40],
)
def test_neither_yes_nor_no(text):
    assert yes_no(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "không rõ",
        "khong ro",
        "Không rõ ạ",
        "ko biết",
        "em ko biết",
        "k bt",
        "chịu",
        "chiu",
        "chưa rõ",
        "không nhớ",
        "don't know",
        "I don't know",
        "?",
        "??",
        " ? ? ",
    ],
)
def test_not_knowing(text):
    assert unknown(text)


@pytest.mark.parametrize(
    "text", ["", "không", "không rõ cháu ở đâu", "chị u", "cháu chịu khó lắm", "!", "12?"]
)
def test_not_not_knowing(text):
    assert not unknown(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("quay lại", "back"),
        ("Quay lai", "back"),
        ("trở lại", "back"),
        ("lui", "back"),
        ("back", "back"),
        ("bỏ qua", "skip"),
        ("bo qua.", "skip"),
        ("skip", "skip"),
        ("huỷ", "cancel"),
        ("hủy", "cancel"),
        ("huy", "cancel"),
        ("/huy", "cancel"),
        ("thôi", "enough"),
        ("cancel", "cancel"),
        ("sửa", "edit"),
        ("sua", "edit"),
        ("đổi", "edit"),
        ("edit", "edit"),
        ("sửa 3", "edit:3"),
        ("sua cau 3", "edit:3"),
        ("sửa câu số 12", "edit:12"),
        ("edit 3", "edit:3"),
        ("gửi", "send"),
        ("gửi ngay", "send"),
        ("dạ gửi đi ạ", "send"),
        ("gui", "send"),
        ("xong", "send"),
        ("send", "send"),
        ("menu", "menu"),
        ("trang chủ", "menu"),
        ("thực đơn", "menu"),
        ("tiếp tục", "continue"),
        ("tiep", "continue"),
        ("trợ giúp", "help"),
        ("giúp", "help"),
        ("help", "help"),
        ("thêm", "more"),
        ("thêm chi tiết", "more"),
    ],
)
def test_a_whole_message_commands(text, meant):
    assert command(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "Huỳ",
        "đói",
        "sửa tên",
        "sửa 123",
        "sửa 3 lần",
        "quay lại trường",
        "cháu Huy",
        "Huy Anh",
        "thôi học",
        "xong việc",
        "gửi con cho bà",
        "cháu không đi học tiếp",
        "giúp mẹ",
    ],
)
def test_a_word_in_a_sentence_does_not_command(text):
    assert command(text) is None


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_breaks_the_reading(text):
    assert yes_no(text) in (True, False, None)
    assert unknown(text) in (True, False)
    assert command(text) is None or isinstance(command(text), str)
