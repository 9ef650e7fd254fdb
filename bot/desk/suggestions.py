"""Questions offered while somebody types: those with an answer, and nothing else.

What is typed is compared and forgotten; only the questions of entries come back, never an answer,
a person or a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from bot.desk.house import House
from bot.desk.live_entries import live
from bot.faq.answering import index
from bot.faq.entries import Entries, Entry
from bot.faq.wording import wording
from bot.vietnamese import danger
from bot.vietnamese.danger import Danger
from bot.vietnamese.fold import clean, fold
from storage import conversations
from storage.people import Known

MOST = 5
SHORTEST, LONGEST = 2, 100  # characters; a longer text is a story
LONGEST_SHOWN = 190  # characters: a press with its label is at most 200
_BY_MEANING = 3  # words from which on it is also looked for what is meant
_NEAR = 0.18  # the likeness under which a question is hardly meant: "mua xe máy" is like 0.14


class Suggestion(NamedTuple):
    """The id of an entry and its question."""

    entry: str
    question: str


def suggest(
    connection: Connection, house: House, person: Known | None, typed: str, now: datetime
) -> list[Suggestion]:
    """At most five questions that may be meant by what somebody has typed so far.

    None inside a form, where it is an answer, and none when a child may be in danger: nobody is to
    be led from that to a question.
    """
    text = clean(typed).strip()
    if not SHORTEST <= len(text) <= LONGEST or text.startswith("/") or text.isdecimal():
        return []
    if danger.read(text) is not Danger.NONE or _in_a_form(connection, person):
        return []
    today = now.astimezone(house.zone).date()
    entries = live(connection, house, _commune(house, person), today).entries
    language = person.language if person else "vi"
    found = dict.fromkeys((*_begun(entries, text, today), *_meant(entries, text, today)))
    offered = [Suggestion(each.id, each.asks(language)) for each in found]
    return [each for each in offered if len(each.question) <= LONGEST_SHOWN][:MOST]


def _in_a_form(connection: Connection, person: Known | None) -> bool:
    if person is None:
        return False
    known = conversations.load(connection, [person.person_id]).get(person.person_id)
    return known is not None and known[0] is not None


def _commune(house: House, person: Known | None) -> str | None:
    known = house.gazetteer
    if known is None:
        return None
    codes = (person.home_area, *(area for _, area in person.roles)) if person else ()
    found = next((commune for code in codes if (commune := known.commune_of(code))), None)
    return found or (known.communes[0].code if len(known.communes) == 1 else None)


def _begun(entries: Entries, text: str, on: date) -> Iterator[Entry]:
    """The entries of which one way to ask has every typed word, the last one perhaps unfinished;
    what begins so first, then the shorter one."""
    typed = fold(text).split()
    if not typed:
        return
    *whole, last = typed
    found: list[tuple[bool, int, int, Entry]] = []
    for entry, words in _ways(entries):
        if not entry.in_force(on) or any(word not in words for word in whole):
            continue
        if any(word.startswith(last) for word in words):
            found.append((words[: len(typed)] != tuple(typed), len(words), len(found), entry))
    yield from (each[3] for each in sorted(found, key=lambda each: each[:3]))


def _meant(entries: Entries, text: str, on: date) -> Iterator[Entry]:
    if len(text.split()) >= _BY_MEANING:
        for match in index(entries).closest(wording(text), on, MOST).matches:
            if match.likely >= _NEAR:
                yield match.entry


@lru_cache(maxsize=8)
def _ways(entries: Entries) -> Sequence[tuple[Entry, tuple[str, ...]]]:
    """Every way to ask for every entry, as folded words."""
    return [
        (entry, tuple(fold(way).split()))
        for entry in entries
        for way in (entry.question, *entry.variants, entry.question_en)
        if way
    ]
