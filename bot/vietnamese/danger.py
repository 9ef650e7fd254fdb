"""Whether a message sounds like a child in danger, and whether it is happening now.

The words are in content/danger.toml. A text is cut into words and signs, idioms are blotted out,
and each danger that is left is asked whether it is denied, prevented or only a subject of talk.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, chain
from typing import Any

from bot.vietnamese import harm, patterns
from bot.vietnamese.clean import clean
from bot.vietnamese.keystrokes import untelex
from bot.vietnamese.memory import short_remembered
from bot.vietnamese.patterns import REPEATED, Marks, PhraseBook
from bot.vietnamese.shorthand import written_out
from bot.vietnamese.wordlists import wordlist

_PIECES = re.compile(r"[^\W_]+|!|[,.;:?\n\u2026]")
_SIGNS = dict.fromkeys(",.;:?\n\u2026", ",")
_KEYSTROKES = re.compile(r" [a-z]{0,5}[aeiouyd][a-z]{0,4}[sfrxjwd0-9][a-z]{0,3} ")
_MARKED_SHARE = 2  # with marks on half of its words a text counts as written with marks
_PART = 70  # phrases that are compiled together
_REACH = 80  # characters before a danger in which it can be denied


class Danger(enum.IntEnum):
    """How loudly a message should ring."""

    NONE = 0
    POSSIBLE = 1
    NOW = 2


@dataclass(frozen=True)
class _Message:
    """A text with its words apart; `marked` says that its writer uses tone marks."""

    words: str
    marked: bool

    @cached_property
    def kinds(self) -> harm.Kinds:
        """What kinds of words stand where."""
        return harm.kinds(self.words.split(), self.marked)


@short_remembered
def read(text: str) -> Danger:
    """NOW where a danger is happening, POSSIBLE where one is spoken of, else NONE.

    A question about the law or about children in general is POSSIBLE at most.
    """
    message = _message(text, written_out)
    level = _level(message)
    if level is Danger.NONE and _has_keystrokes(message):
        level = _level(_message(text, _untelexed))
    return level


def warm() -> None:
    """Compile the patterns now (most of a second) and not when somebody waits for an answer."""
    for text in ("a", chr(0xE1)):
        read(text)
    patterns.forget()


def about_law(text: str) -> bool:
    """Whether the text asks about the law, or about children in general, not about one child."""
    return _says("law", _message(text, written_out))


def _level(message: _Message) -> Danger:
    message = _without("idioms", message)
    if _says("cry", message):
        return Danger.NOW
    message = _of_children(message)
    if not any(_counts(message, *span) for span in chain(_named(message), _told(message))):
        return Danger.NONE
    if _says("law", message) or not _says("now", _without("not_now", message)):
        return Danger.POSSIBLE
    return Danger.NOW


def _named(message: _Message) -> Iterator[tuple[int, int]]:
    """Where danger is named by a phrase of the lists, as characters."""
    for pattern in _dangers(message.marked):
        for each in pattern.finditer(message.words):
            yield each.span()


def _told(message: _Message) -> Iterator[tuple[int, int]]:
    """Where harm is told in words that are no phrase of the lists, as characters."""
    words = message.words.split()
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    for start, end in harm.found(words, message.kinds):
        yield starts[start], starts[end]


def _of_children(message: _Message) -> _Message:
    """The message without what befalls animals and grown-ups, or happens in a film."""
    words = message.words.split()
    others = list(harm.found(words, message.kinds, "others"))
    if not others:
        return message
    for start, end in others:
        while end < len(words) and words[end] not in harm.STOPS:
            end += 1
        words[start:end] = ["#"] * (end - start)
    return _Message(f" {' '.join(words)} ", message.marked)


def _counts(message: _Message, start: int, end: int) -> bool:
    """Whether a danger that was named is neither denied, nor prevented, nor only a subject."""
    since = max(0, start - _REACH)
    if _denied().search(message.words, since, start + 1):
        return False
    subject = _subject().fullmatch(message.words, start, end + 1)
    return not (subject and _taught().search(message.words, since, start + 1))


def _message(text: str, spelt: Callable[[Sequence[str]], list[str]]) -> _Message:
    pieces = _PIECES.findall(REPEATED.sub(r"\1", clean(text).casefold()))
    words = spelt([_SIGNS.get(piece, piece) for piece in pieces])
    marked = sum(not word.isascii() for word in words)
    return _Message(f" {' '.join(words)} ", marked * _MARKED_SHARE >= len(words) > 0)


def _has_keystrokes(message: _Message) -> bool:
    """Whether an input method may have left its keystrokes in a text that is not English."""
    if message.marked or not _KEYSTROKES.search(message.words):
        return False
    return len(_english().intersection(message.words.split())) < 2


def _untelexed(words: Sequence[str]) -> list[str]:
    return written_out([untelex(word) or word for word in words])


def _says(kind: str, message: _Message) -> bool:
    return _pattern(kind, message.marked).search(message.words) is not None


def _without(kind: str, message: _Message) -> _Message:
    """The message with the phrases of that kind blotted out."""
    pattern = _pattern(kind, message.marked)
    blotted = pattern.sub(lambda found: " " + "#" * (len(found[0]) - 1), message.words)
    return _Message(blotted, message.marked)


@cache
def _pattern(kind: str, marked: bool) -> re.Pattern[str]:
    """The phrases of one kind, for texts written with marks or without."""
    return re.compile(_book().source(*_phrases(kind, marked)))


@cache
def _dangers(marked: bool) -> tuple[re.Pattern[str], ...]:
    """What names a danger, in parts: compiling it whole takes 15 MB that are never given back."""
    several = []
    for phrases, marks in _phrases("danger", marked):
        ordered = sorted(phrases)  # what begins alike stays together
        for start in range(0, len(ordered), _PART):
            part = ordered[start : start + _PART]
            several.append(re.compile(_book().source((part, marks))))
    return (*several, _pattern("told", marked))


def _phrases(kind: str, marked: bool) -> tuple[tuple[Sequence[str], Marks], ...]:
    lists = _lists()[kind]
    return (
        (lists["any"], Marks.OPTIONAL),
        (lists.get("typed", ()), Marks.EXACT if marked else Marks.OPTIONAL),
        (lists.get("exact", ()), Marks.EXACT),
    )


@cache
def _denied() -> re.Pattern[str]:
    """What makes the danger that comes next no danger: said not to be, or being prevented."""
    denial = f"{_any_of('denial', 'words')}(?:{_any_of('denial', 'between')}){{0,6}}"
    prevented = _any_of("topics", "prevented") + "(?: [^ ,!]+){0,3}"
    return re.compile(rf"(?:{denial}|{prevented}) \Z")


@cache
def _subject() -> re.Pattern[str]:
    return re.compile(f"{_any_of('topics', 'words')}(?:{_any_of('groups', 'child')})? ")


@cache
def _taught() -> re.Pattern[str]:
    return re.compile(_any_of("topics", "said_before") + r"(?: [^ ]+){0,10} \Z")


@cache
def _english() -> frozenset[str]:
    return frozenset(_lists()["english"]["any"])


@cache
def _book() -> PhraseBook:
    return PhraseBook(_lists()["groups"], _lists()["denial"]["stops"])


def _any_of(kind: str, name: str) -> str:
    return _book().source((_lists()[kind][name], Marks.OPTIONAL))


def _lists() -> dict[str, Any]:
    return wordlist("danger")
