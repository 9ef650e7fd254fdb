"""Whether a message is a whole report, and whether of the child that is being reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.forms.child_report import CHILD_REPORT
from bot.forms.told import names_another, tells_of_a_child
from bot.vietnamese.danger import about_law
from bot.words import Incoming

if TYPE_CHECKING:
    from bot.desk.desk import Desk


def a_report(incoming: Incoming, desk: Desk) -> bool:
    """A message that tells of a certain child, and asks nothing."""
    text = incoming.text
    if incoming.value or text.rstrip().endswith("?") or len(text.split()) < 3 or about_law(text):
        return False
    return tells_of_a_child(desk.told)


def of_another_child(incoming: Incoming, desk: Desk) -> bool:
    """A whole report in the middle of a report that names another child."""
    here = desk.open_form()
    if here is None or here[0] is not CHILD_REPORT or not a_report(incoming, desk):
        return False
    return names_another(here[1], desk.told)
