"""Showing a stored file to a platform that only fetches by address: signed, and for a while.

The address may be fetched several times, because platforms do so; after its time it is dead.
"""

from __future__ import annotations

import hmac
import mimetypes
from datetime import datetime, timedelta

from bot.words import File
from storage import crypto

LIVES = timedelta(minutes=15)
PATH = "/file/"
_ENDINGS = {"image/jpeg": ".jpg", "audio/aac": ".aac", "audio/ogg": ".ogg", "audio/webm": ".webm"}


def address_of(public_url: str, file: File, now: datetime) -> str:
    """An address under which anybody who has it can fetch a stored file until it expires."""
    until = int((now + LIVES).timestamp())
    kind = file.mime.split(";")[0].strip()
    ending = _ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ""
    return (
        f"{public_url}{PATH}{file.attachment_id}-{until}-{_seal(file.attachment_id, until)}{ending}"
    )


def number_in(name: str, now: datetime) -> int | None:
    """The attachment that the last part of an address stands for, None if it is none any more."""
    parts = name.partition(".")[0].split("-")
    if len(parts) != 3 or not all(p.isascii() and p.isdecimal() and len(p) < 16 for p in parts[:2]):
        return None
    number, until = int(parts[0]), int(parts[1])
    if not hmac.compare_digest(parts[2].encode(), _seal(number, until).encode()):
        return None
    return number if now.timestamp() < until else None


def _seal(number: int, until: int) -> str:
    return crypto.index(f"{number}:{until}", "file address")
