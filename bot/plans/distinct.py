"""How many different units some entries reached, known or estimated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bot.plans.figures import Entry
from bot.plans.vocabulary import HEADS


def is_complete(entry: Entry, unit: str) -> bool:
    """Whether its ids tell everybody it reached.

    Of units that are heads (staff, people) there must be an id for each; households and the like
    are known once they are listed, however many came from each.
    """
    if entry.ids is None:
        return entry.headcount == 0
    return unit not in HEADS or len(entry.ids) >= entry.headcount


def can_be_estimated(unit: str) -> bool:
    """Whether a head may stand for a unit: for a household or a staff member, never for a class."""
    return unit != "class"


def distinct(entries: Sequence[Entry], unit: str) -> int | None:
    """How many different units were reached, or None where that cannot even be estimated.

    Known ids count once each. Where heads were counted only, a village's fullest event is taken:
    people at one event are different people, those at the next may be the same. Ids seen at other
    events of that village and in no other one may be among these heads and are taken off. So an
    entry more never lowers the number, and it never exceeds the heads that were counted.
    """
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for each in entry.ids or ():
            seen[each].add(entry.village)
    if not can_be_estimated(unit):
        told = any(is_complete(entry, unit) for entry in entries)
        return len(seen) if told else None
    villages = dict.fromkeys(entry.village for entry in entries)
    return len(seen) + sum(_unknown(entries, unit, village, seen) for village in villages)


def _unknown(entries: Sequence[Entry], unit: str, village: str, seen: dict[str, set[str]]) -> int:
    """The most unknown heads at one event in a village, less ids seen only there but not at it."""
    own = {each for each, villages in seen.items() if villages == {village}}
    heads: defaultdict[str, int] = defaultdict(int)
    known: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.village == village:
            ids = entry.ids or frozenset()
            known[entry.event] |= ids
            heads[entry.event] += 0 if is_complete(entry, unit) else entry.headcount - len(ids)
    return max(0, *(unknown - len(own - known[event]) for event, unknown in heads.items()))
