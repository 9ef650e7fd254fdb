"""The audit log: only ever longer, and whoever changes it behind our back is noticed."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import audit
from storage.database import Database
from tests.house import START

LINES = (
    (7, "view", "VT-26-7K2M9Q", ""),
    (7, "acknowledge", "VT-26-7K2M9Q", ""),
    (None, "join", "person:9", "officer DM-VL"),
    (9, "status", "VT-26-7K2M9Q", "visited"),
    (9, "view", "VT-26-AAAAAA", ""),
)


def note_all(connection):
    for n, (person, action, subject, detail) in enumerate(LINES):
        audit.note(connection, START + n * timedelta(minutes=1), person, action, subject, detail)


@pytest.fixture
async def kept(database):
    """A database with a few lines in its log."""
    await database.write(note_all)
    return database


def execute(statement, **values):
    return lambda connection: connection.execute(text(statement), values)


async def test_the_lines_follow_from_each_other(kept):
    assert await kept.read(audit.count) == len(LINES)
    assert await kept.read(audit.first_broken) is None


async def test_an_empty_log_is_whole(database):
    assert await database.read(audit.first_broken) is None


REFUSED = {
    "sqlite": (
        "UPDATE audit_log SET action = 'x' WHERE id = 2",
        "UPDATE OR REPLACE audit_log SET id = 1 WHERE id = 2",
        "UPDATE audit_log SET detail = detail",
        "DELETE FROM audit_log WHERE id = 2",
        "DELETE FROM audit_log",
        "INSERT OR REPLACE INTO audit_log SELECT id, at, person_id, 'x', subject, detail, previous,"
        " hash FROM audit_log WHERE id = 2",
        "INSERT OR REPLACE INTO audit_log (at, action, subject, detail, previous, hash)"
        " SELECT at, 'x', subject, detail, previous, hash FROM audit_log WHERE id = 2",
    ),
    "postgresql": (
        "UPDATE audit_log SET action = 'x' WHERE id = 2",
        "UPDATE audit_log SET detail = detail",
        "DELETE FROM audit_log WHERE id = 2",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "TRUNCATE audit_log CASCADE",
    ),
}


@pytest.mark.parametrize("number", range(7))
async def test_the_database_itself_lets_nobody_change_the_log(kept, number):
    refused = REFUSED[kept.url.get_backend_name()]
    if number >= len(refused):
        return
    with pytest.raises(DBAPIError, match="append-only"):
        await kept.write(execute(refused[number]))
    assert await kept.read(audit.count) == len(LINES)
    assert await kept.read(audit.first_broken) is None


EDITS = {
    "at": ("2026-11-20 09:30:00.000001+00", "2020-01-01 00:00:00.000000"),
    "person_id": (8, None),
    "action": ("join", "View", "view "),
    "subject": ("VT-26-7K2M9R", ""),
    "detail": ("x", " "),
    "previous": ("", "0" * 64),
    "hash": ("0" * 64, ""),
}


async def behind_the_back(database, *statements):
    """What somebody with the database in their hands can do."""
    if database.sqlite:
        await database.write(execute("PRAGMA writable_schema = off"))
        for (name,) in await database.read(
            lambda c: c.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        ):
            await database.write(execute(f"DROP TRIGGER {name}"))
    else:
        await database.write(execute("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
    for statement in statements:
        await database.write(statement)


@pytest.mark.parametrize(
    "column, value", [(column, value) for column, values in EDITS.items() for value in values]
)
async def test_a_changed_cell_is_noticed_wherever_it_is(database, column, value):
    await behind_the_back(database)
    for line in range(1, len(LINES) + 1):
        await database.write(execute("DELETE FROM audit_log"))
        await database.write(note_all)
        first = (await database.read(execute_scalar("SELECT min(id) FROM audit_log"))) - 1
        cast = "CAST(:value AS timestamptz)" if column == "at" and not database.sqlite else ":value"
        changed = (
            await database.write(
                execute(
                    f"UPDATE audit_log SET {column} = {cast} WHERE id = :id"
                    f" AND {column} IS DISTINCT FROM {cast}",
                    value=value,
                    id=first + line,
                )
            )
        ).rowcount
        broken = await database.read(audit.first_broken)
        assert (broken is not None) == bool(changed)
        if changed and column != "previous":
            assert broken in (first + line, first + line + 1)


def execute_scalar(statement):
    return lambda connection: connection.execute(text(statement)).scalar()


@pytest.mark.parametrize("line", (1, 2, 4))
async def test_a_line_taken_out_is_noticed(kept, line):
    await behind_the_back(kept, execute(f"DELETE FROM audit_log WHERE id = {line}"))
    assert await kept.read(audit.first_broken) == line + 1


async def test_two_lines_that_changed_places_are_noticed(kept):
    moves = [(2, 99), (3, 2), (99, 3)]
    await behind_the_back(
        kept, *(execute(f"UPDATE audit_log SET id = {new} WHERE id = {old}") for old, new in moves)
    )
    assert await kept.read(audit.first_broken) == 2


async def test_a_line_forged_at_the_end_without_its_hash_is_noticed(kept):
    await kept.write(
        execute(
            "INSERT INTO audit_log (at, action, subject, detail, previous, hash)"
            " SELECT at, 'forget', subject, detail, hash, 'made up' FROM audit_log WHERE id = 5"
        )
    )
    assert await kept.read(audit.first_broken) == 6


async def test_a_line_of_work_that_failed_leaves_no_gap(kept):
    def fails(connection):
        audit.note(connection, START, 1, "view", "VT-26-000000")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await kept.write(fails)
    await kept.write(note_all)
    assert await kept.read(audit.count) == 2 * len(LINES)
    assert await kept.read(audit.first_broken) is None


async def test_many_at_once_make_one_chain(database_url):
    several = [Database(database_url) for _ in range(1 if "sqlite" in database_url else 3)]

    async def write(database, person):
        for n in range(10):
            await database.write(
                lambda c, n=n: audit.note(c, START, person, "view", f"VT-26-{n:06}")
            )

    await asyncio.gather(*(write(database, n) for n in range(4) for database in several))
    assert await several[0].read(audit.count) == 40 * len(several)
    assert await several[0].read(audit.first_broken) is None
    for database in several:
        await database.close()
