"""What people type for an age, hours, a day, a telephone number, a village: what is understood."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.forms import FORMS
from bot.forms.answers import DONT_KNOW
from bot.forms.child_report import CHILD_REPORT
from bot.forms.introduction import INTRODUCTION
from bot.forms.model import UNKNOWN, Form, Place, Reply, Scene, SeveralMeant, Unclear
from bot.forms.outreach_event import OUTREACH_EVENT
from bot.forms.oversight import COMMITMENT, INSPECTION
from bot.i18n import speak
from tests.forms.people import TODAY

VILLAGES = (
    Place("V1", "Thôn Phố Vị", ("Thôn Phố Vị",)),
    Place("V2", "Thôn Phố Vĩ", ("Thôn Phố Vĩ",)),
    Place("V3", "Thôn Làng Giáo", ("Thôn Làng Giáo", "Thôn Ao Kham", "Thôn Làng Cũ")),
    Place("V4", "Thôn Bến Lường", ("Thôn Bến Lường",)),
    Place("V5", "Tổ dân phố số 5", ("Tổ dân phố số 5",)),
    Place("V6", "Thôn Đồng Thuỷ", ("Thôn Đồng Thuỷ",)),
)
SCENE = Scene(TODAY, "full", VILLAGES)


def read(form: Form, key: str, text: str) -> Any:
    question = form.question(key)
    assert question
    return question.kind.read(Reply(text), SCENE)


AGES = {
    "12": 12, "12t": 12, "12 tuổi": 12, "12tuoi": 12, "mười hai": 12, "muoi hai": 12,
    "mười lăm": 15, "chừng 6 tuổi": 6, "khoảng 13": 13, "tầm 13 14": 13, "sinh năm 2014": 12,
    "sn 2014": 12, "2k14": 12, "0": 0, "8 tháng": 0, "17": 17, "không rõ": UNKNOWN,
    "chịu": UNKNOWN, "ko bt": UNKNOWN, "?": UNKNOWN, "cháu 11 tuổi ạ": 11,
}  # fmt: skip
NOT_AGES = ["18", "99", "-3", "lớp 7", "bé lắm", "sinh năm 1990", "sinh năm 2030", "abc", "🙂"]

HOURS = {"8": 8, "8 tiếng": 8, "mười tiếng": 10, "8h": 8, "7,5": 7.5, "nửa": 0.5, "24": 24, "0": 0}
NOT_HOURS = ["25", "nhiều lắm", "cả ngày", "-1"]

DAYS = {
    "hôm nay": "2026-11-20", "hôm qua": "2026-11-19", "hom kia": "2026-11-18",
    "15/11": "2026-11-15", "15-11-2026": "2026-11-15", "không nhớ": UNKNOWN,
}  # fmt: skip
NOT_DAYS = ["ngày mai", "21/11/2026", "32/1", "2019", "lâu rồi"]

PHONES = {
    "0912345678": "0912345678", "0912 345 678": "0912345678", "0912.345.678": "0912345678",
    "+84 912 345 678": "0912345678", "84912345678": "0912345678", "so em 0912345678 nhe":
    "0912345678", "không biết": UNKNOWN,
}  # fmt: skip
NOT_PHONES = ["091234567", "12345", "0112345678", "không cho", "09123456789012"]

PLACES = {
    "Phố Vị": "V1", "thôn phố vĩ": "V2", "lang giao": "V3", "Ao Kham": "V3", "làng cũ": "V3",
    "ben luong": "V4", "Bến Lươmg": "V4", "tổ dân phố số 5": "V5", "dong thuy": "V6",
    "ddoongf thuyr": "V6", "ở bến lường ấy ạ": "V4", "không rõ": UNKNOWN,
}  # fmt: skip
SEVERAL = {"pho vi": {"V1", "V2"}, "thon pho vi": {"V1", "V2"}}
KEPT_AS_TYPED = ["Khe Mo", "Xóm Đình", "nhà ông Bảy"]


@pytest.mark.parametrize(("text", "value"), AGES.items(), ids=repr)
def test_an_age_as_people_say_it(text: str, value: Any) -> None:
    assert read(CHILD_REPORT, "age", text) == value


@pytest.mark.parametrize(("text", "value"), HOURS.items(), ids=repr)
def test_hours_as_people_say_them(text: str, value: float) -> None:
    assert read(CHILD_REPORT, "hours_per_day", text) == value


@pytest.mark.parametrize(("text", "value"), DAYS.items(), ids=repr)
def test_a_day_as_people_say_it(text: str, value: str) -> None:
    assert read(OUTREACH_EVENT, "held_on", text) == value


@pytest.mark.parametrize(
    ("form", "key", "today", "text", "value"),
    [
        (OUTREACH_EVENT, "held_on", date(2026, 12, 28), "5/1", "2027-01-05"),
        (OUTREACH_EVENT, "held_on", date(2026, 12, 28), "5/1/2026", "2026-01-05"),
        (OUTREACH_EVENT, "held_on", date(2027, 1, 3), "15/12", "2026-12-15"),
        (OUTREACH_EVENT, "held_on", date(2026, 11, 20), "20/4", "2026-04-20"),
        (COMMITMENT, "expires_on", date(2026, 11, 20), "31/10", "2027-10-31"),
        (INSPECTION, "held_on", date(2026, 12, 28), "5/1", "2026-01-05"),
    ],
)
def test_a_day_without_a_year_across_the_new_year(form, key, today, text, value) -> None:
    question = next(each for each in form.questions if each.key == key)
    assert question.kind.read(Reply(text), Scene(today)) == value


@pytest.mark.parametrize(("text", "value"), PHONES.items(), ids=repr)
def test_a_number_as_people_write_it(text: str, value: str) -> None:
    assert read(CHILD_REPORT, "phone", text) == value
    assert read(INTRODUCTION, "phone", text) == value


@pytest.mark.parametrize(("text", "value"), PLACES.items(), ids=repr)
def test_a_village_as_people_type_it(text: str, value: str) -> None:
    assert read(CHILD_REPORT, "village", text) == value


@pytest.mark.parametrize(("text", "values"), SEVERAL.items())
def test_where_two_villages_fit_it_is_asked_which(text: str, values: set[str]) -> None:
    with pytest.raises(SeveralMeant) as several:
        read(CHILD_REPORT, "village", text)
    assert set(several.value.values) == values


@pytest.mark.parametrize("text", KEPT_AS_TYPED)
def test_a_village_that_is_in_no_list_is_kept_as_typed(text: str) -> None:
    assert read(CHILD_REPORT, "village", text) == {"typed": text}


@pytest.mark.parametrize(
    ("form", "key", "text"),
    [
        *((CHILD_REPORT, "age", text) for text in NOT_AGES),
        *((CHILD_REPORT, "hours_per_day", text) for text in NOT_HOURS),
        *((COMMITMENT, "signed_on", text) for text in NOT_DAYS),
        (OUTREACH_EVENT, "held_on", "21/11/2029"),
        *((OUTREACH_EVENT, "held_on", text) for text in NOT_DAYS[2:]),
        *((CHILD_REPORT, "phone", text) for text in NOT_PHONES),
        (CHILD_REPORT, "name", "a" * 81),
        (CHILD_REPORT, "village", "x" * 101),
        (CHILD_REPORT, "what", "x" * 10_001),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_is_no_answer_is_refused_with_a_sentence_that_shows_what_would_be(
    form: Form, key: str, text: str
) -> None:
    with pytest.raises(Unclear) as problem:
        read(form, key, text)
    for language in ("vi", "en"):
        said = speak(language)(str(problem.value)).format(**problem.value.holes)
        assert len(said) > 20 and "{" not in said


YES = ["có", "co", "ừ", "vâng ạ", "đúng rồi", "yes", "ok"]
NO = ["không", "khong", "ko", "k", "chưa", "no", "không phải"]


@pytest.mark.parametrize("text", YES + NO)
def test_yes_and_no_in_the_words_of_a_phone(text: str) -> None:
    wanted = "yes" if text in YES else "no"
    assert read(CHILD_REPORT, "night_work", text) == wanted
    assert read(CHILD_REPORT, "danger", text) == wanted


TOLD_TO_ALL = ("broadcast", "faq_entry", "contact", "recording")
BY_WHO_KNOWS = (
    "own_task",
    "on_leave",
    "on_call_shift",
    "calendar_day",
    "duty_setting",
    "meeting_moved",
    "target_value",
)
ASKING = [(form, q) for form in FORMS.values() for q in form.questions]


@pytest.mark.parametrize(("form", "question"), ASKING, ids=lambda value: getattr(value, "key", ""))
def test_not_known_is_an_answer_wherever_the_form_needs_one(form: Form, question: Any) -> None:
    if question.optional or form.at_once or form.name in TOLD_TO_ALL + BY_WHO_KNOWS:
        return  # these can be skipped, say what everybody will read, or are one's own to know
    assert question.kind.read(Reply(value=DONT_KNOW.value), SCENE) == UNKNOWN
    assert question.kind.read(Reply("không rõ"), SCENE) == UNKNOWN


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_no_two_questions_of_a_form_are_called_alike(form: Form) -> None:
    for language in ("vi", "en"):
        names = [speak(language)(question.short) for question in form.questions]
        assert len(set(names)) == len(names)
    assert len({question.key for question in form.questions}) == len(form.questions)


def test_a_choice_typed_in_own_words_is_no_choice() -> None:
    assert read(CHILD_REPORT, "what", "beaten") == "/beaten"
    assert read(CHILD_REPORT, "what", "Bị đánh, bị hành hạ") == "beaten"
    assert read(CHILD_REPORT, "what", "/voice") == "//voice"
