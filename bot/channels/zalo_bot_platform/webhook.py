"""Receiving by being called: what to make of a request, and telling Zalo where to call."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import Any

from bot.channels import Malformed, Raw, Refused
from bot.channels.zalo_bot_platform.channel import ZaloBotChannel
from bot.channels.zalo_bot_platform.translate import event_of

PATH = "/zalo/bot/webhook"
HEADER = "X-Bot-Api-Secret-Token"


class WrongSecret(Exception):
    """This request is not from Zalo."""


def check(header_secret: str | None, secret: str) -> None:
    """Raises WrongSecret when the value of `HEADER` is not the secret that Zalo was given."""
    # An empty secret would let everybody in, so it lets nobody in.
    given, expected = (
        (text or "").encode("utf-8", "surrogatepass") for text in (header_secret, secret)
    )
    if not expected or not hmac.compare_digest(given, expected):
        raise WrongSecret


def webhook_event(body: bytes, header_secret: str | None, secret: str) -> Raw | None:
    """The event that a request carries, None for a kind nobody has told us of.

    Raises WrongSecret, before the body is looked at, or Malformed.
    """
    check(header_secret, secret)
    if not body.strip():
        return None  # a trial call
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    return event_of(event)


@dataclass(frozen=True)
class Verified:
    """What came of Zalo's try to call us. It keeps the address even when that failed."""

    ok: bool
    says: str


async def set_webhook(channel: ZaloBotChannel, public_url: str, secret: str) -> Verified:
    """Have Zalo call us, and say whether its trial call worked.

    Raises Refused if it does not take the address or the secret, Later if it does not answer.
    """
    if not 8 <= len(secret) <= 256:
        raise Refused("the webhook secret has not 8 to 256 characters")
    url = public_url.rstrip("/") + PATH
    result: Any = await channel.call("setWebhook", {"url": url, "secret_token": secret})
    trial = result.get("verification") if isinstance(result, dict) else None
    if not isinstance(trial, dict):
        return Verified(True, "set")
    said = (trial.get("outcome"), trial.get("status_code"), trial.get("hint"))
    return Verified(trial.get("ok") is True, " ".join(str(word) for word in said if word)[:200])
