"""What must not go out on a code_only channel is marked in words that people wrote themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.vietnamese.fold import fold
from bot.words import private

_NUMBER = r"\+?\d[\d .-]{7,}\d"
_WORD = re.compile(r"[^\W\d_]+")


def hide(words: str, names: Iterable[str]) -> str:
    """Mark these names, also typed without tone marks, and long numbers, as personal."""
    known = {each for name in names if name for each in (name, fold(name))}
    longest_first = sorted(known, key=len, reverse=True)
    patterns = [*(rf"\b{re.escape(name)}\b" for name in longest_first), _NUMBER]
    return re.sub("|".join(patterns), lambda found: private(found[0]), words, flags=re.IGNORECASE)


def number_told(words: str) -> bool:
    """Whether there is a number in it that somebody may be called on."""
    return bool(re.search(_NUMBER, words))


def known_names(text: str, names: Iterable[str]) -> list[str]:
    """Those of these names that stand in a text, each once: the whole name however it is typed,
    or the word by which people are called, written as a name and not first in a sentence.
    """
    plain = f" {' '.join(_WORD.findall(fold(text)))} "
    found = []
    for name in dict.fromkeys(names):
        words = name.split()
        whole = f" {' '.join(_WORD.findall(fold(name)))} "
        called = rf"(?<=[^\s.!?:…] ){re.escape(words[-1])}\b" if words else ""
        if len(words) > 1 and whole in plain:
            found.append(name)
        elif called and words[-1].istitle() and re.search(called, text):
            found.append(words[-1])
    return list(dict.fromkeys(found))


def names_told(answers: Mapping[str, Any]) -> Iterator[str]:
    """What looks like a name in the answers of a report: two or more capitals in a row.

    The name that was given is one, and so is its last word, by which people are called.
    """
    given = answers.get("name")
    if isinstance(given, str) and given.istitle():
        yield from (given, given.split()[-1])
    for value in answers.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                yield from _capitals(text)


def names_meant(text: str) -> Iterator[str]:
    """Whatever could be a name in words that go to somebody: also a single capital in the middle of
    a sentence. More is hidden than has to be: what a name is, nobody can tell for sure."""
    yield from _capitals(text)
    for found in _WORD.finditer(text):
        before = text[: found.start()].rstrip(" ")
        if found[0].istitle() and before and before[-1] not in ".!?:…\n":
            yield found[0]


def _capitals(text: str) -> Iterator[str]:
    run: list[re.Match[str]] = []
    for word in [*_WORD.finditer(text), None]:
        follows = word and run and text[run[-1].end() : word.start()] == " "
        if word and word[0][0].isupper() and (follows or not run):
            run.append(word)
            continue
        if len(run) > 1:
            yield text[run[0].start() : run[-1].end()]
        run = [word] if word and word[0][0].isupper() else []
