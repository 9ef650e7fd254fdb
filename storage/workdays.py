"""The working calendar as it was entered: single days, and official tables of years."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from storage import counts
from storage.records.calendar import CalendarChange, CalendarYear
from storage.upserts import insert_or_update

changes = CalendarChange.__table__  # type: ignore[attr-defined]
years = CalendarYear.__table__  # type: ignore[attr-defined]
_VERSION, _EVER = "calendar", datetime(2100, 1, 1, tzinfo=UTC)  # no window of guesses


def version(connection: Connection) -> int:
    """A number that grows whenever a day or a year is entered: what was read is known by it."""
    return counts.seen(connection, _VERSION, _EVER, timedelta(days=1))


def _changed(connection: Connection) -> None:
    counts.add(connection, _VERSION, _EVER, timedelta(days=1))


def entered(connection: Connection) -> list[CalendarChange]:
    """Every day that was entered, in order."""
    rows = connection.execute(select(changes).order_by(changes.c.day)).mappings()
    return [CalendarChange(**row) for row in rows]


def enter(
    connection: Connection,
    day: date,
    kind: str,
    reason: str,
    source: str,
    person_id: int | None,
    now: datetime,
) -> None:
    """Make a day "off" or "working"; what was entered for it before is replaced."""
    values = {
        "kind": kind,
        "reason": reason,
        "source": source,
        "entered_by": person_id,
        "entered_at": now,
    }
    statement = insert_or_update(connection.dialect.name, changes, ("day",), tuple(values))
    connection.execute(statement, [{"day": day, **values}])
    _changed(connection)


def withdraw(connection: Connection, day: date) -> bool:
    """The day is again what the official calendar says; False when nothing was entered."""
    gone = connection.execute(delete(changes).where(changes.c.day == day)).rowcount == 1
    if gone:
        _changed(connection)
    return gone


def load_year(connection: Connection, year: int, content: Mapping[str, Any], now: datetime) -> None:
    """Keep the official table of a year, a row in the manner of [[year]] in calendar.toml."""
    values = {"content": json.dumps(content, default=str), "loaded_at": now}
    statement = insert_or_update(connection.dialect.name, years, ("year",), tuple(values))
    connection.execute(statement, [{"year": year, **values}])
    _changed(connection)


def loaded_years(connection: Connection) -> dict[int, dict[str, Any]]:
    """The official tables that were loaded, by year; days are ISO texts."""
    rows = connection.execute(select(years.c.year, years.c.content).order_by(years.c.year))
    return {year: json.loads(content) for year, content in rows}
