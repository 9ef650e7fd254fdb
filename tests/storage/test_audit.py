"""The audit log: only ever longer, and whoever changes it behind our back is noticed."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import audit, counts
from storage.database import Database
from tests.house import START

log = audit.log
COUNTED = (audit._LINES, audit._EVER, audit._DAY)
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
    "at": (START + timedelta(microseconds=1), START - timedelta(days=400)),
    "person_id": (7, 8, None),
    "action": ("join", "View", "view "),
    "subject": ("VT-26-7K2M9R", "vt-26-7k2m9q", ""),
    "detail": ("x", " ", ""),
    "previous": ("", "0" * 64),
    "hash": ("0" * 64, ""),
}


def hold_the_triggers(connection):
    """What somebody with the database in their hands can do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        return
    triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in connection.execute(triggers).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


async def test_a_changed_cell_is_noticed_wherever_it_is(kept):
    def edit_each(connection):
        hold_the_triggers(connection)
        seen = []
        for before in connection.execute(log.select()).mappings().all():
            here = log.update().where(log.c.id == before["id"])
            for column, values in EDITS.items():
                for value in values:
                    if value == before[column]:
                        continue
                    connection.execute(here.values({column: value}))
                    seen.append((column, before["id"], audit.first_broken(connection)))
                    connection.execute(here.values({column: before[column]}))
                    assert audit.first_broken(connection) is None
        return seen

    seen = await kept.write(edit_each)
    assert len(seen) > 80
    assert [(column, row, broken) for column, row, broken in seen if broken != row] == []


@pytest.mark.parametrize("line", (1, 2, 4))
async def test_a_line_taken_out_is_noticed(kept, line):
    await kept.write(hold_the_triggers)
    await kept.write(execute(f"DELETE FROM audit_log WHERE id = {line}"))
    assert await kept.read(audit.first_broken) == line + 1


@pytest.mark.parametrize("left", (0, 1, 4))
async def test_lines_taken_off_the_end_are_noticed(kept, left):
    await kept.write(hold_the_triggers)
    await kept.write(execute(f"DELETE FROM audit_log WHERE id > {left}"))
    assert await kept.read(audit.first_broken) == left + 1


async def test_a_line_that_nobody_noted_is_noticed_whatever_it_follows_from(kept):
    """Its hash is no secret: whoever reads this can calculate it."""

    def forge(connection):
        audit.note(connection, START, 1, "view", "VT-26-000000")
        counts.correct(connection, *COUNTED, len(LINES))

    await kept.write(forge)
    assert await kept.read(audit.first_broken) == len(LINES) + 1


async def test_lines_from_before_they_were_counted_are_counted_with_the_next(kept):
    await kept.write(execute("DELETE FROM counts"))
    assert await kept.read(audit.first_broken) is None
    await kept.write(lambda c: audit.note(c, START, 1, "view", "VT-26-000000"))
    assert await kept.read(audit.first_broken) is None
    await kept.write(hold_the_triggers)
    await kept.write(execute("DELETE FROM audit_log WHERE id > 2"))
    assert await kept.read(audit.first_broken) == 3


async def test_two_lines_that_changed_places_are_noticed(kept):
    await kept.write(hold_the_triggers)
    for old, new in ((2, 99), (3, 2), (99, 3)):
        await kept.write(execute(f"UPDATE audit_log SET id = {new} WHERE id = {old}"))
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
