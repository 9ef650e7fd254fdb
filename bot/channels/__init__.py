"""What every channel can do, and the ways in which sending may fail.

A channel translates what its platform sends into Incoming and draws a Say for its platform.
It keeps nothing: what arrived is handed to `Receive`, which returns once it is committed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from bot.words import Incoming, Say


@dataclass(frozen=True)
class Raw:
    """One event as the platform sent it, before anybody tried to understand it.

    `event_id` is unique within the channel; `sender` is the address that the event belongs to,
    by which order is kept ("" when the event is too malformed to tell).
    """

    event_id: str
    sender: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """An access token with how long it lives, and what the next pair is got with, once."""

    access: str
    refresh: str
    lives: timedelta


# Stores the events of one channel and returns how many were new, after the commit.
Receive = Callable[[Sequence[Raw]], Awaitable[int]]


class Malformed(ValueError):
    """This raw event cannot be read; it is kept for the operator."""


class NotSent(Exception):
    """Sending failed; the subclasses say what to do about it."""


class Later(NotSent):
    """Try again after `seconds`; `whole_channel` when nobody may be written to until then."""

    def __init__(self, reason: str, seconds: float = 0.0, whole_channel: bool = False) -> None:
        super().__init__(reason)
        self.seconds, self.whole_channel = seconds, whole_channel


class Refused(NotSent):
    """Will never work as it is. `blocked`: this address does not want us or is gone."""

    def __init__(self, reason: str, blocked: bool = False) -> None:
        super().__init__(reason)
        self.blocked = blocked


class Shut(Refused):
    """The platform lets nobody write to this address until it is heard from again."""


class Moved(NotSent):
    """The chat has a new address; send there."""

    def __init__(self, address: str) -> None:
        super().__init__("the chat has moved")
        self.address = address


class Channel(Protocol):
    """One platform."""

    name: str
    per_second: float  # messages a second over all addresses
    per_address: float  # seconds between two messages to one address

    def translate(self, raw: Mapping[str, Any]) -> Incoming | None:
        """The event in our words, or None if it concerns nobody. Pure. Raises Malformed."""

    async def send(self, address: str, say: Say, once: str = "") -> str:
        """Deliver one message (already drawn for the channel's policy) and return the
        platform's id of it. Raises Later, Refused or Moved. `once` is the same when the same
        message is sent again, for platforms that can tell."""

    async def fetch(self, reference: str) -> bytes:
        """The bytes of an attachment that came in. Raises Later or Refused."""
