"""Everything that is kept, in one file: to keep apart, and to move to another database.

The file is gzipped JSON lines: a head, then [table, row] for each row, then a foot with the
count. Personal fields stay encrypted, so a backup is of no use without the master key.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text

from storage import key_check, schema
from storage.crypto import Keyring
from storage.rawtables import raw_tables, sealed_columns

_MAGIC = "vongtay backup 1"
_GZIP = b"\x1f\x8b"  # how every gzipped file begins
_BATCH = 500


class BadBackup(ValueError):
    """This file cannot be restored, or not here; the message says why."""


def write(connection: Connection, path: Path) -> int:
    """Write a backup, readable by its owner alone; returns the number of rows.

    The file appears under its name only when it is complete; what cannot be finished is taken away.
    """
    half = path.with_name(path.name + ".half")
    try:
        count = _write_half(connection, half)
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return count


def _write_half(connection: Connection, half: Path) -> int:
    count = 0
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with gzip.open(file, "wt", encoding="utf-8") as out:
            head = {"what": _MAGIC, "revision": schema.current(connection)}
            out.write(json.dumps(head) + "\n")
            for table in raw_tables():
                for row in connection.execute(select(table)).mappings():
                    values = {name: _plain(value) for name, value in row.items()}
                    out.write(json.dumps([table.name, values], ensure_ascii=False) + "\n")
                    count += 1
            out.write(json.dumps({"rows": count}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return count


def looks_like_one(path: Path) -> bool:
    """Whether a file is empty or begins as a backup does: a newer one may take its place."""
    try:
        if path.stat().st_size:
            _revision(path)
    except BadBackup:
        return False
    return True


def examine(path: Path, keyring: Keyring) -> None:
    """Read a backup through and try the key on it, before anything is made for it.

    Raises BadBackup, or WrongKey when it was written with another key.
    """
    to_try = {table.name: {*names} for table, names in sealed_columns()}
    for name, values in _rows(path):
        for column in to_try.get(name, set()) & values.keys():
            sealed = _back_or_damaged(values[column])
            if isinstance(sealed, bytes):
                keyring.open(sealed, f"{name}.{column}".encode())
                to_try[name].discard(column)  # one of each is enough


def restore(connection: Connection, path: Path) -> int:
    """Fill an empty database from a backup, also from one of an older program; returns the number
    of rows.

    Raises BadBackup when the file is damaged, cut short or of a newer program, or the database is
    not empty.
    """
    key_check.forget(connection)
    if any(connection.execute(select(func.count()).select_from(t)).scalar() for t in raw_tables()):
        raise BadBackup("the database is not empty: restore into a new one")
    revision, here = _revision(path), schema.current(connection)
    older = revision != here
    if older:
        if revision not in schema.revisions():
            raise BadBackup(f"the backup is of revision {revision}, this program is of {here}")
        schema.back_to(connection, revision)
    tables = _tables_of_then(connection) if older else {table.name: table for table in raw_tables()}
    count = _fill(connection, tables, path)
    if older:
        schema.upgrade(connection)
    _go_on_counting(connection)
    return count


def _fill(connection: Connection, tables: dict[str, Table], path: Path) -> int:
    count = 0
    waiting: list[dict[str, Any]] = []
    present: Table | None = None
    for name, values in _rows(path):
        table = tables.get(name)
        if table is None:
            raise BadBackup(f"there is no table {name} in this version")
        if table is not present or len(waiting) >= _BATCH:
            _insert(connection, present, waiting)
            present, waiting = table, []
        waiting.append(_row(table, values))
        count += 1
    _insert(connection, present, waiting)
    return count


def _tables_of_then(connection: Connection) -> dict[str, Table]:
    """The tables as the database has them, which no record of this program describes any more."""
    today = {table.name: table for table in raw_tables()}
    then = MetaData()
    then.reflect(connection)
    for table in then.tables.values():
        known = today.get(table.name)
        for column in table.columns:
            if known is not None and column.name in known.columns:
                column.type = known.columns[column.name].type
    # Which revision the database is of is ours to say, never the file's.
    return {name: table for name, table in then.tables.items() if name != "alembic_version"}


def _row(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    row = {key: _back_or_damaged(value) for key, value in values.items()}
    if not row.keys() <= set(table.columns.keys()):
        raise BadBackup("the file is damaged")
    return row


def _insert(connection: Connection, table: Table | None, rows: list[dict[str, Any]]) -> None:
    if table is not None and rows:
        connection.execute(insert(table), rows)


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL numbers new rows from a counter that inserting numbers does not move."""
    if connection.dialect.name != "postgresql":
        return
    for table in raw_tables():
        if "id" in table.columns:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                    f" coalesce(max(id), 0) + 1, false) FROM {table.name}"
                )
            )


def _revision(path: Path) -> str:
    """The revision of the database that a backup is of."""
    with _opened(path) as lines:
        return str(_head(lines)["revision"])


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    count, complete = 0, False
    with _opened(path) as lines:
        _head(lines)
        for line in lines:
            row = json.loads(line)
            if isinstance(row, dict):
                complete = row["rows"] == count
                continue
            count += 1
            yield row[0], row[1]
    if not complete:
        raise BadBackup("the file is cut short")


def _head(lines: IO[str]) -> dict[str, Any]:
    head = json.loads(next(lines, "null"))
    if not isinstance(head, dict) or head.get("what") != _MAGIC:
        raise BadBackup("this is no backup of vongtay")
    return head


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The lines of a backup; whatever is wrong with them is said as BadBackup."""
    try:
        with path.open("rb") as file:
            if file.read(2) != _GZIP:
                raise BadBackup("this is no backup of vongtay")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield lines
    except BadBackup:
        raise
    except EOFError:
        raise BadBackup("the file is cut short") from None
    except (gzip.BadGzipFile, zlib.error, ValueError, LookupError, TypeError):
        raise BadBackup("the file is damaged") from None
    except OSError as problem:
        raise BadBackup(problem.strerror or "the file cannot be read") from None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _back_or_damaged(value: Any) -> Any:
    try:
        return _back(value)
    except (ValueError, TypeError, AttributeError):
        raise BadBackup("the file is damaged") from None


def _back(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text_),) = value.items()
    if kind == "b":
        return base64.b64decode(text_)
    return datetime.fromisoformat(text_) if kind == "t" else date.fromisoformat(text_)
