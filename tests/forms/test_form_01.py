"""Form 01 of Decree 56/2017 and the report that fills it belong to each other."""

from __future__ import annotations

import pytest

from bot.forms.child_report import CHILD_REPORT
from bot.forms.form_01 import FIELDS, filled

KNOWN = {
    "commune": "Xã Vân Lĩnh",
    "code": "VT-26-7K2M9Q",
    "channel": "web",
    "received_at": "2026-11-20T09:30:00+00:00",
    "reporter": "Lan",
}
ANSWERS = {question.key: f"<{question.key}>" for question in CHILD_REPORT.questions}


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_has_a_source_that_exists(field: str) -> None:
    for source in FIELDS[field]:
        if source.startswith("@"):
            assert source.removeprefix("@") in KNOWN
        else:
            assert CHILD_REPORT.question(source)
    assert filled(ANSWERS, KNOWN)[field]


def test_every_question_of_the_report_fills_some_field() -> None:
    used = {source for sources in FIELDS.values() for source in sources}
    assert {question.key for question in CHILD_REPORT.questions} <= used


def test_what_was_not_answered_stays_empty() -> None:
    form = filled({"what": "works"}, KNOWN)
    assert form["present_state"] == {"what": "works"}
    assert form["child_name"] == {} and form["carer"] == {}
    assert set(form) == set(FIELDS)
