"""Denominators: how many units of a group there are in an area in a year, and who says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.records.outreach import GroupSize
from storage.upserts import insert_or_update

sizes = GroupSize.__table__  # type: ignore[attr-defined]
_KEY = ("area", "group", "unit", "year", "source")


def put(
    connection: Connection,
    rows: Sequence[dict[str, Any]],
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Keep rows of area, group, unit, year, count, source, estimated; a later word of the same
    source replaces its earlier one."""
    statement = insert_or_update(
        connection.dialect.name, sizes, _KEY, ("count", "estimated", "person_id", "noted_at")
    )
    full = [{**row, "person_id": person_id, "noted_at": now} for row in rows]
    if full:
        connection.execute(statement, full)


def of(connection: Connection, areas: Collection[str]) -> list[GroupSize]:
    """Those of these areas, the oldest first."""
    rows = connection.execute(
        select(sizes).where(sizes.c.area.in_(areas)).order_by(sizes.c.year, sizes.c.id)
    ).mappings()
    return [GroupSize(**row) for row in rows]


def latest(connection: Connection, area: str, group: str, unit: str) -> GroupSize | None:
    """The newest word on how many there are; of two of the same year the larger."""
    row = connection.execute(
        select(sizes)
        .where(sizes.c.area == area, sizes.c.group == group, sizes.c.unit == unit)
        .order_by(sizes.c.year.desc(), sizes.c.count.desc())
        .limit(1)
    ).mappings()
    found = row.first()
    return GroupSize(**found) if found else None
