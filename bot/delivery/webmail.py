"""The mailbox of the web channel, in our own database."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot import metrics
from bot.channels.web.mailbox import BadUpload, Session, Visitor
from bot.clock import Clock
from bot.delivery.media import BadMedia, made_safe
from bot.delivery.together import Together
from bot.i18n import later as _
from bot.words import Say
from storage import (
    areas,
    attachments,
    audit,
    broadcasts,
    cases,
    inbox,
    invitations,
    kept_files,
    people,
    web,
)
from storage.database import Database
from storage.people import Known
from storage.records.cases import Attachment, Case

# What somebody may mean to ask, by what they have typed: (value of a button, question).
MayOpen = Callable[[Connection, Case, Known], bool]
Suggest = Callable[[Connection, Known | None, str], Sequence[tuple[str, str]]]
SEEN_EVERY = timedelta(minutes=5)
RENEW_AFTER = timedelta(days=30)
OFFICERS = ("officer", "on_call", "leader", "admin")


class Webmail:
    """See bot.channels.web.mailbox.Mailbox. `arrived` is set when a message was posted."""

    def __init__(
        self,
        database: Database,
        together: Together,
        now: Clock,
        arrived: asyncio.Event,
        suggest: Suggest | None = None,
        may_open: MayOpen | None = None,
    ) -> None:
        """`may_open` tells whether somebody may read a case of another area than theirs."""
        self._database, self._together, self._now = database, together, now
        self._may_open = may_open
        self._arrived, self._suggest = arrived, suggest
        self._news: dict[str, asyncio.Event] = {}
        # With several machines a page's news may be written by another one: look more often.
        self._look_every = 20.0 if database.sqlite else 1.0

    async def visitor(self, token: str) -> Visitor | None:
        found = await self._database.read(lambda c: web.visitor(c, token))
        if found is None:
            return None
        now = self._now()
        if now - found.last_seen_at > SEEN_EVERY:
            await self._together.write(lambda c: web.seen(c, found.session_id, now))
        renew = now - found.started_at > RENEW_AFTER
        return Visitor(found.session_id, found.address, found.index, renew)

    async def begin(self, token: str, device: str, address: str = "") -> Visitor:
        address = address or secrets.token_hex(16)
        now = self._now()
        await self._together.write(lambda c: web.begin(c, token, address, device, now))
        found = await self.visitor(token)
        assert found is not None
        return found

    async def language(self, visitor: Visitor) -> str:
        known = await self._database.read(lambda c: _person(c, visitor))
        return known.language if known else "vi"

    async def post(self, visitor: Visitor, message: Mapping[str, Any]) -> int:
        number = await self._together.write(lambda c: self._post(c, visitor, message))
        self._tell(visitor.index)
        self._arrived.set()
        return number

    def _post(self, connection: Connection, visitor: Visitor, message: Mapping[str, Any]) -> int:
        now = self._now()
        files = [self._own(connection, visitor, file) for file in message.get("files", ())]
        shown = {
            "text": message.get("label") or message.get("text", ""),
            "id": message["id"],
            "files": [{"attachment_id": f.id, "kind": f.kind, "mime": f.mime} for f in files],
            "location": message.get("location"),
        }
        kept = {name: value for name, value in shown.items() if value}
        number = web.show(connection, visitor.index, False, kept, message["id"], now)
        if number is None:  # sent before: the page did not hear our answer
            metrics.REPEATED.labels("web").inc()
            return web.number_of(connection, visitor.index, message["id"]) or 0
        event = {
            **message,
            "address": visitor.address,
            "received": now.isoformat(),
            "files": [
                {"reference": f.reference, "kind": f.kind, "mime": f.mime, "size": f.size}
                for f in files
            ],
        }
        row = ("web", f"{visitor.index}:{message['id']}", visitor.address, event)
        inbox.put(connection, [row], now)
        metrics.RECEIVED.labels("web").inc()
        return number

    def _own(self, connection: Connection, visitor: Visitor, file_id: str) -> Attachment:
        found = attachments.by_reference(connection, "web", _reference(visitor, file_id))
        if found is None:
            raise BadUpload(_("This file did not arrive. Please send it again."))
        return found

    async def upload(self, visitor: Visitor, file_id: str, kind: str, content: bytes) -> None:
        try:
            safe, mime = await asyncio.to_thread(made_safe, kind, content)
        except BadMedia as problem:
            raise BadUpload(str(problem)) from None
        reference, now = _reference(visitor, file_id), self._now()

        def work(connection: Connection) -> None:
            size = len(safe)
            number = attachments.want(
                connection, "web", visitor.address, reference, kind, mime, size, now
            )
            attachments.keep(connection, number, safe, mime)

        await self._together.write(work)

    async def file(self, visitor: Visitor, number: int) -> tuple[bytes, str] | None:
        return await self._together.write(lambda c: self._file(c, visitor, number))

    def _file(
        self, connection: Connection, visitor: Visitor, number: int
    ) -> tuple[bytes, str] | None:
        """One's own upload, a published one, one that came with an announcement, or one of a case
        of one's area: then the look is audited."""
        found = attachments.one(connection, number)
        if found is None or found.content is None or found.state != "kept":
            return None
        if found.owner_index != visitor.index and not found.published:
            if self._of_a_record(connection, visitor, number):
                return found.content, found.mime
            person = _person(connection, visitor)
            if person and broadcasts.shows(connection, person.person_id, number):
                return found.content, found.mime
            case = cases.of_attachment(connection, found)
            if person is None or case is None or not self._sees(connection, case, person):
                return None
            audit.note(connection, self._now(), person.person_id, "attachment", case.code)
        return found.content, found.mime

    def _sees(self, connection: Connection, case: Case, person: Known) -> bool:
        tops = () if person.suspended else person.areas_as(*OFFICERS)
        if cases.visible(connection, case, tops):
            return True
        return self._may_open is not None and self._may_open(connection, case, person)

    def _of_a_record(self, connection: Connection, visitor: Visitor, number: int) -> bool:
        """Whether it is of a meeting, a commitment or an inspection in the area of this officer;
        the look is audited."""
        person, record = _person(connection, visitor), kept_files.record_of(connection, number)
        if person is None or person.suspended or record is None:
            return False
        name, area = record
        if area is None or not {*person.areas_as(*OFFICERS)} & {*areas.above(connection, area)}:
            return False
        audit.note(connection, self._now(), person.person_id, "attachment", name)
        return True

    async def after(self, visitor: Visitor, number: int) -> list[dict[str, Any]]:
        rows = await self._database.read(lambda c: web.after(c, visitor.index, number))
        return [
            {
                "n": row.id,
                "from": "bot" if row.by_bot else "me",
                "at": row.at.isoformat(),
                **row.payload,
            }
            for row in rows
        ]

    def news(self, visitor: Visitor) -> tuple[asyncio.Event, float]:
        return self._news.setdefault(visitor.index, asyncio.Event()), self._look_every

    def _tell(self, index: str) -> None:
        # Each wait gets an event of its own, so that no reader takes another's news away.
        if event := self._news.pop(index, None):
            event.set()

    async def show(self, address: str, say: Say, once: str) -> str:
        index = inbox.sender_index("web", address)
        now = self._now()
        key = f"bot:{once or secrets.token_hex(8)}"
        number = await self._together.write(
            lambda c: web.show(c, index, True, say.to_json(), key, now)
        )
        self._tell(index)
        return str(number or "")

    async def sessions(self, visitor: Visitor) -> Sequence[Session]:
        rows = await self._database.read(lambda c: web.sessions_of(c, visitor.index))
        return [
            Session(row.id or 0, row.device or "?", row.started_at, row.last_seen_at)
            for row in rows
        ]

    async def end(self, visitor: Visitor, session_id: int) -> bool:
        now = self._now()
        return await self._together.write(lambda c: web.end(c, visitor.index, session_id, now))

    async def enter(self, once: str, token: str, device: str) -> bool:
        entered = await self._together.write(lambda c: self._enter(c, once, token, device))
        if entered:
            self._arrived.set()
        return entered

    def _enter(self, connection: Connection, once: str, token: str, device: str) -> bool:
        now = self._now()
        if once.isdecimal():  # a code of digits is typed in the chat, where guesses are counted
            return False
        found = invitations.take_over(connection, once, now)
        if found is None:
            return False
        person_id, opens = found
        address = secrets.token_hex(16)
        people.link(connection, person_id, "web", address, now)
        web.begin(connection, token, address, device, now)
        audit.note(connection, now, person_id, "link", f"person:{person_id}", "web")
        if opens:
            event = {
                "id": secrets.token_hex(16),
                "text": f"/hoso {opens}",
                "address": address,
                "received": now.isoformat(),
            }
            inbox.put(connection, [("web", event["id"], address, event)], now)
        return True

    async def suggest(self, visitor: Visitor, typed: str) -> Sequence[tuple[str, str]]:
        suggest = self._suggest
        if suggest is None:
            return ()
        return await self._database.read(lambda c: suggest(c, _person(c, visitor), typed))

    async def ready(self) -> bool:
        try:
            await asyncio.wait_for(self._database.read(inbox.newest_waiting), 5)
        except Exception:
            return False
        return True


def _reference(visitor: Visitor, file_id: str) -> str:
    return f"{visitor.address}:{file_id}"


def _person(connection: Connection, visitor: Visitor) -> Known | None:
    key = ("web", visitor.index)
    return people.known(connection, [key]).get(key)
