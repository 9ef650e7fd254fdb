"""What is kept of a channel: tokens, use, notes."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.records.base import Record, instant, sealed
from storage.types import EncryptedText


class ChannelToken(Record, table=True):
    """The pair of tokens of a platform that gives a new pair for each old one, once.

    `seed_index` tells whether the operator has put another first token into the settings.
    Whoever refreshes holds `refreshing_until`; with `failed_at` somebody has to consent anew.
    """

    __tablename__ = "channel_tokens"
    channel: str = Field(primary_key=True)
    version: int = 0  # grows with each pair
    seed_index: str
    refresh_token: str = sealed(EncryptedText, "channel_tokens.refresh_token", nullable=False)
    access_token: str | None = sealed(EncryptedText, "channel_tokens.access_token")
    refreshed_at: datetime | None = instant(nullable=True)
    expires_at: datetime | None = instant(nullable=True)
    refreshing_until: datetime | None = instant(nullable=True)
    failed_at: datetime | None = instant(nullable=True)
    error: str | None = None


class ChannelUse(Record, table=True):
    """How many messages a channel has sent in a month ("2026-11"): platforms count them too."""

    __tablename__ = "channel_use"
    channel: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    sent: int = 0


class ChannelNote(Record, table=True):
    """What a platform has told us of itself: whether it can call us, what is left to send."""

    __tablename__ = "channel_notes"
    channel: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    at: datetime = instant()
    ok: bool
    says: str
