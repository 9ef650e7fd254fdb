"""Receiving: the raw event is committed before anybody tells its platform that it arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot import metrics
from bot.channels import Raw, Receive
from bot.clock import Clock
from bot.delivery.together import Together
from storage import inbox


class Intake:
    """The one way in for every channel. `arrived` is set whenever there is work to do."""

    def __init__(self, together: Together, now: Clock) -> None:
        self._together, self._now = together, now
        self.arrived = asyncio.Event()

    def of(self, channel: str) -> Receive:
        """The Receive of one channel."""

        async def receive(events: Sequence[Raw]) -> int:
            rows = [(channel, raw.event_id, raw.sender, raw.payload) for raw in events]
            new = await self._together.write(lambda c: inbox.put(c, rows, self._now()))
            metrics.RECEIVED.labels(channel).inc(len(new))
            metrics.REPEATED.labels(channel).inc(len(rows) - len(new))
            self.arrived.set()
            return len(new)

        return receive
