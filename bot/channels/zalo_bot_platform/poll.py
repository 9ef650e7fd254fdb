"""Receiving by asking, for development: one event a question, and no second chance.

What getUpdates has given is gone on Zalo's side, so it is committed before anything else; a
commit that fails is tried again for as long as the process lives. Whoever wants nothing lost
between two questions uses the webhook.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress

from bot.channels import Malformed, NotSent, Raw, Receive
from bot.channels.zalo_bot_platform.channel import NothingCame, ZaloBotChannel
from bot.channels.zalo_bot_platform.translate import event_of

log = logging.getLogger(__name__)

LONG_POLL = 30  # seconds that Zalo holds a question when there is nothing
LONGEST_PAUSE = 30.0


async def poll(
    channel: ZaloBotChannel,
    receive: Receive,
    stop: asyncio.Event,
    first_pause: float = 1.0,
    refused: Callable[[int], None] = lambda _count: None,
) -> None:
    """Hand every event to `receive` until `stop`; `refused` is told of each that was skipped.

    Deletes a webhook first. Raises nothing.
    """
    pause, ready = first_pause, False
    while not stop.is_set():
        try:
            if not ready:
                await channel.call("deleteWebhook")
                ready = True
            raw = await _unless(stop, _next(channel, refused))
            pause = first_pause
        except NotSent as failure:
            log.warning("Zalo: %s; trying again", failure)
            await _rest(stop, pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            continue
        while raw is not None:
            try:
                await receive([raw])
                break
            except Exception as failure:
                log.error("receiving failed: %s; trying again", type(failure).__name__)
                await _rest(stop, first_pause)
                if stop.is_set():
                    log.error("an event of Zalo could not be kept before the end")
                    return


async def _next(channel: ZaloBotChannel, refused: Callable[[int], None]) -> Raw | None:
    asked_at = asyncio.get_running_loop().time()
    try:
        update = await channel.call(
            "getUpdates", {"timeout": str(LONG_POLL)}, patience=LONG_POLL + 15.0
        )
    except NothingCame:
        if asyncio.get_running_loop().time() - asked_at < 0.5:
            await asyncio.sleep(0.5)  # a server that does not hold the question
        return None
    try:
        return event_of(update)
    except Malformed as unreadable:
        log.error("an event was skipped: %s", unreadable)
        refused(1)
        return None


async def _unless(stop: asyncio.Event, work: Coroutine[None, None, Raw | None]) -> Raw | None:
    task = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        stopping.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
