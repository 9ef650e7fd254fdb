"""How fast a channel may be written to: so many a second in all, and a pause per address.

A platform counts a message when it arrives there, which is some time between our sending it and
its answer. So a place in the second is free again one second after the answer, less the shortest
way there and back that was seen: however unsteady the network is, no second holds too many, and a
steady one costs nothing. Pushes come by tenths of a second, so that what is urgent or answers
somebody finds a place at once in the middle of thousands.
"""

from __future__ import annotations

import math
from collections import deque

_TENTHS = 10
_REMEMBERED = 100  # ways there and back


class Pace:
    """All times are seconds of one steady clock (the event loop's)."""

    def __init__(self, per_second: float, per_address: float) -> None:
        self._most, self._span = max(int(per_second), 1), max(1.0, 1.0 / per_second)
        self._per_address = per_address
        self._under_way: list[float] = []  # when what has no answer yet was sent
        self._counted: deque[float] = deque()  # when the platform counted at the latest
        self._ways: deque[float] = deque(maxlen=_REMEMBERED)
        self._last: dict[int, float] = {}
        self._closed_until = 0.0
        self._flow = self._most / self._span  # pushes a second
        self._most_pushes = max(math.ceil(self._most / _TENTHS), 1)
        self._pushes, self._filled_at = float(self._most_pushes), 0.0

    def room(self, now: float) -> int:
        """How many messages may leave at this moment."""
        if now < self._closed_until:
            return 0
        while self._counted and self._counted[0] <= now - self._span:
            self._counted.popleft()
        return max(self._most - len(self._counted) - len(self._under_way), 0)

    def pushes(self, now: float) -> int:
        """How many of them may be pushes."""
        since = max(now - self._filled_at, 0.0)
        self._pushes = min(self._pushes + since * self._flow, self._most_pushes)
        self._filled_at = now
        return int(self._pushes + 1e-6)

    def busy(self, now: float) -> set[int]:
        """The links that were written to a moment ago."""
        limit = now - self._per_address
        self._last = {link: at for link, at in self._last.items() if at > limit}
        return set(self._last)

    def sent(self, link: int, now: float, push: bool = False) -> None:
        """A message leaves."""
        self._under_way.append(now)
        self._pushes -= push
        if self._per_address:
            self._last[link] = now

    def answered(self, link: int, sent: float, now: float) -> None:
        """The platform has answered what left at `sent`."""
        self._under_way.remove(sent)
        self._ways.append(now - sent)
        self._counted.append(max(now - min(self._ways), sent))
        if self._per_address:
            self._last[link] = max(self._last.get(link, 0.0), self._counted[-1])

    def close(self, until: float) -> None:
        """The platform wants silence until then."""
        self._closed_until = max(self._closed_until, until)

    def wait(self, now: float) -> float:
        """Seconds until something may be sent again that may not now; 0 when nothing is held."""
        if now < self._closed_until:
            return self._closed_until - now
        if not self.room(now):
            if not self._counted:  # all are under way: the next answer wakes the sender
                return self._span / self._most
            return max(self._counted[0] + self._span - now, 0.001)
        if not self.pushes(now):
            return max((1.0 - self._pushes) / self._flow, 0.001)
        if self.busy(now):
            return max(min(self._last.values()) + self._per_address - now, 0.001)
        return 0.0
