"""A whole report in one message: what was read stands on the card, only what lacks is asked."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.desk.stories import (
    a_report,
    begin,
    of_another_child,
    take_down,
    waiting,
    with_waiting,
)
from bot.dispatcher import Router, idle, value
from bot.forms.child_report import CHILD_REPORT
from bot.forms.model import Draft
from bot.forms.told import READ, with_told
from bot.forms.turns import show
from bot.i18n import later as _
from bot.reading import read
from bot.words import Incoming

router = Router("stories")


@router.on(idle, a_report)
@router.on(of_another_child)
def take_it_down(incoming: Incoming, desk: Desk) -> None:
    """A fresh report with everything that was read; an unfinished one is never overwritten."""
    take_down(desk, incoming.text)


@router.on(value("s.same."))
def same_child(_in: Incoming, desk: Desk, rest: str) -> None:
    """The message goes into the unfinished report: what it states where nothing was answered."""
    draft = _unfinished(desk, rest)
    if draft is None:
        return
    *others, text = waiting(draft)
    draft = with_waiting(draft, others)
    if "what" not in draft.answers:
        draft = replace(draft, answers={**draft.answers, "what": text})
    elif text not in draft.also:
        draft = replace(draft, also=(*draft.also, text))
    reading = read(text, desk.office.villages, desk.scene.today)
    here = with_told(draft, reading, desk.scene)
    desk.ask(
        CHILD_REPORT,
        here or show(CHILD_REPORT, replace(draft.here(), view="card"), desk.scene, READ),
    )


@router.on(value("s.first."))
def finish_the_first(_in: Incoming, desk: Desk, rest: str) -> None:
    """The message waits until the report that was begun has been sent."""
    draft = _unfinished(desk, rest)
    if draft is not None:
        desk.say_note(_("I keep that message: it is next, once this report is sent."))
        desk.resume(CHILD_REPORT, draft)


@router.on(value("s.new."))
def another_child(_in: Incoming, desk: Desk, rest: str) -> None:
    """The unfinished report is given up, as the button said; this message begins a new one."""
    draft = _unfinished(desk, rest)
    if draft is not None:
        *others, text = waiting(draft)
        begin(desk, text, others, draft)


def _unfinished(desk: Desk, key: str) -> Draft | None:
    """The report that the button is about, while a message waits behind it; else begin anew."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept is None or kept[0].key != key or not waiting(kept[0]):
        desk.press("m.report")
        return None
    return kept[0]
