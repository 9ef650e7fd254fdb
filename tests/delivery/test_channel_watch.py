"""Lost tokens, nightly trials, windows about to shut, alarms that reach nobody."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.channels import Refused
from bot.delivery.standing import reached, standings
from bot.desk import channel_watch
from bot.doctor import channel_findings
from bot.running import show_standings
from bot.settings import Settings
from bot.windows import Terms
from storage import people, reaching, tokens
from tests.house import START, Bot

OA = Terms(free=timedelta(hours=48), open=timedelta(days=7), dong=55, typed=True)
TERMS = {"test": OA, "coded": Terms()}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture
def watched(bot: Bot) -> Bot:
    """START is 16:30 in the village; the channel "test" has windows, "coded" has none."""
    bot.house.terms = TERMS
    return bot


async def operator(bot: Bot, *channels: str, seen: timedelta = timedelta(0)) -> int:
    """Somebody who runs the bot, last heard from `seen` ago on each channel."""

    def work(connection: Any) -> int:
        at = START - seen
        person, _ = people.welcome(connection, channels[0], "op", "vi", at)
        for channel in channels[1:]:
            people.link(connection, person, channel, "op", at)
        people.grant(connection, person, "admin", "DM-VL", at)
        return person

    return await bot.database.write(work)


async def watch(bot: Bot, later: timedelta = timedelta(0)) -> int:
    bot.clock.at += later
    count = await bot.database.write(lambda c: channel_watch.run(c, bot.house, bot.clock()))
    await bot.work()
    return count


async def test_every_evening_a_trial_goes_through_each_channel_once(watched: Bot) -> None:
    await operator(watched, "test", "coded")
    assert await watch(watched) == 0
    assert await watch(watched, 4 * HOUR) == 2
    assert await watch(watched, HOUR) == 0
    heard = [watched.heard("op", channel) for channel in ("test", "coded")]
    assert all("Thử kênh mỗi tối" in text for text in heard)
    assert await watch(watched, DAY) == 2


async def test_lost_tokens_are_told_by_the_other_channels_once_a_day(watched: Bot) -> None:
    await operator(watched, "coded")
    write = watched.database.write
    await write(lambda c: tokens.plant(c, "zalo_oa", "seed"))
    assert await watch(watched) == 0
    await write(lambda c: tokens.release(c, "zalo_oa", "refused", START))
    assert [await watch(watched), await watch(watched)] == [1, 0]
    assert "Zalo OA của xã không gửi tin được nữa" in watched.heard("op", "coded")
    assert await watch(watched, DAY) == 1
    [oa] = [s for s in await standing(watched, {"zalo_oa": OA}) if s.channel == "zalo_oa"]
    assert "lost" in oa.troubles[0]


async def test_who_is_about_to_get_out_of_reach_is_asked_for_a_sign_once(watched: Bot) -> None:
    await operator(watched, "test")
    assert await watch(watched, 5 * DAY) == 0
    assert await watch(watched, DAY + HOUR) == 1
    assert await watch(watched, HOUR) == 0
    [say] = watched.channels["test"].said["op"]
    assert "chưa thấy bạn nhắn" in say.text
    [menu] = await watched.presses("op", say.buttons[0])
    assert menu.text.startswith("Cảm ơn bạn")
    assert await watch(watched, 7 * DAY - 9 * HOUR) == 1  # a new window, a new question


async def test_nobody_is_asked_at_night_or_who_has_another_way(watched: Bot) -> None:
    await operator(watched, "test")
    assert await watch(watched, 6 * DAY - 13 * HOUR) == 0  # 3:30 in the morning
    await operator_too(watched)
    assert await watch(watched, 14 * HOUR) == 1  # the first one only


async def operator_too(bot: Bot) -> None:
    def work(connection: Any) -> None:
        person, _ = people.welcome(connection, "test", "op2", "vi", START)
        people.link(connection, person, "coded", "op2", START)
        people.grant(connection, person, "admin", "DM-VL", START)

    await bot.database.write(work)


async def test_an_alarm_that_reaches_nobody_goes_up_at_once(bot: Bot) -> None:
    from tests.delivery.test_tick import DEPUTY, alarms, report

    await bot.database.write(partial(move_to_test, who=("demo-officer", "demo-deputy")))
    refuse = bot.channels["test"].send

    async def send(address: str, say: Any, once: str = "") -> str:
        if address == "demo-officer":
            raise Refused("gone", blocked=True)
        return await refuse(address, say, once)

    bot.channels["test"].send = send  # type: ignore[method-assign]
    await report(bot, danger="yes")
    await bot.tick()
    assert (await alarms(bot))[-1] == DEPUTY
    before = await alarms(bot)
    await bot.tick()  # the deputy has it: nobody else is woken before their time
    assert await alarms(bot) == before


def move_to_test(connection: Any, who: tuple[str, ...]) -> None:
    from sqlalchemy import update

    from storage.inbox import sender_index

    for address in who:
        connection.execute(
            update(people.links)
            .where(people.links.c.address_index == sender_index("web", address))
            .values(channel="test", address_index=sender_index("test", address))
        )


async def standing(bot: Bot, terms: Any) -> Any:
    return await bot.database.read(lambda c: standings(c, terms, bot.clock(), ZONE))


async def test_the_operator_sees_how_each_channel_stands(watched: Bot, tmp_path: Any) -> None:
    person = await operator(watched, "test", seen=8 * DAY)
    await watched.says("lan", "/menu")
    now = watched.clock()
    await watched.database.write(
        lambda c: reaching.note(c, "coded", "webhook", False, "status 403", now)
    )
    test, coded = await standing(watched, TERMS)
    assert test.facts["last_in"] == test.facts["last_out"] == "2026-11-20 09:30Z"
    assert test.facts["windows"] == "0 free, 0 paid, 1 shut" and not test.troubles
    assert coded.troubles == ("webhook does not work",) and "403" in coded.says
    found = await watched.database.read(lambda c: reached(c, {"test": OA}, now))
    assert person in found.nobody
    settings, terms = Settings(_env_file=None, data_dir=tmp_path), {"test": OA, "web": Terms()}
    findings = await watched.database.read(
        lambda c: {f["what"]: f for f in channel_findings(c, settings, terms, now)}
    )
    assert f"out of reach: number {person}" in findings["reach"]["says"]
    assert findings["reach"]["ok"]  # who runs the bot is not on duty
    await watched.database.write(lambda c: people.grant(c, person, "officer", "DM-VL", now))
    findings = await watched.database.read(
        lambda c: {f["what"]: f for f in channel_findings(c, settings, terms, now)}
    )
    assert not findings["reach"]["ok"]


async def test_a_month_that_is_nearly_used_up_is_told(watched: Bot) -> None:
    await watched.database.write(lambda c: reaching.count(c, "bot", "2026-11", 95))
    [one] = await standing(watched, {"bot": Terms(monthly=100)})
    assert one.facts["this_month"] == "95 of 100" and "nearly used up" in one.says
    assert one.numbers["quota"] == 100 and one.numbers["quota_left"] == 5


async def test_the_same_is_watched_by_gauges_without_a_name_in_them(watched: Bot) -> None:
    """A quota, a token, windows and traffic; what a channel does not have has no gauge."""
    await operator(watched, "test", seen=OA.open - timedelta(hours=3))  # type: ignore[operator]
    await watched.says("lan", "/menu")
    now = watched.clock()

    def make(connection: Any) -> None:
        reaching.count(connection, "bot", "2026-11", 2999)
        tokens.plant(connection, "test", "a seed")
        refreshed, holds = now - timedelta(hours=5), now + timedelta(hours=20)
        tokens.keep(connection, "test", "access", "refresh", refreshed, holds)

    await watched.database.write(make)
    found = await standing(watched, {"test": OA, "bot": Terms(monthly=3000)})
    show_standings(found)
    seen = {}
    for family in REGISTRY.collect():
        for sample in family.samples:
            if sample.name.startswith("vongtay_channel"):
                assert set(sample.labels) <= {"channel", "state"}
                name = sample.name.removeprefix("vongtay_channel_")
                seen[".".join([name, *sample.labels.values()])] = sample.value
    assert seen["quota_left.bot"] == 1 and "quota_left.test" not in seen
    assert seen["token_age_seconds.test"] == 5 * 3600 and "token_age_seconds.bot" not in seen
    assert seen["token_left_seconds.test"] == 20 * 3600 and seen["tokens_lost.test"] == 0
    assert seen["windows_shutting.test"] == 1 and seen["windows.test.paid"] == 1
    assert seen["last_in_timestamp_seconds.test"] == now.timestamp()
    assert seen["last_out_timestamp_seconds.test"] == now.timestamp()
    assert "last_in_timestamp_seconds.bot" not in seen
