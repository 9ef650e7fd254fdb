"""What a form is: a list of questions, and one person's draft of the answers.

A form is data. Everything a person may do while filling one in (go back, skip, change an answer,
stop and come back tomorrow on another phone) lives in engine.py, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from bot.vietnamese.fold import Names
from bot.words import Policy

Value = Any  # what JSON can carry, so that a draft survives a restart
Answers = Mapping[str, Value]

UNKNOWN = "unknown"  # "Không rõ" is an answer everywhere
VOICE = "/voice"  # the answer that was given in a voice note
SENT = "/sent"  # the answer that is what was sent along: a photo, a place


class Unclear(ValueError):
    """The reply is not an answer; the message (a text id with {holes}) shows what would work."""

    def __init__(self, message: str, **holes: object) -> None:
        super().__init__(message)
        self.holes = holes


class SeveralMeant(Exception):
    """The reply fits several choices; ask which of `values` it was."""

    def __init__(self, values: Sequence[str]) -> None:
        super().__init__("several are meant")
        self.values = tuple(values)


@dataclass(frozen=True)
class Place:
    """A village that can be chosen: its code, its name, and older names it is known by."""

    code: str
    name: str
    also: tuple[str, ...] = ()
    commune: str | None = None


@dataclass(frozen=True)
class Scene:
    """What a form needs to know of the world around it."""

    today: date
    policy: Policy = "full"
    places: tuple[Place, ...] = ()

    @cached_property
    def villages(self) -> tuple[Choice, ...]:
        """The places as choices: made once for everybody who is asked in one sitting."""
        return tuple(Choice(place.code, place.name, literal=True) for place in self.places)

    @cached_property
    def names(self) -> Names:
        """The names of the places, old ones too, by code."""
        return Names({place.code: (place.name, *place.also) for place in self.places})

    @cached_property
    def heard(self) -> dict[str, list[tuple[str, float]]]:
        """The places that words of late may mean (answers.py): an event asks up to four times."""
        return {}

    @cached_property
    def drawn(self) -> dict[tuple[Any, ...], Any]:
        """What is offered at a question, by all that it depends on (turns.py, render.py)."""
        return {}

    @cached_property
    def stood(self) -> dict[int, tuple[Form, Draft, Any]]:
        """Where drafts of late stand, by identity (turns.py): an event asks up to ten times."""
        return {}


@dataclass(frozen=True)
class Media:
    """A photo, voice note or place that came with a reply; `id` is our attachment's."""

    kind: str
    id: int = 0
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Reply:
    """What the person did: typed (cleaned) text, pressed a button, sent media.

    `read` is what was read of the text as a report, by question: for where it is no plain answer.
    """

    text: str = ""
    value: str = ""
    media: tuple[Media, ...] = ()
    read: Answers = field(default_factory=dict)


_OnlyIf = Callable[[Answers], bool]
_OnlyNow = Callable[[Answers, Scene], bool]
_Fits = Callable[[Value, Scene], bool]


def _always(_: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Choice:
    """One offered answer. `label` is a text id, or (`literal`) a name that is not translated."""

    value: str
    label: str
    literal: bool = False


@dataclass(frozen=True, eq=False)
class Kind:
    """What kind of answer a question wants.

    `read` takes the reply and the scene and returns the value, or raises Unclear or
    SeveralMeant. `offer` gives the choices of the moment. `fits` says whether a stored value is
    still one (a form may have changed since). With `gathers` an answer is a list that grows by
    every `media` of that kind. `wants_digits`: a typed number is the answer, never a choice.
    """

    read: Callable[[Reply, Scene], Value]
    offer: Callable[[Scene], tuple[Choice, ...]] = lambda _: ()
    fits: Callable[[Value, Scene], bool] = lambda value, _: True
    show: str = "words"  # how render shows a value: words, choice, number, place, media, spot
    private: bool = False
    wants_digits: bool = False
    gathers: str = ""


@dataclass(frozen=True, eq=False)
class Question:
    """`ask` and `short` (its name on the review card) are text ids."""

    key: str
    ask: str
    short: str
    kind: Kind
    only_if: _OnlyIf = _always
    optional: bool = False
    personal: bool = False  # not asked on a code_only channel
    only_now: _OnlyNow | None = None  # like only_if, judged by the day too


@dataclass(frozen=True, eq=False)
class Form:
    """`intro` is said before the first question, `send` labels the button that files it.

    With `at_once` the form is sent as soon as everything needed is answered, without a card.
    Without `keeps_more` what is said beside the questions has nowhere to go and is asked again.
    `asks_first` names, of the questions that need not be answered, the one that matters most now.
    """

    name: str
    title: str
    intro: str
    send: str
    questions: tuple[Question, ...]
    cancelled: str = ""
    at_once: bool = False
    keeps_more: bool = True
    asks_first: Callable[[Answers, Scene], str] | None = None

    def relevant(self, answers: Answers, scene: Scene) -> list[Question]:
        """The questions that apply, judged only by answers that apply themselves."""
        return self.standing(answers, scene)[0]

    def standing(self, answers: Answers, scene: Scene) -> tuple[list[Question], Answers]:
        """The questions that apply, and the answers that are still answers to them."""
        found: list[Question] = []
        kept: dict[str, Value] = {}
        no_names = scene.policy == "code_only"
        for question, key, fits, only_if, only_now in self._conditions:
            if only_if is not None and not only_if(kept):
                continue
            if only_now is not None and not only_now(kept, scene):
                continue
            if key in answers and fits(answers[key], scene):
                kept[key] = answers[key]
            elif no_names and question.personal:
                continue
            found.append(question)
        return found, kept

    @cached_property
    def _conditions(self) -> list[tuple[Question, str, _Fits, _OnlyIf | None, _OnlyNow | None]]:
        """What `standing` goes through with every event."""
        return [
            (q, q.key, q.kind.fits, None if q.only_if is _always else q.only_if, q.only_now)
            for q in self.questions
        ]

    def next_of(self, left: Sequence[Question], answers: Answers, scene: Scene) -> Question:
        """Of the questions that are left, the one to ask."""
        key = self.asks_first(answers, scene) if self.asks_first and len(left) > 1 else ""
        return next((question for question in left if question.key == key), left[0])

    def question(self, key: str) -> Question | None:
        """The question of that key."""
        return next((question for question in self.questions if question.key == key), None)


@dataclass(frozen=True)
class Draft:
    """Where one person is in one form. Which question is next is worked out, never stored.

    `key` is unlike any other draft's: a button of an old one is known by it. `also` holds what
    was said that answered no question, so that nothing a person wrote is lost.
    """

    form: str
    key: str
    answers: dict[str, Value] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    revisiting: str = ""  # a question reopened by "back" or "change"
    more: bool = False  # the optional questions are wanted too
    view: str = ""  # "card" or "pick": the review card or the list of answers to change
    page: int = 0
    narrowed: tuple[str, ...] = ()  # the few choices that a reply could have meant
    also: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()  # the questions in the order in which they were settled
    context: dict[str, Value] = field(default_factory=dict)  # what started it; not an answer
    cancelled: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, without what is empty."""
        return {
            key: list(value) if type(value) is tuple else value
            for key, value in vars(self).items()
            if value
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Draft:
        """The draft that `to_json` gave, perhaps by another version of the program."""
        known = {name: kept[name] for name in kept.keys() & cls.__dataclass_fields__.keys()}
        for name in ("skipped", "narrowed", "also", "trail"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    def with_(self, **changes: Any) -> Draft:
        """The same draft with other fields: dataclasses.replace in a sixth of its time."""
        draft = object.__new__(Draft)
        draft.__dict__.update(self.__dict__, **changes)
        return draft

    def trail_with(self, key: str) -> tuple[str, ...]:
        """The trail with this question on it."""
        return self.trail if key in self.trail else (*self.trail, key)

    def here(self) -> Draft:
        """The same draft with every passing state (reopened question, card, page) closed."""
        if self.revisiting or self.view or self.page or self.narrowed:
            return self.with_(revisiting="", view="", page=0, narrowed=())
        return self
