"""Broadcasts with their recipients; the outbox knows quiet hours and a ceiling for each person."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.add_column(
        "outbox", sa.Column("by_day", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("outbox", sa.Column("left_at", Instant, nullable=True))
    op.add_column(
        "outbox", sa.Column("leaves", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("outbox", sa.Column("parked_at", Instant, nullable=True))
    op.create_index("ix_outbox_left", "outbox", ["link_id", "left_at"])
    op.create_table(
        "broadcasts",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("draft_key", sa.String(), nullable=False, unique=True),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("area", sa.String(), sa.ForeignKey("areas.code"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("leaves_at", Instant, nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("expanded_at", Instant, nullable=True),
        sa.Column("recalled_at", Instant, nullable=True),
        sa.Column("ended_at", Instant, nullable=True),
    )
    for column in ("person_id", "area", "made_at"):
        op.create_index(f"ix_broadcasts_{column}", "broadcasts", [column])
    op.create_table(
        "broadcast_recipients",
        sa.Column("broadcast_id", BigId, sa.ForeignKey("broadcasts.id"), primary_key=True),
        sa.Column("person_id", BigId, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("link_id", BigId, sa.ForeignKey("channel_links.id"), nullable=True),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("read_at", Instant, nullable=True),
    )
    op.create_index("ix_broadcast_recipients_once", "broadcast_recipients", ["once"])


def downgrade() -> None:
    op.drop_table("broadcast_recipients")
    op.drop_table("broadcasts")
    op.drop_index("ix_outbox_left", "outbox")
    for column in ("parked_at", "leaves", "left_at", "by_day"):
        op.drop_column("outbox", column)
