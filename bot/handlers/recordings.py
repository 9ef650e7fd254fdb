"""Answers to listen to: officers record them, everybody in the commune hears them."""

from bot import metrics
from bot.desk import Desk
from bot.desk.main_menu import main_menu, said
from bot.dispatcher import Router, value
from bot.forms.recording import RECORDING
from bot.i18n import later as _
from bot.words import Button, Incoming, Say

router = Router("recordings")


@router.on(value("a.listen."))
def listen(_in: Incoming, desk: Desk, rest: str) -> None:
    """The recording, under its question."""
    found = desk.recordings.find(rest)
    file = desk.recordings.file(found) if found else None
    entry = desk.faq.entry(found.entry) if found else None
    if found is None or file is None or entry is None:
        desk.say(main_menu(desk, desk._("This recording is not here any more.")))
        return
    metrics.QUESTIONS.labels("recording").inc()
    buttons = (
        Button("m.ask", desk._("Ask more"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    text = f"🔊 {found.named(desk._)}: {entry.asks(desk.person.language)}"
    desk.say(Say(text, buttons, files=(file,)))


@router.on(value("h."), lambda _in, desk: not desk.entries.commune)
def not_an_officer(_in: Incoming, desk: Desk) -> None:
    desk.say(main_menu(desk, desk._("Only the commune's officers change entries.")))


@router.on(value("h.new."))
def record(_in: Incoming, desk: Desk, rest: str) -> None:
    if desk.entries.entry(rest) is None:
        desk.say(main_menu(desk, desk._("There is no such entry in your commune.")))
        return
    desk.resume(*desk.begin(RECORDING, entry=rest))


@router.on(value("h.list."))
def list_recordings(_in: Incoming, desk: Desk, rest: str) -> None:
    _list(desk, rest)


def _list(desk: Desk, entry: str) -> None:
    __ = desk._
    states = {"kept": _("can be heard"), "wanted": _("is still on its way")}
    broken = _("could not be opened: please send it again")
    found = desk.recordings.of(entry)
    lines = [
        f"{each.named(__)}: {__(states.get(desk.recordings.state(each), broken))}" for each in found
    ]
    buttons = [
        Button(f"h.off.{each.item}", said(desk, _("Remove: {language}"), language=each.named(__)))
        for each in found
    ]
    buttons += [
        Button(f"h.new.{entry}", __("Record it")),
        Button(f"e.view.{entry}", __("Back"), nav=True),
        Button("m.menu", __("Menu"), nav=True),
    ]
    text = "\n".join(lines) or __("Nobody has recorded this answer yet.")
    desk.say(Say(text, tuple(buttons)))


@router.on(value("h.off."))
def remove(_in: Incoming, desk: Desk, rest: str) -> None:
    found = desk.recordings.find(rest)
    if found is None:
        desk.say(main_menu(desk, desk._("This recording is not here any more.")))
        return
    desk.recordings.remove(found)
    buttons = (
        Button(f"h.list.{found.entry}", desk._("Recordings"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(desk._("Removed: nobody hears it any more."), buttons))
