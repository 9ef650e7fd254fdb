"""Everyday shorthand and regional words, written out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.vietnamese.letters import WITHOUT_MARKS
from bot.vietnamese.wordlists import wordlist

_GLUED = re.compile(r"\b(\d+)(t|h|k|kg|tr)\b")


@dataclass(frozen=True)
class _Rule:
    """`long` is meant where the neighbours are among those named; None: any neighbour will do."""

    long: tuple[str, ...]
    after: frozenset[str] | None
    before: frozenset[str] | None
    not_after: frozenset[str]
    not_before: frozenset[str]

    def holds(self, left: str, right: str) -> bool:
        return (
            (self.after is None or left in self.after)
            and (self.before is None or right in self.before)
            and left not in self.not_after
            and right not in self.not_before
        )


def spell_out(folded: str) -> str:
    """Folded text with its shorthand written out: "k bt 12t" is "khong biet 12 tuoi".

    What may be an ordinary word is left alone unless its neighbours decide. Doing it twice changes
    nothing.
    """
    return " ".join(written_out(_GLUED.sub(r"\1 \2", folded).split()))


def written_out(words: Sequence[str]) -> list[str]:
    """The words with shorthand replaced by the (folded) words it stands for; others untouched."""
    always, sometimes = _always(), _sometimes()
    out = list(words)
    if not always.keys().isdisjoint(out):
        out = [each for word in words for each in always.get(word, (word,))]
    while not sometimes.keys().isdisjoint(out):
        again = _in_company(out, sometimes)
        if again == out:
            break
        out = again
    return out


@cache
def shorthand() -> frozenset[str]:
    """Every word that may be shorthand."""
    return frozenset((*_always(), *_sometimes()))


def _in_company(words: Sequence[str], rules: Mapping[str, Sequence[_Rule]]) -> list[str]:
    out: list[str] = []
    for at, word in enumerate(words):
        listed = rules.get(word)
        if listed is None:  # as nearly every word
            out.append(word)
            continue
        left = _neighbour(words[at - 1]) if at else "^"
        right = _neighbour(words[at + 1]) if at + 1 < len(words) else "$"
        out += next((rule.long for rule in listed if rule.holds(left, right)), (word,))
    return out


def _neighbour(word: str) -> str:
    return "#" if word.isdecimal() else word.translate(WITHOUT_MARKS)


@cache
def _always() -> dict[str, tuple[str, ...]]:
    return {short: tuple(long.split()) for short, long in wordlist("shorthand")["always"].items()}


@cache
def _sometimes() -> dict[str, list[_Rule]]:
    rules: dict[str, list[_Rule]] = {}
    for entry in wordlist("shorthand")["sometimes"]:
        rule = _Rule(
            long=tuple(entry["long"].split()),
            after=frozenset(entry["after"]) if "after" in entry else None,
            before=frozenset(entry["before"]) if "before" in entry else None,
            not_after=frozenset(entry.get("not_after", ())),
            not_before=frozenset(entry.get("not_before", ())),
        )
        for short in entry["short"]:
            rules.setdefault(short, []).append(rule)
    return rules
