"""Labels as people type them instead of pressing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from bot.i18n import LANGUAGES, speak
from bot.vietnamese.affirm import choice
from bot.vietnamese.fold import fold

_LINE = re.compile(r"([1-9]\d?)\s*[.):-]\s*(\S.*)")
_NUMBER = re.compile(r"(\d{1,3})\s*[.)]?")


def number_of(text: str) -> int:
    """The number of a button that a whole message is: "2", "2.", "2)"; 0 if it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else 0


def picked(text: str, offered: Sequence[Collection[str]]) -> int:
    """Which of what is offered with numbers a whole message picks, from 1; 0 if it picks none.

    By its number ("2.", "number 2 please"), or by its whole line ("2. No"). `offered` are the
    labels of each, folded (`spoken`).
    """
    number = number_of(text)
    if not number and (line := _LINE.fullmatch(text.strip())) and int(line[1]) <= len(offered):
        number = int(line[1]) if fold(line[2]) in offered[int(line[1]) - 1] else 0
    number = number or choice(text)
    return number if number <= len(offered) else 0


@cache
def spoken(label: str) -> tuple[str, ...]:
    """A label (a text id) in every language, folded: it may be typed in another than was shown."""
    return tuple(fold(speak(language)(label)) for language in LANGUAGES)


def without_marks(text: str, label: str) -> bool:
    """Whether the text is this label typed without the marks that it has in some language."""
    said = fold(text)
    return text.isascii() and any(
        said == fold(shown) and not shown.isascii()
        for shown in (speak(language)(label) for language in LANGUAGES)
    )
