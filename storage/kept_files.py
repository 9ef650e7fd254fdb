"""Files that belong to a record other than a report: sign-in sheets, photos of papers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from storage.attachments import kept_files, states
from storage.meetings import events
from storage.oversight import commitments, inspections
from storage.upserts import insert_or_skip

_TABLES = {table.name: table for table in (events, commitments, inspections)}


def keep(connection: Connection, subject: str, ids: Sequence[int]) -> None:
    """These attachments belong to a record now and are not forgotten."""
    if ids:
        rows = [{"attachment_id": each, "subject": subject} for each in ids]
        statement = insert_or_skip(connection.dialect.name, kept_files, "attachment_id")
        connection.execute(statement, rows)


def of(connection: Connection, subject: str) -> list[tuple[int, str, str]]:
    """(number, state, mime) of the files of a record."""
    wanted = select(kept_files.c.attachment_id).where(kept_files.c.subject == subject)
    ids = list(connection.execute(wanted.order_by(kept_files.c.attachment_id)).scalars())
    known = states(connection, ids) if ids else {}
    return [(number, known[number][0], known[number][2]) for number in ids if number in known]


def record_of(connection: Connection, attachment_id: int) -> tuple[str, str | None] | None:
    """(name, area) of the record that an attachment belongs to: a meeting's name is its code."""
    found = select(kept_files.c.subject).where(kept_files.c.attachment_id == attachment_id)
    subject = str(connection.execute(found).scalar() or "")
    name, _colon, number = subject.partition(":")
    table = _TABLES.get(name)
    if table is None or not number.isdecimal():
        return None
    row = connection.execute(select(table).where(table.c.id == int(number))).mappings().first()
    return (row.get("code", subject), row["area"] or row["commune"]) if row else None
