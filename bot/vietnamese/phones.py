"""Telephone numbers of Viet Nam, however they were typed."""

from __future__ import annotations

import re

from bot.vietnamese.tokens import lowered

_RUN = re.compile(r"(?<![\w+])\+?[\d(][\d .()\-\u2010-\u2014]*")
_ABROAD = re.compile(r"\+?84(?:0(?=\d{9,10}$))?")
_SHORTEST = 10  # characters
_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02\d{9}")


def phone(text: str) -> str | None:
    """The first Vietnamese number in the text as digits with a leading 0, or None.

    Mobile numbers have ten digits, landlines with their area code eleven. A run of digits that is
    neither is not cut down to fit.
    """
    if len(text) < _SHORTEST:  # as most answers are
        return None
    for run in _RUN.findall(lowered(text)):
        for piece in (run, *run.split()):
            if found := _normal(piece):
                return found
    return None


def _normal(piece: str) -> str | None:
    digits = re.sub(r"[^\d+]", "", piece)
    national = _ABROAD.sub("0", digits, count=1) if digits.startswith(("+84", "84")) else digits
    known = _MOBILE.fullmatch(national) or _LANDLINE.fullmatch(national)
    return national if known else None
