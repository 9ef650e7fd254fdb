"""What an official account is told, in our words. Pure; the JSON is checked field by field.

Ids and times are strings of digits. What the account itself has sent comes back as an echo, and
so do receipts: those are nobody's words and are passed over.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bot.channels import Malformed, Raw
from bot.channels.fields import object_of, text_of
from bot.channels.zalo.fields import id_of
from bot.channels.zalo_oa.seal import Seal
from bot.words import Attachment, EventKind, Incoming, MediaKind

CHANNEL = "zalo_oa"
SENT = (
    "text", "image", "gif", "audio", "video", "file", "sticker", "link", "location",
    "business_card",
)  # fmt: skip
HEARD = (*(f"user_send_{what}" for what in SENT), "follow", "unfollow", "user_submit_info")
GONE = "gone"  # the value of a button that is none of ours any more

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_COMMAND = re.compile(r"(/\w{1,32})(?=\s|$)", re.ASCII)
_FILES: dict[str, tuple[MediaKind, str]] = {
    "image": ("photo", "image/jpeg"),
    "gif": ("photo", "image/gif"),
    "audio": ("voice", ""),
    "video": ("file", "video/mp4"),
    "file": ("file", ""),
}


_BODY = "unreadable"  # the key of our own note in an event that could not be read


def json_of(body: bytes | str) -> Any:
    """What a body says, None where it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def unreadable(body: bytes) -> Raw:
    """What is no event, as it can be kept for the operator: `translate` tries it again."""
    return Raw(f"{_BODY}:{sha256(body).hexdigest()}", "", {_BODY: body.decode(errors="replace")})


def event_of(body: object, oa_id: str) -> Raw | None:
    """An event as it can be kept, None if it is nobody's words or meant for another account.

    Raises Malformed when it is none, or does not say whose it is.
    """
    event = object_of(body, "the event")
    name = event.get("event_name")
    if name not in HEARD:
        return None
    if name in ("follow", "unfollow"):
        sender, account = object_of(event.get("follower"), "follower"), event.get("oa_id")
    else:
        sender = object_of(event.get("sender"), "sender")
        account = object_of(event.get("recipient"), "recipient").get("id")
    if str(account) != oa_id:
        return None
    address = id_of(sender, "id", _ID)
    message = event.get("message")
    number = message.get("msg_id") if isinstance(message, Mapping) else None
    if number is None:
        number = f"{name}:{address}:{_milliseconds(event)}"
    elif not isinstance(number, str | int) or not _ID.fullmatch(str(number)):
        raise Malformed("msg_id is not an id")
    return Raw(str(number), address, event)


def translate(raw: Mapping[str, Any], oa_id: str, seal: Seal) -> Incoming | None:
    """The event in our words, or None if it concerns nobody. Raises Malformed."""
    if _BODY in raw:
        raw = json_of(text_of(raw, _BODY))
    event = event_of(raw, oa_id)
    if event is None:
        return None
    name = raw["event_name"]
    message = raw.get("message") if name.startswith("user_send_") else {}
    message = object_of(message, "message")
    text, value, start = text_of(message, "text"), "", ""
    kind: EventKind = "message"
    if name == "unfollow":
        kind = "blocked"
    elif name == "follow":
        text = "/start"  # the person is greeted as anybody who begins
    elif (opened := seal.open(event.sender, text)) is not None:
        kind, text, value = "press", "", opened or GONE
    elif (command := _COMMAND.match(text)) and command[1].lower() == "/start":
        text, start = "/start", text[command.end() :].strip()
    return Incoming(
        CHANNEL,
        event.sender,
        event.event_id,
        _moment(raw),
        kind=kind,
        text=text,
        value=value,
        start=start,
        attachments=tuple(_attachments(name, raw, message)),
    )


def _attachments(
    name: str, event: Mapping[str, Any], message: Mapping[str, Any]
) -> Iterator[Attachment]:
    if name == "user_submit_info":
        info = object_of(event.get("info"), "info")
        phone = info.get("phone")
        number = str(phone) if isinstance(phone, int) else text_of(info, "phone")
        yield Attachment("contact", reference=number, name=text_of(info, "name"))
        return
    found = message.get("attachments")
    for item in found if isinstance(found, list) else []:
        kind = text_of(object_of(item, "attachment"), "type")
        payload = object_of(item.get("payload"), "payload")
        if kind == "location":
            yield _location(object_of(payload.get("coordinates"), "coordinates"))
        elif kind in _FILES and (url := text_of(payload, "url")):
            media, mime = _FILES[kind]
            yield Attachment(media, reference=url, mime=mime, name=text_of(payload, "name"))
        elif kind != "link":  # its address is in the text, or says nothing that we could use
            yield Attachment("other")


def _location(at: Mapping[str, Any]) -> Attachment:
    return Attachment(
        "location",
        latitude=_degrees(at, "latitude", 90),
        longitude=_degrees(at, "longitude", 180),
    )


def _milliseconds(event: Mapping[str, Any]) -> int:
    value = str(event.get("timestamp"))
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise Malformed("timestamp is not a moment")
    return int(value)


def _moment(event: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromtimestamp(_milliseconds(event) / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        raise Malformed("timestamp is not a moment") from None


def _degrees(of: Mapping[str, Any], key: str, most: int) -> float:
    try:
        value = float(of.get(key))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise Malformed(f"{key} is not in degrees") from None
    if not math.isfinite(value) or abs(value) > most:
        raise Malformed(f"{key} is not in degrees")
    return value
