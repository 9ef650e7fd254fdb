"""One statement for a list of any length, which a database answers from its indexes."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.sqlite import dialect

from storage import conversations, inbox, people
from storage.among import among
from storage.database import Database
from tests.house import START

links = people.links
EVERY_EVENT = {
    "who it is": people._KNOWN,
    "their roles": people._ROLES,
    "where they are": conversations._CONVERSATIONS,
    "their drafts": conversations._DRAFTS,
    "what was claimed": inbox._OF_IDS,
    "what is done": inbox._DONE,
}


@pytest.mark.parametrize("asked", [[], ["b"], ["a", "c", "'"], [str(n) for n in range(5000)]])
async def test_texts_among_texts(database: Database, asked: list[str]) -> None:
    for address in ("a", "b", "c"):
        await database.write(lambda c, a=address: people.welcome(c, "test", a, "vi", START))
    wanted = [inbox.sender_index("test", address) for address in asked]
    found = select(links.c.address).where(among(links.c.address_index, "these"))
    rows = await database.read(lambda c: c.execute(found, {"these": wanted}).scalars().all())
    assert sorted(rows) == sorted({"a", "b", "c"} & {*asked})


async def test_numbers_among_numbers(database: Database) -> None:
    made = [
        (await database.write(lambda c, a=address: people.welcome(c, "test", a, "vi", START)))[0]
        for address in ("a", "b", "c")
    ]
    found = select(links.c.person_id).where(among(links.c.person_id, "these"))
    for these in ([], made[1:], [*made, 2**40]):
        rows = await database.read(
            lambda c, t=these: c.execute(found, {"these": t}).scalars().all()
        )
        assert sorted(rows) == sorted({*made} & {*these})


@pytest.mark.parametrize("what", EVERY_EVENT)
async def test_what_every_event_asks_is_looked_up(sqlite_url: str, what: str) -> None:
    """A table that is read through is nothing in a test, and seconds in a province."""
    asked = str(EVERY_EVENT[what].compile(dialect=dialect(paramstyle="named")))
    names = EVERY_EVENT[what].compile(dialect=dialect(paramstyle="named")).params
    database = Database(sqlite_url)
    plan = await database.read(
        lambda c: c.execute(text(f"EXPLAIN QUERY PLAN {asked}"), dict.fromkeys(names, "[]")).all()
    )
    await database.close()
    steps = [row[3] for row in plan]
    assert not [step for step in steps if step.startswith("SCAN") and "json_each" not in step], (
        steps
    )
