"""Whether the message says that a child is in danger, or that none is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reading.message import Hit, Message
from bot.vietnamese.danger import Danger, about_law, read

_SAFE = ","  # stands where a danger was denied


def urgent(message: Message) -> bool | None:
    """True where danger is heard, now or possibly; False where it is denied; None otherwise.

    What may be danger is treated as danger: an alarm too many is looked into, one too few is not.
    """
    denied = list(message.hits("danger.none"))
    if _is_heard(_without(message, denied)) or _is_told(message):
        return True
    if denied and not next(message.hits("danger.not_safe"), None):
        return False
    return None


def _is_heard(text: str) -> bool:
    level = read(text)
    return level is Danger.NOW or (level is Danger.POSSIBLE and not about_law(text))


def _is_told(message: Message) -> bool:
    """Whether words of this room tell of danger, not within words that deny it."""
    return any(not message.covered("danger.none", hit.start) for hit in message.hits("danger.now"))


def _without(message: Message, denied: Sequence[Hit]) -> str:
    """The text with every danger that is denied in so many words taken out."""
    parts, since = list[str](), 0
    for hit in denied:
        start, end = message.span(hit.start, hit.end)
        if start >= since:
            parts += [message.text[since:start], _SAFE]
            since = end
    return "".join((*parts, message.text[since:]))
