"""What is due at a moment: alarms nobody answered, promises, and what must be forgotten.

A function of the database and a moment. Every message has a send-once key, so that running it
twice, or in two processes, changes nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot import metrics
from bot.clocks.calendar import Calendar
from bot.desk import (
    alerts,
    broadcasting,
    case_clocks,
    channel_watch,
    digest,
    giving_back,
    inviting,
    planning,
    workdays,
    zero,
)
from bot.desk.apart import apart
from bot.desk.house import House
from bot.desk.question_reminders import remind
from bot.desk.telling import tell
from bot.i18n import later as _
from storage import attachments, cases, conversations, counts, inbox, outbox, reaching, storm, web
from storage.records.cases import Case

# What a slice of a tick holds: a full one says that there may be more to do at once.
MORE = ("planned", "reminded", "asked", "broadcasts")
KEEP = timedelta(days=30)  # raw events, drafts, words of messages: design.md §4
REMIND_BEFORE = timedelta(hours=2)
LATE_FOR = timedelta(days=1)  # how far back a promise is looked for that was not kept
REPEAT_AFTER_LADDER = timedelta(hours=1)


def due(connection: Connection, house: House, now: datetime) -> dict[str, int]:
    """Put into the outbox what is due at `now`, and forget what is old; counts by kind.

    What fails is left out, counted and tried again at the next tick: see apart.
    """
    return {**alarms(connection, house, now), **others(connection, house, now)}


def alarms(connection: Connection, house: House, now: datetime) -> dict[str, int]:
    """The ladders of the alarms: first of all, and where it can be in a transaction of its own."""
    given_back = partial(giving_back.run, connection, house, now)
    climbing = partial(_escalate, connection, house, now)
    return {
        "given_back": apart(connection, "given back", given_back) or 0,
        "escalations": apart(connection, "alarms", climbing) or 0,
    }


def others(connection: Connection, house: House, now: datetime) -> dict[str, int]:
    """Whatever else is due; counts by kind."""

    def run(what: str, work: Callable[..., int], *given: object) -> int:
        return apart(connection, what, partial(work, connection, *given, now)) or 0

    calendar = apart(connection, "calendar", partial(workdays.calendar, connection, house))

    def by_calendar(what: str, work: Callable[..., int]) -> int:
        return run(what, work, house, calendar) if calendar else 0

    return {
        "promises": run("promises", _promises, house),
        "clocks": run("clocks", case_clocks.warn, house),
        "redated": by_calendar("redated", _redate),
        "planned": by_calendar("planned", planning.run),
        "meetings": by_calendar("meetings", inviting.run),
        "reminded": by_calendar("reminded", digest.run),
        "asked": by_calendar("asked", zero.run),
        "taken_up": run("taken_up", storm.take_up),
        "channels": run("channels", channel_watch.run, house),
        "questions": run("questions", remind, house),
        "broadcasts": run("broadcasts", broadcasting.expand, house),
        "broadcasts_ended": run("broadcasts_ended", broadcasting.end, house),
        "forgotten": _forget(connection, now),
    }


def _escalate(connection: Connection, house: House, now: datetime) -> int:
    """An urgent case that nobody took in hand goes one rung up; past the top, to all again."""
    found = cases.to_escalate(connection, now)
    # An alarm that reached nobody by any channel does not wait: the next rung is the other way.
    found += reaching.unheard(connection, now, len(alerts.LADDER) - 1, house.channels)
    for case in found:
        climb = partial(_climb, connection, house, now, case)
        if apart(connection, "alarm", climb, case.code) is None:
            # Whatever it was, somebody has to hear that there is a child.
            wordless = partial(climb, words=False)
            apart(connection, "alarm without words", wordless, case.code)
    return len(found)


def _climb(
    connection: Connection,
    house: House,
    now: datetime,
    case: Case,
    *,
    words: bool = True,
) -> bool:
    """Wake the next rung for a case, also by an alarm without words."""
    answers = alerts.answers_of(connection, case) if words else None
    step = case.escalation + 1
    rows, reached = alerts.alarm(connection, house, now, case, answers, step, anew=True)
    pause = house.escalate_after
    if not rows:
        rows, reached = _everybody_again(connection, house, now, case, answers, step), step
        pause = REPEAT_AFTER_LADDER if rows else pause  # somebody may come to be there
    if not rows:
        metrics.NOBODY.inc()
    if cases.escalated(connection, case, max(reached, step), now + pause):
        outbox.put(connection, rows)
    return True


def _everybody_again(
    connection: Connection,
    house: House,
    now: datetime,
    case: Case,
    answers: Mapping[str, Any] | None,
    step: int,
) -> list[dict[str, Any]]:
    area = alerts.where(connection, case)
    whom = [
        person for roles in alerts.LADDER for person in alerts.on_rung(connection, area, roles, now)
    ]
    whom = whom or alerts.woken_before(connection, case)
    build = alerts.words(connection, house, case, answers, step=step)
    once = reaching.alarm_key(case, step)
    rows = tell(connection, house, whom, build, now, once, "alarm")
    return alerts.once_more(connection, rows, now)


def _redate(connection: Connection, house: House, calendar: Calendar, now: datetime) -> int:
    """The working calendar was changed: limits that run, and the duties they make."""
    moved = case_clocks.redate(connection, house, calendar, now)
    if moved:
        planning.collect_limits(connection, house, calendar, now)
    return moved


def _promises(connection: Connection, house: House, now: datetime) -> int:
    """The answer promised to a reporter is due soon, or was due, and nobody has taken the case in
    hand: then the leaders hear so too. An emergency rings by itself all the while."""
    found = cases.unanswered(connection, now - LATE_FOR, now + REMIND_BEFORE)
    remind_of = partial(_promise, connection, house, now)
    done = [apart(connection, "promise", partial(remind_of, case), case.code) for case in found]
    return sum(map(bool, done))


def _promise(connection: Connection, house: House, now: datetime, case: Case) -> bool:
    late, urgent = case.answer_due_at <= now, case.level == "EMERGENCY"
    once = f"case:{case.code}:{'late' if late else 'promise'}"
    if (late and urgent) or outbox.left(connection, f"{once}:"):
        return False
    answers = alerts.answers_of(connection, case)
    build = alerts.words(connection, house, case, answers, head=LATE if late else SOON)
    whom = alerts.everybody(connection, case, now)
    if late:
        area = alerts.where(connection, case)
        whom += alerts.on_rung(connection, area, ("leader", "admin"), now)
    apart_from_others = outbox.REPLY if urgent else outbox.UNCOUNTED
    rows = tell(connection, house, whom, build, now, once, "push", KEEP, apart_from_others)
    outbox.put(connection, rows)
    return bool(rows)


SOON = _("The reporter was promised an answer soon, and nobody has taken this in hand.")
LATE = _("The answer promised to the reporter is late, and nobody has taken this in hand.")


def _forget(connection: Connection, now: datetime) -> int:
    apart(connection, "forgetting", partial(counts.purge, connection, now))
    old = (inbox.purge, outbox.purge, conversations.purge, web.purge, attachments.purge)
    return sum(
        apart(connection, "forgetting", partial(purge, connection, now, KEEP)) or 0 for purge in old
    )
