"""Who is spoken of where: children, adults, the one who reports."""

from __future__ import annotations

import enum
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from bot.reading.message import Message
from bot.reading.names import Name, full_name, is_of, name_after, surnames

_SCHOOLING = ("dropped_out", "never", "irregular")


class Who(enum.Enum):
    """What kind of person is spoken of."""

    CHILD = "child"
    ADULT = "adult"
    REPORTER = "reporter"


_OF = (
    ("people.child", Who.CHILD),
    ("people.adult", Who.ADULT),
    ("people.reporter", Who.REPORTER),
)


class Person(NamedTuple):
    """One word for a person at `start`..`end`, with the name behind it if one follows."""

    start: int
    end: int
    who: Who
    name: Name | None


@dataclass(frozen=True)
class Mention:
    """Words for people that follow each other; the first is meant, the others tell whose it is."""

    people: tuple[Person, ...]
    subject: bool  # it may be who does what is said next

    @property
    def start(self) -> int:
        return self.people[0].start

    @property
    def end(self) -> int:
        last = self.people[-1]
        return max(last.end, last.name.end if last.name else 0)

    @property
    def who(self) -> Who:
        return self.people[0].who


class People:
    """The people of a message, in order; none within `taken`, the pieces of a village's name."""

    def __init__(self, message: Message, taken: tuple[int, int] | None) -> None:
        self._message = message
        self.mentions = list(_mentions(message, taken or (0, 0)))
        self._starts = [mention.start for mention in self.mentions]

    def before(self, at: int, part: tuple[int, int]) -> Iterator[Mention]:
        """The mentions that begin before that piece within the part, the nearest first."""
        index = bisect_left(self._starts, at)
        while index > 0 and self._starts[index - 1] >= part[0]:
            index -= 1
            yield self.mentions[index]

    def is_child(self, at: int) -> bool:
        """Whether that piece is part of a word for a child or of its name."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return False
        mention = self.mentions[index]
        return mention.who is Who.CHILD and at < mention.end

    def is_name(self, at: int) -> bool:
        """Whether that piece is part of somebody's name."""
        index = bisect_right(self._starts, at) - 1
        names = (person.name for person in self.mentions[index].people) if index >= 0 else ()
        return any(name.start <= at < name.end for name in names if name)

    def name_end(self, start: int, end: int) -> int:
        """The end of the name of who is spoken of within those pieces, or else `end`."""
        for mention in self.mentions:
            for person in mention.people:
                if start <= person.start < end and person.name:
                    return person.name.end
        return end

    def is_parent(self, start: int, end: int) -> bool:
        """Whether who is spoken of there only tells whose the child is: "con ông Tư"."""
        for mention in self.mentions:
            others = mention.people[1:] if mention.who is Who.CHILD else ()
            if any(start <= person.start < end for person in others):
                return True
        return False

    def adult_does(self, at: int) -> bool:
        """Whether what is said at that piece is done by an adult, as far as the clause tells."""
        clause = self._message.clause(at)
        for mention in self.before(at, clause):
            if mention.who is Who.CHILD:
                return False
            if mention.who is Who.REPORTER and self._reports(mention):
                return not self._lets_do(mention, at)
            if mention.who is Who.ADULT and mention.subject:
                return not (self._is_boss(mention) or self._lets_do(mention, at))
        return False

    def reporter_does(self, at: int) -> bool:
        """Whether what is said at that piece is done by who reports of a child."""
        mention = next(self.before(at, self._message.clause(at)), None)
        if mention is None or mention.who is not Who.REPORTER:
            return False
        return self._reports(mention) and not self._lets_do(mention, at)

    def _is_boss(self, mention: Mention) -> bool:
        return bool(self._message.at("people.boss", mention.start))

    def _reports(self, mention: Mention) -> bool:
        """Whether "tôi" tells of a child, and is none: "tôi bán vé số, thấy cháu bé"."""
        message = self._message
        piece = message.pieces[mention.start]
        if not piece.marks and is_of(piece.plain, piece.bent, "given"):  # "minh"
            return False
        if any(each.who is Who.REPORTER and self._tells_age(each) for each in self.mentions):
            return False
        return any(each.who is Who.CHILD and each.start > mention.start for each in self.mentions)

    def _tells_age(self, mention: Mention) -> bool:
        at = self._message.at("times.around", mention.end) or mention.end
        figure = self._message.figures.get(at)
        return figure is not None and self._message.at("times.years", figure.end) > 0

    def _lets_do(self, mention: Mention, at: int) -> bool:
        """Whether between the mention and that piece, or after it, others are made to do it."""
        own = self._message.at("people.own_doing", at) > 0  # "mẹ cháu bán vé số"
        between = range(mention.end, at + (not own))
        _, end = self._message.sentence(at)
        return any(self._message.at("people.causing", each) for each in between) or (
            self._message.any_within("people.hiring", at, end)
        )

    def belongs_to_parent(self, at: int) -> bool:
        """Whether it follows at once on an adult's name that tells whose the child is."""
        index = bisect_left(self._starts, at) - 1
        if index < 0:
            return False
        people = self.mentions[index].people
        last = people[-1]
        return len(people) > 1 and last.who is Who.ADULT and self.mentions[index].end == at

    def sibling_does(self, at: int) -> bool:
        """Whether what is said at that piece is said of a brother or sister of the child."""
        sentence = self._message.sentence(at)
        mention = next(self.before(at, sentence), None)
        if mention is None:
            return False
        if not any(self._message.at("people.sibling", each.start) for each in mention.people[:2]):
            return False
        return self.mentions[0].start < mention.start


def _mentions(message: Message, taken: tuple[int, int]) -> Iterator[Mention]:
    behind = 0
    for at in _beginnings(message):
        if at < behind or taken[0] <= at < taken[1]:
            continue
        if name := full_name(message, at):
            behind = name.end
        elif people := tuple(_chain(message, at)):
            mention = Mention(people, _may_do(message, people[0]))
            yield mention
            behind = mention.end


def _beginnings(message: Message) -> list[int]:
    """Where words for people, or surnames, stand."""
    return sorted({*surnames(message), *chain.from_iterable(message.starts(of) for of, _ in _OF)})


def _chain(message: Message, at: int) -> Iterator[Person]:
    """The person spoken of there, then those it belongs to: "con" "ông Tư"."""
    while person := _person(message, at):
        yield person
        at = person.name.end if person.name else person.end
        at = message.at("people.whose", at) or at


def _person(message: Message, at: int) -> Person | None:
    end, who = 0, Who.CHILD
    for label, kind in _OF:
        longest = message.at(label, at)
        if longest > end:
            end, who = longest, kind
    if not end or is_no_person(message, at, end):
        return None
    if who is not Who.CHILD and _is_something_else(message, at):
        return None
    return Person(at, end, who, name_after(message, end, child=who is Who.CHILD))


def is_no_person(message: Message, start: int, end: int) -> bool:
    """Whether the one word there is part of another phrase: the "thang" of "# thang" is a month."""
    return end == start + 1 and message.covered("people.not_people", start)


def _is_something_else(message: Message, at: int) -> bool:
    """Whether the word is part of a number or of what is said of school: "bo hoc", "muoi ba"."""
    within = (figure for figure in message.figures.values() if figure.sure)
    if any(figure.start <= at < figure.end for figure in within):
        return True
    return any(message.covered(f"schooling.{way}", at) for way in _SCHOOLING)


def _may_do(message: Message, person: Person) -> bool:
    """Whether a mention that begins so may be who does what follows, not whom it is done to."""
    return person.who is Who.CHILD or message.before("people.object", person.start) is None
