"""What happens when a form around duties is sent: a task, proof, leave, roster, days off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from bot.desk.main_menu import said
from bot.forms.model import UNKNOWN
from bot.forms.turns import Done
from bot.i18n import later as _
from bot.words import Button, Say, private

if TYPE_CHECKING:
    from bot.desk.desk import Desk


def _own_task(desk: Desk, done: Done) -> None:
    what = str(done.answers["what"]).removeprefix("/")
    duty = desk.duties.add_own(what, date.fromisoformat(str(done.answers["day"])))
    desk.finish(done.draft)
    text = said(
        desk,
        _("Noted. I will remind you: {what}, {day}."),
        what=private(what, _("your task")),
        day=desk._.day(duty.due_on),
    )
    _to_duties(desk, text)


def _to_duties(desk: Desk, text: str) -> None:
    buttons = (
        Button("m.mine", desk._("My tasks"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(text, buttons))


def _report_sent(desk: Desk, done: Done) -> None:
    duty = desk.duties.find(str(done.draft.context.get("duty", "")))
    desk.finish(done.draft)
    if duty is None:
        _to_duties(desk, desk._("That duty is no longer yours, or no longer there."))
        return
    photos = done.answers.get("photo") or []
    sent = done.answers.get("sent")
    fresh = desk.duties.finish(duty, str(sent) if sent else None, photos[0] if photos else None)
    text = _("Noted, with the proof. Well done.") if fresh else _("This was done already.")
    _to_duties(desk, desk._(text))


def _between(desk: Desk, done: Done) -> tuple[date, date] | None:
    """The days of a form, or None when they are the wrong way round: then it is asked again."""
    first, last = (date.fromisoformat(str(done.answers[key])) for key in ("first", "last"))
    if first <= last:
        return first, last
    left = {key: value for key, value in done.answers.items() if key != "last"}
    _asked_again(desk, done, left, _("The last day is before the first one."))
    return None


def _asked_again(desk: Desk, done: Done, answers: dict[str, object], why: str) -> None:
    desk.finish(done.draft)
    desk.say_note(why)
    desk.resume(*desk.begin(done.form, answers, **done.draft.context))


def _colleague(desk: Desk, done: Done, *, alarms: bool = False) -> tuple[int, str] | None:
    """The one colleague that was named, or None: then it is asked again. `alarms`: who is meant
    has to be able to take a case in hand."""
    called = desk.duties.colleagues(str(done.answers["who"]).removeprefix("/"))
    found = [each for each in called if not alarms or desk.duties.takes_alarms(each[0])]
    if len(found) == 1:
        return found[0]
    left = {key: value for key, value in done.answers.items() if key != "who"}
    why = _("Several are called so: please write the whole name.")
    if not found:
        why = ONLY_OFFICERS if called else _("I know nobody of that name in your commune.")
    _asked_again(desk, done, left, why)
    return None


ONLY_OFFICERS = _(
    "Alarms about children can go only to an officer or a leader of the commune, or to who is on "
    "call. Who of them is it?"
)


def _on_leave(desk: Desk, done: Done) -> None:
    days = _between(desk, done)
    who = _colleague(desk, done, alarms=bool(desk.cases.mine)) if days else None
    if days is None or who is None:
        return
    desk.duties.leave(*days, who[0])
    desk.finish(done.draft)
    text = said(
        desk,
        _("Noted. {name} gets your reminders and alarms from {first} to {last}, and is told."),
        name=private(who[1]),
        first=desk._.day(days[0]),
        last=desk._.day(days[1]),
    )
    _to_duties(desk, text)


def _on_call_shift(desk: Desk, done: Done) -> None:
    days = _between(desk, done)
    who = _colleague(desk, done, alarms=True) if days else None
    if days is None or who is None or not desk.duties.communes():
        return
    desk.duties.put_on_call(who[0], *days)
    desk.finish(done.draft)
    text = said(
        desk,
        _("Noted. {name} is on call from {first} to {last}."),
        name=private(who[1]),
        first=desk._.day(days[0]),
        last=desk._.day(days[1]),
    )
    _to_duties(desk, text)


def _calendar_day(desk: Desk, done: Done) -> None:
    answers = done.answers
    desk.finish(done.draft)
    kind = str(answers["kind"])
    if not desk.duties.may_change_calendar() or kind not in ("off", "working", "official"):
        _to_duties(desk, desk._("Nothing was changed."))
        return
    source = str(answers.get("source") or "").removeprefix("/")
    source = "" if source == UNKNOWN else source
    day = date.fromisoformat(str(answers["day"]))
    reason = str(answers.get("reason") or "").removeprefix("/")
    desk.duties.change_calendar(day, kind, reason, source)
    text = said(
        desk,
        _("Noted: {day}. Within a minute the limits that run are counted anew."),
        day=desk._.day(day),
    )
    _to_duties(desk, text)


def _duty_setting(desk: Desk, done: Done) -> None:
    event, answers = str(done.draft.context.get("event", "")), done.answers
    kept: dict[str, object] = {"off": answers.get("on") == "no"}
    if day := answers.get("day"):
        on = date.fromisoformat(str(day))
        kept |= {"month": on.month, "day": on.day}
    if before := _days_before(answers.get("remind")):
        kept["remind"] = before
    who = str(answers.get("who") or UNKNOWN).removeprefix("/")
    if who in ("officer", "leader", "collaborator"):
        kept["who"] = who
    elif who != UNKNOWN:
        if (found := _colleague(desk, done)) is None:
            return
        kept["who"] = f"p{found[0]}"
    desk.finish(done.draft)
    if desk.duties.communes():
        desk.duties.set_event(event, kept)
    _to_duties(desk, desk._("Saved. It holds for your commune from now on."))


def _days_before(told: object) -> str:
    """ "14, 7 va 1" as days, the furthest first; "" where no number is told."""
    days = {int(number) for number in re.findall(r"\d{1,2}", str(told or ""))}
    return " ".join(map(str, sorted(days, reverse=True)))


ENDINGS: dict[str, Callable[[Desk, Done], None]] = {
    "own_task": _own_task,
    "report_sent": _report_sent,
    "on_leave": _on_leave,
    "on_call_shift": _on_call_shift,
    "calendar_day": _calendar_day,
    "duty_setting": _duty_setting,
}
