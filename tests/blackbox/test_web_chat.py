"""The web chat, called by hand: by its own page, by other sites, and by people who try things."""

import asyncio
import io
import json
import re
import secrets
import sqlite3
import struct
import zipfile
import zlib
from contextlib import closing

import aiohttp
import pytest
import pytest_asyncio
from PIL import Image

from tests.blackbox.outside import CODE, Browser, Home, Serving, get, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory):
    return await Home(tmp_path_factory.mktemp("web")).founded()


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="module")
async def _served(server):
    """Every test here is against the running server."""


@pytest_asyncio.fixture(loop_scope="module")
async def lan(server):
    return await Browser.opened(server.url)


@pytest_asyncio.fixture(loop_scope="module")
async def hoa(server):
    return await Browser.opened(server.url)


def kept(home):
    return home.rows("SELECT count(*) FROM inbox")[0][0]


async def test_a_visitor_gets_a_cookie_that_no_script_and_no_other_site_can_use(lan, server):
    flags = {part.strip().lower() for part in lan.set_cookie.split(";")[1:]}
    assert "httponly" in flags and flags & {"samesite=lax", "samesite=strict"}
    assert "path=/" in flags and len(lan.cookie.partition("=")[2]) >= 40
    again = await lan.asks("GET", "/")
    assert "Set-Cookie" not in again.headers
    for header, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ):
        assert again.headers[header] == value
    policy = again.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "http" not in policy


async def test_behind_https_the_cookie_is_secure(tmp_path):
    home = Home(tmp_path, PUBLIC_URL="https://bot.example.vn")
    async with Serving(home) as server:
        browser = await Browser.opened(server.url)
    assert "secure" in browser.set_cookie.lower()


async def test_nothing_is_loaded_from_elsewhere(server, lan):
    page = (await lan.asks("GET", "/")).text
    assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", page)
    parts = re.findall(r"""(?:src|href)=["']([\w./-]+\.(?:js|css|svg|png|webmanifest))""", page)
    assert parts
    for part in parts:
        found = await get(f"{server.url}/{part.lstrip('./')}")
        assert found.status == 200, part
        assert not re.search(rb"(fetch|import|url)\(['\"]?https?://", found.body)


@pytest.mark.parametrize("path", ["history", "events", "sessions", "files/1"])
async def test_nobody_is_told_nothing(server, path):
    nobody = Browser(server.url)
    assert (await nobody.asks("GET", f"/api/{path}")).status == 401
    for cookie in (
        "vongtay=",
        "vongtay=x",
        "vongtay=" + "A" * 43,
        "vongtay=' OR 1=1 --aaaaaaaaaaa",
    ):
        nobody.cookie = cookie
        assert (await nobody.asks("GET", f"/api/{path}")).status == 401


async def test_suggestions_are_for_visitors_of_our_own_page_and_kept_nowhere(lan, home, server):
    async def typed(browser=lan, ours=True, **options):
        return await browser.asks("POST", "/api/suggest", ours=ours, **options)

    before = kept(home)
    found = await typed(json={"text": "goi 111 co mat tien"})
    assert found.status == 200 and found.headers["Cache-Control"] == "no-store"
    suggestions = found.json["suggestions"]
    assert 0 < len(suggestions) <= 5
    assert all(set(each) == {"value", "label"} for each in suggestions)
    assert (await typed(Browser(server.url), json={"text": "111"})).status == 401
    assert (await typed(ours=False, json={"text": "111"})).status == 403
    for wrong in (b"", b"[]", b"{", b'{"text": 1}', b"[" * 2000, b"x" * 5000, b"\xff"):
        answer = await typed(data=wrong)
        assert (answer.status, answer.json) == (400, {"suggestions": []}), wrong
    assert kept(home) == before and await lan.history() == []


async def test_who_asks_for_suggestions_too_fast_waits_and_can_still_write(hoa):
    answers = [await hoa.asks("POST", "/api/suggest", json={"text": "hoc nghe"}) for _ in range(60)]
    assert 429 in {answer.status for answer in answers}
    assert (await hoa.posts(text="/start")).status == 200


async def test_a_message_is_taken_once_by_its_id(lan, home):
    before, message_id = kept(home), secrets.token_hex(16)
    said = {"text": "/start", "message_id": message_id}
    answers = await asyncio.gather(*(lan.posts(**said) for _ in range(6)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["n"] for answer in answers}) == 1
    await until(lan.heard)
    await lan.posts(text="/bao", message_id=message_id)  # another text by an id that was used
    await lan.says("/111")
    said_by_me = [m for m in await lan.history() if m["from"] == "me"]
    assert [m["text"] for m in said_by_me] == ["/start", "/111"]
    assert len(await lan.heard()) == 2 and kept(home) == before + 2


async def test_an_id_of_one_visitor_is_not_in_the_way_of_another(lan, hoa):
    message_id = secrets.token_hex(16)
    for browser in (lan, hoa):
        assert (await browser.posts(text="/start", message_id=message_id)).status == 200
        await until(browser.heard)


async def test_a_forged_request_is_refused_and_leaves_no_trace(lan, home, server):
    before = kept(home)
    counted = await server.metric("vongtay_refused_input_total", what="forged web request")
    forged = [
        await lan.asks("POST", "/api/messages", ours=False, json={"id": "a" * 32, "text": "x"}),
        await lan.asks(
            "POST",
            "/api/messages",
            ours=False,
            data='{"id":"aaaaaaaaaaaaaaaa","text":"x"}',
            headers={"Content-Type": "text/plain", "Origin": "https://evil.example"},
        ),
        await lan.asks("POST", "/api/files?kind=photo&id=aaaaaaaa", ours=False, data=b"x"),
        await lan.asks("DELETE", "/api/sessions/1", ours=False),
    ]
    assert [answer.status for answer in forged] == [403] * 4
    assert kept(home) == before and await lan.history() == []
    refused = await server.metric("vongtay_refused_input_total", what="forged web request")
    assert refused == counted + 4


GOOD = "a" * 32


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 400),
        (b"[]", 400),
        (b"5", 400),
        (b"\xff\xfe", 400),
        (b"[" * 50_000, 400),
        (b"{}", 400),
        ({"text": "x"}, 400),
        ({"id": GOOD}, 400),
        ({"id": "x", "text": "x"}, 400),
        ({"id": "../../etc/passwd", "text": "x"}, 400),
        ({"id": 5, "text": "x"}, 400),
        ({"id": [GOOD], "text": "x"}, 400),
        ({"id": GOOD, "text": 5}, 400),
        ({"id": GOOD, "text": ["x"]}, 400),
        ({"id": GOOD, "value": "x" * 201}, 400),
        ({"id": GOOD, "text": "x", "files": "abcdefgh"}, 400),
        ({"id": GOOD, "text": "x", "files": 5}, 400),
        ({"id": GOOD, "text": "x", "files": ["../x"]}, 400),
        ({"id": GOOD, "text": "x", "files": ["never-uploaded"]}, 400),
        ({"id": GOOD, "text": "x", "files": {"a": "b"}}, 400),
        ({"id": GOOD, "location": {"latitude": 91, "longitude": 0}}, 400),
        ({"id": GOOD, "location": {"latitude": "NaN", "longitude": 0}}, 400),
        ({"id": GOOD, "location": {"latitude": [], "longitude": 0}}, 400),
        ({"id": GOOD, "location": [1, 2]}, 400),
        ({"id": GOOD, "location": {"latitude": 10**400, "longitude": 0}}, 400),
        ({"id": GOOD, "text": "x" * 10_001}, 413),
        ({"id": GOOD, "text": "x" * 200_000}, 413),
        ({"id": GOOD, "text": "x", "more": "y" * 66_000}, 413),
    ],
    ids=lambda given: repr(given)[:40],
)
async def test_a_message_that_is_none_gets_a_sentence_and_changes_nothing(
    lan, home, server, body, status
):
    before, counted = kept(home), await server.metric("vongtay_refused_input_total")
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await lan.asks("POST", "/api/messages", data=sent)
    assert answer.status == status
    assert len(answer.json["error"]) > 10
    assert kept(home) == before and await lan.history() == []
    assert await server.metric("vongtay_refused_input_total") == counted + 1


async def test_the_longest_text_and_strange_letters_are_taken(lan):
    for text in ("ợ" * 10_000, "<script>alert(1)</script>", "\u202e\x00\ud83d", "  \n "):
        assert (await lan.posts(text=text)).status in (200, 400)
    heard = await until(lan.heard)
    assert all("<script>" not in m["text"] for m in heard)
    answer = await lan.asks("GET", "/api/history")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Cache-Control"] == "no-store"


async def test_who_sends_too_much_is_asked_to_slow_down_and_others_are_not(lan, hoa):
    statuses = [(await lan.posts(text="/111")).status for _ in range(50)]
    assert statuses[:20] == [200] * 20 and 429 in statuses
    assert (await hoa.posts(text="/start")).status == 200


def picture(kind="JPEG", size=(400, 300), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def png_of(width, height):
    """A tiny file that claims to be a huge picture."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 3_000_000, 9)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def zip_bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg", b"\0" * (20 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "photo"),
        (b"%PDF-1.7 not a picture", "photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "photo"),
        (b"<html><script>alert(1)</script>", "photo"),
        (b"MZ\x90\x00" + b"\0" * 500, "photo"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 1000, "photo"),
        (picture()[:700], "photo"),
        (picture("TIFF"), "photo"),
        (zip_bomb(), "photo"),
        (png_of(60_000, 60_000), "photo"),
        (png_of(2**31 - 1, 2**31 - 1), "photo"),
        (picture(), "voice"),
        (b"<html>", "voice"),
        (picture(), "document"),
        (picture(), ""),
        (picture(), "photo&id=../../x"),
    ],
    ids=lambda given: repr(given)[:24],
)
async def test_a_file_of_the_wrong_kind_gets_a_sentence(lan, server, content, kind):
    counted = await server.metric("vongtay_refused_input_total")
    answer = await lan.upload(content, kind)
    assert answer.status in (400, 415), answer
    assert len(answer.json["error"]) > 10
    assert await server.metric("vongtay_refused_input_total") == counted + 1


async def test_fifty_megabytes_are_refused_told_beforehand_or_not(lan, server):
    async def drops():
        for _ in range(50):
            yield b"\0" * (1 << 20)

    for body in (b"\xff\xd8\xff" + b"\0" * (50 << 20), drops()):
        try:
            answer = await lan.upload(body)
            assert answer.status == 413
        except aiohttp.ClientConnectionError:  # it hung up on us: that is a refusal, too
            pass
    assert (await get(f"{server.url}/healthz")).status == 200


async def test_a_photo_is_kept_without_what_the_camera_wrote_into_it(lan):
    exif = Image.Exif()
    exif[0x010F], exif[0x010E] = "Máy ảnh của Tèo", "nhà Tèo"
    photo = picture(size=(4000, 3000), exif=exif.tobytes())
    file_id = secrets.token_hex(16)
    assert (await lan.upload(photo, file_id=file_id)).json == {"file": file_id}
    await lan.posts(text="", files=[file_id])
    shown = next(m for m in await lan.history() if m.get("files"))
    file = await lan.asks("GET", shown["files"][0]["url"])
    assert file.headers["Content-Type"] == "image/jpeg"
    assert "no-store" in file.headers["Cache-Control"]
    kept_photo = Image.open(io.BytesIO(file.body))
    assert max(kept_photo.size) <= 2000 and not kept_photo.getexif()
    assert "Tèo".encode() not in file.body


async def test_the_file_of_another_is_not_there(lan, hoa):
    file_id = secrets.token_hex(16)
    await lan.upload(picture(), file_id=file_id)
    await lan.posts(text="", files=[file_id])
    url = next(m for m in await lan.history() if m.get("files"))["files"][0]["url"]
    assert (await lan.asks("GET", url)).status == 200
    assert (await hoa.asks("GET", url)).status == 404
    assert (await hoa.asks("GET", "/api/files/999999")).status == 404
    stolen = await hoa.posts(text="x", files=[file_id])
    assert stolen.status == 400 and await hoa.history() == []


async def test_sessions_are_listed_and_ended(lan, hoa, server):
    await lan.says("/start")
    code = re.search(r"\b\d{6}\b", (await lan.presses("Dùng tiếp"))[-1]["text"])[0]
    phone = await Browser.opened(server.url)
    await phone.says(code)

    listed = (await lan.asks("GET", "/api/sessions")).json["sessions"]
    assert len(listed) == 2 and [s["current"] for s in listed].count(True) == 1
    assert set(listed[0]) >= {"id", "current", "device", "started", "last_seen"}
    other = next(s["id"] for s in listed if not s["current"])

    assert (await hoa.asks("DELETE", f"/api/sessions/{other}")).status == 404
    assert (await phone.asks("GET", "/api/history")).status == 200
    assert (await lan.asks("DELETE", f"/api/sessions/{other}")).status == 200
    assert (await phone.asks("GET", "/api/history")).status == 401
    assert (await phone.posts(text="x")).status == 401
    assert len((await lan.asks("GET", "/api/sessions")).json["sessions"]) == 1
    assert (await lan.asks("DELETE", f"/api/sessions/{other}")).status == 404
    assert (await lan.asks("DELETE", "/api/sessions/999999999999999")).status == 404


async def test_what_is_said_comes_down_the_open_line_and_goes_on_where_it_broke(lan, server):
    await lan.says("/start")
    headers = {"Cookie": lan.cookie, "Last-Event-ID": "0"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{server.url}/api/events") as line:
            assert line.headers["Content-Type"].startswith("text/event-stream")
            seen = []
            async with asyncio.timeout(5):
                while len(seen) < 2:
                    part = (await line.content.readline()).decode()
                    seen += [json.loads(part[6:])] if part.startswith("data: ") else []
        headers = {"Last-Event-ID": str(seen[-1]["n"])}
        async with session.get(f"{server.url}/api/events", headers=headers) as line:
            await lan.posts(text="/111")
            async with asyncio.timeout(5):
                while not (part := (await line.content.readline()).decode()).startswith("data: "):
                    pass
    assert json.loads(part[6:])["text"] == "/111"


@pytest.mark.parametrize(
    "path",
    [
        "/demo",
        "/.env",
        "/../bot/settings.py",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/index.html",
        "/once.html",
        "/static/app.js",
        "/api",
        "/api/files/1.jpg",
        "/api/files/-1",
        "/once/short",
        "/telegram/webhook",
    ],
)
async def test_what_is_not_there_is_not_there(server, lan, path):
    answer = await lan.asks("GET", path)
    assert answer.status in (404, 405)
    assert "root:" not in answer.text and "Traceback" not in answer.text


COMMANDS = [
    "start",
    "menu",
    "bao",
    "hoi",
    "111",
    "truyenthong",
    "viec",
    "hoso",
    "tiendo",
    "huy",
    "xoa",
    "ngonngu",
    "trogiup",
]


async def test_every_command_is_understood_by_everybody(lan):
    unknown = (await lan.says("/khongcolenhnay"))[0]["text"]
    for command in COMMANDS:
        answer = (await lan.says(f"/{command}"))[0]
        assert answer["text"] != unknown and len(answer["text"]) > 10, command


async def test_what_was_begun_is_kept_and_offered(lan):
    for text in ("/bao", "bỏ học", "không"):
        await lan.says(text)
    menu = (await lan.says("/menu"))[0]
    assert "Tiếp tục" in {button["label"] for button in menu["buttons"]}
    assert "3/4" in (await lan.presses("Tiếp tục"))[0]["text"]


async def test_a_link_that_was_never_made_opens_nothing(server):
    stranger = Browser(server.url)
    spent = await stranger.asks("POST", "/once/" + "A" * 32, ours=False)
    assert spent.status == 410 and stranger.cookie == ""
    assert "đường dẫn mới" in spent.text and 'href="/"' in spent.text and "tel:111" in spent.text


async def test_another_site_cannot_open_a_link_in_somebodys_name(server):
    link, counted = "/once/" + "A" * 32, await server.metric("vongtay_refused_input_total")
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site}
        answer = await Browser(server.url).asks("POST", link, ours=False, headers=headers)
        assert answer.status == 403 and "Set-Cookie" not in answer.headers
    assert await server.metric("vongtay_refused_input_total") == counted + 2
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = await Browser(server.url).asks("POST", link, ours=False, headers=headers)
    assert answer.status == 410


async def test_a_wrong_address_gets_a_page_and_a_program_a_line(server):
    wanted = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = await get(f"{server.url}/baotin", headers=wanted)
    assert page.status == 404 and "Ở địa chỉ này không có gì cả" in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert 'href="/"' in page.text and "tel:111" in page.text
    plain = await get(f"{server.url}/baotin")
    assert plain.status == 404 and "<html" not in plain.text


ENGLISH = {"Accept": "text/html", "Accept-Language": "en-GB,en;q=0.9"}


async def _outside_pages(server, browser, **headers):
    """What is shown where no conversation is: a wrong address, a link, and one that was opened."""
    link = "/once/" + "A" * 32
    for method, path in (("GET", "/baotin"), ("GET", link), ("POST", link)):
        answer = await browser.asks(method, path, ours=False, headers=headers)
        assert answer.status in (200, 404, 410)
        yield answer


async def test_pages_outside_of_the_chat_speak_english_to_whose_browser_asks_for_it(server):
    browser = Browser(server.url)
    told = [page.text async for page in _outside_pages(server, browser, **ENGLISH)]
    for page, says in zip(told, ("nothing at this", "opens once", "opened before"), strict=True):
        assert '<html lang="en">' in page and says in page, page
        assert 'href="/"' in page and "Go to the conversation" in page and "tel:111" in page


@pytest.mark.parametrize("wanted", ["en-US,en;q=0.9,vi;q=0.5", "vi-VN,vi", "km", "", "q,,;vi;"])
async def test_they_are_vietnamese_for_everybody_else(server, wanted):
    headers = {"Accept": "text/html", "Accept-Language": wanted}
    async for page in _outside_pages(server, Browser(server.url), **headers):
        assert '<html lang="vi">' in page.text
        assert 'href="/"' in page.text and "Mở trang trò chuyện" in page.text
        assert "tel:111" in page.text


async def test_pages_outside_of_the_chat_speak_as_the_person_does_in_it(server):
    browser = await Browser.opened(server.url)  # an English phone in a Vietnamese hand
    await browser.says("/menu")
    async for page in _outside_pages(server, browser, **ENGLISH):
        assert '<html lang="vi">' in page.text
    await browser.says("/ngonngu")
    async for page in _outside_pages(server, browser, Accept="text/html"):
        assert '<html lang="en">' in page.text


async def test_previews_and_monitors_ask_for_the_head_alone_and_begin_nothing(server, home):
    begun = home.rows("SELECT count(*) FROM web_sessions")
    for path in ("/", "/app.js", "/manifest.webmanifest"):
        head = await get(server.url + path, "HEAD")
        assert head.status == 200 and head.body == b"" and "Set-Cookie" not in head.headers
    assert home.rows("SELECT count(*) FROM web_sessions") == begun


async def test_no_cache_between_keeps_a_page_that_comes_with_a_token(server, lan):
    first = await get(f"{server.url}/")
    assert "Set-Cookie" in first.headers and "private" in first.headers["Cache-Control"]
    for path in ("/api/history", "/api/sessions", "/nothing"):
        assert (await lan.asks("GET", path)).headers["X-Content-Type-Options"] == "nosniff"


async def test_the_cookie_does_not_end_under_somebody_who_comes_every_day(server, home, lan):
    (session,) = (await lan.asks("GET", "/api/sessions")).json["sessions"]
    assert "Set-Cookie" not in (await lan.asks("GET", "/")).headers
    change = "UPDATE web_sessions SET started_at = '2020-01-02' || substr(started_at, 11)"
    with closing(sqlite3.connect(home.data / "vongtay.sqlite3", timeout=10)) as database:
        database.execute(f"{change} WHERE id = {session['id']}")
        database.commit()
    token = lan.cookie
    again = (await lan.asks("GET", "/")).headers["Set-Cookie"]
    assert lan.cookie == token and "Max-Age=31536000" in again and "HttpOnly" in again


async def test_health_readiness_and_metrics(server):
    assert (await get(f"{server.url}/healthz")).status == 200
    ready = await get(f"{server.url}/readyz")
    assert ready.status == 200 and ready.json["ready"] is True
    metrics = await get(f"{server.url}/metrics")
    assert metrics.headers["Content-Type"].startswith("text/plain")
    kinds = dict(re.findall(r"^# TYPE (vongtay_\w+) (\w+)$", metrics.text, re.MULTILINE))
    assert {"vongtay_received_total", "vongtay_inbox_waiting", "vongtay_parked_now"} <= set(kinds)
    for line in metrics.text.splitlines():
        assert line.startswith("#") or re.fullmatch(r"\w+({[^}]*})? [-+.\deInfNa]+", line), line
    for path in ("healthz", "readyz", "metrics"):
        assert (await get(f"{server.url}/{path}", "POST")).status == 405


async def test_a_report_on_the_web_survives_a_kill_between_any_two_answers(server, home):
    lan = await Browser.opened(server.url)
    for text in ("/bao", "bỏ học", "không", "phố vị", "12", "gửi ngay"):
        posted = await lan.posts(text=text)
        assert posted.status == 200
        if text in ("bỏ học", "gửi ngay"):
            await server.kill()
            await server.start()

    async def receipt():
        return CODE.findall("\n".join(m["text"] for m in await lan.heard()))

    assert len(set(await until(receipt))) == 1
    heard = await lan.heard()
    assert len(heard) == 6  # nothing is said twice on our own page


async def test_it_ends_quickly_with_pages_open(server, lan):
    async with aiohttp.ClientSession(headers={"Cookie": lan.cookie}) as session:
        lines = [await session.get(f"{server.url}/api/events") for _ in range(5)]
        begun = asyncio.get_running_loop().time()
        assert await server.stop() == 0
        assert asyncio.get_running_loop().time() - begun < 4
        del lines
