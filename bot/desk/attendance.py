"""Who came to a meeting, by each way of counting, and what of it counts for the targets.

Ways that differ stand side by side until a person settles which one holds; they are never
averaged. Until then the lower of headcount and sheet counts, yet never less than checked in
(each of those was there), and whatever is worked out of it is marked as not settled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bot.plans.figures import Entry
from bot.plans.vocabulary import HEADS, words
from bot.vietnamese.fold import fold
from storage import check_ins, meetings
from storage.records import CheckIn, Headcount, OutreachEvent, Settlement

_NUMBER = re.compile(r"\d+[a-z]?")


@dataclass(frozen=True)
class Counted:
    """One group at one meeting, as each way of counting has it."""

    group: str
    heads: tuple[Headcount, ...] = ()
    checked_in: tuple[CheckIn, ...] = ()
    settled: Settlement | None = None

    @property
    def figures(self) -> dict[str, int]:
        """The ways in which somebody counted (COUNTED_BY), each with its number."""
        found = {each.way: each.people for each in self.heads}
        return found | ({"check_in": len(self.checked_in)} if self.checked_in else {})

    @property
    def differ(self) -> bool:
        """Whether a person has to say which number holds: also when one came in afterwards."""
        if self.settled and self.figures.get(self.settled.way) == self.settled.people:
            return False
        return len({*self.figures.values()}) > 1

    @property
    def people(self) -> int:
        """The number that counts; see the top of this file."""
        if self.settled and not self.differ:
            return self.settled.people
        return max(min((each.people for each in self.heads), default=0), len(self.checked_in))

    @property
    def detailed(self) -> Headcount | None:
        """Where women, children and the minority among them are told."""
        return next((each for each in self.heads if each.way == "headcount"), None)


@dataclass(frozen=True)
class Meeting:
    """A meeting with everything that was counted there, group by group."""

    event: OutreachEvent
    counted: tuple[Counted, ...]

    @property
    def people(self) -> int | None:
        """Attendances; None where nobody counted."""
        return sum(each.people for each in self.counted) if self.counted else None

    @property
    def differ(self) -> bool:
        return any(each.differ for each in self.counted)


def read(connection: Connection, events: Sequence[OutreachEvent]) -> list[Meeting]:
    """These meetings with what was counted at them."""
    ids = [event.id for event in events if event.id is not None]
    heads = meetings.heads_of(connection, ids)
    inside = check_ins.of(connection, ids)
    settled = meetings.settled_of(connection, ids)
    found = []
    for event in events:
        number = event.id or 0
        mine, came = heads.get(number, []), inside.get(number, [])
        groups = dict.fromkeys([*(one.group for one in mine), *(one.group for one in came)])
        counted = (
            Counted(
                group,
                tuple(one for one in mine if one.group == group),
                tuple(one for one in came if one.group == group),
                settled.get((number, group)),
            )
            for group in groups
        )
        found.append(Meeting(event, tuple(counted)))
    return found


def held_between(
    connection: Connection, areas: Iterable[str], first: date, last: date
) -> list[Meeting]:
    """The meetings of these areas from one day to another."""
    return read(connection, meetings.between(connection, list(areas), first, last))


def entries(found: Iterable[Meeting]) -> list[Entry]:
    """What these meetings count for the targets."""
    return [entry for meeting in found for each in meeting.counted for entry in _of(meeting, each)]


def unit_of(group: str) -> str:
    """What is honestly counted of a group: the household of parents, the class of children."""
    return str(words("group")[group]["units"][0])


def unit_key(village: str, unit: str) -> str:
    """A household, class or establishment as it is told apart: "Hộ 12" and "12" are one."""
    said = fold(unit)
    number = _NUMBER.findall(said)
    return f"{village}/{number[-1].lstrip('0') if number else said}"


def _of(meeting: Meeting, counted: Counted) -> Iterator[Entry]:
    """The check-ins by the village of each, with their units; then the heads that are left."""
    event = meeting.event
    place = event.area or event.commune or ""
    people, left = counted.people, counted.people
    known = list(counted.detailed.units or ()) if counted.detailed else []

    def entry(village: str, heads: int, ids: frozenset[str] | None) -> Entry:
        told = "trained" if event.kind == "training" else "informed"
        day, group = event.held_on, counted.group
        return Entry(village, group, heads, ids, day, event.code, told, counted.differ)

    if len(counted.checked_in) <= people:
        for village, ids, heads in _checked_in(counted, place):
            left -= heads
            yield entry(village, heads, ids)
    if left or known or not people:
        units = frozenset(unit_key(place, unit) for unit in known)
        yield entry(place, left, units or None)


def _checked_in(counted: Counted, place: str) -> Iterator[tuple[str, frozenset[str] | None, int]]:
    """(village, units or None, heads) of the check-ins."""
    heads_are_units = unit_of(counted.group) in HEADS
    told: defaultdict[str, list[str]] = defaultdict(list)
    silent: defaultdict[str, int] = defaultdict(int)
    for each in counted.checked_in:
        village = each.area or place
        if heads_are_units:
            told[village].append(each.who)
        elif each.unit:
            told[village].append(unit_key(village, each.unit))
        else:
            silent[village] += 1
    for village, units in told.items():
        yield village, frozenset(units), len(units)
    for village, heads in silent.items():
        yield village, None, heads
