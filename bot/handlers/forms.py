"""Filling in a form: one handler for every form the bot has."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import metrics
from bot.desk import Desk, additions, endings
from bot.desk.main_menu import chosen_of, main_menu, said
from bot.desk.open_question import offered
from bot.desk.stories import of_another_child
from bot.desk.telling import CANNOT_READ
from bot.desk.unsent import CLOSED, sent_just_now
from bot.dispatcher import Router
from bot.forms import urgency
from bot.forms.addition import ADDITION
from bot.forms.answering import is_label
from bot.forms.broadcast import BROADCAST, BROADCAST_TO_LIST, URGENT
from bot.forms.child_report import CHILD_REPORT
from bot.forms.engine import step
from bot.forms.faq_entry import FAQ_APPROVAL, FAQ_ENTRY
from bot.forms.model import UNKNOWN, Draft, Form, Reply, SeveralMeant, Unclear, Value
from bot.forms.short_texts import (
    ANSWER,
    CASE_CLOSING,
    CASE_LEVEL,
    CASE_NOTE,
    MESSAGE,
)
from bot.forms.told import tells_of_a_child, with_told
from bot.forms.turns import SEND, Ask, Cancelled, Done, Here, Note, Turn, button, show
from bot.i18n import later as _
from bot.vietnamese.danger import Danger
from bot.vietnamese.fold import fold
from bot.vietnamese.numbers import phone
from bot.words import Incoming

router = Router("forms")

WAKING = ("what", "danger", "village")  # the answers that can make it urgent, or say whose it is
# Words of officers about what they know, and words that reach an officer as they are.
GO_TO_SOMEBODY = (
    ADDITION,
    ANSWER,
    BROADCAST,
    CASE_CLOSING,
    CASE_LEVEL,
    CASE_NOTE,
    MESSAGE,
    FAQ_ENTRY,
    FAQ_APPROVAL,
    BROADCAST_TO_LIST,
    URGENT,
)
A_FEW, A_STORY = 3, 60  # words of an answer that may say more than was asked
LONGEST_LABEL = 60
LONG_AGO = timedelta(hours=24)  # after so long what is typed is hardly the answer to the question


def belongs_to_a_form(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """A button of a form, or anything else that is said while a form is in front."""
    if incoming.value.startswith("f."):
        found = desk.find_draft(incoming.value.split(".")[1])
        return {"form": found[0], "draft": found[1]} if found else {"form": None, "draft": None}
    here = desk.open_form()
    if incoming.value or incoming.text.startswith("/") or here is None:
        return False
    form, draft, _at = here
    if _a_cry_for_help(incoming, desk, form, draft) or of_another_child(incoming, desk):
        return False
    return {"form": form, "draft": draft}


def _a_cry_for_help(incoming: Incoming, desk: Desk, form: Form, draft: Draft) -> bool:
    """Danger told where something else was asked is no answer to that: it goes first."""
    forgotten = _long_ago(incoming, desk, form)
    if form in GO_TO_SOMEBODY and not (form is ADDITION and forgotten):
        return False
    if forgotten:
        return desk.danger >= Danger.POSSIBLE
    if desk.danger is not Danger.NOW:
        return False
    here = show(form, draft, desk.scene)
    if form is not CHILD_REPORT or not isinstance(here, Ask):
        return True
    if here.question.key == "danger":  # that is what was asked for, unless it says no as well
        return bool(_read(here, incoming.text, desk) == "no")
    return here.question.key != "what"


def _read(here: Ask, text: str, desk: Desk) -> Value:
    try:
        return here.question.kind.read(Reply(text), desk.scene)
    except (Unclear, SeveralMeant):
        return None


def answers_what_came_between(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """A number or the words of buttons that were shown after the open question.

    Only the last menu of a chat is live. Where nothing can be pressed that goes for messages of
    others too; they carry no numbers then, and what the open question offers goes before.
    """
    here = desk.open_form()
    if here is None or incoming.value or not 0 < len(incoming.text) <= LONGEST_LABEL:
        return False
    if chosen := chosen_of(incoming.text, desk.between):
        return {"pressed": chosen}
    if not desk.house.typed(incoming.channel) or offered(desk):
        return False
    said = fold(incoming.text)
    pushed = [button.value for button in desk.pushed if fold(button.label) == said]
    return {"pressed": pushed[0]} if pushed else False


@router.on(answers_what_came_between)
def press_what_came_between(_in: Incoming, desk: Desk, pressed: str) -> None:
    desk.press(pressed)


@router.on(belongs_to_a_form)
def next_answer(incoming: Incoming, desk: Desk, form: Form | None, draft: Draft | None) -> None:
    if form is None or draft is None:
        _gone(incoming, desk)
    elif _long_ago(incoming, desk, form):
        _welcome_back(desk, form, draft)
    else:
        draft = replace(draft, cancelled=False) if draft.cancelled else draft
        draft = _with_what_harms(incoming, desk, form, draft)
        reply = _with_the_village(incoming, desk, form, draft, desk.reply())
        if desk.answers_album(reply) and reply.media and form is ADDITION:
            additions.say_where(desk, additions.code_of(draft))  # the first one said so, too
        if incoming.attachments and not reply.media:
            if not incoming.text:
                _cannot_read(desk, form, draft)
                return
            desk.say_note(CANNOT_READ)  # its words are taken
        turn = step(form, draft, reply, desk.scene)
        if incoming.value and not isinstance(turn, Done | Cancelled) and turn.note.refusal:
            metrics.REFUSED_INPUT.labels("button").inc()
        if (
            form is ADDITION
            and desk.danger is Danger.NOW
            and not isinstance(turn, Done | Cancelled)
        ):
            turn = _at_once(desk, form, turn)
        take(desk, _with_the_story(incoming, desk, draft, turn))


def _at_once(desk: Desk, form: Form, turn: Here) -> Turn:
    """Danger that is told beside a photo is not left lying until the photo is sent."""
    here = turn.draft.here()
    sent = step(form, here, Reply(value=button(here, "-", SEND)), desk.scene)
    return sent if isinstance(sent, Done) else turn


def _with_what_harms(incoming: Incoming, desk: Desk, form: Form, draft: Draft) -> Draft:
    """Who answers "is the child in danger?" by what is being done to it has told that as well."""
    if form is not CHILD_REPORT or desk.danger is not Danger.NOW or not draft.answers:
        return draft
    here, text = show(form, draft, desk.scene), incoming.text
    if not isinstance(here, Ask) or here.question.key != "danger" or text in draft.also:
        return draft
    if is_label(here.question, text, desk.scene):
        return draft
    return draft.with_(also=(*draft.also, text))


def _with_the_village(
    incoming: Incoming, desk: Desk, form: Form, draft: Draft, reply: Reply
) -> Reply:
    """A village named within a sentence: "em 13 tuổi ở phố vị"."""
    if form is not CHILD_REPORT or incoming.value or desk.plain:
        return reply
    if not 1 < len(incoming.text.split()) < A_STORY:
        return reply
    here = show(form, draft, desk.scene)
    if not isinstance(here, Ask) or here.question.key != "village":
        return reply
    if isinstance(_read(here, incoming.text, desk), str):
        return reply  # the question finds it by itself
    code = desk.told.slots["village_code"]
    return replace(reply, read={"village": code}) if code else reply


def _with_the_rest(incoming: Incoming, desk: Desk, before: Draft, turn: Here) -> Here:
    """What is said beside what was asked, or at the card: "12 tuổi, con gái, nghỉ học rồi"."""
    size = len(incoming.text.split())
    if incoming.value or desk.plain or not 1 < size < A_STORY or turn.draft.revisiting:
        return turn
    asked = show(CHILD_REPORT, before, desk.scene)
    if isinstance(asked, Ask):
        closed = asked.question.kind.show in ("number", "choice", "place")
        if not closed or (size < A_FEW and not turn.note.refusal):
            return turn
    elif not turn.note.refusal:  # at the card, what is no command
        return turn
    return with_told(turn.draft, desk.told, desk.scene) or turn


def _with_the_number(desk: Desk, before: Draft, turn: Here) -> Here:
    """Who says by a number that they may be called is not asked for it again."""
    number = phone(desk.incoming.text)
    if not number:
        return turn
    asked = show(CHILD_REPORT, before, desk.scene)
    if not isinstance(asked, Ask) or asked.question.key not in ("may_call", "phone"):
        return turn
    turn = _number_apart(desk.incoming.text, before, turn)
    answers = turn.draft.answers
    agreed = answers.get("may_call") == "yes" and before.answers.get("may_call") != "yes"
    if not agreed or "phone" in answers:
        return turn
    trail = (*turn.draft.trail, "phone")
    draft = turn.draft.with_(answers={**answers, "phone": number}, trail=trail)
    return show(CHILD_REPORT, draft, desk.scene)


def _number_apart(text: str, before: Draft, turn: Here) -> Here:
    """A number to call has a place of its own: it is never told with the story of the child.

    A number that is told anywhere else belongs to the story: that of the employer, perhaps.
    """
    if turn.draft.also == before.also or text not in turn.draft.also:
        return turn
    rest = " ".join(_NUMBER.sub(" … ", text).split())
    told = [rest if each == text else each for each in turn.draft.also]
    if sum(map(str.isalpha, rest)) < LEAST_SAID:
        told.remove(rest)
    return replace(turn, draft=turn.draft.with_(also=tuple(dict.fromkeys(told))))


_NUMBER = re.compile(r"\+?\d[\d .()-]{7,}\d")
LEAST_SAID = 12  # letters beside a number that are worth keeping


def _with_the_story(incoming: Incoming, desk: Desk, before: Draft, turn: Turn) -> Turn:
    """Who tells everything at the first question is not asked for it again."""
    if isinstance(turn, Done | Cancelled) or before.form != CHILD_REPORT.name:
        return turn
    told = turn.draft.answers.get("what")
    if told != incoming.text or told == before.answers.get("what"):
        return _with_the_number(desk, before, _with_the_rest(incoming, desk, before, turn))
    if not tells_of_a_child(desk.told):
        return turn
    return with_told(turn.draft, desk.told, desk.scene) or turn


def take(desk: Desk, turn: Turn) -> None:
    """Carry a turn out and say what comes next."""
    if isinstance(turn, Done):
        endings.sent(desk, turn)
    elif isinstance(turn, Cancelled):
        endings.cancelled(desk, turn.form, turn.draft)
    else:
        form = desk.form_of(turn.draft)
        desk.ask(form, _watch_for_danger(desk, form, turn))


def _watch_for_danger(desk: Desk, form: Form, turn: Here) -> Here:
    """Who is on call is woken as soon as the child is said to be in danger, not at the end."""
    answers = turn.draft.answers
    kept = desk.draft(form.name)
    if kept and all(kept[0].answers.get(key) == answers.get(key) for key in WAKING):
        return turn  # nothing new was said that could wake anybody
    if form is CHILD_REPORT and urgency.said_so(answers) and answers.get("danger") != "no":
        if not turn.draft.context.get("early"):
            desk.warn()
        if woken := endings.woken(desk, turn.draft):
            return replace(turn, draft=woken[0], note=woken[1])
        if desk.reports.waits_for_sending(turn.draft):
            return replace(turn, note=endings.ONLY_WHEN_SENT)
    place = answers.get("village")
    if not turn.draft.context.get("early") or place in (None, UNKNOWN):
        return turn  # nobody was woken yet, or nobody knows where to go
    if not (kept and kept[0].answers.get("village") == place):
        desk.reports.said_more(turn.draft)  # where to go is not left until the form is sent
    return turn


def _cannot_read(desk: Desk, form: Form, draft: Draft) -> None:
    """Something was sent that no form takes: say what it is about, and ask again."""
    metrics.REFUSED_INPUT.labels("file").inc()
    desk.ask(form, show(form, draft, desk.scene, Note(CANNOT_READ)))


def _gone(incoming: Incoming, desk: Desk) -> None:
    """A button of a form that was sent or forgotten: say so, and show where the person is.

    Not for who pressed Send several times: the receipt stays the last thing to be read.
    """
    key, _dot, pressed = incoming.value.removeprefix("f.").partition(".")
    if pressed.endswith(f".{SEND}") and sent_just_now(desk, key):
        return
    metrics.REFUSED_INPUT.labels("button").inc()
    desk.say_note(CLOSED)
    if here := desk.open_form():
        desk.ask(here[0], show(here[0], here[1], desk.scene))
    else:
        desk.say(main_menu(desk))


def _long_ago(incoming: Incoming, desk: Desk, form: Form) -> bool:
    if incoming.value or incoming.attachments:
        return False
    kept = desk.draft(form.name)
    # A platform's clock may be ahead of ours, by days where ours is wrong.
    return kept is not None and min(incoming.at, desk.now) - kept[1] > LONG_AGO


def _welcome_back(desk: Desk, form: Form, draft: Draft) -> None:
    """What was typed is no answer to a question of two weeks ago: show the question again."""
    kept = desk.draft(form.name)
    ago = desk._.ago(desk.now - kept[1]) if kept else ""
    desk.say_note(said(desk, _("Welcome back. You stopped here {ago} ago; all is kept."), ago=ago))
    desk.ask(form, show(form, draft, desk.scene))
