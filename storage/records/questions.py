"""Residents' questions, and what officers changed in the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

from storage.records.base import Record, instant, number, one_of, sealed
from storage.types import BigId, EncryptedJson, EncryptedText


class AskedQuestion(Record, table=True):
    """A resident's question that a person answers."""

    __tablename__ = "questions"
    id: int | None = number()
    person_id: int = one_of("people")
    link_id: int = one_of("channel_links", index=False)
    area: str | None = None
    question: str = sealed(EncryptedText, "questions.question", nullable=False)
    asked_at: datetime = instant(index=True)
    answer: str | None = sealed(EncryptedText, "questions.answer")
    answered_at: datetime | None = instant(nullable=True)
    answered_by: int | None = one_of("people", index=False, nullable=True)
    taken_at: datetime | None = instant(nullable=True)
    taken_by: int | None = Field(default=None, sa_column=Column(BigId))


REVISED = ("entry", "contact", "recording")


class Revision(Record, table=True):
    """One state of something that a commune has added itself; the newest of an item counts.

    Append-only, so that nothing is lost and everything can be rolled back. `item` names it among
    those of its kind; with `live` unset it is taken away.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("kind", "commune", "item", "number"),)
    id: int | None = number()
    kind: str
    commune: str = Field(foreign_key="areas.code")
    item: str
    number: int
    live: bool
    at: datetime = instant()
    person_id: int = one_of("people", index=False)
    content: dict[str, Any] = sealed(EncryptedJson, "revisions.content", nullable=False)
