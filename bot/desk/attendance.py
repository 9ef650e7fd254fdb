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
from storage.records.outreach import CheckIn, Headcount, OutreachEvent, Settlement

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
    known = words("group").get(group)
    return str(known["units"][0]) if known else "person"


def unit_key(village: str, unit: str) -> str:
    """A household, class or establishment as it is told apart: "Hộ 12" and "12" are one."""
    said = fold(unit)
    number = _NUMBER.findall(said)
    return f"{village}/{number[-1].lstrip('0') if number else said}"


def _of(meeting: Meeting, counted: Counted) -> Iterator[Entry]:
    """Whose units are known, by village; then the heads of whom nothing more is known.

    No two of them are alike: a village stands once with units and once without.
    """
    event, people = meeting.event, counted.people
    place = event.area or event.commune or ""
    told: defaultdict[str, tuple[int, frozenset[str]]] = defaultdict(lambda: (0, frozenset()))
    silent: defaultdict[str, int] = defaultdict(int)
    left = people
    if len(counted.checked_in) <= people:
        left -= _check_ins(counted, place, told, silent)
    if listed := counted.detailed and counted.detailed.units:
        units = {unit_key(place, unit) for unit in listed}
        told[place] = (told[place][0] + left, told[place][1] | units)
    else:
        silent[place] += left
    indicator = "trained" if event.kind == "training" else "informed"

    def entry(village: str, heads: int, ids: frozenset[str] | None) -> Entry:
        day, group = event.held_on, counted.group
        return Entry(village, group, heads, ids, day, event.code, indicator, counted.differ)

    for village, (heads, ids) in told.items():
        yield entry(village, heads, ids)
    for village, heads in silent.items():
        if heads or not people:
            yield entry(village, heads, None)


def _check_ins(
    counted: Counted,
    place: str,
    told: dict[str, tuple[int, frozenset[str]]],
    silent: dict[str, int],
) -> int:
    """Sort the check-ins into those with a unit and those without; how many there are."""
    heads_are_units = unit_of(counted.group) in HEADS
    for each in counted.checked_in:
        village = each.area or place
        unit = each.who if heads_are_units else each.unit and unit_key(village, each.unit)
        if unit:
            told[village] = (told[village][0] + 1, told[village][1] | {unit})
        else:
            silent[village] += 1
    return len(counted.checked_in)
