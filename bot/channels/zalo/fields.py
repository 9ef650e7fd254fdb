"""Fields of what Zalo sends, taken out with care: all of it may be forged or of another shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels import Malformed


def id_of(of: Mapping[str, Any], key: str, form: re.Pattern[str]) -> str:
    """The id under a key as a string, which Zalo sends as a number at times. Raises Malformed."""
    value = of.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Malformed(f"{key} is not an id")
    return value
