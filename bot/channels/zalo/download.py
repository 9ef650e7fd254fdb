"""Fetching what somebody attached, by an address that came from outside.

Only from Zalo's own hosts (or the API server the operator named), never by a redirect, never
from an address inside our house, never more than a phone's photo or voice note can have.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.channels import Later, Refused

LARGEST = 12 * 1024 * 1024
PATIENCE = 60.0  # seconds
# Hosts of pictures and voices seen in real events, and those of the API: platforms.md §1.3, §2.5.
HOSTS = ("zdn.vn", "zadn.vn", "zalo.me", "zaloapp.com", "zaloplatforms.com", "zapps.me")


def may_fetch(url: str, api_base: str = "") -> bool:
    """Whether an address is one of Zalo's, or of the API server that the operator named."""
    try:
        parts, base = urlsplit(url), urlsplit(api_base)
        origin, own = (
            (parts.scheme, parts.hostname, parts.port),
            (
                base.scheme,
                base.hostname,
                base.port,
            ),
        )
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.username or parts.password or not host:
        return False
    if api_base and origin == own:
        return True
    usual = parts.scheme in ("http", "https") and parts.port in (None, 80, 443)
    return usual and any(host == known or host.endswith(f".{known}") for known in HOSTS)


class OutsideOnly(AbstractResolver):
    """Finds the addresses of a host, leaving out whatever lies inside a house or a machine."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        outside = [one for one in found if ip_address(one["host"]).is_global]
        if not outside:
            raise OSError("the host has no public address")
        return outside

    async def close(self) -> None:
        await self._resolver.close()


async def fetch(url: str, api_base: str = "") -> bytes:
    """The bytes behind an address. Raises Refused, or Later if it may work in a while."""
    if not may_fetch(url, api_base):
        raise Refused("the file is not on a host of Zalo")
    own = bool(api_base) and urlsplit(url).netloc == urlsplit(api_base).netloc
    connector = aiohttp.TCPConnector(resolver=None if own else OutsideOnly())
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return await _body(answer)
    except (TimeoutError, aiohttp.ClientError, OSError) as problem:
        reason = type(problem).__name__
    raise Later(f"the file cannot be fetched ({reason})")


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status >= 500 or answer.status in (408, 429):
        raise Later(f"the file cannot be fetched (status {answer.status})")
    if answer.status != 200:
        raise Refused(f"the file cannot be fetched (status {answer.status})")
    if (answer.content_length or 0) > LARGEST:
        raise Refused("the file is too large")
    content = bytearray()
    async for piece in answer.content.iter_chunked(1 << 16):
        content += piece
        if len(content) > LARGEST:
            raise Refused("the file is too large")
    return bytes(content)
