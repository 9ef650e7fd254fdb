"""Unanswered questions come to mind again, in the day, as long as they wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache

from sqlalchemy import Connection

from bot.clocks.calendar import Calendar
from bot.desk.house import House
from bot.desk.questions import buttons, owner
from bot.desk.telling import tell
from bot.i18n import Speech
from bot.words import Button, Say
from storage import outbox, people, questions, reaching
from storage.records.questions import AskedQuestion

MORNING, EVENING = time(6, 30), time(21, 0)  # nothing that can wait comes outside of these


def remind(connection: Connection, house: House, now: datetime) -> int:
    """Remind the owners of questions that wait too long, or all officers where nobody has taken
    one: after so many working days, and again after as many more. Returns how many are due."""
    local = now.astimezone(house.zone)
    today = local.date()
    if not MORNING <= local.time() < EVENING or not _a_working_day(today):
        return 0
    count = 0
    for found in questions.unanswered(connection, now):
        waited = _working_days(found.asked_at.astimezone(house.zone).date(), today)
        times = waited // house.remind_question_after
        if times:
            whom = _whom(connection, found)
            once = f"question:{found.id}:waits:{times}"
            end = local.replace(hour=EVENING.hour, minute=EVENING.minute)
            build = _words(found, waited, mine=owner(connection, found) is not None)
            rows = tell(connection, house, whom, build, now, once, expires=end - local)
            known = reaching.owed_before(connection, [row["once"] for row in rows])
            new = [row for row in rows if row["once"] not in known]
            outbox.put(connection, new)
            count += bool(new)
    return count


def _whom(connection: Connection, found: AskedQuestion) -> list[int]:
    if (mine := owner(connection, found)) is not None:
        return [mine]
    officers = people.on_duty(connection, found.area, "officer", "on_call")
    return officers or people.on_duty(connection, found.area, "leader", "admin")


def _words(found: AskedQuestion, waited: int, *, mine: bool) -> Callable[[Speech], Say]:
    def build(_: Speech) -> Say:
        text = _.n(
            "Question {number} has waited for {count} working day. Somebody hopes for an answer.",
            "Question {number} has waited for {count} working days. Somebody hopes for an answer.",
            waited,
            number=found.id,
        )
        if not mine:
            return Say(text, buttons(found, _))
        own = (
            Button(f"q.answer.{found.id}", _("Answer")),
            Button(f"q.view.{found.id}", _("Read it")),
            Button(f"q.back.{found.id}", _("Give it back")),
        )
        return Say(text, own)

    return build


def _working_days(after: date, through: date) -> int:
    return sum(day.working for day in _calendar().between(after, through))


def _a_working_day(on: date) -> bool:
    calendar = _calendar()
    return calendar.first <= on.year <= calendar.last and calendar.is_working(on)


@cache
def _calendar() -> Calendar:
    return Calendar.of()
