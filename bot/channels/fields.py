"""Fields of what a platform sends, taken out with care: all of it may be forged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels import Malformed
from bot.lengths import whole


def object_of(value: object, name: str) -> Mapping[str, Any]:
    """The value, if it is an object. Raises Malformed, which names it by `name`."""
    if not isinstance(value, dict) and not isinstance(value, Mapping):  # the first is quicker
        raise Malformed(f"{name} is not an object")
    return value


def text_of(of: Mapping[str, Any], key: str) -> str:
    """The text under a key, "" where there is none, without half surrogates. Raises Malformed."""
    value = of.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{key} is not text")
    return whole(value)
