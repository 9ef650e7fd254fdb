"""Duties explained: why a day, whose, who has sent what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.clocks.limits import limit
from bot.clocks.table import spoken
from bot.desk import digest, planning
from bot.desk.main_menu import said
from bot.desk.my_duties import LIMIT, OWN
from bot.i18n import later as _
from bot.words import private
from storage import areas, case_clocks, duties, people
from storage.records.duties import Duty

if TYPE_CHECKING:
    from bot.desk.desk import Desk

NAMES = 10
# Whose reports are rolled up by which duty of the year (process.md 3.1).
ROLLED_UP = {"roll_up": ("year_report",)}


def explained(desk: Desk, duty: Duty, of_others: Sequence[Duty]) -> str:
    """Why it is due then, when it is reminded of, and who hears of it when it is late."""
    __ = desk._
    what = digest.title(duty, desk.person.language)
    lines = [f"{what} – {digest.day_words(duty, desk.duties.today, __)}"]
    if of_others:
        lines.append(_who(desk, of_others))
    lines += _why(desk, duty)
    if duty.must and duty.source != OWN:
        lines.append(
            __(
                "Overdue for one working day, the deputy hears of it; for two, the leader. "
                "Everybody who could help, nobody in public."
            )
        )
    return "\n".join(line for line in lines if line)


def _why(desk: Desk, duty: Duty) -> list[str]:
    __, language = desk._, desk.person.language
    if duty.source == LIMIT:
        found = case_clocks.one(desk.connection, int(duty.subject))
        if found is None:
            return []
        return [limit(found.clock, found.since_at, desk.calendar).explanation(language) + "."]
    days = [__.day(day) for day in planning.days_of(duty.remind_on)]
    lines = []
    event = digest.event_rows().get(duty.subject)
    if event:
        if event["confidence"] == "policy":
            lines.append(__("This day is a proposal: your commune may set another."))
        else:
            lines.append(said(desk, _("Source: {source}."), source=event["source"]))
        if caution := event.get("caution"):
            lines.append(spoken(caution, language))
    if duty.source == OWN:
        lines.append(__("You wrote this down yourself."))
    if days:
        lines.append(said(desk, _("Reminders: {days}."), days=", ".join(days)))
    return lines


def _who(desk: Desk, of_others: Sequence[Duty]) -> str:
    """The colleagues who have not done it: for their superior alone."""
    names = people.names(desk.connection, [duty.person_id for duty in of_others])
    shown = [names.get(duty.person_id) or f"#{duty.person_id}" for duty in of_others[:NAMES]]
    more = " …" if len(of_others) > NAMES else ""
    return said(desk, _("Not done by: {names}"), names=private(", ".join(shown)) + more)


def sent_words(desk: Desk, duty: Duty) -> str:
    """Who has sent the reports that a duty waits for, and who has not; by area."""
    __ = desk._
    subjects = ROLLED_UP.get(duty.subject, (duty.subject,))
    inside = areas.within(desk.connection, {area for _role, area in desk.person.roles})
    by_area: dict[str, list[Duty]] = {}
    for each in duties.of_year(desk.connection, subjects, duty.due_on.year):
        if each.area in inside:
            by_area.setdefault(each.area or "", []).append(each)
    names = areas.names(desk.connection, by_area)
    sent, missing = [], []
    for area, theirs in by_area.items():
        proven = next((each for each in theirs if each.done_at), None)
        if proven is None or proven.done_at is None:
            missing.append(said(desk, _("• {place}: not sent yet"), place=names.get(area, area)))
            continue
        what = private(proven.proof_words) if proven.proof_words else __("photo")
        day = __.day(proven.done_at.astimezone(desk.house.zone).date())
        line = _("• {place}: {what} (noted {day})")
        sent.append(said(desk, line, place=names.get(area, area), what=what, day=day))
    head = said(desk, _("{sent} of {all} have sent:"), sent=len(sent), all=len(sent) + len(missing))
    return "\n".join([head, *missing, *sent])
