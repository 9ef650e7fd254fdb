"""A call of Zalo's servers, as a bad network lets it through."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.zalo.calls import LARGEST_ANSWER, Caller

TOKEN = {"access_token": "new", "refresh_token": "only once"}


async def in_pieces(request: web.Request) -> web.StreamResponse:
    """A token, sent in two pieces with time for whoever reads to look in between."""
    whole = json.dumps(TOKEN).encode()
    answer = web.StreamResponse()
    await answer.prepare(request)
    for piece in (whole[:20], whole[20:]):
        await answer.write(piece)
        for _ in range(50):
            await asyncio.sleep(0)
    return answer


async def without_end(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(2 * LARGEST_ANSWER // (1 << 16)):
        await answer.write(b" " * (1 << 16))
    return answer


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_post("/pieces", in_pieces)
    app.router.add_post("/endless", without_end)
    async with TestServer(app) as server:
        yield server


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    caller = Caller()
    yield caller
    await caller.close()


async def test_an_answer_that_comes_in_pieces_is_read_whole(server, caller):
    assert await caller.call("POST", str(server.make_url("/pieces"))) == (200, TOKEN)


async def test_an_answer_that_is_far_too_large_is_none(server, caller):
    assert await caller.call("POST", str(server.make_url("/endless"))) == (200, {})
