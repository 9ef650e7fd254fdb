"""INSERT … ON CONFLICT: SQLite and PostgreSQL spell it alike, SQLAlchemy keeps them apart."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def insert_into(dialect: str, table: Any) -> Any:
    """An insert that has `on_conflict_…`; the dialect that is not used is not even imported."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


@cache  # putting a statement together takes as long as ten rows
def insert_or_skip(dialect: str, table: Any, *key: str) -> Any:
    """Insert rows; one whose key is there already is passed over."""
    return insert_into(dialect, table).on_conflict_do_nothing(index_elements=key)


@cache
def insert_or_update(
    dialect: str, table: Any, key: tuple[str, ...], values: tuple[str, ...]
) -> Any:
    """Insert rows; where the key is there already, set `values`."""
    statement = insert_into(dialect, table)
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in values}
    )
