"""Meetings to come: who is invited, moved, told that it is off, and reminded the day before.

What is due is found in the tables: a meeting whose people were told of an earlier state of it than
the one that holds. The morning message of the day before is made by a duty; on a day off, which
has no morning message, a push takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.desk import courtesy, planning
from bot.desk.duty_sources import of_meeting
from bot.desk.house import House
from bot.desk.meeting_card import head_words, topic_words
from bot.desk.telling import tell
from bot.forms.outreach_event import UNATTENDED
from bot.i18n import Speech
from bot.i18n import later as _
from bot.words import Button, Say, private
from storage import areas, duties, meeting_answers, meetings, outbox
from storage.records.outreach import OutreachEvent

AT_ONCE = 20  # meetings of one tick
MEETING = "meeting"  # the source of the duty that reminds of one
_HEADS = {
    "invited": _("You are invited: {meeting}"),
    "moved": _("The meeting has a new time or place: {meeting}"),
    "off": _("This meeting does not take place: {meeting}"),
    "tomorrow": _("Tomorrow: {meeting}"),
}
_EARLIER = _("It was to be: {meeting}")
_CODE = _("At the meeting, check in with the code {code}.")


def run(connection: Connection, house: House, calendar: Calendar, now: datetime) -> int:
    """Tell people what is new of the meetings to come, and remind them; how many meetings."""
    today = now.astimezone(house.zone).date()
    found = meeting_answers.untold(connection, today, AT_ONCE)
    for event in found:
        if event.kind not in UNATTENDED:  # nobody is invited to a loudspeaker
            _tell(connection, house, calendar, event, now)
        meeting_answers.told(connection, event, courtesy.awake(house, now))
        _plan(connection, house, calendar, event, now)
    return len(found) + _remind(connection, house, calendar, today, now)


def _plan(
    connection: Connection, house: House, calendar: Calendar, event: OutreachEvent, now: datetime
) -> None:
    """The duty that reminds of it, in place of the one for its earlier time."""
    duties.close(connection, MEETING, event.code, now)
    for again in meeting_answers.ahead(connection, event.held_on, event.held_on):
        if again.id == event.id:
            due = of_meeting(connection, again, calendar)
            planning.put(connection, house, calendar, [due] if due else [], now)


def _tell(
    connection: Connection, house: House, calendar: Calendar, event: OutreachEvent, now: datetime
) -> None:
    """An invitation to who has had none; what has changed to who has."""
    begins = f"{courtesy.NOTICE}meeting:{event.code}:"
    outbox.take_back(connection, begins, now)
    knows = {int(key.rpartition(":p")[2]) for key in outbox.left(connection, begins)}
    off = event.state == "cancelled"
    by = event.details.get("by", event.person_id)
    whom = [event.person_id, *meeting_answers.invited(connection, event)]
    for person in dict.fromkeys(whom):
        known = person in knows or (person == event.person_id and event.revision > 0)
        if person != by and (known or not off):
            what = "off" if off else "moved" if known else "invited"
            _push(connection, house, calendar, event, person, what, now)


def _push(
    connection: Connection,
    house: House,
    calendar: Calendar,
    event: OutreachEvent,
    person: int,
    what: str,
    now: datetime,
) -> None:
    once = f"{courtesy.NOTICE}meeting:{event.code}:{event.revision}"
    build = words(connection, event, what, asked=person != event.person_id)
    rows = tell(connection, house, [person], build, now, once)
    at = when(house, calendar, event, now)
    _put(connection, house, event, rows, at)


def _put(
    connection: Connection,
    house: House,
    event: OutreachEvent,
    rows: Iterable[dict[str, Any]],
    at: datetime,
) -> None:
    held = {"not_before": at, "expires_at": begin_of(event, house), "by_day": True}
    outbox.put(connection, [{**row, **held} for row in rows])


def when(house: House, calendar: Calendar, event: OutreachEvent, now: datetime) -> datetime:
    """When people are told: as any other notice; but what would come too late for that, as soon
    as nobody sleeps."""
    at = courtesy.when(house, calendar, now)
    earlier = _earlier(event)  # nobody is to go there on the day that holds no more
    first = min(event.held_on, earlier.held_on) if earlier else event.held_on
    in_time = at.astimezone(house.zone).date() < first - timedelta(days=1)
    return at if in_time else courtesy.awake(house, now)


def begin_of(event: OutreachEvent, house: House) -> datetime:
    """When a meeting begins; the end of its day where no hour is told."""
    if (begins := meetings.begins(event)) is None:
        return datetime.combine(event.held_on + timedelta(days=1), time(), house.zone)
    return datetime.combine(event.held_on, begins, house.zone)


def words(
    connection: Connection, event: OutreachEvent, what: str, *, asked: bool
) -> Callable[[Speech], Say]:
    """A message about a meeting in somebody's language; with buttons for who is `asked` to come."""
    names = areas.names(connection, [event.area] if event.area else [])
    place = names.get(event.area or "", "") or private(str(event.details.get("typed_village", "")))

    def build(_: Speech) -> Say:
        lines = [_(_HEADS[what]).format(meeting=head_words(_, event, place))]
        view = Button(f"o.view.{event.code}", _("See this meeting"))
        menu = Button("m.menu", _("Menu"), nav=True)
        if what == "off":
            return Say(lines[0], (menu,))
        if what == "moved" and (earlier := _earlier(event)):
            lines.append(_(_EARLIER).format(meeting=head_words(_, earlier, place)))
        if exactly := str(event.details.get("place", "")):
            lines.append(f"• {_('Place')}: {private(exactly.removeprefix('/'))}")
        if topics := topic_words(_, event):
            lines.append(f"• {_('Topic')}: {', '.join(topics)}")
        lines.append(_(_CODE).format(code=event.code))
        return Say("\n".join(lines), (*(answers(event, _) if asked else ()), view, menu))

    return build


def answers(event: OutreachEvent, _: Speech) -> tuple[Button, Button]:
    """What somebody who is invited can say."""
    return (
        Button(f"o.come.{event.code}", _("I am coming")),
        Button(f"o.stay.{event.code}", _("I cannot come")),
    )


def _earlier(event: OutreachEvent) -> OutreachEvent | None:
    """The meeting as it stood when people were told before, if its day or hour was another."""
    told = event.details.get("before")
    if not isinstance(told, dict):
        return None
    details = {**event.details, "minute": told.get("minute", 0)}
    was = {"held_on": date.fromisoformat(told["held_on"]), "hour": told["hour"]}
    earlier = event.model_copy(update={**was, "details": details})
    same = (earlier.held_on, meetings.begins(earlier)) == (event.held_on, meetings.begins(event))
    return None if same else earlier


def _remind(
    connection: Connection, house: House, calendar: Calendar, today: date, now: datetime
) -> int:
    """On a day off: tomorrow's meetings, to everybody who has not said they cannot come."""
    late_enough = now.astimezone(house.zone).time() >= courtesy.NOTICES_FROM
    if calendar.is_working(today) or not late_enough or courtesy.awake(house, now) > now:
        return 0
    tomorrow = today + timedelta(days=1)
    found = [
        event
        for event in meeting_answers.ahead(connection, tomorrow, tomorrow)
        if event.reminded_on != today and told_before(event, house.zone, today)
    ]
    for event in found:
        due = of_meeting(connection, event, calendar)
        once = f"meeting:{event.code}:{event.revision}:{today}"
        for person in due.people if due else ():
            build = words(connection, event, "tomorrow", asked=person != event.person_id)
            _put(connection, house, event, tell(connection, house, [person], build, now, once), now)
        meeting_answers.reminded(connection, event, today)
    return len(found)


def told_before(event: OutreachEvent, zone: Any, day: date) -> bool:
    """Whether people heard of it on an earlier day than this one: else that was the reminder."""
    return event.told_at is not None and event.told_at.astimezone(zone).date() < day
