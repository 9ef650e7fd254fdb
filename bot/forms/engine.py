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

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.forms.labels import number_of, spoken, without_marks
from bot.forms.model import (
    UNKNOWN,
    VOICE,
    Answers,
    Choice,
    Draft,
    Form,
    Question,
    Reply,
    Scene,
    SeveralMeant,
    Unclear,
)
from bot.i18n import later as _
from bot.vietnamese.affirm import command, refused, unknown
from bot.vietnamese.fold import fold

BACK, SKIP, CANCEL, SEND = "/back", "/skip", "/cancel", "/send"
EDIT, MORE, GO_ON, PAGE, CHANGE = "/edit", "/more", "/go-on", "/page", "/change "
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
PAGE_SIZE = 12
SENTENCE = 25  # a text of so many letters that answers no question is kept beside the answers


@dataclass(frozen=True)
class Note:
    """Something to say before going on: a text id and what fills its holes.

    With `card` everything answered so far stands below it, also where a question is asked.
    `refusal`: what was done has changed nothing. `kept`: but its words are kept beside.
    """

    text: str = ""
    holes: tuple[tuple[str, object], ...] = ()
    card: bool = False
    refusal: bool = False
    kept: bool = False


_NO_NOTE = Note()


@dataclass(frozen=True)
class Ask:
    """An open question."""

    draft: Draft
    question: Question
    complete: bool  # everything needed is answered: it can be sent from here
    note: Note = _NO_NOTE


@dataclass(frozen=True)
class Review:
    """The card with everything answered so far."""

    draft: Draft
    questions: tuple[Question, ...]
    complete: bool
    more: bool  # there are optional questions not asked yet
    note: Note = _NO_NOTE


@dataclass(frozen=True)
class Pick:
    """Which answer is to be changed?"""

    draft: Draft
    questions: tuple[Question, ...]
    note: Note = _NO_NOTE


@dataclass(frozen=True)
class Done:
    """The person confirmed; these are the answers that apply."""

    form: Form
    draft: Draft
    answers: Answers


@dataclass(frozen=True)
class Cancelled:
    """The person stopped; the draft is marked, so that it can be restored."""

    form: Form
    draft: Draft


Here = Ask | Review | Pick
Turn = Here | Done | Cancelled


def show(form: Form, draft: Draft, scene: Scene, note: Note = _NO_NOTE) -> Here:
    """Where the person is now. Starting, resuming and asking again are all this."""
    kept = scene.stood.get(id(draft))
    if kept and kept[1] is draft and kept[0] is form:
        here: Here = kept[2]
    else:
        here = _stand(form, draft, scene)
        if len(scene.stood) >= _STOOD:
            scene.stood.clear()
        scene.stood[id(draft)] = form, draft, here
    return here if note is _NO_NOTE else replace(here, note=note)


_STOOD = 200


def _stand(form: Form, draft: Draft, scene: Scene) -> Here:
    questions, answered = form.standing(draft.answers, scene)
    skipped = draft.skipped
    left = [q for q in questions if q.key not in answered and not (q.optional and q.key in skipped)]
    missing = [question for question in left if not question.optional]
    if draft.view:
        given = _given(questions, left)
        if draft.view == "pick" and given:
            return Pick(draft, given)
        if draft.view == "card" and given:
            return Review(draft, given, not missing, bool(left))
    if draft.revisiting:
        for question in questions:
            if question.key == draft.revisiting:
                return Ask(draft, question, not missing)
    if missing:
        return Ask(draft, missing[0], False)
    if draft.more and left:
        return Ask(draft, form.next_of(left, answered, scene), True)
    return Review(draft.here(), _given(questions, left), True, bool(left))


def _given(questions: Sequence[Question], left: Sequence[Question]) -> tuple[Question, ...]:
    """The questions that are answered or skipped."""
    open_still = {question.key for question in left}
    return tuple(question for question in questions if question.key not in open_still)


def step(form: Form, draft: Draft, reply: Reply, scene: Scene) -> Turn:
    """Take one reply: a command, a press, or else the answer to the open question."""
    here = show(form, draft, scene)  # before media are kept: they may settle the open question
    if reply.media:
        here = replace(here, draft=_keep_media(form, here, reply))
    if reply.value:
        return _pressed(form, here, reply.value, scene)
    if wanted := _command(form, here, reply.text, scene):
        return _do(form, here, wanted, scene)
    if isinstance(here, Ask):
        return _answer(form, here, reply, scene)
    return _at_list(form, here, reply, scene)


def button(draft: Draft, question: str, answer: str) -> str:
    """The value of a button: see the top of this file."""
    return f"f.{draft.key}.{question}.{answer}"


def choices(ask: Ask, scene: Scene) -> tuple[Choice, ...]:
    """What is offered for the open question: one page of it, or the few that were meant."""
    every = ask.question.kind.offer(scene)
    offered = [choice for choice in every if choice.value != UNKNOWN]
    if ask.draft.narrowed:
        offered = [choice for choice in offered if choice.value in ask.draft.narrowed]
    start = ask.draft.page * PAGE_SIZE
    page = offered[start : start + PAGE_SIZE] or offered[:PAGE_SIZE]
    return (*page, *(choice for choice in every if choice.value == UNKNOWN))


def pages(ask: Ask, scene: Scene) -> int:
    """How many pages the choices of the open question fill."""
    every = ask.question.kind.offer(scene)
    return -(-sum(choice.value != UNKNOWN for choice in every) // PAGE_SIZE)


def _settled(question: Question, draft: Draft, scene: Scene) -> bool:
    if question.key in draft.skipped and question.optional:
        return True
    return question.key in draft.answers and question.kind.fits(draft.answers[question.key], scene)


def commands(form: Form, here: Here, scene: Scene) -> list[tuple[str, str, bool]]:
    """The buttons that are no answers: (command, label, whether it only steers), in their order."""
    if isinstance(here, Ask):
        return [(wanted, label, True) for wanted, label in _around(form, here, scene)]
    steering = [(BACK, _("Back"), True), (CANCEL, _("Cancel"), True)]
    if isinstance(here, Pick):
        return [*((CHANGE + q.key, q.short, False) for q in here.questions), *steering]
    first = (SEND, form.send) if here.complete else (GO_ON, _("Continue"))
    more = [(MORE, _("Add details"), False)] if here.more and here.complete else []
    return [(*first, False), *more, (EDIT, _("Edit"), False), *steering]


def _around(form: Form, here: Ask, scene: Scene) -> list[tuple[str, str]]:
    question, draft = here.question, here.draft
    begun = bool(draft.answers or draft.skipped)
    gathered = bool(question.kind.gathers) and question.key in draft.answers
    every = (
        (PAGE, _("More choices"), pages(here, scene) > 1 and not draft.narrowed),
        (SKIP, _("Done") if gathered else _("Skip"), question.optional or gathered),
        (SEND, form.send, here.complete),
        (BACK, _("Back"), begun),
        (EDIT, _("Edit"), begun),
        (CANCEL, _("Cancel"), True),
    )
    return [(wanted, label) for wanted, label, offered in every if offered]


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
            return _do(form, here, answer, scene)
        return show(form, here.draft, scene, _OLD)
    if key == open_key and isinstance(here, Ask):
        return _answer(form, here, Reply(value=answer), scene)
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
    changed = _with_answer(_with_words_of(form, draft, question, scene), question, value)
    return show(form, changed.with_(revisiting=draft.revisiting), scene, Note(_("Changed.")))


def _with_words_of(form: Form, draft: Draft, question: Question, scene: Scene) -> Draft:
    """What was told in own words is kept beside the answers when a choice takes its place."""
    before = draft.answers.get(question.key)
    told = before.get("typed") if isinstance(before, dict) else before
    if not isinstance(told, str):
        return draft
    # A sentence is kept whatever it once answered: the form may ask for something else now.
    own = len(told) >= SENTENCE or (told == before and _own_words(question, told, scene))
    return _beside(form, draft, told.removeprefix("/")) if own else draft


def _own_words(question: Question, value: object, scene: Scene) -> bool:
    if question.kind.show == "place":
        return isinstance(value, dict)
    chosen = {choice.value for choice in question.kind.offer(scene)}
    return question.kind.show == "words" and value != VOICE and value not in chosen


def _do(form: Form, here: Here, wanted: str, scene: Scene) -> Turn:
    draft = here.draft
    if wanted == CANCEL:
        return Cancelled(form, draft.here().with_(cancelled=True))
    if wanted == SEND:
        return _send(form, here, scene)
    if wanted == BACK:
        return _back(form, here, scene)
    if wanted == EDIT:
        return _edit(form, here, scene)
    if wanted == MORE:
        return show(form, draft.here().with_(more=True), scene)
    if wanted == GO_ON:
        return show(form, draft.here(), scene)
    if wanted.startswith(CHANGE):
        return _change(form, here, wanted.removeprefix(CHANGE), scene)
    if isinstance(here, Ask):
        if wanted == SKIP:
            return _skip(form, here, scene)
        if wanted == PAGE:
            page = (draft.page + 1) % max(pages(here, scene), 1)
            return show(form, draft.with_(revisiting=here.question.key, page=page), scene)
    return show(form, draft, scene, _CANNOT)


_CANNOT = Note(_("Please choose one of the buttons, or type its number."), refusal=True)


def _send(form: Form, here: Here, scene: Scene) -> Turn:
    draft = here.draft
    questions = form.relevant(draft.answers, scene)
    if any(not q.optional and not _settled(q, draft, scene) for q in questions):
        note = Note(_("Almost there: this answer is still needed before sending."))
        return show(form, draft.here(), scene, note)
    answers = {
        q.key: draft.answers[q.key]
        for q in questions
        if q.key in draft.answers and q.kind.fits(draft.answers[q.key], scene)
    }
    return Done(form, draft.here(), answers)


def _back(form: Form, here: Here, scene: Scene) -> Turn:
    """To the question before the open one; from a card to the last one answered."""
    draft = here.draft
    questions = form.relevant(draft.answers, scene)
    if isinstance(here, Pick):
        return show(form, draft.with_(view="card"), scene)
    order = {key: place for place, key in enumerate(draft.trail, 1)}
    settled = [q for q in questions if _settled(q, draft, scene)]
    settled.sort(key=lambda question: order.get(question.key, 0))
    before = settled
    if isinstance(here, Ask) and here.question in settled:
        before = settled[: settled.index(here.question)]
    if not before:
        return show(form, draft, scene, Note(_("This is the first question.")))
    return show(form, draft.here().with_(revisiting=before[-1].key), scene)


def _edit(form: Form, here: Here, scene: Scene) -> Turn:
    """From a question to the card, from the card to the list of answers to change."""
    view = "card" if isinstance(here, Ask) else "pick"
    turn = show(form, here.draft.with_(view=view), scene)
    if isinstance(turn, Ask):
        return show(form, here.draft, scene, Note(_("There is nothing to change yet.")))
    return turn


def _change(form: Form, here: Here, which: str, scene: Scene) -> Turn:
    """Reopen a question, named by its key or by its place on the card (from 1)."""
    draft = here.draft
    questions = form.relevant(draft.answers, scene)
    given = [question for question in questions if _settled(question, draft, scene)]
    if which.isdecimal() and len(which) < 4 and 1 <= int(which) <= len(given):
        which = given[int(which) - 1].key
    if which not in [question.key for question in questions]:
        return show(form, draft.with_(view="pick"), scene, _CANNOT)
    return show(form, draft.here().with_(revisiting=which), scene)


def _skip(form: Form, here: Ask, scene: Scene) -> Turn:
    draft, question = here.draft, here.question
    if question.key in draft.answers and _settled(question, draft, scene):
        return show(form, draft.here(), scene)  # reopened, or photos gathered: the answer stays
    if not question.optional:
        note = Note(_("This one is needed. If you do not know, that is an answer too."))
        return show(form, draft, scene, note)
    skipped = tuple(sorted({*draft.skipped, question.key}))
    settled = draft.here().with_(skipped=skipped, trail=_trail(draft, question))
    return show(form, settled, scene)


def _answer(form: Form, here: Ask, reply: Reply, scene: Scene) -> Turn:
    question, draft = here.question, here.draft
    if any(media.kind == question.kind.gathers for media in reply.media):
        return _gathered(form, here, reply, scene)
    if _declined(question, reply):
        return _skip(form, here, scene)  # none to be had: nothing to insist on
    telling = _says_more(question, reply.text) or bool(reply.media)
    read = reply.read.get(question.key)
    try:
        value = question.kind.read(_chosen(here, reply, scene), scene)
    except SeveralMeant as several:
        if read is None:
            kept = _beside(form, draft, reply.text) if telling else draft
            narrowed = kept.with_(revisiting=question.key, narrowed=several.values)
            place = question.kind.show in ("place", "places")
            return show(form, narrowed, scene, _WHICH_PLACE if place else _WHICH)
        value = read
    except Unclear as problem:
        if read is None:
            return _unclear(form, here, reply, scene, problem)
        value = read
    if read is not None and isinstance(value, dict):
        value = read
    if reply.media and isinstance(value, dict):  # a caption names no new village
        return show(form, _beside(form, draft, reply.text), scene, _went_along(form, reply))
    plain = value in (reply.text, {"typed": reply.text}) or is_label(question, reply.text, scene)
    if telling and not plain:
        draft = _beside(form, draft, reply.text)  # "12, but she looks younger and is often ill"
    if not _own_words(question, value, scene):
        draft = _with_words_of(form, draft, question, scene)
    note = _went_along(form, reply) if reply.media else _NO_NOTE
    answered = show(form, _with_answer(draft, question, value), scene, note)
    if form.at_once and isinstance(answered, Review) and not reply.media:
        return _send(form, answered, scene)
    return answered


_WHICH_PLACE = Note(_("Which one do you mean?"))
_WHICH = Note(_("Please choose one of these:"))


def _declined(question: Question, reply: Reply) -> bool:
    """Whether there is none to give: no photo, no place, no name, no number."""
    none = question.kind.show in ("media", "spot") or question.personal
    if not (question.optional and none) or reply.value or reply.media:
        return False
    return refused(reply.text) or (question.kind.show == "media" and unknown(reply.text))


def _says_more(question: Question, text: str) -> bool:
    """Whether a text may hold more than the answer that is read in it."""
    if len(text) >= SENTENCE:
        return True
    if question.kind.show not in ("number", "choice"):
        return question.personal and any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    ranged = question.kind.show == "number" and len(_FIGURES.findall(text)) > 1
    if ranged and any(map(str.isalpha, text)):
        return True
    return len(text.split()) > _PLAIN_ANSWER


def is_label(question: Question, text: str, scene: Scene) -> bool:
    """Whether a text is the label of a choice, and nothing more."""
    said = fold(text)
    return any(
        said == fold(choice.label) if choice.literal else said in spoken(choice.label)
        for choice in question.kind.offer(scene)
    )


def _telling(text: str) -> bool:
    """Whether a text that answers nothing is worth keeping: a sentence, however short."""
    return len(text) >= SENTENCE or len(text.split()) >= _PLAIN_ANSWER


_FIGURES = re.compile(r"\d+")
_PLAIN_ANSWER = 3  # words


def _gathered(form: Form, here: Ask, reply: Reply, scene: Scene) -> Here:
    """Photos and voice notes may be followed by more of them; a place is one."""
    draft = _beside(form, here.draft, reply.text)
    one_more = "" if here.question.kind.gathers == "location" else here.question.key
    return show(form, draft.here().with_(revisiting=one_more), scene, Note(_("Got it.")))


def _unclear(form: Form, here: Ask, reply: Reply, scene: Scene, problem: Unclear) -> Turn:
    """Ask again. Media are kept already; a whole sentence is kept too, beside the answers."""
    draft = here.draft
    if reply.media:
        return show(form, _beside(form, draft, reply.text), scene, _went_along(form, reply))
    hint = Note(str(problem), tuple(problem.holes.items()), refusal=True)
    if not _telling(reply.text) or (kept := _beside(form, draft, reply.text)) == draft:
        return show(form, draft, scene, hint)
    return show(form, kept, scene, replace(hint, kept=True))


_KEPT = Note(kept=True, refusal=True)


def _beside(form: Form, draft: Draft, text: str) -> Draft:
    """The draft with these words kept beside the answers."""
    if not text or text in draft.also or not form.keeps_more:
        return draft
    return draft.with_(also=(*draft.also, text))


def _went_along(form: Form, reply: Reply) -> Note:
    """Whether what was sent besides words goes with the form."""
    gathers = {question.kind.gathers for question in form.questions}
    if all(media.kind in gathers for media in reply.media):
        return Note(_("Got it. It goes with the report."))
    return Note(_("Here I can pass on words only: the photo or voice note does not go along."))


def _chosen(here: Ask, reply: Reply, scene: Scene) -> Reply:
    """A typed number becomes the choice it stands for."""
    if not reply.text or reply.value or here.question.kind.wants_digits:
        return reply
    offered, number = choices(here, scene), number_of(reply.text)
    return Reply(value=offered[number - 1].value) if 1 <= number <= len(offered) else reply


def _with_answer(draft: Draft, question: Question, value: object) -> Draft:
    answers = {**draft.answers, question.key: value}
    skipped = tuple(key for key in draft.skipped if key != question.key)
    trail = _trail(draft, question)
    return draft.here().with_(answers=answers, skipped=skipped, trail=trail)


def _trail(draft: Draft, question: Question) -> tuple[str, ...]:
    return draft.trail if question.key in draft.trail else (*draft.trail, question.key)


def _keep_media(form: Form, here: Here, reply: Reply) -> Draft:
    """Whatever is sent at whatever question goes to the question that gathers its kind."""
    draft = here.draft
    for media in reply.media:
        question = _gathering(form, here, media.kind)
        if question is None:
            continue
        before = draft.answers.get(question.key)
        if isinstance(before, str):  # the way in words, and now the place as well
            draft = _beside(form, draft, before.removeprefix("/"))
        value: list[object] = [media.latitude, media.longitude]
        if media.kind != "location":
            kept = before if isinstance(before, list) else []
            value = [*kept, media.id] if media.id not in kept else kept
        answers = {**draft.answers, question.key: value}
        skipped = tuple(key for key in draft.skipped if key != question.key)
        draft = draft.with_(answers=answers, skipped=skipped, trail=_trail(draft, question))
    return draft


def _gathering(form: Form, here: Here, kind: str) -> Question | None:
    """The open question if it gathers this kind, else the first that does."""
    if isinstance(here, Ask) and here.question.kind.gathers == kind:
        return here.question
    return next((q for q in form.questions if q.kind.gathers == kind), None)


def _at_list(form: Form, here: Review | Pick, reply: Reply, scene: Scene) -> Turn:
    """Text at the card: a number of what is offered there; a sentence is kept; else say how."""
    numbered = [wanted for wanted, _label, nav in commands(form, here, scene) if not nav]
    if 1 <= (number := number_of(reply.text)) <= len(numbered):
        return _do(form, here, numbered[number - 1], scene)
    if reply.media:
        kept = _beside(form, here.draft, reply.text)
        return show(form, kept, scene, _went_along(form, reply))
    if _telling(reply.text) and (kept := _beside(form, here.draft, reply.text)) != here.draft:
        return show(form, kept, scene, _KEPT)
    return show(form, here.draft, scene, _CANNOT)
