"""Short answers and words that steer: yes, no, I don't know, back, skip, cancel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from bot.vietnamese.clean import clean
from bot.vietnamese.letters import WORD, Word, fold, spelled
from bot.vietnamese.memory import short_remembered
from bot.vietnamese.shorthand import written_out
from bot.vietnamese.wordlists import wordlist

Said = tuple[Word, ...]

_LONGEST = 60  # characters; a longer message is never one word
_PLAINLY = re.compile(r"[\w\s.,!:()\ufe0f\u20e3]+")  # "-1" is no choice; a keycap is one
_DIGITS = 2  # of a number of what is offered
_ONLY_QUESTION_MARKS = re.compile(r"[?\s]*\?[?\s]*")


def yes_no(text: str) -> bool | None:
    """True for a plain yes, False for a plain no, None for anything else."""
    for said in _ways_to_read(text, "", "_answers"):
        if (meant := _meant(said, "yes_no")) is not None:
            return meant == "yes"
    return None


@short_remembered
def unknown(text: str) -> bool:
    """Whether the message says no more than that its writer does not know."""
    if _ONLY_QUESTION_MARKS.fullmatch(clean(text)):
        return True
    ways = _ways_to_read(text, "", "_answers")
    return any(_meant(said, "unknown") is not None for said in ways)


@short_remembered
def command(text: str) -> str | None:
    """The command that is the whole message: "back", "skip", "edit", "edit:3", ..., or None."""
    for said in _ways_to_read(text, ""):
        if meant := _meant(said, "commands") or _numbered(said):
            return meant
    return None


@short_remembered
def refused(text: str) -> bool:
    """Whether the message only says that its writer has none to give, or would rather not."""
    ways = _ways_to_read(text, "", "_answers")
    return yes_no(text) is False or any(_meant(said, "refused") for said in ways)


@short_remembered
def choice(text: str) -> int:
    """The number of what is offered that is the whole message, with words around it that say no
    more ("option 4 please"); 0 if there is none."""
    if not any(map(str.isdecimal, text)) or not _PLAINLY.fullmatch(text):
        return 0
    before = wordlist("words")["choice"]["before"]
    for *words, (last, _) in _ways_to_read(text, ""):
        number = last.isdecimal() and len(last) <= _DIGITS
        if number and (not words or _among(words, before)):
            return int(last)
    return 0


def answer_to(question: str, text: str) -> str | None:
    """The answer to a question of "answers_to" in words.toml that the whole message is."""
    meanings = _meanings_of(question)
    for said in _ways_to_read(text, "", "_answers"):
        for words, meaning in meanings.get(_plain(said), ()):
            if _is(said, words):
                return meaning
    return None


def _ways_to_read(text: str, *polite: str) -> Iterator[Said]:
    """The message as it stands, then with less and less of the politeness around it.

    An answer is also read with its shorthand written out: "ko bit", "ko dc".
    """
    if len(text) > _LONGEST:
        return
    said = _as_typed(text)
    yield from _less_polite(said, *polite)
    if "_answers" in polite and (longer := _written_out(text)) != said:
        yield from _less_polite(longer, *polite)


@short_remembered
def _as_typed(text: str) -> Said:
    return tuple(spelled(text))


@short_remembered
def _written_out(text: str) -> Said:
    """With its shorthand in full. What was typed with marks keeps them: Hồng is not "hong"."""
    return tuple(spelled(" ".join(written_out(WORD.findall(clean(text).casefold())))))


def _less_polite(said: Said, *polite: str) -> Iterator[Said]:
    yield said
    before, after = _polite(polite)
    shorter = said
    while size := _begins(shorter, before.get(shorter[0][0], ()) if shorter else ()):
        shorter = shorter[size:]
        yield shorter
    for rest in (said, shorter):
        while size := _ends(rest, after.get(rest[-1][0], ()) if rest else ()):
            rest = rest[:-size]
            yield rest


def _begins(said: Said, phrases: Iterable[Said]) -> int:
    """How many words the longest of the phrases takes off; 0 where nothing would be left."""
    sizes = [len(p) for p in phrases if len(p) < len(said) and _is(said[: len(p)], p)]
    return max(sizes, default=0)


def _ends(said: Said, phrases: Iterable[Said]) -> int:
    sizes = [len(p) for p in phrases if len(p) < len(said) and _is(said[-len(p) :], p)]
    return max(sizes, default=0)


@cache
def _polite(kinds: tuple[str, ...]) -> tuple[dict[str, list[Said]], dict[str, list[Said]]]:
    """The polite phrases by their first word, and by their last."""
    lists = wordlist("words")["polite"]
    before: dict[str, list[Said]] = {}
    after: dict[str, list[Said]] = {}
    for kind in kinds:
        for said in map(tuple, map(spelled, lists[f"before{kind}"])):
            before.setdefault(said[0][0], []).append(said)
        for said in map(tuple, map(spelled, lists[f"after{kind}"])):
            after.setdefault(said[-1][0], []).append(said)
    return before, after


def _meant(said: Said, kind: str) -> str | None:
    for words, meaning in _meanings(kind).get(_plain(said), ()):
        if _is(said, words):
            return meaning
    return None


def _numbered(said: Said) -> str | None:
    *words, (last, _) = said or (("", frozenset()),)
    if not (words and last.isdecimal() and len(last) <= 2):
        return None
    lists = wordlist("words")["numbered"]
    for size in range(1, len(words) + 1):
        verb, thing = words[:size], words[size:]
        if _among(verb, lists["edit"]) and (not thing or _among(thing, lists["things"])):
            return f"edit:{int(last)}"
    return None


def _among(said: Iterable[Word], phrases: Iterable[str]) -> bool:
    return any(_is(tuple(said), tuple(spelled(each))) for each in phrases)


def _is(said: Said, words: Said) -> bool:
    return _plain(said) == _plain(words) and all(
        mine <= theirs for (_, mine), (_, theirs) in zip(said, words, strict=True)
    )


def _plain(said: Said) -> str:
    return " ".join(word for word, _ in said)


@cache
def _meanings(kind: str) -> dict[str, list[tuple[Said, str]]]:
    """Folded message -> what it may mean, each with the marks it may be typed with."""
    return _by_message(wordlist("words")[kind])


@cache
def _meanings_of(question: str) -> dict[str, list[tuple[Said, str]]]:
    return _by_message(wordlist("words")["answers_to"][question])


def _by_message(listed: Mapping[str, Iterable[str]]) -> dict[str, list[tuple[Said, str]]]:
    meanings: dict[str, list[tuple[Said, str]]] = {}
    for meaning, messages in listed.items():
        for message in messages:
            meanings.setdefault(fold(message), []).append((tuple(spelled(message)), meaning))
    return meanings
