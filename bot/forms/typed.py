"""What a typed message answers to a question of the report, where a label or a plain number is
not what was typed: "con gái", "nghỉ học rồi", "từ 6h sáng đến 6h tối", "cả tuần".

First the short answers of the word list (words.toml, "answers_to"), then what the reading of whole
reports finds in it. Nothing is guessed: what says neither is None, and is asked again.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from bot.forms.model import SeveralMeant, Unclear
from bot.i18n import later as _
from bot.reading.ages import age as read_age
from bot.reading.ages import grade
from bot.reading.child import child_name as read_name
from bot.reading.clock import moments
from bot.reading.lexicon import content
from bot.reading.message import Message
from bot.reading.nights import night_work as read_night_work
from bot.reading.people import People
from bot.reading.schooling import schooling as read_schooling
from bot.reading.sexes import sex as read_sex
from bot.reading.times import days_per_week as read_days
from bot.reading.times import hours_per_day as read_hours
from bot.reading.urgency import urgent
from bot.reading.work import family_help as read_family_help
from bot.vietnamese import affirm, numbers
from bot.vietnamese.danger import Danger
from bot.vietnamese.danger import read as read_danger

_FIGURES = re.compile(r"[\d.+()\-]+")
_LEFT = ("dropped_out", "never")
_BEFORE_SCHOOL = 5  # full years, at least, of a child in the first class, less its one year
_WITH_AN_AGE = 2  # numbers: one of the class and one more
_OLDEST = 17
_NEAR = 2  # words between two ages that are said together


def danger(text: str) -> str | None:
    """Whether the child is in danger now; who tells of it has said yes."""
    if said := affirm.answer_to("danger", text):
        return said
    if read_danger(text) is Danger.NOW:
        return "yes"
    return "no" if urgent(Message(text)) is False else None


def sex(text: str) -> str | None:
    """Boy or girl."""
    if said := affirm.answer_to("sex", text):
        return said
    message = Message(text)
    found = read_sex(message, People(message, None), None)
    return found.value if found else None


def schooling(text: str) -> str | None:
    """How the child goes to school; raises SeveralMeant for a plain no."""
    plain = affirm.yes_no(text)
    said = affirm.answer_to("schooling", text)
    if plain is False or said == "maybe_left":
        raise SeveralMeant(_LEFT)
    if plain or said:
        return said or "attending"
    message = Message(text)
    found = read_schooling(message, People(message, None))
    return found.value if found else None


def family_help(text: str) -> str | None:
    """For the own family or for others."""
    if said := affirm.answer_to("family_help", text):
        return said
    message = Message(text)
    found = read_family_help(message, People(message, None))
    return None if found is None else "family" if found.value else "others"


def night_work(text: str) -> str | None:
    """Whether there is work at night: also "until 11 in the evening"."""
    if said := affirm.answer_to("night_work", text):
        return said
    found = read_night_work(Message(text), works=True)
    return None if found is None else "yes" if found.value else "no"


def may_call(text: str) -> str | None:
    """Whether the reporter may be called; who writes a number may."""
    if said := affirm.answer_to("may_call", text):
        return said
    if not numbers.phone(text):
        return None
    beside = " ".join(_FIGURES.sub(" ", text).split())
    return "no" if affirm.refused(beside) or affirm.answer_to("may_call", beside) == "no" else "yes"


def hours_per_day(text: str, _year: int) -> float | None:
    """The hours of a day: stated, added up, or from when to when; the higher of two.

    An hour of the clock and "half a day" are no number of hours.
    """
    message = Message(text)
    if found := read_hours(message):
        return found.value
    if any(moment.named for moment in moments(message)) or _counts_others(message):
        return None
    return _higher(message, text)


def days_per_week(text: str, _year: int) -> float | None:
    """The days of a week: stated, or named; the higher of two."""
    message = Message(text)
    found = read_days(message)
    return found.value if found else _higher(message, text)


def _counts_others(message: Message) -> bool:
    """Whether what is counted first is not hours: "1 buổi", "nửa ngày", "30 phút"."""
    first = next(iter(message.figures.values()), None)
    if first is None:
        return message.any_within("times.other_units", 0, len(message))
    hours = message.at("times.hours", first.end)
    return bool(message.at("times.other_units", first.end)) and not hours


def _higher(message: Message, text: str) -> float | None:
    """The number that is said; of a range its higher end, for an unknown lowers nothing."""
    said, first = numbers.number(text), next(iter(message.figures.values()), None)
    ranged = first is not None and first.low == said and "/" not in text
    return first.high if first is not None and ranged else said


def age(text: str, year: int) -> float | None:
    """Whole years of one child, the lower of two; raises Unclear for a class at school, or for
    several children."""
    message = Message(text)
    if _several_ages(message):
        raise Unclear(ONE_CHILD)
    found = read_age(message, People(message, None), None, date(year, 12, 31))
    if found:
        return found.value
    classed = grade(message)
    if classed and len(message.figures) < _WITH_AN_AGE:
        low = classed.value + _BEFORE_SCHOOL
        raise Unclear(OF_A_CLASS, grade=classed.value, low=low, high=low + 1)
    return _in_years(message, numbers.age(text, year))


def _in_years(message: Message, said: float | None) -> float | None:
    """The age unless it counts something else, or is said with "mấy": "mười mấy tuổi"."""
    first = next(iter(message.figures.values()), None)
    if first is None:  # "nửa ngày" is half of something else
        return None if _counts_others(message) else said
    if said is None:
        return None
    around, pieces = content("times")["data"], message.pieces
    if first.end < len(message) and pieces[first.end].plain in around["some"]:
        return None
    if first.start and pieces[first.start - 1].plain in around["under"]:
        return said - 1
    months = said < first.low  # they were made years
    return said if months or not _counts_others(message) else None


def is_an_age(text: str) -> bool:
    """Whether a text tells an age, and so is no name of a village."""
    message = Message(text)
    return read_age(message, People(message, None), None, date.max) is not None


def several_children(text: str) -> bool:
    """Whether a story gives the ages of several children: "Hoa 12 tuổi và Nam 9 tuổi"."""
    message = Message(text)
    ages = {
        figure.low
        for figure in message.figures.values()
        if figure.high <= _OLDEST and message.at("times.years", figure.end)
    }
    return len(ages) > 1 or _several_ages(message)


def _several_ages(message: Message) -> bool:
    """Whether two ages are said, one behind the other: "12 và 9 tuổi"."""
    joined = content("times")["data"]["and"]
    ages = [
        figure
        for figure in message.figures.values()
        if figure.high <= _OLDEST
        and not message.at("times.other_units", figure.end)
        and not message.before("schooling.class_word", figure.start)
    ]
    return any(
        one.end < other.start <= one.end + _NEAR and message.pieces[other.start - 1].plain in joined
        for one, other in pairwise(ages)
    )


def name(text: str) -> str | None:
    """The child's name without the words around it: "tên là Hoa", "bé Hoa, 12 tuổi"."""
    message = Message(text)
    found = read_name(message, People(message, None), None)
    return message.typed(found.start, found.end) if found else None


ONE_CHILD = _(
    "A report is about one child. How old is the one you worry about most? You can report the "
    "others right after."
)
OF_A_CLASS = _(
    "In class {grade} children are about {low} or {high}. Please type the age as a number; "
    "a guess is fine."
)
