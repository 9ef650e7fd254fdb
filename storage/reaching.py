"""How people can be reached: their links and windows, what was sent, what platforms said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, func, or_, select, true, update

from storage.outbox import begin_so
from storage.records.cases import Case as CaseRecord
from storage.records.cases import Report, Reporter
from storage.records.channels import ChannelNote, ChannelUse
from storage.records.people import ChannelLink, Person, Role
from storage.records.queues import InboxEvent, OutboxMessage
from storage.records.talks import Conversation
from storage.upserts import insert_into, insert_or_update

links = ChannelLink.__table__  # type: ignore[attr-defined]
people = Person.__table__  # type: ignore[attr-defined]
conversations = Conversation.__table__  # type: ignore[attr-defined]
outbox = OutboxMessage.__table__  # type: ignore[attr-defined]
inbox = InboxEvent.__table__  # type: ignore[attr-defined]
use = ChannelUse.__table__  # type: ignore[attr-defined]
notes = ChannelNote.__table__  # type: ignore[attr-defined]
roles = Role.__table__  # type: ignore[attr-defined]
reporters = Reporter.__table__  # type: ignore[attr-defined]
reports = Report.__table__  # type: ignore[attr-defined]
cases = CaseRecord.__table__  # type: ignore[attr-defined]


STRANDED = timedelta(days=3)  # how long it is waited for a channel that is not set up


class Reader(NamedTuple):
    """Who reads at a link, in which language, and whether a form is in front of them."""

    person_id: int
    language: str
    in_form: bool
    last_seen_at: datetime | None


class Way(NamedTuple):
    """One open link of a person."""

    person_id: int
    link_id: int
    channel: str
    last_seen_at: datetime | None


def reader(connection: Connection, link_id: int) -> Reader | None:
    """Who reads at a link."""
    row = connection.execute(
        select(
            people.c.id,
            people.c.language,
            conversations.c.form.is_not(None),
            links.c.last_seen_at,
        )
        .join_from(links, people, people.c.id == links.c.person_id)
        .outerjoin(conversations, conversations.c.person_id == people.c.id)
        .where(links.c.id == link_id)
    ).first()
    return Reader._make(row) if row else None


def ways(connection: Connection, person_ids: Iterable[int]) -> list[Way]:
    """Every open link of these people, the last used first."""
    rows = connection.execute(
        select(links.c.person_id, links.c.id, links.c.channel, links.c.last_seen_at)
        .where(links.c.person_id.in_(list(person_ids)), links.c.blocked_at.is_(None))
        .order_by(links.c.last_seen_at.desc(), links.c.id.desc())
    )
    return [Way._make(row) for row in rows]


def reroute(connection: Connection, message_id: int, link_id: int, channel: str, why: str) -> None:
    """A message that cannot go where it was meant to goes to another link of the person."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message_id, outbox.c.finished_at.is_(None))
        .values(
            link_id=link_id,
            channel=channel,
            claimed_until=None,
            not_before=None,
            error=f"instead of {why}"[:500],
        )
    )


def tried_elsewhere(connection: Connection, message_id: int) -> bool:
    """Whether a message was rerouted before: it goes round once, not in circles."""
    error = connection.execute(select(outbox.c.error).where(outbox.c.id == message_id)).scalar()
    return bool(error and error.startswith("instead of "))


def count(connection: Connection, channel: str, month: str, more: int) -> None:
    """Note that a channel has sent so many messages more."""
    statement = insert_into(connection.dialect.name, use).values(
        channel=channel, month=month, sent=more
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "month"], set_={"sent": use.c.sent + more}
        )
    )


def counted(connection: Connection, channel: str, month: str) -> int:
    """How many messages a channel has sent in a month."""
    found = select(use.c.sent).where(use.c.channel == channel, use.c.month == month)
    return int(connection.execute(found).scalar() or 0)


def note(
    connection: Connection, channel: str, subject: str, ok: bool, says: str, now: datetime
) -> None:
    """Keep what a platform last told us of a subject."""
    row = {"channel": channel, "subject": subject, "at": now, "ok": ok, "says": says[:500]}
    statement = insert_or_update(
        connection.dialect.name, notes, ("channel", "subject"), ("at", "ok", "says")
    )
    connection.execute(statement, [row])


def noted(connection: Connection, channel: str) -> list[ChannelNote]:
    """What a platform last told us, by subject."""
    rows = connection.execute(
        select(notes).where(notes.c.channel == channel).order_by(notes.c.subject)
    ).mappings()
    return [ChannelNote(**row) for row in rows]


def last_traffic(connection: Connection, channel: str) -> tuple[datetime | None, datetime | None]:
    """When something last came in by a channel, and when something last went out."""
    came = connection.execute(
        select(inbox.c.received_at)
        .where(inbox.c.channel == channel)
        .order_by(inbox.c.id.desc())
        .limit(1)
    ).scalar()
    went = connection.execute(
        select(outbox.c.finished_at)
        .where(outbox.c.channel == channel, outbox.c.outcome == "sent")
        .order_by(outbox.c.id.desc())
        .limit(1)
    ).scalar()
    return came, went


def users(connection: Connection, channel: str) -> int:
    """How many addresses write on a channel."""
    return int(
        connection.execute(
            select(func.count()).where(links.c.channel == channel, links.c.blocked_at.is_(None))
        ).scalar_one()
    )


def failed_since(connection: Connection, since: datetime) -> list[tuple[int, str, int]]:
    """(person, channel, messages) that did not reach somebody and went nowhere else."""
    lost = or_(*(outbox.c.outcome == outcome for outcome in ("blocked", "refused", "shut")))
    rows = connection.execute(
        select(links.c.person_id, outbox.c.channel, func.count())
        .join(links, links.c.id == outbox.c.link_id)
        .where(lost, outbox.c.finished_at >= since)
        .group_by(links.c.person_id, outbox.c.channel)
        .order_by(links.c.person_id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def expecting(connection: Connection) -> list[int]:
    """Whom we may have to write to: everybody with a role, and who waits for news of a report."""
    members = select(roles.c.person_id).where(roles.c.ended_at.is_(None))
    waiting = (
        select(reporters.c.person_id)
        .join(reports, reports.c.id == reporters.c.report_id)
        .join(cases, cases.c.id == reports.c.case_id)
        .where(cases.c.closed_at.is_(None))
    )
    wanted = select(people.c.id).where(
        people.c.suspended_at.is_(None),
        or_(people.c.id.in_(members), people.c.id.in_(waiting)),
    )
    return list(connection.execute(wanted.order_by(people.c.id)).scalars())


def stranded(
    connection: Connection, channels: Collection[str], now: datetime, most: int
) -> list[tuple[int, int]]:
    """(message, person) of what nobody asked for and cannot leave: its channel is none of these.

    What has waited for days, an answer too, is settled as refused.
    """
    waits = (
        outbox.c.finished_at.is_(None),
        outbox.c.parked_at.is_(None),
        outbox.c.channel.not_in(channels),
    )
    error = "the channel is not set up"
    connection.execute(
        update(outbox)
        .where(*waits, outbox.c.created_at < now - STRANDED)
        .values(finished_at=now, outcome="refused", error=error)
    )
    rows = connection.execute(
        select(outbox.c.id, links.c.person_id)
        .join(links, links.c.id == outbox.c.link_id)
        .where(*waits, outbox.c.kind != "reply")
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def untold(connection: Connection, message_id: int, ways: Iterable[Way]) -> list[Way]:
    """The links of these to which the same was not written as well.

    The send-once keys of one thing are told apart by their last part: the link, or for a push that
    goes to several links `p`, the person, and then the link. A message without a key has no others.
    """
    ways = list(ways)
    once = connection.execute(select(outbox.c.once).where(outbox.c.id == message_id)).scalar()
    if not once or not ways:
        return ways
    head, _, last = once.rpartition(":")
    stem = once if last.startswith("p") else head
    same = or_(outbox.c.once == stem, begin_so(f"{stem}:"))
    theirs = outbox.c.link_id.in_([way.link_id for way in ways])
    had = set(connection.execute(select(outbox.c.link_id).where(same, theirs)).scalars())
    return [way for way in ways if way.link_id not in had]


def unheard(
    connection: Connection, now: datetime, most_rung: int, channels: Collection[str] = ()
) -> list[CaseRecord]:
    """Urgent cases whose last alarm has reached nobody, though there are rungs above. Of what has
    not left yet only what goes by one of these channels counts as on its way; none: any."""
    rows = connection.execute(
        select(cases)
        .where(
            cases.c.escalate_at > now,
            cases.c.acknowledged_at.is_(None),
            cases.c.escalation < most_rung,
        )
        .order_by(cases.c.escalate_at)
    ).mappings()
    found = [CaseRecord(**row) for row in rows]

    def lost(one: CaseRecord) -> bool:
        return _lost(connection, f"{alarm_key(one, one.escalation)}:", channels)

    return [one for one in found if lost(one)]


def alarm_key(case: CaseRecord, step: int) -> str:
    """How the send-once keys begin of what wakes rung `step` for a case. A case that rings anew
    has another limit, so nobody is taken to have been woken already."""
    since = f"{case.safety_due_at:%y%m%d%H%M%S}" if case.safety_due_at else "-"
    return f"{alarm_keys(case.code)}{since}:{step}"


def alarm_keys(code: str) -> str:
    """How every send-once key begins of what wakes people for a case."""
    return f"case:{code}:alarm:"


def _lost(connection: Connection, begins: str, channels: Collection[str]) -> bool:
    """Whether there were such messages and each of them was given up."""
    leaves = outbox.c.channel.in_(channels) if channels else true()
    arrived = or_(and_(outbox.c.finished_at.is_(None), leaves), outbox.c.outcome == "sent")
    row = connection.execute(
        select(func.count(), func.sum(case((arrived, 1), else_=0))).where(begin_so(begins))
    ).one()
    return bool(row[0]) and not row[1]


def alarmed(connection: Connection, begins: str) -> list[int]:
    """Whom alarms whose send-once keys begin so (and end in a sign) were for; the suspended are
    left out."""
    rows = connection.execute(
        select(links.c.person_id)
        .join_from(outbox, links, links.c.id == outbox.c.link_id)
        .join(people, people.c.id == links.c.person_id)
        .where(begin_so(begins), people.c.suspended_at.is_(None))
        .order_by(outbox.c.id)
    )
    return list(dict.fromkeys(rows.scalars()))


def owed_before(connection: Connection, onces: Sequence[str]) -> set[str]:
    """Which of these send-once keys were used."""
    found = select(outbox.c.once).where(outbox.c.once.in_(onces))
    return set(connection.execute(found).scalars()) if onces else set()
