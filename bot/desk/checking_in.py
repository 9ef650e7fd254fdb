"""Somebody was at a meeting and says so: in chat with its code, or on its page without an app.

One person one check-in: in chat the person, on the page the browser. A phone that had no network
in the hall may send later what was pressed in time: the page was given a stamp by the server when
it was opened, which nobody else can make.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from bot.forms.outreach_event import GROUP, UNATTENDED
from storage import areas, check_ins, crypto, meetings
from storage.meetings import code_of
from storage.records.outreach import OutreachEvent

__all__ = ["NotIn", "Said", "check_in", "code_of", "find", "read_stamp", "stamp"]
LATE_SYNC = timedelta(hours=48)  # [D] how long a phone may take to find a network again
LONGEST_UNIT = 40


class NotIn(Exception):
    """No check-in: `why` is no_code, not_yet, closed or forged."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Said:
    """What somebody says of themselves; `known_by` is what tells them from others."""

    known_by: str
    group: str
    village: str | None
    unit: str | None
    channel: str
    at: datetime


def find(connection: Connection, code: str) -> OutreachEvent:
    """The meeting of a code that people can be at. Raises NotIn."""
    event = meetings.by_code(connection, code)
    if event is None or event.state == "cancelled" or event.kind in UNATTENDED:
        raise NotIn("no_code")
    return event


def check_in(
    connection: Connection,
    event: OutreachEvent,
    said: Said,
    now: datetime,
    today: date,
    stamp: str = "",
) -> bool:
    """Keep a check-in; False when this person is in already. Raises NotIn.

    After the end only what was done before it counts, shown by the stamp of its page.
    """
    if event.held_on > today:
        raise NotIn("not_yet")
    at = min(said.at, now)
    opened = read_stamp(event, stamp)
    if now >= event.closes_at:
        in_time = opened is not None and opened <= at < event.closes_at
        if not in_time or now > event.closes_at + LATE_SYNC:
            raise NotIn("closed")
    else:
        at = now if opened is None else max(at, opened)
    if said.group not in GROUP:
        raise NotIn("forged")
    village = said.village
    if village is not None and areas.one(connection, village) is None:
        raise NotIn("forged")
    if event.state == "planned" and event.id is not None:  # somebody is there: it takes place
        meetings.change(connection, event.id, state="held")
    return check_ins.add(
        connection,
        {
            "event_id": event.id,
            "who": check_ins.who(said.known_by),
            "group": said.group,
            "area": village or event.area,
            "unit": (said.unit or "").strip()[:LONGEST_UNIT] or None,
            "channel": said.channel,
            "done_at": at,
            "received_at": now,
        },
    )


def stamp(event: OutreachEvent, now: datetime) -> str:
    """Shows later that the page of a meeting was opened at this moment."""
    at = int(now.timestamp())
    return f"{at}.{_signature(event, at)}"


def read_stamp(event: OutreachEvent, given: str) -> datetime | None:
    """The moment of a stamp; None when we did not make it."""
    at, _dot, signature = given.partition(".")
    if not (at.isascii() and at.isdecimal() and len(at) < 12):
        return None
    if not hmac.compare_digest(signature.encode(), _signature(event, int(at)).encode()):
        return None
    return datetime.fromtimestamp(int(at), UTC)


def _signature(event: OutreachEvent, at: int) -> str:
    return crypto.index(f"{event.code}:{at}", "check-in page")[:32]
