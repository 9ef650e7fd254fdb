"""What came in and what goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint, false, text
from sqlmodel import Field

from storage.records.base import Record, instant, number, one_of, sealed
from storage.types import EncryptedJson, SendOnce


class InboxEvent(Record, table=True):
    """An event as its platform sent it; acknowledged only after this row is committed."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        # On PostgreSQL too, by the migration: saying so here would import its dialect everywhere.
        Index("ix_inbox_pending", "id", sqlite_where=text("done_at IS NULL")),
    )
    id: int | None = number()
    channel: str
    event_id: str
    sender: str
    payload: dict[str, Any] | None = sealed(EncryptedJson, "inbox.payload")
    received_at: datetime = instant(index=True)
    attempts: int = 0
    done_at: datetime | None = instant(nullable=True)
    parked_at: datetime | None = instant(nullable=True)
    error: str | None = Field(default=None, sa_column=Column(Text))


KINDS = ("reply", "push", "alarm")


class OutboxMessage(Record, table=True):
    """A message we owe somebody."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_pending", "priority", "id", sqlite_where=text("finished_at IS NULL")),
        Index("ix_outbox_left", "link_id", "left_at"),
        Index("ix_outbox_held", "held_at", sqlite_where=text("held_at IS NOT NULL")),
        Index("ix_outbox_told_in", "told_in", sqlite_where=text("told_in IS NOT NULL")),
    )
    id: int | None = number()
    link_id: int = one_of("channel_links")
    channel: str
    kind: str = "reply"
    once: str | None = Field(default=None, sa_column=Column(SendOnce, unique=True))
    priority: int = 5
    payload: dict[str, Any] | None = sealed(EncryptedJson, "outbox.payload")
    created_at: datetime = instant(index=True)
    not_before: datetime | None = instant(nullable=True)
    expires_at: datetime | None = instant(nullable=True)
    claimed_until: datetime | None = instant(nullable=True)
    attempts: int = 0
    finished_at: datetime | None = instant(nullable=True)
    outcome: str | None = None
    error: str | None = Field(default=None, sa_column=Column(Text))
    platform_id: str | None = None
    # It may wait for the morning: it does not leave in quiet hours.
    by_day: bool = Field(False, sa_column_kwargs={"server_default": false()})
    # When it was last handed to the sender and how often it may have left: for the storm guard.
    left_at: datetime | None = instant(nullable=True)
    leaves: int = Field(0, sa_column_kwargs={"server_default": text("0")})
    parked_at: datetime | None = instant(nullable=True)  # held back by the storm guard
    # When the day it was meant for had brought enough; and the send-once key of the morning message
    # that told of it (outcome "merged").
    held_at: datetime | None = instant(nullable=True)
    told_in: str | None = None
