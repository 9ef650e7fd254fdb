"""The numbers of the commune on the hotline card: officers add, change and remove them."""

from bot.desk import Desk
from bot.desk.contacts import MOST
from bot.desk.main_menu import main_menu
from bot.dispatcher import Router, value
from bot.forms.contact import CONTACT
from bot.words import Button, Incoming, Say

router = Router("contacts")


@router.on(value("n."), lambda _in, desk: not desk.entries.commune)
def not_an_officer(_in: Incoming, desk: Desk) -> None:
    desk.say(main_menu(desk, desk._("Only the commune's officers change these numbers.")))


@router.on(value("n.list"))
def list_contacts(_in: Incoming, desk: Desk, rest: str) -> None:
    desk.leave()
    _list(desk, "")


def _list(desk: Desk, note: str) -> None:
    __ = desk._
    found = desk.contacts.shown()
    lines = [note] if note else []
    lines.append(
        __("These numbers stand on the card of 111, for everybody in the commune:")
        if found
        else __("The card of 111 shows no number of the commune yet.")
    )
    lines += [f"• {each.line}" for each in found]
    buttons = [Button(f"n.view.{each.item}", each.name) for each in found]
    nav = [Button("m.call", __("The card"), nav=True), Button("m.menu", __("Menu"), nav=True)]
    if len(found) < MOST:
        nav.insert(0, Button("n.new", __("Add a number"), nav=True))
    desk.say(Say("\n".join(lines), (*buttons, *nav)))


@router.on(value("n.new"))
def add(_in: Incoming, desk: Desk, rest: str) -> None:
    desk.resume(*desk.begin(CONTACT))


@router.on(value("n.view."))
def view(_in: Incoming, desk: Desk, rest: str) -> None:
    found = desk.contacts.find(rest)
    if found is None:
        _list(desk, desk._("This number is not shown any more."))
        return
    buttons = (
        Button(f"n.edit.{rest}", desk._("Edit")),
        Button(f"n.off.{rest}", desk._("Show it no more")),
        Button("n.list", desk._("Numbers of the commune"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(found.line, buttons))


@router.on(value("n.edit."))
def edit(_in: Incoming, desk: Desk, rest: str) -> None:
    found = desk.contacts.find(rest)
    if found is None:
        _list(desk, desk._("This number is not shown any more."))
        return
    answers = {"name": found.name, "phone": found.phone, "hours": found.hours}
    desk.resume(*desk.begin(CONTACT, answers, item=rest))


@router.on(value("n.off."))
def remove(_in: Incoming, desk: Desk, rest: str) -> None:
    desk.contacts.remove(rest)
    _list(desk, desk._("This number is not shown any more."))
