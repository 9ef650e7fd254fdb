"""What a reporter can do with reports that were sent: see how they stand, add to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import metrics
from bot.desk import Desk, additions, endings, stories
from bot.desk.alerts import STATUSES
from bot.desk.main_menu import main_menu, said
from bot.desk.typed_codes import case_code
from bot.desk.unsent import say_closed
from bot.dispatcher import Router, idle, value
from bot.forms.addition import ADDITION
from bot.forms.engine import step
from bot.forms.model import Reply
from bot.forms.turns import SEND, Done, button
from bot.i18n import later as _
from bot.words import Button, Incoming, Say

router = Router("reports")


@router.on(value("m.filed"))
def my_reports(_in: Incoming, desk: Desk, rest: str) -> None:
    """One's own reports and how they stand; never more than the status (process.md §6.10)."""
    desk.leave()
    found = list({case.code: case for case, _ in desk.reports.mine()}.values())
    if not found:
        text = desk._("You have not sent a report yet.")
        desk.say(main_menu(desk, text))
        return
    lines = [desk._("Your reports:")]
    for case in found:
        status, moment = desk._(STATUSES[case.status]), desk._.moment(case.opened_at)
        lines.append(f"• {case.code} · {moment} · {status}")
        if case.acknowledged_at is None:
            due = desk._.moment(case.answer_due_at)
            lines.append(said(desk, _("  answer promised by {moment}"), moment=due))
    buttons = [
        Button(f"r.reply.{case.code}", said(desk, _("Add to {code}"), code=case.code))
        for case in found[:3]
        if case.closed_at is None
    ]
    desk.say(Say("\n".join(lines), (*buttons, Button("m.menu", desk._("Menu"), nav=True))))


@router.on(value("r.reply."))
def add_words(_in: Incoming, desk: Desk, rest: str) -> None:
    """What was begun for this report and not sent yet is gone on with, never overwritten."""
    if desk.reports.of_mine(rest) is None:
        metrics.REFUSED_INPUT.labels("case").inc()
        desk.say(main_menu(desk, desk._("This report is not one of yours.")))
        return
    unsent = additions.unsent(desk)
    if unsent is None:
        desk.resume(*desk.begin(ADDITION, code=rest))
    elif additions.code_of(unsent) == rest:
        desk.resume(ADDITION, unsent)
    else:
        additions.that_first(desk, unsent)


@router.on(value("r.add."))
def same_child(_in: Incoming, desk: Desk, rest: str) -> None:
    """The report that waits is about a child reported within the hour."""
    key, _dot, code = rest.partition(".")
    found = desk.find_draft(key)
    if found is None:
        say_closed(desk)
        return
    turn = step(*found, Reply(value=button(found[1], "-", SEND)), desk.scene)
    added = desk.reports.add(found[1], turn.answers, code) if isinstance(turn, Done) else None
    if added is None:
        desk.say(main_menu(desk, desk._("This report is not one of yours.")))
        return
    desk.finish(found[1])
    endings.say_added(desk, *added)
    stories.next_one(desk, found[1])


@router.on(value("r.new."))
def another_child(_in: Incoming, desk: Desk, rest: str) -> None:
    """The report that waits is about another child after all."""
    found = desk.find_draft(rest)
    if found is None:
        say_closed(desk)
        return
    form, draft = found
    draft = replace(draft, context={**draft.context, "another": True})
    turn = step(form, draft, Reply(value=button(draft, "-", SEND)), desk.scene)
    if isinstance(turn, Done):
        endings.sent(desk, turn)


def a_code(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """A message that holds a case code, outside a form."""
    if incoming.value or len(incoming.text) > 60 or desk.cases.mine:
        return False
    code = case_code(incoming.text)
    return {"rest": code} if code else False


@router.on(idle, a_code)
def how_does_it_stand(_in: Incoming, desk: Desk, rest: str) -> None:
    """The status of one's own report by its code; anybody else's does not exist."""
    found = desk.reports.of_mine(rest)
    if found is None:
        desk.say(main_menu(desk, desk._("I know of no report of yours with this code.")))
        return
    case = found[0]
    status = desk._(STATUSES[case.status])
    text = said(desk, _("Report {code}: {status}."), code=case.code, status=status)
    buttons = (
        Button(f"r.reply.{case.code}", desk._("Add something")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(text, buttons))
