"""What our buttons carry, sealed: a button comes back as a text, which anybody can type."""

from __future__ import annotations

import hmac
from hashlib import sha256

_MARK = "#vt"


class Seal:
    """Seals values for one account by its application's secret, each for one person alone."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.new(secret.encode(), b"vongtay buttons", sha256).digest()

    def close(self, address: str, value: str) -> str:
        """The payload of a button."""
        return f"{_MARK}.{self._mac(address, value)}.{value}"

    def open(self, address: str, text: str) -> str | None:
        """The value in a payload of ours, "" if it was made up, None for any other text."""
        parts = text.split(".", 2)
        if len(parts) != 3 or parts[0] != _MARK:
            return None
        given = parts[1].encode("utf-8", "surrogatepass")
        return parts[2] if hmac.compare_digest(given, self._mac(address, parts[2]).encode()) else ""

    def _mac(self, address: str, value: str) -> str:
        told = f"{address}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, told, sha256).hexdigest()[:16]
