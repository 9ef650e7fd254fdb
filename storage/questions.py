"""Questions that the bot could not answer: kept, answered once by an officer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from storage.records.questions import AskedQuestion

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


def take(
    connection: Connection, number: int, person_id: int, now: datetime, over: int | None = None
) -> bool:
    """Make somebody the owner of an unanswered question that nobody has, or that `over` has.

    False when it is answered or somebody else was faster.
    """
    before = questions.c.taken_by.is_(None) if over is None else questions.c.taken_by == over
    return (
        connection.execute(
            update(questions)
            .where(questions.c.id == number, questions.c.answered_at.is_(None), before)
            .values(taken_by=person_id, taken_at=now)
        ).rowcount
        == 1
    )


def give_back(connection: Connection, number: int, person_id: int) -> bool:
    """The question has no owner any more; False when it was not this person's, or is answered."""
    return (
        connection.execute(
            update(questions)
            .where(
                questions.c.id == number,
                questions.c.answered_at.is_(None),
                questions.c.taken_by == person_id,
            )
            .values(taken_by=None, taken_at=None)
        ).rowcount
        == 1
    )


def waiting(
    connection: Connection, areas: Collection[str], offset: int = 0, limit: int = 1000
) -> list[AskedQuestion]:
    """Unanswered questions of these areas and those of no area, the oldest first."""
    rows = connection.execute(
        select(questions).where(_waits_in(areas)).order_by(*_OLDEST).offset(offset).limit(limit)
    ).mappings()
    return [AskedQuestion(**row) for row in rows]


def how_many(connection: Connection, areas: Collection[str]) -> tuple[int, datetime | None]:
    """How many questions wait in these areas, and since when the oldest does."""
    found = select(func.count(), func.min(questions.c.asked_at)).where(_waits_in(areas))
    count, since = connection.execute(found).one()
    return count, since


def unanswered(connection: Connection, before: datetime) -> list[AskedQuestion]:
    """Every question asked before a moment that is still not answered, the oldest first."""
    rows = connection.execute(
        select(questions)
        .where(questions.c.answered_at.is_(None), questions.c.asked_at < before)
        .order_by(*_OLDEST)
    ).mappings()
    return [AskedQuestion(**row) for row in rows]


def all_waiting(connection: Connection) -> tuple[int, datetime | None]:
    """How many questions wait anywhere, and since when the oldest does."""
    found = select(func.count(), func.min(questions.c.asked_at))
    count, since = connection.execute(found.where(questions.c.answered_at.is_(None))).one()
    return count, since


_OLDEST = (questions.c.asked_at, questions.c.id)


def _waits_in(areas: Collection[str]) -> ColumnElement[bool]:
    here = or_(questions.c.area.in_(areas), questions.c.area.is_(None))
    return and_(questions.c.answered_at.is_(None), here)
