"""How often something was tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from storage.records.base import Record
from storage.types import UtcDateTime


class Count(Record, table=True):
    """How often something was tried in a window of time: guesses are limited by it."""

    __tablename__ = "counts"
    name: str = Field(primary_key=True)
    window_at: datetime = Field(sa_column=Column(UtcDateTime(), primary_key=True))
    count: int = 0
