"""Receiving by being called: who signed it, and what to make of it.

The signature is a SHA-256 over a row of texts, no HMAC. Who wrote about it does not agree which id
stands in front and which secret behind, so all are tried; each holds a secret that only Zalo and
the operator know. `VONGTAY_ZALO_OA_SIGNATURE` narrows it to the one that the log names.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, get_args

from bot.channels import Malformed, Raw
from bot.channels.zalo_oa.translate import event_of, json_of, unreadable

PATH = "/zalo/oa/webhook"
HEADER = "X-ZEvent-Signature"
Variant = Literal[
    "any",
    "app_id+secret_key",
    "oa_id+secret_key",
    "app_id+app_secret",
    "oa_id+app_secret",
]
VARIANTS: tuple[Variant, ...] = get_args(Variant)[1:]
log = logging.getLogger(__name__)


class WrongSecret(Exception):
    """This request is not from Zalo."""


@dataclass(frozen=True)
class Signers:
    """What a signature is made with. `variant`: only this row of texts, or "any"."""

    app_id: str
    oa_id: str
    app_secret: str
    secret_key: str
    variant: Variant = "any"

    def signatures(self, body: bytes, timestamp: str) -> Iterator[tuple[str, str]]:
        """(variant, signature) of each that is accepted."""
        for variant in VARIANTS if self.variant == "any" else (self.variant,):
            front, behind = (getattr(self, name) for name in variant.split("+"))
            if behind:
                row = front.encode() + body + timestamp.encode() + behind.encode()
                yield variant, sha256(row).hexdigest()


def webhook_event(body: bytes, header: str | None, signers: Signers) -> Raw | None:
    """The event that a request carries, None if it is nobody's words.

    Raises WrongSecret, whatever else is wrong. What is signed and cannot be read is an event as
    well: Zalo repeats what is not answered with 200, and in the end calls no more.
    """
    event = json_of(body)
    given = (header or "").strip().removeprefix("mac=").lower()
    timestamp = str(event.get("timestamp", "")) if isinstance(event, dict) else ""
    matched = _matching(given, body, timestamp, signers)
    if not matched:
        raise WrongSecret
    _tell(matched)
    try:
        return event_of(event, signers.oa_id)
    except Malformed:
        return unreadable(body)


def _matching(given: str, body: bytes, timestamp: str, signers: Signers) -> str:
    found = ""
    bare = given.encode("utf-8", "surrogatepass")
    for variant, expected in signers.signatures(body, _encodable(timestamp)):
        if hmac.compare_digest(bare, expected.encode()):
            found = variant
    return found


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


_told: set[str] = set()


def _tell(variant: str) -> None:
    """Name each variant that was seen, once, so that the operator can narrow it."""
    if variant not in _told:
        _told.add(variant)
        log.warning("Zalo signs its events with %s (VONGTAY_ZALO_OA_SIGNATURE)", variant)
