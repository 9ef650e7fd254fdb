"""Words made short enough for a button or a line, still marked where they are personal."""

from __future__ import annotations

from bot.words import for_policy, private

BUTTON = 34  # letters of a title on a button


def cut(text: str, most: int = BUTTON) -> str:
    """A text of at most so many letters; what is left of a personal one is personal."""
    plain = for_policy(text, "full")
    if len(plain) <= most:
        return text
    short = plain[: most - 1].rstrip() + "…"
    return short if plain == text else private(short)
