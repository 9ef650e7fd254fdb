"""What people have to do by a day: planned once by key, reminded of, escalated, done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from storage.records.duties import Duty, DutyList, DutyWatch
from storage.upserts import insert_into, insert_or_skip

duties = Duty.__table__  # type: ignore[attr-defined]
watches = DutyWatch.__table__  # type: ignore[attr-defined]
lists = DutyList.__table__  # type: ignore[attr-defined]
OPEN = duties.c.done_at.is_(None)
_DATED = ("due_on", "due_at", "remind_on", "remind_at", "escalate_at", "words")


# Every tick asks for these: they are put together once.
_NOW = bindparam("now", type_=duties.c.remind_at.type)
_REMIND = select(duties.c.person_id).where(OPEN, duties.c.remind_at <= _NOW)
_REMIND = _REMIND.limit(bindparam("most"))
_REMIND_SUPERIORS = select(watches.c.person_id).where(watches.c.remind_at <= _NOW)
_REMIND_SUPERIORS = _REMIND_SUPERIORS.limit(bindparam("most"))
_ESCALATE = select(duties.c.id).where(OPEN, duties.c.escalate_at <= _NOW)
_ESCALATE = _ESCALATE.limit(bindparam("most"))


# --- planning ----------------------------------------------------------------------------------


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Plan duties. One planned before under the same key keeps what became of it; while it is
    open, it takes a new day if its day has changed."""
    if rows:
        connection.execute(_plan(connection.dialect.name), list(rows))


@cache
def _plan(dialect: str) -> Any:
    statement = insert_into(dialect, duties)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["key"],
        set_={name: new[name] for name in _DATED},
        where=and_(OPEN, or_(duties.c.due_on != new.due_on, duties.c.remind_on != new.remind_on)),
    )


def drop_planned(connection: Connection, subject: str, area: str, after: date) -> int:
    """Forget the open duties of one event and commune that are due after a day."""
    gone = select(duties.c.id).where(
        OPEN, duties.c.subject == subject, duties.c.area == area, duties.c.due_on > after
    )
    connection.execute(delete(watches).where(watches.c.duty_id.in_(gone)))
    return connection.execute(delete(duties).where(duties.c.id.in_(gone))).rowcount


# --- reading -----------------------------------------------------------------------------------


def one(connection: Connection, duty_id: int) -> Duty | None:
    """The duty of this number."""
    row = connection.execute(select(duties).where(duties.c.id == duty_id)).mappings().first()
    return Duty(**row) if row else None


def several(connection: Connection, ids: Sequence[int]) -> list[Duty]:
    """These duties, the first due first."""
    rows = connection.execute(
        select(duties).where(duties.c.id.in_(ids)).order_by(duties.c.due_on, duties.c.id)
    ).mappings()
    return [Duty(**row) for row in rows]


def open_of(
    connection: Connection,
    person_ids: Sequence[int],
    today: date,
    through: date,
    always: str = "",
) -> list[Duty]:
    """What these people have open: overdue, or due up to a day; the first due first. Those of the
    source `always` however far ahead: who asked for one has to find it again."""
    rows = connection.execute(
        select(duties)
        .where(
            OPEN,
            duties.c.person_id.in_(person_ids),
            or_(duties.c.due_on <= through, duties.c.source == always),
            or_(duties.c.must, duties.c.due_on >= today),
        )
        .order_by(duties.c.due_on, duties.c.id)
    ).mappings()
    return [Duty(**row) for row in rows]


# --- what is due -------------------------------------------------------------------------------


def to_remind(connection: Connection, now: datetime, limit: int) -> list[int]:
    """People who have something that asks for attention, by their own duty or as a superior."""
    given = {"now": now, "most": limit}
    own = connection.execute(_REMIND, given).scalars()
    return sorted({*own, *connection.execute(_REMIND_SUPERIORS, given).scalars()})


def asking(connection: Connection, person_ids: Sequence[int], now: datetime) -> list[Duty]:
    """The duties of these people that ask for attention, the first due first."""
    rows = connection.execute(
        select(duties)
        .where(OPEN, duties.c.person_id.in_(person_ids), duties.c.remind_at <= now)
        .order_by(duties.c.due_on, duties.c.id)
    ).mappings()
    return [Duty(**row) for row in rows]


def watched(
    connection: Connection, person_ids: Sequence[int], now: datetime
) -> list[tuple[int, Duty]]:
    """(superior, duty) of what these superiors must hear of now."""
    asked = and_(watches.c.person_id.in_(person_ids), watches.c.remind_at <= now)
    wanted = select(watches.c.duty_id).where(asked)
    rows = connection.execute(select(duties).where(OPEN, duties.c.id.in_(wanted))).mappings()
    found = {row["id"]: Duty(**row) for row in rows}  # several hear of one: it is read once
    pairs = connection.execute(
        select(watches.c.person_id, watches.c.duty_id)
        .join(duties, duties.c.id == watches.c.duty_id)
        .where(OPEN, asked)
        .order_by(duties.c.due_on, duties.c.id)
    )
    return [(superior, found[number]) for superior, number in pairs]


def remind_again(connection: Connection, when: Iterable[tuple[int, datetime | None]]) -> None:
    """Set when these duties next ask for attention."""
    rows = [{"duty": duty, "at": at} for duty, at in when]
    if rows:
        connection.execute(
            update(duties)
            .where(duties.c.id == bindparam("duty"))
            .values(remind_at=bindparam("at")),
            rows,
        )


def watch_again(
    connection: Connection, person_ids: Sequence[int], now: datetime, at: datetime
) -> None:
    """Set when these superiors next hear of what they have just heard of."""
    connection.execute(
        update(watches)
        .where(watches.c.person_id.in_(person_ids), watches.c.remind_at <= now)
        .values(remind_at=at)
    )


def to_escalate(connection: Connection, now: datetime, limit: int) -> list[Duty]:
    """Overdue duties that go one step up now."""
    ids = connection.execute(_ESCALATE, {"now": now, "most": limit}).scalars().all()
    return several(connection, ids) if ids else []


def escalated(connection: Connection, duty: Duty, step: int, next_at: datetime | None) -> bool:
    """Note the step; False when somebody else has taken it."""
    return (
        connection.execute(
            update(duties)
            .where(duties.c.id == duty.id, duties.c.step == duty.step, OPEN)
            .values(step=step, escalate_at=next_at)
        ).rowcount
        == 1
    )


def watch(
    connection: Connection,
    duty_id: int,
    person_ids: Iterable[int],
    now: datetime,
    at: Callable[[int], datetime],
) -> None:
    """These superiors hear of an overdue duty, each `at` their hour."""
    rows = [
        {"duty_id": duty_id, "person_id": person, "since_at": now, "remind_at": at(person)}
        for person in person_ids
    ]
    if rows:
        connection.execute(
            insert_or_skip(connection.dialect.name, watches, "duty_id", "person_id"), rows
        )


def unwatch(connection: Connection, duty_ids: Sequence[int], person_id: int) -> None:
    """A superior has seen to these: they are not told again."""
    connection.execute(
        update(watches)
        .where(watches.c.duty_id.in_(duty_ids), watches.c.person_id == person_id)
        .values(remind_at=None)
    )


# --- what people do ----------------------------------------------------------------------------


def finish(
    connection: Connection,
    duty_id: int,
    person_id: int | None,
    now: datetime,
    proof_words: str | None = None,
    proof_id: int | None = None,
) -> bool:
    """A duty is done, with its proof; False when it was done already."""
    done = connection.execute(
        update(duties)
        .where(duties.c.id == duty_id, OPEN)
        .values(done_at=now, done_by=person_id, proof_words=proof_words, proof_id=proof_id)
    )
    connection.execute(delete(watches).where(watches.c.duty_id == duty_id))
    return done.rowcount == 1


def finish_alike(
    connection: Connection,
    duty: Duty,
    person_id: int | None,
    now: datetime,
    proof_words: str | None = None,
    proof_id: int | None = None,
) -> int:
    """What a commune does once is done for all who were to do it; how many were open."""
    alike = select(duties.c.id).where(
        OPEN,
        duties.c.source == duty.source,
        duties.c.subject == duty.subject,
        duties.c.due_on == duty.due_on,
        duties.c.area == duty.area if duty.area else duties.c.id == duty.id,
    )
    ids = list(connection.execute(alike).scalars())
    return sum(finish(connection, each, person_id, now, proof_words, proof_id) for each in ids)


def close(connection: Connection, source: str, subject: str, now: datetime) -> int:
    """Nothing of this source and subject is to be done any more; how many were open."""
    found = select(duties.c.id).where(OPEN, duties.c.source == source, duties.c.subject == subject)
    ids = list(connection.execute(found).scalars())
    return sum(finish(connection, each, None, now) for each in ids)


def of_subject(connection: Connection, source: str, subject: str, person_id: int) -> list[Duty]:
    """What one person has to do about a subject, done or not; the newest first."""
    rows = connection.execute(
        select(duties)
        .where(
            duties.c.source == source,
            duties.c.subject == subject,
            duties.c.person_id == person_id,
        )
        .order_by(duties.c.id.desc())
    ).mappings()
    return [Duty(**row) for row in rows]


def holders_of_the_same(connection: Connection, duty: Duty) -> set[int]:
    """Who has the same duty of the same area."""
    found = select(duties.c.person_id).where(
        duties.c.source == duty.source,
        duties.c.subject == duty.subject,
        duties.c.due_on == duty.due_on,
        duties.c.area == duty.area,
    )
    return set(connection.execute(found).scalars())


def of_year(connection: Connection, subjects: Sequence[str], year: int) -> list[Duty]:
    """Everybody's duties of these events in a year, by area."""
    rows = connection.execute(
        select(duties)
        .where(
            duties.c.subject.in_(subjects),
            duties.c.source == "year",
            duties.c.due_on >= date(year, 1, 1),
            duties.c.due_on <= date(year, 12, 31),
        )
        .order_by(duties.c.area, duties.c.id)
    ).mappings()
    return [Duty(**row) for row in rows]


def watchers_of(connection: Connection, duty_ids: Sequence[int]) -> set[int]:
    """Which superiors have heard of these."""
    found = select(watches.c.person_id).where(watches.c.duty_id.in_(duty_ids))
    return set(connection.execute(found).scalars())


def watched_by(connection: Connection, person_ids: Sequence[int]) -> list[Duty]:
    """Others' overdue duties that these superiors have to see to, the first due first."""
    rows = connection.execute(
        select(duties)
        .join(watches, duties.c.id == watches.c.duty_id)
        .where(OPEN, watches.c.person_id.in_(person_ids), watches.c.remind_at.is_not(None))
        .order_by(duties.c.due_on, duties.c.id)
    ).mappings()
    return [Duty(**row) for row in rows]


def reopen(connection: Connection, duty_id: int, remind_at: datetime) -> bool:
    """It was not done after all; False when it is open."""
    return (
        connection.execute(
            update(duties)
            .where(duties.c.id == duty_id, ~OPEN)
            .values(
                done_at=None, done_by=None, proof_words=None, proof_id=None, remind_at=remind_at
            )
        ).rowcount
        == 1
    )


def settle(connection: Connection, source: str, subject: str, now: datetime) -> None:
    """What a source had asked for has come about by itself."""
    mine = and_(OPEN, duties.c.source == source, duties.c.subject == subject)
    gone = select(duties.c.id).where(mine)
    connection.execute(delete(watches).where(watches.c.duty_id.in_(gone)))
    connection.execute(update(duties).where(mine).values(done_at=now))


def resume(connection: Connection, source: str, subject: str, remind_at: datetime) -> None:
    """What had come about by itself (`settle`) is to be done again."""
    mine = and_(~OPEN, duties.c.source == source, duties.c.subject == subject)
    again = {"done_at": None, "done_by": None, "remind_at": remind_at}
    connection.execute(update(duties).where(mine).values(again))


def give(
    connection: Connection, duty_id: int, giver: int, person_id: int, remind_at: datetime
) -> bool:
    """Hand an open duty over to somebody else."""
    return (
        connection.execute(
            update(duties)
            .where(duties.c.id == duty_id, OPEN)
            .values(person_id=person_id, given_by=giver, remind_at=remind_at)
        ).rowcount
        == 1
    )


def snooze(connection: Connection, duty_id: int, until: datetime) -> None:
    """Remind of a duty on another day; when it is due does not change."""
    connection.execute(update(duties).where(duties.c.id == duty_id, OPEN).values(remind_at=until))


# --- lists that were shown ---------------------------------------------------------------------

Items = list[list[int]]  # what each number means: [duty], or [0, duties of others …]


def shown(
    connection: Connection, person_id: int, items: Items, now: datetime, morning: date | None = None
) -> int | None:
    """Keep what the numbers of a list mean; None when this morning's was kept before."""
    statement = insert_into(connection.dialect.name, lists).values(
        person_id=person_id, shown_at=now, morning=morning, items=json.dumps(items)
    )
    if morning is not None:
        statement = statement.on_conflict_do_nothing(index_elements=["person_id", "morning"])
    found = connection.execute(statement.returning(lists.c.id)).scalar()
    return None if found is None else int(found)


def shown_at(connection: Connection, person_id: int, at: datetime) -> tuple[int, Items] | None:
    """(number, items) of the list that a person had last been shown at that moment."""
    row = connection.execute(
        select(lists.c.id, lists.c["items"])
        .where(lists.c.person_id == person_id, lists.c.shown_at <= at)
        .order_by(lists.c.shown_at.desc(), lists.c.id.desc())
        .limit(1)
    ).first()
    return (int(row[0]), json.loads(row[1])) if row else None


def forget(connection: Connection, before: datetime) -> int:
    """Lists that nobody answers any more."""
    return connection.execute(delete(lists).where(lists.c.shown_at < before)).rowcount


def forget_person(connection: Connection, person_id: int) -> None:
    """Somebody is erased: their own tasks and lists go, what was theirs to do is nobody's."""
    mine = select(duties.c.id).where(duties.c.person_id == person_id, OPEN)
    connection.execute(delete(watches).where(watches.c.duty_id.in_(mine)))
    connection.execute(delete(watches).where(watches.c.person_id == person_id))
    connection.execute(delete(duties).where(duties.c.person_id == person_id, OPEN))
    connection.execute(
        update(duties).where(duties.c.person_id == person_id).values(words=None, proof_words=None)
    )
    connection.execute(delete(lists).where(lists.c.person_id == person_id))


def add(connection: Connection, row: Mapping[str, Any]) -> int:
    """One duty of one's own; returns its number."""
    return int(connection.execute(insert(duties).values(row).returning(duties.c.id)).scalar_one())


def had_morning(connection: Connection, person_ids: Sequence[int], on: date) -> set[int]:
    """Who of these people has had the morning message of that day."""
    found = select(lists.c.person_id).where(
        lists.c.morning == on, lists.c.person_id.in_(person_ids)
    )
    return set(connection.execute(found).scalars())


def show_mornings(
    connection: Connection, rows: Sequence[tuple[int, Items]], now: datetime, on: date
) -> None:
    """Keep what the numbers of many morning messages mean."""
    if rows:
        connection.execute(
            insert_or_skip(connection.dialect.name, lists, "person_id", "morning"),
            [
                {"person_id": person, "shown_at": now, "morning": on, "items": json.dumps(items)}
                for person, items in rows
            ],
        )
