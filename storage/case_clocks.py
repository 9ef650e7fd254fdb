"""The limits that run for cases: begun, stopped, dated anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from storage.records.cases import Case, CaseEntry
from storage.records.duties import CaseClock
from storage.upserts import insert_or_update

clocks = CaseClock.__table__  # type: ignore[attr-defined]
cases = Case.__table__  # type: ignore[attr-defined]
entries = CaseEntry.__table__  # type: ignore[attr-defined]
_RUNNING = clocks.c.stopped_at.is_(None)


def of_case(connection: Connection, case_id: int) -> list[CaseClock]:
    """Every limit of a case, the oldest first."""
    rows = connection.execute(
        select(clocks).where(clocks.c.case_id == case_id).order_by(clocks.c.id)
    ).mappings()
    return [CaseClock(**row) for row in rows]


def begin(
    connection: Connection,
    case_id: int,
    clock: str,
    since: datetime,
    due: datetime,
    warn_at: datetime | None,
    stamp: int,
) -> None:
    """A limit runs; one that was stopped runs again from where it began."""
    key = ("case_id", "clock", "since_at")
    row = {
        "case_id": case_id,
        "clock": clock,
        "since_at": since,
        "due_at": due,
        "stopped_at": None,
        "warn_at": warn_at,
        "stamp": stamp,
    }
    changed = tuple(name for name in row if name not in key)
    connection.execute(insert_or_update(connection.dialect.name, clocks, key, changed), [row])


def stop(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """These limits run no longer."""
    if ids:
        connection.execute(
            update(clocks).where(clocks.c.id.in_(ids), _RUNNING).values(stopped_at=now)
        )


def submitted_at(connection: Connection, case_id: int) -> datetime | None:
    """When the plan of a case was last entered as made."""
    found = select(entries.c.at).where(entries.c.case_id == case_id, entries.c.status == "planned")
    at: datetime | None = connection.execute(found.order_by(entries.c.id.desc()).limit(1)).scalar()
    return at


def running(connection: Connection, until: datetime) -> list[tuple[CaseClock, Case]]:
    """The limits that run and are due before a moment, with their cases."""
    due = clocks.c.due_at < until
    return _with_cases(connection, _IN_ORDER.where(due), {})


def begun_after(connection: Connection, clock_id: int) -> list[tuple[CaseClock, Case]]:
    """The limits that run and were begun after that one."""
    return _with_cases(connection, _BEGUN, {"newest": clock_id})


def dated_before(connection: Connection, stamp: int) -> list[tuple[CaseClock, Case]]:
    """The limits that run and were counted by another version of the calendar."""
    return _with_cases(connection, _IN_ORDER.where(clocks.c.stamp != stamp), {})


def to_warn(connection: Connection, now: datetime) -> list[tuple[CaseClock, Case]]:
    """The limits whose next warning is due."""
    return _with_cases(connection, _WARN, {"now": now})


# Every tick asks for these: they are put together once.
_IN_ORDER = select(clocks).where(_RUNNING).order_by(clocks.c.due_at, clocks.c.id)
_BEGUN = _IN_ORDER.where(clocks.c.id > bindparam("newest"))
_WARN = _IN_ORDER.where(clocks.c.warn_at <= bindparam("now", type_=clocks.c.warn_at.type))


def _with_cases(
    connection: Connection, query: Select[Any], given: Mapping[str, Any]
) -> list[tuple[CaseClock, Case]]:
    rows = connection.execute(query, given).mappings()
    found = [CaseClock(**row) for row in rows]
    if not found:
        return []
    ids = {each.case_id for each in found}
    theirs = connection.execute(select(cases).where(cases.c.id.in_(ids))).mappings()
    by_id = {row["id"]: Case(**row) for row in theirs}
    return [(each, by_id[each.case_id]) for each in found]


def warned(connection: Connection, clock: CaseClock, next_at: datetime | None) -> bool:
    """Note when the next warning comes; False when somebody else has given this one."""
    return (
        connection.execute(
            update(clocks)
            .where(clocks.c.id == clock.id, clocks.c.warn_at == clock.warn_at)
            .values(warn_at=next_at)
        ).rowcount
        == 1
    )


def redate(connection: Connection, clock: CaseClock, due: datetime, stamp: int) -> None:
    """A limit ends at another moment, by a newer calendar."""
    connection.execute(
        update(clocks).where(clocks.c.id == clock.id).values(due_at=due, stamp=stamp)
    )


def one(connection: Connection, number: int) -> CaseClock | None:
    """The limit of this number."""
    row = connection.execute(select(clocks).where(clocks.c.id == number)).mappings().first()
    return CaseClock(**row) if row else None
