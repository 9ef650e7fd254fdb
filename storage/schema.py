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
    if connection.dialect.name == "postgresql":  # two replicas may start at the same moment
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    _alembic(connection, "upgrade", "head")


def back_to(connection: Connection, revision: str) -> None:
    """Give a database that holds no rows the tables of an older revision.

    What they hold by then comes along with the next `upgrade`.
    """
    _alembic(connection, "downgrade", revision)


def _alembic(connection: Connection, way: str, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    getattr(command, way)(config, revision)


def current(connection: Connection) -> str | None:
    """The revision of this database, None when it is empty."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def revisions() -> list[str]:
    """Every revision, the oldest first; migration files are named NNNN_what.py."""
    return sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def newest() -> str:
    """The newest revision."""
    return revisions()[-1]
