"""Working through the inbox: claimed in order, handled together, committed once.

A failing event is tried three times and then parked where the operator sees it; the line behind
it goes on, and the person is told. After a start, what lies there is handled one by one, each
attempt counted beforehand, because one of those events may be what killed the process. Of a
failure only the kind and the place are kept: its words may quote what somebody wrote. A database
that is full or away is no event's fault: nothing is counted or parked, it is tried until it works.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from bot import logs, metrics
from bot.channels import Channel, Malformed
from bot.clock import Clock
from bot.delivery.waiting import first_of
from bot.words import Incoming
from storage import inbox
from storage.database import Database
from storage.inbox import Arrived
from storage.trouble import is_the_databases

ATTEMPTS = 3
CRASHES = 20  # many: whoever restarts the machine again and again means no harm
BATCH = 100
log = logs.get_logger()


class Held(Exception):
    """Not tried: an earlier event of the same person failed and comes first."""


class Front(Protocol):
    """Who understands events; bot.app gives one."""

    def sit(
        self, connection: Connection, incomings: Sequence[Incoming], now: datetime
    ) -> list[Exception | None]:
        """Handle these events in order and write what comes of them; for each its failure."""

    def apologise(self, connection: Connection, incoming: Incoming, now: datetime) -> None:
        """Tell a person that their message could not be handled and is with the operator."""


class Worker:
    """One worker; on PostgreSQL there may be several, each in its own process."""

    def __init__(
        self, database: Database, channels: Mapping[str, Channel], front: Front, now: Clock
    ) -> None:
        self._database, self._channels, self._front, self._now = database, channels, front, now
        self._careful_until: int | None = None
        # Events whose try was counted and did not come to its end, for the database failed.
        self._counted: set[int] = set()
        self._troubled = False

    async def start(self) -> None:
        """Note what lies in the inbox from before: that is handled with care."""
        self._careful_until = await self._database.read(inbox.newest_waiting)

    async def run(self, arrived: asyncio.Event, done: asyncio.Event, stop: asyncio.Event) -> None:
        """Work until `stop`; `done` is set after each commit that may have left messages."""
        while not stop.is_set():
            arrived.clear()
            try:
                handled = await self.step()
            except Exception as problem:
                if is_the_databases(problem):
                    self._trouble(problem)
                else:
                    log.exception("worker_failed")
                await first_of(stop, seconds=1.0)
                continue
            if handled:
                done.set()
            else:
                await first_of(arrived, stop, seconds=1.0)

    def _trouble(self, problem: Exception) -> None:
        """Say once that the database fails, and count each time."""
        metrics.DATABASE_TROUBLE.inc()
        if not self._troubled:
            log.error("database_trouble", why=_why(problem))
        self._troubled = True

    async def step(self) -> int:
        """Handle what waits, up to a batch; returns how many events are settled.

        Raises what the database raises while it is full or away: then nothing has changed.
        """
        if self._careful_until is None:
            await self.start()
        if self._careful_until:
            handled, left = await self._one_by_one(self._careful_until)
            if left:
                return handled
            self._careful_until = 0
        try:
            handled = await self._database.write(lambda c: self._work(c, BATCH))
        except Exception as problem:
            if is_the_databases(problem):  # there may be room for one still: the oldest
                self._trouble(problem)
                return await self._database.write(lambda c: self._work(c, 1))
            # Something in the batch made the database refuse: find out which, one at a time.
            log.error("batch_failed", why=_why(problem))
            newest = await self._database.read(inbox.newest_waiting)
            return (await self._one_by_one(newest))[0]
        self._troubled = False
        return handled

    async def _one_by_one(self, until: int) -> tuple[int, bool]:
        """Settle waiting events up to `until`, each in its own transaction, counted beforehand.

        Only the first event of each person: what follows it waits until it is settled.
        """
        waiting = await self._database.read(lambda c: inbox.first_of_each(c, until, BATCH))
        handled = 0
        for event_id in waiting:
            if event_id not in self._counted:
                await self._database.write(partial(inbox.count_attempt, event_id=event_id))
                self._counted.add(event_id)
            try:
                work = partial(self._work, limit=1, only=event_id)
                handled += await self._database.write(work)
            except Exception as problem:
                if is_the_databases(problem):
                    raise
                log.error("event_failed", row=event_id, why=_why(problem))
                await self._database.write(partial(self._give_up, event_id, problem))
                handled += 1
            self._counted.discard(event_id)
        return handled, bool(waiting)

    def _work(self, connection: Connection, limit: int, only: int | None = None) -> int:
        now, counted = self._now(), only is not None
        events = inbox.claim(connection, limit, only)
        incomings: list[tuple[Arrived, Incoming]] = []
        done: list[int] = []
        for event in events:
            try:
                incoming = self._translate(event, counted)
            except Malformed as problem:
                metrics.REFUSED_INPUT.labels("malformed update").inc()
                self._park(connection, event, f"malformed: {problem}", now)
                continue
            if incoming is None:
                done.append(event.id)
            else:
                incomings.append((event, incoming))
        failures = self._sit(connection, [incoming for _, incoming in incomings], now, counted)
        if trouble := next((each for each in failures if each and is_the_databases(each)), None):
            raise trouble
        handled: Counter[str] = Counter()
        for (event, incoming), failure in zip(incomings, failures, strict=True):
            if failure is None:
                done.append(event.id)
                handled[event.channel] += 1
            elif not isinstance(failure, Held):
                self._failed(connection, event, incoming, failure, now, counted)
        inbox.done(connection, done, now)
        for channel, count in handled.items():
            metrics.HANDLED.labels(channel).inc(count)
        return len(events)

    def _sit(
        self, connection: Connection, incomings: Sequence[Incoming], now: datetime, alone: bool
    ) -> list[Exception | None]:
        """See Front.sit. Whatever goes wrong while an event is alone is that event's failure."""
        if not alone or not incomings:
            return self._front.sit(connection, incomings, now)
        try:
            with connection.begin_nested():
                return self._front.sit(connection, incomings, now)
        except Exception as problem:
            return [problem]

    def _translate(self, event: Arrived, counted: bool) -> Incoming | None:
        channel = self._channels.get(event.channel)
        if channel is None:
            raise Malformed(f"no channel {event.channel}")
        if counted and event.attempts > CRASHES:
            raise Malformed("the process ended each time this was tried")
        try:
            return channel.translate(event.payload)
        except Malformed:
            raise
        except Exception as problem:  # nobody else's event waits for what breaks us
            raise Malformed(_why(problem)) from None

    def _failed(
        self,
        connection: Connection,
        event: Arrived,
        incoming: Incoming,
        failure: Exception,
        now: datetime,
        counted: bool,
    ) -> None:
        """Count an attempt; after the last one, park the event and tell the person."""
        metrics.FAILED.inc()
        why = _why(failure)
        log.error("handler_failed", row=event.id, why=why)
        if not counted:
            inbox.tried(connection, event.id, why)
        if event.attempts + (not counted) >= ATTEMPTS:
            self._park(connection, event, why, now)
            self._front.apologise(connection, incoming, now)

    def _park(self, connection: Connection, event: Arrived, why: str, now: datetime) -> None:
        log.error("event_parked", row=event.id, channel=event.channel)
        metrics.PARKED.labels(event.channel).inc()
        inbox.park(connection, event.id, why, now)

    def _give_up(self, event_id: int, problem: Exception, connection: Connection) -> None:
        """The database refuses even this event alone: after the last attempt it is parked."""
        if inbox.park(connection, event_id, _why(problem), self._now(), ATTEMPTS):
            metrics.PARKED.labels("?").inc()


def _why(problem: Exception) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or list(frames)
    places = [f" in {f.name} ({Path(f.filename).name}:{f.lineno})" for f in ours[-1:]]
    return type(problem).__name__ + "".join(places)
