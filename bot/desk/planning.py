"""Putting duties in the table before they are due: the year's for everybody, and other rooms'.

The year's are planned some weeks ahead, so many people at a time that no tick takes long; the next
tick goes on. What other rooms know of (duty_sources.py) is asked for once a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.clocks.reminding import next_reminder, overdue_step, reminders
from bot.clocks.table import content
from bot.clocks.year import Event, events
from bot.desk import courtesy
from bot.desk.duty_sources import SOURCES, Due, Span, case_limits, of_clock
from bot.desk.house import House
from storage import case_clocks, duties, duty_planning, mornings, people
from storage.records.areas import COMMUNE_KINDS, VILLAGE_KINDS
from storage.records.duties import DutyPlanning, DutySetting

AHEAD, REACH = timedelta(days=45), timedelta(days=60)  # planned at the least, and at one go
PEOPLE_AT_ONCE = 5000  # rows of people and roles: a second or two of one tick
OVER_THEM = ("officer", "leader")  # whose province's reports are rolled up by its own people
PRESET = "preset:"
NOON = time(12)
LISTS_KEPT = timedelta(days=30)  # what the numbers of a list meant


@dataclass(frozen=True)
class Planned:
    """Everything of one slice that people's duties depend on."""

    house: House
    calendar: Calendar
    now: datetime
    by_role: Mapping[str, Sequence[Due]]
    kept: Mapping[str, Mapping[str, DutySetting]]  # by commune and event
    years: Sequence[int]
    span: tuple[date, date]


def run(connection: Connection, house: House, calendar: Calendar, now: datetime) -> int:
    """Plan a slice of what is to be planned; how many people it held, 0 when all is planned."""
    today = now.astimezone(house.zone).date()
    state = duty_planning.state(connection) or DutyPlanning(
        id=1, first_on=today, through_on=today - timedelta(days=1)
    )
    before = state.model_copy()
    _collect(connection, house, calendar, state, today, now)
    count = _plan_year(connection, house, calendar, state, today, now)
    if state != before:
        duty_planning.keep_state(connection, state)
    return count


def _plan_year(
    connection: Connection,
    house: House,
    calendar: Calendar,
    state: DutyPlanning,
    today: date,
    now: datetime,
) -> int:
    stamp = f"{house.calendar_stamp}.{duty_planning.settings_version(connection)}"
    newest = duty_planning.newest_role(connection)
    if state.cursor is None:
        if state.stamp != stamp:
            state.first_on, state.through_on = today, max(state.through_on, today + REACH)
        elif today + AHEAD > state.through_on:
            state.first_on = max(state.through_on + timedelta(days=1), today)
            state.through_on = today + REACH
        elif newest > state.role_id:
            return _plan_new(connection, house, calendar, state, newest, today, now)
        else:
            return 0
        state.stamp, state.cursor, state.role_id = stamp, 0, newest
    plan = _plan(connection, house, calendar, (state.first_on, state.through_on), now)
    members, state.cursor = duty_planning.members_after(connection, state.cursor, PEOPLE_AT_ONCE)
    duties.put(connection, list(_rows(connection, plan, members)))
    return len(members)


def _plan_new(
    connection: Connection,
    house: House,
    calendar: Calendar,
    state: DutyPlanning,
    newest: int,
    today: date,
    now: datetime,
) -> int:
    """People who were given a role since: their duties up to where everybody's are planned."""
    plan = _plan(connection, house, calendar, (today, state.through_on), now)
    at: int | None = 0
    count = 0
    while at is not None:
        members, at = duty_planning.members_after(
            connection, at, PEOPLE_AT_ONCE, role_after=state.role_id
        )
        duties.put(connection, list(_rows(connection, plan, members)))
        count += len(members)
    state.role_id = newest
    return count


# --- the year's --------------------------------------------------------------------------------


def _plan(
    connection: Connection,
    house: House,
    calendar: Calendar,
    span: tuple[date, date],
    now: datetime,
) -> Planned:
    kept: dict[str, dict[str, DutySetting]] = {}
    for setting in duty_planning.kept_settings(connection):
        kept.setdefault(setting.commune, {})[setting.event] = setting
    years = range(span[0].year, span[1].year + 1)
    on = content("year")["presets"]["on"]
    found = _of_events(_events(years, calendar, on), span)
    by_role = {role: [due for due in found if role in due.roles] for role in _ROLES}
    return Planned(house, calendar, now, by_role, kept, years, span)


_ROLES = ("officer", "leader", "collaborator", "consolidator", "admin", "union")


def _events(years: Iterable[int], calendar: Calendar, presets: Iterable[str]) -> list[Event]:
    return [event for year in years for event in events(year, calendar, list(presets))]


def _of_events(found: Iterable[Event], span: tuple[date, date]) -> list[Due]:
    return [as_due(event) for event in found if span[0] <= event.due_on <= span[1]]


def as_due(event: Event) -> Due:
    """An event of the year as something due."""
    return Due(
        key=f"year:{event.id}:{event.due_on}",
        source="year",
        subject=event.id,
        due_on=event.due_on,
        remind_on=event.remind_on,
        words={},
        roles=event.who,
        must=event.must,
        proof=event.proof,
    )


def _rows(
    connection: Connection, plan: Planned, members: Sequence[tuple[int, str, str]]
) -> Iterator[dict[str, Any]]:
    """The year's duties of these people as rows, each once."""
    known = duty_planning.parents_of(connection, {area for _, _, area in members})
    hours = mornings.hours(connection, {person for person, *_ in members}, plan.house.morning)
    served = duty_planning.served_areas(connection, OVER_THEM)
    changed: dict[str, list[Due]] = {}
    seen: set[str] = set()
    for person, role, area in members:
        kind, parent = known.get(area, ("", None))
        where = parent if kind in VILLAGE_KINDS else area if kind in COMMUNE_KINDS else None
        titles = _titles(role, kind, parent, served)
        if where and where in plan.kept:
            if where not in changed:
                changed[where] = _of_commune(plan, where)
            wanted = [
                due
                for due in changed[where]
                if set(titles) & set(due.roles) or person in due.people
            ]
        else:
            wanted = [due for title in titles for due in plan.by_role.get(title, ())]
        for due in wanted:
            key = f"{due.key}:p{person}"
            if key not in seen:
                seen.add(key)
                there = where or area
                at = hours[person]
                yield row_of(due, person, there, plan.house, plan.calendar, plan.now, at)


def _titles(role: str, kind: str, parent: str | None, served: set[str]) -> tuple[str, ...]:
    """What a role is called in content/year.toml: who rolls up, whose the union's part is."""
    if kind == "province":
        over = ("consolidator",) if role in OVER_THEM else ()
        return (*over, "admin") if role == "admin" else over
    if role == "officer":
        alone = () if parent in served else ("consolidator",)
        return ("officer", "union", *alone)
    return (role,)


def _of_commune(plan: Planned, commune: str) -> list[Due]:
    """The year's duties as one commune keeps them."""
    kept = plan.kept[commune]
    on = set(content("year")["presets"]["on"])
    for name, setting in kept.items():
        if name.startswith(PRESET):
            preset = name.removeprefix(PRESET)
            (on.discard if setting.off else on.add)(preset)
    found = []
    for event in _events(plan.years, plan.calendar, on):
        due = _changed(event, kept.get(event.id), plan.calendar)
        if due and plan.span[0] <= due.due_on <= plan.span[1]:
            found.append(due)
    return found


def _changed(event: Event, setting: DutySetting | None, calendar: Calendar) -> Due | None:
    """An event with a commune's own day, reminders and people."""
    due = as_due(event)
    if setting is None:
        return due
    if setting.off:
        return None
    if setting.month and setting.day:
        leap = (setting.month, setting.day) == (2, 29)  # most years have no such day
        on = date(due.due_on.year, setting.month, 28 if leap else setting.day)
        moved = tuple(day + (on - due.due_on) for day in event.remind_on)
        due = replace(due, due_on=on, key=f"year:{event.id}:{on}")
        due = replace(due, remind_on=tuple(sorted({calendar.working_by(d) for d in moved})))
    if setting.remind:
        before = [int(n) for n in setting.remind.split()]
        due = replace(due, remind_on=reminders(due.due_on, before, calendar))
    if setting.who:
        if setting.who.startswith("p"):
            return replace(due, roles=(), people=(int(setting.who[1:]),))
        due = replace(due, roles=tuple(setting.who.split()))
    return due


# --- other rooms' ------------------------------------------------------------------------------


def _collect(
    connection: Connection,
    house: House,
    calendar: Calendar,
    state: DutyPlanning,
    today: date,
    now: datetime,
) -> None:
    """Once a day everything that the sources know of; new limits of cases at once."""
    begun = case_clocks.begun_after(connection, state.clock_id)
    found = [of_clock(connection, clock, case, calendar) for clock, case in begun]
    state.clock_id = max([state.clock_id, *(clock.id or 0 for clock, _ in begun)])
    if state.collected_on != today:
        state.collected_on = today
        duties.forget(connection, now - LISTS_KEPT)
        span = Span(today, today + AHEAD, calendar, now)
        found += [due for source in SOURCES for due in source(connection, span)]
    put(connection, house, calendar, found, now)


def collect_limits(connection: Connection, house: House, calendar: Calendar, now: datetime) -> None:
    """The limits of cases were counted anew: so are the duties that come of them."""
    today = now.astimezone(house.zone).date()
    found = list(case_limits(connection, Span(today, today + AHEAD, calendar, now)))
    put(connection, house, calendar, found, now)


def put(
    connection: Connection,
    house: House,
    calendar: Calendar,
    found: Iterable[Due],
    now: datetime,
) -> None:
    """Plan these for the people they name, or who have a role for their area."""
    rows = []
    for due in found:
        whom = due.people or people.on_duty(connection, due.area, *due.roles)
        hours = mornings.hours(connection, whom, house.morning)
        rows += [
            row_of(due, person, due.area, house, calendar, now, hours[person]) for person in whom
        ]
    duties.put(connection, rows)


def row_of(
    due: Due,
    person: int,
    area: str | None,
    house: House,
    calendar: Calendar,
    now: datetime,
    at: time,
) -> dict[str, Any]:
    """One person's duty as a row, with when it first asks for attention: `at` their hour."""
    first = first_day(house, now)
    on = next_reminder(due.due_on, due.remind_on, due.must, first, calendar)
    up = overdue_step(due.due_on, 0, calendar) if due.must else None
    return {
        "person_id": person,
        "key": f"{due.key}:p{person}",
        "source": due.source,
        "subject": due.subject,
        "area": area,
        "due_on": due.due_on,
        "due_at": due.due_at,
        "remind_on": " ".join(day.isoformat() for day in due.remind_on),
        "must": due.must,
        "proof": due.proof,
        "words": dict(due.words) or None,
        "remind_at": courtesy.morning(house, on, at) if on else None,
        "escalate_at": courtesy.dawn(house, up) if up else None,
        "step": 0,
        "created_at": now,
    }


def first_day(house: House, now: datetime) -> date:
    """The first day whose message is still to come: of what is planned until noon, today."""
    local = now.astimezone(house.zone)
    return local.date() + timedelta(days=1 if local.time() >= NOON else 0)


def days_of(remind_on: str) -> tuple[date, ...]:
    """The days of a row, as days."""
    return tuple(date.fromisoformat(day) for day in remind_on.split())
