"""What the law makes of a report's answers: the graver of what was said of danger and of work."""

from datetime import date

import pytest

from bot.forms import assessment
from bot.forms.child_report import CHILD_REPORT
from bot.forms.engine import step
from bot.forms.model import Draft, Place, Reply, Scene
from bot.forms.told import answers_of, tells_of_a_child, with_told
from bot.forms.turns import Ask, Done, show
from bot.reading import Villages, read

TODAY = date(2026, 11, 21)
SCENE = Scene(TODAY, "full", (Place("V1", "Thôn Phố Vị", ("Thôn Phố Vị",)),))
VILLAGES = Villages.of([("V1", ("Thôn Phố Vị",))])
LINE = "Cháu Nam 13 tuổi thôn Phố Vị bỏ học đi làm lò gạch 10 tiếng một ngày"


HELPS = {
    "what": "works",
    "danger": "no",
    "age": 12,
    "work": "agriculture",
    "family_help": "family",
    "hours_per_day": 1,
    "days_per_week": 3,
    "schooling": "attending",
}


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({"what": "works", "danger": "no", "age": 13, "work": "brick_kiln"}, "HAZARDOUS"),
        ({"what": "works", "danger": "yes", "age": 16, "work": "shop"}, "EMERGENCY"),
        ({"what": "abused", "danger": "no", "age": 16}, "EMERGENCY"),
        ({"what": "beaten", "danger": "no", "age": 9}, "OTHER_PROTECTION"),
        ({"what": "alone", "danger": "no", "age": 4}, "EMERGENCY"),
        ({"what": "alone", "danger": "no", "age": "unknown"}, "EMERGENCY"),
        ({"what": "alone", "danger": "no", "age": 12}, "OTHER_PROTECTION"),
        ({"what": "works", "danger": "no", "age": "unknown"}, "UNCLEAR"),
        ({"what": "works", "danger": "no", "age": 12, "work": "/food_service"}, "CHILD_LABOUR"),
        (HELPS | {"night_work": "no"}, "NONE"),
        (HELPS, "UNCLEAR"),
    ],
)
def test_the_level_of_a_report(answers, level):
    assert assessment.level(answers, TODAY) == level


def test_not_known_is_never_better_than_known_and_harmless():
    known = HELPS
    for key in ("age", "work", "family_help", "hours_per_day", "schooling"):
        assert assessment.level(known | {key: "unknown"}, TODAY) != "EMERGENCY"
        assert assessment.level(known | {key: "unknown"}, TODAY) in ("UNCLEAR", "NONE"), key
    assert assessment.level({k: v for k, v in known.items() if k != "work"}, TODAY) != "HAZARDOUS"


def test_what_settles_the_level_soonest_is_asked_first():
    answers = {"what": "works", "danger": "no", "village": "V1", "age": 13}
    here = show(CHILD_REPORT, Draft("child_report", "k", answers, more=True), SCENE)
    assert isinstance(here, Ask) and here.question.key == "work"
    here = step(CHILD_REPORT, here.draft, Reply(value="f.k.work.agriculture"), SCENE)
    assert here.question.key == "family_help"


def test_one_line_fills_the_form_and_only_what_lacks_is_asked():
    reading = read(LINE, VILLAGES, TODAY)
    assert tells_of_a_child(reading)
    here = with_told(Draft("child_report", "k", {"what": LINE}), reading, SCENE)
    assert isinstance(here, Ask) and here.question.key == "danger"
    wanted = {"village": "V1", "age": 13, "name": "Nam", "schooling": "dropped_out"}
    assert wanted.items() <= here.draft.answers.items()
    here = step(CHILD_REPORT, here.draft, Reply(value="f.k.danger.no"), SCENE)
    assert here.complete
    done = step(CHILD_REPORT, here.draft, Reply(value="f.k.-./send"), SCENE)
    assert isinstance(done, Done) and done.answers["hours_per_day"] == 10


def test_what_was_answered_or_skipped_is_not_overwritten_by_what_is_read():
    draft = Draft("child_report", "k", {"what": LINE, "age": 15}, skipped=("name",))
    here = with_told(draft, read(LINE, VILLAGES, TODAY), SCENE)
    assert here.draft.answers["age"] == 15 and "name" not in here.draft.answers


def test_back_goes_to_what_was_asked_before_in_any_order():
    answers = {"what": "works", "danger": "no", "village": "V1", "age": 13}
    here = show(CHILD_REPORT, Draft("child_report", "k", answers, more=True), SCENE)
    here = step(CHILD_REPORT, here.draft, Reply(value="f.k.work.agriculture"), SCENE)
    here = step(CHILD_REPORT, here.draft, Reply(value=f"f.k.{here.question.key}./back"), SCENE)
    assert here.question.key == "work"


@pytest.mark.parametrize(
    "text", ["Trời hôm nay mưa to quá", "Chào anh chị em", "15 tuổi đi làm được chưa", "ok", ""]
)
def test_small_talk_is_no_report(text):
    reading = read(text, VILLAGES, TODAY)
    assert not tells_of_a_child(reading)
    assert "name" not in answers_of(reading) and "village" not in answers_of(reading)
