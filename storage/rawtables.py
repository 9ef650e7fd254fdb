"""The tables with their encrypted columns as the bytes that they are: for backup and rotation."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Column, LargeBinary, MetaData, Table
from sqlmodel import SQLModel

import storage.records.every  # noqa: F401  the tables register themselves
from storage.types import is_encrypted


@cache
def raw_tables() -> tuple[Table, ...]:
    """Every table, referenced ones before those that refer to them, without decryption."""
    bare = MetaData()
    for table in SQLModel.metadata.sorted_tables:
        Table(
            table.name,
            bare,
            *(
                Column(
                    column.name,
                    LargeBinary() if is_encrypted(column) else column.type,
                    primary_key=column.primary_key,
                )
                for column in table.columns
            ),
        )
    return tuple(bare.tables[table.name] for table in SQLModel.metadata.sorted_tables)


@cache
def sealed_columns() -> tuple[tuple[Table, tuple[str, ...]], ...]:
    """The tables that hold personal data, with the names of the columns that do."""
    found = []
    for raw in raw_tables():
        table = SQLModel.metadata.tables[raw.name]
        names = tuple(column.name for column in table.columns if is_encrypted(column))
        if names:
            found.append((raw, names))
    return tuple(found)
