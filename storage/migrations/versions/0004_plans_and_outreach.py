"""Plans, denominators, meetings with their counts and check-ins, commitments, inspections."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _id() -> "sa.Column[object]":
    return sa.Column("id", BigId, primary_key=True)


def _of(table: str, name: str, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, BigId, sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _area(name: str = "area", nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.String(), sa.ForeignKey("areas.code"), nullable=nullable)


def _text(name: str, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.String(), nullable=nullable)


def _number(name: str, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _sealed(name: str, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _at(name: str) -> "sa.Column[object]":
    return sa.Column(name, Instant, nullable=False)


def upgrade() -> None:
    op.create_table(
        "plans",
        _id(),
        _text("plan_id"),
        _area(),
        _number("start"),
        _number("end"),
        sa.Column("content", sa.Text(), nullable=False),
        _at("loaded_at"),
        sa.UniqueConstraint("plan_id"),
    )
    op.create_index("ix_plans_area", "plans", ["area"])
    op.create_table(
        "group_sizes",
        _id(),
        _area(nullable=False),
        _text("group"),
        _text("unit"),
        _number("year"),
        _number("count"),
        _text("source"),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        _of("people", "person_id", nullable=True),
        _at("noted_at"),
        sa.UniqueConstraint("area", "group", "unit", "year", "source"),
    )
    op.create_index("ix_group_sizes_area", "group_sizes", ["area"])
    _meetings()
    _oversight()
    op.create_table(
        "kept_files",
        sa.Column("attachment_id", BigId, sa.ForeignKey("attachments.id"), primary_key=True),
        _text("subject"),
    )
    op.create_index("ix_kept_files_subject", "kept_files", ["subject"])


def _meetings() -> None:
    op.create_table(
        "outreach_events",
        _id(),
        _text("code"),
        _text("draft_key"),
        _text("state"),
        _text("kind"),
        _area(),
        _area("commune"),
        sa.Column("held_on", sa.Date(), nullable=False),
        _number("hour", nullable=True),
        _of("people", "person_id"),
        _at("noted_at"),
        _at("closes_at"),
        _sealed("details", nullable=False),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("draft_key"),
    )
    op.create_index("ix_outreach_events_list", "outreach_events", ["commune", "held_on"])
    op.create_index("ix_outreach_events_person_id", "outreach_events", ["person_id"])
    op.create_table(
        "headcounts",
        _id(),
        _of("outreach_events", "event_id"),
        _text("group"),
        _text("way"),
        _number("people"),
        _number("women", nullable=True),
        _number("children", nullable=True),
        _number("minority", nullable=True),
        _sealed("units"),
        _of("people", "person_id", nullable=True),
        _at("noted_at"),
        sa.UniqueConstraint("event_id", "group", "way"),
    )
    op.create_index("ix_headcounts_event_id", "headcounts", ["event_id"])
    op.create_table(
        "check_ins",
        _id(),
        _of("outreach_events", "event_id"),
        _text("who"),
        _text("group"),
        _text("area", nullable=True),
        _sealed("unit"),
        _text("channel"),
        _at("done_at"),
        _at("received_at"),
        sa.UniqueConstraint("event_id", "who"),
    )
    op.create_table(
        "settlements",
        _id(),
        _of("outreach_events", "event_id"),
        _text("group"),
        _text("way"),
        _number("people"),
        _sealed("why", nullable=False),
        _of("people", "person_id"),
        _at("at"),
    )
    op.create_index("ix_settlements_event_id", "settlements", ["event_id"])


def _oversight() -> None:
    op.create_table(
        "commitments",
        _id(),
        _text("draft_key"),
        _sealed("employer", nullable=False),
        _text("group"),
        _area(),
        _area("commune"),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        _sealed("remarks"),
        _of("people", "person_id"),
        _at("noted_at"),
        sa.UniqueConstraint("draft_key"),
    )
    op.create_index("ix_commitments_commune", "commitments", ["commune"])
    op.create_table(
        "inspections",
        _id(),
        _text("draft_key"),
        _text("kind"),
        _sealed("employer", nullable=False),
        _area(),
        _area("commune"),
        sa.Column("held_on", sa.Date(), nullable=False),
        _text("result"),
        sa.Column("again_on", sa.Date(), nullable=True),
        _sealed("remarks"),
        _of("people", "person_id"),
        _at("noted_at"),
        sa.UniqueConstraint("draft_key"),
    )
    op.create_index("ix_inspections_commune", "inspections", ["commune"])


def downgrade() -> None:
    for table in (
        "kept_files",
        "inspections",
        "commitments",
        "settlements",
        "check_ins",
        "headcounts",
        "outreach_events",
        "group_sizes",
        "plans",
    ):
        op.drop_table(table)
