"""Somebody says, outside any form, that a child is in danger: numbers first, then the report."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk, endings
from bot.dispatcher import Router
from bot.forms.child_report import CHILD_REPORT
from bot.forms.engine import Note, show
from bot.i18n import later as _
from bot.vietnamese.danger import Danger
from bot.words import Incoming

router = Router("danger")


@router.on(lambda incoming, desk: not incoming.value and desk.danger >= Danger.POSSIBLE)
def child_in_danger(incoming: Incoming, desk: Desk) -> None:
    """What was said is the first answer already; an unfinished report takes it up."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept and kept[0].answers and not kept[0].cancelled:
        draft = replace(kept[0], also=(*kept[0].also, incoming.text))
    else:
        draft = desk.begin(CHILD_REPORT, {"what": incoming.text})[1]
    note = Note(_("I have written down what you said."))
    if desk.danger is Danger.NOW and (woken := endings.woken(desk, draft)):
        draft, note = woken
    desk.ask(CHILD_REPORT, show(CHILD_REPORT, draft, desk.scene, note))
