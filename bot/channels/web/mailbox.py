"""What the web channel asks of whoever keeps its visitors and messages (bot.delivery.webmail)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.words import Say


@dataclass(frozen=True)
class Visitor:
    """Who holds a token. `index` is the blind index of `address`; `renew` asks for the cookie to be
    given again, so that it does not end under somebody who comes every day."""

    session_id: int
    address: str
    index: str
    renew: bool = False


@dataclass(frozen=True)
class Session:
    """One signed-in browser of a person."""

    id: int
    device: str
    started_at: datetime
    last_seen_at: datetime


class BadUpload(ValueError):
    """This upload is not what it should be; the message is a text id, shown to the person."""


class Mailbox(Protocol):
    """Everything returns after the commit of what it did."""

    async def visitor(self, token: str) -> Visitor | None:
        """Who holds this token."""

    async def begin(self, token: str, device: str, address: str = "") -> Visitor:
        """Give a browser this token, for a new address or for an existing one."""

    async def language(self, visitor: Visitor) -> str:
        """The language this visitor's person speaks."""

    async def post(self, visitor: Visitor, message: Mapping[str, Any]) -> int:
        """Take a message of the page into the inbox and onto the page, once by its "id";
        returns its number. Raises BadUpload when it names a file that was never uploaded."""

    async def upload(self, visitor: Visitor, file_id: str, kind: str, content: bytes) -> None:
        """Keep a photo or voice note under the page's id. Raises BadUpload."""

    async def file(self, visitor: Visitor, number: int) -> tuple[bytes, str] | None:
        """The bytes and mime type of an attachment that this visitor may see."""

    async def after(self, visitor: Visitor, number: int) -> list[dict[str, Any]]:
        """The page's messages after a number (0: the latest), as contract of the page."""

    def news(self, visitor: Visitor) -> tuple[asyncio.Event, float]:
        """An event that is set when there is something new from now on, and after how many
        seconds to look even if it is not."""

    async def show(self, address: str, say: Say, once: str) -> str:
        """Put a message of the bot onto a page, once."""

    async def sessions(self, visitor: Visitor) -> Sequence[Session]:
        """The open sessions of this visitor's person."""

    async def end(self, visitor: Visitor, session_id: int) -> bool:
        """End one of them; False when it is not theirs."""

    async def enter(self, once: str, token: str, device: str) -> bool:
        """Use a one-time link up: this token belongs to its person now; False if it is spent."""

    async def suggest(self, visitor: Visitor, typed: str) -> Sequence[tuple[str, str]]:
        """What this visitor may mean to ask: (value of a button, question), at most five. Nothing
        of what was typed is kept."""

    async def ready(self) -> bool:
        """Whether the database answers."""
