"""The question of the week, answered with one tap; and who has not answered."""

from __future__ import annotations

from bot.desk import Desk
from bot.desk.main_menu import main_menu, said
from bot.dispatcher import Router, value
from bot.i18n import later as _
from bot.words import Button, Incoming, Say

router = Router("weekly")


@router.on(value("z.yes."))
def there_is(_in: Incoming, desk: Desk, rest: str) -> None:
    """A child at risk: kept, and the report begins."""
    if desk.duties.answer_week(rest, "yes"):
        desk.press("m.report")
    else:
        desk.say(main_menu(desk, desk._("That question was not for you, or it is gone.")))


@router.on(value("z.no."))
def all_is_well(_in: Incoming, desk: Desk, rest: str) -> None:
    if not desk.duties.answer_week(rest, "no"):
        desk.say(main_menu(desk, desk._("That question was not for you, or it is gone.")))
        return
    if following := desk.duties.next_question():
        desk.say(following)
        return
    text = desk._("Thank you: «no» is news too. If something comes up, write at any time.")
    buttons = (
        Button("m.report", desk._("Report a child")),
        Button(f"z.yes.{rest}", desk._("I was wrong: there is one")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(text, buttons))


@router.on(value("z.silent"))
def silent_villages(_in: Incoming, desk: Desk, rest: str) -> None:
    """Which villages of the commune have not answered, and for how long."""
    __ = desk._
    if not desk.duties.communes():
        desk.say(main_menu(desk, __("Only the commune's officers see cases.")))
        return
    found = desk.duties.weeks_of_villages()
    lines = [__("Answers to the question of the week, the last four weeks:")]
    for name, silent, yes, no in found:
        if silent:
            lines.append(
                "• "
                + __.n(
                    "{place}: no answer for {count} week",
                    "{place}: no answer for {count} weeks",
                    silent,
                    place=name,
                )
            )
        else:
            lines.append(
                "• "
                + said(
                    desk, _("{place}: {yes} times yes, {no} times no"), place=name, yes=yes, no=no
                )
            )
    if not found:
        lines.append(__("Nobody has been asked yet."))
    desk.say(
        Say(
            "\n".join(lines),
            (
                Button("m.progress", __("Progress"), nav=True),
                Button("m.menu", __("Menu"), nav=True),
            ),
        )
    )
