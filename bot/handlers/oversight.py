"""Employers' commitments, inspections and denominators, for the commune's officers."""

from __future__ import annotations

from bot.desk import Desk
from bot.desk.main_menu import main_menu
from bot.desk.oversight import PAGE, commitment_line, inspection_line
from bot.dispatcher import Router, command, value
from bot.forms.model import Form
from bot.forms.oversight import COMMITMENT, GROUP_SIZE, INSPECTION
from bot.words import Button, Incoming, Say

router = Router("oversight")


@router.on(command("/camket"))
@router.on(value("m.commitments"))
def commitments(_in: Incoming, desk: Desk, rest: str) -> None:
    """What employers have promised, what expires first on top."""
    if _not_for_them(desk):
        return
    lines = [commitment_line(desk, each) for each in desk.oversight.commitments()]
    text = desk._("Employers' commitments") if lines else desk._("No commitment is noted yet.")
    new = Button("v.new.commitment", desk._("Note a commitment"))
    _listed(desk, text, lines, rest, "m.commitments", new)


@router.on(command("/kiemtra"))
@router.on(value("m.inspections"))
def inspections(_in: Incoming, desk: Desk, rest: str) -> None:
    """The inspections of the last two years, the newest first."""
    if _not_for_them(desk):
        return
    lines = [inspection_line(desk, each) for each in desk.oversight.inspections()]
    text = desk._("Inspections") if lines else desk._("No inspection is noted yet.")
    new = Button("v.new.inspection", desk._("Note an inspection"))
    _listed(desk, text, lines, rest, "m.inspections", new)


def _listed(desk: Desk, head: str, lines: list[str], rest: str, here: str, new: Button) -> None:
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
    desk.say(Say("\n".join([head, *shown]), (new, *nav)))


@router.on(command("/mauso"))
@router.on(value("m.sizes"))
def sizes(_in: Incoming, desk: Desk, rest: str) -> None:
    _begin(desk, GROUP_SIZE)


@router.on(value("v.new."))
def begin(_in: Incoming, desk: Desk, rest: str) -> None:
    _begin(desk, INSPECTION if rest == "inspection" else COMMITMENT)


def _begin(desk: Desk, form: Form) -> None:
    if not _not_for_them(desk):
        desk.resume(*desk.begin(form))


def _not_for_them(desk: Desk) -> bool:
    if desk.cases.mine:
        return False
    desk.say(main_menu(desk, desk._("Only the commune's officers keep this.")))
    return True
