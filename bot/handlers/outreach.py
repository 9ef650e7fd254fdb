"""Outreach meetings of collaborators; announcements and progress of officers."""

from bot.desk import Desk
from bot.desk.main_menu import main_menu
from bot.dispatcher import Router, command, value
from bot.forms.outreach_event import OUTREACH_EVENT
from bot.forms.short_texts import BROADCAST
from bot.i18n import later
from bot.words import Button, Incoming, Say

router = Router("outreach")


@router.on(command("/truyenthong"))
@router.on(value("m.outreach"))
def outreach(_: Incoming, desk: Desk, rest: str) -> None:
    """Note a meeting; an unfinished one is gone on with."""
    if not desk.roles():
        desk.say(main_menu(desk, desk._("Only collaborators and officers note meetings.")))
        return
    kept = desk.draft(OUTREACH_EVENT.name)
    if kept and kept[0].answers and not kept[0].cancelled:
        desk.say_note(later("You had begun this one; all is kept."))
        desk.resume(OUTREACH_EVENT, kept[0])
    else:
        desk.resume(*desk.begin(OUTREACH_EVENT))


@router.on(command("/tiendo"))
@router.on(value("m.progress"))
def progress(_: Incoming, desk: Desk, rest: str) -> None:
    if not desk.cases.mine:
        desk.say(main_menu(desk, desk._("Only the commune's officers see cases.")))
        return
    desk.leave()
    buttons = (
        Button("m.cases", desk._("Cases")),
        Button("z.silent", desk._("Silent villages")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say("\n".join(desk.outreach.month()), buttons))


@router.on(command("/thongbao"))
@router.on(value("m.broadcast"))
def announce(_: Incoming, desk: Desk, rest: str) -> None:
    if not desk.cases.mine:
        desk.say(main_menu(desk, desk._("Only the commune's officers can announce something.")))
        return
    desk.resume(*desk.begin(BROADCAST))
