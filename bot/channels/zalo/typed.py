"""A Say where buttons are few or none: options with numbers, and words to write. Pure.

The numbers are those by which the desk understands: all buttons without `nav`, from 1. Where an
open question wants a number itself, and for whatever only steers, the label is written instead.
The options stand in the last part of a long message, the numbers to ring in the first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot import words
from bot.i18n import later as _
from bot.i18n import speak
from bot.lengths import begin, split, units, whole
from bot.words import Button, Call, Link, Say

MAX_TEXT = 2000  # of one message, on both surfaces
_MAX_NUMBERS = 500  # of what numbers to ring may take

BOTH = _("✍ Type {numbers}, or write: {words}")
NUMBERS = _("✍ Type {numbers}")
WORDS = _("✍ Or write: {words}")


@dataclass(frozen=True)
class Drawn:
    """The texts of one message in their order, and what hangs on the last as real buttons."""

    parts: tuple[str, ...]
    buttons: tuple[Button | Call | Link, ...] = ()


def draw(say: Say, most_buttons: int = 0) -> Drawn:
    """`say` for a channel that takes texts of 2,000 and `most_buttons` buttons a message."""
    numbered, named, native = _shared_out(say, most_buttons)
    menu = clean(_menu(say, numbered, named))
    links = [link for link in say.links if link not in native]
    lines = [text for link in links if (text := clean(_pair(link.label, link.url)))]
    body = "\n\n".join(part for part in (clean(say.text), "\n".join(lines)) if part)
    parts = _with_menu(_with_numbers(body, say.calls), menu)
    if not parts and native:
        parts = ["👇"]  # buttons need something to hang on
    return Drawn(tuple(parts), native)


def clean(text: str) -> str:
    """The text as it is sent and counted: NFC, without half surrogates and marks of privacy."""
    bare = whole(words.for_policy(text, "code_only"))
    return unicodedata.normalize("NFC", bare).strip()


def _shared_out(
    say: Say, most: int
) -> tuple[list[Button], list[Button], tuple[Button | Call | Link, ...]]:
    """What is numbered, what is answered by its words, and what is a real button."""
    answers = [button for button in say.buttons if not button.nav]
    ways = [button for button in say.buttons if button.nav]
    native: list[Button | Call | Link]
    numbered: list[Button] = []
    if len(answers) <= most:
        native, named = [*answers, *ways[: most - len(answers)]], ways[most - len(answers) :]
    elif say.takes_digits:
        native, named = [*ways[:most]], [*answers, *ways[most:]]
    else:
        native, numbered, named = [*ways[:most]], answers, ways[most:]
    more: list[Button | Call | Link] = [*say.calls, *say.links]
    return numbered, named, (*native, *more[: most - len(native)])


def _menu(say: Say, numbered: Sequence[Button], named: Sequence[Button]) -> str:
    _ = speak(say.language)
    told = set(re.findall(r"^\d+\. ", say.text, re.MULTILINE))
    lines = [
        line
        for place, button in enumerate(numbered, 1)
        if (line := _option(place, button.label, told))
    ]
    numbers = "1" if len(numbered) == 1 else f"1–{len(numbered)}"
    labels = " · ".join(button.label for button in named)
    if numbered:
        hint = BOTH if named else NUMBERS
        lines.append(_(hint).format(numbers=numbers, words=labels))
    elif named:
        lines.append(_(WORDS).format(words=labels))
    return "\n".join(lines)


def _option(place: int, label: str, told: Collection[str]) -> str:
    """An option with its number; "" where the label begins with it and the text has its line."""
    number = f"{place}. "
    if not label.startswith(number):
        return f"{number}{label}"
    return "" if number in told else label


def _with_numbers(body: str, calls: Sequence[Call]) -> list[str]:
    """The body in parts, with every number to ring in the first."""
    missing = [call for call in calls if not _names(body[:MAX_TEXT], call.number)]
    lines = begin("\n".join(_ring(call) for call in missing), _MAX_NUMBERS)
    if not lines:
        return split(body, MAX_TEXT)
    first, *others = split(body, MAX_TEXT, MAX_TEXT - units(lines) - 2) or [""]
    return ["\n\n".join(part for part in (first, lines) if part), *others]


def _with_menu(parts: list[str], menu: str) -> list[str]:
    if not menu:
        return parts
    if parts and units(parts[-1]) + units(menu) + 2 <= MAX_TEXT:
        return [*parts[:-1], f"{parts[-1]}\n\n{menu}"]
    return [*parts, *split(menu, MAX_TEXT)]


def _ring(call: Call) -> str:
    label, number = clean(call.label), clean(call.number)
    return f"☎ {label if _names(label, number) else _pair(label, number)}"


def _pair(label: str, what: str) -> str:
    return f"{label}: {what}" if label else what


def _names(text: str, number: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text) is not None
