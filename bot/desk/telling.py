"""Messages as outbox rows: to whom, on which of their channels, in which language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, or_, select

from bot.desk.house import House
from bot.forms.answering import NOT_ALONG
from bot.i18n import Speech, speak
from bot.i18n import later as _
from bot.windows import ANY, reach
from bot.words import Button, Call, Say
from storage import outbox, people, reaching
from storage.allowance import MERGED

if TYPE_CHECKING:
    from bot.desk.desk import Desk

PRIORITIES = {"alarm": outbox.ALARM, "reply": outbox.REPLY, "push": outbox.PUSH}

HOTLINE = _(
    "☎ Call 111 now (free, day and night). In danger call 113 (police), hurt or ill call 115."
)

RESCUE = _(
    "☎ Fire, drowning, somebody trapped: call 114 now. Hurt: 115. Somebody harms the child: 113. "
    "Then 111 (free, day and night)."
)

AMBULANCE = _(
    "☎ Hurt, bitten, poisoned, unconscious: call 115 now. Somebody harms the child: 113. "
    "Then 111 (free, day and night)."
)

CANNOT_READ = _("I can take photos, voice notes, locations and text. This file I cannot read.")


def words_only(desk: Desk) -> None:
    """Say that a photo or voice note does not go along with the words, where one came with them."""
    if desk.incoming.attachments:
        desk.say_note(NOT_ALONG)


def hotline(_: Speech) -> Say:
    """The emergency numbers, to be tapped."""
    return Say(
        _(HOTLINE),
        calls=(
            Call("111", _("111 – child protection hotline")),
            Call("113", _("113 – police")),
            Call("115", _("115 – ambulance")),
        ),
    )


def rescue(_: Speech) -> Say:
    """The emergency numbers where there is a fire, or somebody drowns or is buried: 114 first."""
    return Say(_(RESCUE), calls=(Call("114", _("114 – fire and rescue")), *hotline(_).calls))


def ambulance(_: Speech) -> Say:
    """The emergency numbers where somebody is hurt, bitten or poisoned: 115 first."""
    *others, medics = hotline(_).calls
    return Say(_(AMBULANCE), calls=(medics, *others))


# By the line that an answer to the same words would begin with (bot.faq.emergency.first_line).
NUMBERS = {"emergency_rescue": rescue, "emergency_hurt": ambulance}


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


def pushed_last(
    connection: Connection, link_id: int, unwritten: Sequence[Mapping[str, Any]], at: datetime
) -> list[Button] | None:
    """The buttons of the message shown last at a link, if that was no reply; None if it was one.

    What still waits (behind a form, for the morning, for the operator) was not shown, nor was what
    had not left by `at`, when the person wrote: a number that was typed without network answers no
    alarm that rang before it arrived. `unwritten` are the messages of this sitting.
    """
    mine = (row for row in unwritten if row["link_id"] == link_id and row["kind"] == "reply")
    if any(row["payload"].get("buttons") for row in mine):
        return None
    rows = connection.execute(_SHOWN, {"link": link_id, "at": at})
    for kind, payload in rows:
        if payload and payload.get("buttons"):
            return None if kind == "reply" else list(Say.from_json(payload).buttons)
    return None


_NEWEST = 20
_mine = outbox.outbox.alias()
_recent = (
    select(_mine.c.id)
    .where(
        _mine.c.link_id == bindparam("link"),
        # Of the same moment counts: a platform's seconds are whole, and nobody reads faster.
        or_(
            _mine.c.finished_at <= bindparam("at", type_=_mine.c.finished_at.type),
            _mine.c.kind == "reply",
        ),
        or_(_mine.c.outcome.is_(None), _mine.c.outcome != MERGED),
    )
    .order_by(_mine.c.id.desc())
    .limit(_NEWEST)
)
_SHOWN = (
    select(outbox.outbox.c.kind, outbox.outbox.c.payload)
    .where(outbox.outbox.c.id.in_(_recent))
    # A reply that has not left yet is about to; the others in the order in which they left.
    .order_by(
        outbox.outbox.c.finished_at.is_(None).desc(),
        outbox.outbox.c.finished_at.desc(),
        outbox.outbox.c.id.desc(),
    )
    .limit(5)
)


def _charged(house: House, channel: str) -> bool:
    """Whether writing on a channel may cost something, or be refused, after a while."""
    return house.terms.get(channel, ANY).free is not None


def _cheapest(
    connection: Connection, house: House, person_id: int, now: datetime
) -> tuple[int, str]:
    """The link to write to: the one last used, unless it costs and one that rings does not."""
    ways = reaching.ways(connection, [person_id])

    def rank(way: reaching.Way) -> tuple[bool, bool]:
        terms = house.terms.get(way.channel, ANY)
        return reach(terms, way.last_seen_at, now).state != "free", not terms.rings

    usual, best = ways[0], min(ways, key=rank)
    chosen = best if rank(usual)[0] and rank(best) == (False, False) else usual
    return chosen.link_id, chosen.channel


def tell(
    connection: Connection,
    house: House,
    person_ids: Iterable[int],
    build: Callable[[Speech], Say],
    now: datetime,
    once: str,
    kind: str = "push",
    expires: timedelta | None = None,
    priority: int | None = None,
) -> list[dict[str, Any]]:
    """Rows for several people, each in their own language: see Desk.tell. `priority` is that of a
    push which is not one of the two of a day."""
    wanted = list(dict.fromkeys(person_ids))
    rows = []
    spoken = people.languages(connection, wanted)  # only that: what else is kept may be unreadable
    for person_id, reached in people.reach(connection, wanted).items():
        if kind != "alarm" and _charged(house, reached[0][1]):
            reached = [_cheapest(connection, house, person_id, now)]
        message = build(speak(spoken.get(person_id, "vi"), house.timezone))
        for link_id, channel in reached if kind == "alarm" else reached[:1]:
            key = f"{once}:{link_id}" if kind == "alarm" else f"{once}:p{person_id}"
            row = owe(link_id, channel, message, now, kind, once=key, expires=expires)
            if priority is not None and kind == "push":
                row["priority"] = priority
            rows.append(row)
    return rows
