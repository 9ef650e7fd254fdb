"""One call of an HTTP API that answers in JSON; what fails says so without address or token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels import Later

PATIENCE = 25.0  # seconds: long, because a message that timed out may have arrived
LARGEST_ANSWER = 4 * 1024 * 1024


class Caller:
    """Connections to one API. `call` it, `close` it; it opens by itself."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        method: str,
        url: str,
        *,
        patience: float = PATIENCE,
        **request: Any,
    ) -> tuple[int, Mapping[str, Any]]:
        """The status and the JSON object of an answer, {} when it is no JSON object.

        Raises Later, which names only the kind of failure: addresses hold tokens.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(auto_decompress=True)
        timeout = aiohttp.ClientTimeout(total=patience, connect=10.0)
        try:
            async with self._session.request(
                method, url, timeout=timeout, allow_redirects=False, **request
            ) as answer:
                return answer.status, _object(await _whole(answer.content))
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as problem:
            kind = type(problem).__name__
        raise Later(f"Zalo cannot be reached ({kind})")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _whole(content: aiohttp.StreamReader) -> bytes:
    """The whole of an answer, which comes in pieces; nothing of one that is too large."""
    body = bytearray()
    async for piece in content.iter_chunked(1 << 16):
        body += piece
        if len(body) > LARGEST_ANSWER:
            return b""
    return bytes(body)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
