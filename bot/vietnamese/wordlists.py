"""The Vietnamese words this room knows, read once from content/*.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def wordlist(name: str) -> dict[str, Any]:
    """The content file of that name, as tomllib reads it, kept."""
    return read_wordlist(name)


def read_wordlist(name: str) -> dict[str, Any]:
    """The same, not kept: for who makes something else of it once."""
    return tomllib.loads((files(__package__) / "content" / f"{name}.toml").read_text("utf-8"))
