"""Form 01 of Decree 56/2017/NĐ-CP, the report on receiving information about a child, filled.

It holds personal data: whoever asks for it must have the right to read the case, on a channel that
may carry it. What the reporter did not tell stays a dotted line ("only if known"); who reported is
filled in only if they agreed to be called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.documents.letterhead import Paper
from bot.documents.papers import Notice
from bot.documents.plain import one_line, plain
from bot.forms.child_report import CHILD_REPORT
from bot.forms.model import UNKNOWN, VOICE, Place, Question, Scene
from bot.forms.render import value_in_words
from bot.i18n import Speech, speak
from bot.i18n import later as _

KIND = "BC-UBND"
FORM = _("Form 01 (issued with Decree 56/2017)")
TITLE = _("Report on receiving information about a child")
ABOUT = _("A child abused, at risk of violence, exploitation or neglect, or in special need")
PART_SOURCE = _("1. Source of the information")
PART_CHILD = _("2. About the child")
PART_INFORMANT = _("3. Who gave the information (if they agree)")
CAME_BY, AT_TIME, CODE = _("Received by:"), _("Received at:"), _("Code of the case:")
IF_KNOWN = _("(*) Filled in only if known.")
NOT_AGREED = _("Did not agree to be named.")
RECEIVER = _("WHO RECEIVED IT")
CHILD = (  # the lines of the form in its order, and the fields of form_01 behind them
    (_("Full name (*):"), "child_name"),
    (_("Date of birth or estimated age (*):"), "child_age"),
    (_("Sex (*):"), "child_sex"),
    (_("Where it happened:"), "place_of_event"),
    (_("Present state of the child:"), "present_state"),
    (_("What may follow without help:"), "likely_consequences"),
    (_("Father: name, age, work (*):"), ""),
    (_("Mother: name, age, work (*):"), ""),
    (_("Circumstances of the family (*):"), "parents_and_family"),
    (_("Who looks after the child (if known):"), "carer"),
    (_("What was done before this report:"), "done_before"),
    (_("Kept with the report:"), "evidence"),
)
NAME, PHONE, ADDRESS, NOTES = _("Name:"), _("Telephone:"), _("Address:"), _("Notes:")
DANGER = {
    "yes": _("in danger right now"),
    "no": _("in no danger right now"),
    UNKNOWN: _("not known whether in danger right now"),
}
_ALONE = (
    "village",
    "name",
    "age",
    "sex",
    "consequence",
    "family",
    "carer",
    "done",
)  # need no label


def notice(report: Notice, language: str = "vi") -> bytes:
    """The form as docx, to be checked, numbered and signed by who received the report."""
    _s = speak(language)
    paper = Paper(f"{_s(TITLE)} – {one_line(report.code)}", language)
    day = report.received_at.astimezone(_s.zone).date()
    paper.note(_s(FORM))
    paper.letterhead(report.office, KIND, day)
    paper.name(_s(TITLE), _s(ABOUT))
    paper.heading(_s(PART_SOURCE))
    paper.text(report.came_by, bold=_s(CAME_BY))
    paper.text(_s.moment(report.received_at), bold=_s(AT_TIME))
    paper.text(one_line(report.code), bold=_s(CODE))
    paper.heading(_s(PART_CHILD))
    for label, field in CHILD:
        paper.text(_said(report, field, _s), bold=_s(label))
    if report.also:
        paper.text("\n".join(report.also), bold=_s(NOTES))
    paper.heading(_s(PART_INFORMANT))
    for label, value in _informant(report, _s):
        paper.text(value, bold=_s(label))
    paper.note(_s(IF_KNOWN))
    paper.signed((), _s(RECEIVER))
    return paper.bytes()


def _informant(report: Notice, _s: Speech) -> Iterator[tuple[str, str]]:
    """Name, number and address; nothing of them where the reporter did not agree.

    Who was never asked has not refused: the lines stay empty.
    """
    told = report.fields.get("informant", {})
    agreed = told.get("may_call")
    if agreed == "no":
        yield NAME, _s(NOT_AGREED)
        return
    told = told if agreed == "yes" else {}
    yield NAME, one_line(told.get("reporter", ""))
    yield PHONE, one_line(told.get("phone", ""))
    yield ADDRESS, ""
    yield NOTES, ""


def _said(report: Notice, field: str, _s: Speech) -> str:
    """The answers that fill a field, each with what was asked where that is not plain."""
    scene = Scene(
        report.received_at.astimezone(_s.zone).date(),
        "full",
        tuple(Place(code, name) for code, name in report.villages.items()),
    )
    parts = []
    for key, value in report.fields.get(field, {}).items():
        question = CHILD_REPORT.question(key)
        if question is None:
            continue
        if key == "danger" and value in DANGER:
            parts.append(_s(DANGER[value]))
            continue
        words = _in_full(question, value, _s, scene)
        parts.append(words if key in _ALONE else f"{_s(question.short)}: {words}")
    return "; ".join(part for part in parts if part)


def _in_full(question: Question, value: Any, _s: Speech, scene: Scene) -> str:
    """An answer with nothing cut: paper has room."""
    free = question.kind.show == "words" and isinstance(value, str) and value != VOICE
    offered = {choice.value for choice in question.kind.offer(scene)}
    if free and value not in offered and len(value) > 100:
        return plain(value.removeprefix("/"))
    return plain(value_in_words(question, value, _s, scene))
