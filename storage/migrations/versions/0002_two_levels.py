"""A case keeps two levels: the one that counts, and what the table of the law makes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases", sa.Column("weighed_level", sa.String(), nullable=False, server_default="UNCLEAR")
    )
    op.execute("UPDATE cases SET weighed_level = level")
    op.add_column("case_entries", sa.Column("level", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("case_entries", "level")
    op.drop_column("cases", "weighed_level")
