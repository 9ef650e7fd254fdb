"""Where duties come from: every room that knows of something due adds a source here.

A source is a function of the database and a span of days; it yields what is due in the span, each
under a key that stays the same. What was planned before under the key is not planned again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.clocks.limits import ZONE, clocks
from bot.clocks.reminding import days_before, reminders, sentences
from bot.desk.live_entries import over
from bot.faq import entries
from bot.forms.moment import clock_words
from bot.forms.outreach_event import KIND, OUTREACH_EVENT, UNATTENDED
from bot.i18n import speak
from storage import (
    areas,
    case_clocks,
    meeting_answers,
    meetings,
    oversight,
    people,
    revisions,
    zero_reports,
)
from storage.records.cases import Case
from storage.records.duties import CaseClock
from storage.records.outreach import OutreachEvent

OFFICERS = ("officer", "on_call")
COUNTED_WITHIN = timedelta(days=14)  # [D] who has not counted a meeting after that does not
FAQ_HOLDS = timedelta(days=183)  # process.md (c): legal review of the answers every six months


@dataclass(frozen=True)
class Span:
    """The days asked for, the calendar, and the moment."""

    first: date
    last: date
    calendar: Calendar
    now: datetime


@dataclass(frozen=True)
class Due:
    """One thing due, and for whom: `people`, or who has one of `roles` for `area`.

    `words` says what it is, by language. What `must` be done stays until it is. `proof`: done
    only with the number and day of what was sent, or a photo of it.
    """

    key: str
    source: str
    subject: str
    due_on: date
    remind_on: tuple[date, ...]
    words: Mapping[str, str]
    area: str | None = None
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    must: bool = True
    proof: bool = False
    due_at: datetime | None = None


Source = Callable[[Connection, Span], Iterator[Due]]


def case_limits(connection: Connection, span: Span) -> Iterator[Due]:
    """The limits of the law that run for cases: for who has the case in hand, else the officers."""
    until = datetime.combine(span.last, datetime.max.time(), span.now.tzinfo)
    for clock, case in case_clocks.running(connection, until):
        yield of_clock(connection, clock, case, span.calendar)


def of_clock(connection: Connection, clock: CaseClock, case: Case, calendar: Calendar) -> Due:
    """One running limit as something due."""
    rule = clocks()[clock.clock]
    due_on = clock.due_at.astimezone(ZONE).date()
    taken = case.acknowledged_by
    in_hand = (taken,) if taken and people.roles_of(connection, [taken]) else ()
    return Due(
        key=f"clock:{clock.id}",
        source="case_clock",
        subject=str(clock.id),
        due_on=due_on,
        remind_on=reminders(due_on, days_before(clock.clock), calendar),
        words={language: f"{case.code}: {name}" for language, name in rule.name.items()},
        area=case.commune or case.area,
        roles=() if in_hand else OFFICERS,
        people=in_hand,
        due_at=clock.due_at,
    )


def silent_villages(connection: Connection, span: Span) -> Iterator[Due]:
    """The villages from which nobody answered last week's question: for the officers."""
    monday = span.first - timedelta(days=span.first.weekday())
    asked = zero_reports.silent(connection, monday - timedelta(days=7))
    by_commune: dict[str, int] = {}
    for area in asked:
        if commune := areas.commune_of(connection, area):
            by_commune[commune] = by_commune.get(commune, 0) + 1
    first = monday if span.calendar.is_working(monday) else span.calendar.next_working(monday)
    for commune, count in by_commune.items():
        yield Due(
            key=f"silent:{commune}:{monday}",
            source="silent_villages",
            subject=commune,
            due_on=first,
            remind_on=(first,),
            words={
                language: say.format(count=count)
                for language, say in sentences("silent_villages").items()
            },
            area=commune,
            roles=OFFICERS,
            must=False,
        )


def faq_reviews(_connection: Connection, span: Span) -> Iterator[Due]:
    """Answers of the FAQ that nobody has compared with the law for half a year."""
    by_day: dict[date, int] = {}
    for entry in entries.load():
        day = entry.reviewed + FAQ_HOLDS
        if span.first <= day <= span.last:
            by_day[day] = by_day.get(day, 0) + 1
    for day, count in by_day.items():
        yield Due(
            key=f"faq:{day}",
            source="faq_review",
            subject=day.isoformat(),
            due_on=day,
            remind_on=reminders(day, days_before("due"), span.calendar),
            words={
                language: say.format(count=count)
                for language, say in sentences("faq_review").items()
            },
            roles=("admin",),
        )


def ending_entries(connection: Connection, span: Span) -> Iterator[Due]:
    """Answers that are withdrawn by date: for the officers of the communes that lose them."""
    built_in = _days_of_withdrawal(entries.load(), span)
    own = set(revisions.communes(connection, "entry"))
    every = {each.code for each in areas.communes(connection, span.first)} if built_in else set()
    for commune in sorted(own | every):
        days = built_in
        if commune in own:
            states = {each.item: each for each in revisions.newest(connection, "entry", commune)}
            days = _days_of_withdrawal(over(entries.load(), states), span)
        for day in sorted(days):
            yield Due(
                key=f"entries:{commune}:{day}",
                source="ending_entries",
                subject=commune,
                due_on=day,
                remind_on=reminders(day, days_before("entries"), span.calendar),
                words=sentences("ending_entries"),
                area=commune,
                roles=OFFICERS,
                must=False,
            )


def _days_of_withdrawal(given: Iterable[entries.Entry], span: Span) -> set[date]:
    """The days in the span on which an entry is no longer given for the first time."""
    ends = {entry.last_day + timedelta(days=1) for entry in given if entry.last_day}
    return {day for day in ends if span.first <= day <= span.last}


def expiring_commitments(connection: Connection, span: Span) -> Iterator[Due]:
    """Employers' promises to employ no child that end soon; by number, their names are theirs."""
    for each in oversight.expiring(connection, span.first, span.last):
        if each.expires_on is None or each.commune is None:
            continue
        yield Due(
            key=f"commitment:{each.id}:{each.expires_on}",
            source="commitment",
            subject=str(each.id),
            due_on=each.expires_on,
            remind_on=reminders(each.expires_on, days_before("commitment"), span.calendar),
            words={
                language: say.format(number=each.id)
                for language, say in sentences("commitment").items()
            },
            area=each.commune,
            roles=OFFICERS,
            must=False,
        )


def meetings_ahead(connection: Connection, span: Span) -> Iterator[Due]:
    """Meetings to come: for who is invited and has not said no, and for who holds them."""
    for event in meeting_answers.ahead(connection, span.first, span.last):
        if due := of_meeting(connection, event, span.calendar):
            yield due


def of_meeting(connection: Connection, event: OutreachEvent, calendar: Calendar) -> Due | None:
    """One meeting to come as something due; None where people do not come together.

    Reminded of the day before, unless people have heard of it only then; a day off has no morning
    message, see bot.desk.inviting.
    """
    if event.kind in UNATTENDED:
        return None
    before = event.held_on - timedelta(days=1)
    told = event.told_at.astimezone(ZONE).date() if event.told_at else before
    said = meeting_answers.of(connection, event)
    whom = dict.fromkeys([event.person_id, *meeting_answers.invited(connection, event)])
    return Due(
        key=f"meeting:{event.id}:{event.revision}",
        source="meeting",
        subject=event.code,
        due_on=event.held_on,
        remind_on=(before,) if calendar.is_working(before) and told < before else (),
        words=_about(connection, event, "meeting"),
        area=event.area or event.commune,
        people=tuple(person for person in whom if said.get(person) is not False),
        must=False,
    )


def _about(connection: Connection, event: OutreachEvent, sentence: str) -> dict[str, str]:
    """A meeting in the words of a duty; what was typed freely may be personal and is left out."""
    place = areas.names(connection, [event.area]).get(event.area, "") if event.area else ""
    found = {}
    for language, say in sentences(sentence).items():
        speech = speak(language)
        kind = speech(KIND[event.kind]) if event.kind in KIND else speech(OUTREACH_EVENT.title)
        begins = meetings.begins(event)
        at = clock_words(speech, begins.hour, begins.minute) if begins else ""
        what = ", ".join(part for part in (kind, place, at) if part)
        found[language] = say.format(meeting=what, day=speech.day(event.held_on))
    return found


def uncounted_meetings(connection: Connection, span: Span) -> Iterator[Due]:
    """Meetings that were planned, have gone by and were not counted: once, for who noted them."""
    yesterday = span.first - timedelta(days=1)
    first = span.first
    first = first if span.calendar.is_working(first) else span.calendar.next_working(first)
    for event in meeting_answers.uncounted(connection, yesterday - COUNTED_WITHIN, yesterday):
        if event.kind not in UNATTENDED:
            yield Due(
                key=f"headcount:{event.id}",
                source="headcount",
                subject=event.code,
                due_on=span.calendar.next_working(first),  # a day more, should the bot be down
                remind_on=(first,),
                words=_about(connection, event, "headcount"),
                area=event.area or event.commune,
                people=(event.person_id,),
                must=False,
            )


SOURCES: list[Source] = [
    case_limits,
    silent_villages,
    faq_reviews,
    ending_entries,
    expiring_commitments,
    meetings_ahead,
    uncounted_meetings,
]
