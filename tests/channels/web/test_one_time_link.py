"""A one-time link on a bad network: pressed twice, or its answer lost, one browser gets in."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer

from bot.channels.web.server import WebServer
from bot.delivery.webmail import Webmail
from storage import invitations, people


@pytest.fixture
async def site(bot):
    """The addresses of a site and of a one-time link that nobody has opened."""
    mail = Webmail(bot.database, bot.together, bot.clock, asyncio.Event())
    app = web.Application()
    WebServer(mail, lambda what: None, https=False).mount(app)
    server = TestServer(app)
    await server.start_server()

    def make(connection):
        now = bot.clock()
        person, _ = people.welcome(connection, "telegram", "77", "vi", now)
        return invitations.link_to(connection, person, None, now, now + timedelta(hours=1))

    token = await bot.database.write(make)
    yield server.make_url("/"), server.make_url(f"/once/{token}")
    await server.close()


def browser():
    return ClientSession(cookie_jar=CookieJar(unsafe=True))


async def press(one, link):
    answer = await one.post(link, allow_redirects=False)
    return answer.status


async def signed_in(one, home):
    return (await one.get(home / "api/history")).status == 200


async def test_a_second_press_of_the_same_browser_lets_it_in(site):
    home, link = site
    async with browser() as one, browser() as other:
        for each in (one, other):
            assert (await each.get(link)).status == 200
        assert await asyncio.gather(press(one, link), press(one, link)) == [303, 303]
        assert await press(one, link) == 303
        assert await signed_in(one, home)
        assert await press(other, link) == 410
        assert not await signed_in(other, home)


async def test_a_lost_answer_does_not_lock_anybody_out(site):
    home, link = site
    async with browser() as one:
        looked = await one.get(link)
        kept = looked.cookies["vongtay_once"]
        assert kept["path"] == link.path and kept["httponly"] and kept["samesite"] == "Lax"
        async with ClientSession(cookies={"vongtay_once": kept.value}) as as_it_was:
            assert await press(as_it_was, link) == 303  # its answer never reaches `one`
        assert not await signed_in(one, home)
        assert await press(one, link) == 303
        assert await signed_in(one, home)


async def test_who_was_signed_out_does_not_come_in_by_the_old_link(site):
    home, link = site
    async with browser() as one:
        await one.get(link)
        assert await press(one, link) == 303
        listed = (await (await one.get(home / "api/sessions")).json())["sessions"]
        ours = next(each["id"] for each in listed if each["current"])
        asked = {"X-Requested-With": "vongtay"}
        assert (await one.delete(home / f"api/sessions/{ours}", headers=asked)).status == 200
        assert await press(one, link) == 410


@pytest.mark.parametrize("token", ["", "short", "x" * 43, "ệ" * 43, "x" * 5000])
async def test_an_odd_cookie_opens_nothing_that_is_spent(site, token):
    _home, link = site
    async with browser() as one:
        assert await press(one, link) == 303
    async with ClientSession() as other:
        cookie = {"Cookie": f"vongtay_once={token}"}
        answer = await other.post(link, allow_redirects=False, headers=cookie)
        assert answer.status in (400, 410)
