"""What has happened in a case, line by line: the last of it on the card, all of it by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.desk.alerts import LEVELS, STATUSES
from bot.desk.cases import Opened
from bot.desk.main_menu import said
from bot.i18n import later as _
from bot.words import Button, Say, private

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from storage.records.cases import CaseEntry

LAST_ENTRIES = 5
MOST_ADDED = 1500  # letters of what reporters added: with the rest of the card it is one message
PAGE = 8
KINDS = {
    "note": _("note"),
    "status": _("status"),
    "message": _("to the reporter"),
    "addition": _("from the reporter"),
    "level": _("level"),
}


def on_card(entries: Sequence[CaseEntry]) -> list[CaseEntry]:
    """The last lines, and before them whatever a reporter added, the newest of it first to fit: a
    child may have been brought elsewhere, and five notes came since."""
    room = MOST_ADDED
    kept = [*entries[-LAST_ENTRIES:]]
    for entry in reversed(entries[:-LAST_ENTRIES]):
        if entry.kind == "addition" and entry.words:
            room -= len(entry.words)
            if room < 0:
                break
            kept.insert(0, entry)
    return kept


def lines(desk: Desk, entries: Sequence[CaseEntry]) -> list[str]:
    """One line for each of these."""
    found = []
    for entry in entries:
        what = desk._(KINDS[entry.kind])
        if entry.status:
            what = f"{what}: {desk._(STATUSES[entry.status])}"
        if entry.level:
            what = f"{what}: {desk._(LEVELS[entry.level])}"
        words = f" – {private(entry.words)}" if entry.words else ""
        found.append(f"– {desk._.moment(entry.at)} {what}{words}")
    return found


def button(desk: Desk, opened: Opened) -> list[Button]:
    """The way to the whole history, where the card does not show all of it."""
    if len(on_card(opened.entries)) == len(opened.entries):
        return []
    return [Button(f"c.history.{opened.case.code}.0", desk._("Everything noted"))]


def page(desk: Desk, opened: Opened, number: int) -> Say:
    """A page (from 0) of everything that was noted, the newest page first, its lines in order."""
    case, entries, __ = opened.case, opened.entries, desk._
    number = min(number, max(0, (len(entries) - 1) // PAGE))
    end = len(entries) - number * PAGE
    head = said(desk, _("Everything noted in {code}:"), code=case.code)
    nav = []
    if number:
        nav.append(Button(f"c.history.{case.code}.{number - 1}", __("Newer"), nav=True))
    if end > PAGE:
        nav.append(Button(f"c.history.{case.code}.{number + 1}", __("Older"), nav=True))
    nav.append(Button(f"c.view.{case.code}", __("Back"), nav=True))
    shown = lines(desk, entries[max(0, end - PAGE) : end])
    links = () if desk.policy == "full" else desk.cases.link(case)
    return Say("\n".join([head, *shown]), tuple(nav), links=links)
