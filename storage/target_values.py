"""How far a target was reached, as a person entered it where no record can tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.records.outreach import TargetValue
from storage.upserts import insert_or_update

values = TargetValue.__table__  # type: ignore[attr-defined]
_KEY = ("area", "indicator", "group", "unit", "year", "source")


def put(
    connection: Connection, value: Mapping[str, Any], now: datetime, person_id: int | None = None
) -> None:
    """Keep a value (area, indicator, group, unit, year, reached, source); a later word of the same
    source replaces its earlier one."""
    statement = insert_or_update(
        connection.dialect.name, values, _KEY, ("reached", "person_id", "noted_at")
    )
    connection.execute(statement, [{**value, "person_id": person_id, "noted_at": now}])


def of(connection: Connection, area: str, year: int) -> list[TargetValue]:
    """Those of an area and year, the one entered last at the end."""
    rows = connection.execute(
        select(values)
        .where(values.c.area == area, values.c.year == year)
        .order_by(values.c.noted_at, values.c.id)
    ).mappings()
    return [TargetValue(**row) for row in rows]
