"""The one conversation engine: what happens to a draft when the person says something.

Pure functions. A step takes a draft and a reply and returns the next draft plus what the bot has
to express; nothing here sends, stores, translates or reads a clock.

         +-------------- answer, skip, back --------------+
         v                                                |
    [ question ] -- needed ones answered --> [ review ] -- send ----------------> Done
         |   ^                                |  |   |
         |   +----------- change X -----------+  |   +-- more --> optional questions
         |   +----------- edit (pick one) -------+
         +--------------- cancel, at any moment ------------> Cancelled (can be restored)

A button carries "f.DRAFT.QUESTION.ANSWER", so one pressed late is known for what it is.
"""

from __future__ import annotations

from dataclasses import replace

from bot.forms.answering import (
    answer_to,
    beside,
    keep_media,
    telling,
    went_along,
    with_answer,
    with_words_of,
)
from bot.forms.labels import picked, spoken, without_marks
from bot.forms.model import Draft, Form, Reply, Scene, SeveralMeant, Unclear
from bot.forms.steering import CANNOT, do
from bot.forms.turns import (
    BACK,
    CANCEL,
    CHANGE,
    EDIT,
    GO_ON,
    MORE,
    SEND,
    SKIP,
    Ask,
    Here,
    Note,
    Pick,
    Review,
    Turn,
    commands,
    show,
)
from bot.i18n import later as _
from bot.vietnamese.affirm import command
from bot.vietnamese.fold import fold

COMMANDS = {
    "back": BACK,
    "skip": SKIP,
    "cancel": CANCEL,
    "enough": CANCEL,
    "send": SEND,
    "edit": EDIT,
    "more": MORE,
    "continue": GO_ON,
}


def step(form: Form, draft: Draft, reply: Reply, scene: Scene) -> Turn:
    """Take one reply: a command, a press, or else the answer to the open question."""
    here = show(form, draft, scene)  # before media are kept: they may settle the open question
    if reply.media:
        here = replace(here, draft=keep_media(form, here, reply))
    if reply.value:
        return _pressed(form, here, reply.value, scene)
    if wanted := _command(form, here, reply.text, scene):
        return do(form, here, wanted, scene)
    if isinstance(here, Ask):
        return answer_to(form, here, reply, scene)
    return _at_list(form, here, reply, scene)


def _command(form: Form, here: Here, text: str, scene: Scene) -> str:
    """The command that a whole message is, as a label or in other words; "" if it is none."""
    if not text or len(text) > 60 or _may_be_a_name(here, text):
        return ""
    said = fold(text)
    # Whoever reads a line of the card says its name to change it, without "Edit" before; or the
    # name of one that lacks.
    named = form.relevant(here.draft.answers, scene) if isinstance(here, Review) else []
    lines = [(CHANGE + question.key, question.short, False) for question in named]
    for wanted, label, _nav in (*commands(form, here, scene), *lines):
        if said in spoken(label):
            return wanted
    found = command(text) or ""
    if found == "enough" and isinstance(here, Ask) and here.question.optional:
        return SKIP  # what is stopped is this one answer
    if found.startswith("edit:"):
        return CHANGE + found.removeprefix("edit:")
    return COMMANDS.get(found, "")


def _may_be_a_name(here: Here, text: str) -> bool:
    """Where a name is asked for, a common boy's name is not "cancel" with its mark forgotten."""
    if not isinstance(here, Ask) or not here.question.personal:
        return False
    kind = here.question.kind
    return kind.show == "words" and not kind.wants_digits and without_marks(text, "Cancel")


def _pressed(form: Form, here: Here, value: str, scene: Scene) -> Turn:
    parts = value.split(".", 3)
    if len(parts) != 4 or parts[0] != "f" or parts[1] != here.draft.key:
        return show(form, here.draft, scene, Note(_OF_ANOTHER_FORM, refusal=True))
    key, answer = parts[2], parts[3]
    open_key = here.question.key if isinstance(here, Ask) else "-"
    if answer.startswith("/"):
        if key == open_key or answer in (CANCEL, SEND, EDIT) or answer.startswith(CHANGE):
            return do(form, here, answer, scene)
        return show(form, here.draft, scene, _OLD)
    if key == open_key and isinstance(here, Ask):
        return answer_to(form, here, Reply(value=answer), scene)
    return _late_answer(form, here, key, answer, scene)


_OF_ANOTHER_FORM = _("That button belongs to an earlier form.")
_OLD = Note(_("That button belongs to an earlier question."), refusal=True)


def _late_answer(form: Form, here: Here, key: str, answer: str, scene: Scene) -> Turn:
    """A button of another question of this draft: pressed twice, or a change of mind."""
    draft = here.draft
    question = next((q for q in form.relevant(draft.answers, scene) if q.key == key), None)
    if question is None:
        return show(form, draft, scene, _OLD)
    try:
        value = question.kind.read(Reply(value=answer), scene)
    except (Unclear, SeveralMeant):
        return show(form, draft, scene, _OLD)
    if draft.answers.get(key) == value:
        return show(form, draft, scene, Note(_("That answer was noted already.")))
    changed = with_answer(with_words_of(form, draft, question, scene), question, value)
    return show(form, changed.with_(revisiting=draft.revisiting), scene, Note(_("Changed.")))


def _at_list(form: Form, here: Review | Pick, reply: Reply, scene: Scene) -> Turn:
    """Text at the card: a number of what is offered there; a sentence is kept; else say how."""
    numbered = [(wanted, label) for wanted, label, nav in commands(form, here, scene) if not nav]
    if number := picked(reply.text, [spoken(label) for _wanted, label in numbered]):
        return do(form, here, numbered[number - 1][0], scene)
    if reply.media:
        kept = beside(form, here.draft, reply.text)
        return show(form, kept, scene, went_along(form, reply))
    if telling(reply.text) and (kept := beside(form, here.draft, reply.text)) != here.draft:
        return show(form, kept, scene, _KEPT)
    return show(form, here.draft, scene, CANNOT)


_KEPT = Note(kept=True, refusal=True)
