"""What must not be said in an answer, whoever writes it (content/never_said.toml)."""

from __future__ import annotations

import re

from bot.faq.contents import content


def reasons(text: str, language: str = "en") -> list[str]:
    """Why this must not be said; empty where it may."""
    return [
        rule["vi" if language == "vi" else "why"]
        for rule in content("never_said")["never"]
        if re.search(rule["says"], text)
        and not ("unless" in rule and re.search(rule["unless"], text))
    ]
