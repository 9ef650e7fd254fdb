"""What targets are worked out from that no meeting measures: cases, members, what was entered.

The rules, each said beside its figure (bot/plans/content/words.toml):
- supported in time: of the cases of the year that came to something, those taken in hand by the
  time that the reporter was promised; one whose time still runs is left out;
- in school: of the children at risk of the year, those told to go to school; who of them nobody
  has told about does not count as going, and makes the figure an estimate;
- in child labour: the cases of the year at such a level. None of them proves nothing;
- carrying out: of the collaborators there are, those who have noted a meeting, answered the
  question of the week or done a duty in the year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import Connection

from bot.i18n import Speech
from bot.i18n import later as _
from bot.plans.figures import Denominator, Entry
from storage import people, statistics, target_values
from storage.statistics import CaseFacts

NOTHING_FOUND = "NONE"  # a case that came to nothing is no child to support
AT_RISK = ("AT_RISK", "CHILD_LABOUR", "HAZARDOUS", "EMERGENCY")
IN_LABOUR = ("CHILD_LABOUR", "HAZARDOUS")
GOES_TO_SCHOOL = "attending"
OF_CASES = ("supported", "schooling", "child_labour")

CASES_KEPT = _("the cases of {year} that are kept here")
NOT_TOLD = _("the cases of {year} that are kept here; of {count} nobody told about school")
MEMBERS_KEPT = _("the list of members, {day}")
CASE = _("Case, {day}")
MEMBER = _("Collaborator {number}: has noted something")
QUIET_MEMBER = _("Collaborator {number}: nothing noted yet")
ENTERED = _("Entered on {day}: {source}")


@dataclass
class Found:
    """Entries, what they are a share of, and each record in words by the id of its entries."""

    entries: list[Entry] = field(default_factory=list)
    denominators: list[Denominator] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)


def look(
    connection: Connection,
    speech: Speech,
    area: str,
    inside: Iterable[str],
    year: int,
    on: date,
    *,
    unplaced: bool,
) -> Found:
    """Everything that is known of an area in a year, up to a day.

    `unplaced`: cases of which nobody has said in which commune they are count too.
    """
    found = Found()
    first = datetime.combine(date(year, 1, 1), time(), speech.zone)
    end = datetime.combine(on, time.max, speech.zone)
    kept = statistics.case_facts(
        connection, list(inside), first, end, asked=("schooling",), unplaced=unplaced
    )
    _cases(found, speech, area, year, end, kept)
    _members(found, connection, speech, area, (first, end), on)
    for value in target_values.of(connection, area, year):
        record, day = f"value:{value.id}", value.noted_at.astimezone(speech.zone).date()
        found.words[record] = speech(ENTERED).format(day=speech.day(day), source=value.source)
        at, held = date(year, 1, 1), value.reached
        found.entries.append(
            Entry(area, value.group, held, None, at, record, value.indicator, by_hand=True)
        )
    return found


def _cases(
    found: Found, speech: Speech, area: str, year: int, end: datetime, kept: list[CaseFacts]
) -> None:
    def entry(case: CaseFacts, indicator: str, group: str, *, reached: bool) -> None:
        day = case.opened_at.astimezone(speech.zone).date()
        ids = frozenset([case.code] if reached else ())
        found.words[case.code] = speech(CASE).format(day=speech.day(day))
        found.entries.append(Entry(area, group, len(ids), ids, day, case.code, indicator))

    def base(group: str, count: int, source: str, *, estimated: bool = False) -> None:
        if count:
            row = Denominator(group, area, year, count, "person", source, estimated)
            found.denominators.append(row)

    settled = [
        case
        for case in kept
        if case.level != NOTHING_FOUND and (case.acknowledged_at or case.answer_due_at <= end)
    ]
    for case in settled:
        taken = case.acknowledged_at
        reached = taken is not None and taken <= case.answer_due_at
        entry(case, "supported", "children_reported", reached=reached)
    base("children_reported", len(settled), speech(CASES_KEPT).format(year=year))
    risky = [case for case in kept if case.level in AT_RISK]
    for case in risky:
        goes = case.told.get("schooling") == GOES_TO_SCHOOL
        entry(case, "schooling", "children_at_risk", reached=goes)
    silent = sum(case.told.get("schooling") in (None, "unknown") for case in risky)
    source = speech(NOT_TOLD if silent else CASES_KEPT).format(year=year, count=silent)
    base("children_at_risk", len(risky), source, estimated=bool(silent))
    for case in kept:
        if case.level in IN_LABOUR:
            entry(case, "child_labour", "children_5_17", reached=True)


def _members(
    found: Found,
    connection: Connection,
    speech: Speech,
    area: str,
    span: tuple[datetime, datetime],
    on: date,
) -> None:
    there = people.with_role_below(connection, [area], "collaborator")
    active = statistics.active(connection, there, *span)
    for person in there:
        record, ids = f"member:{person}", frozenset([str(person)] if person in active else ())
        text = MEMBER if person in active else QUIET_MEMBER
        found.words[record] = speech(text).format(number=person)
        day = span[0].astimezone(speech.zone).date()
        found.entries.append(
            Entry(area, "collaborators", len(ids), ids, day, record, "carrying_out")
        )
    if there:
        source = speech(MEMBERS_KEPT).format(day=speech.day(on))
        row = Denominator("collaborators", area, on.year, len(there), "staff", source)
        found.denominators.append(row)
