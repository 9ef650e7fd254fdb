"""The nouns: one SQLModel per table, plain data, no relationships.

Instants end in `_at` and are UTC. Fields of type Encrypted… are personal data. A status, a role
or a level is one of the words in the tuple above its class.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from storage.types import (
    BigId,
    EncryptedBytes,
    EncryptedJson,
    EncryptedText,
    UtcDateTime,
)


class Record(SQLModel):
    """The base of every table. Nothing is validated by these classes, so no validator is built."""

    model_config = {"defer_build": True}


def _id() -> Any:
    return Field(default=None, sa_column=Column(BigId, primary_key=True))


def _of(table: str, *, index: bool = True, nullable: bool = False) -> Any:
    key = ForeignKey(f"{table}.id")
    default = None if nullable else ...
    return Field(default, sa_column=Column(BigId, key, index=index, nullable=nullable))


def _sealed(kind: type, place: str, *, nullable: bool = True) -> Any:
    default = None if nullable else ...
    return Field(default, sa_column=Column(kind(place), nullable=nullable))


def _at(*, nullable: bool = False, index: bool = False) -> Any:
    default = None if nullable else ...
    return Field(default, sa_column=Column(UtcDateTime(), nullable=nullable, index=index))


AREA_KINDS = (
    "province",
    "commune",
    "ward",
    "special_zone",
    "village",
    "residential_group",
)
COMMUNE_KINDS = ("commune", "ward", "special_zone")
VILLAGE_KINDS = ("village", "residential_group")


class Area(Record, table=True):
    """A province, a commune or a village, for as long as it is valid."""

    __tablename__ = "areas"
    code: str = Field(primary_key=True)
    name: str
    kind: str
    parent: str | None = Field(default=None, foreign_key="areas.code", index=True)
    valid_from: date | None = None
    valid_to: date | None = None


class Succession(Record, table=True):
    """`code` took the place of `old_code` (communes merged in 2025, villages in 2026)."""

    __tablename__ = "area_successions"
    code: str = Field(primary_key=True, foreign_key="areas.code")
    old_code: str = Field(primary_key=True, index=True)


class Person(Record, table=True):
    """Somebody who talks with the bot; a resident is anybody without a role."""

    __tablename__ = "people"
    id: int | None = _id()
    name: str | None = _sealed(EncryptedText, "people.name")
    phone: str | None = _sealed(EncryptedText, "people.phone")
    language: str = "vi"
    home_area: str | None = Field(default=None, foreign_key="areas.code")
    created_at: datetime = _at()
    introduced_at: datetime | None = _at(nullable=True)
    suspended_at: datetime | None = _at(nullable=True)
    merged_into: int | None = _of("people", index=False, nullable=True)
    morning: str | None = None  # the hour they chose for their morning message, "07:00"


ROLES = ("collaborator", "officer", "leader", "on_call", "admin")


class Role(Record, table=True):
    """What a person may do, and where (an area and everything below it)."""

    __tablename__ = "roles"
    id: int | None = _id()
    person_id: int = _of("people")
    role: str
    area: str = Field(foreign_key="areas.code", index=True)
    granted_at: datetime = _at()
    ended_at: datetime | None = _at(nullable=True)


class ChannelLink(Record, table=True):
    """A person's address on a channel."""

    __tablename__ = "channel_links"
    __table_args__ = (UniqueConstraint("channel", "address_index"),)
    id: int | None = _id()
    person_id: int = _of("people")
    channel: str
    address: str = _sealed(EncryptedText, "channel_links.address", nullable=False)
    address_index: str
    created_at: datetime = _at()
    last_seen_at: datetime | None = _at(nullable=True)
    blocked_at: datetime | None = _at(nullable=True)


class Invitation(Record, table=True):
    """A code that gives a role in an area to whoever types it; only its index is kept."""

    __tablename__ = "invitations"
    id: int | None = _id()
    code_index: str = Field(unique=True)
    role: str
    area: str = Field(foreign_key="areas.code")
    uses: int = 1
    used: int = 0
    created_at: datetime = _at()
    expires_at: datetime = _at()


class Handover(Record, table=True):
    """A one-time code by which a person goes on elsewhere: 6 digits to type, or a link to open.

    `opens` is the case that a link shows.
    """

    __tablename__ = "handovers"
    id: int | None = _id()
    code_index: str = Field(index=True)
    person_id: int = _of("people")
    opens: str | None = None
    expires_at: datetime = _at()
    used_at: datetime | None = _at(nullable=True)


class WebSession(Record, table=True):
    """A browser that holds a visitor's token; only its index is kept."""

    __tablename__ = "web_sessions"
    id: int | None = _id()
    token_index: str = Field(unique=True)
    address: str = _sealed(EncryptedText, "web_sessions.address", nullable=False)
    address_index: str = Field(index=True)
    device: str | None = _sealed(EncryptedText, "web_sessions.device")
    started_at: datetime = _at()
    last_seen_at: datetime = _at()
    ended_at: datetime | None = _at(nullable=True)


class WebMessage(Record, table=True):
    """What a browser shows: the web is a platform whose server is ours."""

    __tablename__ = "web_messages"
    __table_args__ = (
        Index("ix_web_messages_reading", "address_index", "id"),
        UniqueConstraint("address_index", "client_id"),
    )
    id: int | None = _id()
    address_index: str
    by_bot: bool
    payload: dict[str, Any] = _sealed(EncryptedJson, "web_messages.payload", nullable=False)
    client_id: str
    at: datetime = _at(index=True)


STATUSES = (
    "new",
    "received",
    "verifying",
    "visited",
    "planned",
    "in_progress",
    "closed",
)


class Child(Record, table=True):
    """What is known of a child; everything may be unknown (process.md 0.12)."""

    __tablename__ = "children"
    id: int | None = _id()
    name: str | None = _sealed(EncryptedText, "children.name")
    name_index: str | None = Field(default=None, index=True)
    facts: dict[str, Any] | None = _sealed(EncryptedJson, "children.facts")


LEVELS = (  # from the least to the gravest; the names of contract §2
    "NONE",
    "UNCLEAR",
    "OTHER_PROTECTION",
    "AT_RISK",
    "CHILD_LABOUR",
    "HAZARDOUS",
    "EMERGENCY",
)


class Case(Record, table=True):
    """What the commune does about one child or one notice."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_list", "commune", "closed_at", "opened_at"),)
    id: int | None = _id()
    code: str = Field(unique=True)
    commune: str | None = Field(default=None, foreign_key="areas.code")
    area: str | None = Field(default=None, foreign_key="areas.code")
    child_id: int | None = _of("children", index=False, nullable=True)
    level: str = "UNCLEAR"  # the one that counts
    # What the table of the law makes of the reports.
    weighed_level: str = Field("UNCLEAR", sa_column_kwargs={"server_default": "UNCLEAR"})
    status: str = "new"
    opened_at: datetime = _at()
    answer_due_at: datetime = _at()
    safety_due_at: datetime | None = _at(nullable=True)
    acknowledged_at: datetime | None = _at(nullable=True)
    acknowledged_by: int | None = _of("people", index=False, nullable=True)
    escalation: int = 0
    escalate_at: datetime | None = _at(nullable=True, index=True)
    closed_at: datetime | None = _at(nullable=True)


class CaseEntry(Record, table=True):
    """A note, a change of status, an addition: what happened in a case, in order."""

    __tablename__ = "case_entries"
    id: int | None = _id()
    case_id: int = _of("cases")
    person_id: int | None = _of("people", index=False, nullable=True)
    at: datetime = _at()
    kind: str
    status: str | None = None
    level: str | None = None
    words: str | None = _sealed(EncryptedText, "case_entries.words")


class Report(Record, table=True):
    """One notice as it was given (form 01 of Decree 56/2017 is filled from it)."""

    __tablename__ = "reports"
    id: int | None = _id()
    code: str = Field(index=True)
    case_id: int = _of("cases")
    draft_key: str = Field(unique=True)
    channel: str
    received_at: datetime = _at(index=True)
    completed_at: datetime | None = _at(nullable=True)
    commune: str | None = None
    area: str | None = None
    answers: dict[str, Any] = _sealed(EncryptedJson, "reports.answers", nullable=False)


class Reporter(Record, table=True):
    """Who gave a report: apart from it, for two roles' eyes only, each look audited."""

    __tablename__ = "reporters"
    report_id: int = Field(sa_column=Column(BigId, ForeignKey("reports.id"), primary_key=True))
    person_id: int = _of("people")
    link_id: int = _of("channel_links", index=False)
    may_call: bool | None = None
    phone: str | None = _sealed(EncryptedText, "reporters.phone")


class Attachment(Record, table=True):
    """A photo or voice note: `wanted` until its bytes were fetched, then `kept` or `refused`."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("channel", "reference_index"),)
    id: int | None = _id()
    channel: str
    reference: str = _sealed(EncryptedText, "attachments.reference", nullable=False)
    reference_index: str
    owner_index: str = Field(index=True)
    report_id: int | None = _of("reports", nullable=True)
    kind: str
    mime: str = ""
    size: int = 0
    state: str = Field(default="wanted", index=True)
    attempts: int = 0
    not_before: datetime | None = _at(nullable=True)
    content: bytes | None = _sealed(EncryptedBytes, "attachments.content")
    created_at: datetime = _at(index=True)
    # Given out with answers to anybody: kept although it belongs to no report.
    published: bool = Field(False, sa_column_kwargs={"server_default": false()})


class Draft(Record, table=True):
    """A form somebody has begun: its answers, never a position."""

    __tablename__ = "drafts"
    person_id: int = Field(sa_column=Column(BigId, ForeignKey("people.id"), primary_key=True))
    form: str = Field(primary_key=True)
    content: dict[str, Any] = _sealed(EncryptedJson, "drafts.content", nullable=False)
    updated_at: datetime = _at(index=True)


class Conversation(Record, table=True):
    """Where a person is: the form in front of them, and the buttons they were last shown."""

    __tablename__ = "conversations"
    person_id: int = Field(sa_column=Column(BigId, ForeignKey("people.id"), primary_key=True))
    form: str | None = None
    menu: list[Any] | None = _sealed(EncryptedJson, "conversations.menu")
    updated_at: datetime = _at()


class Submission(Record, table=True):
    """A form that was sent and opens no case, such as an outreach meeting."""

    __tablename__ = "submissions"
    id: int | None = _id()
    form: str = Field(index=True)
    draft_key: str = Field(unique=True)
    person_id: int = _of("people")
    area: str | None = None
    commune: str | None = Field(default=None, index=True)
    filed_at: datetime = _at(index=True)
    answers: dict[str, Any] = _sealed(EncryptedJson, "submissions.answers", nullable=False)


class AskedQuestion(Record, table=True):
    """A resident's question that a person answers."""

    __tablename__ = "questions"
    id: int | None = _id()
    person_id: int = _of("people")
    link_id: int = _of("channel_links", index=False)
    area: str | None = None
    question: str = _sealed(EncryptedText, "questions.question", nullable=False)
    asked_at: datetime = _at(index=True)
    answer: str | None = _sealed(EncryptedText, "questions.answer")
    answered_at: datetime | None = _at(nullable=True)
    answered_by: int | None = _of("people", index=False, nullable=True)
    taken_at: datetime | None = _at(nullable=True)
    taken_by: int | None = Field(default=None, sa_column=Column(BigId))


class InboxEvent(Record, table=True):
    """An event as its platform sent it; acknowledged only after this row is committed."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        # On PostgreSQL too, by the migration: saying so here would import its dialect everywhere.
        Index("ix_inbox_pending", "id", sqlite_where=text("done_at IS NULL")),
    )
    id: int | None = _id()
    channel: str
    event_id: str
    sender: str
    payload: dict[str, Any] | None = _sealed(EncryptedJson, "inbox.payload")
    received_at: datetime = _at(index=True)
    attempts: int = 0
    done_at: datetime | None = _at(nullable=True)
    parked_at: datetime | None = _at(nullable=True)
    error: str | None = Field(default=None, sa_column=Column(Text))


KINDS = ("reply", "push", "alarm")


class OutboxMessage(Record, table=True):
    """A message we owe somebody."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_pending", "priority", "id", sqlite_where=text("finished_at IS NULL")),
        Index("ix_outbox_left", "link_id", "left_at"),
        Index("ix_outbox_held", "held_at", sqlite_where=text("held_at IS NOT NULL")),
        Index("ix_outbox_told_in", "told_in", sqlite_where=text("told_in IS NOT NULL")),
    )
    id: int | None = _id()
    link_id: int = _of("channel_links")
    channel: str
    kind: str = "reply"
    once: str | None = Field(default=None, unique=True)
    priority: int = 5
    payload: dict[str, Any] | None = _sealed(EncryptedJson, "outbox.payload")
    created_at: datetime = _at(index=True)
    not_before: datetime | None = _at(nullable=True)
    expires_at: datetime | None = _at(nullable=True)
    claimed_until: datetime | None = _at(nullable=True)
    attempts: int = 0
    finished_at: datetime | None = _at(nullable=True)
    outcome: str | None = None
    error: str | None = Field(default=None, sa_column=Column(Text))
    platform_id: str | None = None
    # It may wait for the morning: it does not leave in quiet hours.
    by_day: bool = Field(False, sa_column_kwargs={"server_default": false()})
    # When it was last handed to the sender and how often it may have left: for the storm guard.
    left_at: datetime | None = _at(nullable=True)
    leaves: int = Field(0, sa_column_kwargs={"server_default": text("0")})
    parked_at: datetime | None = _at(nullable=True)  # held back by the storm guard
    # When the day it was meant for had brought enough; and the send-once key of the morning message
    # that told of it (outcome "merged").
    held_at: datetime | None = _at(nullable=True)
    told_in: str | None = None


class AuditEntry(Record, table=True):
    """Who looked at or changed what. Append-only: each row carries the hash of the one before."""

    __tablename__ = "audit_log"
    id: int | None = _id()
    at: datetime = _at(index=True)
    person_id: int | None = Field(default=None, sa_column=Column(BigId))
    action: str
    subject: str
    detail: str = ""
    previous: str
    hash: str = Field(unique=True)


class Count(Record, table=True):
    """How often something was tried in a window of time: guesses are limited by it."""

    __tablename__ = "counts"
    name: str = Field(primary_key=True)
    window_at: datetime = Field(sa_column=Column(UtcDateTime(), primary_key=True))
    count: int = 0


REVISED = ("entry", "contact", "recording")


class Revision(Record, table=True):
    """One state of something that a commune has added itself; the newest of an item counts.

    Append-only, so that nothing is lost and everything can be rolled back. `item` names it among
    those of its kind; with `live` unset it is taken away.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("kind", "commune", "item", "number"),)
    id: int | None = _id()
    kind: str
    commune: str = Field(foreign_key="areas.code")
    item: str
    number: int
    live: bool
    at: datetime = _at()
    person_id: int = _of("people", index=False)
    content: dict[str, Any] = _sealed(EncryptedJson, "revisions.content", nullable=False)


class PlanFile(Record, table=True):
    """An outreach plan as it was loaded: the file itself; without an area it counts everywhere."""

    __tablename__ = "plans"
    id: int | None = _id()
    plan_id: str = Field(unique=True)
    area: str | None = Field(default=None, foreign_key="areas.code", index=True)
    start: int
    end: int
    content: str = Field(sa_column=Column(Text, nullable=False))
    loaded_at: datetime = _at()


class GroupSize(Record, table=True):
    """A denominator: how many units of a group there are in an area in a year, and who says so."""

    __tablename__ = "group_sizes"
    __table_args__ = (UniqueConstraint("area", "group", "unit", "year", "source"),)
    id: int | None = _id()
    area: str = Field(foreign_key="areas.code", index=True)
    group: str
    unit: str
    year: int
    count: int
    source: str
    estimated: bool = False
    person_id: int | None = _of("people", index=False, nullable=True)
    noted_at: datetime = _at()


EVENT_STATES = ("planned", "held", "cancelled")


class OutreachEvent(Record, table=True):
    """A meeting for outreach: planned, or held and counted. Free text stands in `details`."""

    __tablename__ = "outreach_events"
    __table_args__ = (Index("ix_outreach_events_list", "commune", "held_on"),)
    id: int | None = _id()
    code: str = Field(unique=True)
    draft_key: str = Field(unique=True)
    state: str = "held"
    kind: str
    area: str | None = Field(default=None, foreign_key="areas.code")
    commune: str | None = Field(default=None, foreign_key="areas.code")
    held_on: date
    hour: int | None = None
    person_id: int = _of("people")
    noted_at: datetime = _at()
    closes_at: datetime = _at()
    details: dict[str, Any] = _sealed(EncryptedJson, "outreach_events.details", nullable=False)


COUNTED_BY = ("headcount", "recount", "sheet", "check_in")


class Headcount(Record, table=True):
    """How many of a group came to a meeting, counted in one way; `units` are known by number."""

    __tablename__ = "headcounts"
    __table_args__ = (UniqueConstraint("event_id", "group", "way"),)
    id: int | None = _id()
    event_id: int = _of("outreach_events")
    group: str
    way: str
    people: int
    women: int | None = None
    children: int | None = None
    minority: int | None = None
    units: list[str] | None = _sealed(EncryptedJson, "headcounts.units")
    person_id: int | None = _of("people", index=False, nullable=True)
    noted_at: datetime = _at()


class CheckIn(Record, table=True):
    """Somebody was there and said so; once each, known by a blind index, never by a name.

    `who` is the same at every meeting, so that a teacher at two of them is one teacher.
    """

    __tablename__ = "check_ins"
    __table_args__ = (UniqueConstraint("event_id", "who"),)
    id: int | None = _id()
    event_id: int = _of("outreach_events", index=False)
    who: str
    group: str
    area: str | None = None
    unit: str | None = _sealed(EncryptedText, "check_ins.unit")
    channel: str
    done_at: datetime = _at()
    received_at: datetime = _at()


class Settlement(Record, table=True):
    """Which of the differing counts of a group holds, who decided it and why. The last counts."""

    __tablename__ = "settlements"
    id: int | None = _id()
    event_id: int = _of("outreach_events")
    group: str
    way: str
    people: int
    why: str = _sealed(EncryptedText, "settlements.why", nullable=False)
    person_id: int = _of("people", index=False)
    at: datetime = _at()


class Commitment(Record, table=True):
    """An employer's signed promise to employ no child; until when it holds."""

    __tablename__ = "commitments"
    id: int | None = _id()
    draft_key: str = Field(unique=True)
    employer: str = _sealed(EncryptedText, "commitments.employer", nullable=False)
    group: str
    area: str | None = Field(default=None, foreign_key="areas.code")
    commune: str | None = Field(default=None, foreign_key="areas.code", index=True)
    signed_on: date
    expires_on: date | None = None
    remarks: str | None = _sealed(EncryptedText, "commitments.remarks")
    person_id: int = _of("people", index=False)
    noted_at: datetime = _at()


INSPECTION_KINDS = ("regular", "unannounced")


class Inspection(Record, table=True):
    """A look at an establishment: what was found, and when to look again."""

    __tablename__ = "inspections"
    id: int | None = _id()
    draft_key: str = Field(unique=True)
    kind: str
    employer: str = _sealed(EncryptedText, "inspections.employer", nullable=False)
    area: str | None = Field(default=None, foreign_key="areas.code")
    commune: str | None = Field(default=None, foreign_key="areas.code", index=True)
    held_on: date
    result: str
    again_on: date | None = None
    remarks: str | None = _sealed(EncryptedText, "inspections.remarks")
    person_id: int = _of("people", index=False)
    noted_at: datetime = _at()


class KeptFile(Record, table=True):
    """An attachment that belongs to a record other than a report, so it is not forgotten.

    `subject` is the table and number of the record: "outreach_events:7".
    """

    __tablename__ = "kept_files"
    attachment_id: int = Field(
        sa_column=Column(BigId, ForeignKey("attachments.id"), primary_key=True)
    )
    subject: str = Field(index=True)


class Broadcast(Record, table=True):
    """What an officer says to many people; whom it goes to is worked out when it leaves."""

    __tablename__ = "broadcasts"
    id: int | None = _id()
    draft_key: str = Field(unique=True)
    person_id: int = _of("people")
    area: str = Field(foreign_key="areas.code", index=True)  # the commune that speaks
    content: dict[str, Any] = _sealed(EncryptedJson, "broadcasts.content", nullable=False)
    urgent: bool = False
    made_at: datetime = _at(index=True)
    leaves_at: datetime = _at()
    expected: int = 0  # how many people it was for when it was confirmed
    upto: int = 0  # people up to this number have their row: where to go on
    expanded_at: datetime | None = _at(nullable=True)
    recalled_at: datetime | None = _at(nullable=True)
    ended_at: datetime | None = _at(nullable=True)


class BroadcastRecipient(Record, table=True):
    """One person of a broadcast; how far the message came stands in the outbox row `once`."""

    __tablename__ = "broadcast_recipients"
    broadcast_id: int = Field(
        sa_column=Column(BigId, ForeignKey("broadcasts.id"), primary_key=True)
    )
    person_id: int = Field(sa_column=Column(BigId, ForeignKey("people.id"), primary_key=True))
    link_id: int | None = _of("channel_links", index=False, nullable=True)  # None: out of reach
    once: str | None = Field(default=None, index=True)
    tries: int = 1
    read_at: datetime | None = _at(nullable=True)


class CalendarChange(Record, table=True):
    """A day as somebody of the commune entered it, over the official calendar."""

    __tablename__ = "calendar_changes"
    day: date = Field(primary_key=True)
    kind: str  # off, working
    reason: str
    source: str = ""
    entered_by: int | None = _of("people", index=False, nullable=True)
    entered_at: datetime = _at()


class CalendarYear(Record, table=True):
    """The official table of one year, as it was loaded (JSON in the manner of calendar.toml)."""

    __tablename__ = "calendar_years"
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: str = Field(sa_column=Column(Text, nullable=False))
    loaded_at: datetime = _at()


class CaseClock(Record, table=True):
    """One limit that runs for a case. `stamp` is the version of the calendar it was dated by."""

    __tablename__ = "case_clocks"
    __table_args__ = (
        UniqueConstraint("case_id", "clock", "since_at"),
        Index("ix_case_clocks_running", "due_at", sqlite_where=text("stopped_at IS NULL")),
        Index("ix_case_clocks_warn", "warn_at", sqlite_where=text("stopped_at IS NULL")),
    )
    id: int | None = _id()
    case_id: int = _of("cases")
    clock: str
    since_at: datetime = _at()
    due_at: datetime = _at()
    stopped_at: datetime | None = _at(nullable=True)
    warn_at: datetime | None = _at(nullable=True)
    stamp: int = 0


class Duty(Record, table=True):
    """Something one person has to do by a day. `remind_on` lists days, the earliest first.

    `remind_at` and `escalate_at` are when it next asks for attention; null when it no more does.
    """

    __tablename__ = "duties"
    __table_args__ = (
        Index("ix_duties_open", "person_id", "due_on", sqlite_where=text("done_at IS NULL")),
        Index("ix_duties_remind", "remind_at", sqlite_where=text("done_at IS NULL")),
        Index("ix_duties_escalate", "escalate_at", sqlite_where=text("done_at IS NULL")),
        Index("ix_duties_subject", "subject", "source"),
    )
    id: int | None = _id()
    person_id: int = _of("people", index=False)
    key: str = Field(unique=True)
    source: str
    subject: str
    area: str | None = None
    due_on: date
    due_at: datetime | None = _at(nullable=True)
    remind_on: str = ""
    must: bool = True  # overdue until it is done, and then told to the superiors
    proof: bool = False
    words: dict[str, Any] | None = _sealed(EncryptedJson, "duties.words")
    remind_at: datetime | None = _at(nullable=True)
    escalate_at: datetime | None = _at(nullable=True)
    step: int = 0
    given_by: int | None = _of("people", index=False, nullable=True)
    done_at: datetime | None = _at(nullable=True)
    done_by: int | None = _of("people", index=False, nullable=True)
    proof_words: str | None = _sealed(EncryptedText, "duties.proof_words")
    proof_id: int | None = _of("attachments", index=False, nullable=True)
    created_at: datetime = _at()


class DutyWatch(Record, table=True):
    """An overdue duty of somebody else, in the eyes of a superior."""

    __tablename__ = "duty_watches"
    __table_args__ = (Index("ix_duty_watches_remind", "remind_at"),)
    duty_id: int = Field(sa_column=Column(BigId, ForeignKey("duties.id"), primary_key=True))
    person_id: int = Field(sa_column=Column(BigId, ForeignKey("people.id"), primary_key=True))
    since_at: datetime = _at()
    remind_at: datetime | None = _at(nullable=True)


class DutyList(Record, table=True):
    """What the numbers of a list of duties meant when it was shown. `morning` marks a digest."""

    __tablename__ = "duty_lists"
    __table_args__ = (
        UniqueConstraint("person_id", "morning"),
        Index("ix_duty_lists_shown", "person_id", "shown_at"),
    )
    id: int | None = _id()
    person_id: int = _of("people", index=False)
    shown_at: datetime = _at()
    morning: date | None = None
    items: str = Field(sa_column=Column(Text, nullable=False))


class DutySetting(Record, table=True):
    """How one commune keeps a duty of the year otherwise than content/year.toml has it."""

    __tablename__ = "duty_settings"
    commune: str = Field(primary_key=True, foreign_key="areas.code")
    event: str = Field(primary_key=True)
    off: bool = False
    month: int | None = None
    day: int | None = None
    remind: str | None = None
    who: str | None = None


class DutyPlanning(Record, table=True):
    """How far duties are planned: one row."""

    __tablename__ = "duty_planning"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stamp: str = ""
    first_on: date
    through_on: date
    cursor: int | None = None  # the last person planned of a run under way; null when done
    role_id: int = 0
    clock_id: int = 0
    collected_on: date | None = None
    asked_week: date | None = None
    asked_cursor: int | None = None  # the last person asked of a week under way


class Absence(Record, table=True):
    """Somebody is on leave, and who stands in."""

    __tablename__ = "absences"
    id: int | None = _id()
    person_id: int = _of("people")
    first_on: date
    last_on: date = Field(index=True)
    stand_in: int = _of("people", index=False)
    entered_at: datetime = _at()


class OnCallShift(Record, table=True):
    """Who is on call for an area on these days, in place of everybody with the role."""

    __tablename__ = "on_call_shifts"
    id: int | None = _id()
    area: str = Field(foreign_key="areas.code", index=True)
    person_id: int = _of("people", index=False)
    first_on: date
    last_on: date
    entered_at: datetime = _at()


class ZeroReport(Record, table=True):
    """The weekly question to a collaborator, and the answer: "no" is data too."""

    __tablename__ = "zero_reports"
    __table_args__ = (
        UniqueConstraint("person_id", "area", "week"),
        Index("ix_zero_reports_area", "area", "week"),
    )
    id: int | None = _id()
    person_id: int = _of("people", index=False)
    area: str = Field(foreign_key="areas.code")
    week: date
    asked_at: datetime = _at()
    answer: str | None = None
    answered_at: datetime | None = _at(nullable=True)


class ChannelToken(Record, table=True):
    """The pair of tokens of a platform that gives a new pair for each old one, once.

    `seed_index` tells whether the operator has put another first token into the settings.
    Whoever refreshes holds `refreshing_until`; with `failed_at` somebody has to consent anew.
    """

    __tablename__ = "channel_tokens"
    channel: str = Field(primary_key=True)
    version: int = 0  # grows with each pair
    seed_index: str
    refresh_token: str = _sealed(EncryptedText, "channel_tokens.refresh_token", nullable=False)
    access_token: str | None = _sealed(EncryptedText, "channel_tokens.access_token")
    refreshed_at: datetime | None = _at(nullable=True)
    expires_at: datetime | None = _at(nullable=True)
    refreshing_until: datetime | None = _at(nullable=True)
    failed_at: datetime | None = _at(nullable=True)
    error: str | None = None


class ChannelUse(Record, table=True):
    """How many messages a channel has sent in a month ("2026-11"): platforms count them too."""

    __tablename__ = "channel_use"
    channel: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    sent: int = 0


class ChannelNote(Record, table=True):
    """What a platform has told us of itself: whether it can call us, what is left to send."""

    __tablename__ = "channel_notes"
    channel: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    at: datetime = _at()
    ok: bool
    says: str
