"""Bringing a database to the newest migration."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x766F6E67  # any number, the same in every process


def upgrade(connection: Connection) -> None:
    """Run every missing migration inside the caller's transaction.

    Alembic is imported only when something is missing, since it costs a third of a second.
    """
    if current(connection) == newest():
        return
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":  # two replicas may start at the same moment
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def current(connection: Connection) -> str | None:
    """The revision of this database, None when it is empty."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def newest() -> str:
    """The revision of the newest migration file; files are named NNNN_what.py."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))[:4]
