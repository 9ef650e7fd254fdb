"""Telegram calls us: who may, what is kept, and when it is told that all is well."""

import asyncio
import json
import signal
import sqlite3
from contextlib import closing

import pytest
import pytest_asyncio

from tests.blackbox.outside import CODE, Home, get, labels, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "a-Secret_0123456789"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(telegram, tmp_path_factory):
    home = Home(
        tmp_path_factory.mktemp("webhook"),
        TELEGRAM_TOKEN=telegram.token,
        TELEGRAM_API_BASE=telegram.base,
        TELEGRAM_MODE="webhook",
        TELEGRAM_WEBHOOK_SECRET=SECRET,
    )
    home.settings["PUBLIC_URL"] = home.url
    return await home.founded()


@pytest.fixture
def post(server, home):
    """Gives a caller of the webhook: `body` is bytes or becomes JSON."""

    async def post(body, secret=SECRET, **headers):
        given = body if isinstance(body, bytes) else json.dumps(body).encode()
        known = {"Content-Type": "application/json", **headers}
        known |= {HEADER: secret} if secret is not None else {}
        return await get(f"{home.url}/telegram/webhook", "POST", data=given, headers=known)

    return post


def kept(home):
    """How many events are in the inbox."""
    return home.rows("SELECT count(*) FROM inbox")[0][0]


def update(telegram, chat, text):
    """An update as Telegram would post it, taken from the queue of the fake."""
    made = telegram.text(chat, text)
    telegram._queue.clear()
    return made


async def test_the_webhook_is_set_with_its_secret(server, telegram, home):
    await until(lambda: telegram.webhook)
    assert telegram.webhook["url"] == f"{home.url}/telegram/webhook"
    assert telegram.webhook["secret_token"] == SECRET
    assert set(telegram.webhook["allowed_updates"]) >= {"message", "callback_query"}


async def test_what_telegram_delivers_is_answered(telegram, phone, server):
    await until(lambda: telegram.webhook)
    lan = phone(7)
    telegram.text(7, "/start")
    assert await telegram.deliver() == [200]
    assert "Báo tin trẻ em" in labels((await lan.hears(1))[0])
    telegram.press(7, lan.heard[0]["message_id"], "m.call")
    assert await telegram.deliver() == [200]
    await lan.hears(2)
    await until(lambda: telegram.received("answerCallbackQuery"))


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.lower()])
async def test_without_the_secret_nothing_is_kept(post, home, server, telegram, secret):
    before = kept(home)
    forged = await server.metric("vongtay_refused_input_total", what="forged webhook")
    answer = await post(update(telegram, 8, "/start"), secret)
    assert answer.status in (401, 403)
    assert kept(home) == before
    assert await server.metric("vongtay_refused_input_total", what="forged webhook") == forged + 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[{}]",
        b'"text"',
        b"\xff\xfe\x00",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": -1}',
        b'{"update_id": 1e99}',
        b"[" * 100_000,
        b'{"update_id": 5, "message": ' + b'{"a":' * 2000 + b"1" + b"}" * 2000 + b"}",
    ],
    ids=lambda body: repr(body[:30]),
)
async def test_a_body_that_is_no_update_is_refused_and_counted(post, home, server, body):
    before = kept(home)
    counted = await server.metric("vongtay_refused_input_total")
    assert (await post(body)).status == 400
    assert kept(home) == before
    assert await server.metric("vongtay_refused_input_total") == counted + 1


async def test_a_body_of_three_megabytes_is_refused_and_counted(post, home, server):
    before = kept(home)
    counted = await server.metric("vongtay_refused_input_total")
    big = {"update_id": 77_000_001, "message": {"text": "x" * (3 << 20)}}
    assert (await post(big)).status == 413
    assert kept(home) == before
    assert await server.metric("vongtay_refused_input_total") == counted + 1


async def test_whoever_has_no_secret_learns_nothing_from_what_they_send(post, home, server):
    before = kept(home)
    for body, headers in ((b"x" * (3 << 20), {}), (b"{}", {"Content-Encoding": "gzip"})):
        assert (await post(body, "wrong", **headers)).status in (401, 403)
    assert kept(home) == before


async def test_a_body_in_another_encoding_than_it_names_is_refused_and_counted(
    post, home, server, telegram
):
    for name in ("gzip", "deflate"):
        counted = await server.metric("vongtay_refused_input_total", what="malformed update")
        answer = await post(update(telegram, 8, "/start"), **{"Content-Encoding": name})
        assert answer.status == 400, answer
        metric = "vongtay_refused_input_total"
        assert await server.metric(metric, what="malformed update") == counted + 1
    elsewhere = f"{home.url}/api/messages"
    headers = {"Content-Encoding": "gzip", "X-Requested-With": "vongtay"}
    assert (await get(elsewhere, "POST", data=b"{}", headers=headers)).status in (400, 401)
    assert "Traceback" not in server.log


async def test_what_is_no_http_is_not_quoted_in_the_log(home, server):
    for lines in (
        b"geheim-geheim",
        b"GET /once/geheim\x01 HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\n: geheim",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", home.settings["PORT"])
        writer.write(lines + b"\r\n\r\n")
        assert b" 400 " in await asyncio.wait_for(reader.readline(), 5)
        writer.close()
    assert "geheim" not in server.log and "Traceback" not in server.log


async def test_whoever_is_cut_off_in_the_middle_is_not_in_the_log(home, server):
    counted = await server.metric("vongtay_refused_input_total", what="cut off")
    for place in (b"/telegram/webhook", b"/check-in/x"):
        _, writer = await asyncio.open_connection("127.0.0.1", home.settings["PORT"])
        head = f"Host: x\r\nContent-Length: 100000\r\n{HEADER}: {SECRET}\r\n\r\n".encode()
        writer.write(b"POST " + place + b" HTTP/1.1\r\n" + head + b"x" * 2000)
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.transport.abort()
    await asyncio.sleep(0.3)
    assert "Traceback" not in server.log and "127.0.0.1" not in server.log.split("serving")[-1][80:]
    assert await server.metric("vongtay_refused_input_total", what="cut off") > counted
    assert all(isinstance(json.loads(line), dict) for line in server.log.splitlines()[1:])


async def test_other_methods_and_places_are_not_there(home, server):
    assert (await get(f"{home.url}/telegram/webhook")).status == 405
    assert (await get(f"{home.url}/telegram/webhook/", "POST")).status == 404
    assert (await get(f"{home.url}/telegram/webhook/{SECRET}", "POST")).status == 404


async def test_an_unreadable_update_with_a_number_is_kept_for_the_operator(post, server, phone):
    number = 88_000_000
    assert (await post({"update_id": number, "message": {"text": 5}})).status == 200

    async def parked():
        return await server.metric("vongtay_parked_now") == 1

    await until(parked)


async def test_the_same_update_twice_has_one_effect(post, telegram, phone, server, home):
    said = update(telegram, 9, "/start")
    before = kept(home)
    answers = await asyncio.gather(*(post(said) for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert kept(home) == before + 1
    await phone(9).hears(1)
    await post(said)
    await post(update(telegram, 10, "/start"))
    await phone(10).hears(1)
    assert len(phone(9).heard) == 1


async def test_200_comes_only_after_the_commit(post, telegram, phone, server, home):
    with closing(sqlite3.connect(home.data / "vongtay.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody can commit now
        waiting = asyncio.create_task(post(update(telegram, 13, "/start")))
        await asyncio.sleep(0.4)
        assert not waiting.done()
        other.execute("ROLLBACK")
    assert (await waiting).status == 200
    await phone(13).hears(1)


async def test_what_was_answered_with_200_survives_being_killed_at_once(
    post, telegram, phone, server
):
    for round_ in range(2):
        people = range(100 + 10 * round_, 105 + 10 * round_)
        updates = [update(telegram, number, "/start") for number in people]
        answers = await asyncio.gather(*(post(said) for said in updates))
        assert {answer.status for answer in answers} == {200}
        await server.kill()
        await server.start()
        again = await asyncio.gather(*(post(said) for said in updates))
        assert {answer.status for answer in again} == {200}
        for number in people:
            await phone(number).hears(1)
    await asyncio.sleep(0.5)
    doubled = [n for n in range(100, 125) if len(phone(n).heard) > 2]
    assert doubled == []


async def test_a_request_that_never_ends_stops_nobody(home, server, post, telegram, phone):
    reader, writer = await asyncio.open_connection("127.0.0.1", home.settings["PORT"])
    writer.write(
        b"POST /telegram/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        + f"{HEADER}: {SECRET}\r\n\r\n".encode()
        + b'{"update_id": 1'
    )
    assert (await post(update(telegram, 11, "/start"))).status == 200
    await phone(11).hears(1)
    begun = asyncio.get_running_loop().time()
    assert await server.stop(signal.SIGTERM) == 0
    assert asyncio.get_running_loop().time() - begun < 5
    writer.close()
    del reader
    await server.start()


async def test_an_alarm_by_webhook_has_one_code_however_often_it_is_delivered(
    post, telegram, phone, home
):
    said = update(telegram, 12, "Cứu với, có người đang cầm dao doạ giết cháu bé")
    await asyncio.gather(*(post(said) for _ in range(4)))
    await phone(12).told("VT-")
    assert len(set(CODE.findall(phone(12).all))) == 1
    assert home.rows("SELECT count(*) FROM cases") == [(1,)]
