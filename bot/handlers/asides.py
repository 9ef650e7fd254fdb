"""What is said in the middle of a form and is no answer to it: a question, 111, a word of the menu.

It is answered, and the form stands where it stood.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from bot import metrics
from bot.desk import Desk, typed_codes
from bot.desk.faq import in_full
from bot.desk.main_menu import LABELS
from bot.dispatcher import Router
from bot.faq.smalltalk import smalltalk
from bot.faq.wording import wording
from bot.forms.child_report import CHILD_REPORT
from bot.forms.engine import step
from bot.forms.labels import spoken
from bot.forms.model import Draft, Form, Question, Reply, SeveralMeant, Unclear
from bot.forms.told import tells_of_a_child
from bot.forms.turns import Ask, Cancelled, Done, Here, show
from bot.i18n import later as _
from bot.vietnamese import affirm
from bot.vietnamese.danger import Danger, about_law
from bot.vietnamese.fold import fold
from bot.words import Incoming, Say

router = Router("asides")

HOTLINES = ("111", "113", "114", "115")
LANGUAGES = {"vi": _("Vietnamese"), "en": _("English")}
A_SENTENCE = 4  # words
LONG_AGO = timedelta(hours=24)
LONGEST = 300  # characters of a question


def aside(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """Whether a message in a form is no answer, and what it asks for instead."""
    text, here = incoming.text, desk.open_form()
    if here is None or incoming.value or incoming.attachments or not 0 < len(text) <= LONGEST:
        return False
    if text.startswith("/"):
        return False
    form, draft, at = here
    if desk.now - at > LONG_AGO:
        return False  # whoever comes back is welcomed first
    if desk.plain:
        return False
    turn = show(form, draft, desk.scene)
    if form is CHILD_REPORT and (code := _a_code(text)):
        return {"pressed": code}
    if pressed := _of_the_menu(text, desk):
        free = form is CHILD_REPORT or _refused(form, draft, desk)
        return {"pressed": pressed} if free else False
    if _greets_at_a_place(turn, desk, text):
        return {"pressed": ""}
    return _a_question(form, draft, turn, desk, incoming) and {"pressed": ""}


def _greets_at_a_place(turn: Here, desk: Desk, text: str) -> bool:
    """Whether small talk stands where any words would be taken for the name of a village."""
    if len(text.split()) > A_SENTENCE or desk.danger is not Danger.NONE:
        return False
    if not isinstance(turn, Ask) or turn.question.kind.show != "place":
        return False
    try:
        no_known_place = isinstance(turn.question.kind.read(Reply(text), desk.scene), dict)
    except (Unclear, SeveralMeant):
        return False
    return no_known_place and smalltalk(wording(text)) is not None


def _a_code(text: str) -> str:
    """What an invitation code or a one-time code opens: it is no answer, and no officer's to read.

    A code has a digit and a letter in it here, so that no village is taken for one.
    """
    if not any(map(str.isdigit, text)):
        return ""
    if digits := typed_codes.one_time_code(text):
        return f"i.code.{digits}"
    code = typed_codes.invitation(text)
    mixed = any(map(str.isdigit, code)) and any(map(str.isalpha, code))
    return f"i.role.{code}" if mixed else ""


def _of_the_menu(text: str, desk: Desk) -> str:
    """The button of the main menu that a whole message names; "" if it names none."""
    said = fold(text)
    if said in HOTLINES:
        return "m.call"
    if said in spoken(LANGUAGES["en" if desk.person.language == "vi" else "vi"]):
        return "m.language"
    return _menu().get(said) or ("m.menu" if affirm.command(text) == "menu" else "")


@cache
def _menu() -> dict[str, str]:
    return {said: value for value, label in LABELS.items() for said in spoken(label)}


def _refused(form: Form, draft: Draft, desk: Desk) -> bool:
    turn = step(form, draft, desk.reply(), desk.scene)
    return not isinstance(turn, Done | Cancelled) and turn.note.refusal


def _a_question(form: Form, draft: Draft, turn: Here, desk: Desk, incoming: Incoming) -> bool:
    """Whether something is asked that has an answer; what tells of a child is never taken so."""
    text = incoming.text
    asks = text.rstrip().endswith("?") or about_law(text)
    if not asks and len(text.split()) < A_SENTENCE:
        return False
    if isinstance(turn, Ask) and _takes_anything(turn.question):
        if form is not CHILD_REPORT or not asks:
            return False
    elif not _refused(form, draft, desk):
        return False
    if desk.danger is not Danger.NONE or tells_of_a_child(desk.told):
        return False
    if not asks and any(value is not None for value in desk.told.slots.values()):
        return False  # "từ 6h sáng đến 6h tối" tells, and asks nothing
    return desk.faq.found.kind == "answer"


def _takes_anything(question: Question) -> bool:
    return question.kind.show in ("words", "spot") and not question.kind.wants_digits


@router.on(aside)
def answer_and_go_on(_in: Incoming, desk: Desk, pressed: str) -> None:
    """The answer, and below it the question that is open."""
    if pressed:
        desk.press(f"{pressed}.here" if pressed == "m.call" else pressed)
        return
    metrics.QUESTIONS.labels("answer").inc()
    desk.say(Say(in_full(desk, desk.faq.found)))
    if here := desk.open_form():
        desk.resume(here[0], here[1])
