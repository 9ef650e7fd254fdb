"""Every file in tests/conversations is a conversation that must come out word for word.

Anyone who reads Vietnamese can review or add one: see conversations/README.md. `pytest --update`
rewrites the bot's lines; the people's lines are never touched.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.chat import NO_BUTTON, Chat, settled

FOLDER = Path(__file__).parent / "conversations"
CHATS = sorted(FOLDER.glob("*.chat"))


@pytest.fixture(scope="module")
def settled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chats") / "settled.sqlite"
    asyncio.run(settled(path))
    return path


@pytest_asyncio.fixture
async def chat(settled_file: Path, tmp_path: Path) -> AsyncIterator[Chat]:
    chat = await Chat.opened(settled_file, tmp_path)
    yield chat
    await chat.close()


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_conversation(chat: Chat, path: Path, update: bool) -> None:
    spoken = await chat.replay(written(path))
    assert NO_BUTTON not in spoken or update
    if update:
        write(path, spoken)
    assert spoken == written(path)


def written(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def write(path: Path, spoken: str) -> None:
    path.write_text(spoken, encoding="utf-8")
