"""People, what they may do and where they are reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.records.base import Record, instant, number, one_of, sealed
from storage.types import EncryptedText


class Person(Record, table=True):
    """Somebody who talks with the bot; a resident is anybody without a role."""

    __tablename__ = "people"
    id: int | None = number()
    name: str | None = sealed(EncryptedText, "people.name")
    phone: str | None = sealed(EncryptedText, "people.phone")
    language: str = "vi"
    home_area: str | None = Field(default=None, foreign_key="areas.code")
    created_at: datetime = instant()
    introduced_at: datetime | None = instant(nullable=True)
    suspended_at: datetime | None = instant(nullable=True)
    merged_into: int | None = one_of("people", index=False, nullable=True)


ROLES = ("collaborator", "officer", "leader", "on_call", "admin")


class Role(Record, table=True):
    """What a person may do, and where (an area and everything below it)."""

    __tablename__ = "roles"
    id: int | None = number()
    person_id: int = one_of("people")
    role: str
    area: str = Field(foreign_key="areas.code", index=True)
    granted_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)


class ChannelLink(Record, table=True):
    """A person's address on a channel."""

    __tablename__ = "channel_links"
    __table_args__ = (UniqueConstraint("channel", "address_index"),)
    id: int | None = number()
    person_id: int = one_of("people")
    channel: str
    address: str = sealed(EncryptedText, "channel_links.address", nullable=False)
    address_index: str
    created_at: datetime = instant()
    last_seen_at: datetime | None = instant(nullable=True)
    blocked_at: datetime | None = instant(nullable=True)


class Invitation(Record, table=True):
    """A code that gives a role in an area to whoever types it; only its index is kept."""

    __tablename__ = "invitations"
    id: int | None = number()
    code_index: str = Field(unique=True)
    role: str
    area: str = Field(foreign_key="areas.code")
    uses: int = 1
    used: int = 0
    created_at: datetime = instant()
    expires_at: datetime = instant()


class Handover(Record, table=True):
    """A one-time code by which a person goes on elsewhere: 6 digits to type, or a link to open.

    `opens` is the case that a link shows.
    """

    __tablename__ = "handovers"
    id: int | None = number()
    code_index: str = Field(index=True)
    person_id: int = one_of("people")
    opens: str | None = None
    expires_at: datetime = instant()
    used_at: datetime | None = instant(nullable=True)
