"""Telex and VNI keystrokes that an input method left in the text: "phoos", "pho61" for phố."""

from __future__ import annotations

import re
from functools import cache

from bot.vietnamese.letters import fold
from bot.vietnamese.wordlists import wordlist

_ROOF, _HORN, _BREVE, _STROKE = "\u0302", "\u031b", "\u0306", "\u0335"
_DOUBLED = re.compile(r"([aeo])(.*?)\1+")
_TYPED = re.compile(r"[a-z]+[0-9a-z]*")


def untelex(word: str) -> str:
    """The folded word that these keystrokes were meant to give, or the word folded as it stands.

    A word that is a plausible syllable already is believed: "as" gives "a", but "an" stays "an".
    """
    return untelexed(word)[0]


def untelexed(word: str) -> tuple[str, frozenset[str]]:
    """As `untelex`, with the marks that were typed as keystrokes (none when nothing was)."""
    plain = fold(word)
    if plausible(plain) or not _TYPED.fullmatch(plain):
        return plain, frozenset()
    return _vni(plain) or _telex(plain) or (plain, frozenset())


def plausible(plain: str) -> bool:
    """Whether a folded word can be a Vietnamese syllable."""
    return _syllable().fullmatch(plain) is not None


def _vni(plain: str) -> tuple[str, frozenset[str]] | None:
    keys = wordlist("spelling")["vni"]
    letters = "".join(char for char in plain if not char.isdecimal())
    marks = {keys.get(char) for char in plain if char.isdecimal()}
    if letters == plain or None in marks or not plausible(letters):
        return None
    return letters, frozenset(mark for mark in marks if mark)


def _telex(plain: str) -> tuple[str, frozenset[str]] | None:
    keys = wordlist("spelling")["telex"]
    first = next((at for at, char in enumerate(plain) if char in "aeiouyw"), len(plain))
    head, tail = plain[:first], plain[first:]
    marks = {keys[char] for char in tail if char in keys}
    tail = "".join(char for char in tail if char not in keys)
    if head.startswith("dd") or (head == "d" and tail.endswith("d")):
        head, tail, marks = head[:1], tail.removesuffix("d"), marks | {_STROKE}
    if "w" in tail:
        marks |= {_HORN if re.search("[ou].*w|^w", tail) else _BREVE}
        tail = re.sub("^w", "u", tail).replace("w", "")
    if not plausible(head + tail) and _DOUBLED.search(tail):
        tail = _DOUBLED.sub(r"\1\2", tail, count=1)
        marks |= {_ROOF}
    return (head + tail, frozenset(marks)) if plausible(head + tail) else None


@cache
def _syllable() -> re.Pattern[str]:
    parts = wordlist("spelling")
    first, middle, last = ("|".join(parts[part]) for part in ("first", "middle", "last"))
    return re.compile(rf"(?:{first})?(?:{middle})(?:{last})?")
