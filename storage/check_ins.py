"""Check-ins: who was at a meeting said so, once each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from storage import crypto
from storage.records.outreach import CheckIn
from storage.upserts import insert_or_skip

check_ins = CheckIn.__table__  # type: ignore[attr-defined]


def who(known_by: str) -> str:
    """The blind index of somebody, the same at every meeting: a teacher at two of them is one."""
    return crypto.index(known_by, "check-in")


def add(connection: Connection, check_in: Mapping[str, Any]) -> bool:
    """Keep one (the fields of CheckIn but for id); False when this person is in already."""
    statement = insert_or_skip(connection.dialect.name, check_ins, "event_id", "who")
    return bool(connection.execute(statement.values(**check_in)).rowcount)


def number(connection: Connection, event_id: int) -> int:
    """How many are in at a meeting."""
    counted = select(func.count()).select_from(check_ins).where(check_ins.c.event_id == event_id)
    return int(connection.execute(counted).scalar_one())


def of(connection: Connection, event_ids: Sequence[int]) -> dict[int, list[CheckIn]]:
    """Everybody who is in at these meetings, by their ids."""
    found: defaultdict[int, list[CheckIn]] = defaultdict(list)
    wanted = select(check_ins).where(check_ins.c.event_id.in_(event_ids)).order_by(check_ins.c.id)
    for row in connection.execute(wanted).mappings():
        found[row["event_id"]].append(CheckIn(**row))
    return found
