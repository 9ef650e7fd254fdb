"""`vongtay tick`: what is due at a moment is delivered once, however often and wherever it runs."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.blackbox.outside import CODE, Phone, Serving, labels, until, vongtay

pytestmark = pytest.mark.asyncio(loop_scope="module")

DANGER = "Cứu với, có người đang cầm dao doạ giết cháu bé"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(server, home, telegram):
    """On call, officer and leader, on Telegram."""
    found = {}
    for number, role in enumerate(("on_call", "officer", "leader"), 8):
        found[role] = Phone(telegram, number)
        await found[role].says("/start " + (await home.invited(role))["code"])
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alarmed(people, phone_of):
    """When the person on call was alarmed, and of which case."""
    await asyncio.sleep(1.1)
    before = len(people["on_call"].heard)
    phone_of(7).telegram.text(7, DANGER)
    await people["on_call"].hears(before + 1)
    return datetime.now(UTC), CODE.search(people["on_call"].texts[-1])[0]


@pytest.fixture(scope="module")
def phone_of(telegram):
    return lambda number: Phone(telegram, number)


async def tick(home, at):
    ran = await vongtay("tick", "--at", at.isoformat(), "--json", home=home)
    counts = ran.json
    assert all(isinstance(count, int) for count in counts.values())
    return counts


def alarms(person, code):
    return [text for text in person.texts if code in text and "KHẨN CẤP" in text]


async def test_before_it_is_due_nothing_happens(home, people, alarmed):
    at, code = alarmed
    for moment in (at - timedelta(days=400), at, at + timedelta(minutes=14)):
        assert (await tick(home, moment))["escalations"] == 0
    assert alarms(people["officer"], code) == []


async def test_an_unanswered_alarm_goes_on_once_beside_a_running_server(home, people, alarmed):
    at, code = alarmed
    moment = at + timedelta(minutes=16)
    counts = await asyncio.gather(*(tick(home, moment) for _ in range(3)))
    assert sorted(count["escalations"] for count in counts) == [0, 0, 1]
    alarm = await people["officer"].told(code)
    assert "Đã nhận" in labels(alarm)
    assert (await tick(home, moment))["escalations"] == 0
    await asyncio.sleep(1.2)
    assert [len(alarms(p, code)) for p in people.values()] == [1, 1, 0]


async def test_without_a_server_it_delivers_by_itself_and_exits(home, people, alarmed, server):
    at, code = alarmed
    assert await server.stop() == 0
    counts = await tick(home, at + timedelta(minutes=32))
    assert counts["escalations"] == 1
    assert [len(alarms(p, code)) for p in people.values()] == [1, 1, 1]  # it is there already
    assert (await tick(home, at + timedelta(minutes=32)))["escalations"] == 0
    assert [len(alarms(p, code)) for p in people.values()] == [1, 1, 1]


async def test_what_telegram_did_not_take_is_kept_and_sent_later(
    home, people, alarmed, server, telegram
):
    at, code = alarmed
    telegram.fail(1000, 502, "sendMessage")
    moment = (at + timedelta(hours=2)).isoformat()
    ran = await vongtay("tick", "--at", moment, "--json", home=home)  # to everybody again
    assert ran.status == 1 and json.loads(ran.out)["undelivered"] == 3
    assert re.search(r"^vongtay: 3 could not be delivered: \S", ran.err, re.MULTILINE), ran.err
    assert [len(alarms(p, code)) for p in people.values()] == [1, 1, 1]
    telegram.recover()
    await server.start()
    await until(lambda: [len(alarms(p, code)) for p in people.values()] == [2, 2, 2], 20)


async def test_too_many_requests_is_obeyed_here_too(home, people, alarmed, server, telegram):
    at, code = alarmed
    assert await server.stop() == 0
    telegram.slow = 1
    await tick(home, at + timedelta(hours=4))
    assert telegram.slow == 0
    assert [len(alarms(p, code)) for p in people.values()] == [3, 3, 3]


async def test_who_takes_it_in_hand_ends_it(home, people, alarmed, server, phone_of):
    at, code = alarmed
    await server.start()
    await people["leader"].presses("Đã nhận")
    await phone_of(7).told("tiếp nhận")
    before = [len(alarms(p, code)) for p in people.values()]
    assert (await tick(home, at + timedelta(hours=9)))["escalations"] == 0
    # Only whoever has it in hand hears again: 8 of the 12 hours have passed.
    now = [len(alarms(p, code)) for p in people.values()]
    assert [after - earlier for earlier, after in zip(before, now, strict=True)] == [0, 0, 1]


async def test_what_is_old_is_forgotten_and_reports_are_not(home, alarmed, server, people):
    at, code = alarmed
    assert await server.stop() == 0
    assert home.rows("SELECT count(*) FROM inbox")[0][0] > 3
    assert (await tick(home, at + timedelta(days=31)))["forgotten"] > 3
    assert home.rows("SELECT count(*) FROM inbox")[0][0] == 0
    # What waited for the day, when this runs at night, was given up by the first of them.
    assert (await tick(home, at + timedelta(days=31)))["forgotten"] <= 1
    assert (await tick(home, at + timedelta(days=31)))["forgotten"] == 0
    await server.start()
    found = (await people["officer"].says(f"/hoso {code}"))[0]
    assert code in found["text"]
    assert (await vongtay("audit", "verify", "--json", home=home)).json["unbroken"]


async def test_moments_are_understood_as_people_write_them(home):
    for moment in (
        "2026-11-21T20:15:00+07:00",
        "2026-11-21T13:15:00Z",
        "2026-11-21 20:15",
        "2026-11-21",
    ):
        ran = await vongtay("tick", "--at", moment, "--json", home=home)
        assert set(ran.json) >= {"escalations", "forgotten"}, moment
    assert Serving
