"""From a broadcast to its messages, portion by portion; and the end of it.

A function of the database and a moment: killed between two portions, it goes on where it stood,
and the send-once keys make a portion that is written twice harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.clocks.quiet import quiet
from bot.desk import meeting_lists  # noqa: F401  its lists register themselves
from bot.desk.broadcast_lists import LISTS
from bot.desk.hiding import hide
from bot.desk.house import House
from bot.desk.telling import owe, tell, ways_to
from bot.forms.broadcast import ROLES
from bot.i18n import Speech, speak
from bot.words import Button, File, Say
from storage import areas, broadcasts, outbox
from storage.broadcasts import FAILED, Audience
from storage.records.broadcasts import Broadcast

PORTION = 200  # people at once: a commit of some hundredths of a second
GOOD_FOR = timedelta(days=3)  # a message that could not be delivered by then is not sent
WORTH_TELLING = 20  # people: of a smaller broadcast the officer has seen the end at once


def expand(connection: Connection, house: House, now: datetime) -> int:
    """Write the messages of one more portion of one broadcast that is due; how many people."""
    night = quiet(now, house.zone)
    due = broadcasts.to_expand(connection, now, night)
    if due is None:
        return 0
    number = due.id or 0
    found = broadcasts.portion(connection, audience(connection, due), due.upto, PORTION)
    broadcasts.keep(connection, number, found)
    messages = _Messages(due, house)
    outbox.put(
        connection,
        [
            messages.row(each.link_id, each.channel or "", each.language, now, key)
            for each in found
            if each.link_id and (key := broadcasts.once(number, each.person_id))
        ],
    )
    last = found[-1].person_id if found else due.upto
    broadcasts.move_on(connection, number, last, None if len(found) == PORTION else now)
    return len(found)


def audience(connection: Connection, broadcast: Broadcast) -> Audience:
    """Whom a broadcast is for, as things stand now."""
    return audience_of(connection, broadcast.content["audience"], broadcast.person_id)


def audience_of(connection: Connection, told: Mapping[str, Any], sender: int) -> Audience:
    """Whom it is for, from what was chosen: `to`, `tops` (areas), `where` (some villages), or
    `list`."""
    if told.get("list"):
        key, number = told["list"]
        known = LISTS.get(key)
        persons = known.people(connection, number) if known else ()
        return Audience(persons=tuple(persons), besides=sender)
    inside = areas.within(connection, told["tops"])
    if told.get("where"):
        inside &= areas.within(connection, told["where"])
    return Audience(ROLES[told["to"]], frozenset(inside), besides=sender)


class _Messages:
    """The message of a broadcast in each language, made once."""

    def __init__(self, broadcast: Broadcast, house: House) -> None:
        self._broadcast, self._house = broadcast, house
        self._said: dict[str, Say] = {}

    def row(
        self, link_id: int, channel: str, language: str, now: datetime, once: str
    ) -> dict[str, Any]:
        """The outbox row for one link."""
        if language not in self._said:
            speech = speak(language, self._house.timezone)
            self._said[language] = message(
                speech, self._broadcast.content, self._broadcast.id or 0, self._broadcast.urgent
            )
        said = self._said[language]
        row = owe(link_id, channel, said, now, "push", once=once, expires=GOOD_FOR)
        urgent = self._broadcast.urgent
        priority = outbox.UNCOUNTED if urgent else outbox.BROADCAST
        return {**row, "by_day": not urgent, "priority": priority}


def message(_: Speech, content: Mapping[str, Any], number: int, urgent: bool) -> Say:
    """What everybody reads; `number` 0 is a test."""
    head = _("URGENT – the commune announces:") if urgent else _("The commune announces:")
    return Say(
        f"{head}\n{hide(content['text'], [])}",
        (Button(f"b.got.{number}", _("Received")), Button("m.menu", _("Menu"), nav=True)),
        files=tuple(File(photo, "photo") for photo in content.get("photos", ())),
        urgent=urgent,
    )


def again(connection: Connection, house: House, broadcast: Broadcast, now: datetime) -> int:
    """Try once more whom it did not reach: on another channel of theirs if there is one, else on
    the same if it is open. Returns how many messages are under way."""
    number = broadcast.id or 0
    found = broadcasts.missed(connection, number, 5 * PORTION)
    open_ways = ways_to(connection, house, [each.person_id for each in found], now)
    messages, rows = _Messages(broadcast, house), []
    for each in found:
        theirs = open_ways.get(each.person_id, [])
        others = [way for way in theirs if way.link_id != each.link_id] or theirs
        if others and (
            key := broadcasts.try_again(
                connection, number, each.person_id, each.tries, others[0].link_id
            )
        ):
            rows.append(messages.row(others[0].link_id, others[0].channel, each.language, now, key))
    outbox.put(connection, rows)
    if rows:
        broadcasts.again(connection, number)
    return len(rows)


def end(connection: Connection, house: House, now: datetime) -> int:
    """Tell each officer once when all of a large broadcast has left; returns how many ended."""
    ended = 0
    for each in broadcasts.to_end(connection):
        number = each.id or 0
        if broadcasts.end(connection, number, now):
            ended += 1
            states = broadcasts.tally(connection, number)
            if each.recalled_at is None and _worth_telling(states):
                outbox.put(connection, _told(connection, house, each, states, now))
    return ended


def _worth_telling(states: Mapping[str, int]) -> bool:
    lost = sum(states.get(state, 0) for state in (*FAILED, "unreached"))
    return sum(states.values()) > WORTH_TELLING or lost > 0


def _told(
    connection: Connection,
    house: House,
    broadcast: Broadcast,
    states: Mapping[str, int],
    now: datetime,
) -> list[dict[str, Any]]:
    number, whole = broadcast.id or 0, sum(states.values())
    there = states.get("sent", 0) + states.get("read", 0)

    def build(_: Speech) -> Say:
        text = _("Announcement {number} has been sent: it reached {there} of {whole}.")
        filled = text.format(number=number, there=_.number(there), whole=_.number(whole))
        return Say(filled, (Button(f"b.view.{number}", _("How far it is")),))

    times = f"b.{number}-end.{sum(states.values())}.{there}"
    rows = tell(
        connection, house, [broadcast.person_id], build, now, times, "push", timedelta(days=1)
    )
    return [{**row, "by_day": True} for row in rows]
