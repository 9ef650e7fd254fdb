"""Watching over the channels: lost tokens, a nightly trial, and windows that are about to shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.desk.house import House
from bot.desk.telling import owe, tell, ways_to
from bot.i18n import Speech, speak
from bot.i18n import later as _
from bot.windows import reach
from bot.words import Button, Say
from storage import outbox, people, reaching, tokens
from storage.reaching import Way

TRIAL_HOUR = 20  # of the village: late enough to be the day's last, early enough to be read
ASK_FROM, ASK_UNTIL = 8, 20  # nobody is asked at night
AT_ONCE = 500
ASK_BEFORE = timedelta(hours=24)
NAMES = {
    "web": _("the web"),
    "telegram": "Telegram",
    "zalo_bot": _("the Zalo bot"),
    "zalo_oa": _("the Zalo official account"),
}
TOKENS_LOST = _(
    "⚠ {channel} can send nothing any more: its tokens are lost. Make a new refresh token, put it "
    "into the settings and restart; see the page for operators, «Zalo»."
)
TRIAL = _("✅ Nightly trial: messages reach you by {channel}. There is nothing to do.")
STILL_THERE = _(
    "Nobody has heard from you here for days, and soon {channel} will not let me write to you any "
    "more. Please tap or write anything, so that news of the children still reaches you."
)
HERE = "m.here"


def run(connection: Connection, house: House, now: datetime) -> int:
    """Put into the outbox what is due; returns how many rows that makes.

    What waits for a channel that is not set up any more goes by another one of the person.
    """
    _stranded(connection, house, now)
    rows = [
        *_tokens_lost(connection, house, now),
        *_trials(connection, house, now),
        *_taps(connection, house, now),
    ]
    known = reaching.owed_before(connection, [row["once"] for row in rows])
    new = [row for row in rows if row["once"] not in known]
    outbox.put(connection, new)
    return len(new)


def _stranded(connection: Connection, house: House, now: datetime) -> None:
    if not house.channels:
        return
    found = reaching.stranded(connection, house.channels, now, AT_ONCE)
    ways = ways_to(connection, house, {person for _, person in found}, now) if found else {}
    for message, person in found:
        if open_ways := reaching.untold(connection, message, ways.get(person, [])):
            way = open_ways[0]
            reaching.reroute(connection, message, way.link_id, way.channel, "one not set up")


def _tokens_lost(connection: Connection, house: House, now: datetime) -> list[dict[str, Any]]:
    """A channel that cannot send tells whoever runs the bot, by the others, once a day."""
    rows: list[dict[str, Any]] = []
    for channel, since in tokens.failed(connection):
        once = f"channel:{channel}:tokens:{since:%Y%m%d%H%M}:{(now - since).days}"
        whom = _operators(connection)
        rows += tell(connection, house, whom, _say(TOKENS_LOST, channel), now, once, "alarm")
    return rows


def _trials(connection: Connection, house: House, now: datetime) -> list[dict[str, Any]]:
    """Every evening one message through each channel, to whoever runs the bot."""
    local = now.astimezone(house.zone)
    if local.hour < TRIAL_HOUR:
        return []
    rows = []
    for way in _ways(connection, house, _operators(connection)):
        once = f"channel:{way.channel}:trial:{local:%Y%m%d}:{way.link_id}"
        rows.append(_push(connection, house, now, way, TRIAL, once, timedelta(hours=4)))
    return rows


def _taps(connection: Connection, house: House, now: datetime) -> list[dict[str, Any]]:
    """Who is about to get out of reach is asked for a sign, once a window, by day."""
    if not ASK_FROM <= now.astimezone(house.zone).hour < ASK_UNTIL:
        return []
    if not any(terms.open for terms in house.terms.values()):
        return []
    ways = _ways(connection, house, reaching.expecting(connection))
    rows = []
    for way in ways:
        terms = house.terms[way.channel]
        if terms.open is None or way.last_seen_at is None or _other_way(house, ways, way, now):
            continue
        shuts_at = way.last_seen_at + terms.open
        if now < shuts_at <= now + ASK_BEFORE:
            once = f"channel:{way.channel}:tap:{way.link_id}:{shuts_at:%Y%m%d%H%M}"
            rows.append(_push(connection, house, now, way, STILL_THERE, once, shuts_at - now))
    return rows


def _other_way(house: House, ways: list[Way], but: Way, now: datetime) -> bool:
    """Whether the person can be reached, with a ring, by something that does not shut."""
    return any(
        way.person_id == but.person_id
        and way.link_id != but.link_id
        and house.terms[way.channel].rings
        and reach(house.terms[way.channel], way.last_seen_at, now).state == "free"
        for way in ways
    )


def _push(
    connection: Connection,
    house: House,
    now: datetime,
    way: Way,
    text: str,
    once: str,
    expires: timedelta,
) -> dict[str, Any]:
    person = people.one(connection, way.person_id)
    speech = speak(person.language if person else "vi", house.timezone)
    message = _say(text, way.channel)(speech)
    row = owe(way.link_id, way.channel, message, now, "push", once=once, expires=expires)
    return {**row, "priority": outbox.UNCOUNTED}  # the line itself: tomorrow it is too late


def _say(text: str, channel: str) -> Callable[[Speech], Say]:
    def build(_: Speech) -> Say:
        buttons = () if text == TOKENS_LOST else (Button(HERE, _("I am here")),)
        return Say(_(text).format(channel=_(NAMES.get(channel, channel))), buttons)

    return build


def _operators(connection: Connection) -> list[int]:
    return people.on_duty(connection, None, "admin")


def _ways(connection: Connection, house: House, persons: list[int]) -> list[Way]:
    return [way for way in reaching.ways(connection, persons) if way.channel in house.terms]
