"""The question in front of a person, and whether what they typed is plainly an answer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.forms.turns import Ask, show, words
from bot.vietnamese.fold import fold

if TYPE_CHECKING:
    from bot.desk.desk import Desk

_SHORT_NUMBER = 2  # digits: three are a hotline's


def open_question(desk: Desk) -> Ask | None:
    """The question that is open, if the person is in a form and not at its card."""
    here = desk.open_form()
    turn = show(here[0], here[1], desk.scene) if here else None
    return turn if isinstance(turn, Ask) else None


def offered(desk: Desk) -> bool:
    """Whether the text is a choice of the open question, in the words it is shown with."""
    asked, said = open_question(desk), fold(desk.incoming.text)
    return asked is not None and any(said in typed for typed in words(asked, desk.scene))


def plainly_answered(desk: Desk) -> bool:
    """Whether the text is such a choice or a short number: most messages are, and say no more."""
    text = desk.incoming.text
    if text.isdecimal() and len(text) <= _SHORT_NUMBER:
        return open_question(desk) is not None
    return offered(desk)
