"""Form 01 filled from a report: all that was told, whole; no reporter who did not agree."""

from dataclasses import replace

import pytest

from bot.documents.notice import notice
from bot.forms.form_01 import filled
from tests.documents.examples import NOTICE
from tests.documents.reading import words_of
from tests.documents.test_progress import NASTY


def test_the_form_says_what_was_told():
    said = words_of(notice(NOTICE))
    for words in (
        "Mẫu số 01",
        "BÁO CÁO TIẾP NHẬN THÔNG TIN TRẺ EM",
        "Thời gian tiếp nhận: 16:30, 20/11/2026",
        "Mã hồ sơ: VT-26-7K2M9Q",
        "Họ và tên (*): Bé Mẫu",
        "Ngày sinh hoặc ước lượng tuổi (*): 13",
        "Giới tính (*): Gái",
        "Thôn Phố Vị",
        "lò gạch ở đầu thôn",
        "lúc này chưa nguy hiểm",
        "Bỏ học",
        "Bé hay ho",
        "Số điện thoại: 0900000000",
        "CÁN BỘ TIẾP NHẬN",
    ):
        assert words in said
    assert said.count("Nhà khó khăn.") == 40  # nothing is cut
    assert "Cha: họ tên, tuổi, nghề nghiệp (*): \t" in said


@pytest.mark.parametrize("may_call", ["no", "unknown", None])
def test_who_did_not_agree_is_not_named(may_call: str | None):
    answers = {"phone": "0900000000", **({"may_call": may_call} if may_call else {})}
    said = words_of(notice(replace(NOTICE, fields=filled(answers, {"reporter": "Nguyễn Thị Thử"}))))
    refused = may_call == "no"  # who was never asked has not refused
    assert ("Không đồng ý cung cấp" in said) is refused
    assert ("Họ và tên: \t" in said) is not refused
    assert "0900000000" not in said and "Thử" not in said


def test_four_answers_say_no_more_than_was_answered():
    answers = {"what": "out_of_school", "danger": "unknown", "village": "unknown", "age": "unknown"}
    said = words_of(notice(replace(NOTICE, fields=filled(answers, {}), also=())))
    for words in (
        "Ngày sinh hoặc ước lượng tuổi (*): không rõ",
        "Địa điểm xảy ra vụ việc: không rõ",
        "Sự việc: Bỏ học; chưa rõ lúc này có nguy hiểm không",
        "Họ và tên (*): \t",
        "Giới tính (*): \t",
    ):
        assert words in said


def test_nothing_told_is_a_form_to_fill_in():
    said = words_of(notice(replace(NOTICE, fields={}, also=(), came_by="")))
    assert said.count(": \t") >= 12


@pytest.mark.parametrize("text", NASTY)
def test_whatever_was_typed_can_be_opened_again(text: str):
    answers = {"what": text, "name": text, "village": {"typed": text}, "family": text, "age": 5}
    said = words_of(notice(replace(NOTICE, fields=filled(answers, {}), also=(text,))))
    assert "\x00" not in said and "\ue000" not in said
