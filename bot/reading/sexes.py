"""Whether the child is a boy or a girl, only where the words say so; a name is no reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.reading.message import Hit, Message
from bot.reading.names import Name
from bot.reading.people import People, is_no_person

_LISTS = {"male": "people.boy", "female": "people.girl"}


@dataclass(frozen=True)
class Sexed:
    """A sex, and the pieces that say it."""

    value: str
    start: int
    end: int
    rank: int


def sex(message: Message, people: People, name: Name | None) -> Sexed | None:
    """The first sex that is said of a child; one of a child that is minded only for want of it."""
    found = [*_in_words(message, people, name), *_alone(message), *_behind(message, name)]
    return max(found, key=lambda sexed: (sexed.rank, -sexed.start), default=None)


def _in_words(message: Message, people: People, name: Name | None) -> Iterator[Sexed]:
    for value, label in _LISTS.items():
        for hit in message.hits(label):
            if _is_birth(message, hit) or is_no_person(message, hit.start, hit.end):
                continue
            if people.is_name(hit.start) or (
                name and name.start < hit.end and hit.start < name.end
            ):
                continue
            if _is_named_so(message, hit.start, hit.end, name):
                continue
            if message.before("people.doer", hit.start):
                continue
            others = message.before("people.others_sex", hit.start)
            yield Sexed(value, hit.start, hit.end, 0 if others else 1)


def _is_birth(message: Message, hit: Hit) -> bool:
    """Whether "nam sinh" is the year of birth of a form, not a schoolboy."""
    end = message.at("times.born", hit.start)
    return bool(end) and (end in message.figures or message.pieces[end - 1].is_sign)


def _is_named_so(message: Message, start: int, end: int, name: Name | None) -> bool:
    """Whether the words tell of a sibling who is not the child that is named before them."""
    return name is not None and name.end <= start and message.at("people.sibling", start) == end


def _behind(message: Message, name: Name | None) -> Iterator[Sexed]:
    """ "nam" or "nữ" between the child's name and its age: "Mai Hương nữ 12t"."""
    for value, label in _LISTS.items():
        end = message.at(f"{label}_alone", name.end) if name else 0
        figure = message.figures.get(end) if end else None
        if figure and name and message.at("times.years", figure.end):
            yield Sexed(value, name.end, end, 2)


def _alone(message: Message) -> Iterator[Sexed]:
    """ "nam" or "nữ" between two signs."""
    for value, label in _LISTS.items():
        for hit in message.hits(f"{label}_alone"):
            start, end = message.clause(hit.start)
            last = message.pieces[end - 1]
            if start == hit.start and start > 0 and end - last.is_sign == hit.end:
                yield Sexed(value, hit.start, hit.end, 2)
