"""Who is who: a chat that moved, one who is to be forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.inbox import sender_index
from storage.people import links, people, roles
from storage.records.cases import Report, Reporter
from storage.records.queues import OutboxMessage

reports = Report.__table__  # type: ignore[attr-defined]
reporters = Reporter.__table__  # type: ignore[attr-defined]
outbox = OutboxMessage.__table__  # type: ignore[attr-defined]


def move(connection: Connection, link_id: int, channel: str, address: str) -> None:
    """A chat has a new address. If it wrote from there already, what we owe it goes there."""
    index = sender_index(channel, address)
    there = connection.execute(
        select(links.c.id).where(links.c.channel == channel, links.c.address_index == index)
    ).scalar()
    if there is None:
        connection.execute(
            update(links).where(links.c.id == link_id).values(address=address, address_index=index)
        )
    else:
        connection.execute(
            update(outbox)
            .where(outbox.c.link_id == link_id, outbox.c.finished_at.is_(None))
            .values(link_id=there)
        )


def erase(connection: Connection, person_id: int, now: datetime) -> None:
    """Forget who a person is: name, number, addresses, roles. Their reports stay, of nobody.

    Raises WrongKey where a report of theirs cannot be read: then it may hold their number.
    """
    connection.execute(
        update(people)
        .where(people.c.id == person_id)
        .values(name=None, phone=None, home_area=None, suspended_at=now)
    )
    connection.execute(
        update(roles)
        .where(roles.c.person_id == person_id, roles.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    connection.execute(
        update(reporters)
        .where(reporters.c.person_id == person_id)
        .values(phone=None, may_call=None)
    )
    _take_out_the_number(connection, person_id)
    for link_id in (
        connection.execute(select(links.c.id).where(links.c.person_id == person_id)).scalars().all()
    ):
        connection.execute(
            update(links)
            .where(links.c.id == link_id)
            .values(address="", address_index=f"erased:{link_id}", blocked_at=now)
        )


def _take_out_the_number(connection: Connection, person_id: int) -> None:
    """What was answered in the report itself on how to call who gave it goes as well."""
    theirs = select(reporters.c.report_id).where(reporters.c.person_id == person_id)
    rows = connection.execute(
        select(reports.c.id, reports.c.answers).where(reports.c.id.in_(theirs))
    ).all()
    for report_id, answers in rows:
        kept = {key: said for key, said in answers.items() if key not in _HOW_TO_CALL}
        if kept != answers:
            connection.execute(
                update(reports).where(reports.c.id == report_id).values(answers=kept)
            )


_HOW_TO_CALL = ("phone", "may_call")
