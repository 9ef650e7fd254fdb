"""What platforms tell us by themselves, groups, and people who were suspended."""

from bot.desk import Desk
from bot.desk.main_menu import LABELS, chosen_of
from bot.desk.telling import hotline
from bot.dispatcher import Router, command, kind
from bot.forms.addition import ADDITION
from bot.forms.child_report import CHILD_REPORT
from bot.vietnamese.danger import Danger
from bot.words import Button, Incoming, Link, Say


def unusual(incoming: Incoming, desk: Desk) -> bool:
    """Whatever is not somebody, alone with us, who writes or presses."""
    alone = incoming.kind in ("message", "press", "unsupported") and not incoming.group
    return not alone or desk.person.suspended


router = Router("system", only_if=unusual)


@router.on(kind("moved"))
def chat_moved(incoming: Incoming, desk: Desk) -> None:
    desk.members.moved(incoming.moved_to)


@router.on(kind("blocked"))
def blocked_us(_: Incoming, desk: Desk) -> None:
    desk.members.unreachable()


@router.on(kind("unblocked"))
def open_again(_: Incoming, desk: Desk) -> None:
    desk.person  # noqa: B018  being heard from opens a link again


@router.on(lambda incoming: incoming.group, command("/111"))
def numbers_for_a_group(_: Incoming, desk: Desk) -> None:
    """The numbers to call are for everybody who reads along."""
    desk.say(hotline(desk._))


@router.on(lambda incoming: incoming.group)
def no_case_talk_in_groups(incoming: Incoming, desk: Desk) -> None:
    """Others read along, and a group's members change: nothing about a child is said there."""
    if desk.danger < Danger.POSSIBLE and not desk.members.first_in_group(incoming.text):
        return
    _ = desk._
    text = _(
        "I never talk about children's cases in a group. Please write to me alone. "
        "In danger call 111 or 113."
    )
    username = desk.house.telegram_username
    links = (Link(_("Write to me alone"), f"https://t.me/{username}"),) if username else ()
    desk.say(Say(text, links=links))


def reports_a_child(incoming: Incoming, desk: Desk) -> bool:
    """Whether somebody cries for help, reports a child or goes on with a report of theirs."""
    here, pressed = desk.open_form(), incoming.value
    if desk.danger >= Danger.POSSIBLE:
        return True
    if not pressed:
        if incoming.text.startswith("/"):
            return incoming.text.split()[0] == "/bao"
        if here and here[0] in OPEN_TO_ALL:
            return True
        pressed = chosen_of(incoming.text, desk.menu)
    if pressed.startswith("f."):
        found = desk.find_draft(pressed.split(".")[1])
        return found is not None and found[0] in OPEN_TO_ALL
    return pressed == "m.report" or pressed.startswith("r.")


OPEN_TO_ALL = (CHILD_REPORT, ADDITION)


@router.on(lambda incoming, desk: desk.person.suspended and not reports_a_child(incoming, desk))
def suspended(_: Incoming, desk: Desk) -> None:
    """A suspended member loses the role, never the way to help: they report like any resident."""
    text = desk._("Your access is paused. For a child in need call 111, free, day and night.")
    desk.warn()
    value = "m.report"
    desk.say(Say(text, (Button(value, desk._(LABELS[value])),)))


@router.on(kind("edited"))
def edited_a_message(_: Incoming, desk: Desk) -> None:
    text = desk._(
        "I cannot see changes to a message that was sent. Please write it again; "
        "in a form choose Edit."
    )
    desk.say(Say(text, (Button("m.menu", desk._("Menu"), nav=True),)))
