"""Outreach at the desk: announcements sent, and how the month stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.desk import attendance
from bot.desk.hiding import hide
from bot.i18n import Speech
from bot.i18n import later as _
from bot.words import Button, Say
from storage import areas, cases, people

if TYPE_CHECKING:
    from bot.desk.desk import Desk

GOOD_FOR = timedelta(days=3)  # an announcement that could not be delivered by then is not sent


class Outreach:
    """`desk.outreach`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def announce(self, text: str) -> int:
        """Tell all collaborators of the officer's areas; returns how many can be reached."""
        desk = self._desk
        whom = people.with_role_below(desk.connection, desk.cases.mine, "collaborator")

        def build(_: Speech) -> Say:
            head = _("The commune announces:")
            return Say(f"{head}\n{hide(text, [])}", (Button("m.menu", _("Menu"), nav=True),))

        once = f"announcement:{desk.incoming.channel}:{desk.incoming.event_id}"
        return desk.tell(whom, build, once=once, expires=GOOD_FOR)

    def month(self) -> list[str]:
        """This month in the officer's areas, as lines to read."""
        desk, __ = self._desk, self._desk._
        local = desk.now.astimezone(desk.house.zone)
        start = datetime(local.year, local.month, 1, tzinfo=desk.house.zone)
        counts = cases.figures(desk.connection, desk.cases.mine, start)
        inside = {code for top in desk.cases.mine for code in areas.below(desk.office.areas, top)}
        first, today = start.date(), desk.scene.today
        held = attendance.held_between(desk.connection, inside, first, today)
        came = sum(meeting.people or 0 for meeting in held)
        holes: dict[str, object] = {
            **{name: __.number(n) for name, n in counts.items()},
            "day": __.day(start.date()),
            "held": __.number(len(held)),
            "came": __.number(came),
        }
        return [__(line).format(**holes) for line in MONTH]


MONTH = (
    _("Since {day}:"),
    _("• reports: {new} new, {urgent} of them urgent"),
    _("• urgent ones taken in hand within 15 minutes: {in_time} of {urgent}"),
    _("• cases now: {open} open, {waiting} waiting for somebody; {closed} closed"),
    _("• outreach meetings: {held}, {came} attendances"),
)
