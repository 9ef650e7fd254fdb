"""Announcements to many: written, looked at, sent, followed, recalled; and read by whom they are
for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import metrics
from bot.desk import Desk, endings
from bot.desk.broadcast_card import MANY, not_read, preview, progress, sent, sure
from bot.desk.broadcasting import message
from bot.desk.broadcasts import Plan, text_of
from bot.desk.main_menu import main_menu, said
from bot.dispatcher import Router, command, idle, value
from bot.forms import FORMS
from bot.forms.broadcast import BROADCAST, BROADCAST_TO_LIST, URGENT
from bot.forms.engine import step
from bot.forms.model import Draft, Reply
from bot.forms.render import cut
from bot.forms.turns import BACK, Cancelled, Done, button
from bot.i18n import later as _
from bot.vietnamese.fold import fold
from bot.words import Button, Incoming, Say

router = Router("broadcasts")
ONLY_OFFICERS = _("Only the commune's officers can announce something.")
NONE = _("There is no such announcement in your area.")


# --- whom it is for ---------------------------------------------------------------------------


def says_received(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """The word on the button, typed after something else was shown."""
    if incoming.value or fold(incoming.text) != fold(desk._("Received")):
        return False
    number = desk.broadcasts.unread()
    return {"rest": str(number)} if number else False


@router.on(value("b.got."))
@router.on(idle, says_received)
def received(_in: Incoming, desk: Desk, rest: str) -> None:
    """Who has read it says so; a form in front stays there."""
    if rest == "0":
        text = _("This was a test: nobody else has seen it.")
    elif desk.broadcasts.read(rest) is None:
        text = _("This announcement was not for you.")
    else:
        text = _("Thank you. The commune knows that you have read it.")
    if here := desk.open_form():
        desk.say_note(text)
        desk.resume(here[0], here[1])
    else:
        desk.say(Say(desk._(text), (Button("m.menu", desk._("Menu"), nav=True),)))


# --- who sends it -----------------------------------------------------------------------------


@router.on(value("b."), lambda _in, desk: not desk.cases.mine)
def not_an_officer(_in: Incoming, desk: Desk) -> None:
    metrics.REFUSED_INPUT.labels("role").inc()
    desk.say(main_menu(desk, desk._(ONLY_OFFICERS)))


@router.on(command("/thongbao"))
@router.on(value("m.broadcast"))
def announce(_in: Incoming, desk: Desk, rest: str) -> None:
    """What was begun and what was sent before; without either the first question."""
    if not desk.cases.mine:
        metrics.REFUSED_INPUT.labels("role").inc()
        desk.say(main_menu(desk, desk._(ONLY_OFFICERS)))
        return
    begun, newest = desk.broadcasts.unsent(), desk.broadcasts.newest()
    meetings = desk.broadcasts.meetings()
    if not begun and not newest and not meetings:
        desk.resume(*desk.begin(BROADCAST))
        return
    desk.leave()
    buttons = [Button("b.new", desk._("Write a new one"))]
    if begun:
        label = said(desk, _("Go on: {text}"), text=cut(str(begun.answers.get("text", "…"))))
        buttons.insert(0, Button(f"b.look.{begun.key}", label))
    if meetings:
        buttons.append(Button("b.meetings", desk._("To the people of a meeting")))
    for each in newest:
        label = f"{desk._.moment(each.leaves_at)} · {_short(each.content['text'])}"
        buttons.append(Button(f"b.view.{each.id}", label))
    buttons.append(Button("m.menu", desk._("Menu"), nav=True))
    desk.say(Say(desk._("Announcements"), tuple(buttons)))


def _short(text: str) -> str:
    """The beginning of a text, for a button."""
    line = " ".join(text.split())
    return line if len(line) <= LABEL else line[: LABEL - 1].rstrip() + "…"


LABEL = 24


@router.on(value("b.new"))
def begin(_in: Incoming, desk: Desk, rest: str) -> None:
    desk.resume(*desk.begin(BROADCAST))


@router.on(value("b.meetings"))
def choose_meeting(_in: Incoming, desk: Desk, rest: str) -> None:
    """The meetings of these days, to write to who is invited."""
    found = desk.broadcasts.meetings()
    text = _("Of which meeting?") if found else _("There is no meeting these days.")
    nav = (
        Button("m.broadcast", desk._("Back"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(desk._(text), (*(Button(*each) for each in found), *nav)))


@router.on(value("b.list."))
def begin_to_list(_in: Incoming, desk: Desk, rest: str) -> None:
    """To the people of a list that another room holds: see bot.desk.broadcast_lists."""
    key, _dot, number = rest.partition(".")
    if desk.broadcasts.list_name(key, number):
        desk.resume(*desk.begin(BROADCAST_TO_LIST, list=[key, number]))
    else:
        desk.say(Say(desk._(NONE)))


def with_draft(_in: Incoming, desk: Desk, rest: str) -> bool | dict[str, Any]:
    """A button of a draft that is there still; the draft is found as `draft`."""
    draft = desk.broadcasts.unsent(rest)
    return {"draft": draft} if draft else False


@router.on(value("b.look."), with_draft)
def look(_in: Incoming, desk: Desk, draft: Draft) -> None:
    """The broadcast before it leaves; while something lacks, the next question."""
    form = FORMS[draft.form]
    questions, answered = form.standing(draft.answers, desk.scene)
    if any(not q.optional and q.key not in answered for q in questions):
        desk.resume(form, draft)
        return
    desk.put_away(draft.here())
    desk.say(preview(desk, desk.broadcasts.plan(draft)))


@router.on(value("b.when."), with_draft)
def choose_the_hour(_in: Incoming, desk: Desk, draft: Draft) -> None:
    desk.resume(FORMS[draft.form], replace(draft, revisiting="when"))


@router.on(value("b.photo."), with_draft)
def add_a_photo(_in: Incoming, desk: Desk, draft: Draft) -> None:
    desk.resume(FORMS[draft.form], replace(draft, revisiting="photo"))


@router.on(value("b.edit."), with_draft)
def edit(_in: Incoming, desk: Desk, draft: Draft) -> None:
    desk.resume(FORMS[draft.form], replace(draft, view="pick"))


@router.on(value("b.back."), with_draft)
def back(_in: Incoming, desk: Desk, draft: Draft) -> None:
    form = FORMS[draft.form]
    turn = step(form, draft, Reply(value=button(draft, "-", BACK)), desk.scene)
    if not isinstance(turn, Done | Cancelled):
        desk.ask(form, turn)


@router.on(value("b.stop."), with_draft)
def stop(_in: Incoming, desk: Desk, draft: Draft) -> None:
    endings.cancelled(desk, FORMS[draft.form], replace(draft.here(), cancelled=True))


@router.on(value("b.urgent."), with_draft)
def urgent(_in: Incoming, desk: Desk, draft: Draft) -> None:
    """It cannot wait for the morning: why?"""
    desk.resume(*desk.begin(URGENT, key=draft.key))


@router.on(value("b.test."), with_draft)
def test_to_myself(_in: Incoming, desk: Desk, draft: Draft) -> None:
    plan = desk.broadcasts.plan(draft)
    content = {"text": text_of(draft), "photos": list(plan.photos)}
    desk.say(message(desk._, content, 0, bool(plan.urgent)))
    desk.say(preview(desk, plan))


@router.on(value("b.send."), with_draft)
def send(_in: Incoming, desk: Desk, draft: Draft) -> None:
    """Many people are asked for twice."""
    plan = desk.broadcasts.plan(draft)
    if plan.count > MANY:
        desk.say(sure(desk, plan))
    else:
        send_it(desk, plan)


@router.on(value("b.sure."), with_draft)
def send_to_many(_in: Incoming, desk: Desk, draft: Draft) -> None:
    send_it(desk, desk.broadcasts.plan(draft))


def send_it(desk: Desk, plan: Plan) -> None:
    """Send what was looked at, unless its hour has passed or nobody is there any more."""
    if plan.past:
        desk.say_note(endings.HOUR_PASSED)
        desk.resume(FORMS[plan.draft.form], replace(plan.draft, revisiting="when"))
    elif plan.coming or not plan.count:
        if plan.coming:
            desk.say_note(_("The photo is still on its way to me. Please try again in a moment."))
        desk.say(preview(desk, plan))
    elif kept := desk.broadcasts.send(plan):
        desk.say(sent(desk, kept))


@router.on(value("b.send."))
@router.on(value("b.sure."))
def sent_before(_in: Incoming, desk: Desk, rest: str) -> None:
    """Pressed twice, or late: how far it is now."""
    if found := desk.broadcasts.of_draft(rest):
        desk.say(progress(desk, found))
    else:
        desk.say(main_menu(desk, desk._("There is nothing unfinished any more.")))


@router.on(value("b.view."))
def view(_in: Incoming, desk: Desk, rest: str) -> None:
    if found := desk.broadcasts.find(rest):
        desk.say(progress(desk, found))
    else:
        desk.say(Say(desk._(NONE)))


@router.on(value("b.who."))
def who(_in: Incoming, desk: Desk, rest: str) -> None:
    number, _dot, page = rest.partition(".")
    if found := desk.broadcasts.find(number):
        desk.say(not_read(desk, found, int(page) if page.isdecimal() and len(page) < 6 else 0))
    else:
        desk.say(Say(desk._(NONE)))


@router.on(value("b.recall."))
def recall(_in: Incoming, desk: Desk, rest: str) -> None:
    """What has not left stays here."""
    found = desk.broadcasts.find(rest)
    if found is None:
        desk.say(Say(desk._(NONE)))
        return
    stopped = desk.broadcasts.recall(found)
    if stopped is None:
        desk.say_note(_("It was recalled already."))
    else:
        desk.say_note(_("Recalled: whatever had not been sent is not sent any more."))
    desk.say(progress(desk, desk.broadcasts.find(rest) or found))


@router.on(value("b.again."))
def again(_in: Incoming, desk: Desk, rest: str) -> None:
    """Once more to whom it did not reach, by another channel where there is one."""
    found = desk.broadcasts.find(rest)
    if found is None:
        desk.say(Say(desk._(NONE)))
        return
    if not desk.broadcasts.again(found):
        desk.say_note(
            _("None of them can be reached by another channel. Their numbers are in the list.")
        )
    desk.say(progress(desk, desk.broadcasts.find(rest) or found))
