"""The limits of the law that run for a case: each explained, a separation begun and ended."""

from __future__ import annotations

from bot.desk import Desk, case_clocks, endings
from bot.desk.main_menu import said
from bot.dispatcher import Router, value
from bot.i18n import later as _
from bot.words import Button, Incoming, Say

router = Router("case limits")


@router.on(value("c.limits."))
def limits(_in: Incoming, desk: Desk, rest: str) -> None:
    """What runs, until when, and why; audited like every look at a case."""
    if (case := desk.cases.find(rest)) is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    show(desk, case.code)


def show(desk: Desk, code: str, head: str = "") -> None:
    """Every limit of a case that was begun."""
    __, language = desk._, desk.person.language
    lines = [head or code]
    found = desk.cases.limits(code)
    for clock in found:
        name = case_clocks.name(clock.clock, language)
        if clock.stopped_at is not None:
            moment = __.moment(clock.stopped_at)
            lines.append(said(desk, _("✓ {what}: ended {moment}"), what=name, moment=moment))
        else:
            why = case_clocks.explanation(clock, desk.calendar, language)
            lines.append(f"⏱ {name}: {why}.")
            if clock.clock == "emergency" and desk.cases.over_when_raised(code):
                lines.append(__(case_clocks.NOT_COUNTED_ANEW))
    if not found:
        lines.append(__("No limit runs for this case."))
    apart = any(c.clock == "separation" and c.stopped_at is None for c in found)
    button = (
        Button(f"c.together.{code}", __("The separation is over"))
        if apart
        else Button(f"c.apart.{code}", __("A separation was decided"))
    )
    back = Button(f"c.view.{code}", __("Back"), nav=True)
    desk.say(Say("\n".join(lines), (button, back)))


@router.on(value("c.apart."))
def apart(_in: Incoming, desk: Desk, rest: str) -> None:
    """A temporary separation was decided just now: its fifteen days run."""
    if (case := desk.cases.find(rest)) is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    desk.cases.separate(case)
    show(desk, case.code, desk._("Noted: the child is kept apart, 15 days at the most."))


@router.on(value("c.together."))
def together(_in: Incoming, desk: Desk, rest: str) -> None:
    """The separation is over."""
    if (case := desk.cases.find(rest)) is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    desk.cases.end_separation(case)
    show(desk, case.code, desk._("Noted: the separation is over."))
