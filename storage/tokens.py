"""The pair of tokens of a channel: read, claimed for refreshing by one alone, kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from storage import crypto
from storage.records.channels import ChannelToken
from storage.upserts import insert_or_update

tokens = ChannelToken.__table__  # type: ignore[attr-defined]


def plant(connection: Connection, channel: str, seed: str) -> None:
    """Begin with the operator's first refresh token, if it is another than the one begun with."""
    index = crypto.index(seed, f"seed:{channel}")
    known = connection.execute(
        select(tokens.c.seed_index, tokens.c.version).where(tokens.c.channel == channel)
    ).first()
    if known and known[0] == index:
        return
    row = {
        "channel": channel,
        "version": known[1] + 1 if known else 0,
        "seed_index": index,
        "refresh_token": seed,
        "access_token": None,
        "refreshed_at": None,
        "expires_at": None,
        "refreshing_until": None,
        "failed_at": None,
        "error": None,
    }
    statement = insert_or_update(
        connection.dialect.name, tokens, ("channel",), tuple(row.keys() - {"channel"})
    )
    connection.execute(statement, [row])


def kept(connection: Connection, channel: str) -> ChannelToken | None:
    """The present pair."""
    row = connection.execute(select(tokens).where(tokens.c.channel == channel)).mappings().first()
    return ChannelToken(**row) if row else None


def claim(
    connection: Connection, channel: str, version: int, now: datetime, until: datetime
) -> bool:
    """Be the one who refreshes the pair of that version; False if somebody else is, or has."""
    free = or_(tokens.c.refreshing_until.is_(None), tokens.c.refreshing_until < now)
    won = connection.execute(
        update(tokens)
        .where(tokens.c.channel == channel, tokens.c.version == version, free)
        .values(refreshing_until=until)
    )
    return won.rowcount == 1


def keep(
    connection: Connection,
    channel: str,
    access: str,
    refresh: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """The new pair is the pair."""
    connection.execute(
        update(tokens)
        .where(tokens.c.channel == channel)
        .values(
            version=tokens.c.version + 1,
            access_token=access,
            refresh_token=refresh,
            refreshed_at=now,
            expires_at=expires_at,
            refreshing_until=None,
            failed_at=None,
            error=None,
        )
    )


def release(
    connection: Connection, channel: str, error: str, failed_at: datetime | None = None
) -> None:
    """Refreshing came to nothing; with `failed_at` the refresh token is of no use any more."""
    values: dict[str, object] = {"refreshing_until": None, "error": error[:300]}
    if failed_at is not None:
        values["failed_at"] = failed_at
    connection.execute(update(tokens).where(tokens.c.channel == channel).values(values))


def failed(connection: Connection) -> list[tuple[str, datetime]]:
    """(channel, since when) of the pairs that cannot be refreshed any more."""
    rows = connection.execute(
        select(tokens.c.channel, tokens.c.failed_at).where(tokens.c.failed_at.is_not(None))
    )
    return [(row[0], row[1]) for row in rows]
