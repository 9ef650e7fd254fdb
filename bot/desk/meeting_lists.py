"""The people of an outreach meeting, as lists that a broadcast can go to.

Who checks in stays unknown, so these are the people we know: who is invited and who called the
meeting, and those of them who said that they will come.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.desk.broadcast_lists import PeopleList, register
from bot.forms.outreach_event import KIND, OUTREACH_EVENT, UNATTENDED
from bot.i18n import Speech
from bot.i18n import later as _
from storage import areas, meeting_answers, meetings
from storage.records.outreach import OutreachEvent

BEFORE, AHEAD = timedelta(days=7), timedelta(days=31)  # meetings that there is something to say of
MOST = 8  # of them in one message


def invited(connection: Connection, event: OutreachEvent) -> list[int]:
    """Who is invited to a meeting, and who called it."""
    return list(dict.fromkeys([*meeting_answers.invited(connection, event), event.person_id]))


def coming(connection: Connection, event: OutreachEvent) -> list[int]:
    """Who said that they will come, at the day and hour that hold now."""
    return [person for person, comes in meeting_answers.of(connection, event).items() if comes]


People = Callable[[Connection, OutreachEvent], Sequence[int]]
# By the key of the list, letters only: what it is called, and who stands on it.
WHO: dict[str, tuple[str, People]] = {
    "meeting": (_("Who is invited: {meeting}"), invited),
    "coming": (_("Who said they will come: {meeting}"), coming),
}


def lists(connection: Connection, event: OutreachEvent) -> list[str]:
    """The keys of the lists of a meeting on which somebody stands."""
    return [key for key, (_label, stand) in WHO.items() if stand(connection, event)]


def near(connection: Connection, inside: Collection[str], today: date) -> list[OutreachEvent]:
    """The meetings of these days to which people come, those still ahead first."""
    found = meetings.between(connection, inside, today - BEFORE, today + AHEAD)
    attended = [event for event in found if event.kind not in UNATTENDED]
    return sorted(attended, key=lambda event: (event.held_on < today, event.held_on))[:MOST]


def words(connection: Connection, _: Speech, event: OutreachEvent) -> str:
    """A meeting in a few words: kind, place, day."""
    kind = _(KIND[event.kind]) if event.kind in KIND else _(OUTREACH_EVENT.title)
    area = areas.one(connection, event.area or event.commune or "")
    return ", ".join(
        part for part in (kind, area.name if area else "", _.day(event.held_on)) if part
    )


def _name(key: str, connection: Connection, _: Speech, code: str, inside: Collection[str]) -> str:
    event = meetings.by_code(connection, code)
    if event is None or event.state == "cancelled" or event.kind in UNATTENDED:
        return ""
    if not {event.area, event.commune} & {*inside}:
        return ""
    return _(WHO[key][0]).format(meeting=words(connection, _, event))


def _people(key: str, connection: Connection, code: str) -> Sequence[int]:
    event = meetings.by_code(connection, code)
    return WHO[key][1](connection, event) if event else []


def register_all() -> None:
    """Make every list of WHO known to the broadcasts."""
    for key in WHO:
        register(key, PeopleList(partial(_name, key), partial(_people, key)))


register_all()
