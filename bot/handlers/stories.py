"""A whole report in one message: what was read stands on the card, only what lacks is asked."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.desk.main_menu import said
from bot.desk.stories import a_report, of_another_child
from bot.dispatcher import Router, idle, value
from bot.forms.child_report import CHILD_REPORT
from bot.forms.engine import show
from bot.forms.told import READ, with_told
from bot.i18n import later as _
from bot.reading import read
from bot.words import Button, Incoming, Say

router = Router("stories")


@router.on(idle, a_report)
@router.on(of_another_child)
def take_it_down(incoming: Incoming, desk: Desk) -> None:
    """A fresh report with everything that was read; an unfinished one is never overwritten."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept and kept[0].answers and not kept[0].cancelled:
        draft = replace(kept[0], context={**kept[0].context, "waits": incoming.text})
        text = said(desk, WHICH, ago=desk._.ago(desk.now - kept[1]), count=len(draft.answers))
        buttons = (
            Button(f"s.same.{draft.key}", desk._("The same child")),
            Button(f"s.new.{draft.key}", desk._("Begin a new one")),
            Button("m.menu", desk._("Menu"), nav=True),
        )
        desk.put_away(draft)
        desk.say(Say(text, buttons))
        return
    _begin(desk, incoming.text)


WHICH = _(
    "You have begun a report {ago} ago ({count} answers). Is this message about the same child, "
    "or shall I begin a new report with it?"
)


def _begin(desk: Desk, text: str) -> None:
    draft = desk.begin(CHILD_REPORT, {"what": text})[1]
    draft = replace(draft, trail=("what",))
    reading = read(text, desk.office.villages, desk.scene.today)
    here = with_told(draft, reading, desk.scene)
    desk.ask(CHILD_REPORT, here or show(CHILD_REPORT, draft, desk.scene))


@router.on(value("s.same."))
def same_child(_in: Incoming, desk: Desk, rest: str) -> None:
    """The message goes into the unfinished report: what it states where nothing was answered."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept is None or kept[0].key != rest or "waits" not in kept[0].context:
        desk.press("m.report")
        return
    draft = kept[0]
    text = str(draft.context["waits"])
    draft = replace(draft, context={k: v for k, v in draft.context.items() if k != "waits"})
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


@router.on(value("s.new."))
def another_child(_in: Incoming, desk: Desk, rest: str) -> None:
    """The unfinished report is given up, as the button said; this message begins a new one."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept is None or kept[0].key != rest or "waits" not in kept[0].context:
        desk.press("m.report")
        return
    _begin(desk, str(kept[0].context["waits"]))
