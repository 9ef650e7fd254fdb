"""The question of the week to every collaborator, answered with one tap; "no" is data too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.desk import courtesy
from bot.desk.house import House
from bot.desk.telling import owe, ways_to
from bot.i18n import Speech, speak
from bot.words import Button, Say
from storage import areas, duty_planning, outbox, people, zero_reports
from storage.records.duties import DutyPlanning, ZeroReport

ASKED_AT = time(8)  # process.md (c): Monday 08:00
PEOPLE_AT_ONCE = 5000


def run(connection: Connection, house: House, calendar: Calendar, now: datetime) -> int:
    """On the first working day of a week ask a slice of the collaborators; how many questions that
    made, 0 when everybody has been asked."""
    local = now.astimezone(house.zone)
    monday = local.date() - timedelta(days=local.weekday())
    if local.time() < ASKED_AT or not courtesy.may_write(house, calendar, now):
        return 0
    if local.date() != first_working(monday, calendar):
        return 0
    state = duty_planning.state(connection)
    asked = 0
    # A slice without anybody new to ask says nothing of the next one.
    while not asked and state and not (state.asked_week == monday and state.asked_cursor is None):
        asked = _ask_slice(connection, house, state, monday, now)
    return asked


def first_working(monday: date, calendar: Calendar) -> date:
    """The first working day from a Monday on."""
    return monday if calendar.is_working(monday) else calendar.next_working(monday)


def _ask_slice(
    connection: Connection,
    house: House,
    state: DutyPlanning,
    monday: date,
    now: datetime,
) -> int:
    begun = state.asked_week == monday
    members, cursor = duty_planning.members_after(
        connection, state.asked_cursor or 0 if begun else 0, PEOPLE_AT_ONCE
    )
    theirs = [(person, area) for person, role, area in members if role == "collaborator"]
    today = now.astimezone(house.zone).date()
    become = areas.present(connection, {area for _person, area in theirs}, today)
    pairs = [(person, become[area]) for person, area in theirs]
    asked = zero_reports.ask(connection, pairs, monday, now)
    _write(connection, house, [person for person, _area in pairs], monday, now)
    state.asked_week = monday
    state.asked_cursor = cursor
    duty_planning.keep_state(connection, state)
    return asked


def _write(
    connection: Connection,
    house: House,
    persons: Sequence[int],
    monday: date,
    now: datetime,
) -> None:
    """One message to each, about all of their villages that have not answered."""
    asked: dict[int, list[ZeroReport]] = {}
    for each in zero_reports.of_week(connection, persons, monday):
        asked.setdefault(each.person_id, []).append(each)
    reached = ways_to(connection, house, persons, now)
    languages = people.languages(connection, persons)
    today = now.astimezone(house.zone).date()
    names = names_now(connection, (e.area for group in asked.values() for e in group), today)
    rows = []
    for person, group in asked.items():
        if person not in reached:
            continue
        way = reached[person][0]
        speech = speak(languages.get(person, "vi"), house.timezone)
        for each in group[:1]:
            message = question(each, names[each.area], speech)
            once = f"{courtesy.NOTICE}zero:{monday}:p{person}"
            row = owe(way.link_id, way.channel, message, now, "push", once=once)
            rows.append({**row, "expires_at": courtesy.end_of_day(house, now)})
    outbox.put(connection, rows)


def names_now(connection: Connection, codes: Iterable[str], today: date) -> dict[str, str]:
    """What people call these areas now; "" for an unknown one."""
    become = areas.present(connection, codes, today)
    names = areas.names(connection, become.values())
    return {code: names.get(now, "") for code, now in become.items()}


def question(asked: ZeroReport, village: str, _: Speech) -> Say:
    """The question about one village."""
    text = _(
        "This week, is there a child at risk in {village}: out of school, at work, in need of a "
        "visit?"
    ).format(village=village)
    return Say(
        text,
        (
            Button(f"z.yes.{asked.id}", _("Yes, there is")),
            Button(f"z.no.{asked.id}", _("No, all is well")),
        ),
    )
