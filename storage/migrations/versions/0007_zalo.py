"""Zalo: tokens that are used once, messages counted by the month, what a platform tells us."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "channel_tokens",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seed_index", sa.String(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("refreshed_at", Instant, nullable=True),
        sa.Column("expires_at", Instant, nullable=True),
        sa.Column("refreshing_until", Instant, nullable=True),
        sa.Column("failed_at", Instant, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "channel_use",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "month"),
    )
    op.create_table(
        "channel_notes",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "subject"),
    )


def downgrade() -> None:
    for table in ("channel_notes", "channel_use", "channel_tokens"):
        op.drop_table(table)
