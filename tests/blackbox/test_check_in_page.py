"""The check-in page of a meeting, as phones in a hall use it: many at once, twice, late, forged."""

import asyncio
import io
import json
import re
import secrets
import time
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from PIL import Image

from tests.blackbox.outside import Browser, Home, Serving, get, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = re.compile(r"/c/([0-9A-Z]{6})")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory):
    return await Home(tmp_path_factory.mktemp("hall")).founded()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(home):
    home.settings["PUBLIC_URL"] = home.url
    async with Serving(home) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def lan(home, server):
    """A collaborator with the chat open."""
    made = await home.invited("collaborator", "TT-VL-1")
    lan = await Browser.opened(server.url)
    await lan.says(f"/start {made['code']}")
    return lan


async def meeting(lan, day="hôm nay", hour="9"):
    """A meeting noted in the chat; the code of its poster."""
    for text in ("/truyenthong", "họp thôn", "lao động trẻ em", "phố vị", day):
        await lan.says(text)
    for text in ("không rõ", "không rõ") if day == "hôm nay" else (hour,):
        await lan.says(text)
    said = await lan.says("lưu")
    if any("đã có người ghi" in message["text"] for message in said):
        await lan.presses("Là buổi khác")
    before = {message["n"] for message in await lan.heard()}
    await lan.presses("Xem buổi này")

    async def code():  # a question of the week may come in between
        fresh = [message for message in await lan.heard() if message["n"] not in before]
        found = CODE.search(json.dumps(fresh))
        return found and found[1]

    return await until(code)


async def opened(server, code, **options):
    """The page as a phone sees it: its status and the meeting in it."""
    page = await get(f"{server.url}/c/{code}", **options)
    told = re.search(r'id="meeting">(.*?)</script>', page.text)
    return page, json.loads(told[1]) if told else {}


def pressed(shown, client="", **more):
    """What the page sends."""
    said = {
        "client": client or secrets.token_hex(16),
        "group": "parents",
        "village": "TT-VL-1",
        "unit": "12",
        "at": datetime.now(UTC).isoformat(),
        "stamp": shown.get("stamp", ""),
    }
    return {**said, **more}


async def checks_in(server, code, said, ours=True):
    headers = {"X-Requested-With": "vongtay"} if ours else {}
    return await get(f"{server.url}/c/{code}", "POST", json=said, headers=headers)


async def test_a_check_in_may_come_in_pieces(lan, server):
    """As it does on a bad network; meanwhile the server has answered somebody else."""
    code = await meeting(lan)
    _, shown = await opened(server, code)
    body = json.dumps(pressed(shown)).encode()
    reading, writing = await asyncio.open_connection(*server.url.removeprefix("http://").split(":"))
    head = f"POST /c/{code} HTTP/1.1\r\nHost: x\r\nX-Requested-With: vongtay\r\n"
    head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writing.write(head.encode() + body[:40])
    await writing.drain()
    await opened(server, code)
    writing.write(body[40:])
    answer = await asyncio.wait_for(reading.read(), 20)
    writing.close()
    assert answer.startswith(b"HTTP/1.1 200"), answer
    assert b'"fresh": true' in answer


async def test_a_hall_checks_in_at_once_and_a_double_scan_counts_once(lan, server):
    code = await meeting(lan)
    page, shown = await opened(server, code)
    assert page.status == 200 and "Họp thôn, Thôn Phố Vị" in shown["about"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    took = []

    async def phone(number):
        said = pressed(shown, f"{number:032x}", unit=str(number % 7))
        begun = time.monotonic()
        answers = [await checks_in(server, code, said) for _ in range(2)]
        took.append((time.monotonic() - begun) / 2)
        assert [answer.status for answer in answers] == [200, 200]
        assert [answer.json["fresh"] for answer in answers] == [True, False]

    await asyncio.gather(*map(phone, range(40)))
    assert sorted(took)[int(len(took) * 0.95)] < 1.0
    said = await lan.presses("Xem buổi này")
    assert "Cha mẹ, người chăm sóc: 40" in said[0]["text"]


async def test_killed_in_the_middle_nothing_that_was_confirmed_is_lost(home, lan, server):
    code = await meeting(lan)
    _page, shown = await opened(server, code)
    confirmed = []

    async def phone(number):
        try:
            answer = await checks_in(server, code, pressed(shown, f"{number:032x}"))
        except Exception:
            return
        if answer.status == 200:
            confirmed.append(number)

    phones = asyncio.gather(*map(phone, range(60)))
    await until(lambda: confirmed)
    await server.kill()
    await phones
    await server.start()
    assert confirmed
    for number in range(60):  # each phone sends again until it is told
        answer = await checks_in(server, code, pressed(shown, f"{number:032x}"))
        assert answer.status == 200
        assert answer.json["fresh"] is False or number not in confirmed
    assert answer.json["number"] == 60


async def test_nothing_is_taken_from_another_site_or_with_a_made_up_stamp(lan, server):
    code = await meeting(lan)
    _page, shown = await opened(server, code)
    other = await opened(server, await meeting(lan))
    for said, ours in (
        (pressed(shown), False),
        (pressed(shown, stamp="1795000000.abcdef"), True),
        (pressed(shown, stamp=other[1]["stamp"]), True),
        (pressed(shown, group="admins"), True),
        (pressed(shown, village="NOWHERE"), True),
        (pressed(shown, client="short"), True),
        (pressed(shown, at="soon"), True),
        (pressed(shown, unit=["12"]), True),
        (pressed(shown, unit="x" * 5000), True),
        ([], True),
    ):
        answer = await checks_in(server, code, said, ours)
        assert answer.status in (400, 403) and answer.json["error"], said
    answer = await checks_in(server, code, pressed(shown))
    assert answer.json["number"] == 1


async def test_after_the_end_only_what_was_pressed_before_it_counts(lan, server):
    code = await meeting(lan)
    _page, shown = await opened(server, code)
    await asyncio.sleep(1.1)  # stamps are of whole seconds
    in_time = datetime.now(UTC).isoformat()
    await lan.presses("Xem buổi này")
    await lan.presses("Đóng điểm danh")
    page, told = await opened(server, code)
    assert page.status == 410 and "đã đóng điểm danh" in told["why"]
    late = await checks_in(server, code, pressed(shown))
    assert late.status == 410 and "đã đóng điểm danh" in late.json["error"]
    before = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    forged = await checks_in(server, code, pressed(shown, at=before))
    assert forged.status == 410, "before the page was opened"
    synced = await checks_in(server, code, pressed(shown, at=in_time))
    assert synced.status == 200 and synced.json["number"] == 1


async def test_a_meeting_to_come_does_not_take_anybody_yet(lan, server):
    tomorrow = (datetime.now(UTC) + timedelta(days=3)).strftime("%d/%m/%Y")
    code = await meeting(lan, tomorrow)
    page, told = await opened(server, code)
    assert page.status == 409 and told["why"]


async def test_who_tries_many_codes_is_not_answered_any_more(lan, server):
    code = await meeting(lan)
    stranger = {"headers": {"X-Forwarded-For": "203.0.113.7"}}
    seen = [(await opened(server, f"ZZZ{n:02d}Z", **stranger))[0].status for n in range(62)]
    assert seen[0] == 404 and seen[-1] == 429
    assert (await opened(server, code, **stranger))[0].status == 429
    assert (await opened(server, code))[0].status == 200, "others are not disturbed"


async def test_the_sheet_is_seen_by_who_sent_it_and_the_officers_of_the_commune(home, lan, server):
    code = await meeting(lan)
    assert code
    await lan.presses("Danh sách ký tên")
    made = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(made, "PNG")
    file_id = (await lan.upload(made.getvalue())).json["file"]
    await lan._sends(1, files=[file_id])
    for text in ("cha mẹ, người chăm sóc", "31"):
        await lan.says(text)
    await lan.presses("Lưu")
    [number] = home.rows("SELECT max(attachment_id) FROM kept_files")[0]

    async def browser(role):
        made = await home.invited(role)
        found = await Browser.opened(server.url)
        await found.says(f"/start {made['code']}")
        return found

    minh, stranger = await browser("officer"), await Browser.opened(server.url)
    assert (await lan.asks("GET", f"/api/files/{number}")).status == 200
    assert (await minh.asks("GET", f"/api/files/{number}")).status == 200
    assert (await stranger.asks("GET", f"/api/files/{number}")).status == 404
    assert (await (await browser("collaborator")).asks("GET", f"/api/files/{number}")).status == 404


async def test_the_web_chat_and_the_page_of_one_phone_are_one_person(lan, server):
    """By the cookie of the chat; a link from the chat does the same on any browser, once."""
    code = await meeting(lan)
    for text in (code, "cha mẹ, người chăm sóc", "phố vị", "hộ 12"):
        said = await lan.says(text)
    assert "Đã điểm danh" in said[-1]["text"]
    _page, shown = await opened(server, code, headers={"Cookie": lan.cookie})
    answer = await checks_in(server, code, pressed(shown, me=shown["me"]))
    assert (answer.json["fresh"], answer.json["number"]) == (False, 1)
    _page, strange = await opened(server, code)
    assert strange["me"] == ""
    for made_up in (shown["me"][:-1], "link.x.y", "x" * 200):
        answer = await checks_in(server, code, pressed(strange, unit="7", me=made_up))
        assert answer.status == 200 and answer.json["fresh"], "as a phone nobody knows"
    assert (await checks_in(server, code, pressed(strange, me=["x"]))).status == 400
