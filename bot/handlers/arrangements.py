"""Arranged from the chat: leave, the on-call roster, days off, a commune's duties of the year."""

from __future__ import annotations

from datetime import time

from bot.clocks.table import spoken
from bot.desk import Desk, digest
from bot.desk.courtesy import MORNINGS
from bot.desk.main_menu import main_menu, said
from bot.desk.shortening import cut
from bot.dispatcher import Router, value
from bot.forms.duty_forms import DAY_OFF, DUTY_SETTING, ON_CALL, ON_LEAVE
from bot.i18n import later as _
from bot.words import Button, Incoming, Say, private

router = Router("arrangements")
PAGE = 8


@router.on(value("d.settings"))
def settings(_in: Incoming, desk: Desk, rest: str) -> None:
    """What a member may arrange: their leave; an officer also the rest."""
    __ = desk._
    lines = [__("What would you like to arrange?")]
    buttons = [Button("d.leave", __("I am on leave"))]
    for away in desk.duties.away():
        lines.append(
            said(
                desk,
                _("You are away from {first} to {last}."),
                first=__.day(away.first_on),
                last=__.day(away.last_on),
            )
        )
    if len(lines) > 1:
        buttons.append(Button("d.back", __("I am here after all")))
    if desk.roles():
        buttons.append(Button("d.hour", __("Hour of the morning message")))
    if desk.duties.communes():
        buttons += [
            Button("d.roster", __("On-call roster")),
            Button("d.events", __("The commune's duties")),
        ]
    if desk.duties.may_change_calendar():
        buttons.append(Button("d.dayoff", __("Days off, swapped days")))
    nav = (Button("m.mine", __("My tasks"), nav=True), Button("m.menu", __("Menu"), nav=True))
    desk.say(Say("\n".join(lines), (*buttons, *nav)))


@router.on(value("d.leave"))
def on_leave(_in: Incoming, desk: Desk, rest: str) -> None:
    if desk.roles():
        desk.begin_or_go_on(ON_LEAVE)
    else:
        desk.say(main_menu(desk))


@router.on(value("d.back"))
def back_again(_in: Incoming, desk: Desk, rest: str) -> None:
    desk.duties.back()
    desk.say(main_menu(desk, desk._("Welcome back: your reminders come to you again.")))


@router.on(value("d.hour"))
def hour(_in: Incoming, desk: Desk, rest: str) -> None:
    """When the morning message comes, to be chosen; for an officer also the commune's hour."""
    __ = desk._
    if not desk.roles():
        desk.say(main_menu(desk))
        return
    whole, _dot, wanted = rest.removeprefix(".").rpartition(".")
    chosen = next((at for at in MORNINGS if _label(at) == wanted), None)
    if whole == "all" and chosen and desk.duties.communes():
        desk.duties.set_hour(chosen)
    elif whole == "me" and (chosen or wanted == "commune"):
        desk.duties.choose_hour(chosen)
    at, own = desk.duties.hour()
    for_all = whole == "all" and bool(desk.duties.communes())
    text = _("Another hour, for all who have not chosen their own?") if for_all else HOUR
    value_ = "all" if for_all else "me"
    head = _("Your morning message comes at {hour}.")
    if for_all:
        at, head = (
            desk.duties.hour_of_commune(),
            _("The commune's morning message comes at {hour}."),
        )
    lines = [said(desk, head, hour=_label(at)), __(text)]
    buttons = [Button(f"d.hour.{value_}.{_label(each)}", _label(each)) for each in MORNINGS]
    if own and not for_all:
        buttons.append(Button("d.hour.me.commune", __("As the commune keeps it")))
    if desk.duties.communes() and not for_all:
        buttons.append(Button("d.hour.all.", __("For the whole commune")))
    nav = (Button("d.settings", __("Back"), nav=True), Button("m.menu", __("Menu"), nav=True))
    desk.say(Say("\n".join(lines), (*buttons, *nav)))


HOUR = _("Would another hour be better?")


def _label(at: time) -> str:
    return at.isoformat("minutes")


@router.on(value("d.roster"))
def roster(_in: Incoming, desk: Desk, rest: str) -> None:
    """Who is on call from today on."""
    __ = desk._
    if not desk.duties.communes():
        desk.say(main_menu(desk, __("Only the commune's officers see cases.")))
        return
    if rest.startswith(".strike.") and rest[8:].isdecimal() and len(rest) < 24:
        desk.duties.strike(int(rest[8:]))
    found = desk.duties.roster()
    lines = [__("On call:") if found else __("There is no roster: everybody on call is woken.")]
    buttons = [Button("d.oncall", __("Add to the roster"))]
    for shift, name in found[:PAGE]:
        when = f"{__.day(shift.first_on)} – {__.day(shift.last_on)}"
        lines.append(f"• {when}: {private(name)}")
        buttons.append(
            Button(f"d.roster.strike.{shift.id}", said(desk, _("Strike {when}"), when=when))
        )
    desk.say(Say("\n".join(lines), (*buttons, Button("m.mine", __("My tasks"), nav=True))))


@router.on(value("d.oncall"))
def add_to_roster(_in: Incoming, desk: Desk, rest: str) -> None:
    if desk.duties.communes():
        desk.resume(*desk.begin(ON_CALL))
    else:
        desk.say(main_menu(desk))


@router.on(value("d.dayoff"))
def day_off(_in: Incoming, desk: Desk, rest: str) -> None:
    if desk.duties.may_change_calendar():
        desk.resume(*desk.begin(DAY_OFF))
    else:
        desk.say(main_menu(desk, desk._("The calendar is changed by the administrator.")))


@router.on(value("d.events"))
def events(_in: Incoming, desk: Desk, rest: str) -> None:
    """The duties of the year, as this commune keeps them, a page at a time."""
    __ = desk._
    if not desk.duties.communes():
        desk.say(main_menu(desk))
        return
    first = int(rest[1:]) if rest[1:].isdecimal() and len(rest) < 5 else 0
    rows = list(digest.event_rows().values())
    buttons = [
        Button(f"d.event.{row['id']}", cut(spoken(row["name"], desk.person.language)))
        for row in rows[first : first + PAGE]
    ]
    nav = [Button("m.mine", __("My tasks"), nav=True)]
    if first + PAGE < len(rows):
        nav.insert(0, Button(f"d.events.{first + PAGE}", __("More"), nav=True))
    for preset, name in PRESETS.items() if not first else ():
        kept = desk.duties.has_preset(preset)
        mark = "✓ " if kept else ""
        buttons.append(Button(f"d.preset.{preset}", f"{mark}{__(name)}"))
    desk.say(Say(__("Which duty does your commune keep otherwise?"), (*buttons, *nav)))


PRESETS = {
    "decree09": _("Cut-offs of Decree 09/2019"),
    "union": _("The trade union's reports"),
    "season": _("Seasons of risk"),
}


@router.on(value("d.preset."))
def preset(_in: Incoming, desk: Desk, rest: str) -> None:
    """Take or leave a whole group of duties."""
    if rest not in PRESETS or not desk.duties.communes():
        desk.say(main_menu(desk))
        return
    desk.duties.set_preset(rest, on=not desk.duties.has_preset(rest))
    desk.press("d.events")


@router.on(value("d.event."))
def event(_in: Incoming, desk: Desk, rest: str) -> None:
    """Change one duty of the year for the commune."""
    if rest not in digest.event_rows() or not desk.duties.communes():
        desk.say(main_menu(desk))
        return
    desk.say(Say(digest.name_of(rest, desk.person.language)))
    desk.resume(*desk.begin(DUTY_SETTING, event=rest))
