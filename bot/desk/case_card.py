"""A case as an officer reads it in the chat: facts in full, or without names on code_only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.desk import case_history
from bot.desk.alerts import LEVELS, STATUSES, clock_line, place_unknown, plan_limit, running_since
from bot.desk.case_clocks import NOT_COUNTED_ANEW, over_when_raised, safe_already
from bot.desk.cases import Opened
from bot.desk.main_menu import said
from bot.forms import assessment, urgency
from bot.forms.child_report import CHILD_REPORT
from bot.forms.model import UNKNOWN, Question, Scene
from bot.forms.render import ALSO_SAID, LONGEST_SHOWN, value_in_words
from bot.i18n import Speech
from bot.i18n import later as _
from bot.words import Button, File, Say, for_policy, private

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from storage.records.cases import Case

# On a code_only channel these stay on the web, also when they were chosen from buttons: together
# with the village they could tell who the child is (Decree 56/2017, article 33).
ONLY_ON_FULL = frozenset({"age", "sex", "phone"})


def card(desk: Desk, opened: Opened) -> Say:
    """The card of a case, with what can be done next."""
    __, case = desk._, opened.case
    lines = [
        f"{'🔴 ' if case.level == 'EMERGENCY' else ''}{case.code} · {__(LEVELS[case.level])}",
        said(desk, _("Status: {status}"), status=__(STATUSES[case.status])),
        said(desk, _("Village: {place}"), place=opened.village or place_unknown(__)),
        said(desk, _("Came in: {moment}"), moment=_came_in(desk, case)),
        clock_line(case, __, desk.calendar),
    ]
    if not safe_already(case) and over_when_raised(case, opened.entries):
        lines.append(__(NOT_COUNTED_ANEW))
    if case.acknowledged_at:
        who = private(opened.taken_by) if opened.taken_by else ""
        moment = __.moment(case.acknowledged_at)
        lines.append(said(desk, _("In hand since {moment} {who}"), moment=moment, who=who).strip())
    lines += _levels(desk, opened)
    lines += ["", *_answers(desk, opened)]
    if opened.entries:
        lines += ["", *case_history.lines(desk, case_history.on_card(opened.entries))]
    buttons = [] if case.acknowledged_at else [Button(f"c.ack.{case.code}", __("Received"))]
    buttons += [
        Button(f"c.status.{case.code}", __("Status")),
        Button(f"c.note.{case.code}", __("Note")),
        Button(f"c.why.{case.code}", __("Why this level")),
        *case_history.button(desk, opened),
        Button(f"c.limits.{case.code}", __("Limits")),
        Button(f"c.level.{case.code}", __("Change level")),
        Button(f"c.call.{case.code}", __("Call the reporter")),
        *_printing(desk, case),
        Button("m.cases", __("Cases"), nav=True),
        Button("m.menu", __("Menu"), nav=True),
    ]
    files = tuple(
        File(number, "photo" if kind == "photo" else "voice", mime)
        for number, state, kind, mime in opened.media
        if state == "kept"
    )
    links = () if desk.policy == "full" else desk.cases.link(case)
    return Say("\n".join(lines).strip(), tuple(buttons), links=links, files=files)


def _came_in(desk: Desk, case: Case) -> str:
    """When the case was opened, and when a danger was new in it."""
    moments = dict.fromkeys((case.opened_at, running_since(case, desk.house)))
    return " · ".join(desk._.moment(each) for each in moments)


def _printing(desk: Desk, case: Case) -> list[Button]:
    """Papers hold names: they are offered where the channel carries them."""
    full = desk.policy == "full"
    return [Button(f"c.print.{case.code}", desk._("Print form"))] if full else []


def _levels(desk: Desk, opened: Opened) -> list[str]:
    """Why the level is what it is, and both levels where an officer gave another."""
    case, __ = opened.case, desk._
    lines = []
    if case.level != case.weighed_level:
        by_law = __(LEVELS[case.weighed_level])
        lines.append(said(desk, _("By the law's table (preliminary): {level}"), level=by_law))
    found = assessment.finding(_newest(opened), desk.scene.today)
    if found.level.name == case.weighed_level:
        said_ = [reason.says(desk.person.language) for reason in found.reasons]
        lines += _reasons(desk, [(text, f"→ {text}") for text in said_])
    return lines


def _reasons(desk: Desk, texts: list[tuple[str, str]]) -> list[str]:
    """Reasons as (what it says, its lines). One with a number in it tells how old the child is:
    those stay on the web, as the age does (ONLY_ON_FULL)."""
    told = [lines for text, lines in texts if any(map(str.isdigit, text))]
    others = [lines for text, lines in texts if not any(map(str.isdigit, text))]
    instead = desk._(REASONS_ON_FULL)
    return [*([private("\n".join(told), instead)] if told else []), *others]


REASONS_ON_FULL = _("The reasons tell how old the child is: read them on the web.")


def statuses(desk: Desk, case: Case, question: str) -> Say:
    """Every other status; each button says from which one, so that a late one is known."""
    not_offered = {"new", case.status, "received" if case.acknowledged_at else ""}
    buttons = tuple(
        Button(f"c.set.{case.code}.{status}.{case.status}", desk._(label))
        for status, label in STATUSES.items()
        if status not in not_offered
    )
    text = said(desk, question, code=case.code, status=desk._(STATUSES[case.status]))
    back = Button(f"c.view.{case.code}", desk._("Back"), nav=True)
    return Say(text, (*buttons, back))


def reasons_in_full(desk: Desk, opened: Opened) -> Say:
    """Every reason with its articles and their validity, and what to ask next."""
    case, __, language = opened.case, desk._, desk.person.language
    found = assessment.finding(_newest(opened), desk.scene.today)
    lines = [
        f"{case.code} · {__(LEVELS[case.level])}",
        said(
            desk,
            _("The law's table says, preliminarily: {level}"),
            level=__(LEVELS[found.level.name]),
        ),
    ]
    if urgency.cannot_wait(_newest(opened)):
        lines.append(__("What the reporter said of danger makes it an emergency."))
    reasons = [(reason.says(language), reason.citation(language)) for reason in found.reasons]
    lines += _reasons(desk, [(text, f"• {text}\n  {where}") for text, where in reasons])
    if plan := plan_limit(case, desk.calendar):
        lines.append(f"⏱ {plan.explanation(language)}")
    if question := CHILD_REPORT.question(found.ask_next or ""):
        lines.append(said(desk, _("Best asked next: {question}"), question=__(question.ask)))
    buttons = (
        Button(f"c.level.{case.code}", __("Change level")),
        Button(f"c.view.{case.code}", __("Back"), nav=True),
    )
    return Say("\n\n".join(lines), buttons)


def _newest(opened: Opened) -> dict[str, Any]:
    """What all reports of a case say together; where they differ, the last."""
    answers: dict[str, Any] = {}
    for report, _r in opened.reports:
        answers |= {k: v for k, v in report.answers.items() if v != UNKNOWN or k not in answers}
    return answers


def _answers(desk: Desk, opened: Opened) -> list[str]:
    """What the reporters said, question by question, then what fitted no question."""
    __ = desk._
    scene = Scene(desk.scene.today, "full", desk.office.places)
    lines = []
    for question in CHILD_REPORT.questions:
        if question.key == "village" and opened.case.area:
            continue
        values = said_of(opened, question.key)
        shown = " · ".join(_shown(question, value, __, scene) for value in values)
        if shown:
            hidden = question.key in ONLY_ON_FULL
            # What is personal already is marked once only: marks do not go into each other.
            shown = private(for_policy(shown, "full")) if hidden else shown
            lines.append(f"• {__(question.short)}: {shown}")
    also = [text for report, _r in opened.reports for text in report.answers.get("also", ())]
    lines += [f"• {__(ALSO_SAID)}: {private(text)}" for text in also]
    if len(opened.reports) > 1:
        lines.append(__.n("{count} report", "{count} reports", len(opened.reports)))
    return lines


def said_of(opened: Opened, key: str) -> list[Any]:
    """What the reports of a case say on one question: every answer once, "not known" only alone."""
    values: list[Any] = []
    for report, _r in opened.reports:
        value = report.answers.get(key)
        if value is not None and value not in values:
            values.append(value)
    known = [value for value in values if value != UNKNOWN]
    return known or values


def _shown(question: Question, value: Any, _: Speech, scene: Scene) -> str:
    """An answer in full: the card of an officer cuts nothing."""
    if question.kind.show == "words" and isinstance(value, str) and len(value) > LONGEST_SHOWN:
        return private(value)
    return value_in_words(question, value, _, scene)
