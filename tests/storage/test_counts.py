"""How often something was tried, by windows of time, over all replicas."""

import asyncio
from datetime import timedelta

from storage import counts
from storage.database import Database
from storage.records.counts import Count
from tests.house import START

HOUR = timedelta(hours=1)
NINE = START.replace(minute=0)


def add(name="guess:a", at=NINE):
    return lambda connection: counts.add(connection, name, at, HOUR)


def seen(name="guess:a", at=NINE):
    return lambda connection: counts.seen(connection, name, at, HOUR)


async def test_each_try_in_a_window_is_counted_by_its_name(database):
    assert await database.read(seen()) == 0
    assert [await database.write(add()) for _ in range(3)] == [1, 2, 3]
    assert await database.write(add("guess:b")) == 1
    assert await database.read(seen()) == 3


async def test_a_window_begins_anew_on_the_hour(database):
    last = NINE + HOUR - timedelta(microseconds=1)
    assert [await database.write(add(at=at)) for at in (NINE, last, NINE + HOUR)] == [1, 2, 1]
    assert await database.read(seen(at=last)) == 2
    assert await database.read(seen(at=NINE + HOUR)) == 1


async def test_windows_of_two_days_ago_are_forgotten(database):
    await database.write(add())
    await database.write(add(at=NINE + 24 * HOUR))
    await database.write(lambda c: counts.purge(c, NINE + timedelta(days=2, seconds=1)))
    rows = await database.read(lambda c: c.execute(Count.__table__.select()).all())
    assert [row.window_at for row in rows] == [NINE + 24 * HOUR]


async def test_no_try_is_lost_when_many_come_at_once(database_url):
    several = [Database(database_url) for _ in range(1 if "sqlite" in database_url else 4)]
    tries = [database.write(add()) for _ in range(10) for database in several]
    assert sorted(await asyncio.gather(*tries)) == list(range(1, len(tries) + 1))
    for database in several:
        await database.close()
