"""Codes that open a door: once, in time, however they are typed."""

import asyncio
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from storage import areas, invitations, people
from storage.database import Database
from storage.invitations import ALPHABET, looks_like_one, normal
from storage.records.areas import Area
from storage.records.people import Handover, Invitation
from tests.house import START

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CODES = st.text(ALPHABET, min_size=10, max_size=10)


def commune(connection):
    areas.load(connection, [(Area(code="C", name="Xã C", kind="commune"), [])])


def invite(uses=1):
    def work(connection):
        commune(connection)
        return invitations.invite(connection, "officer", "C", uses, START, START + DAY)

    return work


def number_of(code):
    return lambda connection: invitations.find(connection, code).id


async def test_a_code_is_good_for_as_many_uses_as_it_was_made_for(database):
    code = await database.write(invite(uses=3))
    number = await database.read(number_of(code))
    uses = [await database.write(lambda c: invitations.use(c, number, START)) for _ in range(5)]
    assert uses == [True, True, True, False, False]
    found = await database.read(lambda c: invitations.find(c, code))
    assert (found.used, found.uses, found.role, found.area) == (3, 3, "officer", "C")


async def test_a_code_ends_at_its_moment(database):
    number = await database.read(number_of(await database.write(invite())))
    assert not await database.write(lambda c: invitations.use(c, number, START + DAY))
    almost = START + DAY - timedelta(microseconds=1)
    assert await database.write(lambda c: invitations.use(c, number, almost))


async def test_only_the_index_of_a_code_is_kept(database):
    code = await database.write(invite())
    assert looks_like_one(code)
    rows = await database.read(lambda c: c.execute(Invitation.__table__.select()).all())
    assert code not in repr(rows)


async def test_a_code_of_which_there_is_none_is_not_found(database):
    await database.write(invite())
    for code in ("", "0000000000", "'; DROP TABLE invitations --", "\0", "ấ" * 10, "x" * 10_000):
        assert await database.read(lambda c, code=code: invitations.find(c, code)) is None


@given(CODES, st.data())
def test_a_code_is_known_however_it_is_typed(code, data):
    typed = "".join(
        data.draw(st.sampled_from({"0": "0oO", "1": "1iIlL"}.get(letter, letter + letter.lower())))
        + data.draw(st.sampled_from(["", "", "-", " ", ".", "–"]))
        for letter in code
    )
    assert normal(typed) == code
    assert looks_like_one(typed)


@given(st.text())
def test_any_text_can_be_asked_about(text):
    assert normal(normal(text)) == normal(text)
    if looks_like_one(text):
        assert re.fullmatch(f"[{ALPHABET}]{{10}}", normal(text))


@pytest.mark.parametrize("text", ("", "123456789", "12345678901", "báo tin trẻ em", "ABCDEFGHJU"))
def test_what_is_no_code_does_not_look_like_one(text):
    assert not looks_like_one(text)


async def test_of_many_who_come_at_once_as_many_as_uses_get_in(database_url):
    several = [Database(database_url) for _ in range(1 if "sqlite" in database_url else 4)]
    code = await several[0].write(invite(uses=3))
    number = await several[0].read(number_of(code))
    tries = [
        database.write(lambda c: invitations.use(c, number, START))
        for _ in range(5)
        for database in several
    ]
    assert sum(await asyncio.gather(*tries)) == 3
    for database in several:
        await database.close()


async def test_of_two_uses_under_way_at_the_same_moment_one_counts(postgres_url):
    engine = create_async_engine(postgres_url)
    async with engine.connect() as one, engine.connect() as other:
        code = await one.run_sync(invite())
        number = await one.run_sync(number_of(code))
        await one.commit()
        assert await one.run_sync(lambda c: invitations.use(c, number, START))
        second = asyncio.ensure_future(other.run_sync(lambda c: invitations.use(c, number, START)))
        await asyncio.sleep(0.1)
        assert not second.done()  # it waits for what becomes of the first
        await one.commit()
        assert not await second
    await engine.dispose()


# --- going on elsewhere -----------------------------------------------------------------------


def person(connection, address="a"):
    return people.welcome(connection, "test", address, "vi", START)[0]


def hand_over(number):
    return lambda c: invitations.hand_over(c, number, START, START + 15 * MINUTE)


def take_over(code, at=START):
    return lambda c: invitations.take_over(c, code, at)


async def test_six_digits_work_once_and_for_a_quarter_of_an_hour(database):
    number = await database.write(person)
    code = await database.write(hand_over(number))
    assert re.fullmatch(r"\d{6}", code)
    assert await database.write(take_over(code, START + 15 * MINUTE)) is None
    assert await database.write(take_over(code, START + 14 * MINUTE)) == (number, None)
    assert await database.write(take_over(code, START + 14 * MINUTE)) is None


async def test_a_new_code_ends_the_one_before_but_no_link(database):
    number = await database.write(person)
    link = await database.write(
        lambda c: invitations.link_to(c, number, "VT-26-7K2M9Q", START, START + MINUTE)
    )
    first = await database.write(hand_over(number))
    second = await database.write(hand_over(number))
    if first != second:
        assert await database.write(take_over(first)) is None
    assert await database.write(take_over(second)) == (number, None)
    assert await database.write(take_over(link)) == (number, "VT-26-7K2M9Q")
    assert await database.write(take_over(link)) is None


async def test_only_the_index_of_six_digits_is_kept(database):
    number = await database.write(person)
    code = await database.write(hand_over(number))
    rows = await database.read(lambda c: c.execute(Handover.__table__.select()).all())
    assert len(rows) == 1 and code not in rows[0].code_index


async def test_two_people_never_hold_the_same_digits(database, monkeypatch):
    drawn = iter([123456, 123456, 123456, 654321])
    monkeypatch.setattr(invitations.secrets, "randbelow", lambda _: next(drawn))
    one = await database.write(person)
    other = await database.write(lambda c: person(c, "b"))
    assert await database.write(hand_over(one)) == "123456"
    assert await database.write(hand_over(other)) == "654321"


async def test_of_two_who_type_the_same_digits_at_once_one_gets_in(database_url):
    several = [Database(database_url) for _ in range(1 if "sqlite" in database_url else 4)]
    number = await several[0].write(person)
    code = await several[0].write(hand_over(number))
    found = await asyncio.gather(*(d.write(take_over(code)) for d in several for _ in range(4)))
    assert [answer for answer in found if answer] == [(number, None)]
    for database in several:
        await database.close()
