"""What villagers type at the questions of the report, with marks, without, and in shorthand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.forms import typed
from bot.forms.child_report import CHILD_REPORT, NO_WORK
from bot.forms.engine import step
from bot.forms.model import UNKNOWN, Draft, Reply, SeveralMeant, Unclear
from bot.forms.turns import Ask, show
from tests.forms.people import KEY, WORLD

BOTH = ("dropped_out", "never")
ANSWERS = {
    "danger": {
        "yes": "có|uh|o|dc|đang nguy hiểm|nguy hiem lam|hình như có|có, đang bị đánh|yes",
        "no": "ko|k|hok|hong|chua dau|ko nguy hiem|bây giờ thì chưa|an toàn|nope|not in danger",
        UNKNOWN: "ko bit|hok bik|k bt|chua ro|có lẽ|chắc không|dunno|maybe",
        None: "bình thường|99|nó 12",
    },
    "age": {
        12: "12|mười hai|muoi hai|12t|khoảng 12-13|12 hoặc 13|lớp 6, 12 tuổi|sinh 2014|2k14|twelve",
        9: "dưới 10 tuổi|chưa đến 10 tuổi|lên 9",
        0: "10 tháng|6 thang tuoi",
        UNKNOWN: "ko bit|không biết mấy tuổi",
        None: "lớp 6|cấp 2|hai đứa 12 và 9|12 va 9|nửa ngày|mười mấy tuổi|hai đứa|k|18|-5",
    },
    "sex": {
        "female": "gái|con gai|bé gái|nữ|nu|cháu là con gái|a girl|f",
        "male": "trai|con trai|nam|bé trai|thằng bé|male",
        UNKNOWN: "k ro",
        None: "99|12",
    },
    "schooling": {
        "attending": "có|dang di hoc|vẫn học|học lớp 6|yes",
        "irregular": "bữa đi bữa nghỉ|hay nghỉ|thỉnh thoảng|sometimes",
        "dropped_out": "bo hoc|nghỉ học rồi|nghi roi|không học nữa|dropped out",
        "never": "chưa bao giờ|chua di hoc|never",
        BOTH: "không|ko|k|hok|không đi học",
        UNKNOWN: "ko bit",
    },
    "family_help": {
        "family": "giúp nhà|phu bo me|gia đình",
        "others": "lam thue|làm mướn|cho người ta|ở đợ",
        None: "cả hai",
    },
    "hours_per_day": {
        8: "8|tám tiếng|8h|sáng 4 tiếng chiều 4 tiếng",
        12: "từ 6h sáng đến 6h tối|6h-18h",
        10: "8-10|7h sáng tới 5h chiều",
        UNKNOWN: "ko bit",
        None: "nửa ngày|1 buổi|cả ngày|sáng 6h đi|25",
    },
    "days_per_week": {
        7: "7|cả tuần|ca tuan|ngày nào cũng|không nghỉ ngày nào",
        6: "5-6|nghỉ chủ nhật|6/7",
        2: "cuối tuần|t7 cn",
        3: "1 tuần 3 buổi",
        None: "8|thỉnh thoảng",
    },
    "night_work": {
        "yes": "có|khuya mới về|toi 11h dem|thỉnh thoảng",
        "no": "ko|chua|không bao giờ|never",
    },
    "may_call": {
        "yes": "dc|ok|cứ gọi|0900 000 000|có, 0900 000 000",
        "no": "ko dc|đừng gọi|giấu tên|thôi khỏi|đừng gọi 0900 000 000|no thanks",
    },
    "name": {
        "Hoa": "Hoa|tên Hoa|tên là Hoa|bé Hoa",
        "Sùng A Páo": "Sùng A Páo|tên nó là Sùng A Páo",
        UNKNOWN: "ko bit|không biết tên",
        None: "1|k|...",
    },
    "work": {
        NO_WORK: "không|ko|k|chưa",
        "phụ hồ": "phụ hồ",
        UNKNOWN: "ko bit",
        None: "99|có|...",
    },
    "what": {
        "nó bị đói": "nó bị đói",
        UNKNOWN: "ko bit|không rõ",
        None: "99|.|ko|uh",
    },
    "village": {
        WORLD.places[0].code: "o pho vi, gần chợ|ở Phố Vị",
        UNKNOWN: "ko bit|không biết ở đâu",
        None: "k|99|12 tuổi|ko nguy hiem|dc",
    },
}
CASES = [
    (key, text, meant)
    for key, answers in ANSWERS.items()
    for meant, texts in answers.items()
    for text in texts.split("|")
]


@pytest.mark.parametrize(("key", "text", "meant"), CASES)
def test_what_is_typed_is_the_answer(key: str, text: str, meant: object) -> None:
    question = CHILD_REPORT.question(key)
    assert question
    try:
        value = question.kind.read(Reply(text), WORLD)
    except SeveralMeant as several:
        value = several.values
    except Unclear:
        value = None
    if key == "village" and isinstance(value, tuple):
        value = value[0] if len(value) < 3 else None
    assert value == meant


FOUR = {"what": "works", "danger": "no", "village": WORLD.places[0].code, "age": 12}


def _open(key: str) -> Draft:
    return Draft(CHILD_REPORT.name, KEY, {**FOUR, "work": "shop"}, revisiting=key, more=True)


@pytest.mark.parametrize("key", ["name", "photos", "voice", "location"])
@pytest.mark.parametrize("text", ["không có", "ko", "thôi", "để sau"])
def test_who_has_none_to_give_goes_on(key: str, text: str) -> None:
    here = step(CHILD_REPORT, _open(key), Reply(text), WORLD)
    assert isinstance(here, Ask) and here.question.key != key
    assert key not in here.draft.answers and key in here.draft.skipped


def test_a_word_for_enough_stops_a_needed_answer_only() -> None:
    begun = Draft(CHILD_REPORT.name, KEY, {"what": "works"})
    stopped = step(CHILD_REPORT, begun, Reply("thôi"), WORLD)
    assert stopped.draft.cancelled
    assert not step(CHILD_REPORT, _open("place"), Reply("thôi"), WORLD).draft.cancelled


@pytest.mark.parametrize("text", ["em sợ lắm", "đừng nói với bố em"])
def test_a_short_sentence_that_answers_nothing_is_kept(text: str) -> None:
    here = step(CHILD_REPORT, Draft(CHILD_REPORT.name, KEY, {"what": "works"}), Reply(text), WORLD)
    assert isinstance(here, Ask) and here.question.key == "danger"
    assert here.draft.also == (text,) and here.note.kept


def test_what_a_range_said_is_kept_beside_the_number() -> None:
    draft = Draft(CHILD_REPORT.name, KEY, {k: v for k, v in FOUR.items() if k != "age"})
    here = step(CHILD_REPORT, draft, Reply("sinh ngày 12/5/2014"), WORLD)
    assert here.draft.answers["age"] == 12 and here.draft.also == ("sinh ngày 12/5/2014",)


def test_no_hours_are_asked_of_who_does_not_work() -> None:
    draft = Draft(CHILD_REPORT.name, KEY, {**FOUR, "work": NO_WORK}, more=True)
    asked = [q.key for q in CHILD_REPORT.relevant(draft.answers, WORLD)]
    assert "hours_per_day" not in asked and "place" not in asked
    assert isinstance(show(CHILD_REPORT, draft, WORLD), Ask)


@pytest.mark.parametrize("read", [typed.age, typed.hours_per_day, typed.days_per_week])
def test_a_bare_number_is_that_number_to_every_reader(
    read: Callable[[str, int], float | None],
) -> None:
    """So the form need not ask them (bot.forms.answers.number)."""
    for number in range(100):
        assert read(str(number), 2026) == read(f"{number:02}", 2026) == number


def test_a_button_that_is_none_of_the_question_is_no_number() -> None:
    ages = next(question for question in CHILD_REPORT.questions if question.key == "age")
    assert ages.kind.read(Reply("12"), WORLD) == 12
    with pytest.raises(Unclear):
        ages.kind.read(Reply("12", "forged"), WORLD)
