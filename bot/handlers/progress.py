"""Progress of the month and of the plans: a short table, each figure down to its records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.desk import Desk, handouts
from bot.desk.main_menu import main_menu, said
from bot.desk.meeting_card import head
from bot.desk.standings import NoStanding, standings
from bot.dispatcher import Router, command, value
from bot.documents.papers import Standing
from bot.documents.standing import both_said, rows
from bot.forms.oversight import TARGET_VALUE
from bot.i18n import later as _
from bot.plans.bars import table, villages
from bot.plans.vocabulary import name
from bot.words import Button, File, Incoming, Say, private

router = Router("progress")
PAGE = 8
UNBROKEN = 1000  # letters: a chat breaks lines by itself
TARGETS = 4  # of a plan on one page: what a phone shows without tiring


@router.on(command("/tiendo"))
@router.on(value("m.progress"))
def progress(_in: Incoming, desk: Desk, rest: str) -> None:
    """This month, and the way to the plans."""
    if not desk.cases.mine:
        desk.say(main_menu(desk, desk._("Only the commune's officers see cases.")))
        return
    desk.leave()
    buttons = []
    try:
        for number, each in enumerate(_standings(desk)):
            plan = each.progress.plan
            label = said(desk, _("Plan {start}–{end}"), start=plan.start, end=plan.end)
            buttons.append(Button(f"t.plan.{number}", f"{label} ({plan.id})"))
        lines = desk.outreach.month()
    except NoStanding:
        lines = [*desk.outreach.month(), "", desk._("No plan is loaded for your area yet.")]
    buttons += [
        Button("m.meetings", desk._("Meetings")),
        Button("m.commitments", desk._("Commitments")),
        Button("m.inspections", desk._("Establishments inspected")),
        Button("m.sizes", desk._("How many there are")),
        Button("m.cases", desk._("Cases")),
        Button("z.silent", desk._("Silent villages")),
    ]
    desk.say(Say("\n".join(lines), (*buttons, Button("m.menu", desk._("Menu"), nav=True))))


def _standings(desk: Desk, year: int | None = None) -> list[Standing]:
    """The plans of the officer's areas, one after the other."""
    found = []
    for area in desk.cases.areas_now:
        desk.cases.note_figures(area)
        found += standings(desk.connection, desk._, desk.scene.today, area, year)
    return found


def _one(desk: Desk, rest: str) -> tuple[Standing, str] | None:
    """The plan that a button means, "0" or "0.2025", and how it is written on; None if none."""
    if not desk.cases.mine:
        return None
    number, _dot, year = rest.partition(".")
    wanted = int(year) if year.isdecimal() and len(year) == 4 else None
    try:
        found = _standings(desk, wanted)
    except NoStanding:
        return None
    if not (number.isdecimal() and len(number) < 4 and int(number) < len(found)):
        return None
    told = found[int(number)]
    return told, f"{number}.{told.progress.year}"


def _one_target(desk: Desk, rest: str) -> tuple[Standing, str, int] | None:
    """The plan of a button, how it is written on, and which of its targets; None if none."""
    where, _dot, at = rest.rpartition(".")
    found = _one(desk, where)
    if found is None or not (at.isdecimal() and int(at) < len(found[0].progress.targets)):
        return None
    return *found, int(at)


def _none(desk: Desk) -> None:
    desk.say(main_menu(desk, desk._("There are no figures for that.")))


@router.on(value("t.plan."))
def plan(_in: Incoming, desk: Desk, rest: str) -> None:
    """A plan's targets with bars, page by page."""
    where, _slash, asked = rest.partition("/")
    found = _one(desk, where)
    if found is None:
        _none(desk)
        return
    standing, key = found
    page = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    language, targets = desk.person.language, standing.progress.targets
    shown = slice(page * TARGETS, (page + 1) * TARGETS)
    heading = standing.area
    if standing.made_for:
        heading = said(desk, MADE_FOR, old=standing.made_for, new=standing.area)
    text = f"{heading}\n{table(standing.progress, language, standing.names, shown, UNBROKEN)}"
    buttons = [
        Button(f"t.target.{key}.{at}", _label(desk, standing, at))
        for at in range(len(targets))[shown]
    ]
    if targets:
        buttons.append(Button(f"t.chart.{key}", desk._("Chart")))
    buttons += [
        Button(f"t.book.{key}", desk._("Spreadsheet")),
        Button(f"t.report.{key}", desk._("Report to sign")),
    ]
    nav = _years(desk, standing, where.partition(".")[0])
    if page:
        nav.append(Button(f"t.plan.{key}/{page - 1}", desk._("Back"), nav=True))
    if (page + 1) * TARGETS < len(targets):
        nav.append(Button(f"t.plan.{key}/{page + 1}", desk._("More"), nav=True))
    nav += [
        Button("m.progress", desk._("Progress"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    ]
    desk.say(Say(text, (*buttons, *nav)))


MADE_FOR = _("{new}. The plan was made for the former {old}; the figures are of all of {new}.")


@router.on(value("t.chart."))
def chart(_in: Incoming, desk: Desk, rest: str) -> None:
    """The plan as pictures."""
    _drawn(desk, rest, lambda standing: handouts.pictures(desk, standing))


@router.on(value("t.book."))
def spreadsheet(_in: Incoming, desk: Desk, rest: str) -> None:
    """The plan as a spreadsheet."""
    _drawn(desk, rest, lambda standing: (handouts.book(desk, standing),))


@router.on(value("t.report."))
def report(_in: Incoming, desk: Desk, rest: str) -> None:
    """The year's report on outreach as a paper to be signed."""
    area = desk.cases.areas_now[0] if desk.cases.mine else ""
    _drawn(desk, rest, lambda told: (handouts.report(desk, area, told.progress.year),))


def _drawn(desk: Desk, rest: str, draw: Callable[[Standing], tuple[File, ...]]) -> None:
    found = _one(desk, rest)
    if found is None:
        _none(desk)
        return
    standing, key = found
    text = f"{standing.area}: {standing.progress.plan.title}, {standing.progress.year}"
    back = Button(f"t.plan.{key}", desk._("Back"), nav=True)
    desk.say(Say(text, (back, Button("m.menu", desk._("Menu"), nav=True)), files=draw(standing)))


def _label(desk: Desk, standing: Standing, at: int) -> str:
    target = standing.progress.targets[at].target
    language = desk.person.language
    group = name("group", target.group, language)
    by_village = bool(standing.progress.targets[at].villages)
    label = _("{n}. {group}: by village") if by_village else _("{n}. {group}: more")
    return said(desk, label, n=at + 1, group=group)


def _years(desk: Desk, standing: Standing, number: str) -> list[Button]:
    year, told = standing.progress.year, standing.progress.plan
    around = [each for each in (year - 1, year + 1) if told.start <= each <= desk.scene.today.year]
    return [Button(f"t.plan.{number}.{each}", str(each), nav=True) for each in around]


@router.on(value("t.target."))
def by_village(_in: Incoming, desk: Desk, rest: str) -> None:
    """One target village by village, in the order of the list."""
    found = _one_target(desk, rest)
    if found is None:
        _none(desk)
        return
    standing, key, at = found
    target = standing.progress.targets[at]
    text = villages(target, desk.person.language, standing.names, UNBROKEN)
    if target.villages and target.whole.base:
        told = "; ".join(target.whole.base.sources)
        text += "\n\n" + said(desk, _("Out of how many, says: {source}"), source=told)
    if not target.villages:
        both = rows(standing, desk.person.language)[at]
        figures = both_said(both, both.whole, desk.person.language)
        text = f"{both.title}\n{both.status_said if both.whole.silent else figures}"
        text += "".join(f"\n! {warning}" for warning in both.whole.warnings)
        if target.whole.base:
            told = "; ".join(target.whole.base.sources)
            text += "\n\n" + said(desk, _("Out of how many, says: {source}"), source=told)
    buttons = []
    if target.whole.records:
        count = len(target.whole.records)
        label = desk._.n("{count} record behind it", "{count} records behind it", count)
        if target.villages:
            label = desk._.n("{count} meeting behind it", "{count} meetings behind it", count)
        buttons.append(Button(f"t.records.{key}.{at}", label))
    if not target.villages and standing.area_code:
        buttons.append(Button(f"t.value.{key}.{at}", desk._("Enter the figure")))
    back = Button(f"t.plan.{key}", desk._("Back"), nav=True)
    desk.say(Say(text, (*buttons, back, Button("m.menu", desk._("Menu"), nav=True))))


@router.on(value("t.records."))
def records(_in: Incoming, desk: Desk, rest: str) -> None:
    """The meetings that a figure was worked out from, each to be opened."""
    where, _slash, asked = rest.partition("/")
    found = _one_target(desk, where)
    if found is None:
        _none(desk)
        return
    standing, key, at = found
    codes = standing.progress.targets[at].whole.records
    page = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    buttons, nav, lines = [], [], []
    for code in codes[page * PAGE : (page + 1) * PAGE]:
        if ":" in code:
            lines.append(f"• {_line(desk, standing, code)}")
        elif code.startswith("VT-"):
            label = f"{code}: {standing.events.get(code, '')}"
            buttons.append(Button(f"c.view.{code}", label))
        elif meeting := desk.meetings.find(code):
            people = "?" if meeting.people is None else desk._.number(meeting.people)
            label = said(
                desk, _("{meeting}: {people}"), meeting=head(desk, meeting.event), people=people
            )
            buttons.append(Button(f"o.view.{code}", label))
    if page:
        nav.append(Button(f"t.records.{key}.{at}/{page - 1}", desk._("Back"), nav=True))
    if (page + 1) * PAGE < len(codes):
        nav.append(Button(f"t.records.{key}.{at}/{page + 1}", desk._("More"), nav=True))
    up = _("By village") if standing.progress.targets[at].villages else _("Back")
    nav.append(Button(f"t.target.{key}.{at}", desk._(up), nav=True))
    text = desk._.n("{count} record behind it", "{count} records behind it", len(codes))
    if standing.progress.targets[at].villages:
        text = desk._.n("{count} meeting behind it", "{count} meetings behind it", len(codes))
    text = "\n".join([text, *lines])
    desk.say(Say(text, (*buttons, *nav, Button("m.menu", desk._("Menu"), nav=True))))


def _line(desk: Desk, standing: Standing, record: str) -> str:
    """A record that cannot be opened: a collaborator, by name where names may be shown; what was
    entered, with its source, which may be anything."""
    kind, _colon, number = record.partition(":")
    text = standing.events.get(record, record)
    if kind == "member" and (name_ := desk.members.name_of(int(number))):
        return f"{text} ({private(name_)})"
    return private(text, desk._("Entered by an officer")) if kind == "value" else text


@router.on(value("t.value."))
def enter(_in: Incoming, desk: Desk, rest: str) -> None:
    """Enter by hand how far a target is that no meeting measures."""
    found = _one_target(desk, rest)
    if found is None:
        _none(desk)
        return
    standing, key, at = found
    target = standing.progress.targets[at]
    if target.villages or not standing.area_code:
        _none(desk)
        return
    about: dict[str, Any] = {
        "area": standing.area_code,
        "indicator": target.target.indicator,
        "group": target.target.group,
        "unit": target.target.unit,
        "year": standing.progress.year,
        "back": f"{key}.{at}",
    }
    desk.say_note(rows(standing, desk.person.language)[at].title)
    desk.resume(*desk.begin(TARGET_VALUE, **about))
