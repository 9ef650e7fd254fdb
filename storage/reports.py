"""Reports as they are filed: each once, whole or unfinished, with what is sent along later."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from storage.cases import by_code, by_id, cases, reporters, reports
from storage.invitations import ALPHABET
from storage.records.cases import LEVELS, Attachment, Case, Child, Report

children = Child.__table__  # type: ignore[attr-defined]
attachments = Attachment.__table__  # type: ignore[attr-defined]


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


def unfinished_since(connection: Connection, person_id: int, since: datetime) -> int:
    """How many reports of a person were first filed unfinished, from a moment on: each an alarm
    that rang before it was sent. Whether they were completed later does not matter."""
    early = or_(reports.c.completed_at.is_(None), reports.c.completed_at > reports.c.received_at)
    found = (
        select(func.count())
        .select_from(reports)
        .join(reporters, reporters.c.report_id == reports.c.id)
        .where(reporters.c.person_id == person_id, reports.c.received_at >= since, early)
    )
    return int(connection.execute(found).scalar_one())


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


def _attach(connection: Connection, report_id: int, answers: dict[str, Any]) -> None:
    ids = [item for key in ("photos", "voice") for item in _media(answers.get(key))]
    if ids:
        connection.execute(
            update(attachments).where(attachments.c.id.in_(ids)).values(report_id=report_id)
        )


def _media(answer: Any) -> list[int]:
    return [item for item in answer if isinstance(item, int)] if isinstance(answer, list) else []


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
