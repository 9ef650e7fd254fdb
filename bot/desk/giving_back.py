"""Cases that wait for somebody again: who had them in hand is elsewhere, or on duty no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.desk import alerts, case_clocks
from bot.desk.house import House
from bot.desk.telling import tell
from bot.i18n import later as _
from storage import cases, outbox
from storage.records.cases import Case


def give_back(connection: Connection, house: House, case: Case, now: datetime) -> Case | None:
    """The case in nobody's hand, as it is then; an emergency climbs its ladder from the first rung.
    None when another process was first.

    What was noted of it stays: only "received" was said for who had it, and is new once more.
    """
    climbs = alerts.rings(case) and not case_clocks.safe_already(case)
    again = now + house.escalate_after if climbs else None
    if not cases.give_back(connection, case, again):
        return None
    if case.status == "received":
        cases.enter(connection, case, None, now, "status", status="new")
    return cases.by_id(connection, case.id or 0)


def ring(
    connection: Connection,
    house: House,
    now: datetime,
    case: Case,
    answers: Mapping[str, Any],
    head: str,
    reporter: int | None = None,
) -> list[dict[str, Any]]:
    """The outbox rows that wake the first rung again, also who was woken for this case before."""
    rows, reached = alerts.alarm(
        connection, house, now, case, answers, 0, head, reporter, anew=True
    )
    if reached:
        cases.escalated(connection, case, reached, now + house.escalate_after)
    return rows


def run(connection: Connection, house: House, now: datetime) -> int:
    """Give back what is in the hands of somebody who was suspended or has the role no more; how
    many cases that were.

    An emergency rings anew, also where its alarm had ended long ago; of any other case, or where
    the child is safe already, the officers there are told.
    """
    found = [
        case
        for case in cases.maybe_without_hands(connection, alerts.OFFICERS)
        if alerts.without_hands(connection, case, now)
    ]
    for case in found:
        free = give_back(connection, house, case, now)
        if free is None:
            continue
        reports = cases.reports_of(connection, free)
        answers = reports[-1][0].answers if reports else {}
        if alerts.rings(free) and not case_clocks.safe_already(free):
            outbox.put(connection, ring(connection, house, now, free, answers, LEFT))
            continue
        build = alerts.words(connection, house, free, answers, head=LEFT)
        once = f"case:{free.code}:left:{case.acknowledged_by}:{now:%y%m%d%H%M}"
        whom = alerts.everybody(connection, free, now)
        rows = tell(connection, house, whom, build, now, once, priority=outbox.UNCOUNTED)
        outbox.put(connection, rows)
    return len(found)


LEFT = _("Who had this case in hand is not on duty here any more: it waits for somebody again.")
