"""Outreach at the desk: meetings noted, and how the month stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.forms.model import Draft
from bot.forms.outreach_event import OUTREACH_EVENT
from bot.i18n import later as _
from storage import areas, cases, submissions

if TYPE_CHECKING:
    from bot.desk.desk import Desk


class Outreach:
    """`desk.outreach`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def keep(self, draft: Draft, answers: Mapping[str, Any]) -> None:
        """Keep a meeting."""
        desk = self._desk
        village = answers.get("village")
        area = village if isinstance(village, str) else None
        mine = [code for _, code in desk.person.roles]
        found = (areas.commune_of(desk.connection, code) for code in (area, *mine))
        commune = next((code for code in found if code), None)
        submissions.add(
            desk.connection,
            OUTREACH_EVENT.name,
            draft.key,
            desk.person.person_id,
            area,
            commune,
            dict(answers),
            desk.now,
        )

    def month(self) -> list[str]:
        """This month in the officer's areas, as lines to read."""
        desk, __ = self._desk, self._desk._
        local = desk.now.astimezone(desk.house.zone)
        start = datetime(local.year, local.month, 1, tzinfo=desk.house.zone)
        counts = cases.figures(desk.connection, desk.cases.mine, start)
        inside = {code for top in desk.cases.mine for code in areas.below(desk.office.areas, top)}
        held = submissions.since(desk.connection, OUTREACH_EVENT.name, inside, start)
        came = sum(n for event in held if isinstance(n := event.answers.get("people"), int | float))
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
