"""Work that is not done now: left, told of as it was before, denied."""

from __future__ import annotations

from bot.reading.message import Hit, Message
from bot.reading.people import People

_REACH = 4  # words between "không" and the work: "không làm ở lò gạch"


def is_over(message: Message, people: People, hit: Hit) -> bool:
    """Whether the work said there is denied, or is told of as it was before."""
    start, end = message.clause(hit.start)
    if message.any_within("work.condition", hit.end, end):  # "không đi bán thì bị đánh"
        return False
    if message.before("work.not_done", hit.start):
        return True
    for at in range(hit.start, max(start, hit.start - _REACH), -1):
        if message.covered("work.stopped", at - 1):
            return True
        if not message.covered("work.linking", at - 1):
            break
    return _is_past(message, people, hit.start, start)


def _is_past(message: Message, people: People, at: int, start: int) -> bool:
    """Whether "trước đây" begins the clause and no "giờ" follows it."""
    for past in message.hits("work.formerly"):
        if not start <= past.start < past.end <= at:
            continue
        begins = past.start == start or people.is_child(past.start - 1)
        if begins and not message.any_within("work.now", past.end, at):
            return True
    return False
