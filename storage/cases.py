"""Cases: acknowledged once, seen only in one's own area, with their reports and who gave them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from storage.areas import within
from storage.records.areas import Area
from storage.records.cases import Attachment, Case, CaseEntry, Child, Report, Reporter
from storage.records.people import Person, Role

cases = Case.__table__  # type: ignore[attr-defined]
reports = Report.__table__  # type: ignore[attr-defined]
reporters = Reporter.__table__  # type: ignore[attr-defined]
children = Child.__table__  # type: ignore[attr-defined]
entries = CaseEntry.__table__  # type: ignore[attr-defined]
area_table = Area.__table__  # type: ignore[attr-defined]
roles_table = Role.__table__  # type: ignore[attr-defined]
people_table = Person.__table__  # type: ignore[attr-defined]


def decide_level(
    connection: Connection,
    case: Case,
    level: str,
    safety_due_at: datetime | None,
    answer_due_at: datetime,
) -> None:
    """An officer gives a case another level; what the table of the law says stays beside it.

    The answer is due at `answer_due_at` at the latest: a promise given is kept.
    """
    connection.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(
            level=level,
            safety_due_at=safety_due_at,
            answer_due_at=min(case.answer_due_at, answer_due_at),
            escalate_at=None,
        )
    )


def by_code(connection: Connection, code: str) -> Case | None:
    """The case of this code, whoever asks."""
    row = connection.execute(select(cases).where(cases.c.code == code)).mappings().first()
    return Case(**row) if row else None


def by_id(connection: Connection, case_id: int) -> Case | None:
    """The case of this id, whoever asks."""
    row = connection.execute(select(cases).where(cases.c.id == case_id)).mappings().first()
    return Case(**row) if row else None


def in_areas(connection: Connection, tops: Sequence[str]) -> Any:
    """The condition that a case lies in one of these areas or below.

    A case whose commune is not known yet is everybody's who holds a province or a commune.
    """
    inside = within(connection, tops)
    return or_(cases.c.commune.in_(inside), cases.c.area.in_(inside), cases.c.commune.is_(None))


def listed(
    connection: Connection,
    tops: Sequence[str],
    *,
    search: str = "",
    villages: Sequence[str] = (),
    is_open: bool = True,
    also: Sequence[int] = (),
    offset: int = 0,
    limit: int = 5,
) -> tuple[list[tuple[Case, str | None]], int]:
    """A page of (case, village name), the urgent and unacknowledged first and the closed last, and
    how many in all.

    `search` is part of a code, `villages` are codes of areas; names are encrypted, not searched.
    `also` are cases (by id) that lie elsewhere.
    """
    if not tops:
        return [], 0
    wanted = [or_(in_areas(connection, tops), cases.c.id.in_(also))]
    if is_open:
        wanted.append(cases.c.closed_at.is_(None))
    if search:
        wanted.append(cases.c.code.contains(_as_in_codes(search), autoescape=True))
    if villages:
        wanted.append(cases.c.area.in_(villages))
    total = connection.execute(select(func.count()).select_from(cases).where(*wanted)).scalar_one()
    urgent_first = and_(cases.c.level == "EMERGENCY", cases.c.acknowledged_at.is_(None))
    rows = connection.execute(
        select(cases, area_table.c.name.label("village"))
        .outerjoin(area_table, area_table.c.code == cases.c.area)
        .where(*wanted)
        .order_by(
            cases.c.closed_at.is_not(None),
            urgent_first.desc(),
            cases.c.opened_at.desc(),
            cases.c.id.desc(),
        )
        .offset(offset)
        .limit(limit)
    ).mappings()
    found = []
    for row in rows:
        values = dict(row)
        village = values.pop("village")
        found.append((Case(**values), village))
    return found, total


def _as_in_codes(typed: str) -> str:
    """A part of a code as codes are written: without gaps, and without the signs they avoid."""
    return "".join(typed.upper().split()).translate(str.maketrans("OIL", "011"))


def visible(connection: Connection, case: Case, tops: Sequence[str]) -> bool:
    """Whether somebody responsible for these areas may see the case."""
    wanted = select(cases.c.id).where(cases.c.id == case.id, in_areas(connection, tops))
    return bool(tops) and connection.execute(wanted).first() is not None


def acknowledge(connection: Connection, case: Case, person_id: int, now: datetime) -> bool:
    """Somebody takes the case in hand; False when somebody had already.

    A case that was given back stays visited, planned or what else was noted of it.
    """
    return (
        connection.execute(
            update(cases)
            .where(cases.c.id == case.id, cases.c.acknowledged_at.is_(None))
            .values(
                acknowledged_at=now,
                acknowledged_by=person_id,
                status="received" if case.status == "new" else case.status,
                escalate_at=None,
            )
        ).rowcount
        == 1
    )


def give_back(connection: Connection, case: Case, escalate_at: datetime | None) -> bool:
    """A case waits for somebody again, from the first rung on; what was noted of it stays. False
    when another process was first."""
    return (
        connection.execute(
            update(cases)
            .where(
                cases.c.id == case.id,
                cases.c.acknowledged_by.is_not_distinct_from(case.acknowledged_by),
            )
            .values(
                acknowledged_at=None,
                acknowledged_by=None,
                status="new" if case.status == "received" else case.status,
                escalation=0,
                escalate_at=escalate_at,
            )
        ).rowcount
        == 1
    )


def in_hand_of(connection: Connection, person_id: int) -> list[Case]:
    """The open cases that somebody has taken in hand, wherever they are."""
    rows = connection.execute(
        select(cases).where(cases.c.acknowledged_by == person_id, cases.c.closed_at.is_(None))
    ).mappings()
    return [Case(**row) for row in rows]


def maybe_without_hands(connection: Connection, wanted: Sequence[str]) -> list[Case]:
    """The open cases in the hands of somebody who is suspended, holds none of these roles, or had
    one that has ended: those whose hands have to be looked at."""
    holder = roles_table.c.person_id == cases.c.acknowledged_by
    theirs = select(roles_table.c.id).where(holder, roles_table.c.role.in_(wanted))
    suspended = select(people_table.c.id).where(
        people_table.c.id == cases.c.acknowledged_by, people_table.c.suspended_at.is_not(None)
    )
    rows = connection.execute(
        select(cases)
        .where(
            cases.c.acknowledged_by.is_not(None),
            cases.c.closed_at.is_(None),
            or_(
                suspended.exists(),
                theirs.where(roles_table.c.ended_at.is_not(None)).exists(),
                ~theirs.exists(),
            ),
        )
        .order_by(cases.c.id)
    ).mappings()
    return [Case(**row) for row in rows]


def climbing(connection: Connection) -> list[Case]:
    """The open cases whose alarm nobody has answered yet, wherever they are."""
    rows = connection.execute(
        select(cases).where(
            cases.c.escalate_at.is_not(None),
            cases.c.acknowledged_at.is_(None),
            cases.c.closed_at.is_(None),
        )
    ).mappings()
    return [Case(**row) for row in rows]


def figures(connection: Connection, tops: Sequence[str], start: datetime) -> dict[str, int]:
    """What has become of the cases of these areas since a moment, and how many are open now."""
    rows = connection.execute(
        select(cases.c.level, cases.c.opened_at, cases.c.acknowledged_at, cases.c.closed_at).where(
            in_areas(connection, tops)
        )
    ).all()
    late = timedelta(minutes=15)
    new = [row for row in rows if row.opened_at >= start]
    urgent = [row for row in new if row.level == "EMERGENCY"]
    return {
        "new": len(new),
        "urgent": len(urgent),
        "in_time": sum(
            row.acknowledged_at is not None and row.acknowledged_at - row.opened_at <= late
            for row in urgent
        ),
        "waiting": sum(row.acknowledged_at is None and row.closed_at is None for row in rows),
        "open": sum(row.closed_at is None for row in rows),
        "closed": sum(row.closed_at is not None and row.closed_at >= start for row in rows),
    }


def set_status(connection: Connection, case: Case, status: str, now: datetime) -> None:
    """A person decided a new status."""
    connection.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(status=status, closed_at=now if status == "closed" else None, escalate_at=None)
    )


def enter(
    connection: Connection,
    case: Case,
    person_id: int | None,
    now: datetime,
    kind: str,
    words: str | None = None,
    status: str | None = None,
    level: str | None = None,
) -> None:
    """Write a line into a case."""
    connection.execute(
        insert(entries).values(
            case_id=case.id,
            person_id=person_id,
            at=now,
            kind=kind,
            words=words,
            status=status,
            level=level,
        )
    )


def history(connection: Connection, case: Case) -> list[CaseEntry]:
    """The lines of a case, oldest first."""
    rows = connection.execute(
        select(entries).where(entries.c.case_id == case.id).order_by(entries.c.id)
    ).mappings()
    return [CaseEntry(**row) for row in rows]


def reports_of(connection: Connection, case: Case) -> list[tuple[Report, Reporter]]:
    """The reports of a case with who gave them, oldest first."""
    rows = connection.execute(
        select(reports).where(reports.c.case_id == case.id).order_by(reports.c.id)
    ).mappings()
    found = [Report(**row) for row in rows]
    who = connection.execute(
        select(reporters).where(reporters.c.report_id.in_([report.id for report in found]))
    ).mappings()
    by_report = {row["report_id"]: Reporter(**row) for row in who}
    return [(report, by_report[report.id or 0]) for report in found]


def by_reporter(
    connection: Connection, person_id: int, since: datetime | None = None, limit: int = 10
) -> list[tuple[Case, Report]]:
    """The (case, report) pairs a person gave, newest first."""
    query = (
        select(reports.c.id)
        .join(reporters, reporters.c.report_id == reports.c.id)
        .where(reporters.c.person_id == person_id)
        .order_by(reports.c.received_at.desc(), reports.c.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(reports.c.received_at >= since)
    found = []
    for report_id in connection.execute(query).scalars().all():
        row = connection.execute(select(reports).where(reports.c.id == report_id)).mappings().one()
        case = by_id(connection, row["case_id"])
        assert case is not None
        found.append((case, Report(**row)))
    return found


def newest_of(connection: Connection, case: Case, person_id: int) -> Report | None:
    """The newest report that a person gave in a case, None if it is not one of theirs."""
    row = connection.execute(
        select(reports)
        .join(reporters, reporters.c.report_id == reports.c.id)
        .where(reports.c.case_id == case.id, reporters.c.person_id == person_id)
        .order_by(reports.c.received_at.desc(), reports.c.id.desc())
        .limit(1)
    ).mappings()
    found = row.first()
    return Report(**found) if found else None


def who_agreed(connection: Connection, case: Case) -> list[Reporter]:
    """Who of the reporters of a case may be called, the first first; no report is read for it."""
    rows = connection.execute(
        select(reporters)
        .join(reports, reports.c.id == reporters.c.report_id)
        .where(reports.c.case_id == case.id, reporters.c.may_call)
        .order_by(reports.c.id)
    ).mappings()
    return [Reporter(**row) for row in rows]


def unfinished(connection: Connection, case: Case) -> dict[str, int]:
    """{key of the draft: who writes it} of the reports of a case that were not sent yet."""
    rows = connection.execute(
        select(reports.c.draft_key, reporters.c.person_id)
        .join(reporters, reporters.c.report_id == reports.c.id)
        .where(reports.c.case_id == case.id, reports.c.completed_at.is_(None))
    )
    return {row[0]: row[1] for row in rows}


def reporters_of(connection: Connection, case: Case) -> list[tuple[int, int]]:
    """(person id, link id) of everybody who reported in this case."""
    rows = connection.execute(
        select(reporters.c.person_id, reporters.c.link_id)
        .join(reports, reports.c.id == reporters.c.report_id)
        .where(reports.c.case_id == case.id)
        .order_by(reports.c.id)
    )
    return list(dict.fromkeys((row[0], row[1]) for row in rows))


def to_escalate(connection: Connection, now: datetime) -> list[Case]:
    """Urgent cases that nobody took in hand in time."""
    rows = connection.execute(
        select(cases)
        .where(cases.c.escalate_at <= now, cases.c.acknowledged_at.is_(None))
        .order_by(cases.c.escalate_at)
    ).mappings()
    return [Case(**row) for row in rows]


def escalated(connection: Connection, case: Case, step: int, again_at: datetime | None) -> bool:
    """Note that step `step` was reached; False when another process was first."""
    return (
        connection.execute(
            update(cases)
            .where(
                cases.c.id == case.id,
                cases.c.escalation == case.escalation,
                cases.c.acknowledged_at.is_(None),
            )
            .values(escalation=step, escalate_at=again_at)
        ).rowcount
        == 1
    )


def unanswered(connection: Connection, since: datetime, until: datetime) -> list[Case]:
    """Cases whose promised answer falls between these moments and that nobody took in hand."""
    rows = connection.execute(
        select(cases)
        .where(
            cases.c.answer_due_at > since,
            cases.c.answer_due_at <= until,
            cases.c.acknowledged_at.is_(None),
        )
        .order_by(cases.c.answer_due_at)
    ).mappings()
    return [Case(**row) for row in rows]


def child(connection: Connection, case: Case) -> Child | None:
    """What is kept of the child of a case."""
    row = connection.execute(select(children).where(children.c.id == case.child_id)).mappings()
    found = row.first()
    return Child(**found) if found else None


def names_in_open(connection: Connection, tops: Sequence[str]) -> Iterator[str]:
    """The names of the children and of the reporters of the open cases of these areas: read to be
    compared with, never to be shown; the caller audits it.
    """
    is_open = and_(cases.c.closed_at.is_(None), in_areas(connection, tops))
    of_children = (
        select(children.c.name)
        .join(cases, cases.c.child_id == children.c.id)
        .where(is_open, children.c.name.is_not(None))
    )
    yield from connection.execute(of_children).scalars()
    of_reporters = (
        select(people_table.c.name)
        .join(reporters, reporters.c.person_id == people_table.c.id)
        .join(reports, reports.c.id == reporters.c.report_id)
        .join(cases, cases.c.id == reports.c.case_id)
        .where(is_open, people_table.c.name.is_not(None))
        .distinct()
    )
    yield from connection.execute(of_reporters).scalars()


def report_of(connection: Connection, attachment: Attachment) -> Report | None:
    """The report that an attachment was sent with, if any."""
    row = connection.execute(select(reports).where(reports.c.id == attachment.report_id)).mappings()
    found = row.first()
    return Report(**found) if found else None


def of_attachment(connection: Connection, attachment: Attachment) -> Case | None:
    """The case that an attachment belongs to, if any."""
    row = connection.execute(
        select(cases)
        .join(reports, reports.c.case_id == cases.c.id)
        .where(reports.c.id == attachment.report_id)
    ).mappings()
    found = row.first()
    return Case(**found) if found else None
