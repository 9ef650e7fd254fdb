"""Duties at the desk: one's list, what is answered to its numbers, leave, roster, settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.clocks.reminding import days_before, next_reminder, reminders
from bot.clocks.table import content
from bot.desk import courtesy, digest, planning, zero
from bot.desk.alerts import OFFICERS
from bot.desk.case_clocks import ticked
from bot.desk.digest import Line
from bot.desk.duty_sources import Due
from bot.i18n import Speech
from bot.vietnamese.fold import fold
from bot.words import Button, Say, private
from storage import (
    absences,
    areas,
    audit,
    case_clocks,
    duties,
    duty_planning,
    mornings,
    people,
    workdays,
    zero_reports,
)
from storage.records.cases import Case
from storage.records.duties import Absence, CaseClock, Duty, DutySetting, OnCallShift
from storage.records.people import ROLES

if TYPE_CHECKING:
    from bot.desk.desk import Desk

__all__ = ["LIMIT", "OWN", "Duty", "MyDuties"]
AHEAD = timedelta(days=31)
OWN, LIMIT = "own", "case_clock"


@dataclass(frozen=True)
class Numbered:
    """What a number of a list meant when the list was shown."""

    duties: tuple[Duty, ...]
    of_others: bool


class MyDuties:
    """`desk.duties`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @cached_property
    def today(self) -> date:
        return self._desk.now.astimezone(self._desk.house.zone).date()

    @cached_property
    def _for(self) -> list[int]:
        """This person, and who they stand in for today."""
        me = self._desk.person.person_id
        away = absences.stand_ins(self._desk.connection, self.today)
        return [me, *(person for person, there in away.items() if there == me)]

    # --- the list ------------------------------------------------------------------------------

    def lines(self) -> list[Line]:
        """Everything this person has to see to, the first due first."""
        desk, me = self._desk, self._desk.person.person_id
        through = self.today + AHEAD
        found = duties.open_of(desk.connection, self._for, self.today, through, OWN)
        names = people.names(desk.connection, [p for p in self._for if p != me])
        own = [
            Line((duty,), instead_of="" if duty.person_id == me else names.get(duty.person_id, "?"))
            for duty in found
        ]
        return [
            *digest.once_each(own),
            *digest.grouped(duties.watched_by(desk.connection, self._for)),
        ]

    def note_shown(self, lines: Sequence[Line]) -> None:
        """From now on the numbers mean these."""
        items = [line.item for line in lines]
        desk = self._desk
        duties.shown(desk.connection, desk.person.person_id, items, desk.now)

    def numbered(self, number: int) -> Numbered | None:
        """What a number meant in the list this person had before them when they wrote."""
        items = self.items()
        if not 1 <= number <= len(items):
            return None
        item = items[number - 1]
        others = item[:1] == [0]
        found = duties.several(self._desk.connection, item[1:] if others else item)
        return Numbered(tuple(found), others) if found else None

    @cached_property
    def _items(self) -> duties.Items | None:
        desk = self._desk
        at = max(desk.incoming.at, desk.now - timedelta(days=14)) if desk.incoming.at else desk.now
        found = duties.shown_at(desk.connection, desk.person.person_id, min(at, desk.now))
        return found[1] if found else None

    def items(self) -> duties.Items:
        """What the numbers of the last list shown mean; empty when none was shown."""
        return self._items or []

    @property
    def was_shown(self) -> bool:
        """Whether this person was ever shown a list."""
        return self._items is not None

    def find(self, number: str) -> Duty | None:
        """A duty that this person may act on: their own, one they stand in for, or one of
        somebody below them that is overdue."""
        if not number.isdecimal() or len(number) > 15:
            return None
        duty = duties.one(self._desk.connection, int(number))
        return duty if duty and self.may(duty) else None

    def may(self, duty: Duty) -> bool:
        """Whether this person may act on it."""
        if duty.person_id in self._for:
            return True
        watching = duties.watchers_of(self._desk.connection, [duty.id or 0])
        return bool(watching & set(self._for))

    def watched_like(self, duty: Duty) -> list[Duty]:
        """The overdue duties of others that stand behind one number."""
        found = duties.watched_by(self._desk.connection, self._for)
        alike = [line for line in digest.grouped(found) if duty.id in line.item]
        return list(alike[0].duties) if alike else []

    # --- what is answered ----------------------------------------------------------------------

    def finish(self, duty: Duty, proof: str | None = None, photo: int | None = None) -> bool:
        """It is done; what a commune does once is done for everybody. False: it was already."""
        desk = self._desk
        me = desk.person.person_id
        audit.note(desk.connection, desk.now, me, "duty done", str(duty.id))
        if duty.source == "year" and not digest.each_alone(duty):
            args = (desk.connection, duty, me, desk.now, proof, photo)
            return duties.finish_alike(*args) > 0
        return duties.finish(desk.connection, duty.id or 0, me, desk.now, proof, photo)

    def reopen(self, duty: Duty) -> bool:
        """It was not done after all."""
        desk = self._desk
        audit.note(desk.connection, desk.now, desk.person.person_id, "duty reopened", str(duty.id))
        return duties.reopen(desk.connection, duty.id or 0, self._next_morning(duty))

    def _next_morning(self, duty: Duty) -> datetime:
        desk = self._desk
        first = planning.first_day(desk.house, desk.now)
        days = planning.days_of(duty.remind_on)
        on = next_reminder(duty.due_on, days, True, first, desk.calendar)
        return self._morning_of(duty.person_id, on or first)

    def _morning_of(self, person: int, on: date) -> datetime:
        """When somebody gets the morning message of a day."""
        house = self._desk.house
        at = mornings.hours(self._desk.connection, [person], house.morning)[person]
        return courtesy.morning(house, on, at)

    # --- the hour of the morning message --------------------------------------------------------

    def hour(self) -> tuple[time, bool]:
        """The hour of one's morning message, and whether it is one's own choice."""
        desk, me = self._desk, self._desk.person.person_id
        found = mornings.hours(desk.connection, [me], desk.house.morning)[me]
        return found, mornings.chosen(desk.connection, me) is not None

    def hour_of_commune(self) -> time:
        """The hour of one's commune."""
        known = mornings.of_communes(self._desk.connection)
        return next((known[c] for c in self.communes() if c in known), self._desk.house.morning)

    def choose_hour(self, at: time | None) -> None:
        """Get it at another hour from the next message on; None: as the commune keeps it."""
        desk, me = self._desk, self._desk.person.person_id
        mornings.choose(desk.connection, me, at)
        self._move([me])

    def set_hour(self, at: time) -> None:
        """Set the hour of the commune, for all who have not chosen their own."""
        desk = self._desk
        for commune in self.communes():
            mornings.set_for(desk.connection, commune, at)
            self._move(mornings.members(desk.connection, commune))
        me = desk.person.person_id
        audit.note(desk.connection, desk.now, me, "duty setting", mornings.KEPT_AS)

    def _move(self, persons: Sequence[int]) -> None:
        desk = self._desk
        mornings.move(desk.connection, persons, desk.house.morning, desk.house.zone, desk.now)

    def snooze(self, same: Sequence[Duty], days: int) -> date:
        """Remind again so many days later, on a working day; the day it is due stays."""
        desk = self._desk
        calendar = desk.calendar
        wanted = calendar.working_by(self.today + timedelta(days=days))
        on = wanted if wanted > self.today else calendar.next_working(self.today)
        for duty in same:
            at = self._morning_of(duty.person_id, on)
            duties.snooze(desk.connection, duty.id or 0, at)
        return on

    def colleagues(self, name: str) -> list[tuple[int, str]]:
        """(person, name) of the members of one's communes who are called so."""
        wanted = fold(name).split()
        found = []
        for person, whole in self.team().items():
            theirs = fold(whole).split()
            if wanted and wanted == theirs:
                return [(person, whole)]
            if wanted and all(word in theirs for word in wanted):
                found.append((person, whole))
        return found

    def team(self) -> dict[int, str]:
        """The other members of one's communes who have told their names."""
        desk = self._desk
        communes = {
            found
            for _role, area in desk.person.roles
            if (found := areas.commune_of(desk.connection, area) or area)
        }
        ids = {
            person
            for role in ROLES
            for person in people.with_role_below(desk.connection, sorted(communes), role)
        } - {desk.person.person_id}
        return people.names(desk.connection, sorted(ids))

    def takes_alarms(self, person: int) -> bool:
        """Whether a colleague may be woken for a child and take the case in hand."""
        return bool(people.holding(self._desk.connection, person, OFFICERS))

    def give(self, duty: Duty, person: int) -> bool:
        """Hand a duty over; who has it now is told, at a decent hour."""
        desk = self._desk
        me = desk.person.person_id
        tomorrow = self._morning_of(person, desk.calendar.next_working(self.today))
        if not duties.give(desk.connection, duty.id or 0, me, person, tomorrow):
            return False
        audit.note(desk.connection, desk.now, me, "duty given", str(duty.id), str(person))
        mine = people.names(desk.connection, [me]).get(me, "")

        def build(_: Speech) -> Say:
            head = _("{name} has handed a duty over to you:").format(
                name=private(mine) if mine else _("A colleague")
            )
            what = digest.title(duty, _.language)
            text = f"{head}\n{what} – {digest.due_words(duty, _)}"
            return Say(text, (Button(f"d.o.{duty.id}", _("View")),))

        self.notify(person, build, f"given:{duty.id}:{desk.incoming.event_id}")
        return True

    def notify(self, person: int, build: courtesy.Build, what: str) -> None:
        """One notice to one person, when they may be written to."""
        desk = self._desk
        at = courtesy.when(desk.house, desk.calendar, desk.now)
        desk.notify([person], build, once=f"{courtesy.NOTICE}{what}", at=at)

    def add_own(self, what: str, day: date) -> Duty:
        """A task of one's own."""
        desk = self._desk
        me = desk.person.person_id
        due = Due(
            key=f"own:{desk.incoming.channel}:{desk.incoming.event_id}",
            source=OWN,
            subject=OWN,
            due_on=day,
            remind_on=reminders(day, days_before(OWN), desk.calendar),
            words={"vi": what},
        )
        at, _own = self.hour()
        row = planning.row_of(due, me, None, desk.house, desk.calendar, desk.now, at)
        number = duties.add(desk.connection, {**row, "escalate_at": None})
        found = duties.one(desk.connection, number)
        assert found is not None
        return found

    # --- a limit of a case ---------------------------------------------------------------------

    def limit_of(self, duty: Duty) -> tuple[CaseClock, Case] | None:
        """The limit that a duty stands for, and its case, where this person may work on it."""
        desk = self._desk
        clock = case_clocks.one(desk.connection, int(duty.subject))
        code = next(iter((duty.words or {}).values()), "").partition(":")[0]
        case = desk.cases.find(code)
        return (clock, case) if clock and case and clock.case_id == case.id else None

    def tick_limit(self, clock: CaseClock, case: Case) -> bool:
        """A limit was kept, in one tap: the case goes on as it does by its card. False when the
        limit had ended before, by whatever."""
        if clock.stopped_at is not None:
            return False
        status, _label = ticked(clock.clock)
        if status is None:
            self._desk.cases.end_separation(case)
        else:
            self._desk.cases.set_status(case, status)
        return True

    # --- leave and roster ----------------------------------------------------------------------

    def leave(self, first: date, last: date, stand_in: int) -> None:
        """Be away on these days; the colleague who stands in is told."""
        desk = self._desk
        me = desk.person.person_id
        absences.leave(desk.connection, me, first, last, stand_in, desk.now)
        audit.note(desk.connection, desk.now, me, "leave", str(stand_in))
        mine = people.names(desk.connection, [me]).get(me, "")

        def build(_: Speech) -> Say:
            text = _(
                "{name} is away from {first} to {last}; you stand in: their reminders and alarms "
                "come to you then."
            ).format(
                name=private(mine) if mine else _("A colleague"),
                first=_.day(first),
                last=_.day(last),
            )
            return Say(text, (Button("m.menu", _("Menu"), nav=True),))

        self.notify(stand_in, build, f"leave:{me}:{first}")

    def back(self) -> int:
        """Be here again."""
        desk = self._desk
        return absences.back(desk.connection, desk.person.person_id, self.today)

    def communes(self) -> list[str]:
        """The communes that this person is an officer or a leader of."""
        desk = self._desk
        mine = (areas.commune_of(desk.connection, area) for area in desk.cases.mine)
        return list(dict.fromkeys(code for code in mine if code))

    def away(self) -> list[Absence]:
        """One's own leave that is not over."""
        desk = self._desk
        return absences.ahead(desk.connection, desk.person.person_id, self.today)

    def roster(self) -> list[tuple[OnCallShift, str]]:
        """The roster of one's communes, with names."""
        connection = self._desk.connection
        found = absences.shifts_ahead(connection, self.communes(), self.today)
        names = people.names(connection, [shift.person_id for shift in found])
        return [(shift, names.get(shift.person_id, f"#{shift.person_id}")) for shift in found]

    def strike(self, shift: int) -> bool:
        """Strike a line of the roster."""
        return absences.take_off_call(self._desk.connection, shift, self.communes())

    def put_on_call(self, person: int, first: date, last: date) -> None:
        """Put a colleague on the roster of one's commune."""
        desk = self._desk
        area = self.communes()[0]
        absences.put_on_call(desk.connection, area, person, first, last, desk.now)
        audit.note(desk.connection, desk.now, desk.person.person_id, "on call", str(person))

    # --- the calendar and the commune's duties -------------------------------------------------

    def may_change_calendar(self) -> bool:
        """An administrator may; an officer where the calendar is that of one commune only."""
        desk = self._desk
        if "admin" in desk.roles():
            return True
        return bool(self.communes()) and len(areas.communes(desk.connection, self.today)) == 1

    def change_calendar(self, day: date, kind: str, reason: str, source: str) -> None:
        """Enter a day, or take back what was entered ("official")."""
        desk = self._desk
        me = desk.person.person_id
        audit.note(desk.connection, desk.now, me, "calendar", day.isoformat(), kind)
        if kind == "official":
            workdays.withdraw(desk.connection, day)
        else:
            workdays.enter(desk.connection, day, kind, reason, source, me, desk.now)

    def has_preset(self, preset: str) -> bool:
        """Whether one's commune has a group of duties."""
        kept = self._settings().get(f"{planning.PRESET}{preset}")
        return not kept.off if kept else preset in content("year")["presets"]["on"]

    def set_preset(self, preset: str, *, on: bool) -> None:
        """Take or leave a group of duties, for each of one's communes."""
        for commune in self.communes():
            event = f"{planning.PRESET}{preset}"
            duty_planning.keep_setting(
                self._desk.connection, DutySetting(commune=commune, event=event, off=not on)
            )
            if not on:
                for row in digest.event_rows().values():
                    if row["preset"] == preset:
                        self._drop(row["id"], commune)

    def _settings(self) -> dict[str, DutySetting]:
        mine = self.communes()
        kept = duty_planning.kept_settings(self._desk.connection)
        return {each.event: each for each in kept if each.commune in mine}

    def set_event(self, event: str, setting: Mapping[str, Any]) -> None:
        """Keep a duty of the year otherwise, for each of one's communes."""
        desk = self._desk
        for commune in self.communes():
            kept = DutySetting(commune=commune, event=event, **setting)
            duty_planning.keep_setting(desk.connection, kept)
            self._drop(event, commune)
        me = desk.person.person_id
        audit.note(desk.connection, desk.now, me, "duty setting", event)

    def _drop(self, event: str, commune: str) -> None:
        duties.drop_planned(self._desk.connection, event, commune, self.today)

    # --- others --------------------------------------------------------------------------------

    def seen_to(self, theirs: Sequence[Duty]) -> None:
        """A superior has seen to what others had not done."""
        desk = self._desk
        ids = [duty.id or 0 for duty in theirs]
        for person in self._for:
            duties.unwatch(desk.connection, ids, person)

    def sees_others(self, duty: Duty) -> bool:
        """Whether this person may see who has sent what a duty waits for."""
        return duty.proof and bool(self._desk.cases.mine)

    # --- the question of the week --------------------------------------------------------------

    def answer_week(self, number: str, said: str) -> bool:
        """Keep an answer to the question of a week; False when it was not this person's."""
        if not number.isdecimal() or len(number) > 15:
            return False
        desk = self._desk
        asked = zero_reports.one(desk.connection, int(number))
        if asked is None or asked.person_id != desk.person.person_id:
            return False
        zero_reports.answer(desk.connection, int(number), said, desk.now)
        return True

    def next_question(self) -> Say | None:
        """The question about another of one's villages that is not answered this week."""
        desk = self._desk
        monday = self.today - timedelta(days=self.today.weekday())
        asked = zero_reports.of_week(desk.connection, [desk.person.person_id], monday)
        left = [each for each in asked if each.answer is None]
        if not left:
            return None
        names = zero.names_now(desk.connection, [left[0].area], self.today)
        return zero.question(left[0], names[left[0].area], desk._)

    def weeks_of_villages(self) -> list[tuple[str, int, int, int]]:
        """(village, weeks without an answer up to the last, yes, no) of the last four weeks.

        What was asked about a village that was merged since counts where it went.
        """
        desk = self._desk
        inside = areas.within(desk.connection, self.communes())
        monday = self.today - timedelta(days=self.today.weekday())
        rows = zero_reports.weeks(desk.connection, sorted(inside), monday - timedelta(days=21))
        become = areas.present(desk.connection, {row[0] for row in rows}, self.today)
        by_area: dict[str, dict[date, tuple[int, int]]] = {}
        for area, week, _asked, yes, no in rows:
            of_area = by_area.setdefault(become[area], {})
            before = of_area.get(week, (0, 0))
            of_area[week] = before[0] + yes, before[1] + no
        names = areas.names(desk.connection, by_area)
        found = []
        for area, of_area in by_area.items():
            weeks, silent = [of_area[week] for week in sorted(of_area)], 0
            for yes, no in reversed(weeks):
                if yes or no:
                    break
                silent += 1
            told = (sum(yes for yes, _ in weeks), sum(no for _, no in weeks))
            found.append((names.get(area, area), silent, *told))
        return sorted(found, key=lambda row: (-row[1], row[0]))
