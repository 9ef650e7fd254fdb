"""Plans, outreach meetings and who came, commitments and inspections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Text, UniqueConstraint
from sqlmodel import Field

from storage.records.base import Record, instant, number, one_of, sealed
from storage.types import BigId, EncryptedJson, EncryptedText


class PlanFile(Record, table=True):
    """An outreach plan as it was loaded: the file itself; without an area it counts everywhere."""

    __tablename__ = "plans"
    id: int | None = number()
    plan_id: str = Field(unique=True)
    area: str | None = Field(default=None, foreign_key="areas.code", index=True)
    start: int
    end: int
    content: str = Field(sa_column=Column(Text, nullable=False))
    loaded_at: datetime = instant()


class GroupSize(Record, table=True):
    """A denominator: how many units of a group there are in an area in a year, and who says so."""

    __tablename__ = "group_sizes"
    __table_args__ = (UniqueConstraint("area", "group", "unit", "year", "source"),)
    id: int | None = number()
    area: str = Field(foreign_key="areas.code", index=True)
    group: str
    unit: str
    year: int
    count: int
    source: str
    estimated: bool = False
    person_id: int | None = one_of("people", index=False, nullable=True)
    noted_at: datetime = instant()


EVENT_STATES = ("planned", "held", "cancelled")


class OutreachEvent(Record, table=True):
    """A meeting for outreach: planned, or held and counted. Free text stands in `details`."""

    __tablename__ = "outreach_events"
    __table_args__ = (Index("ix_outreach_events_list", "commune", "held_on"),)
    id: int | None = number()
    code: str = Field(unique=True)
    draft_key: str = Field(unique=True)
    state: str = "held"
    kind: str
    area: str | None = Field(default=None, foreign_key="areas.code")
    commune: str | None = Field(default=None, foreign_key="areas.code")
    held_on: date
    hour: int | None = None
    person_id: int = one_of("people")
    noted_at: datetime = instant()
    closes_at: datetime = instant()
    details: dict[str, Any] = sealed(EncryptedJson, "outreach_events.details", nullable=False)


COUNTED_BY = ("headcount", "recount", "sheet", "check_in")


class Headcount(Record, table=True):
    """How many of a group came to a meeting, counted in one way; `units` are known by number."""

    __tablename__ = "headcounts"
    __table_args__ = (UniqueConstraint("event_id", "group", "way"),)
    id: int | None = number()
    event_id: int = one_of("outreach_events")
    group: str
    way: str
    people: int
    women: int | None = None
    children: int | None = None
    minority: int | None = None
    units: list[str] | None = sealed(EncryptedJson, "headcounts.units")
    person_id: int | None = one_of("people", index=False, nullable=True)
    noted_at: datetime = instant()


class CheckIn(Record, table=True):
    """Somebody was there and said so; once each, known by a blind index, never by a name.

    `who` is the same at every meeting, so that a teacher at two of them is one teacher.
    """

    __tablename__ = "check_ins"
    __table_args__ = (UniqueConstraint("event_id", "who"),)
    id: int | None = number()
    event_id: int = one_of("outreach_events", index=False)
    who: str
    group: str
    area: str | None = None
    unit: str | None = sealed(EncryptedText, "check_ins.unit")
    channel: str
    done_at: datetime = instant()
    received_at: datetime = instant()


class Settlement(Record, table=True):
    """Which of the differing counts of a group holds, who decided it and why. The last counts."""

    __tablename__ = "settlements"
    id: int | None = number()
    event_id: int = one_of("outreach_events")
    group: str
    way: str
    people: int
    why: str = sealed(EncryptedText, "settlements.why", nullable=False)
    person_id: int = one_of("people", index=False)
    at: datetime = instant()


class Commitment(Record, table=True):
    """An employer's signed promise to employ no child; until when it holds."""

    __tablename__ = "commitments"
    id: int | None = number()
    draft_key: str = Field(unique=True)
    employer: str = sealed(EncryptedText, "commitments.employer", nullable=False)
    group: str
    area: str | None = Field(default=None, foreign_key="areas.code")
    commune: str | None = Field(default=None, foreign_key="areas.code", index=True)
    signed_on: date
    expires_on: date | None = None
    remarks: str | None = sealed(EncryptedText, "commitments.remarks")
    person_id: int = one_of("people", index=False)
    noted_at: datetime = instant()


INSPECTION_KINDS = ("regular", "unannounced")


class Inspection(Record, table=True):
    """A look at an establishment: what was found, and when to look again."""

    __tablename__ = "inspections"
    id: int | None = number()
    draft_key: str = Field(unique=True)
    kind: str
    employer: str = sealed(EncryptedText, "inspections.employer", nullable=False)
    area: str | None = Field(default=None, foreign_key="areas.code")
    commune: str | None = Field(default=None, foreign_key="areas.code", index=True)
    held_on: date
    result: str
    again_on: date | None = None
    remarks: str | None = sealed(EncryptedText, "inspections.remarks")
    person_id: int = one_of("people", index=False)
    noted_at: datetime = instant()


class KeptFile(Record, table=True):
    """An attachment that belongs to a record other than a report, so it is not forgotten.

    `subject` is the table and number of the record: "outreach_events:7".
    """

    __tablename__ = "kept_files"
    attachment_id: int = Field(
        sa_column=Column(BigId, ForeignKey("attachments.id"), primary_key=True)
    )
    subject: str = Field(index=True)
