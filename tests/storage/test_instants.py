"""Instants are the same on every database; days are days."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from storage import people
from storage.records.people import Person
from storage.types import UtcDateTime
from tests.house import START

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=ZONES)


@pytest.mark.parametrize("dialect", (sqlite.dialect(), postgresql.dialect()), ids=lambda d: d.name)
def test_a_moment_without_a_zone_is_refused(dialect):
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 20, 9, 30), dialect)


async def test_a_moment_without_a_zone_never_reaches_the_database(database):
    with pytest.raises(Exception, match="time zone"):
        await database.write(
            lambda c: people.welcome(c, "test", "a", "vi", datetime(2026, 11, 20, 9, 30))
        )
    assert await database.read(lambda c: people.by_address(c, "test", "a")) is None


@given(INSTANTS)
def test_what_comes_back_is_the_same_moment_in_utc(instant):
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        column = UtcDateTime()
        kept = column.process_bind_param(instant, dialect)
        back = column.process_result_value(kept, dialect)
        assert back == instant and back.tzinfo is UTC


@pytest.mark.parametrize("minutes", (0, 7 * 60, -3 * 60 - 30))
async def test_a_moment_of_any_zone_is_kept_as_the_moment_it_is(database, minutes):
    zone = timezone(timedelta(minutes=minutes))
    given_at = datetime(2026, 2, 17, 0, 0, 0, 123456, tzinfo=zone)  # new year's night
    number, _ = await database.write(lambda c: people.welcome(c, "test", "a", "vi", given_at))
    kept = (await database.read(lambda c: people.one(c, number))).created_at
    assert kept == given_at and kept.tzinfo is UTC


async def test_moments_are_compared_as_moments_in_the_database(database):
    """On SQLite they are texts: these compare like moments only if all are written alike."""
    zone = timezone(timedelta(hours=7))
    moments = [START + timedelta(microseconds=n) for n in (-1, 0, 1, 10**6)]
    moments += [moment.astimezone(zone) for moment in moments]

    def keep(connection):
        for number, moment in enumerate(moments):
            people.welcome(connection, "test", str(number), "vi", moment)

    await database.write(keep)
    table = Person.__table__
    for moment in moments:
        expected = sum(other <= moment for other in moments)
        query = table.select().where(table.c.created_at <= moment.astimezone(zone))
        assert len(await database.read(lambda c, q=query: c.execute(q).all())) == expected


async def test_a_session_in_another_zone_changes_nothing(database):
    if database.sqlite:
        return  # has no such setting

    def there(connection):
        connection.execute(text("SET LOCAL TIME ZONE 'Asia/Ho_Chi_Minh'"))
        number, _ = people.welcome(connection, "test", "a", "vi", START)
        return people.one(connection, number).created_at

    kept = await database.write(there)
    assert kept == START and kept.tzinfo is UTC
