"""What is due at a moment: alarms nobody answered, promises, and what must be forgotten.

A function of the database and a moment. Every message has a send-once key, so that running it
twice, or in two processes, changes nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
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
    inviting,
    planning,
    workdays,
    zero,
)
from bot.desk.house import House
from bot.desk.question_reminders import remind
from bot.desk.telling import tell
from bot.i18n import later as _
from storage import attachments, cases, conversations, counts, inbox, outbox, reaching, web
from storage.records.cases import Case

# What a slice of a tick holds: a full one says that there may be more to do at once.
MORE = ("planned", "reminded", "asked", "broadcasts")
KEEP = timedelta(days=30)  # raw events, drafts, words of messages: design.md §4
REMIND_BEFORE = timedelta(hours=2)
LATE_FOR = timedelta(days=1)  # how far back a promise is looked for that was not kept
REPEAT_AFTER_LADDER = timedelta(hours=1)


def due(connection: Connection, house: House, now: datetime) -> dict[str, int]:
    """Put into the outbox what is due at `now`, and forget what is old; counts by kind."""
    calendar = workdays.calendar(connection, house)
    return {
        "escalations": _escalate(connection, house, now),
        "promises": _promises(connection, house, now),
        "clocks": case_clocks.warn(connection, house, now),
        "redated": _redate(connection, house, calendar, now),
        "planned": planning.run(connection, house, calendar, now),
        "meetings": inviting.run(connection, house, calendar, now),
        "reminded": digest.run(connection, house, calendar, now),
        "asked": zero.run(connection, house, calendar, now),
        "channels": channel_watch.run(connection, house, now),
        "questions": remind(connection, house, now),
        "broadcasts": broadcasting.expand(connection, house, now),
        "broadcasts_ended": broadcasting.end(connection, house, now),
        "forgotten": _forget(connection, now),
    }


def _escalate(connection: Connection, house: House, now: datetime) -> int:
    """An urgent case that nobody took in hand goes one rung up; past the top, to all again."""
    found = cases.to_escalate(connection, now)
    # An alarm that reached nobody by any channel does not wait: the next rung is the other way.
    found += reaching.unheard(connection, now, len(alerts.LADDER) - 1)
    for case in found:
        answers = _answers(connection, case)
        step = case.escalation + 1
        rows, reached = alerts.alarm(connection, house, now, case, answers, step)
        pause = house.escalate_after
        if not rows:
            rows, reached = _everybody_again(connection, house, now, case, answers, step), step
            pause = REPEAT_AFTER_LADDER if rows else pause  # somebody may come to be there
        if not rows:
            metrics.NOBODY.inc()
        if cases.escalated(connection, case, max(reached, step), now + pause):
            outbox.put(connection, rows)
    return len(found)


def _everybody_again(
    connection: Connection,
    house: House,
    now: datetime,
    case: Case,
    answers: Mapping[str, Any],
    step: int,
) -> list[dict[str, Any]]:
    area = alerts.where(connection, case)
    whom = [
        person for roles in alerts.LADDER for person in alerts.on_rung(connection, area, roles, now)
    ]
    whom = whom or alerts.woken_before(connection, case)
    build = alerts.words(connection, house, case, answers, step=step)
    return tell(connection, house, whom, build, now, reaching.alarm_key(case, step), "alarm")


def _redate(connection: Connection, house: House, calendar: Calendar, now: datetime) -> int:
    """The working calendar was changed: limits that run, and the duties they make."""
    moved = case_clocks.redate(connection, house, calendar, now)
    if moved:
        planning.collect_limits(connection, house, calendar, now)
    return moved


def _answers(connection: Connection, case: Case) -> Mapping[str, Any]:
    reports = cases.reports_of(connection, case)
    return reports[-1][0].answers if reports else {}


def _promises(connection: Connection, house: House, now: datetime) -> int:
    """The answer promised to a reporter is due soon, or was due, and nobody has taken the case in
    hand: then the leaders hear so too. An emergency rings by itself all the while."""
    told = 0
    for case in cases.unanswered(connection, now - LATE_FOR, now + REMIND_BEFORE):
        late, urgent = case.answer_due_at <= now, case.level == "EMERGENCY"
        once = f"case:{case.code}:{'late' if late else 'promise'}"
        if (late and urgent) or outbox.left(connection, f"{once}:"):
            continue
        head = LATE if late else SOON
        build = alerts.words(connection, house, case, _answers(connection, case), head=head)
        whom = alerts.everybody(connection, case, now)
        if late:
            area = alerts.where(connection, case)
            whom += alerts.on_rung(connection, area, ("leader", "admin"), now)
        apart = outbox.REPLY if urgent else outbox.UNCOUNTED
        rows = tell(connection, house, whom, build, now, once, "push", KEEP, apart)
        outbox.put(connection, rows)
        told += bool(rows)
    return told


SOON = _("The reporter was promised an answer soon, and nobody has taken this in hand.")
LATE = _("The answer promised to the reporter is late, and nobody has taken this in hand.")


def _forget(connection: Connection, now: datetime) -> int:
    counts.purge(connection, now)
    return sum(
        purge(connection, now, KEEP)
        for purge in (inbox.purge, outbox.purge, conversations.purge, web.purge, attachments.purge)
    )
