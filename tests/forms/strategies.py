"""Any form, and anything a person may do in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from bot.forms.answers import age, count, day, media, one_of, phone, place, spot, words
from bot.forms.model import Answers, Form, Kind, Media, Question, Reply
from bot.vietnamese.fold import clean
from tests.forms.people import NAMES

LABELS = {
    "works": "The child has to work",
    "out_of_school": "Has left school",
    "yes": "Yes",
    "no": "No",
    "male": "Boy",
    "female": "Girl",
}
TRICKY = (
    "không", "có", "ko", "k", "không rõ", "chịu", "unknown", "Huy", "huỷ", "huy", "sửa 2", "sua 1",
    "sửa 99", "quay lại", "bỏ qua", "xong", "gửi", "thêm", "tiếp tục", "1", "2", "3", "13", "0",
    "-1", "12,5", "99999999999", "²", "٣", "hôm qua", "15/11", "12 tuổi", "mười hai",
    "sinh năm 2014", "0912 345 678",
    "Phố Vị", "pho vi", "lang", "làng cũ 3", "xóm", "{count}", "{0}", "%s", "<b>x</b>", "/voice",
    "/unknown", "works", "yes", "'; DROP TABLE cases;--", "?", "!!!", ".", "f.abcdefghjk.-./send",
    "nó đang bị đánh cứu với, chảy máu nhiều lắm rồi", "a" * 81, "ă" * 301, "x y " * 3000,
    "12 tuổi nhưng trông bé lắm và hay ốm", "ở làng giáo, gần nhà ông Bảy có lò gạch",
)  # fmt: skip


@st.composite
def kinds(draw: st.DrawFn) -> Kind:
    """A kind of answer of every sort that forms have."""
    chosen = draw(st.lists(st.sampled_from(list(LABELS)), min_size=1, max_size=4, unique=True))
    some = {value: LABELS[value] for value in chosen}
    return draw(
        st.sampled_from(
            [
                one_of(some),
                words(200, some),
                words(80, may_be_unknown=False),
                words(4000, by_voice=True),
                count(0, 24, "Please type an age from 0 to 17, for example 12. A guess is fine."),
                age(0, 17, "Please type an age from 0 to 17, for example 12. A guess is fine."),
                day("Please write a few words, or choose a button."),
                phone(),
                place(),
                media("photo"),
                media("voice"),
                spot(),
            ]
        )
    )


@st.composite
def conditions(draw: st.DrawFn, earlier: list[str]) -> Callable[[Answers], bool]:
    """When a question is asked at all: always, or depending on an earlier one."""
    if not earlier or draw(st.booleans()):
        return lambda _: True
    key = draw(st.sampled_from(earlier))
    value = draw(st.sampled_from(["yes", "no", "works", "male", "unknown"]))
    return draw(
        st.sampled_from(
            [
                lambda answers: answers.get(key) == value,
                lambda answers: answers.get(key) != value,
                lambda answers: key in answers,
                lambda answers: key not in answers,
            ]
        )
    )


@st.composite
def questions(draw: st.DrawFn, key: str, earlier: list[str]) -> Question:
    return Question(
        key,
        "What is happening to the child? Choose, or tell it in your own words.",
        draw(st.sampled_from(["Age", "Name", "Village"])) if not earlier else key,
        draw(kinds()),
        only_if=draw(conditions(earlier)),
        optional=draw(st.booleans()),
        personal=draw(st.booleans()),
    )


SHORTS = ("Age", "Name", "Village", "Sex", "School", "Work", "Photos", "Location")


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Up to eight questions of any kind, needed or not, hanging on earlier ones or not."""
    asked: list[Question] = []
    for short in SHORTS[: draw(st.integers(1, len(SHORTS)))]:
        question = draw(questions(short.lower(), [q.key for q in asked]))
        asked.append(replace(question, short=short))
    return Form(
        "any",
        "Report about a child",
        draw(st.sampled_from(["", "All right, another time."])),
        draw(st.sampled_from(["Send now", "Finish", "Save note"])),
        tuple(asked),
        at_once=draw(st.booleans()) and len(asked) == 1,
        keeps_more=draw(st.booleans()),
    )


@st.composite
def newer(draw: st.DrawFn, form: Form) -> Form:
    """The form after an update: questions gone, moved or changed, a new one asked."""
    stays = [q for q in form.questions if draw(st.integers(0, 4))] or list(form.questions[:1])
    for at, question in enumerate(stays):
        match draw(st.sampled_from(["same", "same", "kind", "optional", "needed"])):
            case "kind" if not question.kind.gathers:
                stays[at] = replace(
                    question, kind=draw(kinds().filter(lambda kind: not kind.gathers))
                )
            case "optional":
                stays[at] = replace(question, optional=True)
            case "needed":
                stays[at] = replace(question, optional=False)
    used = {question.short for question in form.questions}
    free = [short for short in ("Family", "Night work", "May call you") if short not in used]
    if free and draw(st.booleans()):
        added = draw(questions("", []))
        gathers = (
            f"_{added.kind.gathers}" if added.kind.gathers else ""
        )  # never another use of a key
        added = replace(added, key=f"new_{free[0].lower()}{gathers}", short=free[0])
        stays.insert(draw(st.integers(0, len(stays))), added)
    return replace(form, questions=tuple(stays))


def texts() -> st.SearchStrategy[str]:
    """What may be typed, cleaned as the office cleans it."""
    anything = st.sampled_from(TRICKY) | st.sampled_from(NAMES) | st.text(max_size=40)
    return anything.map(clean).filter(bool)


def attached() -> st.SearchStrategy[Media]:
    number = st.integers(1, 10_000)
    return st.one_of(
        st.builds(Media, st.sampled_from(["photo", "voice"]), number),
        st.just(Media("location", 0, 21.5, 106.25)),
    )


def replies_with_media() -> st.SearchStrategy[Reply]:
    captions = st.sampled_from(["", "", "ảnh sau nhà", "lò gạch ông Bảy ở cuối thôn Phố Vị"])
    return st.builds(
        lambda text, media: Reply(text, media=tuple(media)),
        captions,
        st.lists(attached(), min_size=1, max_size=3),
    )
