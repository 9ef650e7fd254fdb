"""Two records that turn out to be one person: what belongs to either becomes the one's that stays.

Every column that names a person is listed here; a test fails when a table comes to have one that is
not (tests/storage/test_joining.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, and_, case, delete, func, select, tuple_, update

from storage import check_ins, conversations
from storage.records.audit import AuditEntry
from storage.records.base import Record
from storage.records.broadcasts import Broadcast, BroadcastRecipient
from storage.records.calendar import CalendarChange
from storage.records.cases import Case, CaseEntry, Reporter
from storage.records.duties import Absence, Duty, DutyList, DutyWatch, OnCallShift, ZeroReport
from storage.records.outreach import (
    Commitment,
    GroupSize,
    Headcount,
    Inspection,
    MeetingAnswer,
    OutreachEvent,
    Settlement,
    TargetValue,
)
from storage.records.people import ChannelLink, Handover, Person, Role
from storage.records.questions import AskedQuestion, Revision
from storage.records.talks import Conversation, Draft, Submission


def _column(record: type[Record], name: str = "person_id") -> Column[Any]:
    found: Column[Any] = record.__table__.c[name]  # type: ignore[attr-defined]
    return found


class Once(NamedTuple):
    """A column of people who may each be there once for the same `keys`; what has the later
    `newer` counts, or else what was the host's."""

    person: Column[Any]
    keys: tuple[str, ...]
    newer: str = ""


ONCE = (
    Once(_column(MeetingAnswer), ("event_id",), "at"),
    Once(_column(ZeroReport), ("area", "week"), "answered_at"),
    Once(_column(DutyWatch), ("duty_id",)),
)
MOVED = (
    _column(ChannelLink),
    _column(Role),
    _column(Handover),
    _column(Person, "merged_into"),
    _column(Reporter),
    _column(Case, "acknowledged_by"),
    _column(CaseEntry),
    _column(AskedQuestion),
    _column(AskedQuestion, "answered_by"),
    _column(AskedQuestion, "taken_by"),
    _column(Revision),
    _column(Duty),
    _column(Duty, "given_by"),
    _column(Duty, "done_by"),
    _column(DutyList),
    _column(Absence),
    _column(Absence, "stand_in"),
    _column(OnCallShift),
    _column(CalendarChange, "entered_by"),
    _column(Submission),
    _column(Broadcast),
    _column(BroadcastRecipient),
    _column(OutreachEvent),
    _column(Headcount),
    _column(GroupSize),
    _column(Settlement),
    _column(Commitment),
    _column(Inspection),
    _column(TargetValue),
)
# Moved by conversations.hand_over: of two drafts of a form the host's stays.
HANDED_OVER = (_column(Draft), _column(Conversation))
STAYS = (_column(AuditEntry),)  # it says who it was then, and nothing in it is ever changed

people, roles = _column(Person, "id").table, _column(Role).table
duties, watches = _column(Duty).table, _column(DutyWatch).table
lists, absences = _column(DutyList).table, _column(Absence).table
received = _column(BroadcastRecipient).table


def merge(connection: Connection, guest: int, host: int, now: datetime) -> None:
    """All that is the guest's, or reaches the guest, becomes the host's; nothing of either is lost.

    A role that both hold is held once, a suspension of either holds. This gives the host the
    guest's roles and the guest's addresses the host's: whoever calls it has to know that both are
    in the hands of one person (bot.desk.members.Members.go_on says how).
    """
    conversations.hand_over(connection, guest, host)
    _hold_once(connection, guest, host, now)
    _plan_once(connection, guest, host)
    _list_once(connection, guest, host)
    _check_in_once(connection, guest, host)
    for once in ONCE:
        _keep_the_newer(connection, once, guest, host)
    there = select(received.c.broadcast_id).where(received.c.person_id == host)
    for column in MOVED:
        theirs = column == guest
        if column.table is received:  # what both were sent stays noted of each
            theirs = and_(theirs, received.c.broadcast_id.not_in(there))
        connection.execute(update(column.table).where(theirs).values({column.name: host}))
    # Who stands in for themselves is there.
    connection.execute(delete(absences).where(absences.c.person_id == absences.c.stand_in))
    _fill_in(connection, guest, host)
    connection.execute(update(people).where(people.c.id == guest).values(merged_into=host))


def _hold_once(connection: Connection, guest: int, host: int, now: datetime) -> None:
    """The guest's roles that the host has too end."""
    held = select(roles.c.role, roles.c.area).where(
        roles.c.person_id == host, roles.c.ended_at.is_(None)
    )
    both = tuple_(roles.c.role, roles.c.area).in_([tuple(row) for row in connection.execute(held)])
    connection.execute(
        update(roles)
        .where(roles.c.person_id == guest, roles.c.ended_at.is_(None), both)
        .values(ended_at=now)
    )


def _plan_once(connection: Connection, guest: int, host: int) -> None:
    """Duties that are planned by person (their key ends in it) stand under the host's key, so that
    they are not planned again; of two of one key one that is done stays, or else the host's."""
    mine = _planned(connection, guest)
    theirs = _planned(connection, host)
    for key, (number, done) in mine.items():
        if key in theirs:
            other, other_done = theirs[key]
            if done and other_done:
                continue  # both keep their own
            gone = other if done else number
            connection.execute(delete(watches).where(watches.c.duty_id == gone))
            connection.execute(delete(duties).where(duties.c.id == gone))
            if gone == number:
                continue
        renamed = update(duties).where(duties.c.id == number)
        connection.execute(renamed.values(key=f"{key}{host}"))


def _planned(connection: Connection, person: int) -> dict[str, tuple[int, bool]]:
    """(number, whether it is done) of a person's duties by their keys, without the person."""
    end = f":p{person}"
    rows = connection.execute(
        select(duties.c.key, duties.c.id, duties.c.done_at).where(
            duties.c.person_id == person, duties.c.key.endswith(end, autoescape=True)
        )
    )
    return {row.key.removesuffix(str(person)): (row.id, row.done_at is not None) for row in rows}


def _list_once(connection: Connection, guest: int, host: int) -> None:
    """Of two morning lists of a day the host's is the day's; the other keeps what it meant."""
    had = select(lists.c.morning).where(lists.c.person_id == host, lists.c.morning.is_not(None))
    days = list(connection.execute(had).scalars())
    connection.execute(
        update(lists)
        .where(lists.c.person_id == guest, lists.c.morning.in_(days))
        .values(morning=None)
    )


def _check_in_once(connection: Connection, guest: int, host: int) -> None:
    """At meetings, where people are known by a blind index, the guest was the host."""
    table = check_ins.check_ins
    was, now_is = (check_ins.who(f"person:{person}") for person in (guest, host))
    connection.execute(update(table).where(table.c.phone == was).values(phone=now_is))
    inside = select(table.c.event_id).where(table.c.who == now_is)
    both = list(connection.execute(inside).scalars())
    connection.execute(delete(table).where(table.c.who == was, table.c.event_id.in_(both)))
    connection.execute(update(table).where(table.c.who == was).values(who=now_is))


def _keep_the_newer(connection: Connection, once: Once, guest: int, host: int) -> None:
    table = once.person.table
    columns = [table.c[name] for name in (*once.keys, *filter(None, [once.newer]))]

    def of(person: int) -> dict[tuple[Any, ...], Any]:
        rows = connection.execute(select(*columns).where(once.person == person))
        width = len(once.keys)
        return {tuple(row[:width]): row[width] if once.newer else None for row in rows}

    kept = of(host)
    for key, at in of(guest).items():
        if key in kept:
            later = at is not None and (kept[key] is None or at > kept[key])
            same = and_(*(table.c[name] == part for name, part in zip(once.keys, key, strict=True)))
            loser = host if later else guest
            connection.execute(delete(table).where(once.person == loser, same))
    connection.execute(update(table).where(once.person == guest).values({once.person.name: host}))


def _fill_in(connection: Connection, guest: int, host: int) -> None:
    """What only the guest has told the host has told; read by nobody here, so that what cannot be
    read does not stand in the way."""
    other = people.alias()

    def of_guest(name: str) -> Any:
        return select(other.c[name]).where(other.c.id == guest).scalar_subquery()

    told: Mapping[str, Any] = {
        name: func.coalesce(people.c[name], of_guest(name))
        for name in ("name", "phone", "home_area", "introduced_at", "morning", "suspended_at")
    }
    # Everybody begins with Vietnamese: another language was chosen.
    language = case((people.c.language != "vi", people.c.language), else_=of_guest("language"))
    connection.execute(update(people).where(people.c.id == host).values(**told, language=language))
