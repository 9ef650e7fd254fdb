"""A draft that a button of an earlier message belongs to, if it is still to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk.main_menu import main_menu
from bot.forms.model import Draft, Form
from bot.i18n import later as _

if TYPE_CHECKING:
    from bot.desk.desk import Desk

CLOSED = _("That form is closed: it was sent, or it has expired.")


def say_closed(desk: Desk) -> None:
    """The form of a button is not there any more."""
    desk.say(main_menu(desk, desk._(CLOSED)))


def unsent(desk: Desk, form: Form, key: str) -> Draft | None:
    """This person's draft of a form, if it is the one that the key names and can be sent."""
    kept = desk.draft(form.name)
    return kept[0] if kept and kept[0].key == key and not kept[0].cancelled else None
