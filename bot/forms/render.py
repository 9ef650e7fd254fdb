"""Putting a turn into words and buttons, in the person's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.forms.model import SENT, UNKNOWN, VOICE, Draft, Form, Question, Scene, Value
from bot.forms.moment import clock_words, hour_and_minute
from bot.forms.turns import (
    Ask,
    Here,
    Note,
    Pick,
    Review,
    around,
    button,
    choices,
    commands,
    once_drawn,
)
from bot.i18n import Speech, later
from bot.words import Button, Say, private

ALSO_SAID = later("Also said")
LONGEST_SHOWN = 160  # characters of a story on the card


def render(form: Form, turn: Here, _: Speech, scene: Scene) -> Say:
    """One message for one turn."""
    match turn:
        case Ask():
            return _question(form, turn, _, scene)
        case Review():
            return _review(form, turn, _, scene)
        case Pick():
            return _pick(form, turn, _, scene)


def _question(form: Form, turn: Ask, _: Speech, scene: Scene) -> Say:
    question, draft = turn.question, turn.draft
    text = "\n\n".join(
        part
        for part in (
            note(turn.note, _),
            "\n".join(_card(turn.questions, draft, _, scene)) if turn.note.card else "",
            _(form.intro) if not draft.answers and not draft.skipped else "",
            f"{_place_in(turn)}{_(question.ask)}",
            _before(question, draft, _, scene),
        )
        if part
    )
    key = (_offered, *around(form, turn), draft.page, draft.narrowed, _.language)
    buttons = once_drawn(scene, key, lambda: _offered(form, turn, _, scene))
    begin = button(draft, question.key, "")
    return Say(
        text,
        tuple([Button(begin + answer, label, nav) for answer, label, nav in buttons]),
        takes_digits=question.kind.wants_digits,
    )


def _offered(form: Form, turn: Ask, _: Speech, scene: Scene) -> list[tuple[str, str, bool]]:
    """The buttons of a question: what each answers, its label, whether it only steers."""
    answers = [
        (choice.value, choice.label if choice.literal else _(choice.label), False)
        for choice in choices(turn, scene)
    ]
    return answers + [(wanted, _(label), nav) for wanted, label, nav in commands(form, turn, scene)]


def _place_in(turn: Ask) -> str:
    """ "2/4" among the needed questions: how long it takes is said all the way."""
    if turn.complete:
        return ""
    needed = [question for question in turn.questions if not question.optional]
    if turn.question not in needed or len(needed) < 2:
        return ""
    return f"{needed.index(turn.question) + 1}/{len(needed)}. "


def _before(question: Question, draft: Draft, _: Speech, scene: Scene) -> str:
    """The answer given before, when a question is asked again."""
    if draft.revisiting != question.key or question.key not in draft.answers:
        return ""
    if not question.kind.fits(draft.answers[question.key], scene):
        return ""
    if question.kind.gathers == "photo":
        return ""
    return _("Until now: {answer}").format(answer=shown(question, draft, _, scene))


def _buttons(form: Form, turn: Review | Pick, _: Speech, scene: Scene) -> tuple[Button, ...]:
    """The buttons of a card or list."""
    return tuple(
        Button(button(turn.draft, "-", wanted), _(label), nav)
        for wanted, label, nav in commands(form, turn, scene)
    )


def _review(form: Form, turn: Review, _: Speech, scene: Scene) -> Say:
    draft = turn.draft
    lines = _card(turn.questions, draft, _, scene)
    head = _("Please check:") if turn.complete else _("Written down so far:")
    head = "" if turn.note.card else head  # it asks for that itself
    foot = (
        _("That is enough already; you can also add details first.")
        if turn.complete and turn.more
        else ""
    )
    card = "\n".join(part for part in (head, *lines) if part)
    text = "\n\n".join(part for part in (note(turn.note, _), card, foot) if part)
    return Say(text, _buttons(form, turn, _, scene))


def _card(questions: Sequence[Question], draft: Draft, _: Speech, scene: Scene) -> list[str]:
    """What is written down so far, line by line."""
    lines = [
        f"• {_(question.short)}: {shown(question, draft, _, scene)}"
        for question in questions
        if question.key in draft.answers
        and draft.answers[question.key] != SENT  # that stands in a line of its own
        and question.kind.fits(draft.answers[question.key], scene)
    ]
    if draft.also:
        lines.append(f"• {_(ALSO_SAID)}: {private(cut(' / '.join(draft.also)), _('noted'))}")
    return lines


def _pick(form: Form, turn: Pick, _: Speech, scene: Scene) -> Say:
    text = "\n\n".join(
        part for part in (note(turn.note, _), _("Which answer do you want to change?")) if part
    )
    return Say(text, _buttons(form, turn, _, scene))


def note(told: Note, _: Speech) -> str:
    """What a note says."""
    said = _(told.text).format(**dict(told.holes)) if told.text else ""
    return "\n".join(part for part in (_(KEPT_TOO) if told.kept else "", said) if part)


KEPT_TOO = later("I have written that down too.")


def shown(question: Question, draft: Draft, _: Speech, scene: Scene) -> str:
    """An answer as people read it; what they wrote themselves is marked personal."""
    if question.key not in draft.answers:
        return "–"
    return value_in_words(question, draft.answers[question.key], _, scene)


def value_in_words(question: Question, value: Value, _: Speech, scene: Scene) -> str:
    """A stored value of a question as people read it; free words are marked personal."""
    if value == UNKNOWN:
        return _("not known")
    for choice in question.kind.offer(scene):
        if value == choice.value:
            return choice.label if choice.literal else _(choice.label)
    match question.kind.show:
        case "number":
            return _.number(value)
        case "hour" if isinstance(value, int | float):
            return clock_words(_, *hour_and_minute(value))
        case "year":
            return str(value)
        case "day" if question.kind.fits(value, scene):
            return _.day(date.fromisoformat(value))
        case "media":
            return _.n("{count} sent", "{count} sent", len(value))
        case "moment":
            day, _t, clock = str(value).rpartition("T")
            return f"{clock}, {_.day(date.fromisoformat(day))}" if day else clock
        case "places" if isinstance(value, list):
            names = {place.code: place.name for place in scene.places}
            return ", ".join(str(names.get(code, code)) for code in value)
        case "place":
            typed = value.get("typed", "") if isinstance(value, dict) else str(value)
            return _("{place} (not in the list)").format(place=private(typed))
        case "spot" if isinstance(value, list):
            return private(f"{value[0]:.5f}, {value[1]:.5f}", _("noted"))
    if value == VOICE:
        return _("see the voice note")
    if value == SENT:
        return _("see what was sent along")
    return private(cut(str(value).removeprefix("/")), _("noted"))


def cut(text: str) -> str:
    """A story short enough for a card or an alert."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1].rstrip() + "…"
