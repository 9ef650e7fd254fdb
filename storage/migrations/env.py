"""Alembic runs inside the transaction that storage.schema hands it."""

from alembic import context
from sqlmodel import SQLModel

import storage.records.every  # noqa: F401  the tables register themselves

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
context.run_migrations()
