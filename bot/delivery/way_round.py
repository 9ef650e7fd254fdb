"""Another way to somebody whom a message cannot reach by the one it was meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.windows import ANY, Terms, reach
from storage.reaching import Way


def way_round(
    ways: Sequence[Way], terms: Mapping[str, Terms], but: int, now: datetime
) -> Way | None:
    """Another link to write to instead of link `but`, None if there is none.

    What costs nothing and rings comes first, then what costs little; a page that nobody may be
    looking at comes last.
    """

    def rank(way: Way) -> tuple[bool, int]:
        on = terms.get(way.channel, ANY)
        return not on.rings, reach(on, way.last_seen_at, now).dong

    open_ways = [
        way
        for way in ways
        if way.link_id != but
        and way.channel in terms
        and reach(terms[way.channel], way.last_seen_at, now).state != "shut"
    ]
    return min(open_ways, key=rank, default=None)
