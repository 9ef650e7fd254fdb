"""Questions have an owner; communes add entries, contacts and recordings, every state kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.add_column("questions", sa.Column("taken_at", Instant, nullable=True))
    op.add_column("questions", sa.Column("taken_by", BigId, nullable=True))
    op.add_column(
        "attachments",
        sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "revisions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("commune", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["commune"], ["areas.code"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "commune", "item", "number"),
    )


def downgrade() -> None:
    op.drop_table("revisions")
    op.drop_column("attachments", "published")
    op.drop_column("questions", "taken_by")
    op.drop_column("questions", "taken_at")
