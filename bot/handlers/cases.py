"""The officer's side: alerts answered, cases listed, opened, noted, moved on."""

from __future__ import annotations

import re
from typing import Any

from bot import metrics
from bot.desk import Desk, case_history, endings
from bot.desk.alerts import LEVELS, STATUSES
from bot.desk.case_card import card, reasons_in_full, statuses
from bot.desk.case_papers import form_01
from bot.desk.cases import PAGE
from bot.desk.main_menu import main_menu, said
from bot.desk.typed_codes import case_code
from bot.dispatcher import Router, command, idle, value
from bot.forms.model import Form
from bot.forms.short_texts import CASE_CLOSING, CASE_LEVEL, CASE_NOTE, MESSAGE
from bot.i18n import later as _
from bot.vietnamese.fold import fold
from bot.words import Button, Call, Incoming, Say, private

router = Router("cases")
LONGEST_SEARCH = 48  # bytes: it travels in a button, and Telegram takes 64 with what is before it
LONGEST_PAGE = 6  # digits of a page in a button, which anybody can make up
LONGEST_WITH_A_CODE = 1000  # letters: an alert is passed on as it came


@router.on(value("c."), lambda _in, desk: not desk.cases.mine)
def not_an_officer(_in: Incoming, desk: Desk) -> None:
    metrics.REFUSED_INPUT.labels("case").inc()
    desk.say(main_menu(desk, desk._(endings.NO_CASE)))


@router.on(command("/hoso"))
@router.on(value("m.cases"))
def list_cases(_in: Incoming, desk: Desk, rest: str) -> None:
    """Open cases of the officer's areas; "/hoso 7K2" or "/hoso pho vi" searches."""
    if not desk.cases.mine:
        metrics.REFUSED_INPUT.labels("case").inc()
        desk.say(main_menu(desk, desk._("Only the commune's officers see cases.")))
        return
    if code := case_code(rest):
        view(_in, desk, code)
        return
    show_page(desk, rest.strip(), 0)


@router.on(value("c.page."))
def another_page(_in: Incoming, desk: Desk, rest: str) -> None:
    number, _dot, search = rest.partition(".")
    show_page(desk, search, int(number) if number.isdecimal() and len(number) < LONGEST_PAGE else 0)


def show_page(desk: Desk, search: str, page: int) -> None:
    """One page of cases as buttons, codes and villages only."""
    search = search.encode()[:LONGEST_SEARCH].decode(errors="ignore")
    found, total, page = desk.cases.listed(search, page)
    __ = desk._
    desk.leave()
    if not found:
        text = (
            said(desk, _("No case fits «{search}»."), search=private(search))
            if search
            else __("No open cases. That is good news.")
        )
        desk.say(Say(text, (Button("m.menu", __("Menu"), nav=True),)))
        return
    head = __.n("{count} open case", "{count} open cases", total)
    if search:  # the closed ones too
        head = __.n("{count} case found", "{count} cases found", total)
    buttons = []
    for case, village in found:
        waits = case.level == "EMERGENCY" and case.acknowledged_at is None
        mark = "⚪ " if case.closed_at else "🔴 " if waits else ""
        where = village or __("not told yet")
        label = f"{mark}{case.code} · {where} · {__(STATUSES[case.status])}"
        buttons.append(Button(f"c.view.{case.code}", label))
    nav = []
    if page:
        nav.append(Button(f"c.page.{page - 1}.{search}", __("Newer"), nav=True))
    if (page + 1) * PAGE < total:
        nav.append(Button(f"c.page.{page + 1}.{search}", __("Older"), nav=True))
    nav.append(Button("m.menu", __("Menu"), nav=True))
    hint = __("To search: /hoso and a part of the code, or the village.")
    desk.say(Say(f"{head}\n{hint}", (*buttons, *nav)))


def a_code(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """A case code in an officer's message, outside a form."""
    if incoming.value or len(incoming.text) > LONGEST_WITH_A_CODE or not desk.cases.mine:
        return False
    code = case_code(incoming.text)
    return {"rest": code} if code else False


def a_search(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """ "Hồ sơ" and a village, typed without the sign of a command."""
    if incoming.value or len(incoming.text) > LONGEST_SEARCH or not desk.cases.mine:
        return False
    told = re.fullmatch(r"(?:ho so|cases?) (.+)", fold(incoming.text))
    if told is None or not desk.cases.villages(told[1]):
        return False
    return {"rest": told[1]}


@router.on(idle, a_search)
def search_in_words(_in: Incoming, desk: Desk, rest: str) -> None:
    show_page(desk, rest, 0)


@router.on(idle, a_code)
@router.on(value("c.view."))
def view(_in: Incoming, desk: Desk, rest: str) -> None:
    """Open a case; the look is audited."""
    if case := desk.cases.find(rest):
        desk.say(card(desk, desk.cases.open(case)))
    else:
        desk.say(Say(desk._(endings.NO_CASE)))


@router.on(value("c.history."))
def history(_in: Incoming, desk: Desk, rest: str) -> None:
    """Everything that was noted in a case, by page; the look is audited like that at the card."""
    code, _dot, number = rest.partition(".")
    if case := desk.cases.find(code):
        page = int(number) if number.isdecimal() and len(number) < LONGEST_PAGE else 0
        desk.say(case_history.page(desk, desk.cases.open(case), page))
    else:
        desk.say(Say(desk._(endings.NO_CASE)))


@router.on(value("c.ack."))
def acknowledge(_in: Incoming, desk: Desk, rest: str) -> None:
    """The officer has it in hand: the alarm stops, the reporter is told."""
    case = desk.cases.find(rest)
    if case is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    buttons = (
        Button(f"c.view.{case.code}", desk._("View")),
        Button(f"c.call.{case.code}", desk._("Call the reporter")),
    )
    told = desk.cases.acknowledge(case)
    if told is not None:
        text = _("You have taken {code} in hand. The reporter has been told.")
        if not told:
            text = _("You have taken {code} in hand. The reporter cannot be reached any more.")
        text = said(desk, text, code=case.code)
    elif case.closed_at is not None:
        text = said(desk, _("{code} is closed already."), code=case.code)
    else:
        moment = desk._.moment(case.acknowledged_at) if case.acknowledged_at else "?"
        text = said(
            desk,
            _("{code} was taken in hand already, at {moment}."),
            code=case.code,
            moment=moment,
        )
    desk.say(Say(text, buttons))


@router.on(value("c.call."))
def call_the_reporter(_in: Incoming, desk: Desk, rest: str) -> None:
    """The reporter's number if they agreed to be called, else a message through the bot."""
    case = desk.cases.find(rest)
    if case is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    write = Button(f"c.write.{case.code}", desk._("Write to the reporter"))
    number, agreed = desk.cases.number_of_reporter(case)
    if number and desk.policy == "full":
        text = said(desk, _("The reporter of {code} agreed to be called."), code=case.code)
        call = Call(private(number), desk._("Call the reporter"))
        desk.say(Say(f"{text}\n{private(number)}", (write,), calls=(call,)))
        return
    if number:
        text = desk._("The number is shown on the web only.")
        desk.say(Say(text, (write,), links=desk.cases.link(case)))
        return
    text = (
        desk._("The reporter agreed to be called but left no number. Write to them here:")
        if agreed
        else desk._("The reporter does not want to be called. You can write to them here:")
    )
    desk.say(Say(text, (write,)))


@router.on(value("c.write."))
def write_to_reporter(_in: Incoming, desk: Desk, rest: str) -> None:
    _begin(desk, rest, MESSAGE)


@router.on(value("c.note."))
def note(_in: Incoming, desk: Desk, rest: str) -> None:
    _begin(desk, rest, CASE_NOTE)


def _begin(desk: Desk, code: str, form: Form, status: str = "") -> None:
    if case := desk.cases.find(code):
        desk.resume(*desk.begin(form, code=case.code, status=status))
    else:
        desk.say(Say(desk._(endings.NO_CASE)))


@router.on(value("c.why."))
def why(_in: Incoming, desk: Desk, rest: str) -> None:
    """What the table of the law says of the case, in full, with articles."""
    case = desk.cases.find(rest)
    if case is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    desk.say(reasons_in_full(desk, desk.cases.open(case)))


@router.on(value("c.print."))
def print_form(_in: Incoming, desk: Desk, rest: str) -> None:
    """Form 01, filled in, where the channel may carry it."""
    case = desk.cases.find(rest)
    if case is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    desk.say(form_01(desk, desk.cases.open(case)))


OPEN_AGAIN = _("{code} is {status}: a level would have no effect. What is it from now on?")


@router.on(value("c.level."))
def choose_level(_in: Incoming, desk: Desk, rest: str) -> None:
    case = desk.cases.find(rest)
    if case is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    if case.closed_at is not None:
        desk.say(statuses(desk, case, OPEN_AGAIN))
        return
    buttons = tuple(
        Button(f"c.weigh.{case.code}.{level}", desk._(label))
        for level, label in LEVELS.items()
        if level != case.level
    )
    text = said(
        desk,
        _("{code} is now: {level}. Which level is right?"),
        code=case.code,
        level=desk._(LEVELS[case.level]),
    )
    back = Button(f"c.view.{case.code}", desk._("Back"), nav=True)
    desk.say(Say(text, (*buttons, back)))


@router.on(value("c.weigh."))
def weigh(_in: Incoming, desk: Desk, rest: str) -> None:
    """Another level needs a reason."""
    code, _dot, level = rest.rpartition(".")
    case = desk.cases.find(code)
    if case is None or level not in LEVELS:
        desk.say(Say(desk._(endings.NO_CASE)))
    elif case.closed_at is not None:
        desk.say(statuses(desk, case, OPEN_AGAIN))
    else:
        desk.resume(*desk.begin(CASE_LEVEL, code=case.code, level=level))


@router.on(value("c.status."))
def choose_status(_in: Incoming, desk: Desk, rest: str) -> None:
    case = desk.cases.find(rest)
    if case is None:
        desk.say(Say(desk._(endings.NO_CASE)))
        return
    desk.say(statuses(desk, case, _("{code} is now: {status}. What is it from now on?")))


@router.on(value("c.set."))
def set_status(_in: Incoming, desk: Desk, rest: str) -> None:
    """A new status; closing a case asks for the reason first. A button that was shown before a
    colleague, or a second touch, changed the case asks again."""
    code, status, before = (*rest.split("."), "", "")[:3]
    case = desk.cases.find(code)
    if case is None or status not in STATUSES or status == "new":
        desk.say(Say(desk._(endings.NO_CASE)))
    elif status == case.status:
        desk.say(endings.saved(desk, case, endings.SO_ALREADY))
    elif before != case.status:
        text = _("Meanwhile {code} has become: {status}. What is it from now on?")
        desk.say(statuses(desk, case, text))
    elif status == "closed":
        _begin(desk, code, CASE_CLOSING, status=status)
    elif status == "received":
        acknowledge(_in, desk, case.code)
    else:
        desk.cases.set_status(case, status)
        desk.say(endings.saved(desk, case))
