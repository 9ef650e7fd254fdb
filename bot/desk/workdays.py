"""The working calendar of the office: the official table with what was entered over it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar, Change
from bot.clocks.table import content
from bot.desk.house import House
from storage import workdays


def calendar(connection: Connection, house: House) -> Calendar:
    """The calendar of this moment; read again only after somebody changed it."""
    stamp = workdays.version(connection)
    if house.calendar is None or house.calendar[0] != stamp:
        house.calendar = (stamp, read(connection))
    return house.calendar[1]


def stamp(connection: Connection) -> int:
    """The version of the calendar: a limit counted by an older one is counted again."""
    return workdays.version(connection)


def read(connection: Connection) -> Calendar:
    """The official table, the years that were loaded, and over both the days entered."""
    changes = []
    for each in workdays.entered(connection):
        why = f"{each.reason} ({each.source})" if each.source else each.reason
        changes.append(Change(each.day, "off" if each.kind == "off" else "working", why))
    return Calendar.of(_with_years(workdays.loaded_years(connection)), changes)


def official_year(text: str) -> dict[str, Any]:
    """The table of one year from a TOML file written like [[year]] in calendar.toml.

    Raises ValueError that says what is wrong: no year, two years, no source, a day that is none,
    or a table that contradicts itself.
    """
    try:
        rows = tomllib.loads(text).get("year")
    except tomllib.TOMLDecodeError as problem:
        raise ValueError(str(problem)) from None
    if not isinstance(rows, list) or len(rows) != 1 or not isinstance(rows[0], dict):
        raise ValueError("the file holds one table [[year]], as in content/calendar.toml")
    row: dict[str, Any] = {"confidence": "verified", **rows[0]}
    if not isinstance(row.get("year"), int) or not str(row.get("source", "")).strip():
        raise ValueError("[[year]] needs a year, and the source of the announcement")
    try:
        Calendar.of(_with_years({row["year"]: row}))
    except (TypeError, AttributeError, KeyError) as problem:
        raise ValueError(f"[[year]] {row['year']}: {problem}") from None
    return row


def _with_years(loaded: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    table = content("calendar")
    kept = [row for row in table.get("year", ()) if row["year"] not in loaded]
    return {**table, "year": [*kept, *(_dated(row) for row in loaded.values())]}


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row that came through JSON, its days as days again."""
    off = {name: [_day(each) for each in days] for name, days in row.get("off", {}).items()}
    swaps = [
        {**swap, "off": _day(swap["off"]), "worked": _day(swap["worked"])}
        for swap in row.get("swaps", ())
    ]
    return {**row, "off": off, "swaps": swaps}


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
