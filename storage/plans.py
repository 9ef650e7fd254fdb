"""Outreach plans as they were loaded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from storage.records.outreach import PlanFile
from storage.upserts import insert_into

plans = PlanFile.__table__  # type: ignore[attr-defined]


def load(
    connection: Connection,
    plan_id: str,
    area: str | None,
    years: tuple[int, int],
    content: str,
    now: datetime,
) -> bool:
    """Keep a plan; one of the same id is replaced. Returns whether it was there already."""
    known = connection.execute(select(plans.c.id).where(plans.c.plan_id == plan_id)).first()
    values = {
        "area": area,
        "start": years[0],
        "end": years[1],
        "content": content,
        "loaded_at": now,
    }
    statement = insert_into(connection.dialect.name, plans).values(plan_id=plan_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["plan_id"], set_=values))
    return known is not None


def area_of(connection: Connection, plan_id: str) -> str | None:
    """The area that a plan is loaded for; None when it counts everywhere or is not loaded."""
    area = connection.execute(select(plans.c.area).where(plans.c.plan_id == plan_id)).scalar()
    return str(area) if area is not None else None


def every(connection: Connection) -> list[PlanFile]:
    """All plans, in the order in which they were loaded first."""
    rows = connection.execute(select(plans).order_by(plans.c.id)).mappings()
    return [PlanFile(**row) for row in rows]
