"""The daily allowance: two a day, whatever comes together; nothing lost, emergencies at once."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, delete, select, update
from sqlalchemy.pool import StaticPool

from bot.clocks.calendar import Calendar
from bot.clocks.quiet import quiet
from bot.desk import House, digest
from bot.desk.courtesy import day_of
from bot.words import Say
from storage import allowance, crypto, duties, outbox, people, schema
from storage.records.queues import OutboxMessage
from tests.house import KEYS, Bot

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = datetime(2026, 11, 19, tzinfo=HERE)  # a Thursday; 24/11 is a day off
DAYS, AFTER = 6, 9
HOURS = (0, 6, 7, 8, 9, 14, 20)  # of a day, at which something happens
CALENDAR = Calendar.of()
table = OutboxMessage.__table__  # type: ignore[attr-defined]
# What may be owed, by who writes it: (kind, priority); the last three are not counted.
KINDS = {
    "notice": ("push", outbox.PUSH),
    "announcement": ("push", outbox.BROADCAST),
    "alarm": ("alarm", outbox.ALARM),
    "of an emergency": ("push", outbox.REPLY),
    "answer": ("push", outbox.UNCOUNTED),
}
AT_ONCE = ("alarm", "of an emergency", "answer")


@dataclass(frozen=True)
class Owed:
    """A message that somebody writes at one of the hours of these days."""

    hour: int  # counted from the first
    person: int
    what: str


@dataclass(frozen=True)
class Task:
    """A duty that asks for attention in the morning of a day."""

    day: int
    person: int


owed = st.builds(
    Owed,
    st.sampled_from(range(DAYS * len(HOURS))),
    st.integers(0, 1),
    st.sampled_from(sorted(KINDS)),
)
tasks = st.builds(Task, st.integers(0, DAYS - 1), st.integers(0, 1))


@pytest.fixture(scope="module")
def commune() -> Iterator[tuple[Connection, list[tuple[int, int]]]]:
    """A database with two people: (person, link)."""
    crypto.use(KEYS)
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        assert isinstance(connection.connection.dbapi_connection, sqlite3.Connection)
        schema.upgrade(connection)
        theirs = [people.welcome(connection, "test", name, "vi", FIRST) for name in "ab"]
        connection.commit()
        yield connection, theirs


def put(connection: Connection, link: int, name: str, what: str, now: datetime) -> None:
    kind, priority = KINDS[what]
    row = {"link_id": link, "channel": "test", "kind": kind, "priority": priority}
    row |= {"payload": Say(name).to_json(), "created_at": now, "once": name}
    outbox.put(connection, [row])


def leave(connection: Connection, house: House, now: datetime) -> list[str]:
    """What leaves at a moment: its send-once keys."""
    left: list[str] = []
    rules = outbox.Rules(ceiling=1000, night=quiet(now, HERE), day=day_of(house, now))
    while found := outbox.claim(connection, "test", now, 20, rules=rules):
        for message in found:
            expired = message.expires_at is not None and message.expires_at <= now
            outbox.finish(connection, message.id, "expired" if expired else "sent", now)
            key = select(table.c.once).where(table.c.id == message.id)
            left += [] if expired else [connection.execute(key).scalar_one()]
    return left


def play(
    connection: Connection,
    theirs: list[tuple[int, int]],
    wanted: list[Owed],
    asked: list[Task],
    silent: set[int],
) -> tuple[dict[str, datetime], dict[str, str]]:
    """Hour by hour; in the hours of `silent` nothing can be sent. When each message left, and in
    which morning message the others were told of."""
    connection.execute(delete(table))
    connection.execute(delete(duties.lists))
    connection.execute(delete(duties.duties))
    house, left = House(), {}
    for number, task in enumerate(asked):
        plan_one(connection, number, task, theirs[task.person][0])
    for hour in range((DAYS + AFTER) * len(HOURS)):
        now = moment(hour).astimezone(UTC)
        for number, each in enumerate(wanted):
            if each.hour == hour:
                link = theirs[each.person][1]
                put(connection, link, f"{each.what} {number} of {each.person}", each.what, now)
        digest.run(connection, house, CALENDAR, now)
        if hour not in silent:
            left |= dict.fromkeys(leave(connection, house, now), now.astimezone(HERE))
    merged = select(table.c.once, table.c.told_in).where(table.c.outcome == allowance.MERGED)
    told = {row.once: row.told_in for row in connection.execute(merged)}
    connection.rollback()
    return left, told


def moment(hour: int) -> datetime:
    """The moment of the numbered hour at which something happens."""
    day, at = divmod(hour, len(HOURS))
    return FIRST + timedelta(days=day, hours=HOURS[at], minutes=40 if HOURS[at] == 7 else 10)


def plan_one(connection: Connection, number: int, task: Task, person: int) -> None:
    day: date = (FIRST + timedelta(days=task.day)).date()
    at = datetime.combine(CALENDAR.working_by(day), House().morning, HERE)
    row: dict[str, Any] = {
        "person_id": person,
        "key": f"own:{number}",
        "source": "own",
        "subject": "own",
        "area": None,
        "due_on": day + timedelta(days=30),
        "due_at": None,
        "remind_on": "",
        "must": False,
        "proof": False,
        "words": {"vi": "họp"},
        "remind_at": at.astimezone(UTC),
        "escalate_at": None,
        "step": 0,
        "created_at": FIRST.astimezone(UTC),
    }
    duties.put(connection, [row])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(owed, max_size=30),
    st.lists(tasks, max_size=6),
    st.sets(st.integers(0, DAYS * len(HOURS) - 1)),
)
def test_two_a_day_nothing_lost_emergencies_at_once(
    commune: tuple[Connection, list[tuple[int, int]]],
    wanted: list[Owed],
    asked: list[Task],
    silent: set[int],
) -> None:
    connection, theirs = commune
    left, told = play(connection, theirs, wanted, asked, silent)
    whose = {str(person): str(at) for at, (person, _link) in enumerate(theirs)}
    counted: Counter[tuple[str, date]] = Counter()
    for key, at in left.items():
        if key.startswith("digest:"):
            counted[whose[key.rpartition(":p")[2]], at.date()] += 1
        elif not key.startswith(AT_ONCE):
            counted[key[-1], at.date()] += 1
    assert max(counted.values(), default=0) <= 2, counted
    for number, each in enumerate(wanted):
        key = f"{each.what} {number} of {each.person}"
        assert key in left or told.get(key) in left, key
        if each.what in AT_ONCE:
            open_hour = next(h for h in range(each.hour, 10_000) if h not in silent)
            assert left[key] == moment(open_hour)


def test_the_first_two_leave_the_rest_is_in_the_morning_message(
    commune: tuple[Connection, list[tuple[int, int]]],
) -> None:
    connection, theirs = commune
    wanted = [Owed(4, 0, "notice") for _ in range(5)]
    left, told = play(connection, theirs, wanted, [], set())
    first = moment(4)
    assert [key for key, at in left.items() if at == first] == [
        "notice 0 of 0",
        "notice 1 of 0",
    ]
    morning = f"digest:2026-11-20:p{theirs[0][0]}"
    assert told == {f"notice {n} of 0": morning for n in (2, 3, 4)}
    assert left[morning] == moment(9)


def test_what_waited_leaves_before_what_comes_later(
    commune: tuple[Connection, list[tuple[int, int]]],
) -> None:
    """Announcements are never folded away: they go by themselves, in their order."""
    connection, theirs = commune
    wanted = [Owed(4, 0, "announcement") for _ in range(3)] + [Owed(11, 0, "notice")] * 2
    left, _told = play(connection, theirs, wanted, [Task(1, 0)], set())
    assert left["announcement 2 of 0"].date() == date(2026, 11, 20)
    assert "notice 4 of 0" not in left or left["notice 4 of 0"].date() > date(2026, 11, 20)


def test_a_morning_message_that_never_left_gives_back_what_it_told_of(
    commune: tuple[Connection, list[tuple[int, int]]],
) -> None:
    """No network all day: what it told of leaves when there is one again."""
    connection, theirs = commune
    wanted = [Owed(4, 0, "notice") for _ in range(5)]
    left, told = play(connection, theirs, wanted, [], set(range(7, 14)))
    assert f"digest:2026-11-20:p{theirs[0][0]}" not in left
    assert {f"notice {n} of 0" for n in range(5)} == set(left) | set(told)


async def test_more_than_a_day_may_bring_is_read_from_the_morning_message(
    sqlite_url: str,
) -> None:
    """Nobody reads what was meant for somebody else."""
    bot = await Bot.opened(sqlite_url, settled=False)

    def make(connection: Connection) -> list[int]:
        theirs = [people.welcome(connection, "test", name, "vi", bot.clock()) for name in "ab"]
        for number in range(5):
            put(connection, theirs[0][1], f"news {number}", "notice", bot.clock())
        return [link for _person, link in theirs]

    await bot.database.write(make)
    await bot.work()
    said = bot.channels["test"].said
    assert [say.text for say in said["a"]] == ["news 0", "news 1"]
    await bot.tick(timedelta(days=2, hours=16))  # Monday 08:30
    morning = said["a"][-1]
    assert [button.label for button in morning.buttons[:3]] == ["news 2", "news 3", "news 4"]
    (read,) = await bot.presses("a", morning.buttons[0])
    assert read.text == "news 2" and read.buttons[0].value == morning.buttons[1].value
    (nothing,) = await bot.presses("b", morning.buttons[0])
    assert "news" not in nothing.text
    await bot.database.close()


async def test_a_retry_of_the_same_message_does_not_count_against_itself(sqlite_url: str) -> None:
    bot = await Bot.opened(sqlite_url, settled=False)
    now = bot.clock()
    rules = outbox.Rules(ceiling=20, day=day_of(bot.house, now))

    def claimed(connection: Connection) -> int:
        return len(outbox.claim(connection, "test", now, 5, rules=rules))

    def make(connection: Connection) -> None:
        _person, link = people.welcome(connection, "test", "a", "vi", now)
        for number in range(2):
            put(connection, link, f"n{number}", "notice", now)

    await bot.database.write(make)
    for _ in range(4):  # the process dies each time: the claim lapses
        assert await bot.database.write(claimed) == 1
        await bot.database.write(
            lambda c: c.execute(update(table).values(claimed_until=None)).rowcount
        )
    await bot.database.close()
