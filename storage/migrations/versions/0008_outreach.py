"""Meetings that people are invited to, whose phone checked in, figures entered by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.add_column(
        "outreach_events",
        sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("outreach_events", sa.Column("told", sa.Integer(), nullable=True))
    op.add_column("outreach_events", sa.Column("told_at", Instant, nullable=True))
    op.add_column("outreach_events", sa.Column("reminded_on", sa.Date(), nullable=True))
    op.create_index("ix_outreach_events_held_on", "outreach_events", ["held_on"])
    op.add_column("check_ins", sa.Column("phone", sa.String(), nullable=True))
    op.add_column(
        "check_ins", sa.Column("by_link", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "meeting_answers",
        sa.Column("event_id", BigId, sa.ForeignKey("outreach_events.id"), primary_key=True),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("coming", sa.Boolean(), nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_table(
        "target_values",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("area", sa.String(), sa.ForeignKey("areas.code"), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("noted_at", Instant, nullable=False),
        sa.UniqueConstraint("area", "indicator", "group", "unit", "year", "source"),
    )
    op.create_index("ix_target_values_area", "target_values", ["area"])


def downgrade() -> None:
    op.drop_table("target_values")
    op.drop_table("meeting_answers")
    op.drop_column("check_ins", "by_link")
    op.drop_column("check_ins", "phone")
    op.drop_index("ix_outreach_events_held_on", "outreach_events")
    for column in ("reminded_on", "told_at", "told", "revision"):
        op.drop_column("outreach_events", column)
