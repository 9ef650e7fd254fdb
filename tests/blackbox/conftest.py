"""A Telegram that is ours, and a commune that is served: once for each module that asks."""

import asyncio

import pytest
import pytest_asyncio

from tests.blackbox.outside import Home, Phone, Serving
from tests.fake_telegram import FakeTelegram, Received, Trouble


class Telegram(FakeTelegram):
    """Notes when it was asked to send, and can want silence: `slow` seconds, once."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = 0
        self.asked_to_send: list[tuple[float, str, int]] = []

    async def _result(self, method: str, asked: Received) -> object:
        if method.startswith("send"):
            now = asyncio.get_running_loop().time()
            self.asked_to_send.append((now, method, int(asked.params["chat_id"])))
            if self.slow:
                seconds, self.slow = self.slow, 0
                raise Trouble(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        return await super()._result(method, asked)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telegram():
    """A Bot API server on loopback; what the program asks of it must be flawless."""
    async with Telegram() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(telegram, tmp_path_factory):
    """A commune with its areas loaded, on that Telegram."""
    path = tmp_path_factory.mktemp("commune")
    home = Home(path, TELEGRAM_TOKEN=telegram.token, TELEGRAM_API_BASE=telegram.base)
    home.settings["PUBLIC_URL"] = home.url
    return await home.founded()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(home):
    """`vongtay serve` for that commune."""
    async with Serving(home) as server:
        yield server


@pytest.fixture
def phone(telegram):
    """Gives the phone of a person on Telegram, by number."""
    return lambda number: Phone(telegram, number)
