"""What Telegram sends, in our words. Pure; the raw JSON is checked field by field.

Two things are not as Telegram sends them. A pressed button comes without a time, so `event_of`
notes in the raw event when it arrived. And the "@our_bot" that Telegram adds to commands in
groups is taken off again, because past this file nobody knows which platform a person is on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson

from bot.channels import Malformed, Raw
from bot.channels.fields import object_of, text_of
from bot.words import Attachment, EventKind, Incoming, MediaKind

# What is asked for, with getUpdates and setWebhook alike: exactly what `translate` reads.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

MAX_DOWNLOAD = 20 * 1024 * 1024  # bytes; getFile gives nothing larger (Bot API, getFile)

_ARRIVED = "received_at"  # our own note in the raw event of a press, seconds since 1970
_MAX_DEPTH = 50  # a real update is some ten levels deep
_MAX_ID = 2**53  # Telegram's ids fit into 52 bits (Bot API, Chat and User)

_ALBUM = re.compile(r"[0-9A-Za-z_-]{1,64}")
_COMMAND = re.compile(r"(/\w{1,32})(?:@(\w+))?(?=\s|$)", re.ASCII)

# The first of these that a message has is its file; an animation also comes as a document.
_FILES: tuple[tuple[str, MediaKind, str], ...] = (
    ("voice", "voice", "audio/ogg"),
    ("audio", "file", "audio/mpeg"),
    ("video", "file", "video/mp4"),
    ("video_note", "file", "video/mp4"),
    ("animation", "file", "video/mp4"),
    ("document", "file", ""),
    ("sticker", "other", ""),
)

_ATTACHED = frozenset({"photo", "venue", "location", "contact", *(key for key, _, _ in _FILES)})

# What a person can send and we cannot use. Anything else without text is a service message.
_UNSUPPORTED = (
    "checklist",
    "dice",
    "game",
    "giveaway",
    "live_photo",
    "paid_media",
    "poll",
    "rich_message",
    "story",
)


def event_of(update: object, now: datetime) -> Raw:
    """One update of getUpdates or of the webhook, as an event that can be kept.

    Takes the parsed JSON and the present moment. Raises Malformed when it has no usable
    update_id or is nested so deeply that it could not be kept as JSON.
    """
    event_id = str(update_id(update))
    payload = object_of(update, "the update")
    if _too_deep(payload):
        raise Malformed("the update is nested too deeply")
    if isinstance(payload.get("callback_query"), Mapping):
        payload = {**payload, _ARRIVED: int(now.timestamp())}
    return Raw(event_id, sender_of(payload), payload)


def update_id(update: object) -> int:
    """The number of an update, by which it is confirmed. Raises Malformed if it has none."""
    return _number(object_of(update, "the update"), "update_id")


def sender_of(raw: object) -> str:
    """The chat that the event belongs to, "" if that cannot be told. Never raises.

    It is the address that `translate` gives: for a group the group's.
    """
    if not isinstance(raw, dict):
        return ""
    for kind in ALLOWED_UPDATES:
        about = raw.get(kind)
        if about is None:
            continue
        if not isinstance(about, dict):
            return ""
        place = about.get("chat")
        if kind == "callback_query":
            message = about.get("message")
            place = about.get("from") if message is None else _get(message, "chat")
        try:
            return _id(place, "id") if isinstance(place, dict) else ""
        except Malformed:
            return ""
    return ""


def callback_id(raw: object) -> str | None:
    """The id with which a pressed button is answered, None for anything else. Never raises."""
    found = _get(_get(raw, "callback_query"), "id")
    return found if isinstance(found, str) and found else None


def translate(raw: Mapping[str, Any], username: str | None = None) -> Incoming | None:
    """The update in our words, or None if it concerns nobody (channel posts, bots, service).

    `username` is our own, without "@": in groups a command with another bot's name is not for
    us; as long as it is None every command is. A contact's number is the attachment's reference.
    Raises Malformed, with a reason that holds no personal data.
    """
    update = object_of(raw, "the update")
    event_id = str(update_id(update))
    if update.get("message") is not None:
        return _message(object_of(update["message"], "message"), event_id, username)
    if update.get("edited_message") is not None:
        return _edited(object_of(update["edited_message"], "edited_message"), event_id)
    if update.get("callback_query") is not None:
        return _press(object_of(update["callback_query"], "callback_query"), event_id, update)
    if update.get("my_chat_member") is not None:
        return _membership(object_of(update["my_chat_member"], "my_chat_member"), event_id)
    return None


def _message(message: Mapping[str, Any], event_id: str, username: str | None) -> Incoming | None:
    chat = _chat(message)
    if chat is None:
        return None
    address, group = chat
    at = _moment(message, "date")
    if message.get("migrate_to_chat_id") is not None:
        moved_to = _id(message, "migrate_to_chat_id")
        return Incoming(
            "telegram", address, event_id, at, kind="moved", group=group, moved_to=moved_to
        )
    sender = _optional_object(message, "from")
    if sender.get("is_bot") is True or message.get("migrate_from_chat_id") is not None:
        return None
    text, start = text_of(message, "text") or text_of(message, "caption"), ""
    command = _COMMAND.match(text)
    if command:
        name, bot = command[1], command[2]
        ours = bot is None or username is None or bot.lower() == username.lower()
        if not ours and group:
            return None
        if ours:
            after = text[command.end() :]
            text = name + after
            if name.lower() == "/start":
                text, start = "/start", after.strip()
    attachments = tuple(_attachments(message))
    kind: EventKind = "message"
    if not text and not attachments:
        if group or not any(message.get(key) is not None for key in _UNSUPPORTED):
            return None
        kind = "unsupported"
    return Incoming(
        "telegram",
        address,
        event_id,
        at,
        kind=kind,
        text=text,
        start=start,
        attachments=attachments,
        group=group,
        language=text_of(sender, "language_code"),
        album=_album(message),
    )


def _album(message: Mapping[str, Any]) -> str:
    found = message.get("media_group_id")
    return found if isinstance(found, str) and _ALBUM.fullmatch(found) else ""


def _edited(message: Mapping[str, Any], event_id: str) -> Incoming | None:
    chat = _chat(message)
    sender = _optional_object(message, "from")
    # A live location is edited every few seconds: that is no correction by a person.
    if chat is None or sender.get("is_bot") is True or message.get("location") is not None:
        return None
    text = text_of(message, "text") or text_of(message, "caption")
    attachments = tuple(_attachments(message))
    if not text and not attachments:
        return None
    return Incoming(
        "telegram",
        chat[0],
        event_id,
        _moment(message, "date" if message.get("edit_date") is None else "edit_date"),
        kind="edited",
        text=text,
        attachments=attachments,
        group=chat[1],
        language=text_of(sender, "language_code"),
    )


def _press(query: Mapping[str, Any], event_id: str, update: Mapping[str, Any]) -> Incoming | None:
    if not text_of(query, "id"):
        raise Malformed("the press has no id")
    sender = object_of(query.get("from"), "from")
    address, group = _id(sender, "id"), False
    message = _optional_object(query, "message")
    if query.get("message") is not None:
        chat = _chat(message)
        if chat is None:
            return None
        address, group = chat
    if query.get("data") is None or sender.get("is_bot") is True:
        return None  # the button of a game
    if update.get(_ARRIVED) is not None:
        at = _moment(update, _ARRIVED)
    elif message.get("date"):  # an inaccessible message has the date 0
        at = _moment(message, "date")
    else:
        at = datetime.now(UTC)  # only for an event that did not come through `event_of`
    return Incoming(
        "telegram",
        address,
        event_id,
        at,
        kind="press",
        value=text_of(query, "data"),
        group=group,
        language=text_of(sender, "language_code"),
    )


def _membership(change: Mapping[str, Any], event_id: str) -> Incoming | None:
    chat = _chat(change)
    if chat is None:
        return None
    address, group = chat
    status = text_of(object_of(change.get("new_chat_member"), "new_chat_member"), "status")
    kind: EventKind
    if status == "kicked" or (group and status == "left"):
        kind = "blocked"
    elif status == "member" and not group:
        kind = "unblocked"
    else:
        return None
    sender = _optional_object(change, "from")
    return Incoming(
        "telegram",
        address,
        event_id,
        _moment(change, "date"),
        kind=kind,
        group=group,
        language=text_of(sender, "language_code"),
    )


def _chat(of: Mapping[str, Any]) -> tuple[str, bool] | None:
    """The chat's id and whether it is a group; None for a channel."""
    chat = object_of(of.get("chat"), "chat")
    address, kind = _id(chat, "id"), text_of(chat, "type")
    if kind == "channel":
        return None
    if kind not in ("private", "group", "supergroup"):
        raise Malformed("the chat is of an unknown type")
    return address, kind != "private"


def _attachments(message: Mapping[str, Any]) -> Iterator[Attachment]:
    if _ATTACHED.isdisjoint(message):
        return  # most are words alone
    if message.get("photo") is not None:
        yield _photo(message["photo"])
    for key, kind, mime in _FILES:
        if message.get(key) is not None:
            file = object_of(message[key], key)
            name = text_of(file, "emoji" if key == "sticker" else "file_name")
            yield _file(file, kind, text_of(file, "mime_type") or mime, name)
            break
    if message.get("venue") is not None:
        venue = object_of(message["venue"], "venue")
        yield _location(object_of(venue.get("location"), "location"), text_of(venue, "title"))
    elif message.get("location") is not None:
        yield _location(object_of(message["location"], "location"))
    if message.get("contact") is not None:
        contact = object_of(message["contact"], "contact")
        name = f"{text_of(contact, 'first_name')} {text_of(contact, 'last_name')}".strip()
        yield Attachment("contact", reference=text_of(contact, "phone_number"), name=name)


def _photo(sizes: object) -> Attachment:
    """The largest size that can be fetched; if none can, the smallest: `fetch` will say so."""
    if not isinstance(sizes, list) or not sizes:
        raise Malformed("photo is not a list of sizes")
    known = []
    for size in sizes:
        read = object_of(size, "photo size")
        pixels = _number(read, "width") * _number(read, "height")
        known.append((pixels, _file(read, "photo", "image/jpeg", "")))
    fitting = [pair for pair in known if pair[1].size <= MAX_DOWNLOAD]
    if fitting:
        return max(fitting, key=lambda pair: pair[0])[1]
    return min(known, key=lambda pair: pair[1].size)[1]


def _file(file: Mapping[str, Any], kind: MediaKind, mime: str, name: str) -> Attachment:
    reference = text_of(file, "file_id")
    if not reference:
        raise Malformed("a file has no file_id")
    size = 0 if file.get("file_size") is None else _number(file, "file_size")
    return Attachment(kind, reference=reference, mime=mime, size=size, name=name)


def _location(location: Mapping[str, Any], name: str = "") -> Attachment:
    return Attachment(
        "location",
        name=name,
        latitude=_degrees(location, "latitude", 90),
        longitude=_degrees(location, "longitude", 180),
    )


def _get(of: object, key: str) -> object:
    return of.get(key) if isinstance(of, dict) else None


def _optional_object(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return {} if of.get(key) is None else object_of(of[key], key)


def _id(of: Mapping[str, Any], key: str) -> str:
    value = of.get(key)
    if type(value) is not int or not -_MAX_ID < value < _MAX_ID:
        raise Malformed(f"{key} is not an id")
    return str(value)


def _number(of: Mapping[str, Any], key: str) -> int:
    value = of.get(key)
    if type(value) is not int or not 0 <= value < _MAX_ID:
        raise Malformed(f"{key} is not a whole number")
    return value


def _moment(of: Mapping[str, Any], key: str) -> datetime:
    try:
        return datetime.fromtimestamp(_number(of, key), UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise Malformed(f"{key} is not a moment") from error


def _degrees(of: Mapping[str, Any], key: str, most: int) -> float:
    value: Any = of.get(key)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or abs(value) > most or not math.isfinite(value):
        raise Malformed(f"{key} is not in degrees")
    return float(value)


def _too_deep(update: object) -> bool:
    with suppress(TypeError):  # what orjson does not write, some number, is looked through below
        written = orjson.dumps(update)
        if written.count(b"{") + written.count(b"[") < _MAX_DEPTH:
            return False  # so few can hardly lie in each other
    layer = [update]
    for _ in range(_MAX_DEPTH):
        deeper: list[object] = []
        for value in layer:
            if isinstance(value, dict):  # nothing else is a Mapping in parsed JSON
                deeper.extend(value.values())
            elif isinstance(value, list):
                deeper.extend(value)
        if not deeper:
            return False
        layer = deeper
    return True
