"""Putting the bot together. The order of ROUTERS is the order of understanding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.delivery.worker import Held
from bot.desk import Desk, House, Office
from bot.dispatcher import Dispatcher
from bot.handlers import (
    arrangements,
    asides,
    behind_a_command,
    broadcasts,
    case_limits,
    cases,
    check_in,
    contacts,
    danger,
    duties,
    entries,
    fallback,
    faq,
    forms,
    held_over,
    menu,
    outreach,
    oversight,
    progress,
    questions,
    recordings,
    reports,
    sent_along,
    start,
    stories,
    system,
    weekly,
)
from bot.words import Incoming, Say

ROUTERS = (
    system.router,
    behind_a_command.router,
    start.router,
    duties.router,
    weekly.router,
    held_over.router,
    arrangements.router,
    menu.router,
    cases.router,
    case_limits.router,
    outreach.router,
    progress.router,
    oversight.router,
    check_in.router,
    broadcasts.router,
    questions.router,
    entries.router,
    contacts.router,
    recordings.router,
    reports.router,
    asides.router,
    forms.router,
    faq.rules,
    danger.router,
    sent_along.router,
    stories.router,
    faq.router,
    fallback.router,
)
DISPATCHER = Dispatcher(*ROUTERS)


def understand(incoming: Incoming, desk: Desk) -> None:
    """Let one handler answer; what it presses on the person's behalf is answered next."""
    DISPATCHER.feed(incoming, desk.open_form() is not None, desk=desk)
    if desk.incoming is not incoming:  # the words behind a command
        incoming = desk.incoming
        DISPATCHER.feed(incoming, desk.open_form() is not None, desk=desk)
    if desk.pressed:
        pressed, desk.pressed = replace(incoming, text="", value=desk.pressed), ""
        DISPATCHER.feed(pressed, False, desk=desk)


class FrontDesk:
    """What the inbox worker calls: see bot.delivery.worker.Front."""

    def __init__(self, house: House) -> None:
        self.house = house

    def sit(
        self, connection: Connection, incomings: Sequence[Incoming], now: datetime
    ) -> list[Exception | None]:
        """Attend to the events in order; after a failure that person's later ones are held."""
        if not incomings:
            return []
        office = Office(connection, self.house, now)
        office.prepare(incomings)
        results: list[Exception | None] = []
        waiting: set[int | tuple[str, str]] = set()
        for incoming in incomings:
            who = office.who(incoming)
            if who in waiting:
                results.append(Held())
                continue
            try:
                office.attend(incoming, understand)
                results.append(None)
            except Exception as problem:
                waiting.add(who)
                results.append(problem)
        office.close()
        return results

    def apologise(self, connection: Connection, incoming: Incoming, now: datetime) -> None:
        """What could not be handled is with the operator; the numbers still work."""
        office = Office(connection, self.house, now)
        office.prepare([incoming])
        office.attend(incoming, _sorry)
        office.close()


def _sorry(incoming: Incoming, desk: Desk) -> None:
    desk.say(
        Say(
            desk._(
                "Sorry, something went wrong with your last message; it is kept and the operator "
                "has been told. Please send it again, or call 111 if it cannot wait."
            )
        )
    )
