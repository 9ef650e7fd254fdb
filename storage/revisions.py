"""What communes add themselves, every state kept: entries, contacts, recordings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from storage.records.questions import REVISED, Revision

revisions = Revision.__table__  # type: ignore[attr-defined]


def put(
    connection: Connection,
    kind: str,
    commune: str,
    item: str,
    content: Mapping[str, Any],
    person_id: int,
    now: datetime,
    *,
    live: bool = True,
) -> int:
    """Append a state of an item, which counts from now on; returns its number (1 the first).

    Raises ValueError for a kind that is none.
    """
    if kind not in REVISED:
        raise ValueError(f"no such kind: {kind}")
    last = select(func.max(revisions.c.number)).where(
        revisions.c.kind == kind, revisions.c.commune == commune, revisions.c.item == item
    )
    number = (connection.execute(last).scalar() or 0) + 1
    connection.execute(
        insert(revisions).values(
            kind=kind,
            commune=commune,
            item=item,
            number=number,
            live=live,
            at=now,
            person_id=person_id,
            content=dict(content),
        )
    )
    return number


def stamp(connection: Connection) -> tuple[int, str]:
    """What changes whenever anything is added: what was read before is known by it.

    The moment is in it because a number comes again where a transaction was undone.
    """
    last = select(revisions.c.id, revisions.c.at).order_by(revisions.c.id.desc()).limit(1)
    found = connection.execute(last).first()
    return (found[0], found[1].isoformat()) if found else (0, "")


def communes(connection: Connection, kind: str) -> list[str]:
    """The communes that have added something of a kind."""
    rows = select(revisions.c.commune).where(revisions.c.kind == kind).distinct()
    return sorted(connection.execute(rows).scalars())


def newest(connection: Connection, kind: str, commune: str) -> list[Revision]:
    """The state that counts of every item of a commune, those taken away too, oldest item first."""
    own = (revisions.c.kind == kind, revisions.c.commune == commune)
    last = select(func.max(revisions.c.id)).where(*own).group_by(revisions.c.item)
    rows = connection.execute(select(revisions).where(revisions.c.id.in_(last))).mappings()
    first = select(revisions.c.item, func.min(revisions.c.id)).where(*own)
    begun = {item: at for item, at in connection.execute(first.group_by(revisions.c.item))}
    found = [Revision(**row) for row in rows]
    return sorted(found, key=lambda each: begun[each.item])


def history(connection: Connection, kind: str, commune: str, item: str) -> list[Revision]:
    """Every state of an item, the newest first."""
    rows = connection.execute(
        select(revisions)
        .where(revisions.c.kind == kind, revisions.c.commune == commune, revisions.c.item == item)
        .order_by(revisions.c.number.desc())
    ).mappings()
    return [Revision(**row) for row in rows]
