"""Answers to a numbered list, several in one line: "1x 3+2, 4? 5@Lan"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.vietnamese.letters import WITHOUT_MARKS

Act = Literal["done", "later", "why", "give"]
MOST = 20  # answers in one line
LONGEST = 400  # letters of a line

_ONE = re.compile(
    r"(?P<number>\d{1,3})\s*"
    r"(?:(?P<done>x|xong|\u2713|\u2714|\u2705)(?!\w)"
    r"|\+\s*(?P<days>\d{1,3})(?:\s*ngay)?(?!\w)"
    r"|(?P<why>\?)"
    r"|@\s*(?P<name>[^\d,;@?+]{1,60}))",
)
_BETWEEN = re.compile(r"[\s,;.]*")


@dataclass(frozen=True)
class Answer:
    """What is said of one number: done, remind in `days`, why, hand over to `name`."""

    number: int
    act: Act
    days: int = 0
    name: str = ""


def read(text: str) -> list[Answer]:
    """The answers of a line; empty where it says anything else too."""
    low = text.lower().translate(WITHOUT_MARKS)
    if len(low) != len(text) or len(low) > LONGEST:
        return []
    found: list[Answer] = []
    at = _past(low, 0)
    while at < len(low):
        one = _ONE.match(low, at)
        if one is None or len(found) == MOST:
            return []
        found.append(_answer(one, text))
        at = _past(low, one.end())
    return found


def _past(low: str, at: int) -> int:
    """Where the next answer begins."""
    between = _BETWEEN.match(low, at)
    return between.end() if between else at


def _answer(one: re.Match[str], text: str) -> Answer:
    number = int(one["number"])
    if one["done"]:
        return Answer(number, "done")
    if one["days"]:
        return Answer(number, "later", days=int(one["days"]))
    if one["why"]:
        return Answer(number, "why")
    return Answer(number, "give", name=text[one.start("name") : one.end("name")].strip())
