"""Labels as people type them instead of pressing."""

from __future__ import annotations

import re
from functools import cache

from bot.i18n import LANGUAGES, speak
from bot.vietnamese.fold import fold

_NUMBER = re.compile(r"(\d{1,3})\s*[.)]?")


def number_of(text: str) -> int:
    """The number of a button that a whole message is: "2", "2.", "2)"; 0 if it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else 0


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
