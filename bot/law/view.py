"""The facts with nothing left open, at best or at worst, and what a condition makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from bot.law.facts import Facts
from bot.law.table import Kind, flags, places, settings, works

_ANY = "*"  # what is unknown, at worst
UNKNOWN = Kind("", {}, light="yes", late="yes", art=None, vague=True)
_ANYTHING = Kind(_ANY, {}, forbidden="yes", begging=True)


@dataclass(frozen=True)
class View:
    """The facts with nothing unknown: what a condition looks at."""

    age: int
    youngest: int
    for_others: bool
    for_family: bool
    working: bool
    work: Kind
    place: Kind
    hours: float
    week: float
    night: bool
    schooling: str
    flags: frozenset[str]
    many_signs: bool


Condition = Callable[[View, Any], bool]
CONDITIONS: Mapping[str, tuple[Condition, tuple[str, ...]]] = {
    # how it is checked, and which facts it hangs on
    "below": (lambda view, age: view.age < age, ("age",)),
    "from": (lambda view, age: view.age >= age, ("age",)),
    "may_be_below": (lambda view, age: view.youngest < age, ("age",)),
    "for_others": (lambda view, _: view.for_others, ("family_help", "work")),
    "for_family": (lambda view, _: view.for_family, ("family_help",)),
    "working": (lambda view, _: view.working, ("work", "hours_per_day", "days_per_week")),
    "over": (
        lambda view, most: view.hours > most[0] or view.week > most[1],
        ("hours_per_day", "days_per_week"),
    ),
    "night": (lambda view, _: view.night, ("night_work",)),
    "schooling": (lambda view, any_of: view.schooling in any_of, ("schooling",)),
    "work": (lambda view, asked: _is(view.work, asked), ("work",)),
    "place": (lambda view, asked: _is(view.place, asked), ("place",)),
    "flags": (
        lambda view, any_of: bool(view.flags) and not view.flags.isdisjoint(any_of),
        ("flags",),
    ),
    "not_flags": (lambda view, any_of: view.flags.isdisjoint(any_of), ("flags",)),
    "unknown_flags": (lambda view, _: not view.flags <= flags().keys(), ("flags",)),
    "signs": (lambda view, _: view.many_signs, ("schooling", "flags")),
}


def _is(kind: Kind, asked: Mapping[str, Sequence[Any]]) -> bool:
    return all(getattr(kind, name) in any_of for name, any_of in asked.items())


def at_best(facts: Facts) -> View:
    """The facts with every unknown taken for harmless (but see the top of the file)."""
    work = _kind(works(), facts.work)
    away = facts.work is not None and not work.household
    days = 1.0 if facts.days_per_week is None else facts.days_per_week
    hours = facts.hours_per_day or 0.0
    return View(
        age=settings()["unknown_age"]["at_best"] if facts.age is None else facts.age,
        youngest=facts.age or 0,
        for_others=away if facts.family_help is None else not facts.family_help,
        for_family=facts.family_help is True,
        working=facts.work is not None or hours > 0 or facts.night_work is True,
        work=work,
        place=_kind(places(), facts.place),
        hours=hours,
        week=hours * days,
        night=facts.night_work is True,
        schooling=_schooling(facts) or "attending",
        flags=facts.flags or frozenset(),
        many_signs=_signs(facts) >= settings()["signs"]["threshold"],
    )


def at_worst(facts: Facts, missing: Iterable[str]) -> View:
    """The facts with the missing ones taken for the worst, the other unknowns for harmless."""
    worst = _worst()
    return at_best(replace(facts, **{fact: worst[fact] for fact in missing}))


@cache
def _worst() -> Mapping[str, Any]:
    return {
        "age": settings()["school_age"]["from"],  # younger is worse only in what may_be_below asks
        "work": _ANY,
        "place": _ANY,
        "hours_per_day": 24.0,
        "days_per_week": 7.0,
        "night_work": True,
        "schooling": "never",
        "family_help": False,
        "flags": frozenset(flag for flag, row in flags().items() if "sign" in row),
    }


def _kind(kinds: Mapping[str, Kind], named: str | None) -> Kind:
    return _ANYTHING if named == _ANY else kinds.get(named or "", UNKNOWN)


def kinds_of(facts: Facts) -> Mapping[str, Kind]:
    """The kinds of work and of place that the facts name."""
    return {"work": _kind(works(), facts.work), "place": _kind(places(), facts.place)}


def _signs(facts: Facts) -> float:
    """The weight of the signs of risk, each counted once."""
    known = flags()
    found = {known[flag].get("sign") for flag in facts.flags or () if flag in known}
    if _schooling(facts) not in (None, "attending"):
        found.add("out_of_school")
    weight = settings()["signs"]["weight"]
    return float(sum(weight[sign] for sign in found if sign))


def _schooling(facts: Facts) -> str | None:
    """How schooling is; nobody asks after that of a child who is too young for it."""
    young = facts.age is not None and facts.age < settings()["school_age"]["from"]
    return "attending" if young else facts.schooling


def open_facts(facts: Facts) -> list[str]:
    """The facts that must be known and are not, in the order of asking."""
    work = works().get(facts.work or "", UNKNOWN)
    kind = "no_work" if _idle(facts) else "family" if facts.family_help else "for_others"
    needed = settings()["needed"][kind]
    found = {fact for fact in needed if getattr(facts, fact) is None}
    if _schooling(facts) is not None:
        found.discard("schooling")
    if work.vague and kind == "for_others":
        found.add("work")  # of "other" help at home it is enough to know where (ask_place)
    if _place_is_open(facts, work.ask_place):
        found.add("place")
    if facts.flags is None and ("schooling" in found or _signs(facts) > 0):
        found.add("flags")  # where there is one sign of risk there may be another
    return sorted(found, key=settings()["ask"]["order"].index)


def _idle(facts: Facts) -> bool:
    """Whether it was said that there is no work; where something else says there is, there is."""
    no_hours = facts.hours_per_day == 0 or (facts.days_per_week == 0 and not facts.hours_per_day)
    for_others = facts.family_help is False
    return facts.work is None and no_hours and not facts.night_work and not for_others


def _place_is_open(facts: Facts, asked: bool) -> bool:
    """Whether the place was said and says nothing, or was not said and must be known."""
    if facts.place is None:
        return asked or "place" in facts.unreadable
    return places().get(facts.place, UNKNOWN).vague
