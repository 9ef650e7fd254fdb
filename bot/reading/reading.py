"""One free-text report read into slots: what it states, and what it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.reading.ages import age, grade
from bot.reading.care import carer
from bot.reading.child import child_name
from bot.reading.message import Hit, Message
from bot.reading.nights import night_work
from bot.reading.people import People
from bot.reading.places import village
from bot.reading.schooling import schooling
from bot.reading.sexes import sex
from bot.reading.times import days_per_week, hours_per_day, number
from bot.reading.urgency import urgent
from bot.reading.villages import Villages
from bot.reading.work import employer, family_help, work, workplace

Value = str | int | float | bool | None
Span = tuple[int, int]

# In the order in which what is missing is asked for; the rest is never asked.
WANTED = (
    "village",
    "age",
    "child_name",
    "work",
    "hours_per_day",
    "schooling",
    "sex",
    "days_per_week",
    "night_work",
    "carer",
    "workplace",
    "employer",
)
SLOTS = (
    "child_name",
    "age",
    "sex",
    "village",
    "schooling",
    "work",
    "hours_per_day",
    "days_per_week",
    "night_work",
    "urgent",
    "village_code",
    "employer",
    "workplace",
    "carer",
    "grade",
    "family_help",
)


@dataclass(frozen=True)
class Reading:
    """What a report states: every slot of SLOTS, None where it states nothing.

    `spans` tells where in the text a slot was read, for those that are words of it.
    """

    text: str
    slots: Mapping[str, Value]
    spans: Mapping[str, Span] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """The slots worth asking for that the text does not state, what matters most first."""
        return [slot for slot in WANTED if self.slots[slot] is None]

    def to_json(self) -> dict[str, Any]:
        """As `vongtay extract` prints it."""
        return {"text": self.text, "slots": dict(self.slots), "missing": self.missing}


def read(text: str, villages: Villages, today: date) -> Reading:
    """What the text states of one child, the first it tells of. Never raises, never guesses."""
    return _Reader(Message(text), villages, today).reading(text)


class _Reader:
    """Fills the slots one after another: what one has taken is not read as another."""

    def __init__(self, message: Message, villages: Villages, today: date) -> None:
        self._message = message
        self._villages = villages
        self._today = today
        self._slots: dict[str, Value] = dict.fromkeys(SLOTS)
        self._spans: dict[str, Span] = {}

    def reading(self, text: str) -> Reading:
        """Everything, in the order in which one slot leans on another."""
        place = self._read_village()
        people = People(self._message, place)
        self._read_child(people, place)
        self._read_work(people)
        self._slots["urgent"] = urgent(self._message)
        return Reading(text, self._slots, self._spans)

    def _set(self, slot: str, value: Value, found: Span) -> None:
        self._slots[slot] = value
        self._spans[slot] = self._message.span(*found)

    def _set_typed(self, slot: str, found: Hit | None) -> None:
        if found:
            self._set(slot, self._message.typed(found.start, found.end), (found.start, found.end))

    def _read_village(self) -> Span | None:
        place = village(self._message, self._villages)
        if place is None:
            return None
        names = {self._villages.name(code) for code in place.codes}
        typed = self._message.typed(place.start, place.end)
        # Sisters that are written alike cannot be told apart: then it stays as it was typed.
        self._set("village", names.pop() if len(names) == 1 else typed, (place.start, place.end))
        if len(place.codes) == 1:
            self._slots["village_code"] = place.codes[0]
        return place.start, place.end

    def _read_child(self, people: People, place: Span | None) -> None:
        message = self._message
        name = child_name(message, people, place)
        if name:
            self._set_typed("child_name", Hit(name.start, name.end))
        if aged := age(message, people, name, self._today):
            self._set("age", aged.value, (aged.start, aged.end))
        if sexed := sex(message, people, name):
            self._set("sex", sexed.value, (sexed.start, sexed.end))
        if schooled := schooling(message, people):
            self._set("schooling", schooled.value, (schooled.start, schooled.end))
        if classed := grade(message):
            self._set("grade", classed.value, (classed.start, classed.end))
        self._set_typed("carer", carer(message))

    def _read_work(self, people: People) -> None:
        message = self._message
        if done := work(message, people):
            self._set("work", done.value, (done.start, done.end))
        if done and (helping := family_help(message, people)):
            self._set("family_help", helping.value, (helping.start, helping.end))
        if hours := hours_per_day(message):
            self._set("hours_per_day", number(hours.value), (hours.start, hours.end))
        if days := days_per_week(message):
            self._set("days_per_week", number(days.value), (days.start, days.end))
        if night := night_work(message, works=done is not None):
            self._set("night_work", night.value, (night.start, night.end))
        self._set_typed("employer", employer(message, people))
        self._set_typed("workplace", workplace(message, people))
