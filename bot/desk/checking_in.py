"""Somebody was at a meeting and says so: in chat with its code, or on its page without an app.

One person one check-in: in chat the person, on the page the browser. Who does both is one where
that is sure: the page was opened by a link of theirs from the chat (by one browser: a link can be
passed on) and says the same; or on a phone that is theirs in the web chat, with the same group,
village and household. What only may be so is kept twice, and shown for a person to settle.

A phone that had no network in the hall may send later what was pressed in time: the page was given
a stamp by the server when it was opened, which nobody else can make.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from bot.desk.attendance import PAGE, unit_key
from bot.forms.outreach_event import GROUP, UNATTENDED
from storage import areas, check_ins, crypto, meetings
from storage.meetings import code_of
from storage.records.outreach import CheckIn, OutreachEvent

__all__ = ["PAGE", "NotIn", "Said", "check_in", "code_of", "find", "read_stamp", "stamp"]
LATE_SYNC = timedelta(hours=48)  # [D] how long a phone may take to find a network again
LONGEST_UNIT = 40


class NotIn(Exception):
    """No check-in: `why` is no_code, not_yet, closed or forged."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Said:
    """What somebody says of themselves; `known_by` is what tells them from others.

    On the page `phone` is who in the chat has that phone (check_ins.who), as far as is known, and
    `by_link` whether the page was opened by a link of theirs.
    """

    known_by: str
    group: str
    village: str | None
    unit: str | None
    channel: str
    at: datetime
    phone: str = ""
    by_link: bool = False


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
    kept = CheckIn(
        event_id=event.id or 0,
        who=check_ins.who(said.known_by),
        group=said.group,
        area=village or event.area,
        unit=(said.unit or "").strip()[:LONGEST_UNIT] or None,
        channel=said.channel,
        done_at=at,
        received_at=now,
        phone=said.phone or None,
        by_link=said.by_link,
    )
    return not _known(connection, kept) and check_ins.add(
        connection, kept.model_dump(exclude={"id"})
    )


def _known(connection: Connection, new: CheckIn) -> bool:
    """Whether this is surely somebody who is in already, by the other way.

    A page that is joined to a check-in of the chat is noted there, so that it is the only one. What
    another browser sends by the same link was sent by somebody it was passed on to.
    """
    whose = new.phone if new.channel == PAGE else new.who
    if not whose:
        return False
    others = check_ins.of_phone(connection, new.event_id, whose)
    if new.channel != PAGE:
        pages = (each for each in others if each.channel == PAGE and each.phone == new.who)
        return any(_same(each, new, by_link=each.by_link) for each in pages)
    if new.by_link and any(e.phone == new.phone and e.by_link and e.who != new.who for e in others):
        new.phone, new.by_link = None, False
        return False
    chat = next((each for each in others if each.who == new.phone), None)
    if chat is None:
        return False
    if chat.phone is not None:
        return chat.phone == new.who
    if not _same(chat, new, by_link=new.by_link):
        return False
    check_ins.joined(connection, chat, new.who)
    return True


def _same(one: CheckIn, other: CheckIn, *, by_link: bool) -> bool:
    """Whether two check-ins from one phone say the same; without a link the household has to be
    told, because a phone is shared in a family."""
    if (one.group, one.area) != (other.group, other.area) or not (by_link or one.unit):
        return False
    return unit_key("", one.unit or "") == unit_key("", other.unit or "")


def claim(event: OutreachEvent, person_id: int, *, by_link: bool) -> str:
    """Shows later that a page is on the phone of a person; it does not say who that is."""
    body = f"{'link' if by_link else 'phone'}.{check_ins.who(f'person:{person_id}')}"
    return f"{body}.{_sealed(event, body)}"


def read_claim(event: OutreachEvent, given: str) -> tuple[str, bool]:
    """(who, by_link) of a claim; ("", False) when we did not make it."""
    body, _dot, signature = given.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _sealed(event, body).encode()):
        return "", False
    kind, _dot, who = body.partition(".")
    return who, kind == "link"


def link_token(event: OutreachEvent, person_id: int) -> str:
    """The end of a link that opens the page for one person."""
    return f"{person_id}.{_sealed(event, f'link to {person_id}')[:20]}"


def read_link(event: OutreachEvent, given: str) -> int | None:
    """Whose link it is; None when we did not make it."""
    number, _dot, _signature = given.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        return None
    made = link_token(event, int(number))
    return int(number) if hmac.compare_digest(given.encode(), made.encode()) else None


def _sealed(event: OutreachEvent, body: str) -> str:
    return crypto.index(f"{event.code}:{body}", "check-in claim")[:32]


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
