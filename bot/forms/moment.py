"""A moment to come as people type it; the words for it are in content/clock.toml."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.forms.model import Kind, Reply, Scene, Unclear, Value
from bot.i18n import Speech
from bot.i18n import later as _
from bot.vietnamese import numbers
from bot.vietnamese.fold import fold

NOW = "now"
_NOON, _DAWN = 12, 5
_WEEK = timedelta(days=7)
_HALF_A_YEAR = timedelta(days=183)
_FURTHEST = timedelta(days=366)
_HINT = _("Please write a day and an hour to come, for example: 8:00 tomorrow, 14:30 25/11.")
_CONTENT = Path(__file__).parent / "content" / "clock.toml"
_VALUE = re.compile(r"(\d{4}-\d\d-\d\d)?T\d\d:\d\d")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(_CONTENT.read_text(encoding="utf-8"))


@cache
def _clock() -> re.Pattern[str]:
    units = "|".join(fold(unit) for unit in _words()["units"])
    half = "|".join(fold(word) for word in _words()["half"])
    behind = rf"(?:{units}) ?(?P<minutes>\d\d(?![\d/.-]))?(?P<half> ?(?:{half}))?(?![a-z0-9])"
    return re.compile(rf"(?<!\d)(?P<hour>\d\d?) ?(?:{behind}|:(?P<colon>\d\d)(?!\d))")


def hour(text: str) -> time | None:
    """The one hour of the clock that a text names; None when it names none, or several."""
    plain = _plain(text)
    found = list(_clock().finditer(plain))
    if len(found) != 1:
        return None
    said = found[0]
    minutes = int(said["minutes"] or said["colon"] or (30 if said["half"] else 0))
    value = _by_part(int(said["hour"]), plain)
    return time(value, minutes) if value < 24 and minutes < 60 else None


def hour_and_minute(value: float) -> tuple[int, int]:
    """An hour as it is kept, 19.5, as the clock has it: (19, 30)."""
    return divmod(round(value * 60), 60)


def clock_words(_: Speech, at: int, minute: int = 0) -> str:
    """An hour of the clock as people say it."""
    if minute:
        return _(_AND_MINUTES).format(hour=at, minute=f"{minute:02}")
    return _(_HOUR).format(hour=at)


_HOUR, _AND_MINUTES = _("{hour}:00"), _("{hour}:{minute}")


def _by_part(value: int, plain: str) -> int:
    said = set(plain.split())
    parts = {name for name, words in _words()["parts"].items() if {fold(w) for w in words} & said}
    if (value == _NOON and parts & {"evening", "night"}) or ("night" in parts and value < _DAWN):
        return value % _NOON  # "12 giờ đêm" is no noon, "2 giờ đêm" no afternoon
    if parts & {"afternoon", "evening", "night"} and value < _NOON:
        return value + _NOON
    return value + _NOON if "noon" in parts and value < _NOON - 2 else value


def _plain(text: str) -> str:
    """The text without tone marks; the signs of clocks and dates stay."""
    parts = re.split(r"([:/.-])", text)
    return "".join(part if part in ":/.-" else fold(part) for part in parts)


def moment() -> Kind:
    """A moment to come, local: "YYYY-MM-DDTHH:MM", without a day "THH:MM", or "now"."""

    def read(reply: Reply, scene: Scene) -> Value:
        if fold(reply.text) in {fold(word) for word in _words()["now"]}:
            return NOW
        at = None if reply.value else hour(reply.text)
        if at is None or len(reply.text) > 60:
            raise Unclear(_HINT)
        on = day_to_come(reply.text, scene.today)
        if on is None:
            return f"T{at:%H:%M}"
        if not scene.today <= on <= scene.today + _FURTHEST:
            raise Unclear(_HINT)
        return f"{on}T{at:%H:%M}"

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, str) and (value == NOW or bool(_VALUE.fullmatch(value)))

    return Kind(read, fits=fits, show="moment", wants_digits=True)


def day_to_come(text: str, today: date) -> date | None:
    """The day a text names; of a weekday the next one, of a date without a year one to come."""
    found = numbers.day(_rest(text), today)
    if found is None or found >= today:
        return found
    rest, a_day = _rest(text), timedelta(days=1)
    if not re.search(r"\d[/.-]\d", rest) and numbers.day(rest, today + a_day) != found + a_day:
        return found + _WEEK if today - found < _WEEK else found  # a weekday
    if today - found > _HALF_A_YEAR and not re.search(r"\d{4}", rest):
        return found.replace(year=found.year + 1)
    return found


def _rest(text: str) -> str:
    """The text without its hour, so that what is left is the name of a day."""
    units = "|".join((*_words()["units"], *map(fold, _words()["units"])))
    clock = rf"(?<!\d)\d\d? ?(?:(?:{units})(?![^\W\d_]) ?(?:\d\d(?![\d/.-]))?|:\d\d)"
    return re.sub(clock, " ", text, flags=re.IGNORECASE).strip(" ,")


def resolve(value: Value, now: datetime) -> datetime:
    """The moment that a value means, seen from `now` (aware, local)."""
    if value == NOW or value is None:
        return now
    day, _t, clock = str(value).partition("T")
    at = time.fromisoformat(clock)
    if day:
        return datetime.combine(date.fromisoformat(day), at, tzinfo=now.tzinfo)
    today = datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    return today if today > now else today + timedelta(days=1)
