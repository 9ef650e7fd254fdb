"""Languages. Code carries English sentences; people read the catalogues in bot/locales."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LOCALES = Path(__file__).parent / "locales"
LANGUAGES = ("vi", "en")
Translate = Callable[[str], str]


def later(message: str) -> str:
    """Mark a message id for extraction; it is translated when it is shown."""
    return message


A_MOMENT = later("a moment")


class Speech:
    """One language: `_` for a sentence, `n` for a count, and days and times as people write them.

    Instants are given aware in UTC and shown in `zone`.
    """

    def __init__(self, language: str, zone: str = "Asia/Ho_Chi_Minh") -> None:
        self.language = language if language in LANGUAGES else "vi"
        self.zone = ZoneInfo(zone)
        catalogue = _catalogue(self.language)
        self._translate = lru_cache(4096)(catalogue.gettext)  # a message has ten labels
        self._plural = catalogue.ngettext

    def __call__(self, message: str) -> str:
        return self._translate(message) if message else ""

    def n(self, one: str, many: str, count: int, **holes: Any) -> str:
        """The plural form for `count`, with {count} and `holes` filled in."""
        return self._plural(one, many, count).format(count=self.number(count), **holes)

    def number(self, value: float) -> str:
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self.language)

    def moment(self, at: datetime) -> str:
        """Clock and day: "16:30, 20/11/2026"."""
        from babel.dates import format_datetime

        pattern = "HH:mm, dd/MM/y" if self.language == "vi" else "HH:mm, d MMM y"
        return format_datetime(at, pattern, tzinfo=self.zone, locale=self.language)

    def day(self, on: date) -> str:
        """A day: "20/11/2026"."""
        from babel.dates import format_date

        pattern = "dd/MM/y" if self.language == "vi" else "d MMM y"
        return format_date(on, pattern, locale=self.language)

    def ago(self, since: timedelta) -> str:
        """How long ago, in the largest unit: "14 ngày"."""
        from babel.dates import format_timedelta

        if since < timedelta(minutes=1):
            return self._translate(A_MOMENT)
        return format_timedelta(since, locale=self.language, threshold=1.2)


@cache
def speak(language: str, zone: str = "Asia/Ho_Chi_Minh") -> Speech:
    """The speech of a language ("vi" or "en"; anything else is "vi")."""
    return Speech(language, zone)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    folder = LOCALES / language / "LC_MESSAGES"
    compiled, source = folder / "bot.mo", folder / "bot.po"
    if not source.exists():
        return gettext.NullTranslations()
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        return gettext.GNUTranslations(_compile(source, compiled))
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)


def _compile(source: Path, compiled: Path) -> BytesIO:
    """Compiled catalogues are not kept in the repository; the first start makes them.

    Several processes may start at once, and the program may lie where it cannot write.
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file)
    made = BytesIO()
    write_mo(made, catalogue)
    half = compiled.with_suffix(f".mo.{os.getpid()}.half")
    with suppress(OSError):
        half.write_bytes(made.getvalue())
        half.replace(compiled)
    made.seek(0)
    return made
