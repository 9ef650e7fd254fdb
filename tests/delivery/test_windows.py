"""On what terms people can be written to, and what goes another way."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.channels import Later, Refused, Shut
from bot.delivery.detour import way_round
from bot.delivery.sender import Sender
from bot.windows import Terms, month_of, reach, spares
from bot.words import Button, File, Say
from storage import conversations, outbox, people, reaching
from storage.database import Database
from storage.reaching import Way
from storage.records.queues import OutboxMessage
from tests.house import START, Bot, MemoryChannel

OA = Terms(free=timedelta(hours=48), open=timedelta(days=7), dong=55, typed=True)
PAGE = Terms(rings=False)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
rows = OutboxMessage.__table__  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("ago", "state", "dong"),
    [(0 * HOUR, "free", 0), (47 * HOUR, "free", 0), (48 * HOUR, "paid", 55),
     (7 * DAY - HOUR, "paid", 55), (7 * DAY, "shut", 0), (400 * DAY, "shut", 0)],
)  # fmt: skip
def test_a_window_shuts_in_steps(ago: timedelta, state: str, dong: int) -> None:
    found = reach(OA, START - ago, START)
    assert (found.state, found.dong) == (state, dong)
    if found.until:
        assert reach(OA, START - ago, found.until).state != state


def test_who_was_never_heard_from_is_out_of_reach_and_others_always_in_it() -> None:
    assert reach(OA, None, START).state == "shut"
    assert reach(Terms(), None, START).state == "free"


def test_the_way_round_is_the_cheapest_that_rings() -> None:
    terms = {"oa": OA, "page": PAGE, "bot": Terms()}
    page, bot = Way(1, 2, "page", START), Way(1, 3, "bot", START - 9 * DAY)
    paid, shut = Way(1, 4, "oa", START - 3 * DAY), Way(1, 5, "oa", START - 8 * DAY)
    assert way_round([page, paid, bot, shut], terms, 1, START) == bot
    assert way_round([page, paid, shut], terms, 1, START) == paid
    assert way_round([page, shut], terms, 1, START) == page
    assert way_round([shut], terms, 1, START) is None
    assert way_round([bot], terms, 3, START) is None
    assert way_round([Way(1, 6, "gone", START)], terms, 1, START) is None


def test_a_month_is_the_month_of_the_village() -> None:
    assert month_of(START.replace(month=11, day=30, hour=18), "Asia/Ho_Chi_Minh") == "2026-12"
    assert spares(Terms(monthly=100), 90) and not spares(Terms(monthly=100), 89)
    assert not spares(Terms(), 10**9)


class Narrow:
    """A person with a link on a channel with terms, and one elsewhere."""

    def __init__(self, bot: Bot, terms: Terms) -> None:
        self.bot, self.terms = bot, {"oa": terms, "test": Terms()}
        self.channel = MemoryChannel("oa")
        self.senders = [
            Sender(bot.database, bot.together, channel, "full", bot.clock, 20, terms=self.terms)
            for channel in (self.channel, bot.channels["test"])
        ]

    async def person(self, elsewhere: bool = True, ago: timedelta = 8 * DAY) -> tuple[int, int]:
        write = self.bot.database.write
        person, link = await write(lambda c: people.welcome(c, "oa", "ted", "vi", START - ago))
        if elsewhere:
            await write(lambda c: people.link(c, person, "test", "ted-t", START - 30 * DAY))
        return person, link

    async def push(
        self,
        link: int,
        kind: str = "push",
        say: Say | None = None,
        once: str | None = None,
        channel: str = "oa",
    ) -> dict[str, object]:
        row = {
            "link_id": link, "channel": channel, "once": once, "kind": kind, "priority": 7,
            "payload": (say or Say("Nhắc", (Button("a", "Đã rõ"),))).to_json(),
            "created_at": self.bot.clock(),
        }  # fmt: skip
        await self.bot.database.write(lambda c: outbox.put(c, [row]))
        return await self.later(timedelta(0))

    async def later(self, passed: timedelta) -> dict[str, object]:
        """Time goes on, and what is due is sent; the newest message."""
        self.bot.clock.at += passed
        for sender in (*self.senders, self.senders[1]):
            await sender.drain()
        found = await self.bot.database.read(
            lambda c: c.execute(rows.select().order_by(rows.c.id.desc())).mappings().first()
        )
        assert found
        return dict(found)

    @property
    def heard(self) -> list[Say]:
        return [say for said in self.channel.said.values() for say in said]


@pytest.fixture
async def narrow(bot: Bot) -> AsyncIterator[Narrow]:
    yield Narrow(bot, OA)


async def test_what_finds_the_window_shut_goes_to_the_other_channel(narrow: Narrow) -> None:
    _, link = await narrow.person()
    row = await narrow.push(link)
    assert (row["outcome"], row["channel"]) == ("sent", "test")
    assert not narrow.heard and narrow.bot.heard("ted-t") == "Nhắc"


async def test_without_another_channel_the_operator_sees_who_was_not_reached(
    narrow: Narrow,
) -> None:
    person, link = await narrow.person(elsewhere=False)
    row = await narrow.push(link)
    assert (row["outcome"], narrow.heard) == ("shut", [])
    lost = await narrow.bot.database.read(lambda c: reaching.failed_since(c, START - DAY))
    assert lost == [(person, "oa", 1)]


async def test_a_window_that_is_open_is_used(narrow: Narrow) -> None:
    _, link = await narrow.person(ago=3 * DAY)
    assert (await narrow.push(link))["channel"] == "oa"
    [say] = narrow.heard
    assert say.language == "vi"


async def test_an_answer_to_who_just_wrote_always_goes(narrow: Narrow) -> None:
    _, link = await narrow.person(ago=timedelta(0))
    assert (await narrow.push(link, "reply"))["outcome"] == "sent"


@pytest.mark.parametrize("problem", [Shut("-230"), Refused("gone", blocked=True)])
async def test_the_platform_may_know_better_and_it_goes_round_once(
    narrow: Narrow, problem: Exception
) -> None:
    _, link = await narrow.person(ago=HOUR)
    narrow.channel.failing = [problem]
    assert (await narrow.push(link))["outcome"] == "sent"
    narrow.channel.failing = [problem]
    narrow.bot.channels["test"].failing = [Refused("gone too", blocked=True)]
    assert (await narrow.push(link))["outcome"] == "blocked"


async def test_what_a_channel_does_not_take_for_minutes_goes_by_the_other(narrow: Narrow) -> None:
    _, link = await narrow.person(ago=HOUR)
    narrow.channel.failing = [Later("cannot be reached")] * 99
    row = await narrow.push(link)
    for _ in range(5):
        assert row["outcome"] is None and row["channel"] == "oa"
        row = await narrow.later(timedelta(minutes=1))
    assert (row["outcome"], row["channel"]) == ("sent", "test")
    narrow.channel.failing = []
    await narrow.later(HOUR)
    assert not narrow.heard and narrow.bot.heard("ted-t") == "Nhắc"


async def test_an_answer_waits_for_its_own_channel(narrow: Narrow) -> None:
    _, link = await narrow.person(ago=HOUR)
    narrow.channel.failing = [Later("cannot be reached")] * 3
    await narrow.push(link, "reply")
    for _ in range(3):
        row = await narrow.later(timedelta(minutes=6))
    assert (row["outcome"], row["channel"]) == ("sent", "oa")


async def test_an_alarm_goes_round_only_to_where_it_is_not_written(narrow: Narrow) -> None:
    person, link = await narrow.person(ago=HOUR)
    narrow.channel.failing = [Later("cannot be reached")] * 9
    await narrow.push(link, "alarm", once=f"case:1:alarm:0:{link}")
    await narrow.later(timedelta(minutes=6))
    assert narrow.bot.heard("ted-t") == "Nhắc"  # a link it had not gone to: joined since
    theirs = await narrow.bot.database.read(lambda c: reaching.ways(c, [person]))
    other = next(way.link_id for way in theirs if way.link_id != link)
    narrow.channel.failing = [Later("cannot be reached")] * 9
    await narrow.push(other, "alarm", once=f"case:2:alarm:0:{other}", channel="test")
    await narrow.push(link, "alarm", once=f"case:2:alarm:0:{link}")
    row = await narrow.later(timedelta(minutes=6))
    assert row["outcome"] is None and row["channel"] == "oa"
    assert narrow.bot.heard("ted-t") == "Nhắc\nNhắc"


async def test_a_page_gets_it_too_and_the_phone_still_rings_in_the_end(narrow: Narrow) -> None:
    narrow.terms["test"] = PAGE
    _, link = await narrow.person(ago=HOUR)
    narrow.channel.failing = [Later("cannot be reached")] * 4
    await narrow.push(link)
    for _ in range(5):
        await narrow.later(timedelta(minutes=6))
    assert [say.text for say in narrow.heard] == ["Nhắc"]
    assert narrow.bot.heard("ted-t") == "Nhắc"


async def test_an_alarm_is_on_its_other_way_already(narrow: Narrow) -> None:
    person, link = await narrow.person()
    ways = await narrow.bot.database.read(lambda c: reaching.ways(c, [person]))
    other = next(way.link_id for way in ways if way.link_id != link)
    await narrow.push(other, "alarm", once=f"alarm:{other}", channel="test")
    assert (await narrow.push(link, "alarm", once=f"alarm:{link}"))["outcome"] == "shut"
    assert narrow.bot.heard("ted-t") == "Nhắc"


async def test_a_template_takes_what_no_channel_can_and_no_names(narrow: Narrow) -> None:
    taken: list[tuple[str, Say, str]] = []

    async def by_template(address: str, say: Say, kind: str) -> str:
        taken.append((address, say, kind))
        return "t1"

    narrow.channel.by_template = by_template  # type: ignore[attr-defined]
    from bot.words import private

    _, link = await narrow.person(elsewhere=False)
    row = await narrow.push(link, "alarm", Say(f"Cháu {private('Mai')}"))
    assert (row["outcome"], row["platform_id"]) == ("sent", "t1")
    assert [(a, s.text, k) for a, s, k in taken] == [("ted", "Cháu •••", "alarm")]


async def test_the_last_tenth_of_a_month_is_for_answers_and_alarms(bot: Bot) -> None:
    narrow = Narrow(bot, Terms(monthly=20))
    _, link = await narrow.person(elsewhere=False)
    outcomes = [(await narrow.push(link))["outcome"] for _ in range(20)]
    assert outcomes == ["sent"] * 18 + ["quota"] * 2
    assert (await narrow.push(link, "alarm"))["outcome"] == "sent"
    month = month_of(bot.clock(), "Asia/Ho_Chi_Minh")
    assert await bot.database.read(lambda c: reaching.counted(c, "oa", month)) == 19


async def test_while_a_form_is_open_what_comes_in_between_has_no_numbers(narrow: Narrow) -> None:
    person, link = await narrow.person(ago=HOUR)
    place = [{"person_id": person, "form": "report", "menu": [], "updated_at": START}]
    await narrow.bot.database.write(partial(conversations.save, rows=place))
    await narrow.push(link)
    await narrow.push(link, "reply")
    pushed, answered = narrow.heard
    assert pushed.takes_digits and not answered.takes_digits


def test_an_address_of_a_file_is_signed_and_dies(database: Database) -> None:
    from bot.delivery.showing import LIVES, address_of, number_in

    url = address_of("https://x.vn", File(7, "photo", "image/jpeg"), START)
    name = url.rpartition("/")[2]
    assert url.startswith("https://x.vn/file/7-") and url.endswith(".jpg")
    assert number_in(name, START) == number_in(name, START + LIVES - timedelta(seconds=2)) == 7
    assert number_in(name, START + LIVES) is None
    for forged in (name.replace("7-", "8-", 1), "7", "", "7--", "²-1-x", name[:-9] + "0.jpg"):
        assert number_in(forged, START) is None
