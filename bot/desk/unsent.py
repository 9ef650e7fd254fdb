"""A draft that a button of an earlier message belongs to, if it is still to be sent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.desk.main_menu import main_menu
from bot.forms.model import Draft, Form
from bot.i18n import later as _

if TYPE_CHECKING:
    from bot.desk.desk import Desk

CLOSED = _("That form is closed: it was sent, or it has expired.")
_SENT = "sent"  # the name of the note of the form that was sent last
_MOMENT = timedelta(minutes=1)


def note_sent(desk: Desk, draft: Draft) -> None:
    """Remember which form was sent last."""
    desk.keep_note(_SENT, {"key": draft.key})


def sent_just_now(desk: Desk, key: str) -> bool:
    """Whether the form of a draft was sent a moment ago: its Send may still be pressed."""
    kept = desk.note_of(_SENT)
    return kept is not None and kept[0]["key"] == key and desk.now - kept[1] < _MOMENT


def sent_a_moment_ago(desk: Desk) -> bool:
    """Whether this person has sent any form a moment ago: "gửi" may be typed twice."""
    kept = desk.note_of(_SENT)
    return kept is not None and desk.now - kept[1] < _MOMENT


def say_closed(desk: Desk) -> None:
    """The form of a button is not there any more."""
    desk.say(main_menu(desk, desk._(CLOSED)))


def unsent(desk: Desk, form: Form, key: str) -> Draft | None:
    """This person's draft of a form, if it is the one that the key names and can be sent."""
    kept = desk.draft(form.name)
    return kept[0] if kept and kept[0].key == key and not kept[0].cancelled else None
