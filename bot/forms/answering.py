"""Taking what a person said for the answer to the open question, and losing nothing of it."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.forms.labels import number_of, picked
from bot.forms.model import (
    SENT,
    VOICE,
    Draft,
    Form,
    Question,
    Reply,
    Scene,
    SeveralMeant,
    Unclear,
)
from bot.forms.steering import send, skip
from bot.forms.turns import (
    NO_NOTE,
    Ask,
    Here,
    Note,
    Review,
    Turn,
    all_words,
    choices,
    show,
    words,
)
from bot.i18n import later as _
from bot.vietnamese.affirm import refused, unknown
from bot.vietnamese.fold import fold

SENTENCE = 25  # a text of so many letters that answers no question is kept beside the answers


def answer_to(form: Form, here: Ask, reply: Reply, scene: Scene) -> Turn:
    """What comes after a reply to the open question: the next one, or why it is asked again."""
    question, draft = here.question, here.draft
    if any(media.kind == question.kind.gathers for media in reply.media):
        return _gathered(form, here, reply, scene)
    if _declined(question, reply):
        return skip(form, here, scene)  # none to be had: nothing to insist on
    telling = _says_more(question, reply.text) or bool(reply.media)
    read = reply.read.get(question.key)
    try:
        value = question.kind.read(_chosen(here, reply, scene), scene)
    except SeveralMeant as several:
        if read is None:
            kept = beside(form, draft, reply.text) if telling else draft
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
        return show(form, beside(form, draft, reply.text), scene, went_along(form, reply))
    plain = value in (reply.text, {"typed": reply.text}) or is_label(question, reply.text, scene)
    if telling and not plain:
        draft = beside(form, draft, reply.text)  # "12, but she looks younger and is often ill"
    if not _own_words(question, value, scene):
        draft = with_words_of(form, draft, question, scene)
    note = went_along(form, reply) if reply.media else NO_NOTE
    answered = show(form, with_answer(draft, question, value), scene, note)
    if form.at_once and isinstance(answered, Review) and not reply.media:
        return send(form, answered, scene)
    return answered


def with_words_of(form: Form, draft: Draft, question: Question, scene: Scene) -> Draft:
    """What was told in own words is kept beside the answers when a choice takes its place."""
    before = draft.answers.get(question.key)
    told = before.get("typed") if isinstance(before, dict) else before
    if not isinstance(told, str):
        return draft
    # A sentence is kept whatever it once answered: the form may ask for something else now.
    own = len(told) >= SENTENCE or (told == before and _own_words(question, told, scene))
    return beside(form, draft, told.removeprefix("/")) if own else draft


def _own_words(question: Question, value: object, scene: Scene) -> bool:
    if question.kind.show == "place":
        return isinstance(value, dict)
    chosen = {choice.value for choice in question.kind.offer(scene)}
    return question.kind.show == "words" and value not in (VOICE, SENT) and value not in chosen


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
    figures = {"number": 1, "hour": 2, "choice": None}  # "19h30" is one hour
    if question.kind.show not in figures:
        return question.personal and any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    most = figures[question.kind.show]
    ranged = most is not None and len(_FIGURES.findall(text)) > most
    if ranged and any(map(str.isalpha, text)):
        return True
    return len(text.split()) > _PLAIN_ANSWER


def is_label(question: Question, text: str, scene: Scene) -> bool:
    """Whether a text is the label of a choice, and nothing more."""
    return fold(text) in all_words(question, scene)


def telling(text: str) -> bool:
    """Whether a text that answers nothing is worth keeping: a sentence, however short."""
    return len(text) >= SENTENCE or len(text.split()) >= _PLAIN_ANSWER


_FIGURES = re.compile(r"\d+")
_PLAIN_ANSWER = 3  # words


def _gathered(form: Form, here: Ask, reply: Reply, scene: Scene) -> Here:
    """Photos and voice notes may be followed by more of them; a place is one."""
    draft = beside(form, here.draft, reply.text)
    one_more = "" if here.question.kind.gathers == "location" else here.question.key
    return show(form, draft.here().with_(revisiting=one_more), scene, Note(_("Got it.")))


def _unclear(form: Form, here: Ask, reply: Reply, scene: Scene, problem: Unclear) -> Turn:
    """Ask again. Media are kept already; a whole sentence is kept too, beside the answers."""
    draft = here.draft
    if reply.media:
        return show(form, beside(form, draft, reply.text), scene, went_along(form, reply))
    hint = Note(str(problem), tuple(problem.holes.items()), refusal=True)
    if not telling(reply.text) or (kept := beside(form, draft, reply.text)) == draft:
        return show(form, draft, scene, hint)
    return show(form, kept, scene, replace(hint, kept=True))


def beside(form: Form, draft: Draft, text: str) -> Draft:
    """The draft with these words kept beside the answers."""
    if not text or text in draft.also or not form.keeps_more:
        return draft
    return draft.with_(also=(*draft.also, text))


def went_along(form: Form, reply: Reply) -> Note:
    """Whether what was sent besides words goes with the form."""
    gathers = {question.kind.gathers for question in form.questions}
    if all(media.kind in gathers for media in reply.media):
        return Note(_("Got it. It goes along."))
    return Note(NOT_ALONG)


NOT_ALONG = _("Here I can pass on words only: the photo or voice note does not go along.")


def _chosen(here: Ask, reply: Reply, scene: Scene) -> Reply:
    """A typed number becomes the choice it stands for."""
    if not reply.text or reply.value or here.question.kind.wants_digits:
        return reply
    offered = choices(here, scene)
    number = picked(reply.text, words(here, scene))
    if number and here.question.kind.show in ("place", "places") and not number_of(reply.text):
        names = [fold(name).split() for place in scene.places for name in (place.name, *place.also)]
        numbered = any(str(number) in name for name in names)
        number = 0 if numbered else number  # "No. 2" is a name where a place is called so
    return Reply(value=offered[number - 1].value) if number else reply


def with_answer(draft: Draft, question: Question, value: object) -> Draft:
    """The draft with this answer, at its place on the trail."""
    answers = {**draft.answers, question.key: value}
    skipped = tuple(key for key in draft.skipped if key != question.key)
    trail = draft.trail_with(question.key)
    return draft.here().with_(answers=answers, skipped=skipped, trail=trail)


def keep_media(form: Form, here: Here, reply: Reply) -> Draft:
    """Whatever is sent at whatever question goes to the question that gathers its kind."""
    draft = here.draft
    for media in reply.media:
        question = _gathering(form, here, media.kind)
        if question is None:
            continue
        before = draft.answers.get(question.key)
        if isinstance(before, str):  # the way in words, and now the place as well
            draft = beside(form, draft, before.removeprefix("/"))
        value: list[object] = [media.latitude, media.longitude]
        if media.kind != "location":
            kept = before if isinstance(before, list) else []
            value = [*kept, media.id] if media.id not in kept else kept
        answers = {**draft.answers, question.key: value}
        skipped = tuple(key for key in draft.skipped if key != question.key)
        draft = draft.with_(answers=answers, skipped=skipped, trail=draft.trail_with(question.key))
    return draft


def _gathering(form: Form, here: Here, kind: str) -> Question | None:
    """The open question if it gathers this kind, else the first that does."""
    if isinstance(here, Ask) and here.question.kind.gathers == kind:
        return here.question
    return next((q for q in form.questions if q.kind.gathers == kind), None)
