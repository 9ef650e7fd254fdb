"""Many pieces of work, one commit: told after it, harmed by nobody else's failure."""

import asyncio

import pytest
from sqlalchemy import select

from bot.delivery.together import AT_MOST, Together
from storage.records.counts import Count
from tests.house import START

table = Count.__table__


def piece(name, fails=False):
    """Keeps a row, and perhaps fails after it."""

    def work(connection):
        connection.execute(table.insert().values(name=name, window_at=START, count=1))
        if fails:
            raise KeyError(name)
        return name

    return work


async def kept(database):
    found = await database.read(lambda c: c.execute(select(table.c.name)).scalars().all())
    return sorted(found)


async def test_what_waits_while_a_commit_is_under_way_is_committed_together(database):
    together = Together(database)
    names = [f"{n:03}" for n in range(50)]
    assert await asyncio.gather(*(together.write(piece(name)) for name in names)) == names
    assert await kept(database) == names
    assert database.commits <= 2


async def test_a_group_has_an_end(database):
    together = Together(database)
    names = [f"{n:03}" for n in range(2 * AT_MOST + 1)]
    assert await asyncio.gather(*(together.write(piece(name)) for name in names)) == names
    assert database.commits == 3
    assert await kept(database) == names


async def test_a_piece_that_fails_is_undone_alone(database):
    together = Together(database)
    found = await asyncio.gather(
        *(together.write(piece(f"{n}", fails=n % 3 == 1)) for n in range(9)),
        return_exceptions=True,
    )
    assert [type(answer) for answer in found] == [str, KeyError, str] * 3
    assert await kept(database) == ["0", "2", "3", "5", "6", "8"]


async def test_a_piece_that_the_database_refuses_is_undone_alone(database):
    together = Together(database)
    names = ("a", "b", "a", "c")
    found = await asyncio.gather(
        *(together.write(piece(name)) for name in names), return_exceptions=True
    )
    assert [isinstance(answer, Exception) for answer in found] == [False, False, True, False]
    assert await kept(database) == ["a", "b", "c"]


async def test_a_single_piece_that_fails_leaves_nothing(database):
    together = Together(database)
    with pytest.raises(KeyError):
        await together.write(piece("a", fails=True))
    assert await kept(database) == []
    assert await together.write(piece("a")) == "a"


async def test_nobody_is_told_before_the_commit(database):
    together = Together(database)
    told = []

    async def write(name):
        await together.write(piece(name))
        told.append((name, await kept(database), database.commits))

    database.before_commit = lambda number: told.append(number)
    await asyncio.gather(*(write(f"{n}") for n in range(4)))
    assert told[0] == 1
    assert sorted(entry for entry in told if isinstance(entry, tuple)) == [
        (f"{n}", ["0", "1", "2", "3"], 1) for n in range(4)
    ]


async def test_a_commit_that_fails_is_everybodys_failure(database):
    together = Together(database)

    def no_disk(_):
        database.before_commit = None
        raise OSError("no space left on device")

    database.before_commit = no_disk
    found = await asyncio.gather(
        *(together.write(piece(f"{n}")) for n in range(3)), return_exceptions=True
    )
    assert [type(answer) for answer in found] == [OSError] * 3
    assert await kept(database) == []
    assert await together.write(piece("after")) == "after"


async def test_who_no_longer_waits_does_not_keep_the_others_from_their_answer(database):
    together = Together(database)
    tasks = [asyncio.create_task(together.write(piece(f"{n}"))) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert (found[0], found[2]) == ("0", "2")
    assert isinstance(found[1], asyncio.CancelledError)
