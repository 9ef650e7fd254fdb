"""What the child is called."""

from __future__ import annotations

from collections.abc import Iterator

from bot.reading.candidates import likeliest
from bot.reading.message import Message
from bot.reading.names import Name, child_age_follows, full_name, name_announced, surnames
from bot.reading.people import Mention, People, Who

_YEARS_OF_BIRTH = range(2005, 2040)


def child_name(message: Message, people: People, taken: tuple[int, int] | None) -> Name | None:
    """The name of the first child that has one; never an adult's, never one within `taken`.

    The rules tell which it is by what they know; what was learned from reports decides, but where
    they read two words or more with capitals: those they take rightly 99 times in 100.
    """
    ruled = by_rules(message, people, taken)
    if ruled and ruled.end - ruled.start > 1 and message.has_capital(ruled.start):
        return ruled
    name = likeliest(message, people, taken, ruled)
    return None if name and _is_no_name(message, name) else name


def _is_no_name(message: Message, name: Name) -> bool:
    """Whether one small word is what the child means to do: "cháu nó định bỏ nhà đi"."""
    if name.end - name.start > 1 or message.has_capital(name.start):
        return False
    if message.at("names.no_name", name.start):
        return True
    ended = name.end >= len(message) or message.pieces[name.end].is_sign
    intends = message.at("names.intends", name.start) > 0
    return intends and not ended and not child_age_follows(message, name.end)


def by_rules(message: Message, people: People, taken: tuple[int, int] | None) -> Name | None:
    """The name of the first child that has one, as far as words are known."""
    ways = (_announced(message, people), _of_mentions(message, people), _alone(message, people))
    announced, mentioned, alone = (
        [name for name in way if not _within(name, taken)] for way in ways
    )
    if announced:
        mentioned = [name for name in mentioned if not _writes(message, name)]
    return min((*announced, *mentioned, *alone), key=lambda name: name.start, default=None)


def _writes(message: Message, name: Name) -> bool:
    """Whether it is who writes, where a child is called by name later: "em là Nhung, ở trạm"."""
    called = message.before("names.is", name.start)
    return called is not None and message.before("people.self", called.start) is not None


def _within(name: Name, taken: tuple[int, int] | None) -> bool:
    return taken is not None and name.start < taken[1] and taken[0] < name.end


def _announced(message: Message, people: People) -> Iterator[Name]:
    """Names behind "tên là" and the like, where it is a child that is called so."""
    for hit in message.hits("names.announced"):
        called = next(people.before(hit.start, message.clause(hit.start)), None)
        name = name_announced(message, hit.end)
        if name and _is_other(message, people, called, hit.end):
            name = name if child_age_follows(message, name.end) else None
        if name:
            yield name


def _is_other(message: Message, people: People, called: Mention | None, at: int) -> bool:
    if called is None:
        return False
    return called.who is not Who.CHILD or _reports(message, people, called, at)


def _reports(message: Message, people: People, mention: Mention, at: int) -> bool:
    """Whether "em" is who reports: it says so in the same clause, and another child is told of."""
    first = mention.people[0]
    if not message.at("people.self_young", first.start):
        return False
    if not any(each.who is Who.CHILD and each.start > at for each in people.mentions):
        return False
    _, end = message.sentence(at)
    return message.any_within("people.reporting", first.end, end)


def _of_mentions(message: Message, people: People) -> Iterator[Name]:
    for mention in people.mentions:
        if _reports_itself(message, mention):
            continue
        if name := _told(message, mention):
            yield name
        for person in mention.people:
            if person.who is Who.CHILD and person.name:
                yield person.name


def _told(message: Message, mention: Mention) -> Name | None:
    """The name of "cháu gái tôi là Kiều"."""
    if mention.who is not Who.CHILD or not message.at("names.is", mention.end):
        return None
    at = message.at("names.is", mention.end)
    if at >= len(message) or not message.has_capital(at):
        return None
    return name_announced(message, at)


def _reports_itself(message: Message, mention: Mention) -> bool:
    """Whether it is the one who writes: "em Hoa giáo viên xin báo"."""
    first = mention.people[0]
    name = first.name
    if name is None or not message.at("people.self", first.start):
        return False
    _, end = message.clause(first.start)
    return message.any_within("people.reporting", name.end, min(end, name.end + 4))


def _alone(message: Message, people: People) -> Iterator[Name]:
    """Full names that stand where a clause begins: "Lò Thị Mai, 12 tuổi"."""
    for at in surnames(message):
        if message.clause(at)[0] != at and not message.before("people.spoken", at):
            continue
        if (name := full_name(message, at)) and _is_childs(message, name):
            yield name


def _is_childs(message: Message, name: Name) -> bool:
    """Whether what follows a full name tells of a child: its age, its birth, its sex, its class."""
    at = name.end
    for _ in range(2):
        if at < len(message) and message.pieces[at].is_sign:
            at += 1
        at = message.at("people.boy_alone", at) or message.at("people.girl_alone", at) or at
    at = message.at("times.around", at) or at
    figure = message.figures.get(at)
    if figure and message.at("times.years", figure.end):
        return figure.low < 18
    if figure and figure.low in _YEARS_OF_BIRTH:
        return True
    told = (
        "times.born",
        "times.born_2k",
        "schooling.attending",
        "schooling.dropped_out",
        "schooling.class_word",
    )
    return any(message.at(label, at) for label in told)
