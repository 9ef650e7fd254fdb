"""Web events in our words, and our words onto a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channels import Malformed, Refused
from bot.channels.web.mailbox import Mailbox
from bot.words import Attachment, Incoming, Say


class WebChannel:
    """The web as a channel: nobody paces us, and sending the same message twice shows it once."""

    name = "web"
    per_second = 1000.0
    per_address = 0.0

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def translate(self, raw: Mapping[str, Any]) -> Incoming | None:
        """A message as bot/channels/web/server.py checked and kept it."""
        try:
            text = str(raw.get("text", ""))
            received = datetime.fromisoformat(raw["received"])
            at = _moment(raw.get("at"), received)
            head, _, rest = text.partition(" ")
            return Incoming(
                channel="web",
                address=raw["address"],
                event_id=raw["id"],
                at=at,
                kind="press" if raw.get("value") else "message",
                text=text,
                value=str(raw.get("value", "")),
                start=rest.strip() if head == "/start" else "",
                attachments=tuple(_attachments(raw)),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise Malformed(f"web message: {type(problem).__name__}") from None

    async def send(self, address: str, say: Say, once: str = "") -> str:
        """Show it."""
        return await self._mailbox.show(address, say, once)

    async def fetch(self, reference: str) -> bytes:
        """Uploads are kept when they arrive; there is nothing to fetch."""
        raise Refused("a web upload that never arrived")


def _moment(said: object, received: datetime) -> datetime:
    """When the person wrote it, as far as their clock can be believed."""
    if isinstance(said, str):
        try:
            at = datetime.fromisoformat(said)
            return min(at.astimezone(UTC), received) if at.tzinfo else received
        except (ValueError, OverflowError):  # the first or the last day that there is
            return received
    return received


def _attachments(raw: Mapping[str, Any]) -> list[Attachment]:
    found = [
        Attachment(file["kind"], reference=file["reference"], mime=file["mime"], size=file["size"])
        for file in raw.get("files", ())
    ]
    if spot := raw.get("location"):
        latitude, longitude = float(spot["latitude"]), float(spot["longitude"])
        found.append(Attachment("location", latitude=latitude, longitude=longitude))
    return found
