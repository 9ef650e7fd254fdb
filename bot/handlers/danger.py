"""Somebody says that a child is in danger: numbers first, then the report.

Also in the middle of a form, if what was asked there is something else: see forms.py.
"""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk, endings
from bot.desk.desk import new_key
from bot.desk.stories import a_report, which_child
from bot.dispatcher import Router
from bot.forms.child_report import CHILD_REPORT
from bot.forms.engine import step
from bot.forms.model import Draft
from bot.forms.render import note as render_note
from bot.forms.told import filled, of_another
from bot.forms.turns import Cancelled, Done, Note, show
from bot.i18n import later as _
from bot.vietnamese.danger import Danger
from bot.words import Incoming, Say

router = Router("danger")


def of_another_child(incoming: Incoming, desk: Desk) -> bool:
    """Whether danger is told of another child than that of the unfinished report."""
    if incoming.value or desk.danger < Danger.POSSIBLE or not a_report(incoming, desk):
        return False
    kept = desk.draft(CHILD_REPORT.name)
    unfinished = kept is not None and kept[0].answers and not kept[0].cancelled
    return bool(kept and unfinished and of_another(kept[0], desk.told))


@router.on(of_another_child)
def another_child_in_danger(incoming: Incoming, desk: Desk) -> None:
    """Whoever is on call is woken for that child at once; the two are never mixed in one report."""
    alarmed = None
    if desk.danger is Danger.NOW:
        fresh = Draft(CHILD_REPORT.name, new_key(), {"what": incoming.text})
        if woken := endings.woken(desk, filled(fresh, desk.told)):
            alarmed, note = woken
            desk.say(Say(render_note(note, desk._)))
        elif desk.reports.waits_for_sending(fresh):
            desk.say(Say(render_note(endings.ONLY_WHEN_SENT, desk._)))
    which_child(desk, incoming.text, alarmed)


@router.on(lambda incoming, desk: not incoming.value and desk.danger >= Danger.POSSIBLE)
def child_in_danger(incoming: Incoming, desk: Desk) -> None:
    """What was said is the first answer already; an unfinished report takes it up."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept and kept[0].answers and not kept[0].cancelled:
        draft = _taken_up(kept[0], incoming.text, desk.danger is Danger.NOW)
    else:
        draft = desk.begin(CHILD_REPORT, {"what": incoming.text})[1]
    if incoming.attachments:
        turn = step(CHILD_REPORT, draft, replace(desk.reply(), text=""), desk.scene)
        draft = draft if isinstance(turn, Done | Cancelled) else turn.draft
    draft = filled(draft, desk.told)
    note = Note(_("I have written down what you said."))
    if desk.danger is Danger.NOW:
        if woken := endings.woken(desk, draft):
            draft, note = woken
        elif desk.reports.waits_for_sending(draft):
            note = endings.ONLY_WHEN_SENT
        else:
            desk.reports.said_more(draft)
    desk.ask(CHILD_REPORT, show(CHILD_REPORT, draft, desk.scene, note))


def _taken_up(draft: Draft, text: str, now: bool) -> Draft:
    """The report with these words; what happens now is an answer, unless it was answered."""
    if now and "what" in draft.answers and "danger" not in draft.answers:
        draft = replace(draft, answers={**draft.answers, "danger": "yes"})
    if "what" not in draft.answers:
        return replace(draft, answers={**draft.answers, "what": text})
    return replace(draft, also=(*draft.also, text)) if text not in draft.also else draft
