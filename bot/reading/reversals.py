"""What turns the words of schooling round: never left, back again, for a day, only asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.reading.message import Hit, Message
from bot.reading.people import People

_WAYS = ("dropped_out", "never", "irregular", "attending")
_ATTENDING = "attending"
_REACH = 3  # words between the day, or a wish, and what is said of school
_NO_END = frozenset(":(-/")  # signs behind which a question is answered, as in a form


@dataclass(frozen=True)
class Reversal:
    """Words by which a way of schooling that is said within or before them does not hold.

    `attends` says that the child goes to school by them, `back` that what was before is over.
    """

    hit: Hit
    attends: bool = False
    back: bool = False

    def turns(self, way: str, hit: Hit) -> bool:
        """Whether that way of schooling, said there, does not hold."""
        if hit.start < self.hit.end and self.hit.start < hit.end:
            return True
        return self.back and way != _ATTENDING and hit.start < self.hit.start


def reversals(message: Message, people: People) -> Iterator[Reversal]:
    """Every one of the message, as far as it is the child's."""
    for hit in message.hits("schooling.not_left"):
        if not (people.adult_does(hit.start) or people.sibling_does(hit.start)):
            yield Reversal(hit, attends=True)
    for hit in message.hits("schooling.back"):
        if _is_back(message, people, hit):
            yield Reversal(hit, attends=True, back=True)
    for hit in message.hits("schooling.stayed_away"):
        if _is_for_a_day(message, hit):
            yield Reversal(hit)
    for way in _WAYS:
        for hit in message.hits(f"schooling.{way}"):
            again = way == "never" and message.at("schooling.wish_after", hit.end)
            if again or _is_asked(message, hit.end):  # "chưa đi học lại": once it did
                yield Reversal(hit)


def _is_back(message: Message, people: People, hit: Hit) -> bool:
    """Whether the child is at school now; "7 giờ đi học", "muốn đi học lại" do not say so."""
    if message.counted(hit.start) or message.covered("schooling.attending", hit.start - 1):
        return False
    start, end = message.clause(hit.start)
    if message.any_within("schooling.not_back", max(start, hit.start - _REACH), hit.end):
        return False
    if people.adult_does(hit.start) or people.sibling_does(hit.start):
        return False
    if _is_asked(message, hit.end):
        return False
    again = message.before("schooling.again", hit.end) or message.any_within(
        "schooling.again", hit.start, hit.end
    )
    last = end - message.pieces[end - 1].is_sign
    return bool(again) or hit.end == last or message.at("schooling.goes_on", hit.end) > 0


def _is_for_a_day(message: Message, hit: Hit) -> bool:
    """Whether school is missed on one day: "hôm qua cháu nghỉ học", "nghỉ học hôm nay"."""
    if message.at("schooling.today", hit.end):
        return True
    if message.at("schooling.dropped_out", hit.start) != hit.end:  # "nghỉ học luôn"
        return False
    start, _ = message.clause(hit.start)
    return any(
        start <= day.start
        and 0 <= hit.start - day.end <= _REACH
        and not message.any_within("people.reporter", day.end, hit.start)
        and not message.any_within("people.reporting", day.end, hit.start)
        for day in message.hits("schooling.today")
    )


def _is_asked(message: Message, at: int) -> bool:
    """Whether "không" stands there at the end: it is asked, and nothing is told."""
    end = message.at("schooling.asked", at)
    if not end:
        return False
    if end >= len(message):
        return True
    sign = message.pieces[end]
    return sign.is_sign and sign.plain not in _NO_END
