"""Talks: forms half filled in, where a talk stands, what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey
from sqlmodel import Field

from storage.records.base import Record, instant, number, one_of, sealed
from storage.types import BigId, EncryptedJson


class Draft(Record, table=True):
    """A form somebody has begun: its answers, never a position."""

    __tablename__ = "drafts"
    person_id: int = Field(sa_column=Column(BigId, ForeignKey("people.id"), primary_key=True))
    form: str = Field(primary_key=True)
    content: dict[str, Any] = sealed(EncryptedJson, "drafts.content", nullable=False)
    updated_at: datetime = instant(index=True)


class Conversation(Record, table=True):
    """Where a person is: the form in front of them, and the buttons they were last shown."""

    __tablename__ = "conversations"
    person_id: int = Field(sa_column=Column(BigId, ForeignKey("people.id"), primary_key=True))
    form: str | None = None
    menu: list[Any] | None = sealed(EncryptedJson, "conversations.menu")
    updated_at: datetime = instant()


class Submission(Record, table=True):
    """A form that was sent and opens no case, such as an outreach meeting."""

    __tablename__ = "submissions"
    id: int | None = number()
    form: str = Field(index=True)
    draft_key: str = Field(unique=True)
    person_id: int = one_of("people")
    area: str | None = None
    commune: str | None = Field(default=None, index=True)
    filed_at: datetime = instant(index=True)
    answers: dict[str, Any] = sealed(EncryptedJson, "submissions.answers", nullable=False)
