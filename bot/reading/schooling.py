"""Whether the child goes to school."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.reading.message import Hit, Message
from bot.reading.people import People
from bot.reading.reversals import Reversal, reversals
from bot.reading.school_talk import NOT_SAID, likeliest, told_at

_WAYS = ("dropped_out", "never", "irregular", "attending")
# Of two that are both said: whoever left school once went there.
_WEIGHT = {"dropped_out": 3, "never": 4, "irregular": 2, "attending": 1}
_REACH = 3  # words between a wish and what is wished


@dataclass(frozen=True)
class Schooled:
    """A way of schooling, and the pieces that say it."""

    value: str
    start: int
    end: int
    rank: tuple[int, int]


def schooling(message: Message, people: People) -> Schooled | None:
    """How the child goes to school, as the message says it of the child now.

    The rules show what was learned from reports where to look; what was learned decides.
    """
    turns = list(reversals(message, people))
    ruled = _by_rules(message, people, turns)
    if turns:  # what was learned knows nothing of them
        return ruled
    way = likeliest(message, ruled.value if ruled else NOT_SAID)
    if way == NOT_SAID:
        return None
    if ruled and ruled.value == way:
        return ruled
    start, end = told_at(message)
    return Schooled(way, start, end, (0, 0))


def said_by_rules(message: Message, people: People) -> str:
    """The outcome the lists of phrases come to."""
    ruled = by_rules(message, people)
    return ruled.value if ruled else NOT_SAID


def by_rules(message: Message, people: People) -> Schooled | None:
    """What the lists of phrases say of the child's schooling."""
    return _by_rules(message, people, list(reversals(message, people)))


def _by_rules(message: Message, people: People, turns: Sequence[Reversal]) -> Schooled | None:
    hits = [pair for pair in _longest(message) if not _is_turned(turns, *pair)]
    found = [read for way, hit in hits if (read := _read(message, people, way, hit))]
    found += [
        Schooled("attending", *turn.hit, (_WEIGHT["attending"], -turn.hit.start))
        for turn in turns
        if turn.attends
    ]
    return max(found, key=lambda one: one.rank, default=None)


def _is_turned(turns: Sequence[Reversal], way: str, hit: Hit) -> bool:
    return any(turn.turns(way, hit) for turn in turns)


def _longest(message: Message) -> list[tuple[str, Hit]]:
    """What is said of schooling, without what stands within something longer."""
    labels = (*_WAYS, "holidays")
    hits = [(way, hit) for way in labels for hit in message.hits(f"schooling.{way}")]
    hits.sort(key=lambda pair: (pair[1].start, -pair[1].end))
    kept: list[tuple[str, Hit]] = []
    for way, hit in hits:
        if kept and _overlaps(kept[-1][1], hit):
            if _size(hit) > _size(kept[-1][1]):
                kept[-1] = (way, hit)
            continue
        kept.append((way, hit))
    return [(way, hit) for way, hit in kept if way != "holidays"]


def _overlaps(a: Hit, b: Hit) -> bool:
    return a.start < b.end and b.start < a.end


def _size(hit: Hit) -> int:
    return hit.end - hit.start


def _read(message: Message, people: People, way: str, hit: Hit) -> Schooled | None:
    start = hit.start
    denied = message.before("schooling.not", start)
    if denied and way in ("dropped_out", "irregular"):
        return Schooled("attending", denied.start, hit.end, (_WEIGHT["attending"], -start))
    if _is_wish(message, way, hit) or people.adult_does(start) or people.sibling_does(start):
        return None
    return Schooled(way, start, hit.end, (_WEIGHT[way], -start))


def _is_wish(message: Message, way: str, hit: Hit) -> bool:
    """Whether it is wished, feared, or somebody else's."""
    clause_start, _ = message.clause(hit.start)
    since = max(clause_start, hit.start - _REACH)
    if way != "attending":
        return message.any_within("schooling.not_yet", since, hit.start)
    if message.at("schooling.wish_after", hit.end):
        return True
    return any(
        _ends_near(message, at) for at in range(since + 1, hit.start + 1)
    ) and not _plain_now(message, hit)


def _ends_near(message: Message, at: int) -> bool:
    return message.before("schooling.wish", at) is not None


def _plain_now(message: Message, hit: Hit) -> bool:
    return message.at("schooling.surely", hit.start) == hit.end


def said(message: Message) -> Iterator[Hit]:
    """Where schooling is spoken of at all."""
    for way in _WAYS:
        yield from message.hits(f"schooling.{way}")
