"""What every record begins with, and its columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey
from sqlmodel import Field, SQLModel

from storage.types import BigId, UtcDateTime


class Record(SQLModel):
    """The base of every table. Nothing is validated by these classes, so no validator is built."""

    model_config = {"defer_build": True}


def number() -> Any:
    """The column of a record's own number."""
    return Field(default=None, sa_column=Column(BigId, primary_key=True))


def one_of(table: str, *, index: bool = True, nullable: bool = False) -> Any:
    """A column with the number of a record of that table."""
    key = ForeignKey(f"{table}.id")
    default = None if nullable else ...
    return Field(default, sa_column=Column(BigId, key, index=index, nullable=nullable))


def sealed(kind: type, place: str, *, nullable: bool = True) -> Any:
    """A column of personal data, encrypted as `kind` does; `place` is "table.column"."""
    default = None if nullable else ...
    return Field(default, sa_column=Column(kind(place), nullable=nullable))


def instant(*, nullable: bool = False, index: bool = False) -> Any:
    """A column with an instant, UTC."""
    default = None if nullable else ...
    return Field(default, sa_column=Column(UtcDateTime(), nullable=nullable, index=index))
