"""Messages that are no question: greetings, thanks, "who are you"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.faq.contents import content
from bot.faq.wording import Wording, plainly

_LONGEST = 10  # words


def smalltalk(asked: Wording) -> str | None:
    """Which kind of small talk the whole message is, or None. A message without words greets."""
    words = asked.words
    if not words:
        return "hello" if not asked.ages else None
    if len(words) > _LONGEST or asked.ages:
        return None
    kinds = _messages()
    if found := kinds.get(words):
        return found
    start, end = 0, len(words)
    around = _around()
    while start < end and words[start] in around:
        start += 1
        if found := kinds.get(words[start:end]):
            return found
    for begin in range(start + 1):
        for last in range(end, begin, -1):
            if last < end and words[last] not in around:
                break
            if found := kinds.get(words[begin:last]):
                return found
    return None


@cache
def _messages() -> Mapping[tuple[str, ...], str]:
    listed = content("smalltalk")["messages"]
    return {plainly(said): kind for kind, group in listed.items() for said in group}


@cache
def _around() -> frozenset[str]:
    return frozenset(
        word for said in content("smalltalk")["around"]["words"] for word in plainly(said)
    )
