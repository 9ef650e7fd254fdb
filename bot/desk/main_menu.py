"""The main menu of a person's roles, with what they have begun first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.desk.alerts import OFFICERS
from bot.forms.labels import picked
from bot.i18n import later as _
from bot.vietnamese.fold import fold
from bot.words import Button, Say

if TYPE_CHECKING:
    from bot.desk.desk import Desk

LABELS = {
    "m.report": _("Report a child"),
    "m.ask": _("Questions"),
    "m.call": _("Call 111"),
    "m.outreach": _("Outreach"),
    "m.mine": _("My tasks"),
    "m.cases": _("Cases"),
    "m.progress": _("Progress"),
    "m.broadcast": _("Announce"),
    "m.code": _("Go on elsewhere"),
    "m.menu": _("Menu"),
}
FOR_ALL = ("m.report", "m.ask", "m.call")
OF_COLLABORATORS = ("m.outreach", "m.mine")
OF_OFFICERS = ("m.cases", "m.progress", "m.broadcast", "m.mine")


def said(desk: Desk, sentence: str, **holes: object) -> str:
    """A sentence in the person's language with its holes filled."""
    return desk._(sentence).format(**holes)


def chosen_of(text: str, menu: Sequence[Button]) -> str:
    """The value of the button that a text stands for, by its number or its label; "" if none."""
    if not menu:
        return ""
    numbered = [button for button in menu if not button.nav]
    if number := picked(text, [(fold(button.label),) for button in numbered]):
        return numbered[number - 1].value
    return labelled(text, menu)


def labelled(text: str, menu: Sequence[Button]) -> str:
    """The value of the button with this label; "" if there is none."""
    said_ = fold(text)
    return next((button.value for button in menu if said_ == fold(button.label)), "")


def main_menu(desk: Desk, text: str = "") -> Say:
    """The menu of this person's roles, with an unfinished form first."""
    __ = desk._
    roles = set(desk.roles())
    begun = desk.drafts()
    lines = [text or __("What would you like to do?")]
    buttons = []
    for form, draft, at in begun[:2]:
        lines.append(
            said(
                desk,
                _("You have begun «{form}» ({count} answers, {ago} ago); it is kept."),
                form=__(form.title),
                count=len(draft.answers),
                ago=__.ago(desk.now - at),
            )
        )
        buttons.append(
            Button(
                f"m.resume.{form.name}",
                __("Continue") if len(begun) == 1 else f"{__('Continue')}: {__(form.title)}",
            )
        )
    values = [*FOR_ALL]
    values += OF_COLLABORATORS if "collaborator" in roles else ()
    values += OF_OFFICERS if roles & set(OFFICERS) else ()
    buttons += [Button(value, __(LABELS[value])) for value in dict.fromkeys(values)]
    elsewhere = LABELS["m.code"]
    nav = [Button("m.code", __(elsewhere), nav=True)]
    if roles and not desk.person.introduced:
        nav.append(Button("m.intro", __("About you"), nav=True))
    other = _("English") if desk.person.language == "vi" else _("Vietnamese")
    nav.append(Button("m.language", __(other), nav=True))
    return Say("\n\n".join(lines), (*buttons, *nav))
