"""Duties, their settings, and who is away or on call."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from storage.records.base import Record, instant, number, one_of, sealed
from storage.types import BigId, EncryptedJson, EncryptedText


class CaseClock(Record, table=True):
    """One limit that runs for a case. `stamp` is the version of the calendar it was dated by."""

    __tablename__ = "case_clocks"
    __table_args__ = (
        UniqueConstraint("case_id", "clock", "since_at"),
        Index("ix_case_clocks_running", "due_at", sqlite_where=text("stopped_at IS NULL")),
        Index("ix_case_clocks_warn", "warn_at", sqlite_where=text("stopped_at IS NULL")),
    )
    id: int | None = number()
    case_id: int = one_of("cases")
    clock: str
    since_at: datetime = instant()
    due_at: datetime = instant()
    stopped_at: datetime | None = instant(nullable=True)
    warn_at: datetime | None = instant(nullable=True)
    stamp: int = 0


class Duty(Record, table=True):
    """Something one person has to do by a day. `remind_on` lists days, the earliest first.

    `remind_at` and `escalate_at` are when it next asks for attention; null when it no more does.
    """

    __tablename__ = "duties"
    __table_args__ = (
        Index("ix_duties_open", "person_id", "due_on", sqlite_where=text("done_at IS NULL")),
        Index("ix_duties_remind", "remind_at", sqlite_where=text("done_at IS NULL")),
        Index("ix_duties_escalate", "escalate_at", sqlite_where=text("done_at IS NULL")),
        Index("ix_duties_subject", "subject", "source"),
    )
    id: int | None = number()
    person_id: int = one_of("people", index=False)
    key: str = Field(unique=True)
    source: str
    subject: str
    area: str | None = None
    due_on: date
    due_at: datetime | None = instant(nullable=True)
    remind_on: str = ""
    must: bool = True  # overdue until it is done, and then told to the superiors
    proof: bool = False
    words: dict[str, Any] | None = sealed(EncryptedJson, "duties.words")
    remind_at: datetime | None = instant(nullable=True)
    escalate_at: datetime | None = instant(nullable=True)
    step: int = 0
    given_by: int | None = one_of("people", index=False, nullable=True)
    done_at: datetime | None = instant(nullable=True)
    done_by: int | None = one_of("people", index=False, nullable=True)
    proof_words: str | None = sealed(EncryptedText, "duties.proof_words")
    proof_id: int | None = one_of("attachments", index=False, nullable=True)
    created_at: datetime = instant()


class DutyWatch(Record, table=True):
    """An overdue duty of somebody else, in the eyes of a superior."""

    __tablename__ = "duty_watches"
    __table_args__ = (Index("ix_duty_watches_remind", "remind_at"),)
    duty_id: int = Field(sa_column=Column(BigId, ForeignKey("duties.id"), primary_key=True))
    person_id: int = Field(sa_column=Column(BigId, ForeignKey("people.id"), primary_key=True))
    since_at: datetime = instant()
    remind_at: datetime | None = instant(nullable=True)


class DutyList(Record, table=True):
    """What the numbers of a list of duties meant when it was shown. `morning` marks a digest."""

    __tablename__ = "duty_lists"
    __table_args__ = (
        UniqueConstraint("person_id", "morning"),
        Index("ix_duty_lists_shown", "person_id", "shown_at"),
    )
    id: int | None = number()
    person_id: int = one_of("people", index=False)
    shown_at: datetime = instant()
    morning: date | None = None
    items: str = Field(sa_column=Column(Text, nullable=False))


class DutySetting(Record, table=True):
    """How one commune keeps a duty of the year otherwise than content/year.toml has it."""

    __tablename__ = "duty_settings"
    commune: str = Field(primary_key=True, foreign_key="areas.code")
    event: str = Field(primary_key=True)
    off: bool = False
    month: int | None = None
    day: int | None = None
    remind: str | None = None
    who: str | None = None


class DutyPlanning(Record, table=True):
    """How far duties are planned: one row."""

    __tablename__ = "duty_planning"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stamp: str = ""
    first_on: date
    through_on: date
    cursor: int | None = None  # the last person planned of a run under way; null when done
    role_id: int = 0
    clock_id: int = 0
    collected_on: date | None = None
    asked_week: date | None = None
    asked_cursor: int | None = None  # the last person asked of a week under way


class Absence(Record, table=True):
    """Somebody is on leave, and who stands in."""

    __tablename__ = "absences"
    id: int | None = number()
    person_id: int = one_of("people")
    first_on: date
    last_on: date = Field(index=True)
    stand_in: int = one_of("people", index=False)
    entered_at: datetime = instant()


class OnCallShift(Record, table=True):
    """Who is on call for an area on these days, in place of everybody with the role."""

    __tablename__ = "on_call_shifts"
    id: int | None = number()
    area: str = Field(foreign_key="areas.code", index=True)
    person_id: int = one_of("people", index=False)
    first_on: date
    last_on: date
    entered_at: datetime = instant()


class ZeroReport(Record, table=True):
    """The weekly question to a collaborator, and the answer: "no" is data too."""

    __tablename__ = "zero_reports"
    __table_args__ = (
        UniqueConstraint("person_id", "area", "week"),
        Index("ix_zero_reports_area", "area", "week"),
    )
    id: int | None = number()
    person_id: int = one_of("people", index=False)
    area: str = Field(foreign_key="areas.code")
    week: date
    asked_at: datetime = instant()
    answer: str | None = None
    answered_at: datetime | None = instant(nullable=True)
