"""What is known of a child's work, read from what people and machines write."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.law.table import Kind, content, flags, places, settings, works
from bot.vietnamese.affirm import unknown, yes_no
from bot.vietnamese.danger import Danger, read
from bot.vietnamese.fold import Names, closest, fold
from bot.vietnamese.memory import short_remembered
from bot.vietnamese.numbers import number

_ALIKE = 0.75  # names.closest: the name stands in the text, or is mistyped by a letter
_MOST_TEXT = 300  # characters that are looked at for a name
_GRAVE = {"yes": 0, "criterion": 1, "no": 2}
_LIGHT = {"no": 0, "some": 1, "yes": 2}


@dataclass(frozen=True)
class Facts:
    """The facts of contract §2 `triage`; None is unknown, `unreadable` was said but not understood.

    work, place, schooling and flags hold ids of content/*.toml; a flag may also be one that the
    table does not know.
    """

    age: int | None = None
    work: str | None = None
    place: str | None = None
    hours_per_day: float | None = None
    days_per_week: float | None = None
    night_work: bool | None = None
    schooling: str | None = None
    family_help: bool | None = None
    flags: frozenset[str] | None = None
    unreadable: tuple[str, ...] = ()

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> Facts:
        """The facts in what JSON carries; other keys are passed over.

        Raises ValueError, naming the field, for a value of a kind the field cannot have.
        """
        known: dict[str, Any] = {}
        unreadable = []
        for name, reader in _READERS.items():
            said = mapping.get(name)
            if said is None or (isinstance(said, str) and _says_nothing(said)):
                continue
            try:
                known[name] = reader(said)
            except TypeError:
                raise ValueError(f"{name}: must be {_WANTED[reader]}") from None
            if known[name] is None:
                unreadable.append(name)
        if known.get("work") is None and "work" in unreadable:
            known["work"] = "other"  # there is work, whatever it is
        elif known.get("work") == _NOT_WORKING:
            known["work"] = None
            if known.setdefault("hours_per_day", 0.0) == 0 and known.get("family_help") is False:
                del known["family_help"]  # "no work, and not for the family": no work for others
        if "place" not in known:
            known["place"] = _forbidden_place(known.get("work"), mapping.get("work"))
        return cls(**known, unreadable=tuple(unreadable))


_NOT_WORKING = ""


def _says_nothing(said: str) -> bool:
    return not said.strip() or unknown(said)


def _count(least: float, most: float) -> Callable[[object], float | None]:
    """Reads a number within these limits; None for one outside them, or for no number."""

    def reader(said: object) -> float | None:
        if isinstance(said, bool) or not isinstance(said, int | float | str):
            raise TypeError
        value = _figure(said) if isinstance(said, str) else said
        return float(value) if value is not None and least <= value <= most else None

    return reader


def _figure(said: str) -> float | None:
    try:
        return float(said)
    except ValueError:
        return number(said[:_MOST_TEXT])


def _age(said: object) -> int | None:
    years = _count(0, 120)(said)
    return None if years is None else math.floor(years)


def _whether(said: object) -> bool | None:
    if isinstance(said, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(fold(said), yes_no(said))
    if not isinstance(said, int | float):
        raise TypeError
    return bool(said) if said in (0, 1) else None


def _schooling(said: object) -> str | None:
    text = _text(said)
    ids = settings()["schooling"]
    if text in ids["order"]:
        return text
    hits = [found for found, _ in closest(text, ids["names"], _ALIKE)]
    return max(hits, key=ids["order"].index, default=None)


def _work(said: object) -> str | None:
    text = _text(said)
    if text in works():
        return text
    if yes_no(text) is False or fold(text) in _not_working():
        return _NOT_WORKING
    return _worst_work(text)


def _place(said: object) -> str | None:
    text = _text(said)
    return text if text in places() else _worst_place(text)


def _forbidden_place(work: str | None, said: object) -> str | None:
    """The forbidden place that is named in a text about work that is not itself forbidden."""
    if work is None or works()[work].forbidden != "no" or said == work:
        return None
    place = _worst_place(_text(said))
    return place if place and places()[place].forbidden != "no" else None


# A report is weighed anew with each answer, the words for work and place stay the same.


@short_remembered
def _worst_work(text: str) -> str | None:
    return _worst(text, works())


@short_remembered
def _worst_place(text: str) -> str | None:
    return _worst(text, places())


def _worst(text: str, kinds: Mapping[str, Kind]) -> str | None:
    """Of the kinds that a text may mean the one that the law is hardest on."""
    hits = [kinds[found] for found, _ in _names(id(kinds)).closest(text, _ALIKE)]
    hits.sort(key=lambda kind: (_GRAVE[kind.forbidden], not kind.begging, _LIGHT[kind.light]))
    return hits[0].id if hits else None


@cache
def _names(which: int) -> Names:
    kinds = works() if which == id(works()) else places()
    return Names(
        {
            kind.id: (kind.id.replace("_", " "), *kind.name.values(), *kind.names)
            for kind in kinds.values()
        }
    )


@cache
def _not_working() -> frozenset[str]:
    return frozenset(map(fold, content("works")["not_working"]["names"]))


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError
    return said.strip()[:_MOST_TEXT]


def _flags(said: object) -> frozenset[str]:
    if isinstance(said, str):
        said = said.split(",")
    elif isinstance(said, Mapping) and said:
        said = [name for name, is_so in said.items() if is_so not in (False, None, 0)]
    if isinstance(said, Mapping) or not isinstance(said, Iterable):
        raise TypeError
    return frozenset(_flag(_text(each)) for each in said if each is not None and each != "")


def _flag(said: str) -> str:
    """The id of a flag; one that is not known stays as it was said, but a cry for help is heard."""
    known = said if said in flags() else _flag_names().get(_blank(said))
    return known or ("danger" if read(said) >= Danger.POSSIBLE else said)


@cache
def _flag_names() -> Mapping[str, str]:
    return {_blank(name): key for key, row in flags().items() for name in (key, *row["names"])}


def _blank(name: str) -> str:
    return fold(name.replace("_", " ").replace("-", " "))


_READERS: Mapping[str, Callable[[object], Any]] = {
    "age": _age,
    "work": _work,
    "place": _place,
    "hours_per_day": _count(0, 24),
    "days_per_week": _count(0, 7),
    "night_work": _whether,
    "schooling": _schooling,
    "family_help": _whether,
    "flags": _flags,
}

_WANTED: Mapping[Callable[[object], Any], str] = {
    _work: "text",
    _place: "text",
    _schooling: "text",
    _whether: "true or false",
    _flags: "a list of texts",
    **{_READERS[name]: "a number" for name in ("age", "hours_per_day", "days_per_week")},
}
