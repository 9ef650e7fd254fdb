"""Reports and the cases they open: filed once, acknowledged once, seen only in one's own area."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from storage.areas import within
from storage.invitations import ALPHABET
from storage.records.areas import Area
from storage.records.cases import LEVELS, Attachment, Case, CaseEntry, Child, Report, Reporter
from storage.records.people import Person

cases = Case.__table__  # type: ignore[attr-defined]
reports = Report.__table__  # type: ignore[attr-defined]
reporters = Reporter.__table__  # type: ignore[attr-defined]
children = Child.__table__  # type: ignore[attr-defined]
entries = CaseEntry.__table__  # type: ignore[attr-defined]
attachments = Attachment.__table__  # type: ignore[attr-defined]
area_table = Area.__table__  # type: ignore[attr-defined]
people_table = Person.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Filing:
    """A report to file. `draft_key` makes filing the same draft twice one report."""

    draft_key: str
    person_id: int
    link_id: int
    channel: str
    commune: str | None
    area: str | None
    level: str
    answers: dict[str, Any]
    child_name: str | None
    may_call: bool | None
    phone: str | None
    received_at: datetime
    complete: bool
    safety_due_at: datetime | None  # the 12-hour limit of an urgent report
    answer_due_at: datetime
    escalate_at: datetime | None


def new_code(connection: Connection, year: int) -> str:
    """A free case code, "VT-26-7K2M9Q" (contract §5)."""
    while True:
        code = f"VT-{year % 100:02d}-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
        if not connection.execute(select(cases.c.id).where(cases.c.code == code)).first():
            return code


def filed(connection: Connection, draft_key: str) -> Report | None:
    """The report that came of a draft."""
    row = connection.execute(select(reports).where(reports.c.draft_key == draft_key)).mappings()
    found = row.first()
    return Report(**found) if found else None


def file(connection: Connection, filing: Filing, year: int) -> tuple[Case, bool]:
    """Open a case with its first report, or complete the one this draft opened before.

    Returns the case, and whether it is new.
    """
    before = filed(connection, filing.draft_key)
    if before is not None:
        return _complete(connection, before, filing), False
    child_id = connection.execute(
        insert(children).values(name=filing.child_name, facts=None).returning(children.c.id)
    ).scalar_one()
    code = new_code(connection, year)
    case_id = connection.execute(
        insert(cases)
        .values(
            code=code,
            commune=filing.commune,
            area=filing.area,
            child_id=child_id,
            level=filing.level,
            weighed_level=filing.level,
            status="new",
            opened_at=filing.received_at,
            answer_due_at=filing.answer_due_at,
            safety_due_at=filing.safety_due_at,
            escalation=0,
            escalate_at=filing.escalate_at,
        )
        .returning(cases.c.id)
    ).scalar_one()
    _add_report(connection, case_id, code, filing)
    found = by_code(connection, code)
    assert found is not None
    return found, True


def add_to(connection: Connection, case: Case, filing: Filing) -> None:
    """The same child again: another report in the same case, which may raise its level."""
    if case.id is not None and filed(connection, filing.draft_key) is None:
        _add_report(connection, case.id, case.code, filing)
        _raise(connection, case, filing)


def rings_anew(connection: Connection, case: Case, filing: Filing) -> None:
    """A new danger in a case that was settled, or was none: it is new once more, also when it was
    closed, and waits for somebody to take it in hand. Its limit and its promise begin now."""
    promised = case.answer_due_at > filing.received_at
    due = min(case.answer_due_at, filing.answer_due_at) if promised else filing.answer_due_at
    connection.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(
            level=filing.level,
            weighed_level=filing.level,
            status="new",
            safety_due_at=filing.safety_due_at,
            answer_due_at=due,
            acknowledged_at=None,
            acknowledged_by=None,
            closed_at=None,
            escalation=0,
            escalate_at=filing.escalate_at,
        )
    )


def _add_report(connection: Connection, case_id: int, code: str, filing: Filing) -> None:
    report_id = connection.execute(
        insert(reports)
        .values(
            code=code,
            case_id=case_id,
            draft_key=filing.draft_key,
            channel=filing.channel,
            received_at=filing.received_at,
            completed_at=filing.received_at if filing.complete else None,
            commune=filing.commune,
            area=filing.area,
            answers=filing.answers,
        )
        .returning(reports.c.id)
    ).scalar_one()
    connection.execute(
        insert(reporters).values(
            report_id=report_id,
            person_id=filing.person_id,
            link_id=filing.link_id,
            may_call=filing.may_call,
            phone=filing.phone,
        )
    )
    _attach(connection, report_id, filing.answers)


def _complete(connection: Connection, report: Report, filing: Filing) -> Case:
    answers = _with_what_came_between(report.answers, filing.answers)
    connection.execute(
        update(reports)
        .where(reports.c.id == report.id)
        .values(
            answers=answers,
            area=filing.area,
            commune=filing.commune or report.commune,
            completed_at=filing.received_at if filing.complete else report.completed_at,
        )
    )
    connection.execute(
        update(reporters)
        .where(reporters.c.report_id == report.id)
        .values(may_call=filing.may_call, phone=filing.phone)
    )
    assert report.id is not None
    _attach(connection, report.id, filing.answers)
    case = by_id(connection, report.case_id)
    assert case is not None
    if filing.child_name and case.child_id:
        connection.execute(
            update(children).where(children.c.id == case.child_id).values(name=filing.child_name)
        )
    connection.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(area=filing.area or case.area, commune=filing.commune or case.commune)
    )
    _raise(connection, case, filing)
    changed = by_id(connection, report.case_id)
    assert changed is not None
    return changed


def _with_what_came_between(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The answers of a draft that is filed again, with what was sent along since (`send_along`)
    and is not in the draft: photos, voice notes, a place."""
    answers = dict(now)
    for key in ("photos", "voice"):
        if together := [*_media(now.get(key)), *_media(before.get(key))]:
            answers[key] = list(dict.fromkeys(together))
    place = before.get("location")
    if isinstance(place, list) and now.get("location", _UNKNOWN) == _UNKNOWN:
        answers["location"] = place
    return answers


def _raise(connection: Connection, case: Case, filing: Filing) -> None:
    """A report may make a case graver; only an officer makes it less so."""
    if LEVELS.index(filing.level) <= LEVELS.index(case.weighed_level):
        return
    values: dict[str, Any] = {"weighed_level": filing.level}
    if LEVELS.index(filing.level) > LEVELS.index(case.level):
        values["level"] = filing.level
    if filing.level == "EMERGENCY" and case.level != "EMERGENCY":
        values["safety_due_at"] = filing.safety_due_at
        values["answer_due_at"] = min(case.answer_due_at, filing.answer_due_at)
        values["escalate_at"] = filing.escalate_at if case.acknowledged_at is None else None
    connection.execute(update(cases).where(cases.c.id == case.id).values(values))


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


def _attach(connection: Connection, report_id: int, answers: dict[str, Any]) -> None:
    ids = [item for key in ("photos", "voice") for item in _media(answers.get(key))]
    if ids:
        connection.execute(
            update(attachments).where(attachments.c.id.in_(ids)).values(report_id=report_id)
        )


def _media(answer: Any) -> list[int]:
    return [item for item in answer if isinstance(item, int)] if isinstance(answer, list) else []


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
    """A page of (case, village name), the urgent and unacknowledged first, and how many in all.

    `search` is part of a code, `villages` are codes of areas; names are encrypted, not searched.
    `also` are cases (by id) that lie elsewhere.
    """
    if not tops:
        return [], 0
    wanted = [or_(in_areas(connection, tops), cases.c.id.in_(also))]
    if is_open:
        wanted.append(cases.c.closed_at.is_(None))
    if search:
        wanted.append(cases.c.code.contains(search.upper(), autoescape=True))
    if villages:
        wanted.append(cases.c.area.in_(villages))
    total = connection.execute(select(func.count()).select_from(cases).where(*wanted)).scalar_one()
    urgent_first = and_(cases.c.level == "EMERGENCY", cases.c.acknowledged_at.is_(None))
    rows = connection.execute(
        select(cases, area_table.c.name.label("village"))
        .outerjoin(area_table, area_table.c.code == cases.c.area)
        .where(*wanted)
        .order_by(urgent_first.desc(), cases.c.opened_at.desc(), cases.c.id.desc())
        .offset(offset)
        .limit(limit)
    ).mappings()
    found = []
    for row in rows:
        values = dict(row)
        village = values.pop("village")
        found.append((Case(**values), village))
    return found, total


def visible(connection: Connection, case: Case, tops: Sequence[str]) -> bool:
    """Whether somebody responsible for these areas may see the case."""
    wanted = select(cases.c.id).where(cases.c.id == case.id, in_areas(connection, tops))
    return bool(tops) and connection.execute(wanted).first() is not None


def acknowledge(connection: Connection, case: Case, person_id: int, now: datetime) -> bool:
    """Somebody takes the case in hand; False when somebody had already."""
    return (
        connection.execute(
            update(cases)
            .where(cases.c.id == case.id, cases.c.acknowledged_at.is_(None))
            .values(
                acknowledged_at=now,
                acknowledged_by=person_id,
                status="received",
                escalate_at=None,
            )
        ).rowcount
        == 1
    )


def give_back(connection: Connection, case: Case, escalate_at: datetime) -> None:
    """A case that somebody had taken in hand waits for somebody again."""
    connection.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(acknowledged_at=None, acknowledged_by=None, escalate_at=escalate_at)
    )


def in_hand_of(connection: Connection, person_id: int) -> list[Case]:
    """The open cases that somebody has taken in hand, wherever they are."""
    rows = connection.execute(
        select(cases).where(cases.c.acknowledged_by == person_id, cases.c.closed_at.is_(None))
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


def change_answers(connection: Connection, report: Report, answers: dict[str, Any]) -> None:
    """What a report says is found to be otherwise: a photo in it cannot be opened."""
    connection.execute(update(reports).where(reports.c.id == report.id).values(answers=answers))


def send_along(connection: Connection, report: Report, along: Mapping[str, Any]) -> None:
    """Photos, voice notes or a place that come after a report go to those in it. An earlier place
    is kept in its words."""
    answers = dict(report.answers)
    for key, sent in along.items():
        before = answers.get(key)
        if key in ("photos", "voice"):
            answers[key] = list(dict.fromkeys([*_media(before), *_media(sent)]))
            continue
        if isinstance(before, list) and before != sent:
            answers["also"] = [*answers.get("also", ()), ", ".join(map(str, before))]
        elif isinstance(before, str) and before != _UNKNOWN:
            answers["also"] = [*answers.get("also", ()), before.removeprefix("/")]
        answers[key] = sent
    change_answers(connection, report, answers)
    _attach(connection, report.id or 0, answers)


_UNKNOWN = "unknown"  # an answer that leaves nothing to keep


def of_attachment(connection: Connection, attachment: Attachment) -> Case | None:
    """The case that an attachment belongs to, if any."""
    row = connection.execute(
        select(cases)
        .join(reports, reports.c.case_id == cases.c.id)
        .where(reports.c.id == attachment.report_id)
    ).mappings()
    found = row.first()
    return Case(**found) if found else None
