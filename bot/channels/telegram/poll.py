"""Receiving by asking: updates are confirmed only after they are committed.

Telegram forgets an update as soon as it is asked for a later one. So the offset moves on when
`receive` has returned, never before: after a crash the same updates come again, and the inbox
knows them by their id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.channels import Later, Malformed, NotSent, Raw, Receive
from bot.channels.telegram.channel import Conflict, TelegramChannel
from bot.channels.telegram.translate import ALLOWED_UPDATES, callback_id, event_of, update_id

log = logging.getLogger(__name__)

LONG_POLL = 30  # seconds that Telegram holds a question when there is nothing
LONGEST_PAUSE = 30.0
_AT_ONCE = 0.5  # an empty answer that is quicker than this was no long poll
_UNREADABLE = "nothing that Telegram sent can be read"
_LAST_WORDS = 2.0  # seconds that presses may still take to be acknowledged at the end

T = TypeVar("T")


class _Stopped(Exception):
    """We were asked to stop."""


async def poll(
    channel: TelegramChannel,
    receive: Receive,
    stop: asyncio.Event,
    first_pause: float = 1.0,
    refused: Callable[[int], None] = lambda _count: None,
) -> None:
    """Hand every update to `receive`, until `stop` is set; `refused` is told how many were skipped.

    Deletes a webhook first. When `receive` raises, or Telegram cannot be reached, the same is
    tried again after `first_pause` seconds, then after twice as many, up to 30. A press is
    acknowledged once it is committed. Raises nothing; may be cancelled.
    """
    poller = _Poller(channel, receive, stop, first_pause, refused)
    try:
        while not stop.is_set():
            await poller.round()
    except _Stopped:
        pass
    finally:
        await poller.close()


class _Poller:
    def __init__(
        self,
        channel: TelegramChannel,
        receive: Receive,
        stop: asyncio.Event,
        first_pause: float,
        refused: Callable[[int], None],
    ) -> None:
        self._channel, self._receive, self._refused = channel, receive, refused
        self._stopping = asyncio.create_task(stop.wait())
        self._first_pause = self._pause = first_pause
        self._offset: int | None = None
        self._webhook_deleted = False
        self._trouble = ""
        self._unreadable: set[int] = set()
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def round(self) -> None:
        """Ask once and commit what came, or wait if that failed. Raises _Stopped."""
        try:
            updates = await self._unless_stopped(self._ask())
        except NotSent as failure:
            await self._wait(str(failure), failure)
            return
        events, following = self._read(updates)
        new = 0
        if events:
            try:
                new = await self._receive(events)
            except Exception as failure:
                # Only the kind: what a database says may quote what was to be stored.
                await self._wait(f"receiving failed: {type(failure).__name__}")
                return
        elif updates and following is None:
            await self._wait(_UNREADABLE)
            return
        if following is not None:
            self._offset = following
        self._acknowledge(events)
        self._pause = self._first_pause
        if self._trouble:
            log.info("Telegram: receiving again")
            self._trouble = ""
        if updates and not new:  # a server that gives the same again and again, perhaps
            await self._unless_stopped(asyncio.sleep(_AT_ONCE))

    async def close(self) -> None:
        self._stopping.cancel()
        if self._acknowledging:
            _, late = await asyncio.wait(self._acknowledging, timeout=_LAST_WORDS)
            for task in late:
                task.cancel()

    async def _ask(self) -> list[object]:
        if not self._webhook_deleted:
            await self._channel.call("deleteWebhook")
            self._webhook_deleted = True
        if self._channel.username is None:
            await self._channel.learn_username()
        question: dict[str, Any] = {
            "timeout": LONG_POLL,
            "limit": 100,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            question["offset"] = self._offset
        clock = asyncio.get_running_loop()
        asked_at = clock.time()
        updates = await self._channel.call("getUpdates", question, patience=LONG_POLL + 15.0)
        if not isinstance(updates, list):
            raise Later("the updates are not a list")
        if not updates and clock.time() - asked_at < _AT_ONCE:
            await asyncio.sleep(_AT_ONCE)  # a server that does not hold the question
        return updates

    def _read(self, updates: Sequence[object]) -> tuple[list[Raw], int | None]:
        """The events in the updates, and the offset that confirms them, None if none has an id.

        What cannot be read is told once, though what has no id comes again with each answer.
        """
        events: list[Raw] = []
        following: int | None = None
        now, unreadable = datetime.now(UTC), set()
        for update in updates:
            try:
                following = max(following or 0, update_id(update) + 1)
                events.append(event_of(update, now))
            except Malformed as problem:
                unreadable.add(told := hash(repr(update)))
                if told not in self._unreadable:
                    self._refused(1)
                    log.error("an update was skipped: %s", problem)
        self._unreadable = unreadable
        return events, following

    async def _wait(self, trouble: str, failure: NotSent | None = None) -> None:
        if trouble != self._trouble:  # once, not every thirty seconds of a day without network
            if isinstance(failure, Conflict):
                log.error("another process receives this bot's updates, stop one: %s", trouble)
            else:
                log.warning("Telegram: %s; trying again", trouble)
            self._trouble = trouble
        asked = failure.seconds if isinstance(failure, Later) else 0.0
        await self._unless_stopped(asyncio.sleep(max(self._pause, asked)))
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _acknowledge(self, events: Sequence[Raw]) -> None:
        for event in events:
            if callback_id(event.payload) is not None:
                task = asyncio.create_task(self._channel.acknowledge(event.payload))
                self._acknowledging.add(task)
                task.add_done_callback(self._acknowledging.discard)

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives. Raises _Stopped, and cancels it, when we are asked to stop first."""
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task, self._stopping}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise _Stopped
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
