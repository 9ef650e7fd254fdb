"""What these tests share: the fake servers, and channels that speak to them."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.zalo_bot_platform.channel import ZaloBotChannel
from bot.words import File
from tests.fake_zalo_bot import FakeZaloBot


@pytest.fixture(params=["wrapped", "flat"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[FakeZaloBot]:
    """Both forms in which events are seen to come, and both in which an idle question ends."""
    flat = request.param == "flat"
    async with FakeZaloBot(flat=flat, http_408=flat) as server:
        yield server


@pytest.fixture
async def channel(server: FakeZaloBot) -> AsyncIterator[ZaloBotChannel]:
    def link(file: File) -> str:
        ending = {"audio/aac": ".aac", "audio/ogg": ".ogg"}.get(file.mime, ".jpg")
        return f"{server.base}/media/{file.attachment_id}{ending}"

    channel = ZaloBotChannel(server.token, server.base, link)
    yield channel
    await channel.close()
