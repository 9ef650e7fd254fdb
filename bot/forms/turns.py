"""Where a draft stands: the question, the card or the list in front of a person, and its buttons.

A button carries "f.DRAFT.QUESTION.ANSWER", so one pressed late is known for what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeVar

from bot.forms.labels import spoken
from bot.forms.model import UNKNOWN, Answers, Choice, Draft, Form, Question, Scene
from bot.i18n import later as _
from bot.vietnamese.fold import fold

BACK, SKIP, CANCEL, SEND = "/back", "/skip", "/cancel", "/send"
EDIT, MORE, GO_ON, PAGE, CHANGE = "/edit", "/more", "/go-on", "/page", "/change "
PAGE_SIZE = 12

T = TypeVar("T")


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


NO_NOTE = Note()


@dataclass(frozen=True)
class Ask:
    """An open question."""

    draft: Draft
    question: Question
    complete: bool  # everything needed is answered: it can be sent from here
    questions: Sequence[Question]  # all that apply
    note: Note = NO_NOTE


@dataclass(frozen=True)
class Review:
    """The card with everything answered so far."""

    draft: Draft
    questions: tuple[Question, ...]
    complete: bool
    more: bool  # there are optional questions not asked yet
    note: Note = NO_NOTE


@dataclass(frozen=True)
class Pick:
    """Which answer is to be changed?"""

    draft: Draft
    questions: tuple[Question, ...]
    note: Note = NO_NOTE


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


def show(form: Form, draft: Draft, scene: Scene, note: Note = NO_NOTE) -> Here:
    """Where the person is now. Starting, resuming and asking again are all this."""
    kept = scene.stood.get(id(draft))
    if kept and kept[1] is draft and kept[0] is form:
        here: Here = kept[2]
    else:
        here = _stand(form, draft, scene)
        if len(scene.stood) >= _STOOD:
            scene.stood.clear()
        scene.stood[id(draft)] = form, draft, here
    return here if note is NO_NOTE else replace(here, note=note)


_STOOD = 500


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
                return Ask(draft, question, not missing, questions)
    if missing:
        return Ask(draft, missing[0], False, questions)
    if draft.more and left:
        return Ask(draft, form.next_of(left, answered, scene), True, questions)
    return Review(draft.here(), _given(questions, left), True, bool(left))


def _given(questions: Sequence[Question], left: Sequence[Question]) -> tuple[Question, ...]:
    """The questions that are answered or skipped."""
    open_still = {question.key for question in left}
    return tuple(question for question in questions if question.key not in open_still)


def button(draft: Draft, question: str, answer: str) -> str:
    """The value of a button: see the top of this file."""
    return f"f.{draft.key}.{question}.{answer}"


def once_drawn(scene: Scene, key: tuple[Any, ...], draw: Callable[[], T]) -> T:
    """What `draw` gives, which depends on nothing but the scene and the key; drawn once.

    A hundred people are asked the same question, and an event asks up to six times what is offered.
    """
    drawn: T | None = scene.drawn.get(key)
    if drawn is None:
        if len(scene.drawn) >= _DRAWN:
            scene.drawn.clear()
        drawn = scene.drawn[key] = draw()
    return drawn


_DRAWN = 1000


def choices(ask: Ask, scene: Scene) -> tuple[Choice, ...]:
    """What is offered for the open question: one page of it, or the few that were meant."""
    question, page, narrowed = ask.question, ask.draft.page, ask.draft.narrowed
    return once_drawn(
        scene,
        (_choices, question, page, narrowed),
        lambda: _choices(question, page, narrowed, scene),
    )


def _choices(
    question: Question, number: int, narrowed: Sequence[str], scene: Scene
) -> tuple[Choice, ...]:
    every = question.kind.offer(scene)
    offered = [choice for choice in every if choice.value != UNKNOWN]
    if narrowed:
        offered = [choice for choice in offered if choice.value in narrowed]
    start = number * PAGE_SIZE
    page = offered[start : start + PAGE_SIZE] or offered[:PAGE_SIZE]
    return (*page, *(choice for choice in every if choice.value == UNKNOWN))


def words(ask: Ask, scene: Scene) -> list[tuple[str, ...]]:
    """How each of these choices may be typed, folded."""
    key = words, ask.question, ask.draft.page, ask.draft.narrowed
    return once_drawn(scene, key, lambda: [_typed(choice) for choice in choices(ask, scene)])


def all_words(question: Question, scene: Scene) -> frozenset[str]:
    """The same of every choice of a question, on whatever page."""

    def draw() -> frozenset[str]:
        return frozenset(chain.from_iterable(map(_typed, question.kind.offer(scene))))

    return once_drawn(scene, (all_words, question), draw)


def _typed(choice: Choice) -> tuple[str, ...]:
    return (fold(choice.label),) if choice.literal else spoken(choice.label)


def pages(ask: Ask, scene: Scene) -> int:
    """How many pages the choices of the open question fill."""
    every = ask.question.kind.offer(scene)
    return -(-sum(choice.value != UNKNOWN for choice in every) // PAGE_SIZE)


def is_settled(question: Question, draft: Draft, scene: Scene) -> bool:
    """Whether a question is answered, or skipped where that may be."""
    if question.key in draft.skipped and question.optional:
        return True
    return question.key in draft.answers and question.kind.fits(draft.answers[question.key], scene)


def commands(form: Form, here: Here, scene: Scene) -> list[tuple[str, str, bool]]:
    """The buttons that are no answers: (command, label, whether it only steers), in their order."""
    if isinstance(here, Ask):
        return once_drawn(scene, around(form, here), lambda: _around(form, here, scene))
    steering = [(BACK, _("Back"), True), (CANCEL, _("Cancel"), True)]
    if isinstance(here, Pick):
        return [*((CHANGE + q.key, q.short, False) for q in here.questions), *steering]
    first = (SEND, form.send) if here.complete else (GO_ON, _("Continue"))
    more = [(MORE, _("Add details"), False)] if here.more and here.complete else []
    return [(*first, False), *more, (EDIT, _("Edit"), False), *steering]


def around(form: Form, here: Ask) -> tuple[Any, ...]:
    """All that the buttons around an open question depend on, beside the scene."""
    question, draft = here.question, here.draft
    begun = bool(draft.answers or draft.skipped)
    gathered = bool(question.kind.gathers) and question.key in draft.answers
    return form, question, here.complete, begun, gathered, bool(draft.narrowed)


def _around(form: Form, here: Ask, scene: Scene) -> list[tuple[str, str, bool]]:
    _form, question, _complete, begun, gathered, narrowed = around(form, here)
    every = (
        (PAGE, _("More choices"), pages(here, scene) > 1 and not narrowed),
        (SKIP, _("Done") if gathered else _("Skip"), question.optional or gathered),
        (SEND, form.send, here.complete),
        (BACK, _("Back"), begun),
        (EDIT, _("Edit"), begun),
        (CANCEL, _("Cancel"), True),
    )
    return [(wanted, label, True) for wanted, label, offered in every if offered]
