"""The one message of the morning: numbered duties; before it, what is overdue goes up a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.clocks.reminding import next_reminder, overdue_step
from bot.clocks.table import Text, content, spoken
from bot.desk import courtesy, held_over
from bot.desk.house import House
from bot.desk.planning import days_of
from bot.desk.shortening import cut
from bot.desk.telling import owe, ways_to
from bot.i18n import Speech, speak
from bot.i18n import later as _
from bot.words import Button, Say, private
from storage import absences, allowance, duties, mornings, outbox, people
from storage.allowance import Notice
from storage.records.duties import Duty

PEOPLE_AT_ONCE, STEPS_AT_ONCE = 2000, 2000
MOST = 9  # numbers in one message; the rest is behind a button
UP = {  # who hears of what is overdue, by who should have done it: first the deputy's step
    "collaborator": (("officer",), ("leader",), ("admin",)),
    "officer": (("officer", "on_call"), ("leader",), ("admin",)),
}


def run(connection: Connection, house: House, calendar: Calendar, now: datetime) -> int:
    """On working days from the morning hour on: escalate, then write to everybody who has
    something that asks for attention; how many people that were."""
    local = now.astimezone(house.zone)
    if not courtesy.may_write(house, calendar, now):
        return 0
    _escalate(connection, house, calendar, now)
    asking = duties.to_remind(connection, now, PEOPLE_AT_ONCE)
    asking += held_over.crowded(connection, house, now, PEOPLE_AT_ONCE)
    if not asking:
        return 0
    today = local.date()
    groups = _groups(connection, asking, today)
    hours = mornings.hours(connection, list(groups), house.morning)
    # Who stands in for an early riser is not woken earlier than they chose.
    now_due = {person: theirs for person, theirs in groups.items() if hours[person] <= local.time()}
    return _write(connection, house, calendar, now_due, now, today) if now_due else 0


def _groups(connection: Connection, asking: Iterable[int], today: date) -> dict[int, list[int]]:
    """Who is written to now, and for whom: themselves, and everybody they stand in for."""
    away = absences.stand_ins(connection, today)
    groups = {away.get(person, person): [away.get(person, person)] for person in sorted(asking)}
    for person, stand_in in away.items():
        if stand_in in groups:
            groups[stand_in].append(person)
    return groups


# --- overdue -----------------------------------------------------------------------------------


class _Rungs:
    """Who is where, looked up once a tick: who hears of what is overdue, and at which hour."""

    def __init__(self, connection: Connection, house: House, now: datetime) -> None:
        self._connection, self._house, self._now = connection, house, now
        self._today = now.astimezone(house.zone).date()
        self._holding: dict[tuple[str | None, tuple[str, ...]], list[int]] = {}
        self._alike: dict[tuple[object, ...], set[int]] = {}
        self._hours: dict[int, time] = {}

    def holding(self, area: str | None, roles: tuple[str, ...]) -> list[int]:
        """Who has one of these roles for an area."""
        if (area, roles) not in self._holding:
            self._holding[area, roles] = people.on_duty(self._connection, area, *roles)
        return self._holding[area, roles]

    def holders(self, duty: Duty) -> set[int]:
        """Who has the same duty of the commune: they are reminded of it as it is."""
        key = (duty.source, duty.subject, duty.due_on, duty.area)
        if key not in self._alike:
            self._alike[key] = duties.holders_of_the_same(self._connection, duty)
        return self._alike[key]

    def at(self, person: int) -> datetime:
        """When a superior hears of it: at their hour of this morning."""
        if person not in self._hours:
            self._hours |= mornings.hours(self._connection, [person], self._house.morning)
        at = courtesy.morning(self._house, self._today, self._hours[person])
        return max(at, self._now)


def _escalate(connection: Connection, house: House, calendar: Calendar, now: datetime) -> None:
    found = duties.to_escalate(connection, now, STEPS_AT_ONCE)
    theirs = people.roles_of(connection, list({duty.person_id for duty in found}))
    rungs = _Rungs(connection, house, now)
    for duty in found:
        held = [role for role, _area in theirs.get(duty.person_id, ())]
        whom, step = _superiors(duty, held, rungs.holding)
        last = step >= 2
        next_at = None if last else courtesy.dawn(house, overdue_step(duty.due_on, 1, calendar))
        if next_at is not None and next_at <= now:  # the server was down: a day later
            after = now.astimezone(house.zone).date()
            next_at = courtesy.dawn(house, calendar.next_working(after))
        if duties.escalated(connection, duty, step, next_at):
            told = [person for person in whom if person not in rungs.holders(duty)]
            duties.watch(connection, duty.id or 0, told, now, rungs.at)


def _superiors(
    duty: Duty, held: Sequence[str], holding: Callable[[str | None, tuple[str, ...]], list[int]]
) -> tuple[list[int], int]:
    """Who hears of an overdue duty now, and which step that is; a step without anybody is
    passed over."""
    above = UP["officer" if set(held) & {"officer", "on_call", "leader"} else "collaborator"]
    for step in range(duty.step, len(above)):
        if whom := [p for p in holding(duty.area, above[step]) if p != duty.person_id]:
            return whom, step + 1
    return [], len(above)


# --- writing -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One number of a list: an own duty, one of somebody stood in for, or those of others."""

    duties: tuple[Duty, ...]
    of_others: bool = False
    instead_of: str = ""

    @property
    def item(self) -> list[int]:
        ids = [duty.id or 0 for duty in self.duties]
        return [0, *ids] if self.of_others else ids


def _write(
    connection: Connection,
    house: House,
    calendar: Calendar,
    groups: Mapping[int, Sequence[int]],
    now: datetime,
    today: date,
) -> int:
    everybody = [person for group in groups.values() for person in group]
    own: dict[int, list[Duty]] = {}
    # Of who is stood in for, what asks later in this morning comes in the same message.
    until = courtesy.notices_from(house, today)
    asking = duties.asking(connection, everybody, max(until, now))
    for duty in asking:
        own.setdefault(duty.person_id, []).append(duty)
    others: dict[int, list[Duty]] = {}
    for superior, duty in duties.watched(connection, everybody, max(until, now)):
        others.setdefault(superior, []).append(duty)
    had = duties.had_morning(connection, list(groups), today)
    had |= allowance.full(connection, list(groups), courtesy.day_of(house, now))
    reached = ways_to(connection, house, list(groups), now)
    languages = people.languages(connection, list(groups))
    names = people.names(connection, [p for g in groups for p in groups[g] if p != g])
    news = held_over.of(connection, house, [p for p in groups if p in reached], now)
    rows, kept = [], []
    merged: dict[int, str] = {}
    for person, group in groups.items():
        if person in had:
            continue
        lines = _lines(person, group, own, others, names, today)
        theirs = news.get(person, [])
        if not lines and len(theirs) < 2:  # a single message goes by itself
            continue
        kept.append((person, [line.item for line in lines]))
        if person in reached:
            way = reached[person][0]
            speech = speak(languages.get(person, "vi"), house.timezone)
            message = morning_words(lines, today, speech, theirs)
            once = f"digest:{today}:p{person}"
            row = owe(way.link_id, way.channel, message, now, "push", once=once)
            lives = {"expires_at": courtesy.end_of_day(house, now), "priority": outbox.MORNING}
            rows.append({**row, **lives})
            merged |= dict.fromkeys((each.id for each in theirs), once)
    duties.show_mornings(connection, kept, now, today)
    outbox.put(connection, rows)
    allowance.merge(connection, merged, now)
    hours = mornings.hours(connection, everybody, house.morning)
    next_day = calendar.next_working(today)
    late = {person for group in had for person in groups[group]}  # planned after their message
    told = [duty for duty in asking if duty.person_id not in late]
    duties.remind_again(connection, _next(told, hours, house, calendar, today))
    waiting = [
        (duty.id or 0, courtesy.morning(house, next_day, hours[duty.person_id]))
        for duty in asking
        if duty.person_id in late
    ]
    duties.remind_again(connection, waiting)
    for hour in sorted(set(hours.values())):
        these = [person for person in everybody if hours[person] == hour]
        then = courtesy.morning(house, next_day, hour)
        duties.watch_again(connection, these, max(until, now), then)
    return len(groups)


def _next(
    found: Iterable[Duty],
    hours: Mapping[int, time],
    house: House,
    calendar: Calendar,
    today: date,
) -> list[tuple[int, datetime | None]]:
    """When each of these asks for attention again."""
    after = calendar.next_working(today)
    days = [
        (
            duty,
            next_reminder(duty.due_on, days_of(duty.remind_on), duty.must, after, calendar),
        )
        for duty in found
    ]
    return [
        (duty.id or 0, courtesy.morning(house, on, hours[duty.person_id]) if on else None)
        for duty, on in days
    ]


def _lines(
    person: int,
    group: Sequence[int],
    own: Mapping[int, list[Duty]],
    others: Mapping[int, list[Duty]],
    names: Mapping[int, str],
    today: date,
) -> list[Line]:
    found = [
        Line((duty,), instead_of=names.get(who, "") or "?" if who != person else "")
        for who in group
        for duty in own.get(who, ())
        if duty.must or duty.due_on >= today
    ]
    found.sort(key=lambda line: (line.duties[0].due_on, line.duties[0].id or 0))
    return [*once_each(found), *grouped(duty for who in group for duty in others.get(who, ()))]


def once_each(lines: Iterable[Line]) -> list[Line]:
    """What a commune does once is one line, also for who stands in for a colleague."""
    kept: dict[tuple[object, ...], Line] = {}
    for line in lines:
        duty = line.duties[0]
        same: tuple[object, ...] = (duty.source, duty.subject, duty.due_on, duty.area)
        if duty.source == "own" or each_alone(duty):
            same = (duty.id,)
        there = kept.get(same)
        if there is None:
            kept[same] = line
        else:
            first, second = (there, line) if not there.instead_of else (line, there)
            kept[same] = Line((*first.duties, *second.duties), instead_of=first.instead_of)
    return list(kept.values())


def each_alone(duty: Duty) -> bool:
    """Whether everybody does it for themselves, and not one for the commune."""
    return "collaborator" in event_rows().get(duty.subject, {}).get("who", ())


def grouped(found: Iterable[Duty]) -> list[Line]:
    """Others' overdue duties, those of one event and day as one line: never a list of names."""
    together: dict[tuple[str, date, int], dict[int, Duty]] = {}
    for duty in found:
        number = duty.id or 0
        alike = (duty.subject, duty.due_on, 0 if duty.source == "year" else number)
        together.setdefault(alike, {})[number] = duty
    return [Line(tuple(group.values()), of_others=True) for group in together.values()]


def morning_words(
    lines: Sequence[Line], today: date, _: Speech, news: Sequence[Notice] = ()
) -> Say:
    """The message of the morning: what is to be done, and what the day before had no room for."""
    if not lines:
        head = _("Good morning, {day}!").format(day=_.day(today))
    else:
        head = _("Good morning! To do, {day}:").format(day=_.day(today))
    return listing(head, lines, today, _, news=news)


def listing(
    head: str,
    lines: Sequence[Line],
    today: date,
    _: Speech,
    first: int = 0,
    more: int = 0,
    news: Sequence[Notice] = (),
) -> Say:
    """A list of duties with its numbers, how to answer it, and a button for each."""
    shown = lines[first : first + MOST]
    rest = len(lines) - first - len(shown) + more
    text = [head]
    buttons = []
    for number, line in enumerate(shown, first + 1):
        text.append(f"{number}. {line_words(line, today, _)}")
        duty = line.duties[0]
        what = "w" if line.of_others else "o"
        label = f"{number}. {cut(title(duty, _.language))}"
        buttons.append(Button(f"d.{what}.{duty.id}", label, nav=first > 0))
    if rest > 0:
        text.append(_.n("and {count} more", "and {count} more", rest))
        buttons.append(Button(f"d.list.{first + MOST}", _("More"), nav=True))
    if shown:
        text += ["", _(HOW)]
    if news:
        text += ["", _(held_over.HEAD), *held_over.lines(news, _)]
        buttons += held_over.buttons(news)
    buttons.append(Button("m.menu", _("Menu"), nav=True))
    return Say("\n".join(text), tuple(buttons))


HOW = _(
    "Answer in one line: 1x done · 1+2 remind me in 2 days · 1? why · 1@Lan hand over to Lan. "
    "Several at once: 1x 2+3"
)


def line_words(line: Line, today: date, _: Speech) -> str:
    """One duty in a line: what, by when, how long that is."""
    duty = line.duties[0]
    when = day_words(duty, today, _)
    what = title(duty, _.language)
    if not line.of_others:
        for_whom = ""
        if line.instead_of:
            for_whom = " " + _("(for {name})").format(name=private(line.instead_of))
        return f"{what}{for_whom} – {when}"
    count = len(line.duties)
    late = _.n("not done by {count} person", "not done by {count} people", count)
    return f"⚠ {what} – {late}, {when}"


def day_words(duty: Duty, today: date, _: Speech) -> str:
    """When a duty is due, and how far that is."""
    left = (duty.due_on - today).days
    due = due_words(duty, _)
    if left > 1:
        return f"{due}, " + _.n("{count} day left", "{count} days left", left)
    if left == 1:
        return f"{due}, " + _("tomorrow")
    if left == 0:
        return f"{due}, " + _("today")
    if not duty.must:
        return due
    return f"{due}, " + _.n("{count} day overdue", "{count} days overdue", -left)


def due_words(duty: Duty, _: Speech) -> str:
    """When a duty is due, in words that are true on another day too."""
    return (_("due {day}") if duty.must else _("on {day}")).format(day=_.day(duty.due_on))


def title(duty: Duty, language: str) -> str:
    """What a duty is; one's own words are nobody else's."""
    if duty.words:
        said = str(duty.words.get(language) or next(iter(duty.words.values())))
        return private(said) if duty.source == "own" else said
    event = event_rows().get(duty.subject)
    return spoken(event["name"], language) if event else duty.subject


@cache
def event_rows() -> Mapping[str, Mapping[str, Any]]:
    """The events of the year, as the content file has them, by id."""
    return {row["id"]: row for row in content("year")["event"]}


def name_of(event: str, language: str) -> str:
    """What an event of the year is called."""
    named: Text = event_rows()[event]["name"]
    return spoken(named, language)
