"""A report told in one message: what was read of it, as answers of the child report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.forms import typed
from bot.forms.child_report import CHILD_REPORT, WORK
from bot.forms.model import UNKNOWN, Draft, Scene, Value
from bot.forms.turns import Here, Note, show
from bot.i18n import later as _
from bot.reading import Reading
from bot.vietnamese.fold import fold

ENOUGH = 2  # slots: with so much stated it is a report
OLDEST = 17
_TELLING = frozenset(
    {"child_name", "age", "village", "schooling", "work", "hours_per_day", "night_work"}
)
_OF_SOMEBODY = frozenset({"child_name", "village", "schooling", "sex"})


def tells_of_a_child(reading: Reading) -> bool:
    """Whether a message is a report: it states several things, one of them of a certain child."""
    stated = {slot for slot, value in reading.slots.items() if value is not None}
    at_school = reading.slots["schooling"] == "attending"
    somebody = stated & (_OF_SOMEBODY - {"schooling"} if at_school else _OF_SOMEBODY)
    return len(stated & _TELLING) >= ENOUGH and bool(somebody)


def names_another(draft: Draft, reading: Reading) -> bool:
    """Whether a report names another child than the draft: neither name is the end of the other."""
    known, named = draft.answers.get("name"), reading.slots["child_name"]
    if not isinstance(known, str) or not isinstance(named, str):
        return False
    one, other = fold(known).split(), fold(named).split()
    return one[-len(other) :] != other[-len(one) :]


def of_another(draft: Draft, reading: Reading) -> bool:
    """Whether a message is about another child: another name, or a named child elsewhere."""
    if names_another(draft, reading):
        return True
    known, said = draft.answers.get("village"), reading.slots["village_code"]
    elsewhere = isinstance(known, str) and known != UNKNOWN and said is not None and said != known
    return elsewhere and reading.slots["child_name"] is not None


def answers_of(reading: Reading) -> dict[str, Value]:
    """What was read, under the keys of the child report, in its order; nothing is added."""
    slots = reading.slots
    read = {
        key: value
        for key, slot in _SLOTS.items()
        if (value := slot(slots)) is not None and value != ""
    }
    return {q.key: read[q.key] for q in CHILD_REPORT.questions if q.key in read}


def with_told(draft: Draft, reading: Reading, scene: Scene) -> Here | None:
    """The draft with what was read where nothing was answered yet, shown; None if nothing.

    What the person has answered or skipped already stays as it is.
    """
    changed = filled(draft, reading)
    if changed is draft:
        return None
    several = typed.several_children(reading.text)
    return show(CHILD_REPORT, changed.here(), scene, READ_OF_ONE if several else READ)


def filled(draft: Draft, reading: Reading) -> Draft:
    """The draft with what was read where nothing was answered or skipped yet."""
    fresh = {
        key: value
        for key, value in answers_of(reading).items()
        if key not in draft.answers and key not in draft.skipped
    }
    if not fresh:
        return draft
    trail = (*draft.trail, *(key for key in fresh if key not in draft.trail))
    return replace(draft, answers={**draft.answers, **fresh}, trail=trail)


READ = Note(
    _("This is what I read in your message. Please check; you can change everything."), card=True
)

READ_OF_ONE = Note(
    _(
        "A report is about one child: this is what I read of the first. Please check; you can "
        "report the others right after."
    ),
    card=True,
)

_Slots = Mapping[str, Any]


def _village(slots: _Slots) -> Value:
    if slots["village_code"] is not None:
        return slots["village_code"]
    return {"typed": slots["village"]} if slots["village"] is not None else None


def _age(slots: _Slots) -> Value:
    age = slots["age"]
    return age if age is not None and 0 <= age <= OLDEST else None


def _work(slots: _Slots) -> Value:
    return slots["work"] if slots["work"] in WORK else None


def _place(slots: _Slots) -> Value:
    where, whose = slots["workplace"] or "", slots["employer"] or ""
    said = (where, "" if fold(whose) in fold(where) else whose)
    return ", ".join(part for part in said if part) if _work(slots) else None


def _for_whom(slots: _Slots) -> Value:
    helps = slots["family_help"] if _work(slots) else None
    return None if helps is None else "family" if helps else "others"


def _if_working(slot: str) -> Callable[[_Slots], Value]:
    return lambda slots: _plain(slot)(slots) if _work(slots) else None


def _plain(slot: str) -> Callable[[_Slots], Value]:
    def of(slots: _Slots) -> Value:
        value = slots[slot]
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value

    return of


_SLOTS: dict[str, Callable[[_Slots], Value]] = {
    "danger": lambda slots: "no" if slots["urgent"] is False else None,
    "village": _village,
    "age": _age,
    "name": _plain("child_name"),
    "sex": _plain("sex"),
    "schooling": _plain("schooling"),
    "work": _work,
    "family_help": _for_whom,
    "place": _place,
    "hours_per_day": _if_working("hours_per_day"),
    "days_per_week": _if_working("days_per_week"),
    "night_work": _if_working("night_work"),
    "carer": _plain("carer"),
}
