"""What a day had no room for: told of in the next morning message, and read one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.desk import courtesy
from bot.desk.house import House
from bot.desk.shortening import cut
from bot.i18n import Speech
from bot.i18n import later as _
from bot.words import Button, Say
from storage import allowance
from storage.allowance import Notice

if TYPE_CHECKING:
    from bot.desk.desk import Desk

SHOWN = 3  # in one morning message; the others are read after these
LINE = 90  # letters of a message in its line
HEAD = _("News that has waited since the day before:")


def crowded(connection: Connection, house: House, now: datetime, limit: int) -> list[int]:
    """People for whom so much waits that one message tells of all of it."""
    return allowance.crowded(connection, courtesy.day_of(house, now), limit)


def of(
    connection: Connection, house: House, persons: Collection[int], now: datetime
) -> dict[int, list[Notice]]:
    """What waits for each of these people."""
    found: dict[int, list[Notice]] = {}
    for notice in allowance.held(connection, persons, courtesy.day_of(house, now)):
        found.setdefault(notice.person_id, []).append(notice)
    return found


def lines(news: Sequence[Notice], _: Speech) -> list[str]:
    """A line for each, the oldest first."""
    shown = [f"• {_short(each, LINE)}" for each in news[:SHOWN]]
    if (rest := len(news) - SHOWN) > 0:
        shown.append(_.n("and {count} more", "and {count} more", rest))
    return shown


def buttons(news: Iterable[Notice]) -> list[Button]:
    """A button to read each; from the last shown one goes on to the others."""
    return [Button(f"l.{each.id}", _short(each)) for each in list(news)[:SHOWN]]


def _short(notice: Notice, most: int | None = None) -> str:
    words = " ".join(Say.from_json(notice.payload).text.split())
    return cut(words, most) if most else cut(words)


def read(desk: Desk, number: str) -> Say | None:
    """One of them as it was written, with the way to the next; None when it is not this person's
    or is forgotten."""
    if not number.isdecimal() or len(number) > 15:
        return None
    found = allowance.told_of(desk.connection, desk.person.person_id, int(number))
    at = next((at for at, each in enumerate(found) if each.id == int(number)), None)
    if at is None:
        return None
    say, __ = Say.from_json(found[at].payload), desk._
    nav = [Button("m.menu", __("Menu"), nav=True)]
    if at + 1 < len(found):
        nav.insert(0, Button(f"l.{found[at + 1].id}", __("Next news"), nav=True))
    own = [button for button in say.buttons if button.value != "m.menu"]
    return Say(say.text, (*own, *nav), calls=say.calls, links=say.links, files=say.files)
