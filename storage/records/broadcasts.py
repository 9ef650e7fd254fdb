"""Announcements to many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey
from sqlmodel import Field

from storage.records.base import Record, instant, number, one_of, sealed
from storage.types import BigId, EncryptedJson


class Broadcast(Record, table=True):
    """What an officer says to many people; whom it goes to is worked out when it leaves."""

    __tablename__ = "broadcasts"
    id: int | None = number()
    draft_key: str = Field(unique=True)
    person_id: int = one_of("people")
    area: str = Field(foreign_key="areas.code", index=True)  # the commune that speaks
    content: dict[str, Any] = sealed(EncryptedJson, "broadcasts.content", nullable=False)
    urgent: bool = False
    made_at: datetime = instant(index=True)
    leaves_at: datetime = instant()
    expected: int = 0  # how many people it was for when it was confirmed
    upto: int = 0  # people up to this number have their row: where to go on
    expanded_at: datetime | None = instant(nullable=True)
    recalled_at: datetime | None = instant(nullable=True)
    ended_at: datetime | None = instant(nullable=True)


class BroadcastRecipient(Record, table=True):
    """One person of a broadcast; how far the message came stands in the outbox row `once`."""

    __tablename__ = "broadcast_recipients"
    broadcast_id: int = Field(
        sa_column=Column(BigId, ForeignKey("broadcasts.id"), primary_key=True)
    )
    person_id: int = Field(sa_column=Column(BigId, ForeignKey("people.id"), primary_key=True))
    link_id: int | None = one_of("channel_links", index=False, nullable=True)  # None: out of reach
    once: str | None = Field(default=None, index=True)
    tries: int = 1
    read_at: datetime | None = instant(nullable=True)
