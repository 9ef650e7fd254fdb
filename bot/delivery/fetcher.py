"""Fetching what people attached on other platforms, made safe before it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot import logs, metrics
from bot.channels import Channel, NotSent, Refused
from bot.clock import Clock
from bot.delivery.media import BadMedia, made_safe
from bot.delivery.waiting import first_of
from storage import attachments
from storage.database import Database
from storage.records.cases import Attachment

AT_ONCE = 5
TRIES = 12
Tell = Callable[[Connection, Attachment, datetime], None]
log = logs.get_logger()


class Fetcher:
    """The fetcher of one channel."""

    def __init__(self, database: Database, channel: Channel, now: Clock, tell: Tell) -> None:
        """`tell` lets the sender of something refused know, in the transaction that refuses it."""
        self._database, self._channel, self._now, self._tell = database, channel, now, tell

    async def run(self, wake: asyncio.Event, stop: asyncio.Event) -> None:
        """Fetch what is wanted until `stop`; `wake` says that there may be more."""
        while not stop.is_set():
            wake.clear()
            try:
                found = await self.step()
            except Exception:
                log.exception("fetcher_failed", channel=self._channel.name)
                found = 0
            if not found:
                await first_of(wake, stop, seconds=5.0)

    async def step(self) -> int:
        """Fetch a few; returns how many were tried."""
        name, now = self._channel.name, self._now()
        wanted = await self._database.read(lambda c: attachments.to_fetch(c, name, now, AT_ONCE))
        for attachment in wanted:
            await self._fetch(attachment)
        return len(wanted)

    async def _fetch(self, attachment: Attachment) -> None:
        number = attachment.id or 0
        try:
            content = await self._channel.fetch(attachment.reference)
            safe, mime = await asyncio.to_thread(made_safe, attachment.kind, content)
        except (Refused, BadMedia) as problem:
            metrics.REFUSED_INPUT.labels("file").inc()
            log.warning("attachment_refused", attachment=number, why=str(problem))
            await self._database.write(partial(self._refuse, attachment))
        except NotSent:
            await self._later(attachment)
        except Exception as problem:  # a fault of ours: it must not stop the line
            log.error("fetch_failed", attachment=number, error=type(problem).__name__)
            await self._later(attachment)
        else:
            await self._database.write(
                partial(attachments.keep, attachment_id=number, content=safe, mime=mime)
            )

    async def _later(self, attachment: Attachment) -> None:
        number = attachment.id or 0
        if attachment.attempts >= TRIES:
            await self._database.write(partial(self._refuse, attachment))
            return
        until = self._now() + timedelta(seconds=min(2.0**attachment.attempts * 5, 3600))
        await self._database.write(partial(attachments.postpone, attachment_id=number, until=until))

    def _refuse(self, attachment: Attachment, connection: Connection) -> None:
        """Give it up. What was read to be fetched may belong to a report by now: read it again."""
        number = attachment.id or 0
        attachments.refuse(connection, number)
        if (found := attachments.one(connection, number)) is not None:
            self._tell(connection, found, self._now())
