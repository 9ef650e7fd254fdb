"""Tokens of an official account: 25 hours, and a new pair for each old one, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from bot.channels import Later, Pair, Refused
from bot.channels.zalo.calls import Caller


class Tokens(Protocol):
    """Whoever keeps the pair: see bot.delivery.tokens."""

    async def access(self) -> str:
        """A token that is good now. Raises Later."""

    async def renew(self, refused: str) -> str:
        """A token instead of one that Zalo refused. Raises Later."""


async def exchange(caller: Caller, base: str, app_id: str, secret: str, refresh: str) -> Pair:
    """The pair that Zalo gives for a refresh token, which is spent by that.

    Raises Refused if the token is spent or none, Later if it is not known what became of it.
    """
    form = {"grant_type": "refresh_token", "app_id": app_id, "refresh_token": refresh}
    url = f"{base}/v4/oa/access_token"
    status, answer = await caller.call("POST", url, data=form, headers={"secret_key": secret})
    access, following = answer.get("access_token"), answer.get("refresh_token")
    if isinstance(access, str) and access and isinstance(following, str) and following:
        return Pair(access, following, timedelta(seconds=_seconds(answer.get("expires_in"))))
    if status >= 500 or "error" not in answer:
        raise Later(f"Zalo gives no token now (status {status})")
    raise Refused(f"Zalo refuses the refresh token (error {_code(answer.get('error'))})")


def _seconds(told: object) -> int:
    """`expires_in` comes as a string; 25 hours where it is none."""
    text = str(told)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 90_000


def _code(told: object) -> str:
    return str(told) if isinstance(told, int) else "?"
