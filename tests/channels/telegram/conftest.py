"""What these tests share: the fake server, and a channel that speaks to it."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[3]))  # so that `tests.fake_telegram` can be imported

from bot.channels.telegram.channel import TelegramChannel
from tests.fake_telegram import FakeTelegram


@pytest.fixture
async def server() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def channel(
    server: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TelegramChannel]:
    """Started, and quick to try again. It has two files: 1 is a photo, 2 a voice note."""
    monkeypatch.setattr("bot.channels.telegram.channel.AGAIN_AFTER", (0.01, 0.02))

    async def load(attachment: int) -> tuple[bytes, str]:
        return {1: (b"\xff\xd8photo", "image/jpeg"), 2: (b"OggSvoice", "audio/ogg")}[attachment]

    channel = TelegramChannel(server.token, server.base, load_file=load)
    await channel.start()
    yield channel
    await channel.close()
