"""The first words: greeting, what is kept and why, the menu; invitations; going on elsewhere."""

import re
from typing import Any

from bot.desk import Desk, typed_codes
from bot.desk.main_menu import main_menu, said
from bot.desk.members import DIGITS
from bot.desk.role_names import ROLE_NAMES
from bot.dispatcher import Router, command, idle, value
from bot.i18n import later as _
from bot.vietnamese.danger import Danger
from bot.words import Button, Incoming, Say

router = Router("start")

GREETING = _(
    "Hello! I am {name}, a computer program, not a person. I help people look out for children: "
    "report a child who may need help, ask about the law, reach hotline 111."
)
WHAT_IS_KEPT = _(
    "What is kept: what you write here, encrypted, so that the commune's child-protection officer "
    "can help. Who you are is kept apart. You can have it deleted with /xoa."
)
NO_NAMES_HERE = _("On this channel please do not write children's names.")
CHECK_IN = re.compile(r"c-([0-9A-Za-z]{6})")  # what a poster's deep link carries
WELCOME_ROLE = _("You are now {role} of {area}.")


@router.on(command("/start"))
def start(incoming: Incoming, desk: Desk, rest: str) -> None:
    """Greets; a code behind it is an invitation, or opens the check-in of a meeting."""
    if meeting := CHECK_IN.fullmatch(incoming.start or rest):
        desk.leave()
        desk.press(f"k.in.{meeting[1]}")
        return
    code = incoming.start or rest
    note = _redeem(desk, code) if code else ""
    parts = [note, said(desk, GREETING, name=desk._("Vong Tay")), desk._(WHAT_IS_KEPT)]
    if desk.policy == "code_only":
        parts.append(desk._(NO_NAMES_HERE))
    desk.leave()
    desk.say(main_menu(desk, "\n\n".join(part for part in parts if part)))


def _redeem(desk: Desk, code: str) -> str:
    if not desk.members.may_guess():
        return desk._("Too many codes were tried. Please wait an hour and try again.")
    found = desk.members.redeem(code)
    if found is None:
        desk.members.guessed_wrong()
        return desk._(
            "This invitation code does not work. It may be used up or mistyped; "
            "please ask the commune for a new one."
        )
    role, area = found
    return said(desk, WELCOME_ROLE, role=desk._(ROLE_NAMES[role]), area=area)


def an_invitation(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """A message that is nothing but a code of an invitation, or one forwarded with its code.

    In other words a code is looked for only where nobody cries for help.
    """
    text = incoming.text
    if incoming.value or text.startswith("/"):
        return False
    if code := typed_codes.invitation(text):
        return {"code": code}
    if not (code := typed_codes.forwarded(text)) or desk.danger >= Danger.POSSIBLE:
        return False
    return {"code": code} if desk.members.opens(code) else False


@router.on(idle, an_invitation)
def typed_an_invitation(_: Incoming, desk: Desk, code: str) -> None:
    desk.say(main_menu(desk, _redeem(desk, code)))


def of_a_wrong_length(incoming: Incoming) -> bool | dict[str, Any]:
    """An invitation code with a sign too few or too many."""
    signs = 0 if incoming.value else typed_codes.signs_of_a_wrong_length(incoming.text)
    return {"signs": signs} if signs else False


@router.on(idle, of_a_wrong_length)
def typed_a_sign_short(_in: Incoming, desk: Desk, signs: int) -> None:
    text = _(
        "If this is an invitation code: it has 10 letters and digits, you have typed {signs}. "
        "Please look again and send it once more."
    )
    desk.say(main_menu(desk, said(desk, text, signs=signs)))


def one_time_code(incoming: Incoming) -> bool | dict[str, Any]:
    """A one-time code, and hardly anything else."""
    code = "" if incoming.value else typed_codes.one_time_code(incoming.text)
    return {"rest": code} if code else False


@router.on(command("/tiep", "/lienket"))
@router.on(idle, one_time_code)
def go_on_here(_: Incoming, desk: Desk, rest: str) -> None:
    """Continue, on this channel, as the person who was given the code elsewhere."""
    _go_on(desk, rest.replace(" ", ""), sure=False)


@router.on(value("m.join."))
def join_with_my_roles(_: Incoming, desk: Desk, rest: str) -> None:
    """Whoever typed the code has a role, and got the code themselves."""
    _go_on(desk, rest, sure=True)


def _go_on(desk: Desk, code: str, *, sure: bool) -> None:
    if not desk.members.may_guess():
        text = desk._("Too many codes were tried. Please wait an hour and try again.")
    elif not desk.members.takes_digits(code):
        text = desk._(LONG_ONES_NOW)
    elif form := desk.members.begun_on_both(code):
        text = said(desk, BEGUN_ON_BOTH, form=desk._(form.title))
    elif not sure and desk.members.gives_roles(code):
        itself = Button(f"m.join.{code}", desk._("Yes, I got it myself"))
        desk.say(Say(desk._(WHOSE_CODE), (itself, Button("m.menu", desk._("Do not join")))))
        return
    elif not re.fullmatch(r"\d{6}|\d{12}", code) or not desk.members.go_on(code):
        desk.members.guessed_wrong("" if typed_codes.is_long(code) else DIGITS)
        text = desk._(LONG_IS_WRONG if typed_codes.is_long(code) else SHORT_IS_WRONG)
    else:
        text = desk._("It is you: everything goes on here.")
    desk.say(main_menu(desk, text))


SHORT_IS_WRONG = _(
    "This code does not work. A code has 6 digits, works once and for 15 minutes. "
    "Get a new one on your other channel: menu, then «Go on elsewhere»."
)
LONG_IS_WRONG = _(
    "This code does not work. It works once and for 15 minutes. "
    "Get a new one on your other channel: menu, then «Go on elsewhere»."
)
LONG_ONES_NOW = _(
    "Somebody is trying out codes, so those of 6 digits do not work for now. Get a new one on your "
    "other channel: menu, then «Go on elsewhere». It has 12 digits, and you can go on at once."
)
WHOSE_CODE = _(
    "This code joins another channel to you: whoever holds that phone can then read cases and do "
    "all that you can do. Did you yourself get this code there just now? If somebody else gave it "
    "to you, do not join."
)
BEGUN_ON_BOTH = _(
    "You have begun «{form}» here, and another one on your other channel. So that neither is "
    "lost, please send or stop one of them first, then type this code again."
)


@router.on(value("i.role."))
def invited_in_a_form(_: Incoming, desk: Desk, rest: str) -> None:
    """An invitation code that was typed in the middle of a form, which goes on."""
    desk.say(Say(_redeem(desk, rest)))
    if here := desk.open_form():
        desk.resume(here[0], here[1])


@router.on(value("i.code."))
def go_on_from_a_form(incoming: Incoming, desk: Desk, rest: str) -> None:
    """A one-time code that was typed in the middle of a form, which is kept."""
    desk.leave()
    go_on_here(incoming, desk, rest)


@router.on(value("m.code"))
def code_to_go_on(_: Incoming, desk: Desk, rest: str) -> None:
    code = desk.members.code_to_go_on()
    text = CODE_TEXT
    if typed_codes.is_long(code):
        text, code = LONG_CODE_TEXT, " ".join(re.findall(r"\d{3}", code))
    desk.say(Say(said(desk, text, code=code)))


CODE_TEXT = _(
    "Your code: {code}\nOpen the other channel (web, Telegram, Zalo) within 15 minutes and type "
    "these 6 digits there. Do not give the code to anybody."
)
LONG_CODE_TEXT = _(
    "Your code: {code}\nOpen the other channel (web, Telegram, Zalo) within 15 minutes and type "
    "these 12 digits there. It is longer than usual because somebody is trying out codes. Do not "
    "give the code to anybody."
)
