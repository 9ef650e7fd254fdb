"""Whether the child works at night, from ten in the evening to five in the morning.

The law's night ends at six (Labour Code 2019, article 106). But who writes "from 5 in the morning"
has not said that the child works at night; asked for it, people say no.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.reading.clock import Moment, moments
from bot.reading.intervals import intervals
from bot.reading.message import Message

_BEGINS, _ENDS = 22, 5
_DAY = 24


@dataclass(frozen=True)
class Night:
    """Whether there is night work, and the pieces that say so."""

    value: bool
    start: int
    end: int


def night_work(message: Message, *, works: bool) -> Night | None:
    """True or False as the message says it; None where it says neither.

    `works` tells that it speaks of work at all.
    """
    for hit in message.hits("times.no_night"):
        return Night(False, hit.start, hit.end)
    clock = moments(message)
    for moment in clock:
        if _is_night(moment, message) and moment.named and _is_work(message, moment.start, works):
            return Night(True, moment.start, moment.end)
    for each in intervals(message, clock):  # "từ 7 giờ tối đến 7 giờ sáng"
        through = each.begins < _DAY + _ENDS and each.ends > _BEGINS
        if through and each.named and _is_work(message, each.start, works):
            return Night(True, each.start, each.end)
    for hit in message.hits("times.night"):
        if not message.counted(hit.start) and _is_work(message, hit.start, works):
            return Night(True, hit.start, hit.end)
    return None


def _is_night(moment: Moment, message: Message) -> bool:
    """Ten in the evening is where the night begins: until then is not at night, from then is."""
    if moment.hour == _BEGINS and not message.before("times.late", moment.end):
        return message.before("times.from", moment.start) is not None
    return moment.hour >= _BEGINS or moment.hour < _ENDS


def _is_work(message: Message, start: int, works: bool) -> bool:
    """Whether the clause tells of work then, and of nothing else that happens at night."""
    bounds = message.clause(start)
    if message.any_within("times.not_work_at_night", *bounds):
        return False
    return works or message.any_within("times.night_work_words", *message.sentence(start))
