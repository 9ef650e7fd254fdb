"""Fields of what Zalo sends, taken out with care: all of it may be forged or of another shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels import Malformed
from bot.lengths import whole


def object_of(value: object, name: str) -> Mapping[str, Any]:
    """The value, if it is an object. Raises Malformed, which names it by `name`."""
    if not isinstance(value, Mapping):
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


def id_of(of: Mapping[str, Any], key: str, form: re.Pattern[str]) -> str:
    """The id under a key as a string, which Zalo sends as a number at times. Raises Malformed."""
    value = of.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Malformed(f"{key} is not an id")
    return value
