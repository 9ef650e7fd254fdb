"""Checking in at a meeting: the code typed, or a link opened, on any channel."""

from __future__ import annotations

from typing import Any

from bot.desk import Desk
from bot.desk.checking_in import NotIn, code_of, find
from bot.desk.main_menu import main_menu
from bot.desk.meeting_card import head
from bot.desk.meeting_endings import NOT_IN
from bot.desk.members import MEETINGS
from bot.dispatcher import Router, command, idle, value
from bot.forms.attendance import CHECK_IN
from bot.words import Incoming

router = Router("check_in")


def a_code(incoming: Incoming) -> bool | dict[str, Any]:
    """A message that is nothing but the code of a meeting, or could be one."""
    if incoming.value or not (code := code_of(incoming.text)):
        return False
    return {"rest": code}


@router.on(command("/diemdanh"))
@router.on(value("k.in."))
@router.on(idle, a_code)
def check_in(_in: Incoming, desk: Desk, rest: str) -> None:
    """Ask who it is; a code that opens nothing is counted, so that nobody tries them all."""
    if not rest:
        desk.say(main_menu(desk, desk._("Type the code that stands on the poster, like 7K2M9Q.")))
        return
    if not desk.members.may_guess(meeting=True):
        text = desk._("Too many codes were tried. Please wait an hour and try again.")
        desk.say(main_menu(desk, text))
        return
    try:
        event = find(desk.connection, code_of(rest))
        if event.held_on > desk.scene.today:
            raise NotIn("not_yet")
        if event.closes_at <= desk.now:
            raise NotIn("closed")
    except NotIn as problem:
        if problem.why == "no_code":
            desk.members.guessed_wrong(MEETINGS)
        desk.say(main_menu(desk, desk._(NOT_IN[problem.why])))
        return
    desk.say_note(head(desk, event))
    desk.resume(*desk.begin(CHECK_IN, {}, code=event.code))
