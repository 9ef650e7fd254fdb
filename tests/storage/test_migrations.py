"""The migrations: from nothing to the newest, once, whoever comes first."""

import asyncio
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from storage import schema
from storage.database import Database


@pytest.fixture
async def empty(empty_url):
    opened = Database(empty_url)
    yield opened
    await opened.close()


async def test_an_empty_database_has_no_revision_and_is_brought_to_the_newest(empty):
    assert await empty.read(schema.current) is None
    await empty.write(schema.upgrade)
    assert await empty.read(schema.current) == schema.newest()


async def test_the_migrated_schema_is_that_of_the_records(empty):
    await empty.write(schema.upgrade)

    def differences(connection):
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, SQLModel.metadata)

    assert await empty.read(differences) == []


async def test_a_difference_between_schema_and_records_would_be_noticed(empty):
    await empty.write(schema.upgrade)
    await empty.write(lambda c: c.execute(text("ALTER TABLE counts ADD COLUMN more INTEGER")))

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    (found,) = await empty.read(differences)
    assert found[0] == "remove_column" and found[3].name == "more"


async def test_upgrading_twice_changes_nothing(empty):
    def tables(connection):
        return {name: inspect(connection).get_columns(name) for name in sorted(names(connection))}

    def names(connection):
        return inspect(connection).get_table_names()

    await empty.write(schema.upgrade)
    before = repr(await empty.read(tables))
    await empty.write(schema.upgrade)
    assert repr(await empty.read(tables)) == before


async def test_an_upgrade_that_fails_leaves_nothing(empty):
    def half(connection):
        schema.upgrade(connection)
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        await empty.write(half)
    assert await empty.read(lambda c: inspect(c).get_table_names()) == []
    await empty.write(schema.upgrade)
    assert await empty.read(schema.current) == schema.newest()


UPGRADE = """
import asyncio, sys
import alembic.command, asyncpg  # what takes long is here before both begin
from storage import schema
from storage.database import Database

async def main():
    database = Database(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    await database.write(schema.upgrade)
    await database.close()

asyncio.run(main())
"""


def test_two_processes_may_upgrade_at_the_same_moment(empty_url):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, empty_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        _, problem = process.communicate(timeout=60)
        assert process.returncode == 0, problem
    assert asyncio.run(revision(empty_url)) == schema.newest()


async def revision(url):
    database = Database(url)
    try:
        return await database.read(schema.current)
    finally:
        await database.close()


async def test_ranges_of_keys_are_looked_up_in_the_order_of_signs_in_every_locale(postgres_url):
    """Where people speak Vietnamese or English, a server sorts ";" before ":" by itself."""
    database = Database(postgres_url)
    order = text(
        "SELECT collname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation"
        " WHERE a.attrelid = 'outbox'::regclass AND a.attname = 'once'"
    )
    assert await database.read(lambda c: c.execute(order).scalar()) == "C"
    await database.close()
