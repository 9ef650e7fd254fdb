"""Questions that the bot could not answer: kept, answered once by an officer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.records import AskedQuestion

questions = AskedQuestion.__table__  # type: ignore[attr-defined]


def ask(
    connection: Connection, person_id: int, link_id: int, area: str | None, text: str, now: datetime
) -> int:
    """Keep a question; returns its number."""
    made = insert(questions).values(
        person_id=person_id, link_id=link_id, area=area, question=text, asked_at=now
    )
    return int(connection.execute(made.returning(questions.c.id)).scalar_one())


def one(connection: Connection, number: int) -> AskedQuestion | None:
    """The question of this number."""
    row = connection.execute(select(questions).where(questions.c.id == number)).mappings().first()
    return AskedQuestion(**row) if row else None


def answer(connection: Connection, number: int, text: str, person_id: int, now: datetime) -> bool:
    """Keep the answer; False when somebody else had answered before."""
    return (
        connection.execute(
            update(questions)
            .where(questions.c.id == number, questions.c.answered_at.is_(None))
            .values(answer=text, answered_at=now, answered_by=person_id)
        ).rowcount
        == 1
    )
