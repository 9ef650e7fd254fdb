"""Send-once keys in the order of their signs, which a range of them is looked up by.

A database of a Vietnamese or American locale sorts ";" before ":", and found no key in such a
range.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _collate("C")


def downgrade() -> None:
    _collate("default")


def _collate(order: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite knows no other order
        op.execute(f'ALTER TABLE outbox ALTER COLUMN once TYPE VARCHAR COLLATE "{order}"')
