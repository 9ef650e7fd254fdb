"""How fast a channel may be written to: so many a second in all, and a pause per address."""

from __future__ import annotations

from collections import deque


class Pace:
    """All times are seconds of one steady clock (the event loop's)."""

    def __init__(self, per_second: float, per_address: float) -> None:
        self._most, self._span = max(int(per_second), 1), max(1.0, 1.0 / per_second)
        self._per_address = per_address
        self._sent: deque[float] = deque()
        self._last: dict[int, float] = {}
        self._closed_until = 0.0

    def room(self, now: float) -> int:
        """How many messages may leave at this moment."""
        if now < self._closed_until:
            return 0
        while self._sent and self._sent[0] <= now - self._span:
            self._sent.popleft()
        return max(self._most - len(self._sent), 0)

    def busy(self, now: float) -> set[int]:
        """The links that were written to a moment ago."""
        limit = now - self._per_address
        self._last = {link: at for link, at in self._last.items() if at > limit}
        return set(self._last)

    def sent(self, link: int, now: float) -> None:
        """A message left."""
        self._sent.append(now)
        if self._per_address:
            self._last[link] = now

    def close(self, until: float) -> None:
        """The platform wants silence until then."""
        self._closed_until = max(self._closed_until, until)

    def wait(self, now: float) -> float:
        """Seconds until something may be sent again that may not now; 0 when nothing is held."""
        if now < self._closed_until:
            return self._closed_until - now
        if not self.room(now):
            return max(self._sent[0] + self._span - now, 0.001)
        if self.busy(now):
            return max(min(self._last.values()) + self._per_address - now, 0.001)
        return 0.0
