"""The working calendar as the commune changed it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from storage.records.base import Record, instant, one_of


class CalendarChange(Record, table=True):
    """A day as somebody of the commune entered it, over the official calendar."""

    __tablename__ = "calendar_changes"
    day: date = Field(primary_key=True)
    kind: str  # off, working
    reason: str
    source: str = ""
    entered_by: int | None = one_of("people", index=False, nullable=True)
    entered_at: datetime = instant()


class CalendarYear(Record, table=True):
    """The official table of one year, as it was loaded (JSON in the manner of calendar.toml)."""

    __tablename__ = "calendar_years"
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: str = Field(sa_column=Column(Text, nullable=False))
    loaded_at: datetime = instant()
