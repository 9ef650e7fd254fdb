"""What must not be said in an answer, whoever writes it (content/never_said.toml)."""

from __future__ import annotations

import re

from bot.faq.contents import content
from bot.vietnamese.fold import fold


def reasons(text: str, language: str = "en") -> list[str]:
    """Why this must not be said; empty where it may. A text without marks is read without them."""
    read = _unmarked if text.isascii() else str
    return [
        rule["vi" if language == "vi" else "why"]
        for rule in content("never_said")["never"]
        if _says(read(rule["says"]), text)
        and not ("unless" in rule and _says(read(rule["unless"]), text))
    ]


def _says(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def _unmarked(pattern: str) -> str:
    """The pattern for a text that is typed without marks."""
    plain = ((each, fold(each) or each) for each in pattern)
    return "".join(letter.upper() if each.isupper() else letter for each, letter in plain)
