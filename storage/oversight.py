"""Employers' commitments and inspections of establishments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from storage.records.outreach import Commitment, Inspection
from storage.upserts import insert_into

commitments = Commitment.__table__  # type: ignore[attr-defined]
inspections = Inspection.__table__  # type: ignore[attr-defined]


def commit(connection: Connection, commitment: Mapping[str, Any]) -> int:
    """Keep a commitment (the fields of Commitment but for id), once for each draft; its number."""
    return _keep(connection, commitments, commitment)


def inspect(connection: Connection, inspection: Mapping[str, Any]) -> int:
    """Keep an inspection (the fields of Inspection but for id), once for each draft; its number."""
    return _keep(connection, inspections, inspection)


def _keep(connection: Connection, table: Any, values: Mapping[str, Any]) -> int:
    statement = insert_into(connection.dialect.name, table).values(**values)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["draft_key"]))
    found = select(table.c.id).where(table.c.draft_key == values["draft_key"])
    return int(connection.execute(found).scalar_one())


def commitments_in(connection: Connection, communes: Collection[str]) -> list[Commitment]:
    """The commitments of these communes, what expires first on top."""
    wanted = select(commitments).where(commitments.c.commune.in_(communes))
    rows = connection.execute(wanted.order_by(commitments.c.expires_on, commitments.c.id))
    return [Commitment(**row) for row in rows.mappings()]


def expiring(connection: Connection, first: date, last: date) -> list[Commitment]:
    """The commitments of every commune that expire between two days."""
    wanted = select(commitments).where(commitments.c.expires_on.between(first, last))
    rows = connection.execute(wanted.order_by(commitments.c.expires_on, commitments.c.id))
    return [Commitment(**row) for row in rows.mappings()]


def inspections_in(
    connection: Connection, communes: Collection[str], first: date, last: date
) -> list[Inspection]:
    """The inspections of these communes between two days, the newest first."""
    wanted = select(inspections).where(
        inspections.c.commune.in_(communes), inspections.c.held_on.between(first, last)
    )
    rows = connection.execute(wanted.order_by(inspections.c.held_on.desc(), inspections.c.id))
    return [Inspection(**row) for row in rows.mappings()]
