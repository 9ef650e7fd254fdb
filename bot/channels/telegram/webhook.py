"""Receiving by being called: what to make of a request, and telling Telegram where to call."""

from __future__ import annotations

import hmac
import json
import re
from datetime import UTC, datetime

from bot.channels import Malformed, Raw, Refused
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.translate import ALLOWED_UPDATES, event_of

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # Bot API, setWebhook


class WrongSecret(Exception):
    """This request is not from Telegram."""


def check(header_secret: str | None, secret: str) -> None:
    """Raises WrongSecret when the value of `HEADER` is not the secret that Telegram was given."""
    # An empty secret would let everybody in, so it lets nobody in.
    given, expected = (
        (text or "").encode("utf-8", "surrogatepass") for text in (header_secret, secret)
    )
    if not expected or not hmac.compare_digest(given, expected):
        raise WrongSecret


def webhook_events(
    body: bytes, header_secret: str | None, secret: str, now: datetime | None = None
) -> Raw:
    """The event that a request to the webhook carries.

    Takes the body, the value of `HEADER` (None if it is missing) and the secret that was given
    to `set_webhook`; `now` is the present moment, taken from the clock if None. Raises
    WrongSecret, before the body is looked at, or Malformed.
    """
    check(header_secret, secret)
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        update = None
    if not isinstance(update, dict):
        raise Malformed("the body is not a JSON object")
    return event_of(update, now or datetime.now(UTC))


async def set_webhook(channel: TelegramChannel, public_url: str, secret: str) -> None:
    """Have Telegram send its updates to `public_url`, and learn our username on the way.

    Raises Refused if Telegram does not accept the address or the secret cannot be one (1 to 256
    of A-Z, a-z, 0-9, _ and -), Later if Telegram cannot be reached.
    """
    if not _SECRET.fullmatch(secret):
        raise Refused("the webhook secret is not 1 to 256 letters, digits, _ or -")
    await channel.call(
        "setWebhook",
        {
            "url": public_url.rstrip("/") + PATH,
            "secret_token": secret,
            "allowed_updates": list(ALLOWED_UPDATES),
        },
    )
    await channel.learn_username()
