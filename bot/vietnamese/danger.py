"""Whether a message sounds like a child in danger, and whether it is happening now."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from bot.vietnamese.clean import clean
from bot.vietnamese.keystrokes import untelex
from bot.vietnamese.letters import WITHOUT_MARKS
from bot.vietnamese.patterns import REPEATED, Marks, PhraseBook
from bot.vietnamese.shorthand import written_out
from bot.vietnamese.wordlists import wordlist


class Danger(enum.IntEnum):
    """How loudly a message should ring."""

    NONE = 0
    POSSIBLE = 1
    NOW = 2


_PIECES = re.compile(r"[^\W_]+|!|[,.;:?\n\u2026]")
_SIGNS = dict.fromkeys(",.;:?\n\u2026", ",")
_KEYSTROKES = re.compile(r" [a-z]*[aeiouyd][a-z]*[sfrxjwd0-9][a-z]* ")
_MARKED_SHARE = 3  # with marks on a third of its words a text counts as written with marks
_REACH = 80  # characters before a danger that can deny it


@dataclass(frozen=True)
class _Message:
    """A text with its words apart, as typed and without marks: letter stands above letter."""

    typed: str
    marked: bool

    @property
    def plain(self) -> str:
        return self.typed.translate(WITHOUT_MARKS)


@dataclass(frozen=True)
class _Kind:
    """One kind of phrase, ready to be found in any message."""

    plain: re.Pattern[str]
    marked: re.Pattern[str]
    unmarked: re.Pattern[str]

    def said(self, message: _Message) -> bool:
        return next(self.spans(message), None) is not None

    def spans(self, message: _Message) -> Iterator[tuple[int, int]]:
        for found in self.plain.finditer(message.plain):
            yield found.span()
        pattern = self.marked if message.marked else self.unmarked
        for found in pattern.finditer(message.typed):
            yield found.span()


def read(text: str) -> Danger:
    """NOW where a danger is happening, POSSIBLE where one is spoken of, else NONE.

    A question about the law or about children in general is POSSIBLE at most.
    """
    message = _message(text, written_out)
    level = _level(message)
    if level is Danger.NONE and not message.marked and _KEYSTROKES.search(message.typed):
        level = _level(_message(text, _untelexed))
    return level


def about_law(text: str) -> bool:
    """Whether the text asks about the law, or about children in general, not about one child."""
    return _general().search(_message(text, written_out).typed) is not None


def _level(message: _Message) -> Danger:
    message = _without(_idioms(), message)
    if _cry().said(message):
        return Danger.NOW
    if not any(_counts(message, *span) for span in _danger().spans(message)):
        return Danger.NONE
    if _general().search(message.typed) or not _now().said(_without(_not_now(), message)):
        return Danger.POSSIBLE
    return Danger.NOW


def _message(text: str, spelt: Callable[[list[str]], list[str]]) -> _Message:
    pieces = _PIECES.findall(REPEATED.sub(r"\1", clean(text).casefold()))
    words = spelt([_SIGNS.get(piece, piece) for piece in pieces])
    marked = sum(not word.isascii() for word in words)
    return _Message(f" {' '.join(words)} ", marked * _MARKED_SHARE >= len(words) > 0)


def _untelexed(words: list[str]) -> list[str]:
    return written_out([untelex(word) or word for word in words])


def _without(pattern: re.Pattern[str], message: _Message) -> _Message:
    """The message with what the pattern finds blotted out, every other letter in its place."""
    blotted = pattern.sub(lambda found: " " + "#" * (len(found[0]) - 1), message.typed)
    return _Message(blotted, message.marked)


def _counts(message: _Message, start: int, end: int) -> bool:
    """Whether a danger that was named is neither denied, nor prevented, nor only a subject."""
    since = max(0, start - _REACH)
    if _denied().search(message.typed, since, start + 1):
        return False
    subject = _subject().fullmatch(message.typed, start, end + 1)
    return not (subject and _taught().search(message.typed, since, start + 1))


@cache
def _book() -> PhraseBook:
    lists = wordlist("danger")
    return PhraseBook(lists["groups"], lists["denial"]["stops"])


def _kind(name: str) -> _Kind:
    lists = wordlist("danger")[name]
    any_, typed, exact = (lists.get(each, ()) for each in ("any", "typed", "exact"))
    return _Kind(
        plain=_book().pattern((any_, Marks.OFF)),
        marked=_book().pattern((typed, Marks.EXACT), (exact, Marks.EXACT)),
        unmarked=_book().pattern((typed, Marks.OPTIONAL), (exact, Marks.EXACT)),
    )


def _forgiving(*path: str) -> str:
    """The regular expression of a list in which marks may be missing."""
    found = wordlist("danger")
    for key in path:
        found = found[key]
    return _book().source((found, Marks.OPTIONAL))


@cache
def _danger() -> _Kind:
    return _kind("danger")


@cache
def _cry() -> _Kind:
    return _kind("cry")


@cache
def _now() -> _Kind:
    return _kind("now")


@cache
def _idioms() -> re.Pattern[str]:
    return re.compile(_forgiving("idioms", "words"))


@cache
def _not_now() -> re.Pattern[str]:
    return re.compile(_forgiving("not_now", "words"))


@cache
def _general() -> re.Pattern[str]:
    return re.compile(_forgiving("law", "words"))


@cache
def _denied() -> re.Pattern[str]:
    """What makes the danger that comes next no danger: said not to be, or being prevented."""
    denial = _forgiving("denial", "words") + f"(?:{_forgiving('denial', 'between')}){{0,4}}"
    prevented = _forgiving("topics", "prevented") + "(?: [^ ,!]+){0,3}"
    return re.compile(rf"(?:{denial}|{prevented}) \Z")


@cache
def _subject() -> re.Pattern[str]:
    child = _forgiving("groups", "child")
    return re.compile(f"{_forgiving('topics', 'words')}(?:{child})? ")


@cache
def _taught() -> re.Pattern[str]:
    return re.compile(_forgiving("topics", "said_before") + r"(?: [^ ]+){0,10} \Z")
