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
_CATCHES_UP = 1.25  # times the pace, where a disk or a machine was slow for a moment
_NEARLY = 1e-6
_REMEMBERED = 100  # ways there and back


class Pace:
    """All times are seconds of one steady clock (the event loop's)."""

    def __init__(self, per_second: float, per_address: float) -> None:
        self._most, self._span = max(int(per_second), 1), max(1.0, 1.0 / per_second)
        self._per_address = per_address
        self._under_way: list[float] = []  # when what has no answer yet was sent
        self._answers: deque[float] = deque()  # when the platform answered, in the last second
        self._ways: deque[float] = deque(maxlen=_REMEMBERED)
        self._last: dict[int, float] = {}
        self._closed_until = 0.0
        self._flow = _CATCHES_UP * self._most / self._span  # pushes a second
        self._portion = max(math.ceil(self._most / _TENTHS), 1)
        self._pushes, self._filled_at = float(self._portion), 0.0

    def room(self, now: float) -> int:
        """How many messages may leave at this moment."""
        if now < self._closed_until:
            return 0
        while self._answers and self._free_at(self._answers[0]) <= now:
            self._answers.popleft()
        return max(self._most - len(self._answers) - len(self._under_way), 0)

    def _free_at(self, answered: float) -> float:
        """When the place of a message is free again that was answered at this moment."""
        known = len(self._ways) == _REMEMBERED  # the first ways are slow: connections are made
        return answered + self._span - (min(self._ways) if known else 0.0)

    def pushes(self, now: float) -> int:
        """How many of them may be pushes: a tenth of a second's, more after a delay, or none."""
        since = max(now - self._filled_at, 0.0)
        self._pushes = min(self._pushes + since * self._flow, 3.0 * self._portion)
        self._filled_at = now
        return int(self._pushes + _NEARLY) if self._pushes > self._portion - _NEARLY else 0

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

    def answered(self, link: int, sent: float, now: float, taken: bool = True) -> None:
        """The platform has answered what left at `sent`, and whether it took it."""
        self._under_way.remove(sent)
        self._ways.append(now - sent)
        self._answers.append(now)
        if self._per_address and taken:
            self._last[link] = now

    def close(self, until: float) -> None:
        """The platform wants silence until then."""
        self._closed_until = max(self._closed_until, until)

    def wait(self, now: float) -> float:
        """Seconds until something may be sent again that may not now; 0 when nothing is held."""
        if now < self._closed_until:
            return self._closed_until - now
        if not self.room(now):
            if not self._answers:  # all are under way: the next answer wakes the sender
                return self._span / self._most
            return max(self._free_at(self._answers[0]) - now, 0.001)
        if not self.pushes(now):
            return max((self._portion - self._pushes) / self._flow, 0.001)
        if self.busy(now):
            return max(min(self._last.values()) + self._per_address - now, 0.001)
        return 0.0
