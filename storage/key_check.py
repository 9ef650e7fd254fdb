"""Whether the master key is the one that a database was made with, also before anybody has joined.

One known value is sealed and kept from the first start on, among the tokens, where it is written
anew with each new key as they are.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from storage import crypto
from storage.records.channels import ChannelToken
from storage.records.people import ChannelLink
from storage.records.web import WebSession
from storage.upserts import insert_or_skip

tokens = ChannelToken.__table__  # type: ignore[attr-defined]
_NAME = "master key"  # no channel is called so


def check(connection: Connection) -> None:
    """Read what was sealed when the database was made, and something of the oldest and of the
    newest that is kept. A database of an older program gets its sealed value now, if those can be
    read. Raises WrongKey.
    """
    for column, number in (
        (ChannelLink.__table__.c.address, ChannelLink.__table__.c.id),  # type: ignore[attr-defined]
        (WebSession.__table__.c.address, WebSession.__table__.c.id),  # type: ignore[attr-defined]
    ):
        for order in (number, number.desc()):
            connection.execute(select(column).order_by(order).limit(1)).scalar()
    if not _fits(connection):
        _seal(connection)
        _fits(connection)  # another process may have been first, with another key


def forget(connection: Connection) -> None:
    """Make room for the sealed value of a backup."""
    connection.execute(delete(tokens).where(tokens.c.channel == _NAME))


def _fits(connection: Connection) -> bool:
    """Whether there is a sealed value. Raises WrongKey when it is of another key, or the key that
    everything is looked up by (the oldest of the file) has gone."""
    kept = select(tokens.c.refresh_token, tokens.c.seed_index).where(tokens.c.channel == _NAME)
    row = connection.execute(kept).first()
    if row and row[1] != _index():
        raise crypto.WrongKey("the database was made with another key")
    return row is not None


def _seal(connection: Connection) -> None:
    row = {"channel": _NAME, "version": 0, "seed_index": _index(), "refresh_token": _NAME}
    connection.execute(insert_or_skip(connection.dialect.name, tokens, "channel"), [row])


def _index() -> str:
    return crypto.index(_NAME, "known value")
