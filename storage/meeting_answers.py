"""Who is invited to a meeting that is planned, and who said they would come."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, and_, or_, select, update

from storage import people
from storage.duties import duties
from storage.meetings import events, headcounts
from storage.records.outreach import MeetingAnswer, OutreachEvent
from storage.upserts import insert_or_update

answers = MeetingAnswer.__table__  # type: ignore[attr-defined]


def invited(connection: Connection, event: OutreachEvent) -> list[int]:
    """The collaborators of a meeting's village, or of the whole commune where it is of none.

    A village that was only typed could be any: then nobody.
    """
    area = event.area or event.commune
    if area is None or (event.area is None and event.details.get("typed_village")):
        return []
    found = people.with_role_below(connection, [area], "collaborator")
    if event.area:
        found += people.on_duty(connection, event.area, "collaborator")
    return list(dict.fromkeys(found))


def answer(
    connection: Connection, event: OutreachEvent, person_id: int, *, coming: bool, now: datetime
) -> None:
    """Somebody says whether they come; the last word counts."""
    row = {"event_id": event.id, "person_id": person_id, "revision": event.revision}
    statement = insert_or_update(
        connection.dialect.name,
        answers,
        ("event_id", "person_id"),
        ("revision", "coming", "at"),
    )
    connection.execute(statement, [{**row, "coming": coming, "at": now}])


def of(connection: Connection, event: OutreachEvent) -> dict[int, bool]:
    """Who comes and who cannot, at the day and hour that hold now."""
    found = select(answers.c.person_id, answers.c.coming).where(
        answers.c.event_id == event.id, answers.c.revision == event.revision
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def untold(connection: Connection, today: date, limit: int) -> list[OutreachEvent]:
    """Meetings to come that were planned, moved or called off and nobody was told yet."""
    news = or_(
        and_(events.c.state == "planned", events.c.told.is_(None)),
        and_(events.c.state.in_(("planned", "cancelled")), events.c.told < events.c.revision),
    )
    wanted = select(events).where(events.c.held_on >= today, news)
    rows = connection.execute(wanted.order_by(events.c.id).limit(limit)).mappings()
    return [OutreachEvent(**row) for row in rows]


def told(connection: Connection, event: OutreachEvent, at: datetime) -> None:
    """People have been told how it stands."""
    connection.execute(
        update(events).where(events.c.id == event.id).values(told=event.revision, told_at=at)
    )


def ahead(connection: Connection, first: date, last: date) -> list[OutreachEvent]:
    """The meetings to which people are invited, between two days."""
    rows = connection.execute(
        select(events)
        .where(
            events.c.held_on.between(first, last),
            events.c.state == "planned",
            events.c.told == events.c.revision,
        )
        .order_by(events.c.held_on, events.c.id)
    ).mappings()
    return [OutreachEvent(**row) for row in rows]


def reminded(connection: Connection, event: OutreachEvent, on: date) -> None:
    """People were reminded outside their morning message."""
    connection.execute(update(events).where(events.c.id == event.id).values(reminded_on=on))


def uncounted(connection: Connection, first: date, last: date) -> list[OutreachEvent]:
    """Meetings people were invited to, held between two days, that nobody has counted; those
    about which somebody was reminded before are left out."""
    counted = select(headcounts.c.id).where(headcounts.c.event_id == events.c.id)
    asked = select(duties.c.id).where(
        duties.c.source == "headcount", duties.c.subject == events.c.code
    )
    rows = connection.execute(
        select(events)
        .where(
            events.c.held_on.between(first, last),
            events.c.state != "cancelled",
            events.c.told.is_not(None),
            ~counted.exists(),
            ~asked.exists(),
        )
        .order_by(events.c.id)
    ).mappings()
    return [OutreachEvent(**row) for row in rows]
