"""Outreach at the desk: how the month stands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.desk import attendance
from bot.i18n import later as _
from storage import areas, cases

if TYPE_CHECKING:
    from bot.desk.desk import Desk


class Outreach:
    """`desk.outreach`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def month(self) -> list[str]:
        """This month in the officer's areas, as lines to read."""
        desk, __ = self._desk, self._desk._
        local = desk.now.astimezone(desk.house.zone)
        start = datetime(local.year, local.month, 1, tzinfo=desk.house.zone)
        counts = cases.figures(desk.connection, desk.cases.mine, start)
        inside = areas.within(desk.connection, desk.cases.mine)
        first, today = start.date(), desk.scene.today
        known = attendance.held_between(desk.connection, inside, first, today)
        held = [meeting for meeting in known if meeting.event.state == "held"]
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
