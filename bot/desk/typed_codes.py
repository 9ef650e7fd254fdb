"""Codes as people type them: with words around them, cut in two, a sign short.

Only what the text looks like; what a code opens is known to the storage.
"""

from __future__ import annotations

import re
from functools import cache

from bot.vietnamese import numbers
from bot.vietnamese.fold import fold
from bot.vietnamese.wordlists import wordlist
from storage.invitations import CODE_LENGTH, LONG, looks_like_one

_PIECE = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# "VT-26-7K2M9Q" with whatever stands in place of the dashes; the signs that codes do without (I, L
# and O) are read as the digits they look like.
_CASE_CODE = re.compile(
    r"(?<![^\W_])vt[\W_]{0,3}(\d\d)[\W_]{0,3}([0-9a-tv-z]{6})(?![^\W_])", re.IGNORECASE
)
_LOOKS_LIKE = str.maketrans("OIL", "011")
_CASE = re.compile(r"vt\W?\d\d\W?[0-9a-z]{6}", re.IGNORECASE)  # as long as an invitation code
# Six digits, or twelve while somebody is guessing (no number to call or of an identity card).
_DIGITS = r"([1-7]\d{2}(?: ?\d{3}){3}|\d{3} ?\d{3})"
_LONGEST = 60  # characters of a message that says a code and hardly more
_LONGEST_TEXT = 2000  # characters of a forwarded invitation


def case_code(text: str) -> str:
    """The first case code in a text, as it is written by us; "" if there is none."""
    found = _CASE_CODE.search(text)
    return f"VT-{found[1]}-{found[2].upper().translate(_LOOKS_LIKE)}" if found else ""


def invitation(text: str) -> str:
    """The invitation code that a whole message is, perhaps after "my code is"; "" if none."""
    pieces = _pieces(text)
    whole = "".join(pieces)
    if not looks_like_one(whole) or numbers.phone(whole) or _CASE.fullmatch(whole):
        return ""
    return whole if len(pieces) == 1 or _in_pieces(pieces) else ""


def forwarded(text: str) -> str:
    """What could be an invitation code among other words, as in a forwarded text; "" if nothing.

    There is a digit and a letter in it, so that no word of a report is taken for one.
    """
    if len(text) > _LONGEST_TEXT or not any(letter.isdigit() for letter in text):
        return ""
    for piece in _PIECE.findall(text):
        if looks_like_one(piece) and _mixed(piece) and not _CASE.fullmatch(piece):
            return str(piece)
    return ""


def signs_of_a_wrong_length(text: str) -> int:
    """How many signs a message has that is an invitation code with one too few or too many; 0."""
    pieces = _pieces(text)
    whole = "".join(pieces).replace("-", "")
    near = len(whole) in (CODE_LENGTH - 1, CODE_LENGTH + 1) and whole.isascii()
    if not near or not (len(pieces) == 1 or _in_pieces(pieces)):
        return 0
    digits = sum(letter.isdigit() for letter in whole)
    return len(whole) if digits >= 2 and len(whole) - digits >= 2 else 0


def one_time_code(text: str) -> str:
    """The digits of the one-time code that a whole message is, perhaps after "my code is"."""
    if len(text) > _LONGEST:
        return ""
    said = fold(text)
    found = re.fullmatch(_DIGITS, said) or _after_its_name().fullmatch(said)
    return found[1].replace(" ", "") if found else ""


def is_long(code: str) -> bool:
    """Whether a one-time code is of the length of those made while somebody is guessing."""
    return len(code) == LONG


def _pieces(text: str) -> list[str]:
    """The words of a short message, without "my code is" before them."""
    if len(text) > _LONGEST:
        return []
    pieces: list[str] = _PIECE.findall(text)
    plain = [fold(piece) for piece in pieces]
    for before in _before():
        if tuple(plain[: len(before)]) == before and len(plain) > len(before):
            return pieces[len(before) :]
    return pieces


def _in_pieces(pieces: list[str]) -> bool:
    """Whether words next to each other are one code: two halves, or a digit in each."""
    halves = len(pieces) == 2 and len(pieces[0]) == len(pieces[1]) and _mixed("".join(pieces))
    return halves or (_mixed("".join(pieces)) and all(map(_has_digit, pieces)))


def _mixed(text: str) -> bool:
    return _has_digit(text) and any(letter.isalpha() for letter in text)


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


@cache
def _before() -> list[tuple[str, ...]]:
    """What is said before a code, the longest first."""
    listed = [tuple(fold(said).split()) for said in wordlist("words")["code"]["before"]]
    return sorted(listed, key=len, reverse=True)


@cache
def _after_its_name() -> re.Pattern[str]:
    names = "|".join(" ".join(words) for words in _before())
    after = "|".join(map(fold, wordlist("words")["polite"]["after"]))
    return re.compile(rf"(?:{names}) {_DIGITS}(?: (?:{after}))?")
