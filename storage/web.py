"""Browsers: who holds which visitor's token, and what each has been shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage import crypto
from storage.inbox import sender_index
from storage.records.people import ChannelLink
from storage.records.web import WebMessage, WebSession
from storage.upserts import insert_into

sessions = WebSession.__table__  # type: ignore[attr-defined]
messages = WebMessage.__table__  # type: ignore[attr-defined]
links = ChannelLink.__table__  # type: ignore[attr-defined]
SILENT_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Visitor:
    """Who a token belongs to: the session and its address on the web channel."""

    session_id: int
    address: str
    index: str
    last_seen_at: datetime
    started_at: datetime


def begin(connection: Connection, token: str, address: str, device: str, now: datetime) -> None:
    """A browser gets a token for an address."""
    connection.execute(
        insert(sessions).values(
            token_index=crypto.index(token, "web token"),
            address=address,
            address_index=sender_index("web", address),
            device=device,
            started_at=now,
            last_seen_at=now,
        )
    )


def visitor(connection: Connection, token: str) -> Visitor | None:
    """Who holds this token; None when nobody does or the session was ended."""
    row = connection.execute(
        select(
            sessions.c.id,
            sessions.c.address,
            sessions.c.address_index,
            sessions.c.last_seen_at,
            sessions.c.started_at,
        ).where(
            sessions.c.token_index == crypto.index(token, "web token"),
            sessions.c.ended_at.is_(None),
        )
    ).first()
    return Visitor(*row) if row else None


def seen(connection: Connection, session_id: int, now: datetime) -> None:
    """The browser was here."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(last_seen_at=now))


def _addresses_of(connection: Connection, index: str) -> list[str]:
    person = select(links.c.person_id).where(
        links.c.channel == "web", links.c.address_index == index
    )
    theirs = connection.execute(
        select(links.c.address_index).where(links.c.channel == "web", links.c.person_id.in_(person))
    ).scalars()
    return list(theirs) or [index]


def sessions_of(connection: Connection, index: str) -> list[WebSession]:
    """The open sessions of the person behind an address, on all their browsers."""
    rows = connection.execute(
        select(sessions)
        .where(
            sessions.c.address_index.in_(_addresses_of(connection, index)),
            sessions.c.ended_at.is_(None),
        )
        .order_by(sessions.c.last_seen_at.desc())
    ).mappings()
    return [WebSession(**row) for row in rows]


def end(connection: Connection, index: str, session_id: int, now: datetime) -> bool:
    """End one of the person's own sessions; False when it is not theirs or ended already."""
    return (
        connection.execute(
            update(sessions)
            .where(
                sessions.c.id == session_id,
                sessions.c.address_index.in_(_addresses_of(connection, index)),
                sessions.c.ended_at.is_(None),
            )
            .values(ended_at=now)
        ).rowcount
        == 1
    )


def end_all(connection: Connection, indexes: Sequence[str], now: datetime) -> None:
    """End every session of these addresses."""
    connection.execute(
        update(sessions)
        .where(sessions.c.address_index.in_(indexes), sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def show(
    connection: Connection,
    index: str,
    by_bot: bool,
    payload: Mapping[str, Any],
    client_id: str,
    now: datetime,
) -> int | None:
    """Put a message on the page of an address; None when this client id is there already."""
    statement = (
        insert_into(connection.dialect.name, messages)
        .values(address_index=index, by_bot=by_bot, payload=payload, client_id=client_id, at=now)
        .on_conflict_do_nothing(index_elements=["address_index", "client_id"])
        .returning(messages.c.id)
    )
    found = connection.execute(statement).scalar()
    return int(found) if found is not None else None


def number_of(connection: Connection, index: str, client_id: str) -> int | None:
    """The number of a message by the id that its browser gave it."""
    return connection.execute(
        select(messages.c.id).where(
            messages.c.address_index == index, messages.c.client_id == client_id
        )
    ).scalar()


def after(connection: Connection, index: str, number: int, limit: int = 100) -> list[WebMessage]:
    """What came after message `number`, oldest first; after 0: the last `limit` messages."""
    query = select(messages).where(messages.c.address_index == index)
    if number:
        query = query.where(messages.c.id > number).order_by(messages.c.id)
    else:
        query = query.order_by(messages.c.id.desc())
    rows = connection.execute(query.limit(limit)).mappings().all()
    found = [WebMessage(**row) for row in rows]
    return found if number else found[::-1]


def purge(connection: Connection, now: datetime, keep: timedelta) -> int:
    """Forget messages older than `keep`, sessions unused for a year, and after two days those of
    whoever has fetched the page and never said anything: programs, not people."""
    said = select(messages.c.id).where(messages.c.address_index == sessions.c.address_index)
    known = select(links.c.id).where(
        links.c.channel == "web", links.c.address_index == sessions.c.address_index
    )
    silent = ~said.exists() & ~known.exists()
    unused = (sessions.c.last_seen_at < now - timedelta(days=365)) | (
        (sessions.c.last_seen_at < now - SILENT_FOR) & silent
    )
    connection.execute(delete(sessions).where(unused))
    return connection.execute(delete(messages).where(messages.c.at < now - keep)).rowcount


def wipe(connection: Connection, indexes: Sequence[str]) -> None:
    """Clear the pages of these addresses."""
    connection.execute(delete(messages).where(messages.c.address_index.in_(indexes)))
