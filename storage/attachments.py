"""Photos and voice notes: asked for, fetched, kept encrypted, shown to who may see them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from storage import conversations, crypto
from storage.inbox import sender_index
from storage.people import links
from storage.records.cases import Attachment
from storage.records.outreach import KeptFile
from storage.upserts import insert_into

attachments = Attachment.__table__  # type: ignore[attr-defined]
kept_files = KeptFile.__table__  # type: ignore[attr-defined]
MADE_HERE = "desk"  # in place of a channel: it was never sent to us


def want(
    connection: Connection,
    channel: str,
    address: str,
    reference: str,
    kind: str,
    mime: str,
    size: int,
    now: datetime,
) -> int:
    """Note that the bytes behind `reference` are to be fetched; the same one is noted once."""
    index = crypto.index(reference, f"attachment:{channel}")
    connection.execute(
        insert_into(connection.dialect.name, attachments)
        .values(
            channel=channel,
            reference=reference,
            reference_index=index,
            owner_index=sender_index(channel, address),
            kind=kind,
            mime=mime,
            size=size,
            state="wanted",
            attempts=0,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["channel", "reference_index"])
    )
    found = select(attachments.c.id).where(
        attachments.c.channel == channel, attachments.c.reference_index == index
    )
    return int(connection.execute(found).scalar_one())


def keep(connection: Connection, attachment_id: int, content: bytes, mime: str) -> None:
    """The bytes are here."""
    connection.execute(
        update(attachments)
        .where(attachments.c.id == attachment_id)
        .values(state="kept", content=content, mime=mime, size=len(content), not_before=None)
    )


def to_make(
    connection: Connection,
    channel: str,
    address: str,
    kind: str,
    mime: str,
    recipe: Mapping[str, Any],
    now: datetime,
) -> int:
    """Note something that is to be drawn for the person at an address, before it is sent; nobody
    else may see it. Until then its content is the `recipe`."""
    reference = f"made:{secrets.token_hex(16)}"
    number = want(connection, channel, address, reference, kind, mime, 0, now)
    _to_draw(connection, number, recipe)
    return number


def _to_draw(connection: Connection, attachment_id: int, recipe: Mapping[str, Any]) -> None:
    content = json.dumps(recipe, ensure_ascii=False).encode()
    connection.execute(
        update(attachments)
        .where(attachments.c.id == attachment_id)
        .values(state="to_draw", content=content)
    )


def recipes(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Mapping[str, Any], str]]:
    """(recipe, mime) of those of these attachments that are still to be drawn."""
    rows = connection.execute(
        select(attachments.c.id, attachments.c.content, attachments.c.mime).where(
            attachments.c.id.in_(ids), attachments.c.state == "to_draw"
        )
    )
    return {number: (json.loads(content), mime) for number, content, mime in rows}


def refused(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Those of these that cannot be had, or are not here any more."""
    found = select(attachments.c.id).where(
        attachments.c.id.in_(ids), attachments.c.state != "refused"
    )
    return set(ids) - set(connection.execute(found).scalars())


def refuse(connection: Connection, attachment_id: int) -> None:
    """The bytes are not what they seemed, or cannot be had."""
    connection.execute(
        update(attachments).where(attachments.c.id == attachment_id).values(state="refused")
    )


def postpone(connection: Connection, attachment_id: int, until: datetime) -> None:
    """Fetching failed; try again at `until`."""
    connection.execute(
        update(attachments)
        .where(attachments.c.id == attachment_id)
        .values(not_before=until, attempts=attachments.c.attempts + 1)
    )


def to_fetch(connection: Connection, channel: str, now: datetime, limit: int) -> list[Attachment]:
    """What is still to be fetched from a channel."""
    rows = connection.execute(
        select(attachments)
        .where(
            attachments.c.state == "wanted",
            attachments.c.channel == channel,
            or_(attachments.c.not_before.is_(None), attachments.c.not_before <= now),
        )
        .order_by(attachments.c.id)
        .limit(limit)
    ).mappings()
    return [Attachment(**row) for row in rows]


def one(connection: Connection, attachment_id: int) -> Attachment | None:
    """The attachment of this id, with its bytes."""
    row = connection.execute(
        select(attachments).where(attachments.c.id == attachment_id)
    ).mappings()
    found = row.first()
    return Attachment(**found) if found else None


def purge(connection: Connection, now: datetime, keep_for: timedelta) -> int:
    """Forget what was sent, unless it is of a report or another record, is given to people, or is
    named by a form that its sender has not sent yet (drafts have their own time)."""
    old = connection.execute(
        select(attachments.c.id, attachments.c.channel, attachments.c.owner_index).where(
            attachments.c.report_id.is_(None),
            attachments.c.published.is_(False),
            attachments.c.created_at < now - keep_for,
            attachments.c.id.not_in(select(kept_files.c.attachment_id)),
        )
    ).all()
    owners: dict[tuple[str, str], set[int]] = {}
    for number, *owner in old:
        owners.setdefault((owner[0], owner[1]), set()).add(number)
    gone = [each for owner, ids in owners.items() for each in _unnamed(connection, *owner, ids)]
    for at in range(0, len(gone), _AT_ONCE):
        some = gone[at : at + _AT_ONCE]
        connection.execute(delete(attachments).where(attachments.c.id.in_(some)))
    return len(gone)


_AT_ONCE = 500


def _unnamed(connection: Connection, channel: str, index: str, ids: set[int]) -> set[int]:
    """Those of these attachments that no draft of their sender names."""
    person = connection.execute(
        select(links.c.person_id).where(links.c.channel == channel, links.c.address_index == index)
    ).scalar()
    try:
        drafts = conversations.load_drafts(connection, [person]) if person is not None else {}
    except crypto.WrongKey:
        return set()  # what it names will be known when it can be read again
    return ids - {each for content, _at in drafts.values() for each in _listed(content)}


def _listed(content: Any) -> Iterator[int]:
    """The numbers in the lists of a draft: what was sent for a question is one of them."""
    if isinstance(content, Mapping):
        for value in content.values():
            yield from _listed(value)
    elif isinstance(content, list):
        for value in content:
            if isinstance(value, int):
                yield value
            else:
                yield from _listed(value)


def publish(connection: Connection, attachment_id: int, *, on: bool) -> None:
    """Whether anybody may have it. What is of a report or another record is never published."""
    of_a_record = select(kept_files.c.attachment_id)
    connection.execute(
        update(attachments)
        .where(
            attachments.c.id == attachment_id,
            attachments.c.report_id.is_(None),
            attachments.c.id.not_in(of_a_record),
        )
        .values(published=on)
    )


def to_make_of(
    connection: Connection,
    report_id: int,
    reference: str,
    mime: str,
    recipe: Mapping[str, Any],
    now: datetime,
) -> int:
    """Note a document that is to be made of a report, in place of the one made before; its
    number."""
    number = want(connection, MADE_HERE, "", reference, "file", mime, 0, now)
    _to_draw(connection, number, recipe)
    connection.execute(
        update(attachments).where(attachments.c.id == number).values(report_id=report_id)
    )
    return number


def states(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """(state, kind, mime) of these attachments."""
    rows = connection.execute(
        select(attachments.c.id, attachments.c.state, attachments.c.kind, attachments.c.mime).where(
            attachments.c.id.in_(ids)
        )
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def by_reference(connection: Connection, channel: str, reference: str) -> Attachment | None:
    """The attachment that a channel knows by this reference."""
    index = crypto.index(reference, f"attachment:{channel}")
    row = connection.execute(
        select(attachments).where(
            attachments.c.channel == channel, attachments.c.reference_index == index
        )
    ).mappings()
    found = row.first()
    return Attachment(**found) if found else None
