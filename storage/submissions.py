"""Forms that were sent and open no case."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.records.talks import Submission
from storage.upserts import insert_into

submissions = Submission.__table__  # type: ignore[attr-defined]


def add(
    connection: Connection,
    form: str,
    draft_key: str,
    person_id: int,
    area: str | None,
    commune: str | None,
    answers: dict[str, Any],
    now: datetime,
) -> None:
    """Keep a form; the same draft is kept once."""
    connection.execute(
        insert_into(connection.dialect.name, submissions)
        .values(
            form=form,
            draft_key=draft_key,
            person_id=person_id,
            area=area,
            commune=commune,
            answers=answers,
            filed_at=now,
        )
        .on_conflict_do_nothing(index_elements=["draft_key"])
    )


def since(
    connection: Connection, form: str, communes: Collection[str], start: datetime
) -> list[Submission]:
    """What was sent of a form in these communes since a moment, oldest first."""
    rows = connection.execute(
        select(submissions)
        .where(
            submissions.c.form == form,
            submissions.c.commune.in_(communes),
            submissions.c.filed_at >= start,
        )
        .order_by(submissions.c.id)
    ).mappings()
    return [Submission(**row) for row in rows]
