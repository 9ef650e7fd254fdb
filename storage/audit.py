"""Who looked at what: an append-only log in which every row carries the hash of the one before.

How many lines there are is counted apart: without that, what is taken off the end leaves no gap.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select

from storage import counts
from storage.records.audit import AuditEntry

log = AuditEntry.__table__  # type: ignore[attr-defined]
_LOCK = 0x61756474
_DAY = timedelta(days=1)
_LINES = "audit lines"
_EVER = datetime(2100, 1, 1, tzinfo=UTC)  # no window of guesses: never purged


def note(
    connection: Connection,
    now: datetime,
    person_id: int | None,
    action: str,
    subject: str,
    detail: str = "",
) -> None:
    """Append one line: who, what (a verb), on what (a code or an id), never a name or a text."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    previous = connection.execute(select(log.c.hash).order_by(log.c.id.desc()).limit(1)).scalar()
    row = {
        "at": now,
        "person_id": person_id,
        "action": action,
        "subject": subject,
        "detail": detail,
        "previous": previous or "",
    }
    connection.execute(insert(log).values(**row, hash=_hash(row)))
    if counts.add(connection, _LINES, _EVER, _DAY) == 1 and previous is not None:
        # Lines from before they were counted.
        counts.correct(connection, _LINES, _EVER, _DAY, count(connection))


def first_broken(connection: Connection) -> int | None:
    """The id of the first line that does not follow from the one before, or None.

    Where lines were taken off the end it is the id that comes after the last.
    """
    previous, last, lines = "", 0, 0
    noted = counts.seen(connection, _LINES, _EVER, _DAY)
    for row in connection.execute(select(log).order_by(log.c.id)).mappings():
        lines, last = lines + 1, int(row["id"])
        follows = row["previous"] == previous and row["hash"] == _hash(dict(row))
        if not follows or (noted and lines > noted):
            return last
        previous = row["hash"]
    return last + 1 if lines < noted else None


def count(connection: Connection) -> int:
    """How many lines there are."""
    return connection.execute(select(func.count()).select_from(log)).scalar_one()


def _hash(row: dict[str, object]) -> str:
    at = row["at"]
    assert isinstance(at, datetime)
    parts = (at.isoformat(timespec="microseconds"), row["person_id"], row["action"])
    rest = (row["subject"], row["detail"], row["previous"])
    return sha256("\0".join(str(part) for part in (*parts, *rest)).encode()).hexdigest()
