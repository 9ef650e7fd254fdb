"""Messages as outbox rows: to whom, on which of their channels, in which language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.desk.house import House
from bot.i18n import Speech, speak
from bot.i18n import later as _
from bot.words import Call, Say
from storage import outbox, people

PRIORITIES = {"alarm": outbox.ALARM, "reply": outbox.REPLY, "push": outbox.PUSH}

HOTLINE = _(
    "☎ Call 111 now (free, day and night). In danger call 113 (police), hurt or ill call 115."
)


def hotline(_: Speech) -> Say:
    """The emergency numbers, to be tapped."""
    return Say(
        _(HOTLINE),
        calls=(
            Call("111", _("111 – child protection hotline")),
            Call("113", _("113 – police")),
        ),
    )


def owe(
    link_id: int,
    channel: str,
    message: Say,
    now: datetime,
    kind: str,
    *,
    once: str | None = None,
    expires: timedelta | None = None,
) -> dict[str, Any]:
    """One outbox row."""
    return {
        "link_id": link_id,
        "channel": channel,
        "kind": kind,
        "priority": PRIORITIES[kind],
        "payload": message.to_json(),
        "created_at": now,
        "once": once,
        "expires_at": now + expires if expires else None,
    }


def tell(
    connection: Connection,
    house: House,
    person_ids: Iterable[int],
    build: Callable[[Speech], Say],
    now: datetime,
    once: str,
    kind: str = "push",
    expires: timedelta | None = None,
) -> list[dict[str, Any]]:
    """Rows for several people, each in their own language: see Desk.tell."""
    wanted = list(dict.fromkeys(person_ids))
    rows = []
    for person_id, reached in people.reach(connection, wanted).items():
        person = people.one(connection, person_id)
        language = person.language if person else "vi"
        message = build(speak(language, house.timezone))
        for link_id, channel in reached if kind == "alarm" else reached[:1]:
            key = f"{once}:{link_id}" if kind == "alarm" else f"{once}:p{person_id}"
            row = owe(link_id, channel, message, now, kind, once=key, expires=expires)
            rows.append(row)
    return rows
