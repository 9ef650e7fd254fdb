"""People: who they are, what they may do and where, how they are reached; two who are one."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import (
    areas,
    cases,
    conversations,
    identity,
    invitations,
    joining,
    outbox,
    people,
    questions,
    reports,
)
from storage.database import Database
from storage.inbox import sender_index
from storage.records.areas import Area
from storage.records.people import Person
from storage.records.queues import OutboxMessage
from storage.records.talks import Conversation, Draft
from tests.house import START

MINUTE = timedelta(minutes=1)


def commune(connection):
    tree = (("P", "province", None), ("C", "commune", "P"), ("D", "ward", "P"))
    tree += (("C-1", "village", "C"), ("D-1", "village", "D"))
    areas.load(connection, [(Area(code=c, name=c, kind=k, parent=p), []) for c, k, p in tree])


def welcome(address="a", channel="test", **roles):
    def work(connection):
        found = people.welcome(connection, channel, address, "vi", START)
        for role, area in roles.items():
            people.grant(connection, found[0], role, area, START)
        return found

    return work


async def test_somebody_is_found_by_their_address_on_that_channel_only(database):
    number, link = await database.write(welcome())
    found = await database.read(lambda c: people.by_address(c, "test", "a"))
    assert (found.person_id, found.link_id, found.language) == (number, link, "vi")
    assert await database.read(lambda c: people.by_address(c, "coded", "a")) is None
    assert await database.read(lambda c: people.by_address(c, "test", "A")) is None


async def test_many_are_known_at_once_and_strangers_left_out(database):
    await database.write(welcome("a"))
    await database.write(welcome("b", "coded"))
    wanted = [("test", "a"), ("test", "b"), ("coded", "b"), ("coded", "a")]
    keys = {(channel, sender_index(channel, address)): address for channel, address in wanted}
    found = await database.read(lambda c: people.known(c, keys))
    assert sorted((key[0], keys[key]) for key in found) == [("coded", "b"), ("test", "a")]
    assert await database.read(lambda c: people.known(c, [])) == {}


async def test_one_address_belongs_to_one_person(database):
    await database.write(welcome())
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.write(welcome())


async def test_a_role_is_given_once(database):
    await database.write(commune)
    number, _ = await database.write(welcome())

    def grant(role="officer", area="C"):
        return lambda c: people.grant(c, number, role, area, START)

    assert [await database.write(grant()) for _ in range(2)] == [True, False]
    assert await database.write(grant(area="D"))
    with pytest.raises(ValueError, match="no such role"):
        await database.write(grant("queen"))
    known = await database.read(lambda c: people.by_address(c, "test", "a"))
    assert known.roles == (("officer", "C"), ("officer", "D"))
    assert known.areas_as("officer", "leader") == ("C", "D")
    assert known.areas_as("leader") == ()


async def test_who_is_on_duty_for_a_place_is_who_is_there_or_above(database):
    await database.write(commune)
    province, _ = await database.write(welcome("p", officer="P"))
    here, _ = await database.write(welcome("c", officer="C"))
    await database.write(welcome("d", officer="D"))
    village, _ = await database.write(welcome("v", officer="C-1"))

    async def duty(area, *roles):
        return await database.read(lambda c: people.on_duty(c, area, *(roles or ("officer",))))

    assert await duty("C-1") == [province, here, village]
    assert await duty("C") == [province, here]
    assert await duty("C", "leader") == []
    assert len(await duty(None)) == 4
    await database.write(lambda c: people.change(c, here, suspended_at=START))
    assert await duty("C") == [province]


async def test_a_person_is_reached_where_they_last_wrote_from_and_not_where_blocked(database):
    number, first = await database.write(welcome())
    second = await database.write(lambda c: people.link(c, number, "coded", "b", START + MINUTE))

    async def reach():
        return await database.read(lambda c: people.reach(c, [number]))

    assert await reach() == {number: [(second, "coded"), (first, "test")]}
    await database.write(lambda c: people.seen(c, [first], START + 2 * MINUTE))
    assert await reach() == {number: [(first, "test"), (second, "coded")]}
    await database.write(lambda c: people.block(c, first, START + 3 * MINUTE))
    assert await reach() == {number: [(second, "coded")]}
    await database.write(lambda c: people.seen(c, [first], START + 4 * MINUTE))
    assert await reach() == {number: [(first, "test"), (second, "coded")]}


async def test_a_chat_that_moved_is_found_at_its_new_address(database):
    number, link = await database.write(welcome())
    await database.write(lambda c: identity.move(c, link, "test", "new"))
    assert await database.read(lambda c: people.by_address(c, "test", "a")) is None
    found = await database.read(lambda c: people.by_address(c, "test", "new"))
    assert (found.person_id, found.link_id) == (number, link)


async def test_a_chat_that_moved_to_where_we_know_somebody_is_that_chat(database):
    """A group's new number may write to us before its old one says that it moved."""
    _, old = await database.write(welcome("old"))
    _, new = await database.write(welcome("new"))
    rows = [
        {"link_id": old, "channel": "test", "kind": "reply", "priority": 5, "payload": {"text": t}}
        for t in ("waits", "was sent")
    ]
    await database.write(lambda c: outbox.put(c, [row | {"created_at": START} for row in rows]))
    table = OutboxMessage.__table__
    sent = await database.read(lambda c: c.execute(select(table.c.id)).scalars().all()[1])
    await database.write(lambda c: outbox.finish(c, sent, "sent", START))

    await database.write(lambda c: identity.move(c, old, "test", "new"))
    await database.write(lambda c: identity.move(c, new, "test", "new"))  # nothing new
    (owed,) = await database.write(lambda c: outbox.claim(c, "test", START, 10))
    assert (owed.address, owed.link_id) == ("new", new)
    assert (await database.read(lambda c: people.by_address(c, "test", "new"))).link_id == new


# --- two who are one --------------------------------------------------------------------------


def filing(person, link, key):
    return reports.Filing(
        draft_key=key,
        person_id=person,
        link_id=link,
        channel="test",
        commune="C",
        area="C-1",
        level="UNCLEAR",
        answers={"what": "works"},
        child_name=None,
        may_call=None,
        phone=None,
        received_at=START,
        complete=True,
        safety_due_at=None,
        answer_due_at=START + timedelta(hours=24),
        escalate_at=None,
    )


@pytest.fixture
async def two(database):
    """A host and a guest, each with something of their own."""
    await database.write(commune)
    host, host_link = await database.write(welcome("host", "coded"))
    guest, guest_link = await database.write(welcome("guest"))

    def fill(connection):
        for person, link in ((host, host_link), (guest, guest_link)):
            reports.file(connection, filing(person, link, f"key{person}"), 2026)
        drafts = [(host, "child_report"), (guest, "child_report"), (guest, "question")]
        conversations.save_drafts(
            connection,
            [
                {"person_id": p, "form": f, "content": {"of": p}, "updated_at": START}
                for p, f in drafts
            ],
        )
        conversations.save(
            connection,
            [
                {"person_id": p, "form": "child_report", "menu": [], "updated_at": START}
                for p in (host, guest)
            ],
        )
        questions.ask(connection, guest, guest_link, "C", "?", START)
        code = invitations.hand_over(connection, guest, START, START + MINUTE)
        joining.merge(connection, guest, host, START)
        return code

    code = await database.write(fill)
    return database, host, guest, code


async def test_merged_people_are_found_under_both_addresses(two):
    database, host, guest, _ = two
    for channel, address in (("coded", "host"), ("test", "guest")):
        known = await database.read(
            lambda c, channel=channel, address=address: people.by_address(c, channel, address)
        )
        assert known.person_id == host
    assert (await database.read(lambda c: people.one(c, guest))).merged_into == host
    assert await database.read(lambda c: people.reach(c, [guest])) == {}


async def test_merged_people_keep_both_their_reports(two):
    database, host, guest, _ = two
    mine = await database.read(lambda c: cases.by_reporter(c, host))
    assert {report.draft_key for _, report in mine} == {f"key{host}", f"key{guest}"}
    assert await database.read(lambda c: cases.by_reporter(c, guest)) == []


async def test_of_two_drafts_of_a_form_the_hosts_is_kept(two):
    database, host, _, _ = two
    kept = await database.read(lambda c: c.execute(select(Draft.__table__)).mappings().all())
    assert {(row["person_id"], row["form"], row["content"]["of"] == host) for row in kept} == {
        (host, "child_report", True),
        (host, "question", False),
    }
    places = await database.read(lambda c: c.execute(select(Conversation.__table__)).all())
    assert [row.person_id for row in places] == [host]


async def test_the_answer_to_a_question_of_the_guest_reaches_the_host(two):
    database, host, _, _ = two
    asked = await database.read(lambda c: questions.one(c, 1))
    assert asked.person_id == host


async def test_a_code_that_the_guest_was_given_leads_to_the_host(two):
    database, host, _, code = two
    assert await database.write(lambda c: invitations.take_over(c, code, START)) == (host, None)


async def test_two_acknowledgements_at_once_are_one(database_url):
    several = [Database(database_url) for _ in range(1 if "sqlite" in database_url else 4)]
    database = several[0]
    await database.write(commune)
    person, link = await database.write(welcome())
    case, new = await database.write(lambda c: reports.file(c, filing(person, link, "k"), 2026))
    again, again_new = await database.write(
        lambda c: reports.file(c, filing(person, link, "k"), 2026)
    )
    assert (new, again_new, again.code) == (True, False, case.code)
    tries = [d.write(lambda c: cases.acknowledge(c, case, person, START)) for d in several * 3]
    assert sorted(await asyncio.gather(*tries), reverse=True) == [True] + [False] * (len(tries) - 1)
    assert await database.read(lambda c: len(c.execute(select(Person.__table__)).all())) == 1
    for opened in several:
        await opened.close()
