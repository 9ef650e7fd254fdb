"""A new master key: everything that was written with an older one is written anew."""

from __future__ import annotations

from sqlalchemy import Connection, Table, select, update

from storage.crypto import Keyring
from storage.rawtables import sealed_columns


def rewrite(connection: Connection, keyring: Keyring) -> int:
    """Seal every personal value with the keyring's newest key; returns how many were rewritten.

    Raises WrongKey, and changes nothing, when a value cannot be opened with the keyring.
    """
    return sum(_rewrite(connection, table, names, keyring) for table, names in sealed_columns())


def _rewrite(connection: Connection, table: Table, names: tuple[str, ...], keyring: Keyring) -> int:
    keys = [column for column in table.columns if column.primary_key]
    count = 0
    every = select(*keys, *(table.c[name] for name in names))
    # On PostgreSQL a server beside us may be writing: what it writes meanwhile must not be undone.
    rows = connection.execute(every.with_for_update()).mappings().all()
    for row in rows:
        changed = {
            name: keyring.seal(keyring.open(row[name], place), place)
            for name in names
            if row[name] is not None
            and not keyring.is_newest(row[name])
            and (place := f"{table.name}.{name}".encode())
        }
        if changed:
            where = [key == row[key.name] for key in keys]
            connection.execute(update(table).where(*where).values(changed))
            count += len(changed)
    return count
