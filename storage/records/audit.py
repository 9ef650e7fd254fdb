"""The log of who looked at what and did what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from storage.records.base import Record, instant, number
from storage.types import BigId


class AuditEntry(Record, table=True):
    """Who looked at or changed what. Append-only: each row carries the hash of the one before."""

    __tablename__ = "audit_log"
    id: int | None = number()
    at: datetime = instant(index=True)
    person_id: int | None = Field(default=None, sa_column=Column(BigId))
    action: str
    subject: str
    detail: str = ""
    previous: str
    hash: str = Field(unique=True)
