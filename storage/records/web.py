"""The web chat: who is there, and what waits for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.records.base import Record, instant, number, sealed
from storage.types import EncryptedJson, EncryptedText


class WebSession(Record, table=True):
    """A browser that holds a visitor's token; only its index is kept."""

    __tablename__ = "web_sessions"
    id: int | None = number()
    token_index: str = Field(unique=True)
    address: str = sealed(EncryptedText, "web_sessions.address", nullable=False)
    address_index: str = Field(index=True)
    device: str | None = sealed(EncryptedText, "web_sessions.device")
    started_at: datetime = instant()
    last_seen_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)


class WebMessage(Record, table=True):
    """What a browser shows: the web is a platform whose server is ours."""

    __tablename__ = "web_messages"
    __table_args__ = (
        Index("ix_web_messages_reading", "address_index", "id"),
        UniqueConstraint("address_index", "client_id"),
    )
    id: int | None = number()
    address_index: str
    by_bot: bool
    payload: dict[str, Any] = sealed(EncryptedJson, "web_messages.payload", nullable=False)
    client_id: str
    at: datetime = instant(index=True)
