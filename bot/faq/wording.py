"""A question as it is compared: words without marks, what is meant by them, and ages.

The order of understanding: shorthand, keystrokes of an input method, regional words, phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.faq.contents import content
from bot.faq.language import in_vietnamese, is_english
from bot.vietnamese.fold import clean
from bot.vietnamese.keystrokes import plausible, untelexed
from bot.vietnamese.letters import Word, spelled
from bot.vietnamese.shorthand import written_out

MOST_TEXT = 10_000  # characters that are looked at
_HEAD, _TAIL = 60, 120  # words: a story tells whom it is about, then asks
_WORD = re.compile(r"[^\W_]+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_REACH = 2  # words before a number that may say "under"
_BANDS = ((13, "12"), (15, "14"), (18, "16"), (120, "adult"))
_UNDER = {13: "12", 15: "14", 16: "u16", 18: "u18"}


@dataclass(frozen=True)
class Wording:
    """`words` are folded and in order; `concepts` what the phrases among them mean.

    `ages` are the bands of age that the law tells apart, `years` the ages that are said exactly;
    `outside` says that the words are about something that no entry is about.
    """

    words: tuple[str, ...]
    concepts: frozenset[str]
    ages: frozenset[str]
    years: tuple[int, ...]
    outside: bool


def wording(text: str) -> Wording:
    """How the question is worded. Never raises."""
    words = _spoken(_typed(text))
    ages, years, words = _without_ages(words)
    concepts = frozenset(name for names in _found(words, _concepts()) for name in names)
    outside = any(
        unless.isdisjoint(concepts) for rows in _found(words, _outside()) for unless in rows
    )
    return Wording(tuple(plain for plain, _ in words), concepts, ages, years, outside)


def plainly(phrase: str) -> tuple[str, ...]:
    """The words of a phrase of a content file, worded as questions are."""
    return wording(phrase).words


def fillers() -> frozenset[str]:
    """The folded words that tell little."""
    return _fillers()


def _typed(text: str) -> list[str]:
    if is_english(text):
        text = in_vietnamese(text)
    low = _DRAWN_OUT.sub(r"\1", clean(text[:MOST_TEXT]).casefold())
    words = _WORD.findall(_glued().sub(r"\1 \2", low))
    if len(words) > _HEAD + _TAIL:
        words = [*words[:_HEAD], *words[-_TAIL:]]
    return written_out(words)


@cache
def _glued() -> re.Pattern[str]:
    """A number that a unit is stuck to: "12t"."""
    units = "|".join(map(re.escape, content("words")["glued"]["units"]))
    return re.compile(rf"(?<![^\W_])(\d{{1,3}})({units})(?![^\W_])")


def _spoken(typed: Sequence[str]) -> list[Word]:
    """The words with keystrokes taken for marks and regional words for common ones."""
    return _replaced([_word(word) for each in typed for word in each.split()])


def _word(typed: str) -> Word:
    found = spelled(typed)
    plain, marks = found[0] if len(found) == 1 else (typed, frozenset())
    if marks or not plain.isascii() or plausible(plain) or plain.isdecimal():
        return plain, marks
    return untelexed(plain)


# ------------------------------------------------------------------------------------- phrases


@dataclass(frozen=True)
class _Phrases:
    """Phrases with what they mean: those of one word, and the longer ones by their first two."""

    single: Mapping[Word, Any]
    longer: Mapping[tuple[str, str], Sequence[tuple[tuple[Word, ...], Any]]]


def _found(words: Sequence[Word], phrases: _Phrases) -> Iterator[Any]:
    """What the phrases mean that stand in the words, those inside longer ones too."""
    for at in range(len(words)):
        for _, meaning in _at(words, at, phrases):
            yield meaning


def _at(words: Sequence[Word], at: int, phrases: _Phrases) -> Iterator[tuple[int, Any]]:
    """The phrases that begin there, the longest first: how many words, and what they mean.

    Marks may be missing from several words, not from one.
    """
    if at + 1 < len(words):
        for phrase, meaning in phrases.longer.get((words[at][0], words[at + 1][0]), ()):
            if _stands(words, at, phrase):
                yield len(phrase), meaning
    if words[at] in phrases.single:
        yield 1, phrases.single[words[at]]


def _stands(words: Sequence[Word], at: int, phrase: Sequence[Word]) -> bool:
    here = words[at : at + len(phrase)]
    return len(here) == len(phrase) and all(
        mine == plain and marks <= theirs
        for (mine, marks), (plain, theirs) in zip(here, phrase, strict=True)
    )


def _phrases(rows: Iterable[tuple[str, Any]]) -> _Phrases:
    single: dict[Word, Any] = {}
    longer: dict[tuple[str, str], list[tuple[tuple[Word, ...], Any]]] = {}
    for said, meaning in rows:
        phrase = tuple(spelled(said))
        if len(phrase) == 1:
            single[phrase[0]] = meaning
        else:
            longer.setdefault((phrase[0][0], phrase[1][0]), []).append((phrase, meaning))
    for listed in longer.values():
        listed.sort(key=lambda pair: -len(pair[0]))
    return _Phrases(single, longer)


@cache
def _common() -> _Phrases:
    rows = [*content("words")["said_for"].items(), *content("words")["marked"].items()]
    return _phrases((said, tuple(spelled(meant))) for said, meant in rows)


@cache
def _concepts() -> _Phrases:
    meant: dict[str, list[str]] = {}
    for name, said in content("words")["concepts"].items():
        for each in said:
            meant.setdefault(each, []).append(name)
    return _phrases((said, tuple(names)) for said, names in meant.items())


@cache
def _outside() -> _Phrases:
    rows = content("words")["outside"]
    meant: dict[str, list[frozenset[str]]] = {}
    for row in rows:
        for each in row["phrases"]:
            meant.setdefault(each, []).append(frozenset(row.get("unless", ())))
    return _phrases((said, tuple(rows)) for said, rows in meant.items())


@cache
def _fillers() -> frozenset[str]:
    return frozenset(spelled(word)[0][0] for word in content("words")["fillers"]["words"])


def _replaced(words: Sequence[Word]) -> list[Word]:
    phrases = _common()
    out: list[Word] = []
    at = 0
    while at < len(words):
        size, meant = next(_at(words, at, phrases), (1, (words[at],)))
        out += meant
        at += size
    return out


# ---------------------------------------------------------------------------------------- ages


def _without_ages(
    words: Sequence[Word],
) -> tuple[frozenset[str], tuple[int, ...], list[Word]]:
    """The bands of the ages that are said, the ages said exactly, and the words without them."""
    bands: set[str] = set()
    years: list[int] = []
    rest: list[Word] = []
    for at, word in enumerate(words):
        if not _is_age(words, at):
            rest.append(word)
            continue
        bands.add(_band(words, at))  # the number goes, the word for years stays
        if not _is_under(words, at):
            years.append(int(word[0]))
    return frozenset(bands), tuple(years), rest


def _is_age(words: Sequence[Word], at: int) -> bool:
    plain = words[at][0]
    if not plain.isdecimal() or len(plain) > 3:
        return False
    after = words[at + 1][0] if at + 1 < len(words) else ""
    return after in _age_words()["years"] or (
        int(plain) in _UNDER and after not in _counted() and _is_under(words, at)
    )


def _band(words: Sequence[Word], at: int) -> str:
    years = int(words[at][0])
    if years in _UNDER and _is_under(words, at):
        return _UNDER[years]
    return next((band for below, band in _BANDS if years < below), "adult")


def _is_under(words: Sequence[Word], at: int) -> bool:
    before = " ".join(plain for plain, _ in words[max(0, at - _REACH) : at])
    return any(before == said or before.endswith(f" {said}") for said in _age_words()["under"])


@cache
def _age_words() -> Mapping[str, Sequence[str]]:
    said = content("words")["ages"]
    return {
        kind: tuple(" ".join(plain for plain, _ in spelled(each)) for each in said[kind])
        for kind in ("years", "under", "counted")
    }


def _counted() -> Sequence[str]:
    return _age_words()["counted"]
