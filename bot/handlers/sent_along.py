"""Photos, voice notes and places out of the blue: most likely they belong to a report."""

from __future__ import annotations

from typing import Any

from bot.desk import Desk, additions
from bot.desk.stories import a_report, begin, waiting, which_child
from bot.desk.telling import words_only
from bot.dispatcher import Router, idle
from bot.forms.addition import ADDITION
from bot.forms.child_report import CHILD_REPORT
from bot.forms.engine import step
from bot.forms.model import Draft, Form, Reply
from bot.forms.told import names_another
from bot.forms.turns import Cancelled, Done, show
from bot.vietnamese.danger import about_law
from bot.words import Incoming

router = Router("sent along")


def media_out_of_the_blue(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """Something that a report can hold, unless its words ask something: that is answered first."""
    if not incoming.attachments or asks(incoming.text):
        return False
    reply = desk.reply()
    return {"reply": reply} if reply.media else False


def asks(text: str) -> bool:
    """Whether the words beside a photo ask something about the law."""
    return text.rstrip().endswith("?") or about_law(text)


@router.on(idle, media_out_of_the_blue)
def keep_it(incoming: Incoming, desk: Desk, reply: Reply) -> None:
    """It goes to the report that is being written, that it tells, or that was sent lately."""
    desk.answers_album(reply)
    kept = desk.draft(CHILD_REPORT.name)
    unfinished = kept[0] if kept and not kept[0].cancelled else None
    if a_report(incoming, desk):
        if unfinished is None or not unfinished.answers:
            begin(desk, incoming.text, waiting(kept[0]) if kept else [], media=reply.media)
            return
        if names_another(unfinished, desk.told):
            words_only(desk)
            which_child(desk, incoming.text)
            return
    found = (CHILD_REPORT, unfinished) if unfinished else _where_it_goes(desk)
    if found is None:
        return
    form, draft = found
    turn = step(form, draft, reply, desk.scene)
    if isinstance(turn, Done | Cancelled):
        return
    if form is ADDITION:  # what was said of it already says that it has come
        turn = show(form, turn.draft, desk.scene)
    desk.ask(form, turn)


def _where_it_goes(desk: Desk) -> tuple[Form, Draft] | None:
    """To what is being added to a report, or to the report that was sent a moment ago; else to a
    new one. None where that was asked about instead."""
    case = desk.reports.sent_lately()
    if unsent := additions.unsent(desk, None if case else additions.AT_HAND):
        code = additions.code_of(unsent)
        if case is not None and case.code != code:
            additions.that_first(desk, unsent)
            return None
        additions.say_where(desk, code)
        return ADDITION, unsent
    if case is not None:
        additions.say_where(desk, case.code)
        return desk.begin(ADDITION, code=case.code)
    return desk.begin(CHILD_REPORT)
