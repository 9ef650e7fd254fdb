"""Messages as outbox rows: to whom, on which of their channels, in which language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, or_, select

from bot.desk.house import House
from bot.forms.answering import NOT_ALONG
from bot.i18n import Speech, speak
from bot.i18n import later as _
from bot.windows import reach
from bot.words import Button, Call, Say
from storage import outbox, people, reaching
from storage.allowance import MERGED
from storage.reaching import Way

if TYPE_CHECKING:
    from bot.desk.desk import Desk

NEVER = datetime.min.replace(tzinfo=UTC)
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


def ways_to(
    connection: Connection, house: House, person_ids: Iterable[int], now: datetime
) -> dict[int, list[Way]]:
    """The open links of each of these people on channels that are set up; whom none is left of is
    left out. First the one to write to, then the others, the last used first.

    To write to is the one last used. Where that costs, one that rings and does not; where it is a
    page, which nobody may be looking at any more, somebody with a role is written to where their
    phone rings. Who reports hears where they wrote last: another phone may be in other hands.
    """
    return _ways_to(connection, house, person_ids, now)[0]


def _ways_to(
    connection: Connection, house: House, person_ids: Iterable[int], now: datetime
) -> tuple[dict[int, list[Way]], Collection[int]]:
    """See `ways_to`; and who of those with several ways has a role."""
    found: dict[int, list[Way]] = {}
    for way in reaching.ways(connection, person_ids):
        if house.runs(way.channel):
            found.setdefault(way.person_id, []).append(way)
    several = [person for person, theirs in found.items() if len(theirs) > 1]
    members = people.roles_of(connection, several) if several else {}
    for person in several:
        theirs = found[person]
        first = _first(house, theirs, now, person in members)
        found[person] = [first, *(way for way in theirs if way is not first)]
    return found, members


def _first(house: House, ways: Sequence[Way], now: datetime, member: bool) -> Way:
    """The way to write to, of several with the last used first."""

    def state(way: Way) -> str:
        return reach(house.terms_on(way.channel), way.last_seen_at, now).state

    usual, unseen = ways[0], not house.terms_on(ways[0].channel).rings
    if not (unseen and member) and state(usual) == "free":
        return usual
    ring = [way for way in ways if house.terms_on(way.channel).rings]
    wanted = ("free", "paid") if unseen else ("free",)
    better = [way for how in wanted for way in ring if state(way) == how]
    return better[0] if better else usual


def _also(house: House, ways: Sequence[Way], now: datetime, urgent: bool) -> list[Way]:
    """Where somebody with a role is written to besides the first of these ways: in an emergency
    by each that is open, else on the page that they looked at last."""
    first, *others = ways
    if urgent:
        terms = house.terms_on
        return [w for w in others if reach(terms(w.channel), w.last_seen_at, now).state != "shut"]
    newest = max(ways, key=lambda way: (way.last_seen_at or NEVER, way.link_id))
    return [] if newest is first or house.terms_on(newest.channel).rings else [newest]


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
    push which is not one of the two of a day: somebody with a role gets it also on a page that they
    looked at last, and of an emergency by every open link."""
    rows = []
    wanted = list(dict.fromkeys(person_ids))
    found, members = _ways_to(connection, house, wanted, now)
    spoken = people.languages(connection, wanted)  # only that: what else is kept may be unreadable
    for person_id, ways in found.items():
        message = build(speak(spoken.get(person_id, "vi"), house.timezone))
        key = f"{once}:p{person_id}"
        to = [(way, f"{once}:{way.link_id}") for way in ways]
        if kind != "alarm":
            to = [(ways[0], key)]
            also = priority is not None and person_id in members and kind == "push"
            if also and not reaching.owed_before(connection, [key]):
                more = _also(house, ways, now, priority == outbox.REPLY)
                to += [(way, f"{key}:{way.link_id}") for way in more]
        for way, its_key in to:
            row = owe(way.link_id, way.channel, message, now, kind, once=its_key, expires=expires)
            if priority is not None and kind == "push":
                row["priority"] = priority
            rows.append(row)
    return rows
