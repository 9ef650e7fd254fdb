"""Questions put in English: known as such, and their main words put into Vietnamese."""

from __future__ import annotations

import re
from functools import cache

from bot.faq.contents import content
from bot.vietnamese.keystrokes import plausible

_WORD = re.compile(r"[a-z']+")
_MOST = 400  # characters that tell


def is_english(text: str) -> bool:
    """Whether two words or more are English words that Vietnamese does not have."""
    low = text[:_MOST].casefold().replace("\u2019", "'")
    if not low.isascii():
        return False
    return len(_telling().intersection(_WORD.findall(low))) >= 2


def wants_english(text: str) -> bool:
    """Whether the answer should be in English: also to few words, most of which are English.

    `is_english` says how a question is read, as it was when the weights were learned. It also holds
    of Vietnamese that is typed without marks: "xe may dam vao chau be" has may and be.
    """
    low = text[:_MOST].casefold().replace("\u2019", "'")
    words = _WORD.findall(low)
    mostly = sum(word in _english() for word in words) * 2 > len(words)
    if is_english(text):
        return mostly or any(word in _telling() and not plausible(word) for word in words)
    return text.isascii() and mostly and not _surely().isdisjoint(words)


def in_vietnamese(text: str) -> str:
    """The English text with every phrase that is known said in Vietnamese."""
    return _known().sub(lambda found: content("english")["means"][found[0]], text.casefold())


@cache
def _telling() -> frozenset[str]:
    return frozenset(content("english")["telling"])


@cache
def _surely() -> frozenset[str]:
    return frozenset(content("english")["surely"])


@cache
def _english() -> frozenset[str]:
    return _telling() | _surely() | frozenset(content("english")["little"])


@cache
def _known() -> re.Pattern[str]:
    longest_first = sorted(content("english")["means"], key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
