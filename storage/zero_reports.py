"""The weekly question to collaborators, and what they answered: "no" is data too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from storage.records.duties import ZeroReport
from storage.upserts import insert_or_skip

reports = ZeroReport.__table__  # type: ignore[attr-defined]


def ask(connection: Connection, rows: Sequence[tuple[int, str]], week: date, now: datetime) -> int:
    """Note that these (person, area) are asked for the week that begins on a Monday; how many
    were not noted yet."""
    known = {
        (each.person_id, each.area) for each in of_week(connection, [p for p, _ in rows], week)
    }
    new = [pair for pair in dict.fromkeys(rows) if pair not in known]
    if new:
        connection.execute(
            insert_or_skip(connection.dialect.name, reports, "person_id", "area", "week"),
            [
                {"person_id": person, "area": area, "week": week, "asked_at": now}
                for person, area in new
            ],
        )
    return len(new)


def of_week(connection: Connection, person_ids: Sequence[int], week: date) -> list[ZeroReport]:
    """What these people were asked for a week."""
    rows = connection.execute(
        select(reports)
        .where(reports.c.week == week, reports.c.person_id.in_(person_ids))
        .order_by(reports.c.id)
    ).mappings()
    return [ZeroReport(**row) for row in rows]


def one(connection: Connection, number: int) -> ZeroReport | None:
    """The question of this number."""
    row = connection.execute(select(reports).where(reports.c.id == number)).mappings().first()
    return ZeroReport(**row) if row else None


def answer(connection: Connection, number: int, said: str, now: datetime) -> None:
    """Keep "yes" or "no"; the last answer counts."""
    connection.execute(
        update(reports).where(reports.c.id == number).values(answer=said, answered_at=now)
    )


def silent(connection: Connection, week: date) -> list[str]:
    """The areas that were asked for a week and from which nobody answered."""
    found = (
        select(reports.c.area)
        .where(reports.c.week == week)
        .group_by(reports.c.area)
        .having(func.count(reports.c.answered_at) == 0)
        .order_by(reports.c.area)
    )
    return list(connection.execute(found).scalars())


def weeks(connection: Connection, areas: Sequence[str], since: date) -> list[tuple[Any, ...]]:
    """(area, week, asked, yes, no) of these areas since a week, in order."""
    said = reports.c.answer
    found = (
        select(
            reports.c.area,
            reports.c.week,
            func.count(),
            func.count().filter(said == "yes"),
            func.count().filter(said == "no"),
        )
        .where(reports.c.area.in_(areas), reports.c.week >= since)
        .group_by(reports.c.area, reports.c.week)
        .order_by(reports.c.area, reports.c.week)
    )
    return [tuple(row) for row in connection.execute(found)]
