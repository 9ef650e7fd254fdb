"""Cases that wait for somebody again: who had them in hand is elsewhere, or on duty no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.desk import alerts
from bot.desk.house import House
from storage import cases
from storage.records.cases import Case


def give_back(connection: Connection, house: House, case: Case, now: datetime) -> Case:
    """The case in nobody's hand, as it is then; an emergency climbs its ladder from the first rung.

    What was noted of it stays: only "received" was said for who had it, and is new once more.
    """
    again = now + house.escalate_after if alerts.rings(case) else None
    cases.give_back(connection, case, again)
    if case.status == "received":
        cases.enter(connection, case, None, now, "status", status="new")
    changed = cases.by_id(connection, case.id or 0)
    assert changed is not None
    return changed


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
