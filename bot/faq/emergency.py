"""What is said when a child is in danger: first the numbers, then what to do, then the report.

What to do is an entry only where the text holds the words of its event and speaks of its person;
otherwise it is told for anybody (content/emergency.toml). Better general than for somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.faq.contents import content
from bot.faq.entries import Entry
from bot.faq.index import Found
from bot.vietnamese import danger
from bot.vietnamese.patterns import Marks, PhraseBook

_LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Advice:
    """What is said in each language, and the entry that it is from."""

    text: Mapping[str, str]
    entry: Entry | None = None


def cry(text: str) -> Advice:
    """What is said to a bare cry for help: hardly anything was told."""
    event = _event(danger.spoken(text))
    return Advice(_whole(event.get("first", "emergency"), event))


def first_line(text: str) -> str:
    """Which line of numbers what is told there begins with (content/texts.toml): after a fire, a
    drowning or a collapse 114 comes first, after a wound, a bite or poison 115: unless somebody
    has done that to the child, for then the police are called as well.
    """
    spoken = danger.spoken(text)
    line: str = _event(spoken).get("first", "emergency")
    by_somebody = line == "emergency_hurt" and _says("violence", spoken)
    return "emergency" if by_somebody else line


def advice(text: str, found: Found, entries: Mapping[str, Entry], *, hurt: bool) -> Advice:
    """What to do about the danger of that text; `hurt` says that it speaks of a wound or illness.

    `entries` are those that may be given, by id.
    """
    spoken = danger.spoken(text)
    event = _event(spoken)
    line = event.get("first", "emergency_hurt" if hurt else "emergency")
    entry = _entry(found, spoken) or entries.get(event.get("entry", ""))
    if entry is not None:
        line = _rules()["entries"][entry.id].get("first", line)
        return Advice(_whole(line, {each: entry.says(each) for each in _LANGUAGES}), entry)
    another = "another" in event and _says("another", spoken)
    return Advice(_whole(line, event["another"] if another else event))


def _whole(line: str, told: Mapping[str, str]) -> Mapping[str, str]:
    say = content("texts")
    return {
        language: "\n".join(
            [
                say[line][language],
                say["emergency_more"][language],
                told[language],
                say["emergency_report"][language],
            ]
        )
        for language in _LANGUAGES
    }


def _entry(found: Found, spoken: str) -> Entry | None:
    """The likeliest entry, if it is sure, and if it is for this event and this person."""
    top, settings = found.top, content("settings")
    if top is None or found.sure < settings["confidence"]["answer"]:
        return None
    fits = _rules()["entries"].get(top.id)
    if fits is None or found.lead < _rules()["lead"]:
        return None
    if fits.get("self") and _says("another", spoken):
        return None
    if "needs" in fits and not any(_says(each, spoken) for each in fits["needs"]):
        return None
    return None if any(_says(each, spoken) for each in fits.get("unless", ())) else top


def _event(spoken: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in _rules()["events"] if _happens(each, spoken))
    return found


def _happens(event: Mapping[str, Any], spoken: str) -> bool:
    """Whether words of the event are said; an event without words is any."""
    own = event.get("any", ()) or event.get("exact", ())
    lists: Sequence[str] = event.get("lists", ())
    if not own and not lists:
        return True
    return bool(own and _says(event["name"], spoken)) or any(_says(each, spoken) for each in lists)


def _says(name: str, spoken: str) -> bool:
    return _pattern(name).search(spoken) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """The words of a list of the file, or of an event."""
    events = {each["name"]: each for each in _rules()["events"]}
    lists = _rules().get(name) or events[name]
    book = PhraseBook({})
    return re.compile(
        book.source((lists["any"], Marks.OPTIONAL), (lists.get("exact", ()), Marks.EXACT))
    )


def _rules() -> Mapping[str, Any]:
    return content("emergency")
