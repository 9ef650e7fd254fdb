"""What is wrong in a plan file, line by line, each with what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bot.plans.vocabulary import content

_LONGEST = 40  # characters of what was written that are repeated in a message


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake, in Vietnamese and in English."""

    line: int
    vi: str
    en: str

    def says(self, language: str = "vi") -> str:
        """The mistake with its line, as people read it."""
        where = content("mistakes")["line"][language].format(line=self.line)
        return f"{where}: {self.en if language == 'en' else self.vi}"


class Mistakes(Exception):
    """Every mistake of a plan file, in the order of its lines."""

    def __init__(self, found: Iterable[Mistake]) -> None:
        self.all = tuple(sorted(set(found)))
        super().__init__("\n".join(mistake.says("en") for mistake in self.all))

    def says(self, language: str = "vi") -> str:
        """All of them, one a line."""
        return "\n".join(mistake.says(language) for mistake in self.all)


def mistake(line: int, kind: str, **holes: Any) -> Mistake:
    """A mistake of a kind of content/mistakes.toml with its holes filled."""
    said = content("mistakes")["mistake"][kind]
    shown = {hole: _shown(value) for hole, value in holes.items()}
    return Mistake(line, said["vi"].format(**shown), said["en"].format(**shown))


def unknown(line: int, kind: str, value: object, known: Iterable[str], **holes: Any) -> Mistake:
    """A word that is not in a list: the list, and the word that may have been meant."""
    listed = list(known)
    found = mistake(line, kind, value=value, known=listed, **holes)
    near = get_close_matches(str(value).casefold(), listed, 1)
    if not near or not near[0][0].isalnum():  # "=>" is as near to ">" as to ">="
        return found
    ask = content("mistakes")["near"]
    vi, en = (
        f"{said} {ask[key].format(near=near[0])}"
        for key, said in (("vi", found.vi), ("en", found.en))
    )
    return Mistake(line, vi, en)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    said = " ".join(str(value).split())
    said = "".join(letter if letter.isprintable() else "?" for letter in said)
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}\u2026"
