"""Fetching what people attached: tried again while it may work, refused when it will not."""

import asyncio
import io
from datetime import timedelta
from itertools import pairwise

import pytest
from PIL import Image
from sqlalchemy import select

from bot.channels import Later, Refused
from bot.delivery.fetcher import AT_ONCE, TRIES, Fetcher
from storage import attachments
from storage.records.cases import Attachment
from tests.house import START, MemoryChannel, TestClock


def photo():
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "PNG")
    return out.getvalue()


class Shelf(MemoryChannel):
    """A platform that has files: bytes, or what is raised instead."""

    def __init__(self, files):
        super().__init__()
        self.files, self.asked = files, []

    async def fetch(self, reference):
        self.asked.append(reference)
        found = self.files[reference]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def clock():
    return TestClock()


def silent(connection, attachment, now):
    """Nobody is told."""


def want(*references, kind="photo"):
    def work(connection):
        for reference in references:
            attachments.want(connection, "test", "a", reference, kind, "", 0, START)

    return work


async def states(database):
    table = Attachment.__table__
    rows = await database.read(lambda c: c.execute(select(table).order_by(table.c.id)).all())
    return {row.reference: (row.state, row.attempts) for row in rows}


async def test_what_is_wanted_is_fetched_made_safe_and_kept(database, clock):
    await database.write(want("p1"))
    await database.write(want("v1", kind="voice"))
    shelf = Shelf({"p1": photo(), "v1": b"OggS and so on"})
    fetcher = Fetcher(database, shelf, clock, silent)
    assert await fetcher.step() == 2
    kept = await database.read(lambda c: attachments.by_reference(c, "test", "p1"))
    assert (kept.state, kept.mime, kept.content[:2]) == ("kept", "image/jpeg", b"\xff\xd8")
    assert kept.size == len(kept.content)
    voice = await database.read(lambda c: attachments.by_reference(c, "test", "v1"))
    assert (voice.state, voice.mime, voice.content) == ("kept", "audio/ogg", b"OggS and so on")
    assert await fetcher.step() == 0 and shelf.asked == ["p1", "v1"]


async def test_the_same_file_is_wanted_once(database, clock):
    numbers = [
        await database.write(
            lambda c: attachments.want(c, "test", "a", "p1", "photo", "", 0, START)
        )
        for _ in range(2)
    ]
    assert numbers[0] == numbers[1]
    shelf = Shelf({"p1": photo()})
    await Fetcher(database, shelf, clock, silent).step()
    assert shelf.asked == ["p1"]


async def test_what_is_not_what_it_seems_or_is_gone_is_refused(database, clock):
    await database.write(want("bad", "gone"))
    fetcher = Fetcher(database, Shelf({"bad": b"no photo", "gone": Refused("gone")}), clock, silent)
    await fetcher.step()
    assert await states(database) == {"bad": ("refused", 0), "gone": ("refused", 0)}
    assert await fetcher.step() == 0


async def test_whoever_sent_it_is_told_with_the_refusal_or_it_is_not_refused(database, clock):
    await database.write(want("bad", "good"))
    told = []

    def tell(connection, attachment, now):
        told.append((attachment.reference, attachment.state))
        if len(told) == 1:
            raise RuntimeError("the message could not be kept")

    fetcher = Fetcher(database, Shelf({"bad": b"no photo", "good": photo()}), clock, tell)
    with pytest.raises(RuntimeError):
        await fetcher.step()
    assert (await states(database))["bad"] == ("wanted", 0)
    await fetcher.step()
    assert told == [("bad", "refused")] * 2
    assert await states(database) == {"bad": ("refused", 0), "good": ("kept", 0)}


async def test_what_cannot_be_had_now_is_tried_later_and_later(database, clock):
    await database.write(want("p1"))
    shelf = Shelf({"p1": Later("no network")})
    fetcher = Fetcher(database, shelf, clock, silent)
    moments = []
    for _ in range(2000):
        if await fetcher.step():
            moments.append((clock.at - START).total_seconds())
        if (await states(database))["p1"][0] != "wanted":
            break
        clock.at += timedelta(seconds=10)
    pauses = [after - before for before, after in pairwise(moments)]
    assert pauses[:4] == [10, 10, 20, 40]  # 5, 10, 20, 40 seconds, looked at every ten
    assert pauses == sorted(pauses)
    assert len(moments) == TRIES + 1
    assert await states(database) == {"p1": ("refused", TRIES)}


async def test_what_is_had_at_a_later_try_is_kept(database, clock):
    await database.write(want("p1"))
    shelf = Shelf({"p1": Later("no network")})
    fetcher = Fetcher(database, shelf, clock, silent)
    await fetcher.step()
    assert await fetcher.step() == 0
    shelf.files["p1"] = photo()
    clock.at += timedelta(seconds=5)
    assert await fetcher.step() == 1
    assert await states(database) == {"p1": ("kept", 1)}


async def test_a_fault_of_ours_does_not_keep_the_others_waiting(database, clock):
    names = [f"p{n}" for n in range(AT_ONCE + 1)]
    await database.write(want(*names))
    files = dict.fromkeys(names[:-1], KeyError("a fault of ours")) | {names[-1]: photo()}
    fetcher = Fetcher(database, Shelf(files), clock, silent)
    for _ in range(3):
        await fetcher.step()
    found = await states(database)
    assert found[names[-1]] == ("kept", 0)
    assert found[names[0]] == ("wanted", 1)


async def test_it_ends_soon_after_it_is_asked_to(database, clock):
    wake, stop = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(Fetcher(database, Shelf({}), clock, silent).run(wake, stop))
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 1)


async def test_it_wakes_when_something_is_wanted(database, clock):
    wake, stop = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(
        Fetcher(database, Shelf({"p1": photo()}), clock, silent).run(wake, stop)
    )
    await asyncio.sleep(0.05)
    await database.write(want("p1"))
    wake.set()
    for _ in range(100):
        if (await states(database))["p1"][0] == "kept":
            break
        await asyncio.sleep(0.01)
    else:
        raise AssertionError("it slept on")
    stop.set()
    await asyncio.wait_for(running, 1)
