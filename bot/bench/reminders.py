"""How long it takes to plan the reminders of 100,000 people, and what a tick costs when idle."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, insert

from bot.desk import House, planning, workdays
from bot.desk.duties import due
from storage import areas, crypto, people, schema
from storage.database import Database
from storage.duties import duties
from storage.records.areas import Area

PEOPLE, PER_VILLAGE, PER_COMMUNE = 100_000, 3, 10  # people; of a village; villages of a commune
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Friday 09:00 in Viet Nam: nothing is due
IDLE_TICKS = 50
KEYS = crypto.Keyring("1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=")  # of a bench


def rows(home: Path, scale: float) -> list[dict[str, Any]]:
    """Planning, the memory it takes, and an idle tick at that size."""
    count = max(int(PEOPLE * scale), 30)
    crypto.use(KEYS)
    database = Database(f"sqlite:///{home / 'reminders.sqlite3'}")
    house = House()
    _run(database, schema.upgrade)
    _run(database, lambda c: _settle(c, count))
    weight = psutil.Process().memory_info().rss
    taken, heaviest = _plan(database, house)
    planned = _run(database, lambda c: c.exec_driver_sql("SELECT count(*) FROM duties").scalar())
    floor = _floor(home / "floor.sqlite3", int(planned or 0))
    idle = _idle(database, house)
    nothing = _nothing(home / "floor.sqlite3")
    growth = max(heaviest - weight, 0) / 2**20
    return [
        _row(
            f"reminders of {count} people planned",
            round(taken, 2),
            "s",
            (f"sqlite3 inserting {planned} such rows", round(floor, 2)),
            "< 60",
            f"{planned} duties; memory grew by {growth:.0f} MB at the most",
        ),
        _row(
            "a tick with nothing due, at that size",
            round(idle * 1000, 2),
            "ms",
            ("an empty transaction of sqlite3", round(nothing * 1000, 2)),
            "< 20",
            "",
        ),
    ]


def _run(database: Database, work: Callable[[Connection], Any]) -> Any:
    return database.at_once(work)


def _settle(connection: Connection, count: int) -> None:
    """Collaborators of villages, an officer and a leader for each commune."""
    villages = count // PER_VILLAGE + 1
    communes = villages // PER_COMMUNE + 1
    loaded = [Area(code="B", name="B", kind="province")]
    loaded += [
        Area(code=f"B{n}", name=f"B{n}", kind="commune", parent="B") for n in range(communes)
    ]
    loaded += [
        Area(code=f"V{n}", name=f"V{n}", kind="village", parent=f"B{n % communes}")
        for n in range(villages)
    ]
    connection.execute(insert(areas.areas), [area.model_dump() for area in loaded])
    ids = range(1, count + 1)
    connection.execute(
        insert(people.people), [{"id": n, "language": "vi", "created_at": NOW} for n in ids]
    )
    connection.execute(insert(people.roles), [_role(n, communes, villages) for n in ids])


def _role(number: int, communes: int, villages: int) -> dict[str, Any]:
    if number <= communes * 2:
        role, area = ("officer", "leader")[number % 2], f"B{number % communes}"
    else:
        role, area = "collaborator", f"V{number % villages}"
    return {"person_id": number, "role": role, "area": area, "granted_at": NOW}


def _plan(database: Database, house: House) -> tuple[float, int]:
    """Seconds for all slices, and the most memory held after one."""
    begun, heaviest, more = time.perf_counter(), 0, 1
    while more:
        more = _run(database, lambda c: _slice(c, house))
        heaviest = max(heaviest, psutil.Process().memory_info().rss)
    return time.perf_counter() - begun, heaviest


def _slice(connection: Connection, house: House) -> int:
    return planning.run(connection, house, workdays.calendar(connection, house), NOW)


def _idle(database: Database, house: House) -> float:
    """Seconds of a tick, the middle one of many."""
    taken = []
    for number in range(IDLE_TICKS):
        at = NOW + timedelta(seconds=20 * number)
        begun = time.perf_counter()
        _run(database, partial(due, house=house, now=at))
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[len(taken) // 2]


def _floor(file: Path, count: int) -> float:
    """The same number of rows of about the same size, by the driver alone."""
    columns = ", ".join(f"c{n} TEXT" for n in range(len(duties.columns)))
    marks = ", ".join("?" * len(duties.columns))
    with closing(sqlite3.connect(file)) as floor:
        floor.execute(f"CREATE TABLE duties (id INTEGER PRIMARY KEY, {columns})")
        begun = time.perf_counter()
        with floor:
            many = (("some twenty letters …",) * len(duties.columns) for _ in range(count))
            floor.executemany(f"INSERT INTO duties VALUES (NULL, {marks})", many)
        return time.perf_counter() - begun


def _nothing(file: Path) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as floor:
        taken = []
        for _ in range(IDLE_TICKS):
            begun = time.perf_counter()
            floor.execute("BEGIN IMMEDIATE")
            floor.execute("COMMIT")
            taken.append(time.perf_counter() - begun)
    return sorted(taken)[len(taken) // 2]


def _row(
    what: str, value: float, unit: str, peer: tuple[str, float], goal: str, note: str
) -> dict[str, Any]:
    name, theirs = peer
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "peer": f"{name}: {theirs} {unit}",
        "ratio": round(value / max(theirs, 0.001), 1),
        "goal": goal,
        "note": note,
    }
