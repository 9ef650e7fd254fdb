"""The data of this room, read once from content/*.toml, and its sentences."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bot.i18n import LANGUAGES

Text = Mapping[str, str]  # language -> what is said in it


@cache
def content(name: str) -> dict[str, Any]:
    """The content file of that name, as tomllib reads it."""
    return tomllib.loads((files(__package__) / "content" / f"{name}.toml").read_text("utf-8"))


def spoken(text: Text, language: str) -> str:
    """What a text says in a language ("vi" or "en"; anything else is "vi")."""
    return text[language if language in LANGUAGES else LANGUAGES[0]]


def say(room: str, key: str, language: str, **holes: object) -> str:
    """The sentence `key` of a part of content/texts.toml, with its holes filled in."""
    return spoken(content("texts")[room][key], language).format(**holes)
