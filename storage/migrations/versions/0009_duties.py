"""What was held over to another day, and where it was told of then; one's hour of the morning."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("held_at", Instant, nullable=True))
    op.add_column("outbox", sa.Column("told_in", sa.String(), nullable=True))
    for column in ("held_at", "told_in"):
        some = sa.text(f"{column} IS NOT NULL")
        name = f"ix_outbox_{column.removesuffix('_at')}"
        op.create_index(name, "outbox", [column], sqlite_where=some, postgresql_where=some)
    op.add_column("people", sa.Column("morning", sa.String(), nullable=True))
    # What was a push of any kind is one of the last to leave, as new ones are.
    op.execute(
        "UPDATE outbox SET priority = 8"
        " WHERE kind = 'push' AND priority = 7 AND finished_at IS NULL"
    )


def downgrade() -> None:
    op.execute("UPDATE outbox SET priority = 7 WHERE kind = 'push' AND priority > 6")
    op.drop_column("people", "morning")
    op.drop_index("ix_outbox_told_in", "outbox")
    op.drop_index("ix_outbox_held", "outbox")
    op.drop_column("outbox", "told_in")
    op.drop_column("outbox", "held_at")
