"""How many, and never who: what periodic reports are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from storage.cases import cases, reporters, reports
from storage.meetings import events
from storage.people import roles
from storage.questions import questions
from storage.records.talks import Submission
from storage.submissions import submissions

PROMPT = timedelta(minutes=15)


@dataclass(frozen=True)
class CaseCounts:
    """What became of the cases of some areas that were opened between two moments.

    `told` counts answers of their reports: by question, then by answer; the last one of a case.
    """

    opened: int
    levels: Counter[str]
    statuses: Counter[str]
    told: dict[str, Counter[Any]]
    urgent_in_time: int
    answered_in_time: int
    closed: int
    open_at_end: int
    reports: int
    by_collaborators: int


def case_counts(
    connection: Connection,
    areas: Collection[str],
    first: datetime,
    end: datetime,
    *,
    asked: Collection[str] = (),
    unplaced: bool = False,
) -> CaseCounts:
    """The cases of these areas from a moment up to another, which is no longer counted.

    With `unplaced` also those of which nobody has said yet in which commune they are. Of what was
    told only the answers to `asked` are looked at, and only counted.
    """
    where = _where(areas, unplaced)
    needed = ("id", "level", "status", "opened_at", "acknowledged_at", "answer_due_at", "closed_at")
    query = select(*(cases.c[name] for name in needed)).where(where)
    rows = connection.execute(query).mappings().all()
    new = [row for row in rows if first <= row["opened_at"] < end]
    taken = [(row, row["acknowledged_at"]) for row in new if row["acknowledged_at"]]
    given, by_collaborators = _reports(connection, where, first, end)
    return CaseCounts(
        opened=len(new),
        levels=Counter(row["level"] for row in new),
        statuses=Counter(row["status"] for row in new),
        told=_told(connection, [row["id"] for row in new], asked) if asked else {},
        urgent_in_time=sum(
            row["level"] == "EMERGENCY" and at - row["opened_at"] <= PROMPT for row, at in taken
        ),
        answered_in_time=sum(at <= row["answer_due_at"] for row, at in taken),
        closed=sum(first <= row["closed_at"] < end for row in rows if row["closed_at"]),
        open_at_end=sum(
            row["opened_at"] < end and (row["closed_at"] is None or row["closed_at"] >= end)
            for row in rows
        ),
        reports=given,
        by_collaborators=by_collaborators,
    )


def _where(areas: Collection[str], unplaced: bool) -> Any:
    here = or_(cases.c.commune.in_(areas), cases.c.area.in_(areas))
    return or_(here, cases.c.commune.is_(None)) if unplaced else here


def _reports(connection: Connection, where: Any, first: datetime, end: datetime) -> tuple[int, int]:
    """How many reports came in, and how many of them from collaborators."""
    query = (
        select(reporters.c.person_id, func.count())
        .select_from(reports)
        .join(cases, cases.c.id == reports.c.case_id)
        .join(reporters, reporters.c.report_id == reports.c.id)
        .where(where, reports.c.received_at >= first)
        .where(reports.c.received_at < end)
        .group_by(reporters.c.person_id)
    )
    by_person = {person: int(many) for person, many in connection.execute(query)}
    wanted = select(roles.c.person_id).where(
        roles.c.role == "collaborator", roles.c.granted_at < end
    )
    collaborators = set(connection.execute(wanted).scalars())
    return sum(by_person.values()), sum(
        many for person, many in by_person.items() if person in collaborators
    )


def _told(
    connection: Connection, case_ids: Sequence[int], asked: Collection[str]
) -> dict[str, Counter[Any]]:
    last: dict[int, dict[str, Any]] = {case_id: {} for case_id in case_ids}
    for start in range(0, len(case_ids), 500):  # a database takes so many values at once
        some = case_ids[start : start + 500]
        query = select(reports.c.case_id, reports.c.answers).where(reports.c.case_id.in_(some))
        for case_id, answers in connection.execute(query.order_by(reports.c.id)):
            last[case_id] |= {key: answers[key] for key in asked if key in answers}
    return {key: Counter(told.get(key) for told in last.values()) for key in asked}


def questions_asked(
    connection: Connection, areas: Collection[str], first: datetime, end: datetime
) -> int:
    """How many questions people of these areas passed on to the commune."""
    query = select(func.count()).where(
        questions.c.area.in_(areas), questions.c.asked_at >= first, questions.c.asked_at < end
    )
    return connection.execute(query).scalar_one()


def noted_meetings(
    connection: Connection, form: str, areas: Collection[str], first: date, last: date
) -> list[Submission]:
    """Meetings that were noted with a form, before meetings had records of their own.

    A draft that became a record is counted there. Which day it was is in the answers.
    """
    rows = connection.execute(
        select(submissions)
        .where(
            submissions.c.form == form,
            or_(submissions.c.area.in_(areas), submissions.c.commune.in_(areas)),
            submissions.c.draft_key.not_in(select(events.c.draft_key)),
        )
        .order_by(submissions.c.id)
    ).mappings()
    found = [Submission(**row) for row in rows]
    return [each for each in found if first <= _held_on(each) <= last]


def _held_on(meeting: Submission) -> date:
    told = meeting.answers.get("held_on")
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        return meeting.filed_at.date()
