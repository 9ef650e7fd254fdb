"""The facts of a child's work that a question states: age, work, place, hours, nights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from bot.faq.contents import content
from bot.faq.language import in_vietnamese, is_english
from bot.faq.wording import Wording, wording
from bot.law.facts import Facts
from bot.law.table import Kind, places, works
from bot.reading import Villages, read
from bot.vietnamese.letters import Word, spelled

MOST_TEXT = 1_000  # characters; a question on one child is not longer
_SHORTEST_NAME = 4  # letters of a name of one word: "mo" may be a mine, and much else
_NOWHERE = Villages({})
_ALL_SUCH_PLACES = "entertainment"  # for the reader of reports hotels are that, too
_GRAVE = ("no", "criterion", "yes")


def facts(texts: Sequence[str], asked: Wording, on: date) -> Facts | None:
    """What is stated of one child of one age; None if it is not that much.

    `texts` are the question, then the one that it leans on: what the first states counts.
    """
    if len(asked.years) != 1 or len(asked.ages) != 1 or sum(map(len, texts)) > MOST_TEXT:
        return None
    said = [_said(text, on) for text in texts]
    known = {
        name: next((each[name] for each in said if each[name] is not None), None)
        for name in said[0]
    }
    if not any(
        known[name] for name in ("work", "place", "hours_per_day", "days_per_week", "night_work")
    ):
        return None
    work = known["work"]
    helping = _family_help(known["family_help"], asked, work if isinstance(work, str) else None)
    years = asked.years[0]
    age = years - 1 if known["age"] == years - 1 else years  # "gần 15 tuổi"
    return Facts.of({**known, "age": age, "family_help": helping})


def warm(on: date) -> None:
    """Read the words of the reader of reports now and not when somebody waits."""
    _said(content("words")["ages"]["years"][0], on)


def _first(values: Iterable[object]) -> object:
    return next((each for each in values if each is not None), None)


def _said(text: str, on: date) -> dict[str, object]:
    """What one text states, the kinds of work and place as finely as it names them."""
    found = read(in_vietnamese(text) if is_english(text) else text, _NOWHERE, on).slots
    asked = wording(text)
    words = [word for each in asked.words for word in spelled(each)]
    named = _named(words, "work")
    work = _with_machine(named, text) or _finest(found["work"], named)
    place = _gravest(_named(words, "place"), places())
    if work == _ALL_SUCH_PLACES and not named:
        # The hotel is what forbids it; billiards are not forbidden.
        work = None if place or _any_phrase(asked.words, _rules("no_ban")["phrases"]) else work
    if work in _rules("chores")["kinds"] and "chores" in named:
        paid = _any_phrase(asked.words, _rules("chores")["unless"])
        work = work if paid else "chores"
    return {"work": work, "place": place, "flags": _flags(asked), **{x: found[x] for x in _SLOTS}}


_SLOTS = ("age", "hours_per_day", "days_per_week", "night_work", "family_help", "schooling")


def _flags(asked: Wording) -> list[str] | None:
    """What makes the work dangerous that is named; None where nothing does."""
    rules: Mapping[str, Sequence[str]] = _rules("flags")
    return [flag for flag, phrases in rules.items() if _any_phrase(asked.words, phrases)] or None


def _rules(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = content("settings")["computed"][name]
    return found


def _with_machine(named: Sequence[str], text: str) -> str | None:
    """What light work that is named becomes when the text says that it is done with a machine."""
    rules = content("settings")["computed"]["with_machine"]
    kind = next((rules["kinds"][each] for each in named if each in rules["kinds"]), None)
    return kind if kind and _any_phrase(wording(text).words, rules["phrases"]) else None


def _finest(read_kind: object, named: Sequence[str]) -> str | None:
    """The kind that was read, or one that says more: a part of it, or one that is forbidden."""
    known = works()
    own = str(read_kind) if read_kind in known else None
    finer = [each for each in named if own is None or _says_more(known[each], known[own])]
    return _gravest(finer, known) or own


def _says_more(kind: Kind, than: Kind) -> bool:
    return kind.part_of == than.id or _GRAVE.index(kind.forbidden) > _GRAVE.index(than.forbidden)


def _gravest(named: Sequence[str], kinds: Mapping[str, Kind]) -> str | None:
    listed = sorted(named, key=lambda each: -_GRAVE.index(kinds[each].forbidden))
    return listed[0] if listed else None


def _family_help(said: object, asked: Wording, work: str | None) -> bool | None:
    """Whether it is help for the own family: as said, or as hiring, wages, parents suggest."""
    rules = content("settings")["computed"]
    if _any_phrase(asked.words, rules["for_others"]["phrases"]):
        return False
    if _any_phrase(asked.words, rules["family"]["phrases"]):
        return True
    if isinstance(said, bool):
        return said
    if not asked.concepts.isdisjoint(rules["for_others"]["concepts"]):
        return False
    household = work is not None and works()[work].household
    return None if household else False


def _any_phrase(words: Sequence[str], phrases: Sequence[str]) -> bool:
    line = f" {' '.join(words)} "
    return any(f" {' '.join(plain for plain, _ in spelled(each))} " in line for each in phrases)


def _named(words: Sequence[Word], what: str) -> list[str]:
    """The kinds whose names stand in the words; of places only forbidden ones."""
    found = []
    plain = [word for word, _ in words]
    for at in range(len(plain)):
        for name, kind in _names(what).get(plain[at], ()):
            if tuple(plain[at : at + len(name)]) == name and not _denied(plain, at):
                found.append(kind)
    return found


def _denied(plain: Sequence[str], at: int) -> bool:
    """Whether it is said not to be there: "quán không bán rượu"."""
    before = at - 1
    while before >= 0 and plain[before] in _plainly("between"):
        before -= 1
    return before >= 0 and plain[before] in _plainly("words")


@cache
def _plainly(name: str) -> frozenset[str]:
    """Words of a denial, without their marks."""
    return frozenset(plain for each in _rules("denied")[name] for plain, _ in spelled(each))


@cache
def _names(what: str) -> Mapping[str, Sequence[tuple[tuple[str, ...], str]]]:
    kinds = works() if what == "work" else places()
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for kind in kinds.values():
        if not (kind.part_of or kind.forbidden != "no"):
            continue  # the reader of reports knows the common kinds better
        own = content("settings")["computed"]["kinds"].get(kind.id, ())
        for name in (*kind.name.values(), *kind.names, *own):
            plain = tuple(word for word, _ in spelled(name))
            if len(plain) > 1 or len(plain[0]) >= _SHORTEST_NAME:
                found.setdefault(plain[0], []).append((plain, kind.id))
    return found
