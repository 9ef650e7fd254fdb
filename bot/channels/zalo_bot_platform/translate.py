"""What the Zalo bot platform sends, in our words. Pure; the raw JSON is checked field by field.

An event comes wrapped in an answer ({"ok", "result"}) or flat: both are seen in the wild. Nothing
numbers the events, so they are known by chat and message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channels import Malformed, Raw
from bot.channels.fields import object_of, text_of
from bot.channels.zalo.fields import id_of
from bot.words import Attachment, Incoming

CHANNEL = "zalo_bot"
EVENTS = ("text", "image", "sticker", "voice", "unsupported")

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_EVENT = re.compile(r"message\.([a-z_]+)\.received")
_COMMAND = re.compile(r"(/\w{1,32})(?=\s|$)", re.ASCII)
_MILLISECONDS = 10**11  # what is larger than this cannot be seconds


def event_of(body: object) -> Raw | None:
    """An event as it can be kept, or None if it is of a kind that nobody has told us of.

    Raises Malformed when it is none, or says neither chat nor message.
    """
    event = _unwrapped(body)
    name = event.get("event_name")
    if name is None:
        return None  # Zalo's trial call, whatever is in it
    found = _EVENT.fullmatch(name) if isinstance(name, str) else None
    if found is None or found[1] not in EVENTS:
        return None
    message = object_of(event.get("message"), "message")
    chat = id_of(object_of(message.get("chat"), "chat"), "id", _ID)
    return Raw(f"{chat}:{id_of(message, 'message_id', _ID)}", chat, event)


def translate(raw: Mapping[str, Any]) -> Incoming | None:
    """The event in our words, or None if it concerns nobody. Raises Malformed."""
    event = event_of(raw)
    if event is None:
        return None
    message = object_of(event.payload.get("message"), "message")
    sender = object_of(message.get("from"), "from")
    if sender.get("is_bot") is True:
        return None
    kind = event.payload["event_name"].split(".")[1]
    text = text_of(message, "text") or text_of(message, "caption")
    start = ""
    if (command := _COMMAND.match(text)) and command[1].lower() == "/start":
        text, start = "/start", text[command.end() :].strip()
    return Incoming(
        CHANNEL,
        event.sender,
        event.event_id,
        _moment(message),
        kind="unsupported" if kind == "unsupported" else "message",
        text="" if kind == "unsupported" else text,
        start=start,
        attachments=tuple(_attachments(kind, message)),
        group=object_of(message.get("chat"), "chat").get("chat_type") not in (None, "PRIVATE"),
    )


def _unwrapped(body: object) -> Mapping[str, Any]:
    event = object_of(body, "the event")
    inside = event.get("result")
    return inside if "event_name" not in event and isinstance(inside, Mapping) else event


def _attachments(kind: str, message: Mapping[str, Any]) -> Iterator[Attachment]:
    if kind == "image":
        # The documents say `photo`, the wire says `photo_url`.
        if url := text_of(message, "photo_url") or text_of(message, "photo"):
            yield Attachment("photo", reference=url, mime="image/jpeg")
        else:
            raise Malformed("an image has no address")
    elif kind == "voice":
        if not (url := text_of(message, "voice_url")):
            raise Malformed("a voice note has no address")
        yield Attachment("voice", reference=url, mime="audio/aac")
    elif kind == "sticker":
        yield Attachment("other")


def _moment(message: Mapping[str, Any]) -> datetime:
    value = message.get("date")
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed("date is not a moment")
    try:
        return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS else value, UTC)
    except (OverflowError, OSError, ValueError):
        raise Malformed("date is not a moment") from None
