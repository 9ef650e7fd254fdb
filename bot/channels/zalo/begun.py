"""Messages of several calls, of which a beginning has arrived: sent again, they go on there."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.channels import NotSent, Refused

log = logging.getLogger(__name__)
_MOST = 1000
C = TypeVar("C")


class Begun:
    """How many calls of a message are done, by its address and send-once key."""

    def __init__(self) -> None:
        self._done: dict[tuple[str, str], tuple[int, str]] = {}

    async def send(
        self,
        key: tuple[str, str],
        calls: Sequence[C],
        carry_out: Callable[[C], Awaitable[str]],
        needed: Callable[[C], bool],
    ) -> str:
        """Carry the calls out in order; returns the id of the last needed one.

        After the first has arrived, one that is not `needed` and is refused is left out.
        """
        done, arrived = self._done.pop(key, (0, ""))
        for call in calls[done:]:
            try:
                sent = await carry_out(call)
            except NotSent as failure:
                may_miss = done > 0 and isinstance(failure, Refused) and not needed(call)
                if not may_miss:
                    self._remember(key, done, arrived)
                    raise
                log.warning("a part of a message was left out: %s", failure)
            else:
                arrived = sent if needed(call) or not arrived else arrived
            done += 1
        return arrived

    def _remember(self, key: tuple[str, str], done: int, arrived: str) -> None:
        if key[1] and done:
            self._done[key] = (done, arrived)
            if len(self._done) > _MOST:
                del self._done[next(iter(self._done))]
