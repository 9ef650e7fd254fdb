"""What is written down about the bot is true: its commands, its menu, and how transcripts read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.desk.role_names import ROLE_NAMES
from bot.handlers.menu import HELP
from bot.i18n import speak
from tests import chat
from tests.house import Bot

README = (Path(__file__).parent / "conversations" / "README.md").read_text(encoding="utf-8")
COMMANDS = (
    "/start", "/menu", "/bao", "/hoi", "/111", "/truyenthong", "/viec", "/hoso", "/tiendo", "/huy",
    "/xoa", "/ngonngu", "/trogiup",
)  # fmt: skip
# The buttons of the main menu by who sees them, as the contract names them.
MENU = {
    "collaborator": ["Báo tin trẻ em", "Hỏi đáp", "Gọi 111", "Truyền thông", "Việc của tôi"],
    "resident": ["Báo tin trẻ em", "Hỏi đáp", "Gọi 111"],
    "officer": ["Báo tin trẻ em", "Hỏi đáp", "Gọi 111", "Hồ sơ", "Tiến độ", "Gửi thông báo"],
}


@pytest.fixture
async def bot(sqlite_url: str) -> AsyncIterator[Bot]:
    opened = await Bot.opened(sqlite_url)
    yield opened
    await opened.database.close()


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_that_was_promised_is_known(bot: Bot, command: str) -> None:
    unknown = speak("vi")("I do not know this command. Here is the menu:")
    said = await bot.says("somebody", command)
    assert said and unknown not in said[0].text


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_help_names_only_commands_that_are_known(bot: Bot, language: str) -> None:
    named = re.findall(r"^/\w+", speak(language)(HELP), re.MULTILINE)
    unknown = speak("vi")("I do not know this command. Here is the menu:")
    assert len(named) > 5
    for command in named:
        said = await bot.says(command, command)
        assert unknown not in said[0].text


@pytest.mark.parametrize("who", MENU)
async def test_the_menu_has_the_promised_buttons(bot: Bot, who: str) -> None:
    await bot.database.write(chat.introduce)
    [say] = await bot.says(
        {"collaborator": "lan", "resident": "hoa", "officer": "minh"}[who], "/menu"
    )
    assert [button.label for button in say.buttons if not button.nav] == MENU[who]


def test_the_cast_is_introduced_to_the_readers() -> None:
    told = re.findall(r"^\| `(\w+)`", README, re.MULTILINE)
    assert set(told) == set(chat.CAST)


def test_every_arrangement_is_explained_to_the_readers() -> None:
    explained = re.findall(r"^    @ (.*?)(?:   .*)?$", README, re.MULTILINE)
    assert len(explained) == len(chat.ARRANGEMENTS)
    for pattern in chat.ARRANGEMENTS:
        assert any(re.fullmatch(pattern, line.strip()) for line in explained), pattern
    assert all(f"({thing})" in README for thing in chat.MEDIA)


def test_the_roles_of_invitations_are_those_of_the_bot() -> None:
    assert set(chat.ROLES.values()) <= set(ROLE_NAMES)
