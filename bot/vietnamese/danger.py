"""Whether a message sounds like a child in danger, and whether it is happening now.

The words are in content/danger.toml. A text is cut into words and signs, idioms are blotted out,
and each danger that is left is asked whether it is denied, prevented or only a subject of talk.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import accumulate, chain
from typing import Any

from bot.vietnamese import alarm, harm, patterns
from bot.vietnamese.apart import together
from bot.vietnamese.keystrokes import untelex
from bot.vietnamese.letters import fold
from bot.vietnamese.memory import short_remembered
from bot.vietnamese.patterns import REPEATED, Marks, PhraseBook
from bot.vietnamese.shorthand import written_out
from bot.vietnamese.wordlists import wordlist

_PIECES = re.compile(r"[^\W_]+|!|[,.;:?\n\u2026]")
_SIGNS = dict.fromkeys(",.;:?\n\u2026", ",")
_KEYSTROKES = re.compile(r" [a-z]{0,5}[aeiouyd][a-z]{0,4}[sfrxjwd0-9][a-z]{0,3} ")
_MARKED_SHARE = 2  # with marks on half of its words a text counts as written with marks
_TWICE = re.compile(r"(.)\1+")
_PART = 70  # phrases that are compiled together
_REACH = 80  # characters before a danger in which it can be denied
_NAMED, _DENIED = "named", "denied"
_ADULT, _BEAST, _CHILD, _FILM = "adult_age", "beast", "child", "film_word"  # kinds of harm.toml
_NOTHING: frozenset[str] = frozenset()
_BOTH = 2  # English words that make a text English
_PLAIN = 8  # words: a longer text may tell of a danger and ask for something else
_DOUBTFUL = -2.5  # the score under which a few words of danger are no danger, unless in English
_UNNAMED = -1.0  # the same where no phrase names it and only kinds of words stand in an order
_RINGS = 1.0  # the score over which it rings though no rule hears anything


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

    @property
    def weighed(self) -> Sequence[str]:
        """The kinds that are said of which something was learned."""
        none = harm.unweighed()
        return [kind for kind in self.kinds if kind not in none]


@dataclass(frozen=True)
class Heard:
    """What the rules hear in a message, and how much it sounds like danger (see alarm.py)."""

    level: Danger
    score: float


@short_remembered
def read(text: str) -> Danger:
    """NOW where a danger is happening, POSSIBLE where one is spoken of, else NONE.

    A question about the law or about children in general is POSSIBLE at most. Where the rules hear
    nothing and the words sound like danger all the same, that is POSSIBLE too.
    """
    heard = listen(text)
    if heard.level is Danger.NONE and heard.score > _RINGS and not _of_living(text):
        return Danger.POSSIBLE
    return heard.level


@short_remembered
def listen(text: str) -> Heard:
    """What the rules hear, and apart from it how much the text sounds like danger."""
    message = _message(text, written_out)
    heard = _listened(message)
    if heard.level is Danger.NONE and _has_keystrokes(message):
        return _listened(_message(text, _untelexed))
    return heard


@short_remembered
def plainly(text: str) -> bool:
    """Whether a danger is told and nothing is asked: grave harm to the writer or to one child, or
    a few words that name a danger and hold no word of a question.
    """
    heard = listen(text)
    if heard.level is Danger.NONE:
        return False
    message = _message(text, written_out)
    plain = _without("idioms", message)
    if any(_own(plain, _of_children(plain))):
        return True
    if "?" in text or _says("law", message):
        return False
    if len(message.words.split()) > _PLAIN:
        return _is_sure(plain) and not _asks(message)
    least = _DOUBTFUL if _NAMED in _signs(message)[1] else _UNNAMED
    return (heard.score > least or _is_english(message)) and not _asks(message)


def denied(text: str) -> bool:
    """Whether a few words name a danger only to say that there is none, or are about living."""
    message = _message(text, written_out)
    if len(message.words.split()) > _PLAIN:
        return False
    level, signs = _signs(message)
    return level is Danger.NONE and (_DENIED in signs or _of_living(text))


def pleads(text: str) -> bool:
    """Whether the whole message is a cry for help that says nothing of what is the matter."""
    words = _message(text, written_out).words
    if len(words.split()) > _PLAIN:
        return False
    return _plea().fullmatch(words) is not None


def spoken(text: str) -> str:
    """The words of a text as phrases are looked for in it (see patterns.py)."""
    message = _message(text, written_out)
    if _listened(message).level is Danger.NONE and _has_keystrokes(message):
        return _message(text, _untelexed).words
    return message.words


def features(text: str) -> dict[str, float]:
    """The features of a text, to learn from (see tests/reading/learn.py)."""
    message = _message(text, written_out)
    return alarm.features(message.words.split(), message.weighed, _signs(message)[1])


def warm() -> None:
    """Compile the patterns and read the weights now (most of a second), not when somebody waits."""
    for text in ("a", chr(0xE1)):
        read(text)
    patterns.forget()


@short_remembered
def about_law(text: str) -> bool:
    """Whether the text asks about the law, or about children in general, not about one child."""
    return _says("law", _message(text, written_out))


def _listened(message: _Message) -> Heard:
    level, signs = _signs(message)
    return Heard(level, alarm.score(message.words.split(), message.weighed, signs))


def _signs(message: _Message) -> tuple[Danger, list[str]]:
    """The level by the rules, and what led to it."""
    signs = list[str]()
    plain = _without("idioms", message)
    if plain is not message:
        signs.append("idiom")
    if _says("cry", plain):
        return Danger.NOW, [*signs, "cry"]
    others = _of_children(plain)
    if others is not plain:
        signs.append("others")
    named, told = list(_named(others)), list(_told(others))
    signs += [sign for sign, spans in ((_NAMED, named), ("told", told)) if spans]
    counted = [_counts(others, *span) for span in chain(named, told)]
    counted += _own(plain, others)
    if not all(counted):
        signs.append(_DENIED)
    if not any(counted):
        return Danger.NONE, signs
    if _says("law", others):
        return Danger.POSSIBLE, [*signs, "law"]
    if not _says("now", _without("not_now", others)):
        return Danger.POSSIBLE, signs
    return Danger.NOW, [*signs, "now"]


def _named(message: _Message) -> Iterator[tuple[int, int]]:
    """Where danger is named by a phrase of the lists, as characters."""
    begun, at = _dangers(message.marked), 0
    words = message.words.split()
    plain = [_beginning(word) for word in words]
    for word, first, second in zip(words, plain, (*plain, "")[1:], strict=True):
        for pattern, behind in begun.get(first, ()):
            if (behind is None or second in behind) and (found := pattern.match(message.words, at)):
                yield found.span()
        at += len(word) + 1


def _told(message: _Message) -> Iterator[tuple[int, int]]:
    """Where harm is told in words that are no phrase of the lists, as characters."""
    words = message.words.split()
    starts = _starts(words)
    for start, end in harm.found(words, message.kinds):
        yield starts[start], starts[end]


def _starts(words: Sequence[str]) -> list[int]:
    """Where each word begins, with the space before it, and where behind the last one would."""
    return list(accumulate((len(word) + 1 for word in words), initial=0))


def _own(message: _Message, others: _Message) -> list[bool]:
    """For each time grave harm is told of the writer or of one child: whether it counts."""
    found = []
    for kind, said in (("own", others), ("shown", message)):
        one = _without("general", said)
        spans = (each.span() for each in _pattern(kind, one.marked).finditer(one.words))
        found += [_counts(one, *span) for span in spans]
    return found


def _is_sure(message: _Message) -> bool:
    """Whether what is told is so grave that nothing else can be meant; not of a grown-up."""
    if _ADULT in message.kinds:
        return False
    others = _of_children(message)
    words = others.words.split()
    starts = _starts(words)
    return any(
        _counts(others, starts[start], starts[end])
        for start, end in harm.found(words, others.kinds, "sure")
    )


def _asks(message: _Message) -> bool:
    if _ends().search(message.words):
        return True
    return _says("asked", message) and _says("asked", _without("not_asked", message))


def _is_english(message: _Message) -> bool:
    return len(_english().intersection(message.words.split())) >= _BOTH


def _of_living(text: str) -> bool:
    """Whether a few words only say where or with whom somebody would like to live."""
    message = _message(text, written_out)
    return len(message.words.split()) <= _PLAIN and _says("lives", message)


def _of_children(message: _Message) -> _Message:
    """The message without what befalls animals and grown-ups, or happens in a film."""
    words = message.words.split()
    others = list(harm.found(words, message.kinds, "others"))
    if not others:
        return message
    for start, end in others:
        end = _told_of_others(message, words, start, end)
        words[start:end] = ["#"] * (end - start)
    return _Message(f" {' '.join(words)} ", message.marked)


def _told_of_others(message: _Message, words: Sequence[str], start: int, end: int) -> int:
    """Where that ends which befalls no child: at the next comma, unless it goes on to a child, for
    many type no commas: "anh trai 20 tuổi đánh em", "đang xem phim thì bố vào đánh em".
    """
    behind = range(end, len(words))
    stop = next((at for at in behind if words[at] in harm.STOPS), len(words))
    rest, said = range(end, stop), message.kinds
    if end in said.get(_FILM, {}).get(start, ()):
        over = _both_ways("film_over")
        ends = (at for at in rest if words[at] in over or " ".join(words[at : at + 2]) in over)
        return next(ends, stop)
    but = _both_ways("beast_too") if start in said.get(_BEAST, ()) else _NOTHING
    if any(at in said.get(_CHILD, ()) and words[at] not in but for at in rest):
        return start if any(end in ends for ends in said.get(_ADULT, {}).values()) else end
    return stop


def _counts(message: _Message, start: int, end: int) -> bool:
    """Whether a danger that was named is neither denied, nor prevented, nor only a subject."""
    since = max(0, start - _REACH)
    if _denied().search(message.words, since, start + 1):
        return False
    subject = _subject().fullmatch(message.words, start, end + 1)
    return not (subject and _taught().search(message.words, since, start + 1))


def _message(text: str, spelt: Callable[[Sequence[str]], list[str]]) -> _Message:
    pieces = _PIECES.findall(REPEATED.sub(r"\1", together(text)))
    words = spelt([_SIGNS.get(piece, piece) for piece in pieces])
    marked = sum([not word.isascii() for word in words])
    return _Message(f" {' '.join(words)} ", marked * _MARKED_SHARE >= len(words) > 0)


def _has_keystrokes(message: _Message) -> bool:
    """Whether an input method may have left its keystrokes in a text that is not English."""
    if message.marked or not _KEYSTROKES.search(message.words):
        return False
    return not _is_english(message)


def _untelexed(words: Sequence[str]) -> list[str]:
    return written_out([untelex(word) or word for word in words])


def _says(kind: str, message: _Message) -> bool:
    return _pattern(kind, message.marked).search(message.words) is not None


def _without(kind: str, message: _Message) -> _Message:
    """The message with the phrases of that kind blotted out."""
    pattern = _pattern(kind, message.marked)
    blotted, times = pattern.subn(lambda found: " " + "#" * (len(found[0]) - 1), message.words)
    return _Message(blotted, message.marked) if times else message


@cache
def _pattern(kind: str, marked: bool) -> re.Pattern[str]:
    """The phrases of one kind, for texts written with marks or without."""
    return re.compile(_book().source(*_phrases(kind, marked)))


_Behind = frozenset[str] | None  # the words that may come next; None: any, or none at all


@cache
def _dangers(marked: bool) -> dict[str, tuple[tuple[re.Pattern[str], _Behind], ...]]:
    """What names a danger, by the word it begins with: a text is not searched, only tried there,
    and only where the next word may be the second: one try in fifty finds something.

    In parts: compiling it whole takes 15 MB that are never given back.
    """
    begun: dict[str, tuple[tuple[re.Pattern[str], _Behind], ...]] = {}
    for phrases, marks in (*_phrases("danger", marked), *_phrases("told", marked)):
        ordered = sorted(phrases)  # what begins alike stays together
        for start in range(0, len(ordered), _PART):
            part = ordered[start : start + _PART]
            pattern = re.compile(_book().source((part, marks)))
            for word, behind in _begun(part).items():
                begun[word] = (*begun.get(word, ()), (pattern, behind))
    return begun


def _begun(phrases: Sequence[str]) -> dict[str, _Behind]:
    """The words these phrases begin with, and what may come behind each of them."""
    begun: dict[str, _Behind] = {}
    for word, behind in chain.from_iterable(map(_openings, phrases)):
        before = begun.get(word, _NOTHING)
        begun[word] = None if before is None or behind is None else before | behind
    return begun


def _openings(phrase: str) -> Iterator[tuple[str, _Behind]]:
    """The words a phrase may begin with, as `_beginning` gives them, each with what comes next."""
    first, _, rest = phrase.partition(" ")
    if first.startswith("<"):
        group = first.strip("<>?").partition("!")[0]
        for each in _lists()["groups"][group]:
            yield from _openings(f"{each} {rest}".strip())
        if first.endswith("?"):
            yield from _openings(rest)
    else:
        yield _beginning(first), _second(rest)


@lru_cache(256)
def _second(rest: str) -> _Behind:
    """The words with which the rest of a phrase may begin."""
    first, _, behind = rest.partition(" ")
    if first in ("", "*") or (first.endswith("?") and not behind):
        return None
    if first.endswith("?") and _second(behind) is None:
        return None
    return frozenset(word for word, _ in _openings(rest))


@lru_cache(8192)  # more than the syllables of the language
def _beginning(word: str) -> str:
    """A word without its marks and without letters typed twice."""
    return _TWICE.sub(r"\1", fold(word) or word)


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
def _ends() -> re.Pattern[str]:
    """The words of a question that stand behind all others, but for what is polite."""
    return re.compile(rf"{_any_of('asked', 'ends')}(?:{_any_of('polite', 'words')})* \Z")


@cache
def _plea() -> re.Pattern[str]:
    polite = f"(?:{_any_of('polite', 'words')})*"
    return re.compile(f"{polite}(?:{_any_of('plea', 'any')}){polite} ")


@cache
def _both_ways(name: str) -> frozenset[str]:
    """Words of the list of others, with and without their marks."""
    words = _lists()["others"][name]
    return frozenset(words).union(fold(each) for each in words)


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
