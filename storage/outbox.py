"""Messages we owe people: put once, claimed, sent; or given up with a reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from storage.crypto import WrongKey
from storage.records import ChannelLink, OutboxMessage
from storage.upserts import insert_or_skip

outbox = OutboxMessage.__table__  # type: ignore[attr-defined]
links = ChannelLink.__table__  # type: ignore[attr-defined]

ALARM, REPLY, PUSH = 1, 5, 7  # priorities: what goes first


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


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Owe these messages. A row whose `once` key was used before is passed over.

    A row holds link_id, channel, kind, priority, payload, created_at, and may hold once,
    not_before, expires_at.
    """
    if not rows:
        return
    statement = insert_or_skip(connection.dialect.name, outbox, "once")
    empty = {"once": None, "not_before": None, "expires_at": None, "attempts": 0}
    connection.execute(statement, [{**empty, **row} for row in rows])


_PENDING = outbox.c.finished_at.is_(None)
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
)


def claim(
    connection: Connection,
    channel: str,
    now: datetime,
    limit: int,
    busy: Collection[int] = (),
    lease: timedelta = timedelta(seconds=60),
) -> list[Owed]:
    """At most one due message per link of a channel, the urgent and the old first.

    `busy` are links that must wait (pacing). The claim is one compare-and-swap per row and
    lapses after `lease`, so a sender that died does not keep a message for ever.
    """
    free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now)
    taken = (
        select(outbox.c.link_id)
        .where(_PENDING, outbox.c.channel == channel, outbox.c.claimed_until >= now)
        .scalar_subquery()
    )
    due = (
        select(outbox.c.id, outbox.c.link_id)
        .where(
            _PENDING,
            outbox.c.channel == channel,
            or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now),
            free,
            outbox.c.link_id.not_in(taken),
        )
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(limit * 4 + len(busy))
    )
    heads: dict[int, int] = {}
    for row_id, link_id in connection.execute(due):
        if link_id not in busy and len(heads) < limit:
            heads.setdefault(link_id, row_id)
    if not heads:
        return []
    won = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(heads.values()), _PENDING, free)
        .values(claimed_until=now + lease)
        .returning(outbox.c.id)
    ).scalars()
    ids = list(won)
    try:
        return _read(connection, ids)
    except WrongKey:
        return _readable(connection, ids, now)


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
            postpone(connection, message_id, now + timedelta(minutes=5), "cannot be decrypted")
    return found


def nothing_due(connection: Connection, channel: str, now: datetime) -> bool:
    """Whether there is nothing to claim: asked before the write lock is taken."""
    found = select(outbox.c.id).where(
        _PENDING,
        outbox.c.channel == channel,
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now),
        or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now),
    )
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
    """A message is settled: outcome is sent, expired, blocked, refused or storm."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message_id)
        .values(
            finished_at=now,
            outcome=outcome,
            platform_id=platform_id,
            error=error and error[:500],
            claimed_until=None,
        )
    )


def postpone(connection: Connection, message_id: int, until: datetime, error: str | None) -> None:
    """Try again at `until`."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message_id)
        .values(
            not_before=until,
            claimed_until=None,
            attempts=outbox.c.attempts + (1 if error else 0),
            error=error and error[:500],
        )
    )


def release_claims(connection: Connection, channel: str) -> None:
    """On the start of the only sender of a channel: what a dead one had claimed is free again."""
    connection.execute(
        update(outbox)
        .where(_PENDING, outbox.c.channel == channel, outbox.c.claimed_until.is_not(None))
        .values(claimed_until=None)
    )


def pushes_since(connection: Connection, link_id: int, since: datetime) -> int:
    """How many pushes (no replies, no alarms) this link was sent since then."""
    return connection.execute(
        select(func.count()).where(
            outbox.c.link_id == link_id,
            outbox.c.kind == "push",
            outbox.c.outcome == "sent",
            outbox.c.finished_at >= since,
        )
    ).scalar_one()


def waiting(connection: Connection) -> dict[tuple[str, str], int]:
    """How many wait, by (channel, kind)."""
    rows = connection.execute(
        select(outbox.c.channel, outbox.c.kind, func.count())
        .where(_PENDING)
        .group_by(outbox.c.channel, outbox.c.kind)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def next_due(connection: Connection, channel: str) -> datetime | None:
    """When the next postponed message of a channel is due; None when none waits."""
    return connection.execute(
        select(func.min(func.coalesce(outbox.c.not_before, outbox.c.created_at))).where(
            _PENDING, outbox.c.channel == channel
        )
    ).scalar()


def purge(connection: Connection, now: datetime, keep: timedelta) -> int:
    """Forget the words of settled messages older than `keep`; the row and its key stay."""
    return connection.execute(
        update(outbox)
        .where(outbox.c.created_at < now - keep, ~_PENDING, outbox.c.payload.is_not(None))
        .values(payload=None)
    ).rowcount


def forget(connection: Connection, link_ids: Sequence[int]) -> None:
    """Drop what is still owed to these links."""
    connection.execute(delete(outbox).where(outbox.c.link_id.in_(link_ids), _PENDING))


def notices(
    connection: Connection, person_id: int, begins: str, since: datetime, until: datetime
) -> int:
    """How many messages whose send-once key begins so leave for a person in this time."""
    leaves = func.coalesce(outbox.c.not_before, outbox.c.created_at)
    mine = select(links.c.id).where(links.c.person_id == person_id)
    found = select(func.count()).where(
        outbox.c.link_id.in_(mine),
        outbox.c.once.startswith(begins, autoescape=True),
        leaves >= since,
        leaves < until,
    )
    return int(connection.execute(found).scalar_one())


def noticed(
    connection: Connection,
    person_ids: Sequence[int],
    begins: str,
    since: datetime,
    until: datetime,
) -> set[int]:
    """Which of these people have such a message leaving in this time."""
    leaves = func.coalesce(outbox.c.not_before, outbox.c.created_at)
    found = (
        select(links.c.person_id)
        .join(outbox, outbox.c.link_id == links.c.id)
        .where(
            links.c.person_id.in_(person_ids),
            outbox.c.once.startswith(begins, autoescape=True),
            leaves >= since,
            leaves < until,
        )
    )
    return set(connection.execute(found).scalars())
