"""Outreach meetings: planned or held, with how many came as each way of counting has it."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from storage.invitations import ALPHABET, normal
from storage.records.outreach import Headcount, OutreachEvent, Settlement
from storage.upserts import insert_into

events = OutreachEvent.__table__  # type: ignore[attr-defined]
headcounts = Headcount.__table__  # type: ignore[attr-defined]
settlements = Settlement.__table__  # type: ignore[attr-defined]

CODE_LENGTH = 6  # 30 bits, and a limit on guessing
_CODE = re.compile(rf"(?=.*\d)(?=.*[A-Z])[{ALPHABET}]{{{CODE_LENGTH}}}")


def code_of(text: str) -> str:
    """The code of a meeting that a whole text could be, as it was made; "" if it is none.

    There is a digit and a letter in each, so that it is neither a word nor a number. The O of
    "bao tin" is no digit before it was read as one, and "thon 12" is no code in two halves.
    """
    pieces = text.split() if len(text) <= CODE_LENGTH + 4 else []
    digit = any(letter.isdigit() for letter in text)
    if not digit or len({len(piece) for piece in pieces}) != 1:
        return ""
    bare = normal(text)
    return bare if _CODE.fullmatch(bare) else ""


def new_code(connection: Connection) -> str:
    """A free code of a meeting, like "7K2M9Q"."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if code_of(code) and by_code(connection, code) is None:
            return code


def add(connection: Connection, event: Mapping[str, Any]) -> OutreachEvent:
    """Keep a meeting (the fields of OutreachEvent but for id and code); a draft is kept once."""
    key = event["draft_key"]
    connection.execute(
        insert_into(connection.dialect.name, events)
        .values(code=new_code(connection), **event)
        .on_conflict_do_nothing(index_elements=["draft_key"])
    )
    row = connection.execute(select(events).where(events.c.draft_key == key)).mappings().one()
    return OutreachEvent(**row)


def change(connection: Connection, event_id: int, **values: Any) -> None:
    """Set columns of a meeting."""
    connection.execute(update(events).where(events.c.id == event_id).values(**values))


def begins(event: OutreachEvent) -> time | None:
    """When it begins, as far as that was told."""
    if event.hour is None:
        return None
    return time(event.hour, int(event.details.get("minute", 0)))


def by_code(connection: Connection, code: str) -> OutreachEvent | None:
    """The meeting of this code."""
    row = connection.execute(select(events).where(events.c.code == code)).mappings().first()
    return OutreachEvent(**row) if row else None


def between(
    connection: Connection, areas: Collection[str], first: date, last: date
) -> list[OutreachEvent]:
    """The meetings held or planned in these areas (villages or communes), the oldest first."""
    rows = connection.execute(
        select(events)
        .where(
            or_(events.c.area.in_(areas), events.c.commune.in_(areas)),
            events.c.held_on.between(first, last),
            events.c.state != "cancelled",
        )
        .order_by(events.c.held_on, events.c.id)
    ).mappings()
    return [OutreachEvent(**row) for row in rows]


def recent(
    connection: Connection, areas: Collection[str], person_id: int, limit: int, offset: int = 0
) -> tuple[list[OutreachEvent], int]:
    """A person's own meetings and those of these areas, the newest first; and how many."""
    mine = or_(
        events.c.person_id == person_id, events.c.area.in_(areas), events.c.commune.in_(areas)
    )
    where = (mine, events.c.state != "cancelled")
    total = connection.execute(select(func.count()).select_from(events).where(*where)).scalar_one()
    rows = connection.execute(
        select(events)
        .where(*where)
        .order_by(events.c.held_on.desc(), events.c.id.desc())
        .limit(limit)
        .offset(offset)
    ).mappings()
    return [OutreachEvent(**row) for row in rows], total


def same(
    connection: Connection, area: str, held_on: date, hour: int | None
) -> OutreachEvent | None:
    """The meeting of the same village, day and hour; an hour that is not known may be any."""
    where = [events.c.area == area, events.c.held_on == held_on, events.c.state != "cancelled"]
    if hour is not None:
        where.append(or_(events.c.hour.is_(None), events.c.hour == hour))
    found = select(events).where(*where).order_by(events.c.id).limit(1)
    row = connection.execute(found).mappings().first()
    return OutreachEvent(**row) if row else None


def count_heads(connection: Connection, counted: Mapping[str, Any]) -> None:
    """Keep how many of a group came (the fields of Headcount); a new count in the same way
    replaces the one before."""
    key = ("event_id", "group", "way")
    values = {name: counted[name] for name in counted if name not in key}
    statement = insert_into(connection.dialect.name, headcounts).values(**counted)
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=values))


def heads_of(connection: Connection, event_ids: Sequence[int]) -> dict[int, list[Headcount]]:
    """What was counted at these meetings, by their ids."""
    found: defaultdict[int, list[Headcount]] = defaultdict(list)
    wanted = select(headcounts).where(headcounts.c.event_id.in_(event_ids))
    for row in connection.execute(wanted.order_by(headcounts.c.id)).mappings():
        found[row["event_id"]].append(Headcount(**row))
    return found


def settle(connection: Connection, settled: Mapping[str, Any]) -> None:
    """Keep which count holds (the fields of Settlement); the ones before stay to be read."""
    connection.execute(insert(settlements).values(**settled))


def settled_of(
    connection: Connection, event_ids: Sequence[int]
) -> dict[tuple[int, str], Settlement]:
    """The last settlement of each meeting and group."""
    wanted = select(settlements).where(settlements.c.event_id.in_(event_ids))
    rows = connection.execute(wanted.order_by(settlements.c.id)).mappings()
    return {(row["event_id"], row["group"]): Settlement(**row) for row in rows}
