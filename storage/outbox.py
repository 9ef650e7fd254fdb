"""Messages we owe people: put once, claimed, sent; or given up with a reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    false,
    func,
    or_,
    select,
    update,
)

from storage import allowance, storm
from storage.allowance import ALARM, BROADCAST, MORNING, PUSH, REPLY, UNCOUNTED, Day
from storage.crypto import WrongKey
from storage.records.people import ChannelLink
from storage.records.queues import OutboxMessage
from storage.records.talks import Conversation, Draft
from storage.upserts import insert_or_skip

outbox = OutboxMessage.__table__  # type: ignore[attr-defined]
links = ChannelLink.__table__  # type: ignore[attr-defined]
conversations = Conversation.__table__  # type: ignore[attr-defined]
drafts = Draft.__table__  # type: ignore[attr-defined]

__all__ = ["ALARM", "BROADCAST", "MORNING", "PUSH", "REPLY", "UNCOUNTED", "Day"]
KEEPS_ORDER = 7  # failures of an answer for which those after it wait: some two minutes
ALBUM = "album:"  # how the send-once key begins of what answers the photos of one
LEASE = timedelta(seconds=90)  # longer than a platform is waited for; what takes longer renews it
LONGEST_PAUSE = timedelta(hours=1)  # until what failed is tried again, whatever a platform asks
SILENCE = timedelta(minutes=5)  # who has left a form alone for so long is told again what is new


@dataclass(frozen=True)
class Rules:
    """What a sender goes by. `pushes`: at most so many pushes in one claim; `ceiling`: how many
    a person may get in an hour; `night`: it is quiet hours; `day`: how many a day may bring.
    None: no such rule.
    """

    pushes: int | None = None
    ceiling: int | None = None
    night: bool = False
    day: Day | None = None


NO_RULES = Rules()


@dataclass(frozen=True)
class Owed:
    """A message to send, with the address it goes to."""

    id: int
    link_id: int
    channel: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    expires_at: datetime | None
    address: str
    blocked_at: datetime | None
    created_at: datetime
    priority: int


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Owe these messages. A row whose `once` key was used before is passed over.

    A row holds link_id, channel, kind, priority, payload, created_at, and may hold once,
    not_before, expires_at, by_day, held_at; and `replaces`: it comes in the place of messages to
    the same link whose `once` key begins so and that have not left.
    """
    rows = _in_their_place(connection, rows)
    if not rows:
        return
    # Most are answers without a key, an end or a beginning: a column that no row fills is left out.
    names = sorted(set[str]().union(*rows))
    filled = [name for name in names if any(row.get(name) is not None for row in rows)]
    columns = [(name, _UNLESS_SAID.get(name)) for name in {"attempts": 0, **dict.fromkeys(filled)}]
    connection.execute(
        insert_or_skip(connection.dialect.name, outbox, "once"),
        [{name: row.get(name, unless) for name, unless in columns} for row in rows],
    )


_UNLESS_SAID = {"attempts": 0, "by_day": False, "leaves": 0}


def _in_their_place(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """The rows without those that a later one replaces; what they replace is taken back."""
    last = {row["replaces"]: row for row in rows if row.get("replaces")}
    if not last:
        return rows
    for begin, row in last.items():
        connection.execute(
            delete(outbox).where(
                _PENDING,
                outbox.c.link_id == row["link_id"],
                outbox.c.once.startswith(begin, autoescape=True),
                outbox.c.attempts == 0,
                _free(row["created_at"]),
            )
        )
    kept = [row for row in rows if last.get(row.get("replaces"), row) is row]
    return [{name: row[name] for name in row if name != "replaces"} for row in kept]


_PENDING = and_(outbox.c.finished_at.is_(None), outbox.c.parked_at.is_(None))
_COLUMNS = (
    outbox.c.id,
    outbox.c.link_id,
    outbox.c.channel,
    outbox.c.kind,
    outbox.c.payload,
    outbox.c.attempts,
    outbox.c.expires_at,
    links.c.address,
    links.c.blocked_at,
    outbox.c.created_at,
    outbox.c.priority,
)


def _due(channel: str, now: datetime, rules: Rules) -> ColumnElement[bool]:
    """What may leave: not claimed, its time has come, nobody is disturbed in a form or at night."""
    if rules.pushes == 0:
        pushes = outbox.c.kind != "push"
    else:
        pushes = or_(
            outbox.c.kind != "push",
            outbox.c.priority <= REPLY,  # of an emergency
            outbox.c.link_id.not_in(_filling_in(now)),
        )
    return and_(
        _PENDING,
        outbox.c.channel == channel,
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now, _answered_since()),
        _free(now),
        pushes,
        or_(
            and_(outbox.c.kind != "reply", outbox.c.priority <= REPLY),  # of an emergency
            outbox.c.link_id.not_in(_to_be_answered(channel, now)),
        ),
        *([~outbox.c.by_day] if rules.night else []),
    )


def _answered_since() -> ColumnElement[bool]:
    """Whether an album's answer is not the last: the person went on, and no answer waits for it."""
    later = outbox.alias()
    others = select(later.c.id).where(
        later.c.link_id == outbox.c.link_id,
        later.c.id > outbox.c.id,
        later.c.kind == "reply",
        later.c.finished_at.is_(None),
        or_(later.c.once.is_(None), ~later.c.once.startswith(ALBUM)),
    )
    waits = and_(outbox.c.kind == "reply", outbox.c.attempts == 0, outbox.c.once.startswith(ALBUM))
    return and_(waits, others.exists())


def _to_be_answered(channel: str, now: datetime) -> Select[tuple[int]]:
    """The links to which an answer failed that is soon tried again: what was said after it comes
    after it, or an older menu would be the newest on the screen. What belongs to an emergency
    waits for nothing."""
    return select(outbox.c.link_id).where(
        _PENDING,
        outbox.c.channel == channel,
        outbox.c.kind == "reply",
        outbox.c.attempts.between(1, KEEPS_ORDER),
        outbox.c.not_before > now,
    )


def _filling_in(now: datetime) -> Select[tuple[int]]:
    """The links of people who are in the middle of a form."""
    return (
        select(links.c.id)
        .join(conversations, conversations.c.person_id == links.c.person_id)
        .join(
            drafts,
            and_(
                drafts.c.person_id == conversations.c.person_id,
                drafts.c.form == conversations.c.form,
            ),
        )
        .where(drafts.c.updated_at > now - SILENCE)
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now)


def claim(
    connection: Connection,
    channel: str,
    now: datetime,
    limit: int,
    busy: Collection[int] = (),
    lease: timedelta = LEASE,
    rules: Rules = NO_RULES,
) -> list[Owed]:
    """At most one due message per link of a channel, the urgent and the old first.

    `busy` are links that must wait (pacing). The claim is one compare-and-swap per row and
    lapses after `lease`, so a sender that died does not keep a message for ever. What is more
    than a day may bring is held over, what the storm guard holds back is parked, at once.
    """
    ids: list[int] = []
    while not ids:
        heads = _heads(connection, channel, now, limit, busy, rules)
        still = select(outbox.c.id).where(outbox.c.id.in_(heads), _PENDING, _free(now))
        won = connection.execute(
            update(outbox)
            # On PostgreSQL another sender may be at the same rows: it is not waited for.
            .where(outbox.c.id.in_(still.with_for_update(skip_locked=True)))
            .values(claimed_until=now + lease)
            .returning(outbox.c.id)
        ).scalars()
        if not (ids := list(won)):
            return []
        if rules.day is not None:
            held = allowance.hold_over(connection, ids, rules.day, now)
            ids = [each for each in ids if each not in held]
        if rules.ceiling is not None:
            parked = storm.hold_back(connection, ids, rules.ceiling, now)
            ids = [each for each in ids if each not in parked]
    try:
        return _read(connection, ids)
    except WrongKey:
        return _readable(connection, ids, now)


def _heads(
    connection: Connection,
    channel: str,
    now: datetime,
    limit: int,
    busy: Collection[int],
    rules: Rules,
) -> list[int]:
    """The messages to claim: one a link, and no more pushes than may leave at this moment."""
    taken = (
        select(outbox.c.link_id)
        .where(_PENDING, outbox.c.channel == channel, outbox.c.claimed_until >= now)
        .scalar_subquery()
    )
    due = (
        select(outbox.c.id, outbox.c.link_id, outbox.c.kind)
        .where(
            _due(channel, now, rules),
            # What a sender holds that may be dead keeps no alarm to the same person waiting.
            or_(outbox.c.kind == "alarm", outbox.c.link_id.not_in(taken)),
            outbox.c.link_id.not_in(list(busy)),
        )
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(limit * 4)
    )
    heads: dict[int, int] = {}
    pushes = limit if rules.pushes is None else rules.pushes
    for row_id, link_id, kind in connection.execute(due):
        if link_id in heads or len(heads) >= limit or (kind == "push" and not pushes):
            continue
        heads[link_id] = row_id
        pushes -= kind == "push"
    return list(heads.values())


def _read(connection: Connection, ids: Sequence[int]) -> list[Owed]:
    rows = connection.execute(
        select(*_COLUMNS)
        .join(links, links.c.id == outbox.c.link_id)
        .where(outbox.c.id.in_(ids))
        .order_by(outbox.c.priority, outbox.c.id)
    )
    return [Owed(**row) for row in rows.mappings()]


def _readable(connection: Connection, ids: Sequence[int], now: datetime) -> list[Owed]:
    """Those that can be decrypted; the others wait, and nobody waits for them."""
    found: list[Owed] = []
    for message_id in sorted(ids):
        try:
            found += _read(connection, [message_id])
        except WrongKey:
            until = now + timedelta(minutes=5)
            postpone(connection, message_id, until, "cannot be decrypted", tried=False)
    return found


def nothing_due(
    connection: Connection, channel: str, now: datetime, rules: Rules = NO_RULES
) -> bool:
    """Whether there is nothing to claim: asked before the write lock is taken."""
    found = select(outbox.c.id).where(_due(channel, now, rules))
    return connection.execute(found.limit(1)).first() is None


def finish(
    connection: Connection,
    message_id: int,
    outcome: str,
    now: datetime,
    *,
    platform_id: str | None = None,
    error: str | None = None,
) -> None:
    """A message is settled: outcome is sent, expired, blocked, refused, recalled or dropped."""
    values: dict[str, Any] = {} if outcome == "sent" else {"leaves": _NOT_LEFT}
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message_id)
        .values(
            finished_at=now,
            outcome=outcome,
            platform_id=platform_id,
            error=error and error[:500],
            claimed_until=None,
            **values,
        )
    )
    if outcome == "expired":
        allowance.give_back(connection, message_id)


_NOT_LEFT = case((outbox.c.leaves > 0, outbox.c.leaves - 1), else_=0)


def postpone(
    connection: Connection,
    message_id: int,
    until: datetime,
    error: str | None,
    tried: bool = True,
) -> None:
    """It has not left: try again at `until`; `tried` when the platform was asked to take it."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message_id)
        .values(
            not_before=until,
            claimed_until=None,
            leaves=_NOT_LEFT,
            attempts=outbox.c.attempts + (1 if error and tried else 0),
            error=error and error[:500],
        )
    )


def renew(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """These are being sent still: nobody else may claim them."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(list(ids)), _PENDING, outbox.c.claimed_until.is_not(None))
        .values(claimed_until=now + LEASE)
    )


def release_claims(connection: Connection, channel: str) -> None:
    """On the start of the only sender of a channel: what a dead one had claimed is free again."""
    connection.execute(
        update(outbox)
        .where(_PENDING, outbox.c.channel == channel, outbox.c.claimed_until.is_not(None))
        .values(claimed_until=None)
    )


def waiting(connection: Connection) -> dict[tuple[str, str], int]:
    """How many wait, by (channel, kind)."""
    rows = connection.execute(
        select(outbox.c.channel, outbox.c.kind, func.count())
        .where(_PENDING)
        .group_by(outbox.c.channel, outbox.c.kind)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def undelivered(connection: Connection, since: datetime) -> tuple[int, str]:
    """How many were tried and have not arrived, or were refused for good since then; and why the
    last of them. Where a whole channel fails, what is due behind them counts too."""
    tried = and_(outbox.c.finished_at.is_(None), outbox.c.error.is_not(None))
    refused = and_(outbox.c.outcome == "refused", outbox.c.finished_at >= since)
    behind = and_(
        outbox.c.finished_at.is_(None),
        outbox.c.parked_at.is_(None),
        outbox.c.by_day.is_(false()),
        outbox.c.not_before.is_(None),
        outbox.c.channel.in_(select(outbox.c.channel).where(tried)),
    )
    query = select(outbox.c.error).where(or_(tried, refused, behind)).order_by(outbox.c.id)
    reasons = connection.execute(query).scalars().all()
    return len(reasons), next((reason for reason in reversed(reasons) if reason), "")


def next_due(connection: Connection, channel: str) -> datetime | None:
    """When the next postponed message of a channel is due; None when none waits."""
    return connection.execute(
        select(func.min(func.coalesce(outbox.c.not_before, outbox.c.created_at))).where(
            _PENDING, outbox.c.channel == channel
        )
    ).scalar()


def oldest(connection: Connection, now: datetime) -> dict[str, datetime]:
    """Since when the message that is due longest waits, by kind; none where nothing is late.

    What may wait for the morning is left out: every evening it would look like a fault.
    """
    since = func.min(func.coalesce(outbox.c.not_before, outbox.c.created_at))
    rows = connection.execute(
        select(outbox.c.kind, since)
        .where(
            _PENDING,
            ~outbox.c.by_day,
            or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now),
        )
        .group_by(outbox.c.kind)
    )
    return {row[0]: row[1] for row in rows}


def purge(connection: Connection, now: datetime, keep: timedelta) -> int:
    """Forget the words of settled messages older than `keep`; the row and its key stay."""
    return connection.execute(
        update(outbox)
        .where(
            outbox.c.created_at < now - keep,
            outbox.c.finished_at.is_not(None),
            outbox.c.payload.is_not(None),
        )
        .values(payload=None)
    ).rowcount


def forget(connection: Connection, link_ids: Sequence[int]) -> None:
    """Drop what is still owed to these links."""
    connection.execute(
        delete(outbox).where(outbox.c.link_id.in_(link_ids), outbox.c.finished_at.is_(None))
    )


def take_back(connection: Connection, begins: str, now: datetime) -> int:
    """Messages whose send-once key begins so and that have not left never do; how many."""
    return connection.execute(
        update(outbox)
        .where(begin_so(begins), _PENDING, outbox.c.claimed_until.is_(None), outbox.c.leaves == 0)
        .values(finished_at=now, outcome="recalled")
    ).rowcount


def left(connection: Connection, begins: str) -> list[str]:
    """The send-once keys that begin so, of messages that have left or are about to."""
    found = select(outbox.c.once).where(
        begin_so(begins), func.coalesce(outbox.c.outcome, "") != "recalled"
    )
    return list(connection.execute(found).scalars())


def begin_so(words: str) -> ColumnElement[bool]:
    """Whether a send-once key begins so. A range, which an index finds; `words` end in a sign."""
    return and_(outbox.c.once >= words, outbox.c.once < words[:-1] + chr(ord(words[-1]) + 1))
