"""How old the child is, and the class it is or was in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.reading.figures import Figure
from bot.reading.message import Message
from bot.reading.names import Name
from bot.reading.people import Mention, People, Who

OLDEST = 19  # of whom one still says "cháu ... tuổi" in a report about a child
_CHILD_UNDER = 18
_LEAST_BARE, _MOST_BARE = 4, 17  # an age that is said without the word for it
_YEARS = range(1990, 2100)
_CENTURY = 100
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_IN_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2})(?: nam)? (\d{4})\b")
_LONGEST_DATE = 6  # words
_MONTHS = 12
_MOST_CLASS = 12
_REACH = 6  # words between a person and its age
_NEAR = 4  # words between "tháng sau" and the age that is reached then


@dataclass(frozen=True)
class Aged:
    """An age, the pieces that say it, and how likely it is the reported child's."""

    value: int
    start: int
    end: int
    rank: int


def age(message: Message, people: People, name: Name | None, today: date) -> Aged | None:
    """The age of the first child that has one; the lower one where two are given."""
    found = [*_in_years(message, people), *_in_months(message), *_born(message, people, today)]
    if not found and name:
        found = list(_bare(message, name, today))
    if not found:
        found = [*_guessed(message, people), *_behind_word(message, people)]
    return max(found, key=lambda aged: (aged.rank, -aged.start), default=None)


def _in_years(message: Message, people: People) -> Iterator[Aged]:
    for figure in message.figures.values():
        end = message.at("times.years", figure.end)
        if not end:
            end = _labelled(message, figure)
        if not end or (not figure.sure and not message.at("times.years", figure.end)):
            continue
        rank = _rank(message, people, figure.start, figure.low)
        if rank is not None and not message.before("people.younger_than", figure.start):
            yield Aged(_reached(message, figure, end), figure.start, end, rank)


def _reached(message: Message, figure: Figure, end: int) -> int:
    """The age as it is today: "gần 15 tuổi", "tháng sau cháu 15 tuổi" are a year less at most."""
    return int(figure.low) - _is_to_come(message, figure.start, end)


def _is_to_come(message: Message, at: int, end: int) -> bool:
    if message.before("times.not_reached", at):
        return True
    word = message.before("times.age_word", at)  # "sắp sang tuổi 15"
    if word and message.before("times.not_reached", word.start):
        return True
    start, last = message.clause(at)
    behind = message.at("times.to_come", end)
    if behind and behind >= last - message.pieces[last - 1].is_sign:
        return True
    return any(
        start <= hit.start and at - _NEAR <= hit.end <= at for hit in message.hits("times.to_come")
    )


def _labelled(message: Message, figure: Figure) -> int:
    """The end of "tuổi: 13", where the word for years stands before the number."""
    at = figure.start
    around = message.before("times.around", at) or message.before("times.not_reached", at)
    at = around.start if around and not message.before("times.age_word", at) else at
    said = message.before("times.age_word", at) or (
        message.before("times.age_word", at - 1)
        if at and message.pieces[at - 1].plain == ":"
        else None
    )
    plain = (
        _LEAST_BARE <= figure.low <= _MOST_BARE and figure.sure and not _other_unit(message, figure)
    )
    return figure.end if said and plain else 0


def _other_unit(message: Message, figure: Figure) -> bool:
    units = ("times.other_units", "times.hours", "times.days")
    return any(message.at(unit, figure.end) for unit in units)


def _rank(message: Message, people: People, at: int, value: float) -> int | None:
    """How likely an age said there is the child's; None when it is somebody else's."""
    if value > OLDEST:
        return None
    mention = next(people.before(at, message.sentence(at)), None)
    if mention is None:
        return 2 if value < _CHILD_UNDER else None
    if mention.who is Who.CHILD:
        other = is_minded(message, mention) or _is_sibling(message, people, mention)
        return 1 if other else 3
    near = at - mention.end <= _REACH and mention.end <= at
    if value >= _CHILD_UNDER:
        return None
    return 0 if near else 1


def is_minded(message: Message, mention: Mention) -> bool:
    """Whether it is a child that another child minds: "trông em"."""
    return message.before("people.minded", mention.start) is not None


def _is_sibling(message: Message, people: People, mention: Mention) -> bool:
    """Whether it is the sister or brother of a child that was spoken of before."""
    if not message.at("people.sibling", mention.start):
        return False
    return any(each.who is Who.CHILD for each in people.mentions if each.end <= mention.start)


def _in_months(message: Message) -> Iterator[Aged]:
    for figure in message.figures.values():
        end = message.at("times.months_old", figure.end)
        if end:
            yield Aged(int(figure.low // 12), figure.start, end, 1)


def _born(message: Message, people: People, today: date) -> Iterator[Aged]:
    for hit in message.hits("times.born"):
        at = hit.end
        while at < len(message) and message.pieces[at].plain in (":", "("):
            at += 1
        at = message.at("times.around", at) or at
        born = _year(message, at, today)
        if born is not None and 0 <= born <= OLDEST:
            rank = _rank(message, people, hit.start, born)
            if rank is not None:
                yield Aged(born, hit.start, at + 1, rank)
    yield from _bare_year(message, today)
    for hit in message.hits("times.born_2k"):
        pieces = message.pieces[hit.start : hit.end]
        stuck = all(a.end == b.start for a, b in pairwise(pieces))
        if stuck and pieces[0].raw == "2" and pieces[-1].raw.isdecimal():
            born = today.year - 2000 - int(pieces[-1].raw)
            if 0 <= born <= OLDEST:
                yield Aged(born, hit.start, hit.end, 2)


def _bare_year(message: Message, today: date) -> Iterator[Aged]:
    """A year alone between two signs: "(nam, 2012)"."""
    for at, piece in enumerate(message.pieces):
        if piece.kind != "number" or len(piece.raw) != 4 or not piece.raw.isdecimal():
            continue
        start, end = message.clause(at)
        alone = start == at and start > 0 and message.pieces[end - 1].is_sign and end == at + 2
        born = today.year - int(piece.raw)
        if alone and 0 < born < _CHILD_UNDER:
            yield Aged(born, at, at + 1, 1)


def _year(message: Message, at: int, today: date) -> int | None:
    """The age by the year or day of birth said there."""
    if at >= len(message):
        return None
    piece = message.pieces[at]
    if message.at("times.years", at + 1):
        return None
    if (year := _year_behind_month(message, at)) is not None:
        return today.year - year - (today.month < int(piece.raw) <= _MONTHS)
    if piece.kind == "date":
        return _full_years(piece.raw, today)
    words = " ".join(each.plain for each in message.pieces[at : at + _LONGEST_DATE])
    if said := _IN_WORDS.match(words):
        return _full_years("/".join(said.groups()), today)
    if piece.kind != "number" or not piece.raw.isdecimal():
        return None
    year = int(piece.raw)
    if len(piece.raw) == 2:
        year += 2000 if year <= today.year % _CENTURY else 1900
    return today.year - year if year in _YEARS else None


def _year_behind_month(message: Message, at: int) -> int | None:
    """The year of "tháng 3 năm 2012", "3/2012"."""
    pieces = message.pieces[at : at + 3]
    numbers = [piece for piece in pieces if piece.kind == "number" and piece.raw.isdecimal()]
    if len(pieces) < 3 or len(numbers) < 2 or pieces[0] is not numbers[0]:
        return None
    month, year = int(numbers[0].raw), int(numbers[1].raw)
    return year if 1 <= month <= 31 and year in _YEARS else None


def _full_years(written: str, today: date) -> int | None:
    found = _DATE.fullmatch(written)
    if not found:
        return None
    day, month, year = (int(part) for part in found.groups())
    year += 2000 if year < _CENTURY else 0
    return today.year - year - ((today.month, today.day) < (month, day))


def _bare(message: Message, name: Name, today: date) -> Iterator[Aged]:
    """A number right behind the name, which counts nothing: "Cháu Nam 13, nghỉ học"."""
    at = name.end
    if at < len(message) and message.pieces[at].plain in (",", "(", "-", "."):
        at += 1
    at = message.at("times.around", at) or at
    figure = message.figures.get(at)
    if figure is None or message.pieces[at].kind != "number" or _other_unit(message, figure):
        return
    if message.before("people.younger_than", at):
        return
    if (year := _year_behind_month(message, at)) is not None:  # "Ngọc 11/2012"
        born = today.year - year - (today.month < figure.low)
        if 0 <= born < _CHILD_UNDER:
            yield Aged(born, figure.start, figure.start + 3, 1)
        return
    year = _year(message, at, today) if figure.low in _YEARS else None
    if year is not None and 0 < year < _CHILD_UNDER:
        yield Aged(year, figure.start, figure.end, 1)
    if _LEAST_BARE <= figure.low <= _MOST_BARE and not message.before("times.numbered", at):
        yield Aged(_reached(message, figure, figure.end), figure.start, figure.end, 1)


def _guessed(message: Message, people: People) -> Iterator[Aged]:
    """A number at the end of a clause, behind a guess: "con bé trông tầm 12, bán vé số"."""
    for figure in message.figures.values():
        compound = figure.sure or figure.end - figure.start > 1
        if not compound or not _LEAST_BARE <= figure.low <= _MOST_BARE:
            continue
        guess = message.before("times.guessed", figure.start) or (
            message.before("times.not_reached", figure.start)
        )
        if guess and _stands_alone(message, figure):
            mention = next(people.before(guess.start, message.sentence(guess.start)), None)
            if mention and mention.who is Who.CHILD:
                yield Aged(_reached(message, figure, figure.end), figure.start, figure.end, 0)


def _behind_word(message: Message, people: People) -> Iterator[Aged]:
    """A number right behind a word for a child: "đứa lớn 12, đứa nhỏ 8"."""
    for mention in people.mentions:
        figure = message.figures.get(mention.end)
        if mention.who is not Who.CHILD or figure is None or not figure.sure:
            continue
        plain = _LEAST_BARE <= figure.low <= _MOST_BARE and not _other_unit(message, figure)
        if plain and (_stands_alone(message, figure) or people.is_child(figure.end)):
            yield Aged(int(figure.low), figure.start, figure.end, 0)


def _stands_alone(message: Message, figure: Figure) -> bool:
    """Whether nothing that could be counted follows the number."""
    return figure.end >= len(message) or message.pieces[figure.end].is_sign


def grade(message: Message) -> Aged | None:
    """The class that is said, 1 to 12: a hint at the age, never an age."""
    for hit in message.hits("schooling.class_word"):
        figure = message.figures.get(hit.end)
        if figure and 1 <= figure.low <= _MOST_CLASS and not message.at("times.years", figure.end):
            return Aged(int(figure.low), hit.start, figure.end, 0)
    return None
