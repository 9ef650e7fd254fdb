"""Words that somebody in distress draws out or types letter by letter: "cuuuuu", "c ứ u", "c.o.n".

A text is touched only where three letters stand alone in a row, or a cry is drawn out, and letters
are put together only where they make syllables: "U B N D" and "lớp 6 a b c" stay as they are.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from bot.vietnamese.clean import clean
from bot.vietnamese.keystrokes import plausible
from bot.vietnamese.letters import fold
from bot.vietnamese.wordlists import wordlist

_LETTER, _NO_WORD_BEFORE, _NO_WORD_BEHIND = r"[^\W\d_]", r"(?<![^\W_])", r"(?![^\W_])"
_SIGN = r"[.\-_*+~/]"
_ALONE = rf"{_LETTER}(?:(?:{_SIGN}{{1,3}}| {{1,2}}){_LETTER}{_NO_WORD_BEHIND}){{2,}}"
_APART = re.compile(_NO_WORD_BEFORE + _ALONE)
_MAY_BE_APART = re.compile(rf"[ .\-_*+~/]{_LETTER}[ .\-_*+~/]{{1,3}}{_LETTER}{_NO_WORD_BEHIND}")
_BY_SIGNS = re.compile(rf"{_NO_WORD_BEFORE}{_LETTER}(?:{_SIGN}{{1,3}}{_LETTER}{_NO_WORD_BEHIND})+")
_BY_SPACES = re.compile(rf"{_NO_WORD_BEFORE}{_LETTER}(?: {_LETTER}{_NO_WORD_BEHIND}){{2,}}")
_NEXT = re.compile(rf" ({_LETTER}{{1,4}}){_NO_WORD_BEHIND}")
_WIDE, _BETWEEN_WORDS = "  ", re.compile(r"\s{2,}")
_LONGEST, _MOST = 7, 60  # letters of a syllable; and that are looked at in one row
_LEAST = 3  # letters of the longest syllable: "k a i" is shorthand, "c u u" is not

_ENGLISH = frozenset(("help", "helpme", "sos"))
_CLOSED = re.compile("(?:uu|[aeo]u|[aou]i|[ae]o|ay|iu|uy[ae]u)[cmnpt]")  # ends already: no "cuut"


def together(text: str) -> str:
    """The text clean and small, with what was typed apart or drawn out as it is usually written."""
    parts = _BETWEEN_WORDS.split(text) if _WIDE in text else [text]
    text = _WIDE.join(clean(part) for part in parts).casefold()
    if _MAY_BE_APART.search(text) and _APART.search(text):
        text = _put_together(text)
    return _cried(text) if _drawn().search(text) else text


def _cried(text: str) -> str:
    """The text with its cries as they are written: without marks where nothing else has any."""
    cry = wordlist("apart")["cry"]
    rest = _drawn().sub("", text)
    if rest.isascii() and rest.strip():
        cry = fold(cry)
    thanks = tuple(wordlist("apart")["thanks"])

    def written(found: re.Match[str]) -> str:
        return found[0] if text[: found.start()].rstrip().endswith(thanks) else cry

    return _drawn().sub(written, text)


@cache
def _drawn() -> re.Pattern[str]:
    """A cry that is drawn out, or spelt as the young and the hurried do."""
    lists = wordlist("apart")
    vowel = f"[{lists['vowels']}]"
    ways = "|".join(map(re.escape, lists["misspelt"]))
    return re.compile(rf"\b(?:c{vowel} ?{vowel}{{2,}}|(?:{ways})u*)\b")


def _put_together(text: str) -> str:
    text = _BY_SIGNS.sub(lambda found: _syllables(_letters(found[0])) or found[0], text)
    text = " ".join(_one_word(part) for part in text.split(_WIDE))
    at = 0
    while found := _BY_SPACES.search(text, at):
        words, end = _syllables(_letters(found[0])), found.end()
        behind = None if words else _NEXT.match(text, end)
        if behind and (words := _syllables(_letters(found[0] + behind[0]))):
            end = behind.end()  # its last letter begins the next word: "c ứ u c on"
        words = words or found[0]
        text = text[: found.start()] + words + text[end:]
        at = found.start() + len(words)
    return text


def _one_word(part: str) -> str:
    """What stands between wide spaces, as one word where it is one that was typed apart."""
    letters = part.split()
    if len(letters) < 2 or min(map(len, letters)) > 1:
        return part
    word = "".join(letters)
    return word if len(word) <= _LONGEST and _is_syllable(fold(word)) else part


def _letters(apart: str) -> str:
    return "".join(char for char in apart if char.isalpha())


def _syllables(letters: str) -> str:
    """The letters cut into syllables, or nothing where they make none."""
    if len(letters) > _MOST:
        return ""
    if letters in _ENGLISH:
        return letters
    ends = _cut(fold(letters))
    if ends is None or max(ends) < _LEAST:
        return ""
    words, at = list[str](), 0
    for length in ends:
        words.append(letters[at : at + length])
        at += length
    return " ".join(words)


def _is_syllable(plain: str) -> bool:
    return plausible(plain) and not _CLOSED.search(plain)


@lru_cache(512)
def _cut(plain: str) -> tuple[int, ...] | None:
    """How long each syllable is, the first as long as may be; None where it cannot be cut."""
    if not plain:
        return ()
    for length in range(min(_LONGEST, len(plain)), 0, -1):
        if _is_syllable(plain[:length]) and (rest := _cut(plain[length:])) is not None:
            return length, *rest
    return None
