"""The limits of the law as they run for a case: begun, stopped, warned of, counted anew.

Twelve hours for an emergency, five working days for the plan otherwise, two for its approval,
fifteen days for a temporary separation: content/limits.toml holds them with their articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.clocks.limits import ZONE, Limit, clocks, limit
from bot.desk import alerts, courtesy, workdays
from bot.desk.apart import apart
from bot.desk.house import House
from bot.desk.telling import tell
from bot.i18n import Speech
from bot.i18n import later as _
from bot.words import Button, Say
from storage import case_clocks, cases, duties, outbox, people
from storage.records.cases import Case, CaseEntry
from storage.records.duties import CaseClock

# The statuses by which a limit has been kept. A visit is the least that makes a child safe.
KEPT = {
    "emergency": ("visited", "planned", "in_progress", "closed"),
    "plan": ("planned", "in_progress", "closed"),
    "approval": ("in_progress", "closed"),
    "separation": ("closed",),
}
# By which one tap a limit is noted as kept: the status that follows, or (None) the separation ends.
TICKED: dict[str, tuple[str | None, str]] = {
    "emergency": ("visited", _("Visited, the child is safe")),
    "plan": ("planned", _("The plan is made")),
    "approval": ("in_progress", _("The plan is approved, help is under way")),
    "separation": (None, _("The separation is over")),
}
# process.md (b), K1: after the ladder the child must not be forgotten either.
WARN_BEFORE = (timedelta(hours=4), timedelta(hours=1), timedelta(0))
WARN_AFTER = timedelta(hours=1)  # our own: of hours that were over when they began to matter


def follow(connection: Connection, house: House, code: str, now: datetime) -> None:
    """Begin the limits that a case calls for by now, and stop those that were kept."""
    case = cases.by_code(connection, code)
    if case is None or case.id is None:
        return
    wanted = _wanted(connection, house, case)
    known = case_clocks.of_case(connection, case.id)
    over = [
        each.id or 0 for each in known if each.stopped_at is None and not _still(each, wanted, case)
    ]
    _stop(connection, over, now)
    there = {(each.clock, each.since_at): each for each in known}
    for clock, (since, due) in wanted.items():
        before = there.get((clock, since))
        if case.status in KEPT[clock] or (before and before.stopped_at is None):
            continue
        _begin(connection, case.id, clock, since, due, now)
        if before:  # it runs once more: so do the duties that had been settled with it
            again = workdays.calendar(connection, house).next_working(now.astimezone(ZONE).date())
            at = courtesy.morning(house, again)
            duties.resume(connection, "case_clock", str(before.id), at)


def safe_already(case: Case) -> bool:
    """Whether somebody has noted of this case that the child is safe, or that it is over."""
    return case.status in KEPT["emergency"]


def over_when_raised(case: Case, entries: Iterable[CaseEntry]) -> bool:
    """Whether the 12 hours from receipt were over when an officer made a case an emergency.

    The decree counts from the receipt of the information; of a danger that is seen later our
    sources say nothing (process.md 1.2). So no fresh limit is made up, and people are told that.
    """
    raised = [entry.at for entry in entries if entry.level == "EMERGENCY"]
    due = case.safety_due_at
    return due is not None and bool(raised) and raised[-1] >= due


NOT_COUNTED_ANEW = _(
    "The 12 hours from receipt were over before it was an emergency. Whether they count anew from "
    "when the danger was seen is not known here: do not wait, make the child safe now. 111 can "
    "advise."
)


def separate(connection: Connection, house: House, case: Case, now: datetime) -> Limit:
    """A temporary separation was decided now: its fifteen days run."""
    running = limit("separation", now, workdays.calendar(connection, house))
    _begin(connection, case.id or 0, "separation", now, running.due, now)
    return running


def of_case(connection: Connection, case: Case) -> list[CaseClock]:
    """Every limit that was begun for a case, the oldest first."""
    return case_clocks.of_case(connection, case.id or 0)


def end_separation(connection: Connection, case: Case, now: datetime) -> bool:
    """The separation is over; False when none ran."""
    ids = [
        each.id or 0
        for each in case_clocks.of_case(connection, case.id or 0)
        if each.clock == "separation" and each.stopped_at is None
    ]
    _stop(connection, ids, now)
    return bool(ids)


def _stop(connection: Connection, ids: list[int], now: datetime) -> None:
    """These limits run no longer, and nobody is reminded of them."""
    case_clocks.stop(connection, ids, now)
    for number in ids:
        duties.settle(connection, "case_clock", str(number), now)


def explanation(clock: CaseClock, calendar: Calendar, language: str) -> str:
    """Why a limit ends when it does, with the days counted and the article."""
    return limit(clock.clock, clock.since_at, calendar).explanation(language)


def name(clock: str, language: str) -> str:
    """What a limit is for."""
    named = clocks()[clock].name
    return named.get(language, named["vi"])


def ticked(clock: str) -> tuple[str | None, str]:
    """How a limit of this kind is noted as kept: the status that follows (None: the separation
    ends), and what the button says."""
    return TICKED[clock]


def _wanted(
    connection: Connection, house: House, case: Case
) -> dict[str, tuple[datetime, datetime]]:
    """The limits that this case calls for: since when, and until when."""
    if case.closed_at is not None:
        return {}
    calendar = workdays.calendar(connection, house)
    if case.safety_due_at is not None:
        since = case.safety_due_at - house.safety_within
        found = {"emergency": (since, case.safety_due_at)}
    elif plan := alerts.plan_limit(case, calendar):
        found = {"plan": (case.opened_at, plan.due)}
    else:
        found = {}
    submitted = case_clocks.submitted_at(connection, case.id or 0)
    if submitted and case.status == "planned":
        found["approval"] = (submitted, limit("approval", submitted, calendar).due)
    return found


def _still(clock: CaseClock, wanted: dict[str, Any], case: Case) -> bool:
    if case.status in KEPT[clock.clock]:
        return False
    # A plan that was submitted waits for its approval, also while the child is made safe.
    urgent = case.safety_due_at is not None
    stays = clock.clock == "separation" or (clock.clock == "approval" and urgent)
    since = clock.since_at if stays else None
    return bool(wanted.get(clock.clock, (since,))[0] == clock.since_at)


def _begin(
    connection: Connection, case_id: int, clock: str, since: datetime, due: datetime, now: datetime
) -> None:
    warn = (_next_warning(due, now) or now + WARN_AFTER) if clock == "emergency" else None
    stamp = workdays.stamp(connection)
    case_clocks.begin(connection, case_id, clock, since, due, warn, stamp)


def _next_warning(due: datetime, after: datetime) -> datetime | None:
    return next((due - before for before in WARN_BEFORE if due - before > after), None)


# --- what is due ---------------------------------------------------------------------------


def warn(connection: Connection, house: House, now: datetime) -> int:
    """An emergency whose twelve hours run out: who has it in hand is rung, at the end the leaders.

    Day and night: these hours are counted through both. While nobody has it in hand, the alarm of
    the ladder rings anyway.
    """
    found = case_clocks.to_warn(connection, now)
    for clock, case in found:
        one = partial(_warn, connection, house, now, clock, case)
        apart(connection, "clock", one, case.code)
    return len(found)


def _warn(
    connection: Connection, house: House, now: datetime, clock: CaseClock, case: Case
) -> None:
    over = clock.due_at <= now
    if not case_clocks.warned(connection, clock, _next_warning(clock.due_at, now)):
        return
    if case.acknowledged_at is None:
        return
    answers = alerts.answers_of(connection, case)
    build = alerts.words(connection, house, case, answers, head=OVER if over else SOON)
    once = f"clock:{clock.id}:{clock.warn_at:%m%d%H%M}"
    whom = _concerned(connection, case, now)
    if over:
        area = case.commune or case.area
        whom += people.on_duty(connection, area, "officer", "on_call", "leader")
    outbox.put(connection, tell(connection, house, whom, build, now, once, "alarm"))


SOON = _("The 12 hours are running out. Has somebody made sure that the child is safe?")
OVER = _("The 12 hours are over, and nobody has noted that the child is safe.")


def _concerned(connection: Connection, case: Case, now: datetime) -> list[int]:
    """Who has a case in hand; without such a person, everybody on duty for it."""
    return alerts.in_hand(connection, case, now) or alerts.everybody(connection, case, now)


Moved = tuple[CaseClock, Case, Limit]  # a limit as it was, and as it is now counted


def redate(connection: Connection, house: House, calendar: Calendar, now: datetime) -> int:
    """After a change of the calendar: count the limits that run anew, and say which moved."""
    stamp = house.calendar_stamp
    if house.counted == stamp:
        return 0
    moved: dict[int, list[Moved]] = {}
    older = case_clocks.dated_before(connection, stamp)
    if not older:
        house.counted = stamp  # known only once what was counted anew is committed
    for clock, case in older:
        now_due = limit(clock.clock, clock.since_at, calendar)
        working = bool(now_due.rule.working_days)
        due = now_due.due if working else clock.due_at
        case_clocks.redate(connection, clock, due, stamp)
        if due != clock.due_at:
            for person in _concerned(connection, case, now):
                moved.setdefault(person, []).append((clock, case, now_due))
    for person, theirs in moved.items():
        at = courtesy.when(house, calendar, now)
        once = f"{courtesy.NOTICE}calendar:{stamp}"
        rows = tell(connection, house, [person], _moved_words(theirs), now, once)
        waits = {"not_before": at, "by_day": True}
        outbox.put(connection, [{**row, **waits} for row in rows])
    return sum(map(len, moved.values()))


def _moved_words(moved: list[Moved]) -> Callable[[Speech], Say]:
    def build(_: Speech) -> Say:
        lines = [_("The working calendar has changed, and with it:")]
        for clock, case, now_due in moved:
            line = _("• {code}, {what}: before {old}, now {new}")
            before = _.day(clock.due_at.astimezone(_.zone).date())
            lines.append(
                line.format(
                    code=case.code,
                    what=name(clock.clock, _.language),
                    old=before,
                    new=_.day(now_due.due.date()),
                )
            )
            lines.append(f"  {now_due.explanation(_.language)}.")
        codes = list(dict.fromkeys(case.code for _clock, case, _due in moved))
        return Say("\n".join(lines), tuple(Button(f"c.view.{code}", code) for code in codes[:5]))

    return build
