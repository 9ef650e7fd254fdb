"""Where each person is: the form in front of them, their drafts, the buttons last shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, tuple_, update

from storage.among import among
from storage.records.talks import Conversation, Draft
from storage.upserts import insert_or_update

conversations = Conversation.__table__  # type: ignore[attr-defined]
drafts = Draft.__table__  # type: ignore[attr-defined]

# What every event asks for is put together once: that took as long as asking.
_CONVERSATIONS = select(
    conversations.c.person_id, conversations.c.form, conversations.c.menu
).where(among(conversations.c.person_id, "people"))
_DRAFTS = select(drafts.c.person_id, drafts.c.form, drafts.c.content, drafts.c.updated_at).where(
    among(drafts.c.person_id, "people")
)


def load(connection: Connection, people: Sequence[int]) -> dict[int, tuple[str | None, list[Any]]]:
    """(form, buttons) of each of these people who has a conversation."""
    rows = connection.execute(_CONVERSATIONS, {"people": people})
    return {row[0]: (row[1], row[2] or []) for row in rows}


def save(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep person_id, form, menu, updated_at."""
    if rows:
        values = ("form", "menu", "updated_at")
        connection.execute(
            insert_or_update(connection.dialect.name, conversations, ("person_id",), values),
            list(rows),
        )


def load_drafts(
    connection: Connection, people: Sequence[int]
) -> dict[tuple[int, str], tuple[dict[str, Any], datetime]]:
    """(content, updated_at) of every draft of these people, by (person, form)."""
    rows = connection.execute(_DRAFTS, {"people": people})
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def save_drafts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep person_id, form, content, updated_at."""
    if rows:
        key, values = ("person_id", "form"), ("content", "updated_at")
        connection.execute(
            insert_or_update(connection.dialect.name, drafts, key, values), list(rows)
        )


def drop_drafts(connection: Connection, keys: Iterable[tuple[int, str]]) -> None:
    """Forget these (person, form) drafts."""
    wanted = list(keys)
    if wanted:
        connection.execute(
            delete(drafts).where(tuple_(drafts.c.person_id, drafts.c.form).in_(wanted))
        )


def hand_over(connection: Connection, guest: int, host: int) -> None:
    """The guest's drafts become the host's, where the host has none of that form."""
    theirs = select(drafts.c.form).where(drafts.c.person_id == host)
    connection.execute(
        update(drafts)
        .where(drafts.c.person_id == guest, drafts.c.form.not_in(theirs))
        .values(person_id=host)
    )
    connection.execute(delete(drafts).where(drafts.c.person_id == guest))
    connection.execute(delete(conversations).where(conversations.c.person_id == guest))


def purge(connection: Connection, now: datetime, keep: timedelta) -> int:
    """Forget drafts untouched for longer than `keep`."""
    return connection.execute(delete(drafts).where(drafts.c.updated_at < now - keep)).rowcount


def forget(connection: Connection, person_id: int) -> None:
    """Drop a person's drafts and where they were."""
    connection.execute(delete(drafts).where(drafts.c.person_id == person_id))
    connection.execute(delete(conversations).where(conversations.c.person_id == person_id))
