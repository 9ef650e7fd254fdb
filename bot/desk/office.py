"""A sitting of the office: several events, one transaction, each with a desk of its own.

What is needed for the common case (who is it, where were they, what do we answer) is read for
all events at once and written for all at once. Anything rarer goes through `Desk.connection`,
inside a savepoint that is undone with its event. An event whose handler fails leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import NestedTransaction

from bot.desk.desk import Changes, Desk
from bot.desk.house import Gazetteer, House
from bot.forms.model import Place, Scene
from bot.reading import Villages
from bot.vietnamese.fold import as_in_a_list, clean
from bot.words import Incoming, Policy
from storage import areas, conversations, outbox, people
from storage.inbox import sender_index
from storage.people import Known
from storage.records.areas import VILLAGE_KINDS, Area

A_MINUTE = timedelta(minutes=1)
_SCENES = 20  # of the villages where people wrote from of late


class Office:
    """One sitting. `prepare`, then `attend` to each event, then `close` before the commit."""

    def __init__(self, connection: Connection, house: House, now: datetime) -> None:
        self.connection, self.house, self.now = connection, house, now
        self.known: dict[tuple[str, str], Known] = {}
        self.drafts: dict[tuple[int, str], tuple[dict[str, Any], datetime]] = {}
        self.conversations: dict[int, tuple[str | None, list[Any]]] = {}
        self._kept = Changes()
        self._seen: set[int] = set()
        self._senders: dict[tuple[str, str], tuple[str, str]] = {}

    def prepare(self, incomings: Sequence[Incoming]) -> None:
        """Read, for all these events at once, who they are from and where those people were."""
        self.known = people.known(self.connection, map(self.sender, incomings))
        self.read_up([known.person_id for known in self.known.values()])

    def read_up(self, ids: Sequence[int]) -> None:
        """Read the conversations and drafts of these people."""
        self.conversations |= conversations.load(self.connection, ids)
        self.drafts |= conversations.load_drafts(self.connection, ids)

    def attend(self, incoming: Incoming, understand: Callable[[Incoming, Desk], object]) -> None:
        """Let `understand` handle one event at a desk of its own.

        Whatever it raises is raised here, after everything it did was undone.
        """
        incoming = cleaned(incoming)
        savepoint = Savepoint(self.connection)
        try:
            desk = Desk(self, incoming, savepoint)
            understand(incoming, desk)
            _ = desk.person  # whoever wrote is known from now on, also when nothing was answered
        except BaseException:
            savepoint.undo()
            self.look_again(incoming)
            raise
        savepoint.release()
        self._keep(desk)

    def who(self, incoming: Incoming) -> int | tuple[str, str]:
        """What the order of events is kept by: the person, or the address of a stranger."""
        key = self.sender(incoming)
        found = self.known.get(key)
        return found.person_id if found else key

    def sender(self, incoming: Incoming) -> tuple[str, str]:
        """What a link is found by: the channel and the blind index of the address."""
        whence = incoming.channel, incoming.address
        found = self._senders.get(whence)  # each event asks three times
        if found is None:
            found = self._senders[whence] = incoming.channel, sender_index(*whence)
        return found

    def look_again(self, incoming: Incoming) -> Known | None:
        """Read anew who an event is from."""
        key = self.sender(incoming)
        self.known.pop(key, None)
        self.known |= people.known(self.connection, [key])
        return self.known.get(key)

    def _keep(self, desk: Desk) -> None:
        changes, kept = desk.changes, self._kept
        kept.said += changes.said
        for key, draft in changes.drafts.items():
            kept.drafts[key] = draft
            if draft is None:
                self.drafts.pop(key, None)
            else:
                self.drafts[key] = draft
        kept.conversations |= changes.conversations
        self.conversations |= changes.conversations
        if not desk.keep_blocked and self._worth_noting(desk.person):
            self._seen.add(desk.person.link_id)

    def _worth_noting(self, person: Known) -> bool:
        """Whether being heard from changes something: a minute more or less does not."""
        at = person.last_seen_at
        return person.blocked or at is None or self.now - at > A_MINUTE

    def close(self) -> None:
        """Write everything that was kept."""
        connection, kept = self.connection, self._kept
        conversations.drop_drafts(connection, [k for k, v in kept.drafts.items() if v is None])
        conversations.save_drafts(
            connection,
            [
                {"person_id": person, "form": form, "content": kind[0], "updated_at": kind[1]}
                for (person, form), kind in kept.drafts.items()
                if kind is not None
            ],
        )
        conversations.save(
            connection,
            [
                {"person_id": person, "form": form, "menu": menu, "updated_at": self.now}
                for person, (form, menu) in kept.conversations.items()
            ],
        )
        outbox.put(connection, kept.said)
        if self._seen:
            people.seen(connection, self._seen, self.now)

    @property
    def said(self) -> list[dict[str, Any]]:
        """What was said in this sitting, to anybody."""
        return self._kept.said

    def scene(self, mine: frozenset[str | None], policy: Policy) -> Scene:
        """The world of the forms: the places of `mine` (area codes) first, then their communes'."""
        scenes = self._gazetteer.scenes
        if (mine, policy) not in scenes:
            near = {self._gazetteer.commune_of(code) for code in mine if code} - {None}
            found = sorted(self.places, key=lambda p: (p.code not in mine, p.commune not in near))
            today = self.now.astimezone(self.house.zone).date()
            if len(scenes) >= _SCENES:
                scenes.clear()
            scenes[mine, policy] = Scene(today, policy, tuple(found))
        return scenes[mine, policy]

    def commune_of(self, *codes: str | None) -> str | None:
        """The commune of the first of these areas that lies in one; else the only one there is."""
        known = self._gazetteer
        found = next((commune for code in codes if (commune := known.commune_of(code))), None)
        return found or (known.communes[0].code if len(known.communes) == 1 else None)

    @property
    def areas(self) -> list[Area]:
        """Every area."""
        return self._gazetteer.areas

    @property
    def places(self) -> tuple[Place, ...]:
        """The villages that exist today, by name, with the old names they are known by."""
        return self._gazetteer.places

    @property
    def villages(self) -> Villages:
        """The same, as the reader of whole reports wants them."""
        return self._gazetteer.villages

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        """Areas and places, read again only after a load or at midnight."""
        today = self.now.astimezone(self.house.zone).date()
        stamp = (areas.version(self.connection), today)
        known = self.house.gazetteer
        if known is None or known.stamp != stamp:
            every = areas.every(self.connection)
            old = areas.old_codes(self.connection)
            valid = [area for area in every if areas.valid(area, today)]
            villages = [area for area in valid if area.kind in VILLAGE_KINDS]
            known = Gazetteer(stamp, every, places(villages, every, old))
            self.house.gazetteer = known
        return known


class Savepoint:
    """Begun only when an event needs more than the common case."""

    def __init__(self, connection: Connection) -> None:
        self._outer = connection
        self._nested: NestedTransaction | None = None

    def connection(self) -> Connection:
        """The connection, with a savepoint to come back to."""
        if self._nested is None:
            self._nested = self._outer.begin_nested()
        return self._outer

    def undo(self) -> None:
        if self._nested is not None:
            self._nested.rollback()

    def release(self) -> None:
        if self._nested is not None:
            self._nested.commit()


def cleaned(incoming: Incoming) -> Incoming:
    """The event without what must not be kept or shown: all that comes from outside is text."""
    text = clean(incoming.text) if incoming.text else ""
    value = clean(incoming.value) if incoming.value else ""
    start = clean(incoming.start) if incoming.start else ""
    if (text, value, start) == (incoming.text, incoming.value, incoming.start):
        return incoming
    return replace(incoming, text=text, value=value, start=start)


def places(
    villages: Sequence[Area], every: Sequence[Area], old: Mapping[str, Sequence[str]]
) -> tuple[Place, ...]:
    """Villages as choices; with several communes each carries its commune's name."""
    by_code = {area.code: area for area in every}
    several = len({area.parent for area in villages}) > 1
    found = []
    for area in sorted(villages, key=lambda area: (as_in_a_list(area.name), area.name)):
        commune = by_code.get(area.parent or "") if several else None
        name = f"{area.name} ({commune.name})" if commune else area.name
        before = [by_code[code].name for code in old.get(area.code, ()) if code in by_code]
        found.append(Place(area.code, name, (area.name, *before), area.parent))
    return tuple(found)
