"""Employers' commitments, inspections and denominators, for the commune's officers."""

from __future__ import annotations

from bot.desk import Desk, photos
from bot.desk.main_menu import main_menu, said
from bot.desk.oversight import (
    PAGE,
    Commitment,
    Inspection,
    commitment_line,
    inspection_line,
    record_card,
    record_line,
)
from bot.dispatcher import Router, command, value
from bot.forms.model import Form
from bot.forms.oversight import COMMITMENT, GROUP_SIZE, INSPECTION
from bot.i18n import later as _
from bot.words import Button, Incoming, Say

router = Router("oversight")


@router.on(command("/camket"))
@router.on(value("m.commitments"))
def commitments(_in: Incoming, desk: Desk, rest: str) -> None:
    """What employers have promised, what expires first on top."""
    if _not_for_them(desk):
        return
    found = desk.oversight.commitments()
    lines = [(f"commitments:{each.id}", commitment_line(desk, each)) for each in found]
    text = desk._("Employers' commitments") if lines else desk._("No commitment is noted yet.")
    new = Button("v.new.commitment", desk._("Note a commitment"))
    _listed(desk, text, lines, rest, "m.commitments", new)


@router.on(command("/kiemtra"))
@router.on(value("m.inspections"))
def inspections(_in: Incoming, desk: Desk, rest: str) -> None:
    """The inspections of the last two years, the newest first."""
    if _not_for_them(desk):
        return
    found = desk.oversight.inspections()
    lines = [(f"inspections:{each.id}", inspection_line(desk, each)) for each in found]
    text = desk._("Establishments inspected") if lines else desk._("No inspection is noted yet.")
    new = Button("v.new.inspection", desk._("Note an inspection"))
    _listed(desk, text, lines, rest, "m.inspections", new)


def _listed(
    desk: Desk, head: str, lines: list[tuple[str, str]], rest: str, here: str, new: Button
) -> None:
    """A page of records, each to be opened by its number."""
    desk.leave()
    asked = rest.removeprefix(".")
    page = int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    nav = []
    if page:
        nav.append(Button(f"{here}.{page - 1}", desk._("Back"), nav=True))
    if (page + 1) * PAGE < len(lines):
        nav.append(Button(f"{here}.{page + 1}", desk._("More"), nav=True))
    nav.append(Button("m.progress", desk._("Progress"), nav=True))
    nav.append(Button("m.menu", desk._("Menu"), nav=True))
    shown = lines[page * PAGE : (page + 1) * PAGE]
    text = [f"{number}. {line}" for number, (_name, line) in enumerate(shown, 1)]
    buttons = [
        Button(f"v.see.{name}", said(desk, _("Open {number}"), number=number))
        for number, (name, _line) in enumerate(shown, 1)
    ]
    desk.say(Say("\n".join([head, *text]), (*buttons, new, *nav)))


@router.on(value("v.see."))
def see(_in: Incoming, desk: Desk, rest: str) -> None:
    """One commitment or inspection as it was noted."""
    if kept := _kept(desk, rest):
        desk.say(record_card(desk, rest, kept))


@router.on(value("v.photos."))
def pictures(_in: Incoming, desk: Desk, rest: str) -> None:
    """The photos of the paper."""
    if kept := _kept(desk, rest):
        back = Button(f"v.see.{rest}", desk._("Back"), nav=True)
        photos.show(desk, rest, rest, kept.commune, record_line(desk, kept), back)


def _kept(desk: Desk, name: str) -> Commitment | Inspection | None:
    if _not_for_them(desk):
        return None
    found = desk.oversight.find(name)
    if found is None:
        desk.say(main_menu(desk, desk._("There is no such record in your area.")))
    return found


@router.on(command("/mauso"))
@router.on(value("m.sizes"))
def sizes(_in: Incoming, desk: Desk, rest: str) -> None:
    _begin(desk, GROUP_SIZE)


@router.on(value("v.new."))
def begin(_in: Incoming, desk: Desk, rest: str) -> None:
    _begin(desk, INSPECTION if rest == "inspection" else COMMITMENT)


def _begin(desk: Desk, form: Form) -> None:
    if not _not_for_them(desk):
        desk.begin_or_go_on(form)


def _not_for_them(desk: Desk) -> bool:
    if desk.cases.mine:
        return False
    desk.say(main_menu(desk, desk._("Only the commune's officers keep this.")))
    return True
