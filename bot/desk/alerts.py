"""Waking the people on duty: who is told of a case, in which order, with which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.clocks.limits import ZONE, Limit, limit
from bot.desk import workdays
from bot.desk.house import House
from bot.desk.telling import tell
from bot.forms.child_report import CHILD_REPORT
from bot.forms.model import UNKNOWN, Scene
from bot.forms.render import ALSO_SAID, cut, value_in_words
from bot.i18n import Speech
from bot.i18n import later as _
from bot.words import Button, Say, private
from storage import absences, areas, cases, crypto, people, reaching
from storage.people import Known
from storage.records.areas import VILLAGE_KINDS
from storage.records.cases import Case

LEVELS = {
    "EMERGENCY": _("EMERGENCY"),
    "HAZARDOUS": _("Hazardous child labour"),
    "CHILD_LABOUR": _("Signs of child labour"),
    "AT_RISK": _("At risk of child labour"),
    "OTHER_PROTECTION": _("Other protection need"),
    "NONE": _("No sign of a violation"),
    "UNCLEAR": _("Not clear yet"),
}
STATUSES = {
    "new": _("new"),
    "received": _("received"),
    "verifying": _("being checked"),
    "visited": _("visited"),
    "planned": _("plan made"),
    "in_progress": _("help under way"),
    "closed": _("closed"),
}
LADDER = (("on_call",), ("officer",), ("leader",), ("admin",))
OFFICERS = ("officer", "on_call", "leader", "admin")


def rung(connection: Connection, case: Case, step: int, now: datetime) -> tuple[list[int], int]:
    """Whom escalation step `step` wakes, and the step that really is.

    The people on call first (those of the roster where there is one for today), then the other
    officers (the deputies), then the leaders; a rung without anybody is passed over. Who is on
    leave is replaced by who stands in. An empty list when the ladder has ended.
    """
    area = where(connection, case)
    for place in range(step, len(LADDER)):
        before = {
            person for roles in LADDER[:place] for person in on_rung(connection, area, roles, now)
        }
        found = [p for p in on_rung(connection, area, LADDER[place], now) if p not in before]
        if found:
            return found, place
    return [], len(LADDER)


def on_rung(
    connection: Connection, area: str | None, roles: tuple[str, ...], now: datetime
) -> list[int]:
    """Who is woken for roles today: by the roster if these are on call, without who is away."""
    today = now.astimezone(ZONE).date()
    listed = absences.on_call(connection, area, today, OFFICERS) if roles == LADDER[0] else []
    found = listed or people.on_duty(connection, area, *roles)
    if not found and area is not None:  # while the village is not known, any village's may be it
        found = [p for role in roles for p in people.with_role_below(connection, [area], role)]
    return absences.present(connection, found, today, OFFICERS)


def where(connection: Connection, case: Case) -> str | None:
    """The smallest area of a case whose people are woken, with those of the areas that hold it.

    A village that does not lie in the case's commune (a merged one, or moved by an officer) does
    not count, unless nobody is left who was responsible there.
    """
    if case.area and case.commune and case.commune not in areas.above(connection, case.area):
        left = people.on_duty(connection, case.commune, "officer", "on_call")
        return case.commune if left else case.area
    return case.area or case.commune


def own(connection: Connection, case: Case, now: datetime) -> list[int]:
    """The officers and the people on call of a case's area; without any, the leaders."""
    area = where(connection, case)
    found = on_rung(connection, area, ("officer", "on_call"), now)
    return found or on_rung(connection, area, ("leader", "admin"), now)


def everybody(connection: Connection, case: Case, now: datetime) -> list[int]:
    """Who hears of a case: its own people, and who has it in hand. Where it has nobody of its own,
    whoever was woken for it is the only one who knows of it."""
    found = own(connection, case, now) or woken_before(connection, case)
    return list(dict.fromkeys([*found, *in_hand(connection, case, now)]))


def woken_before(connection: Connection, case: Case) -> list[int]:
    """Whom the alarm of a case was for, wherever they are."""
    return reaching.alarmed(connection, reaching.alarm_keys(case.code))


def in_hand(connection: Connection, case: Case, now: datetime) -> list[int]:
    """Who has a case in hand, or stands in for them; empty when they are no officer of it now."""
    taken_by = case.acknowledged_by
    tops = people.holding(connection, taken_by, OFFICERS) if taken_by else ()
    if taken_by is None or not cases.visible(connection, case, tops):
        return []
    return absences.present(connection, [taken_by], now.astimezone(ZONE).date(), OFFICERS)


def may_open(connection: Connection, case: Case, person: Known, now: datetime) -> bool:
    """Whether somebody may read a case: an officer of its area; or an officer who was woken for
    it, as long as it may be theirs or has nobody of its own (docs/decisions/0006)."""
    tops = () if person.suspended else person.areas_as(*OFFICERS)
    return _is_open_to(connection, case, person.person_id, tops, now)


def without_hands(connection: Connection, case: Case, now: datetime) -> bool:
    """Whether a case was taken in hand by somebody who may not even read it any more."""
    if case.acknowledged_by is None:
        return False
    tops = people.holding(connection, case.acknowledged_by, OFFICERS)
    return not _is_open_to(connection, case, case.acknowledged_by, tops, now)


def _is_open_to(
    connection: Connection, case: Case, person_id: int, tops: tuple[str, ...], now: datetime
) -> bool:
    if not tops or cases.visible(connection, case, tops):
        return bool(tops)
    before = woken_before(connection, case)
    return person_id in before and person_id in woken(connection, case, now)


def woken(connection: Connection, case: Case, now: datetime) -> list[int]:
    """Everybody, and whom the alarm of a case has reached on its way up."""
    area = where(connection, case)
    rungs = LADDER[: case.escalation + 1]
    climbed = [person for roles in rungs for person in on_rung(connection, area, roles, now)]
    return list(dict.fromkeys([*everybody(connection, case, now), *climbed]))


def alarm(
    connection: Connection,
    house: House,
    now: datetime,
    case: Case,
    answers: Mapping[str, Any] | None,
    step: int,
    head: str = "",
    reporter: int | None = None,
    anew: bool = False,
) -> tuple[list[dict[str, Any]], int]:
    """The outbox rows that wake rung `step` for an urgent case, and the step reached.

    A rung on which nobody can be written to is passed over: nobody waits for who cannot hear. So
    is whoever reports it: they know, and the numbers to call come first for them. `anew` wakes
    also who was woken on that rung before: the ladder has begun once more.
    """
    while True:
        whom, reached = rung(connection, case, step, now)
        build = words(connection, house, case, answers, step=reached, head=head)
        once = reaching.alarm_key(case, reached)
        others = [person for person in whom if person != reporter]
        rows = tell(connection, house, others, build, now, once, "alarm")
        if rows or not whom:
            return (once_more(connection, rows, now) if anew else rows), reached
        step = reached + 1


def once_more(
    connection: Connection, rows: list[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """The same alarms, also to whom each was sent before: a ladder may begin a second time."""
    known = reaching.owed_before(connection, [row["once"] for row in rows])
    moment = f"{now:%y%m%d%H%M%S}"
    return [
        {**row, "once": f"{row['once']}:{moment}"} if row["once"] in known else row for row in rows
    ]


def words(
    connection: Connection,
    house: House,
    case: Case,
    answers: Mapping[str, Any] | None,
    *,
    step: int = 0,
    head: str = "",
) -> Callable[[Speech], Say]:
    """An alert in any language: code, village, level, clock; never a name on code_only.

    Without `answers` (they cannot be read) it says just that, and what to do.
    """
    if answers is None:
        return partial(_without_words, case, step, head)
    village = village_name(connection, case, answers)
    near = "" if village else private(near_reporter(connection, case))  # it tells who reports
    calendar = workdays.calendar(connection, house)
    told = {**_age_known(connection, case), **answers}

    def build(_: Speech) -> Say:
        lines = [
            _title(case, _),
            *_heads(step, head, _),
            _("Village: {place}").format(place=village or place_unknown(_, near)),
            _("Came in: {moment}").format(moment=_.moment(running_since(case, house))),
            clock_line(case, _, calendar),
        ]
        if what := what_line(answers, _, house):
            lines.append(what)
        if also := answers.get("also"):
            lines.append(f"{_(ALSO_SAID)}: {private(cut(also[-1]), _('noted'))}")
        lines += _known_lines(told, _)
        return Say("\n".join(lines), buttons(case, _), urgent=rings(case))

    return build


def _without_words(case: Case, step: int, head: str, _: Speech) -> Say:
    """Made of what stands in the case alone, so that there is always an alarm."""
    lines = [_title(case, _), *_heads(step, head, _)]
    lines.append(_("Came in: {moment}").format(moment=_.moment(case.opened_at)))
    lines.append(_(UNREADABLE))
    return Say("\n".join(lines), buttons(case, _), urgent=rings(case))


UNREADABLE = _(
    "What was reported cannot be read right now. Please take it in hand, call the reporter and "
    "ask, and tell the person who runs this service at once."
)


def _title(case: Case, _: Speech) -> str:
    mark = "🔴" if rings(case) else "⚪" if case.closed_at else "🟡"
    return f"{mark} {_(LEVELS[case.level])} · {case.code}"


def _heads(step: int, head: str, _: Speech) -> list[str]:
    """Why it comes now; that nobody has answered would not be true beside another reason."""
    if head:
        return [_(head)]
    return [_("Nobody has answered this alarm yet. It now comes to you.")] if step > 0 else []


def answers_of(connection: Connection, case: Case) -> Mapping[str, Any] | None:
    """What the newest report of a case says; None where it cannot be read."""
    try:
        found = cases.reports_of(connection, case)
    except crypto.WrongKey:
        return None
    return found[-1][0].answers if found else {}


def added(case: Case) -> str:
    """What is said when a reporter adds to a case."""
    if case.closed_at is not None:
        return _("The reporter has added to this case, which was closed.")
    return _("The reporter has added to this case.")


def rings(case: Case) -> bool:
    """Whether what is said of a case is said of an emergency: one that is not over."""
    return case.level == "EMERGENCY" and case.closed_at is None


def running_since(case: Case, house: House) -> datetime:
    """When what runs now came in: later than the case where a danger was new."""
    return case.safety_due_at - house.safety_within if case.safety_due_at else case.opened_at


def clock_line(case: Case, _: Speech, calendar: Calendar) -> str:
    """The limit that runs: 12 hours for an emergency, else the answer that was promised."""
    if case.closed_at is not None:
        return _("Closed at {moment}: no limit runs.").format(moment=_.moment(case.closed_at))
    if case.safety_due_at:
        return _(
            "The child must be safe by {moment} (12 hours from receipt; Decree 56/2017, "
            "articles 26.3 and 31.2)."
        ).format(moment=_.moment(case.safety_due_at))
    promised = _("Answer to the reporter promised by {moment}.").format(
        moment=_.moment(case.answer_due_at)
    )
    plan = plan_limit(case, calendar)
    if plan is None:
        return promised
    due = _(
        "Plan of support due by the end of {day} (5 working days; Decree 56/2017, article 28)."
    ).format(day=_.day(plan.due.date()))
    return f"{promised}\n{due}"


def plan_limit(case: Case, calendar: Calendar) -> Limit | None:
    """The limit for the plan of support; None where 12 hours run, or nothing is to be planned."""
    if case.safety_due_at or case.level == "NONE":
        return None
    return limit("plan", case.opened_at, calendar)


def what_line(answers: Mapping[str, Any], _: Speech, house: House) -> str:
    """What is happening, in the reporter's words or by the button pressed."""
    if "what" not in answers:
        return ""
    question = CHILD_REPORT.questions[0]
    scene = Scene(datetime.min.date())
    shown = value_in_words(question, answers["what"], _, scene)
    return _("What: {words}").format(words=shown)


def _age_known(connection: Connection, case: Case) -> dict[str, Any]:
    """How old the child of a case was said to be, also where the newest report is silent."""
    told = [report.answers.get("age") for report, _ in cases.reports_of(connection, case)]
    known = [age for age in told if age not in (None, UNKNOWN)]
    return {"age": known[-1]} if known else {}


def _known_lines(answers: Mapping[str, Any], _: Speech) -> list[str]:
    """How old the child is, and what was sent along: what an officer asks first."""
    scene, lines = Scene(datetime.min.date()), []
    for question in CHILD_REPORT.questions:
        value = answers.get(question.key)
        if question.key == "age" and isinstance(value, int | float):
            # Together with the village it could tell who the child is.
            lines.append(f"{_(question.short)}: {private(_.number(value), _('noted'))}")
        elif question.kind.gathers and isinstance(value, list) and value:
            lines.append(f"{_(question.short)}: {value_in_words(question, value, _, scene)}")
    return lines


def village_name(connection: Connection, case: Case, answers: Mapping[str, Any]) -> str:
    """The village of a case: from the table, as typed (then personal), or not known."""
    if case.area and (area := areas.one(connection, case.area)):
        return area.name
    value = answers.get("village")
    return private(value["typed"]) if isinstance(value, dict) else ""


def near_reporter(connection: Connection, case: Case) -> str:
    """The village that a collaborator who reported looks after: somewhere to begin."""
    for person_id, _link in cases.reporters_of(connection, case):
        for role, code in people.roles_of(connection, [person_id]).get(person_id, ()):
            area = areas.one(connection, code) if role == "collaborator" else None
            if area and area.kind in VILLAGE_KINDS:
                return area.name
    return ""


def place_unknown(_: Speech, near: str = "") -> str:
    """What stands where the village should, until it is told."""
    if near:
        return _("not told yet (the collaborator of {place} reports)").format(place=near)
    return _("not told yet")


def buttons(case: Case, _: Speech) -> tuple[Button, ...]:
    """What an officer can do at once."""
    taken = case.acknowledged_at is not None
    first = () if taken else (Button(f"c.ack.{case.code}", _("Received")),)
    return (
        *first,
        Button(f"c.view.{case.code}", _("View")),
        Button(f"c.call.{case.code}", _("Call the reporter")),
    )
