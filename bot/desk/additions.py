"""What a person has begun to add to a report of theirs and has not sent yet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.desk.main_menu import said
from bot.forms.addition import ADDITION
from bot.forms.model import Draft
from bot.i18n import later as _
from bot.words import Button, Say

if TYPE_CHECKING:
    from bot.desk.desk import Desk

AT_HAND = timedelta(hours=1)  # as long as something sent out of the blue most likely belongs to it

THAT_FIRST = _(
    "What you add to {code} has not been sent yet. Choose Continue, send or cancel it, then do "
    "this again."
)


TO_THE_REPORT = _(
    "This goes to your report {code} once you send it. Is it about another child? Then cancel "
    "here, choose Report a child, and send it again."
)


def say_where(desk: Desk, code: str) -> None:
    """Say, before what comes next, to which report it goes."""
    desk.say_note(said(desk, TO_THE_REPORT, code=code))


def that_first(desk: Desk, draft: Draft) -> None:
    """Say that an addition to another report waits. It does not come in front: of several photos
    the next ones would go to the wrong child."""
    text = said(desk, THAT_FIRST, code=code_of(draft))
    buttons = (
        Button(f"m.resume.{ADDITION.name}", desk._("Continue")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.leave()
    desk.say(Say(text, buttons))


def unsent(desk: Desk, within: timedelta | None = None) -> Draft | None:
    """The addition that holds something, touched `within` this time; None if there is none."""
    kept = desk.draft(ADDITION.name)
    if kept is None or kept[0].cancelled or not (kept[0].answers or kept[0].also):
        return None
    return kept[0] if within is None or desk.now - kept[1] <= within else None


def code_of(draft: Draft) -> str:
    """The code of the report that an addition is for."""
    return str(draft.context.get("code", ""))
