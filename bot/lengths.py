"""How long a text is for a platform, and cutting one that is too long."""

from __future__ import annotations

import unicodedata


def units(text: str) -> int:
    """The length of the text in UTF-16 code units, as Telegram and Zalo count it."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, most: int, most_of_first: int | None = None) -> list[str]:
    """The text in parts of at most `most` units, none of them empty; only white space is lost.

    It is cut after a paragraph, else after a line, else after a word, else anywhere.
    """
    parts: list[str] = []
    rest, room = text.strip(), most if most_of_first is None else most_of_first
    while units(rest) > room:
        cut = _cut(rest, room)
        parts.append(rest[:cut].rstrip())
        rest, room = rest[cut:].lstrip(), most
    return [*parts, rest] if rest else parts


def begin(text: str, most: int) -> str:
    """The longest beginning of the text that has at most `most` units."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def whole(text: str) -> str:
    """The text without half surrogates, which no database, file or request can carry."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cut(text: str, most: int) -> int:
    """Where to cut so that what is before has at most `most` units."""
    end = len(begin(text, most))
    for between in ("\n\n", "\n", " "):
        at = text.rfind(between, 0, end + len(between))
        if at > end // 4:
            return at
    letter = end  # not between a letter and its tone mark
    while letter > 1 and unicodedata.combining(text[letter]):
        letter -= 1
    return letter if letter > end // 4 else end
