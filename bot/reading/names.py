"""Names of people in a message, and which of them is the child's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from bot.reading.lexicon import bent, content
from bot.reading.message import Message
from bot.reading.pieces import Piece
from bot.vietnamese.letters import spelled

_LONGEST = 5  # words
_OF_AGE = 18
_THOUSAND = 1000  # "ngan" is also the name Ngân
_LONGEST_SMALL = 4  # words of a name typed in small letters
_APOSTROPHE = re.compile("['\u2019]")  # H'Mai, K'Broi: names of the Highlands


class Name(NamedTuple):
    """A name said by the pieces `start`..`end` (exclusive)."""

    start: int
    end: int


def name_after(message: Message, at: int, *, child: bool) -> Name | None:
    """The name that follows a word for a person, if one does."""
    if child:
        at = message.at("names.between", at) or at
    if at >= len(message) or not message.pieces[at].is_word:
        return None
    if message.capitals_tell and message.pieces[at].capital:
        return _with_capitals(message, at)
    return _in_small_letters(message, at, child=child)


def name_announced(message: Message, at: int) -> Name | None:
    """The name that begins there, after words that announce one."""
    while at < len(message) and message.pieces[at].plain in (":", '"', "'", "(", "-"):
        at += 1
    if at >= len(message) or not message.pieces[at].is_word:
        return None
    if message.capitals_tell and message.pieces[at].capital:
        return _with_capitals(message, at)
    if full := _small_full(message, at):
        return full
    if message.at("names.never", at) and not _is(message, at, "given", exactly=message.marked):
        return None
    given = _small_given(message, at, sure=True) or _lettered(message, at)
    return given or Name(at, at + 1)


def full_name(message: Message, at: int) -> Name | None:
    """The full name of three words or more, or two with capitals, that begins there by itself."""
    if not is_surname(message, at):
        return None
    if message.at("people.child", at):
        return None
    if message.has_capital(at):
        name = _with_capitals(message, at)
        return name if name and name.end - name.start > 1 else None
    return _small_full(message, at)


def is_surname(message: Message, at: int) -> bool:
    """Whether a surname stands there."""
    return message.pieces[at].plain in _group("surnames") and _is(message, at, "surnames")


def surnames(message: Message) -> list[int]:
    """Where surnames stand."""
    known = _group("surnames")
    listed = [at for at, piece in enumerate(message.pieces) if piece.plain in known]
    return [at for at in listed if _is(message, at, "surnames")]


def _with_capitals(message: Message, at: int) -> Name | None:
    """Words with capitals, up to what is no name: a kind of place, another person."""
    end = at
    while end < min(at + _LONGEST, len(message)) and _is_capital_part(message, end, end == at):
        end += 1
    return Name(at, end) if end > at and not message.at("names.not_names", at) else None


def _is_capital_part(message: Message, at: int, first: bool) -> bool:
    piece = message.pieces[at]
    if not (piece.is_word and piece.capital) or piece.short:
        return False
    if not first and message.at("names.ends", at) and not _is(message, at, "given", exactly=True):
        return False
    return not (first and message.at("names.ends", at)) or _is_name(message, at)


def _is_name(message: Message, at: int) -> bool:
    """Whether the word there is a name with all its marks, whatever else it may be."""
    return any(_is(message, at, group, exactly=message.marked) for group in ("given", "surnames"))


def _in_small_letters(message: Message, at: int, *, child: bool) -> Name | None:
    if message.at("names.not_names", at) or _counts(message, at):
        return None
    if full := _small_full(message, at):
        return full
    if child and _APOSTROPHE.search(message.pieces[at].raw):
        return Name(at, at + 1 + _is(message, at + 1, "clans"))
    if given := _small_given(message, at, sure=False):
        return given
    return (_lettered(message, at) or _before_age(message, at)) if child else None


def _small_full(message: Message, at: int) -> Name | None:
    """A surname and what makes it a full name: "giang a pao", "lo thi mai"."""
    if not _is(message, at, "surnames") or message.at("names.not_names", at):
        return None
    if message.at("people.child", at):
        return None
    end = at + 1
    while end < min(at + _LONGEST_SMALL, len(message)) and _is(message, end, "middles"):
        sure = _is(message, end, "sure_middles")
        if _ends_name(message, end) and (
            end > at + 1 or (message.at("names.never", end) and not sure)
        ):
            break
        if message.at("work.doing", end) and not sure:
            break
        end += 1
    has_middle = end > at + 1
    if end < min(at + _LONGEST_SMALL + 1, len(message)) and _is_last(
        message, end, has_middle=has_middle
    ):
        end += 1
        if has_middle and _is_one_more(message, end):
            end += 1
    size = end - at
    known = _is(message, at + 1, "given") or _APOSTROPHE.search(message.pieces[end - 1].raw)
    if size < 2 or (size == 2 and not known):
        return None
    doubtful = _is(message, at, "surnames_that_are_words") or message.at("names.never", at)
    if doubtful and (size == 2 or not _is_sure(message, at, end)):
        return None
    return Name(at, end)


def _is_sure(message: Message, at: int, end: int) -> bool:
    """Whether words are a full name, though the first of them is an ordinary word too."""
    if _is(message, at + 1, "sure_middles"):
        return True
    if message.at("people.adult", at + 1) or (
        message.marked and not _is(message, at, "surnames", exactly=True)
    ):
        return False
    return _stands_out(message, end) or _age_follows(message, end)


def _is_last(message: Message, at: int, *, has_middle: bool) -> bool:
    """Whether the last word of a full name stands there."""
    piece = message.pieces[at]
    if not piece.is_word or piece.short or message.at("names.not_names", at):
        return False
    if _APOSTROPHE.search(piece.raw):
        return True
    if _is(message, at, "given", exactly=message.marked):
        return not message.at("names.never", at) or has_middle
    if message.at("names.about", at) and message.at("times.around", at):
        return False
    return has_middle and (not message.at("names.never", at) or _age_follows(message, at + 1))


def _is_one_more(message: Message, at: int) -> bool:
    """Whether a given name has a second syllable there: "phan thi yen nhi"."""
    if at >= len(message) or message.at("places.kind", at):
        return False
    if at in message.figures:  # "Bé Ba", "Út Hai": the South numbers its children
        return _is(message, at - 1, "numbered") and not _counts(message, at)
    return _is_last(message, at, has_middle=False)


def _ends_name(message: Message, at: int) -> bool:
    """Whether a full name may end with the word there, for what follows is none of it."""
    follows = at + 1
    return (
        follows >= len(message)
        or not message.pieces[follows].is_word
        or (bool(message.at("names.never", follows)) and not _is(message, follows, "outspoken"))
    )


def _small_given(message: Message, at: int, *, sure: bool) -> Name | None:
    """One or two given names; one that is a word as well is believed only in sure company."""
    if not _is(message, at, "given", exactly=message.marked) or message.at("names.not_names", at):
        return None
    two = (
        at + 1 < len(message)
        and _is(message, at + 1, "given", exactly=message.marked)
        and (not message.at("names.never", at + 1) or _is_second(message, at + 1))
        and not message.at("names.not_names", at + 1)
        and not _counts(message, at + 1)
    )
    elder = two or not _stands_out(message, at + 1)
    if _is(message, at, "seconds") and not sure and elder:
        return None
    name = Name(at, at + 1 + two)
    if sure or _is(message, at, "outspoken"):
        return name
    if two and message.at("people.adult", at):
        return None
    if _age_follows(message, name.end):
        ended = message.pieces[name.end].is_sign
        return name if ended or not message.at("names.about", at) else None
    if _is_told_apart(message, at, name.end):
        return name
    ended = two and _stands_out(message, name.end) and not message.at("names.ends", at)
    if message.at("names.never", at) and not ended:
        return None
    if _is(message, at, "wordy") and not two:
        return name if message.marked or _stands_out(message, name.end) else None
    return name


def _is_told_apart(message: Message, at: int, end: int) -> bool:
    """Whether what follows would not follow the common word that is typed like this name.

    "chau lam con ong Ba" is Lâm, for nobody works a child; "chau lam o thon 7" may be either.
    """
    if end >= len(message):
        return False
    follows = message.pieces[end].plain
    of_whom = message.at("people.whose", end) or end + (follows == "con")
    if of_whom > end and message.at("people.adult", of_whom) and follows != "cho":
        return _is(message, at, "before_parent")
    if follows in (",", "(", "-"):
        return _is(message, at, "before_parent")
    lives = message.at("places.living", end) or end
    if message.at("places.kind", lives):
        return _is(message, at, "before_place")
    if message.at("schooling.attending", end) or message.at("schooling.class_word", end):
        return _is(message, at, "before_class")
    return False


def _is_second(message: Message, at: int) -> bool:
    """Whether it is a name though a common word is typed alike: the Anh of Ngoc Anh."""
    if at + 1 < len(message) and message.pieces[at + 1].is_sign and not message.marked:
        return True
    said_of_age = message.at("names.about", at) or message.at("people.adult", at)
    if _age_follows(message, at + 1) and not said_of_age:
        return True
    return _is(message, at, "seconds") and message.at("people.adult", at) <= at + 1


def _stands_out(message: Message, at: int) -> bool:
    """Whether what follows shows that a name has ended: a sign, a person, a number, a verb."""
    if at >= len(message) or not message.pieces[at].is_word:
        return True
    return bool(message.at("names.never", at)) or at in message.figures


def _lettered(message: Message, at: int) -> Name | None:
    """ "a pao", "y blo": a letter, and a word that is nothing else."""
    if not _is(message, at, "letters") or at + 1 >= len(message):
        return None
    part = _may_be_part(message, at + 1) or _is(message, at + 1, "given")
    if not part or not _stands_out(message, at + 2):
        return None
    return Name(at, at + 2)


def _before_age(message: Message, at: int) -> Name | None:
    """One or two words that nobody knows, between a word for a child and its age."""
    for end in (at + 1, at + 2, at + 3):
        if end > len(message) or not _may_be_part(message, end - 1):
            return None
        if _age_follows(message, end):
            return Name(at, end)
    return None


def _may_be_part(message: Message, at: int) -> bool:
    if not message.pieces[at].is_word or message.pieces[at].short:
        return False
    nothing = (
        "names.never",
        "names.about",
        "people.adult",
        "people.child",
        "places.kind",
        "times.born",
        "times.around",
    )
    return not any(message.at(label, at) for label in nothing)


def _age_follows(message: Message, at: int) -> bool:
    """Whether an age or a year of birth is said there."""
    if at < len(message) and message.pieces[at].plain in (",", "(", "-"):
        at += 1
    at = message.at("times.around", at) or at
    figure = message.figures.get(at)
    if figure and message.at("times.years", figure.end):
        return True
    return bool(message.at("times.born", at)) or bool(message.at("times.born_2k", at))


def child_age_follows(message: Message, at: int) -> bool:
    """Whether the age of somebody under age is said there."""
    at = message.at("times.around", at) or at
    figure = message.figures.get(at)
    return bool(figure and figure.low < _OF_AGE and message.at("times.years", figure.end))


def _counts(message: Message, at: int) -> bool:
    """Whether a number word there is meant as a number: "ba tuổi"."""
    figure = message.figures.get(at)
    if figure is None or (figure.low >= _THOUSAND and not figure.sure):
        return False
    units = ("times.years", "times.other_units", "times.hours")
    return any(message.at(unit, figure.end) for unit in units) and at + 1 not in message.figures


def _is(message: Message, at: int, group: str, *, exactly: bool = False) -> bool:
    """Whether the word there is of that group of names; `exactly` with no mark missing."""
    if at >= len(message.pieces):
        return False
    piece: Piece = message.pieces[at]
    if piece.kind != "word" or piece.short:
        return False
    return is_of(piece.plain, piece.bent, group, exactly=exactly)


def is_of(plain: str, bent: frozenset[str], group: str, *, exactly: bool = False) -> bool:
    """Whether a word, folded and with its marks, is of that group of names."""
    listed = _group(group).get(plain)
    if not listed:  # as nearly every word
        return False
    return bent in listed or not (exactly or bent)


@cache
def _group(name: str) -> dict[str, list[frozenset[str]]]:
    words: dict[str, list[frozenset[str]]] = {}
    listed: Sequence[str] = content("names")["data"][name]
    for word in listed:
        known = spelled(word)
        if len(known) == 1:
            plain, marks = known[0]
            words.setdefault(plain, []).append(bent(marks))
    return words
