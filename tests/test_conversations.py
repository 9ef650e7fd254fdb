"""Every file in tests/conversations is a conversation that must come out word for word.

Anyone who reads Vietnamese can review or add one: see conversations/README.md. `pytest --update`
rewrites the bot's lines; the people's lines are never touched.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.desk.role_names import ROLE_NAMES
from bot.handlers.menu import HELP
from bot.i18n import speak
from tests.chat import ARRANGEMENTS, CAST, MEDIA, NO_BUTTON, ROLES, Chat, settled

FOLDER = Path(__file__).parent / "conversations"
CHATS = sorted(FOLDER.glob("*.chat"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")
COMMANDS = (
    "/start", "/menu", "/bao", "/hoi", "/111", "/truyenthong", "/viec", "/hoso", "/tiendo", "/huy",
    "/xoa", "/ngonngu", "/trogiup",
)  # fmt: skip
# The buttons of the main menu by who sees them, as the contract names them.
MENU = {
    "lan": ["Báo tin trẻ em", "Hỏi đáp", "Gọi 111", "Truyền thông", "Việc của tôi"],
    "hoa": ["Báo tin trẻ em", "Hỏi đáp", "Gọi 111"],
    "minh": [
        "Báo tin trẻ em",
        "Hỏi đáp",
        "Gọi 111",
        "Hồ sơ",
        "Tiến độ",
        "Gửi thông báo",
        "Việc của tôi",
    ],
}


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


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_that_was_promised_is_known(chat: Chat, command: str) -> None:
    unknown = speak("vi")("I do not know this command. Here is the menu:")
    said = await chat.bot.says("somebody", command)
    assert said and unknown not in said[0].text


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_help_names_only_commands_that_are_known(chat: Chat, language: str) -> None:
    named = re.findall(r"^/\w+", speak(language)(HELP), re.MULTILINE)
    unknown = speak("vi")("I do not know this command. Here is the menu:")
    assert len(named) > 5
    for command in named:
        said = await chat.bot.says(command, command)
        assert unknown not in said[0].text


@pytest.mark.parametrize("who", MENU)
async def test_the_menu_has_the_promised_buttons(chat: Chat, who: str) -> None:
    [say] = await chat.bot.says(who, "/menu")
    assert [button.label for button in say.buttons if not button.nav] == MENU[who]


def test_the_cast_is_introduced_to_the_readers() -> None:
    told = re.findall(r"^\| `(\w+)`", README, re.MULTILINE)
    assert set(told) == set(CAST)


def test_every_arrangement_is_explained_to_the_readers() -> None:
    explained = re.findall(r"^    @ (.*?)(?:   .*)?$", README, re.MULTILINE)
    assert len(explained) == len(ARRANGEMENTS)
    for pattern in ARRANGEMENTS:
        assert any(re.fullmatch(pattern, line.strip()) for line in explained), pattern
    assert all(f"({thing})" in README for thing in MEDIA)
    assert set(ROLES.values()) <= set(ROLE_NAMES)
