"""Reports of children at risk, and the cases they open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint, false
from sqlmodel import Field

from storage.records.base import Record, instant, number, one_of, sealed
from storage.types import BigId, EncryptedBytes, EncryptedJson, EncryptedText

STATUSES = (
    "new",
    "received",
    "verifying",
    "visited",
    "planned",
    "in_progress",
    "closed",
)


class Child(Record, table=True):
    """What is known of a child; everything may be unknown (process.md 0.12)."""

    __tablename__ = "children"
    id: int | None = number()
    name: str | None = sealed(EncryptedText, "children.name")
    name_index: str | None = Field(default=None, index=True)
    facts: dict[str, Any] | None = sealed(EncryptedJson, "children.facts")


LEVELS = (  # from the least to the gravest; the names of contract §2
    "NONE",
    "UNCLEAR",
    "OTHER_PROTECTION",
    "AT_RISK",
    "CHILD_LABOUR",
    "HAZARDOUS",
    "EMERGENCY",
)


class Case(Record, table=True):
    """What the commune does about one child or one notice."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_list", "commune", "closed_at", "opened_at"),)
    id: int | None = number()
    code: str = Field(unique=True)
    commune: str | None = Field(default=None, foreign_key="areas.code")
    area: str | None = Field(default=None, foreign_key="areas.code")
    child_id: int | None = one_of("children", index=False, nullable=True)
    level: str = "UNCLEAR"  # the one that counts
    # What the table of the law makes of the reports.
    weighed_level: str = Field("UNCLEAR", sa_column_kwargs={"server_default": "UNCLEAR"})
    status: str = "new"
    opened_at: datetime = instant()
    answer_due_at: datetime = instant()
    safety_due_at: datetime | None = instant(nullable=True)
    acknowledged_at: datetime | None = instant(nullable=True)
    acknowledged_by: int | None = one_of("people", index=False, nullable=True)
    escalation: int = 0
    escalate_at: datetime | None = instant(nullable=True, index=True)
    closed_at: datetime | None = instant(nullable=True)


class CaseEntry(Record, table=True):
    """A note, a change of status, an addition: what happened in a case, in order."""

    __tablename__ = "case_entries"
    id: int | None = number()
    case_id: int = one_of("cases")
    person_id: int | None = one_of("people", index=False, nullable=True)
    at: datetime = instant()
    kind: str
    status: str | None = None
    level: str | None = None
    words: str | None = sealed(EncryptedText, "case_entries.words")


class Report(Record, table=True):
    """One notice as it was given (form 01 of Decree 56/2017 is filled from it)."""

    __tablename__ = "reports"
    id: int | None = number()
    code: str = Field(index=True)
    case_id: int = one_of("cases")
    draft_key: str = Field(unique=True)
    channel: str
    received_at: datetime = instant(index=True)
    completed_at: datetime | None = instant(nullable=True)
    commune: str | None = None
    area: str | None = None
    answers: dict[str, Any] = sealed(EncryptedJson, "reports.answers", nullable=False)


class Reporter(Record, table=True):
    """Who gave a report: apart from it, for two roles' eyes only, each look audited."""

    __tablename__ = "reporters"
    report_id: int = Field(sa_column=Column(BigId, ForeignKey("reports.id"), primary_key=True))
    person_id: int = one_of("people")
    link_id: int = one_of("channel_links", index=False)
    may_call: bool | None = None
    phone: str | None = sealed(EncryptedText, "reporters.phone")


class Attachment(Record, table=True):
    """A photo or voice note: `wanted` until its bytes were fetched, then `kept` or `refused`."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("channel", "reference_index"),)
    id: int | None = number()
    channel: str
    reference: str = sealed(EncryptedText, "attachments.reference", nullable=False)
    reference_index: str
    owner_index: str = Field(index=True)
    report_id: int | None = one_of("reports", nullable=True)
    kind: str
    mime: str = ""
    size: int = 0
    state: str = Field(default="wanted", index=True)
    attempts: int = 0
    not_before: datetime | None = instant(nullable=True)
    content: bytes | None = sealed(EncryptedBytes, "attachments.content")
    created_at: datetime = instant(index=True)
    # Given out with answers to anybody: kept although it belongs to no report.
    published: bool = Field(False, sa_column_kwargs={"server_default": false()})
