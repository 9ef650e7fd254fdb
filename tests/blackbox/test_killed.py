"""The process ends at any moment: nothing that was confirmed is lost, nothing has two effects."""

import asyncio
import random
import re
import signal

import pytest
import pytest_asyncio

from tests.blackbox.outside import CODE, Home, Phone, Serving, labels, until, vongtay

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPORTERS = range(100, 110)
ANSWERS = ("/bao", "bỏ học", "không", "phố vị", "12", "gửi ngay")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def minh(server, home, telegram):
    """The officer."""
    minh = Phone(telegram, 8)
    await minh.says("/start " + (await home.invited("officer"))["code"])
    return minh


async def test_reports_filed_while_it_is_killed_again_and_again(
    minh, server, telegram, phone, home
):
    """Ten people send six messages each, without waiting; it dies again and again meanwhile."""
    dice = random.Random(20261122)
    lines = {number: list(ANSWERS) for number in REPORTERS}
    kills = 4
    while any(lines.values()):
        number = dice.choice([number for number, left in lines.items() if left])
        telegram.text(number, lines[number].pop(0))
        await asyncio.sleep(0.002)
        left = sum(map(len, lines.values()))
        if kills and left < 60 - 12 * (5 - kills):
            kills -= 1
            await asyncio.sleep(dice.uniform(0, 0.3))
            await server.kill()
            await server.start(ready=kills % 2 == 0)  # every other time it dies while it starts
            if kills % 2:
                await asyncio.sleep(dice.uniform(0, 0.7))
                await server.kill()
                await server.start(ready=False)

    def receipts(number):
        return CODE.findall("\n".join(t for t in phone(number).texts if "✅" in t))

    await until(lambda: all(map(receipts, REPORTERS)), 40)
    await asyncio.sleep(0.5)
    codes = {number: set(receipts(number)) for number in REPORTERS}
    assert [number for number, found in codes.items() if len(found) != 1] == []
    every = set().union(*codes.values())
    assert len(every) == len(REPORTERS)
    cases = home.rows("SELECT count(*) FROM cases")[0][0]
    assert cases == len(REPORTERS)

    await until(lambda: set(CODE.findall(minh.all)) == every, 40)
    questions = [sum("4/4" in text for text in phone(n).texts) for n in REPORTERS]
    assert min(questions) >= 1  # each step was answered
    doubled = sum(len(receipts(number)) - 1 for number in REPORTERS)
    assert doubled <= 8  # twice only what was on its way when the process died


async def test_nothing_waits_afterwards_and_nothing_was_parked(server, home):
    async def idle():
        return not await server.metric("vongtay_inbox_waiting")

    await until(idle)
    assert (await vongtay("inbox", "parked", "--json", home=home)).json == []


async def test_a_polite_end_loses_nothing_either(server, telegram, phone):
    for round_ in range(2):
        people = range(200 + 10 * round_, 206 + 10 * round_)
        for number in people:
            telegram.text(number, "/start")
        await until(lambda: any(phone(number).heard for number in people))  # noqa: B023
        assert await server.stop(signal.SIGTERM) == 0
        await server.start()
        for number in people:
            await phone(number).hears(1)
    await asyncio.sleep(0.3)
    assert [n for n in range(200, 220) if len(phone(n).heard) > 1] == []


async def test_it_ends_within_seconds_while_telegram_hangs(telegram, tmp_path):
    async def silent(reader, writer):
        await asyncio.sleep(60)

    hanging = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    home = Home(tmp_path, TELEGRAM_TOKEN="1:a", TELEGRAM_API_BASE=f"http://127.0.0.1:{port}")
    serving = Serving(home)
    try:
        assert await serving.start() < 10  # the web chat does not wait for Telegram
        clock = asyncio.get_running_loop()
        begun = clock.time()
        assert await serving.stop(signal.SIGTERM) == 0
        assert clock.time() - begun < 30
        begun = clock.time()
        assert await serving.start() < 10
        assert await serving.stop(signal.SIGINT) == 0
    finally:
        hanging.close()


async def test_a_second_process_stops_at_the_port_and_does_not_disturb_the_first(
    server, telegram, phone, home
):
    polls = len(telegram.received("deleteWebhook"))
    second = await vongtay("serve", home=home)
    assert second.status == 1
    assert re.search(r"VONGTAY_PORT.*already in use", second.complaint)
    assert len(telegram.received("deleteWebhook")) == polls
    assert "Báo tin trẻ em" in labels((await phone(300).says("/start"))[0])
