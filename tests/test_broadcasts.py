"""Announcements to many: nobody twice, nobody forgotten, nobody at night, no alarm late."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.channels import Refused
from bot.desk import broadcast_lists, broadcasting, meeting_lists
from bot.desk.broadcast_lists import PeopleList, button_value
from bot.desk.duties import due
from bot.words import Say
from storage import areas, attachments, audit, broadcasts, meetings, outbox, people
from storage.database import Database
from storage.records.areas import Area
from storage.records.broadcasts import BroadcastRecipient
from storage.records.queues import OutboxMessage
from tests.house import START, Bot, TestClock, button

table = OutboxMessage.__table__
recipients = BroadcastRecipient.__table__
TEXT = "Thứ Hai họp thôn."


def settle(connection, members=0, residents=0):
    """An officer "o" of the demo commune on channel "test", collaborators c0…, residents r0…"""
    officer, _ = people.welcome(connection, "test", "o", "vi", START)
    people.change(connection, officer, name="Oanh", introduced_at=START)
    people.grant(connection, officer, "officer", "DM-VL", START)
    for n in range(members):
        person, _ = people.welcome(connection, "test", f"c{n}", "vi", START)
        people.change(connection, person, name=f"Cúc {n}", home_area="DM-VL-02")
        people.grant(connection, person, "collaborator", f"DM-VL-0{n % 7 + 1}", START)
    for n in range(residents):
        person, _ = people.welcome(connection, "test", f"r{n}", "vi", START)
        people.change(connection, person, home_area="DM-VL-02")


async def prepare(bot, **how):
    """The demo's own collaborator, who is on the web, would be out of these channels: left out."""
    await bot.database.write(lambda c: settle(c, **how))
    await bot.database.write(
        lambda c: people.change(
            c, people.by_address(c, "web", "demo-collaborator").person_id, suspended_at=START
        )
    )


async def write(bot, to="1", where="1", text=TEXT):
    """The officer writes an announcement; what they see before it leaves."""
    said = await bot.says("o", "/thongbao")
    if any(b.value == "b.new" for b in said[-1].buttons):
        await bot.presses("o", button(said[-1], "Viết thông báo mới"))
    await bot.says("o", to)
    if to != "2":
        await bot.says("o", where)
    return (await bot.says("o", text))[-1]


async def send(bot, **how):
    look = await write(bot, **how)
    return (await bot.presses("o", button(look, "Gửi cho")))[-1]


def got(bot, text=TEXT, channel="test"):
    """How often each address heard the text."""
    return Counter(
        address
        for address, said in bot.channels[channel].said.items()
        for say in said
        if say.text.endswith(f":\n{text}") and address != "o"
    )


async def states(bot, number=1):
    return await bot.database.read(lambda c: broadcasts.tally(c, number))


async def test_the_preview_counts_by_channel_and_says_who_is_out_of_reach(bot):
    await prepare(bot, members=6)

    def arrange(connection):
        links = [people.by_address(connection, "test", f"c{n}") for n in range(6)]
        people.block(connection, links[0].link_id, START)  # nobody reaches c0
        people.block(connection, links[1].link_id, START)
        people.link(connection, links[1].person_id, "coded", "c1", START)
        later = START + timedelta(hours=1)
        people.link(connection, links[2].person_id, "coded", "c2", later)  # used last
        people.change(connection, links[3].person_id, suspended_at=START)

    await bot.database.write(arrange)
    look = await write(bot)
    assert "Tới được 4 người: coded 2, test 2." in look.text
    assert "1 người chưa có kênh nào" in look.text
    await bot.presses("o", button(look, "Gửi cho 4 người"))
    await bot.tick()
    assert got(bot) == {"c4": 1, "c5": 1}
    assert got(bot, channel="coded") == {"c1": 1, "c2": 1}
    assert await states(bot) == {"sent": 4, "unreached": 1}


@pytest.mark.parametrize(
    ("to", "where", "expected"),
    [
        ("1", "Phố Vị", {"c0", "c7"}),
        ("1", "pho vi, dong thuy", {"c0", "c1", "c7"}),
        ("4", "Đồng Thuỷ", {"r0", "r1"}),
        ("4", "Phố Vị", set()),
    ],
)
async def test_it_goes_to_those_who_were_chosen_and_to_nobody_else(bot, to, where, expected):
    await prepare(bot, members=8, residents=2)
    look = await write(bot, to=to, where=where)
    if not expected:
        assert "chưa có ai" in look.text
        assert not any(b.value.startswith("b.send") for b in look.buttons)
        return
    await bot.presses("o", button(look, "Gửi cho"))
    await bot.tick()
    assert set(got(bot)) == expected


async def test_a_village_of_another_commune_has_nobody(bot):
    await prepare(bot, members=3)
    look = await write(bot, where="Thôn Ao Kham")
    assert "chưa có ai" in look.text or "Tới được" in look.text  # merged: its new village
    assert set(got(bot)) == set()


async def test_more_than_a_hundred_are_asked_for_twice(bot):
    await prepare(bot, members=101)
    look = await write(bot)
    (asked,) = await bot.presses("o", button(look, "Gửi cho 101 người"))
    assert "chắc chắn" in asked.text and not got(bot)
    await bot.presses("o", button(asked, "Đúng, gửi cho 101 người"))
    await bot.presses("o", button(asked, "Đúng, gửi cho 101 người"))
    await bot.tick()
    assert len(got(bot)) == 101 and set(got(bot).values()) == {1}


async def test_killed_between_two_portions_it_goes_on_and_nobody_gets_it_twice(bot, monkeypatch):
    monkeypatch.setattr(broadcasting, "PORTION", 10)
    await prepare(bot, members=35)
    await send(bot)  # the first portion leaves with the press
    assert len(got(bot)) == 10
    failing = [None, OSError("killed")]

    def killed(_):
        if failing and (problem := failing.pop(0)):
            raise problem

    for _ in range(3):
        failing[:] = [None, OSError("killed")]
        bot.database.before_commit = killed
        with pytest.raises(OSError, match="killed"):
            for _ in range(2):
                await bot.database.write(lambda c: broadcasting.expand(c, bot.house, bot.clock()))
        bot.database.before_commit = lambda _: None
    await bot.tick()
    await bot.tick()
    assert len(got(bot)) == 35 and set(got(bot).values()) == {1}
    assert await states(bot) == {"sent": 35}


async def test_a_portion_that_is_written_again_doubles_nothing(bot):
    """As after a restore of an older row, or by a process that did not see the other's commit."""
    await prepare(bot, members=5)
    await send(bot)
    await bot.database.write(
        lambda c: c.execute(
            update(broadcasts.broadcasts).values(upto=0, expanded_at=None, ended_at=None)
        )
    )
    await bot.tick()
    assert set(got(bot).values()) == {1} and await states(bot) == {"sent": 5}


async def test_two_processes_expand_one_broadcast_together(postgres_url, monkeypatch):
    monkeypatch.setattr(broadcasting, "PORTION", 7)
    one = await Bot.opened(postgres_url)
    two = Bot(Database(postgres_url), one.clock)
    await prepare(one, members=90)
    await send(one)

    async def expand(bot):
        for _ in range(40):
            await bot.database.write(lambda c: broadcasting.expand(c, bot.house, bot.clock()))

    await asyncio.gather(expand(one), expand(two))
    await asyncio.gather(one.work(), two.work())
    assert len(got(one) + got(two)) == 90 and set((got(one) + got(two)).values()) == {1}
    for bot in (one, two):
        await bot.database.close()


async def test_no_announcement_leaves_at_night_not_even_one_that_was_under_way(bot):
    await prepare(bot, members=3)
    bot.clock.at = datetime(2026, 11, 20, 13, 59, tzinfo=UTC)  # 20:59 in Viet Nam
    look = await write(bot)
    await bot.receive("o", kind="press", value=button(look, "Gửi cho").value)
    while await bot.worker.step():
        pass
    bot.clock.at += timedelta(minutes=1)
    await bot.tick()
    assert not got(bot)
    bot.clock.at = datetime(2026, 11, 20, 23, 29, tzinfo=UTC)
    await bot.tick()
    assert not got(bot)
    await bot.tick(timedelta(minutes=1))
    assert len(got(bot)) == 3


async def test_an_urgent_one_leaves_at_night_with_its_reason_kept(bot):
    await prepare(bot, members=2)
    bot.clock.at = datetime(2026, 11, 20, 16, tzinfo=UTC)
    look = await write(bot)
    await bot.presses("o", button(look, "Việc khẩn"))
    (look,) = await bot.says("o", "Lũ về trong đêm.")
    await bot.presses("o", button(look, "Gửi cho 2 người"))
    assert len(got(bot)) == 2
    kept = await bot.database.read(lambda c: broadcasts.one(c, 1))
    assert kept.urgent and kept.content["urgent"] == "Lũ về trong đêm."


async def test_a_scheduled_one_leaves_at_its_hour_to_who_is_there_then(bot):
    await prepare(bot, members=2)
    look = await write(bot)
    await bot.presses("o", button(look, "Hẹn giờ"))
    (look,) = await bot.says("o", "8 giờ sáng mai")
    await bot.presses("o", button(look, "Gửi cho"))
    await bot.tick(timedelta(hours=15, minutes=29))
    assert not got(bot)

    def comes(connection):
        person, _ = people.welcome(connection, "test", "new", "vi", START)
        people.grant(connection, person, "collaborator", "DM-VL-01", START)

    await bot.database.write(comes)
    await bot.tick(timedelta(minutes=1))
    assert set(got(bot)) == {"c0", "c1", "new"}
    await bot.tick()
    assert set(got(bot).values()) == {1}


async def test_read_is_counted_once_and_only_for_whom_it_was(bot):
    await prepare(bot, members=2)
    await send(bot)
    said = bot.channels["test"].said["c0"][-1]
    received = button(said, "Đã nhận")
    await bot.presses("c0", received)
    await bot.presses("c0", received)
    (answer,) = await bot.presses("stranger", received)
    assert "không gửi cho bạn" in answer.text
    await bot.says("c1", "da nhan")
    assert await states(bot) == {"read": 2}


async def test_received_leaves_the_form_in_front_where_it_is(bot):
    await prepare(bot, members=1)
    await send(bot)
    received = button(bot.channels["test"].said["c0"][-1], "Đã nhận")
    await bot.says("c0", "/bao")
    await bot.says("c0", "1")
    (answer,) = await bot.presses("c0", received)
    assert answer.text.startswith("Cảm ơn bạn. Xã đã biết") and "2/4" in answer.text


async def test_who_has_not_read_it_by_pages_with_names_only_where_names_may_be(bot):
    await prepare(bot, members=12)
    sent = await send(bot)
    await bot.presses("c3", button(bot.channels["test"].said["c3"][-1], "Đã nhận"))
    (far,) = await bot.presses("o", button(sent, "Xem tới đâu"))
    assert "đã tới: 12" in far.text and "«Đã nhận»: 1" in far.text
    (first,) = await bot.presses("o", button(far, "Ai chưa đọc"))
    (second,) = await bot.presses("o", button(first, "Trang sau"))
    shown = (first.text + second.text).count("Cúc ")
    assert shown == 11 and "Cúc 3 " not in first.text + second.text
    await bot.database.write(
        lambda c: people.link(
            c, people.by_address(c, "test", "o").person_id, "coded", "o", bot.clock()
        )
    )
    (coded,) = await bot.presses("o", button(far, "Ai chưa đọc"), channel="coded")
    assert "Cúc" not in coded.text and "trên web" in coded.text
    assert await bot.database.read(audit.first_broken) is None


async def test_the_failed_are_tried_again_on_another_channel_else_their_number_is_shown(bot):
    await prepare(bot, members=3)

    def arrange(connection):
        first, second, _ = (people.by_address(connection, "test", f"c{n}") for n in range(3))
        people.change(connection, second.person_id, phone="0912345678")
        return first.person_id

    first = await bot.database.write(arrange)
    deliver = bot.channels["test"].send

    async def refuse(address, say, once=""):
        if address in ("c0", "c1"):
            raise Refused("Forbidden: bot was blocked by the user", blocked=True)
        return await deliver(address, say, once)

    bot.channels["test"].send = refuse
    sent = await send(bot)
    await bot.tick()
    assert await states(bot) == {"sent": 1, "blocked": 2}
    (far,) = await bot.presses("o", button(sent, "Xem tới đâu"))
    assert "không tới được: 2 (đã chặn hoặc bỏ kênh: 2)" in far.text
    again = button(far, "Gửi lại cho 2 người")
    yesterday = START - timedelta(days=1)  # a channel that was not there when it was sent
    await bot.database.write(lambda c: people.link(c, first, "coded", "c0", yesterday))
    (far,) = await bot.presses("o", again)
    await bot.presses("o", again)
    assert got(bot, channel="coded") == {"c0": 1}
    assert await states(bot) == {"sent": 2, "blocked": 1}
    (who,) = await bot.presses("o", button(far, "Ai chưa đọc"))
    assert "0912345678" in who.text and len(who.calls) == 1


async def test_the_officer_is_told_once_when_a_large_one_has_left(bot):
    await prepare(bot, members=25)
    await send(bot)
    for _ in range(3):
        await bot.tick()
    assert bot.heard("o").count("đã gửi xong: tới 25 trên 25 người") == 1


async def test_recall_stops_what_has_not_left(bot, monkeypatch):
    monkeypatch.setattr(broadcasting, "PORTION", 5)
    await prepare(bot, members=12)
    sent = await send(bot)
    await bot.database.write(lambda c: broadcasting.expand(c, bot.house, bot.clock()))
    (answer,) = await bot.presses("o", button(sent, "Rút lại"))
    await bot.tick()
    assert len(got(bot)) == 5
    assert await states(bot) == {"sent": 5, "recalled": 5}
    assert "Đã rút lại" in answer.text


async def test_nobody_else_may_see_or_stop_it(bot):
    await prepare(bot, members=1)

    def another(connection):
        person, _ = people.welcome(connection, "test", "x", "vi", START)
        people.grant(connection, person, "officer", "DM-VL-05", START)

    await bot.database.write(another)
    sent = await send(bot)
    for value in ("b.view.1", "b.recall.1", "b.who.1.0", "b.again.1", "b.view.99", "b.who.x.y"):
        for address in ("x", "c0", "stranger"):
            said = await bot.says(address, value=value, kind="press")
            assert TEXT not in "".join(say.text for say in said)
    assert (await bot.database.read(lambda c: broadcasts.one(c, 1))).recalled_at is None
    assert sent


@pytest.mark.parametrize("text", ["a" * 2001, "a" * 10_000])
async def test_what_is_too_long_is_said_so_and_nothing_is_lost(bot, text):
    await prepare(bot, members=1)
    answer = await write(bot, text=text)
    assert "Dài quá" in answer.text and not got(bot)
    (look,) = await bot.says("o", TEXT)
    assert f"«{TEXT}»" in look.text  # what was too long is no part of it


async def test_a_list_of_another_room(bot, monkeypatch):
    await prepare(bot, members=4, residents=2)
    ids = await bot.database.read(
        lambda c: [people.by_address(c, "test", a).person_id for a in ("c1", "r0")]
    )
    monkeypatch.setitem(
        broadcast_lists.LISTS,
        "event",
        PeopleList(
            lambda _c, _s, number, areas: "Buổi họp" if number == "7" and "DM-VL" in areas else "",
            lambda _, number: ids if number == "7" else [],
        ),
    )
    await bot.says("o", value=button_value("event", "7"), kind="press")
    (look,) = await bot.says("o", TEXT)
    assert "Gửi cho: Buổi họp" in look.text and "Tới được 2 người" in look.text
    await bot.presses("o", button(look, "Gửi cho"))
    await bot.tick()
    assert set(got(bot)) == {"c1", "r0"}
    (none,) = await bot.says("o", value=button_value("event", "8"), kind="press")
    assert "Không có thông báo" in none.text


async def test_the_people_of_a_meeting_are_written_to_by_officers_of_its_area_only(bot):
    await prepare(bot, members=2)

    def make(connection):
        event = {"draft_key": "k", "state": "planned", "kind": "village_meeting", "hour": 14}
        event |= {"area": "DM-VL-02", "commune": "DM-VL", "held_on": date(2026, 11, 25)}
        sender = people.by_address(connection, "test", "o").person_id
        event |= {"person_id": sender, "details": {}, "noted_at": bot.clock()}
        event |= {"closes_at": bot.clock() + timedelta(days=9)}
        found = meetings.add(connection, event)
        other, _ = people.welcome(connection, "test", "other", "vi", bot.clock())
        areas.load(connection, [(Area(code="TS", name="Xã Tân Sơn", kind="commune"), [])])
        people.grant(connection, other, "officer", "TS", bot.clock())
        invited = meeting_lists.invited(connection, found)
        mine = people.by_address(connection, "test", "c1").person_id
        assert set(invited) == {mine, sender} and len(invited) == 2
        return found

    event = await bot.database.write(make)
    forged = button_value("meeting", event.code)
    for who in ("c0", "other", "stranger"):
        (answer,) = await bot.says(who, value=forged, kind="press")
        assert "Người được mời" not in answer.text and "báo gì" not in answer.text
    await bot.says("o", value=forged, kind="press")
    (look,) = await bot.says("o", TEXT)
    assert "Người được mời" in look.text


async def test_a_photo_goes_where_photos_may_go(bot):
    await prepare(bot, members=2)
    await bot.database.write(
        lambda c: people.link(
            c,
            people.by_address(c, "test", "c1").person_id,
            "coded",
            "c1",
            bot.clock() + timedelta(hours=1),
        )
    )
    look = await write(bot)
    await bot.presses("o", button(look, "Thêm ảnh"))
    photo = {"kind": "photo", "mime": "image/jpeg", "reference": "p1"}
    (more,) = await bot.says("o", attachments=[photo])
    (look,) = await bot.presses("o", button(more, "Xem lại"))
    (wait,) = await bot.presses("o", button(look, "Gửi cho"))
    assert "chưa tải về xong" in wait.text and not got(bot)
    number = (await bot.database.read(lambda c: attachments.by_reference(c, "test", "p1"))).id
    await bot.database.write(lambda c: attachments.keep(c, number, b"jpeg", "image/jpeg"))
    await bot.presses("o", button(wait, "Gửi cho"))
    assert [f.attachment_id for f in bot.channels["test"].said["c0"][-1].files] == [number]
    assert bot.channels["coded"].said["c1"][-1].files == ()
    person = (await bot.database.read(lambda c: people.by_address(c, "test", "c0"))).person_id
    assert await bot.database.read(lambda c: broadcasts.shows(c, person, number))
    assert not await bot.database.read(lambda c: broadcasts.shows(c, person + 999, number))


# --- in the middle of thousands ---------------------------------------------------------------


async def test_an_alarm_in_the_middle_of_two_thousand_leaves_next_and_replies_before_pushes(bot):
    await prepare(bot, members=2000)
    look = await write(bot)
    (asked,) = await bot.presses("o", button(look, "Gửi cho 2.000 người"))
    await bot.receive("o", kind="press", value=button(asked, "Đúng").value)
    while await bot.worker.step():
        pass
    while await bot.database.write(lambda c: broadcasting.expand(c, bot.house, bot.clock())):
        pass
    sender = bot.senders[0]
    sender._pace = type(sender._pace)(30.0, 1.0)  # as on Telegram
    order = []
    deliver = bot.channels["test"].send

    async def noted(address, say, once=""):
        order.append(say.text)
        return await deliver(address, say, once)

    bot.channels["test"].send = noted
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))

    async def until(words):
        for _ in range(2000):
            if words in order:
                return len(order)
            await asyncio.sleep(0.005)
        raise AssertionError(words)

    async def at_least(count):
        for _ in range(2000):
            if len(order) >= count:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(count)

    await at_least(40)  # the first second is over: every place of it is taken

    def rows(connection):
        link = people.by_address(connection, "test", "c1999").link_id
        other = people.by_address(connection, "test", "c1998").link_id
        row = {"channel": "test", "created_at": bot.clock()}
        outbox.put(
            connection,
            [
                row
                | {"link_id": other, "kind": "reply", "priority": outbox.REPLY}
                | {"payload": Say("REPLY").to_json()},
                row
                | {"link_id": link, "kind": "alarm", "priority": outbox.ALARM}
                | {"payload": Say("ALARM").to_json()},
            ],
        )

    await bot.database.write(rows)
    before = len(order)
    sender.due.set()
    alarm = await until("ALARM")
    reply = await until("REPLY")
    stop.set()
    sender.due.set()
    await running
    assert order.index("ALARM") < order.index("REPLY")
    # What was in the sender's hands already (a portion or two) may be before it; nothing else.
    assert alarm - before <= 8 and reply - before <= 10


async def test_many_thousands_are_written_in_portions(tmp_path):
    """Not the whole: what one portion costs does not grow with the number of people behind it."""
    bot = await Bot.opened(f"sqlite:///{tmp_path / 'many.sqlite3'}", TestClock())
    await prepare(bot)

    def many(connection):
        person = {"language": "vi", "created_at": START, "home_area": "DM-VL-02"}
        made = connection.execute(
            people.people.insert().returning(people.people.c.id), [person] * 20_000
        ).scalars()
        link = {"channel": "test", "created_at": START, "last_seen_at": START, "address": "x"}
        connection.execute(
            people.links.insert(),
            [link | {"person_id": n, "address_index": f"x{n}"} for n in made],
        )

    await bot.database.write(many)
    look = await write(bot, to="4")
    (asked,) = await bot.presses("o", button(look, "Gửi cho 20.001 người"))
    await bot.receive("o", kind="press", value=button(asked, "Đúng").value)
    while await bot.worker.step():
        pass
    done = await bot.database.write(lambda c: due(c, bot.house, bot.clock()))
    assert done["broadcasts"] == broadcasting.PORTION
    count = await bot.database.read(lambda c: outbox.waiting(c)[("test", "push")])
    assert count == 2 * broadcasting.PORTION - 1  # the demo's resident is on the web
    found = await bot.database.read(
        lambda c: c.execute(select(recipients.c.once).limit(1)).scalar_one()
    )
    assert found.startswith("b.1.")
    await bot.database.close()
