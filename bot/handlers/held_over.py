"""News that a day had no room for, read one by one from the morning message."""

from __future__ import annotations

from bot.desk import Desk, held_over
from bot.desk.main_menu import main_menu
from bot.dispatcher import Router, value
from bot.words import Incoming

router = Router("held_over")


@router.on(value("l."))
def read(_in: Incoming, desk: Desk, rest: str) -> None:
    """The whole message, with its own buttons."""
    found = held_over.read(desk, rest)
    desk.say(found or main_menu(desk, desk._("That is not in your list.")))
