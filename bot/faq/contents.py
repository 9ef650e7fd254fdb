"""The content files of this room, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def content(name: str) -> dict[str, Any]:
    """The content file of that name, as tomllib reads it."""
    return tomllib.loads((files(__package__) / "content" / f"{name}.toml").read_text("utf-8"))
