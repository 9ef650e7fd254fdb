"""What one has to do: the numbered list, what is answered to it, and how a commune keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.desk import Desk, digest
from bot.desk.alerts import STATUSES
from bot.desk.case_clocks import ticked
from bot.desk.duty_words import explained, sent_words
from bot.desk.inviting import MEETING
from bot.desk.main_menu import main_menu, said
from bot.desk.meeting_card import card
from bot.desk.my_duties import LIMIT, Duty
from bot.dispatcher import Router, command, idle, value
from bot.forms.answers import next_such_day
from bot.forms.duty_forms import OWN_TASK, REPORT_SENT
from bot.i18n import later as _
from bot.vietnamese import numbered
from bot.vietnamese.fold import fold
from bot.vietnamese.numbered import Answer
from bot.words import Button, Incoming, Say, private

router = Router("duties")
PAGE = 8
REMIND_ME = ("nhac toi", "nhac minh", "nhac em", "remind me")
NOT_YOURS = _("That duty is no longer yours, or no longer there.")
TWO_DAYS = 2
LATEST = 3  # reports below the duties


# --- the list ----------------------------------------------------------------------------------


@router.on(command("/viec"))
@router.on(value("m.mine"))
def my_duties(_in: Incoming, desk: Desk, rest: str) -> None:
    """A member's duties; a resident has no duties, and sees their reports."""
    if not desk.roles():
        desk.press("m.filed")
        return
    desk.leave()
    show_list(desk, 0)


@router.on(value("d.list."))
def more_of_the_list(_in: Incoming, desk: Desk, rest: str) -> None:
    show_list(desk, int(rest) if rest.isdecimal() and len(rest) < 4 else 0)


def show_list(desk: Desk, first: int) -> None:
    """The list from a place on, with what else can be done here."""
    __ = desk._
    lines = desk.duties.lines()
    if first >= len(lines):
        first = 0
    desk.duties.note_shown(lines)
    head = __("Your duties:") if lines else __(ALL_DONE)
    message = digest.listing(head, lines, desk.duties.today, __, first)
    reported, add = _reports(desk)
    extra = [
        *add,
        Button("d.new", __("Remind me of something"), nav=bool(lines)),
        Button("d.settings", __("Leave, roster, calendar"), nav=True),
    ]
    buttons = list(message.buttons)
    desk.say(Say(message.text + reported, (*buttons[:-1], *extra, buttons[-1])))


def _reports(desk: Desk) -> tuple[str, list[Button]]:
    """One's latest reports and how they stand, below the duties; and what can be added to."""
    found = list({case.code: case for case, _ in desk.reports.mine()}.values())
    if not found:
        return "", []
    lines = []
    for case in found[:LATEST]:
        status, moment = desk._(STATUSES[case.status]), desk._.moment(case.opened_at)
        lines.append(f"• {case.code} · {moment} · {status}")
        if case.acknowledged_at is None:
            due = desk._.moment(case.answer_due_at)
            lines.append(said(desk, _("  answer promised by {moment}"), moment=due))
    buttons = [
        Button(f"r.reply.{case.code}", said(desk, _("Add to {code}"), code=case.code))
        for case in found[:LATEST]
        if case.closed_at is None
    ]
    if len(found) > LATEST:
        buttons.append(Button("m.filed", desk._("My reports"), nav=True))
    return "\n\n" + "\n".join([desk._("Your reports:"), *lines]), buttons


ALL_DONE = _("Nothing is waiting for you these days. Thank you for watching over the children.")


# --- answers in one line -----------------------------------------------------------------------


def answers_to_numbers(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """ "1x 3+2": every word of it answers a number of a list that was shown."""
    if incoming.value or not incoming.text:
        return False
    found = numbered.read(incoming.text)
    return {"answers": found} if found and desk.duties.was_shown else False


@router.on(idle, answers_to_numbers)
def take_answers(_in: Incoming, desk: Desk, answers: list[Answer]) -> None:
    """Each answer is carried out by itself; one that cannot be says why."""
    lines = []
    proofs: list[Duty] = []
    limits: list[Duty] = []
    for answer in answers:
        lines.append(f"{answer.number}. {_answered(desk, answer, proofs, limits)}")
    if proofs:
        desk.say(Say("\n".join(lines)))
        ask_for_proof(desk, proofs[0])
        return
    buttons = (
        *(button for duty in limits for button in _ticks(desk, duty, several=len(limits) > 1)),
        Button("m.mine", desk._("My tasks"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say("\n".join(lines), buttons))


def _answered(desk: Desk, answer: Answer, proofs: list[Duty], limits: list[Duty]) -> str:
    meant = desk.duties.numbered(answer.number)
    if meant is None:
        count = len(desk.duties.items())
        return desk._.n(
            "There is no such number: your list had {count} line.",
            "There is no such number: your list had {count} lines.",
            count,
        )
    duty = meant.duties[0]
    if not desk.duties.may(duty):
        return desk._(NOT_YOURS)
    if answer.act == "why":
        return explained(desk, duty, meant.duties if meant.of_others else ())
    if meant.of_others:
        return _of_others(desk, answer, meant.duties)
    if duty.done_at is not None:
        return said(desk, _("{what}: that was done already."), what=_name(desk, duty))
    match answer.act:
        case "done":
            return _done(desk, duty, proofs, limits)
        case "later":
            return _later(desk, meant.duties, answer.days)
        case _:
            return _given(desk, duty, answer.name)


def _name(desk: Desk, duty: Duty) -> str:
    return digest.title(duty, desk.person.language)


def _of_others(desk: Desk, answer: Answer, theirs: tuple[Duty, ...]) -> str:
    """A superior has seen to what others had not done: it is not told again."""
    if answer.act != "done":
        return desk._("This is a duty of others: 1x when you have seen to it, 1? for who it is.")
    desk.duties.seen_to(theirs)
    return desk._("Noted: you have seen to it, and will not be told again.")


def _done(desk: Desk, duty: Duty, proofs: list[Duty], limits: list[Duty]) -> str:
    if duty.source == LIMIT:
        if desk.duties.limit_of(duty) is None:
            return said(desk, _("{what}: the case is not in your area."), what=_name(desk, duty))
        limits.append(duty)
        return said(desk, _("{what}: what was done?"), what=_name(desk, duty))
    if duty.proof:
        proofs.append(duty)
        return said(desk, _("{what}: one more thing, the proof."), what=_name(desk, duty))
    desk.duties.finish(duty)
    return said(desk, _("{what}: done. Thank you."), what=_name(desk, duty))


def _ticks(desk: Desk, duty: Duty, *, several: bool = False) -> list[Button]:
    """What ends the limit of a case, in one tap; or the case itself, for whatever else was done."""
    if (found := desk.duties.limit_of(duty)) is None:
        return []
    clock, case = found
    label = desk._(ticked(clock.clock)[1])
    opens = Button(f"c.view.{case.code}", desk._("Open the case"))
    if several:
        label, opens = f"{case.code}: {label}", replace(opens, label=f"{case.code}: {opens.label}")
    return [Button(f"d.k.{duty.id}", label), opens]


@router.on(value("d.k."))
def tick_limit(_in: Incoming, desk: Desk, rest: str) -> None:
    """What a limit asks for was done: the status of the case follows, and the limit ends."""
    if (duty := _mine(desk, rest)) is None:
        return
    found = desk.duties.limit_of(duty) if duty.source == LIMIT else None
    if found is None:
        desk.say(main_menu(desk, desk._(NOT_YOURS)))
    elif not desk.duties.tick_limit(*found):
        show_duty(desk, duty, desk._("This was done already."))
    else:
        text = said(desk, _("{what}: done. Thank you."), what=_name(desk, duty))
        buttons = (
            Button(f"c.view.{found[1].code}", desk._("Open the case")),
            Button("m.mine", desk._("My tasks"), nav=True),
            Button("m.menu", desk._("Menu"), nav=True),
        )
        desk.say(Say(text, buttons))


def _later(desk: Desk, same: Sequence[Duty], days: int) -> str:
    duty = same[0]
    if not 1 <= days <= 60:
        return desk._("I can remind you again in 1 to 60 days, for example 1+2.")
    on = desk.duties.snooze(same, days)
    return said(
        desk,
        _("{what}: I will remind you on {day}. It stays due {due}."),
        what=_name(desk, duty),
        day=desk._.day(on),
        due=desk._.day(duty.due_on),
    )


def _given(desk: Desk, duty: Duty, name: str) -> str:
    found = desk.duties.colleagues(name)
    if not found:
        return said(desk, _("There is no {name} among your colleagues here."), name=private(name))
    if len(found) > 1:
        names = ", ".join(whole for _person, whole in found)
        return said(
            desk, _("Which one: {names}? Please write the whole name."), names=private(names)
        )
    person, whole = found[0]
    desk.duties.give(duty, person)
    return said(
        desk, _("{what}: handed over to {name}."), what=_name(desk, duty), name=private(whole)
    )


# --- one duty ----------------------------------------------------------------------------------


@router.on(value("d.o."))
def open_duty(_in: Incoming, desk: Desk, rest: str) -> None:
    """One duty, and what can be done with it."""
    duty = desk.duties.find(rest)
    if duty is None:
        desk.say(main_menu(desk, desk._(NOT_YOURS)))
    elif duty.source == MEETING and (meeting := desk.meetings.find(duty.subject)):
        desk.say(card(desk, meeting))
    else:
        show_duty(desk, duty)


def show_duty(desk: Desk, duty: Duty, head: str = "") -> None:
    __ = desk._
    text = f"{_name(desk, duty)} – {digest.day_words(duty, desk.duties.today, __)}"
    buttons = [
        Button(f"d.x.{duty.id}", __("Done")),
        Button(f"d.s.{duty.id}", __("Remind me in 2 days")),
        Button(f"d.y.{duty.id}", __("Why")),
        Button(f"d.g.{duty.id}", __("Hand over")),
    ]
    if duty.source == LIMIT:
        buttons[:1] = _ticks(desk, duty)
    if duty.source in ABOUT_MEETINGS:
        buttons = [
            Button(f"{value}.{duty.subject}", __(label))
            for value, label in ABOUT_MEETINGS[duty.source]
        ]
    if duty.done_at is not None:
        text = said(
            desk, _("{what}: done on {day}."), what=_name(desk, duty), day=_day_done(desk, duty)
        )
        buttons = [Button(f"d.u.{duty.id}", __("Not done after all"))]
        if duty.source == LIMIT:  # it runs again only with the case
            buttons = _ticks(desk, duty)[1:]
    if desk.duties.sees_others(duty):
        buttons.append(Button(f"d.sent.{duty.id}", __("Who has not sent")))
    nav = (Button("m.mine", __("My tasks"), nav=True), Button("m.menu", __("Menu"), nav=True))
    desk.say(Say(f"{head}\n{text}".strip(), (*buttons, *nav)))


ABOUT_MEETINGS = {
    "headcount": (
        ("o.group", _("Count a group")),
        ("o.sheet", _("Sign-in sheet")),
        ("o.view", _("See this meeting")),
    ),
}


def _day_done(desk: Desk, duty: Duty) -> str:
    assert duty.done_at
    return desk._.day(duty.done_at.astimezone(desk.house.zone).date())


def _mine(desk: Desk, rest: str) -> Duty | None:
    duty = desk.duties.find(rest)
    if duty is None:
        desk.say(main_menu(desk, desk._(NOT_YOURS)))
    return duty


@router.on(value("d.x."))
def done(_in: Incoming, desk: Desk, rest: str) -> None:
    if (duty := _mine(desk, rest)) is None:
        return
    if duty.done_at is not None:
        show_duty(desk, duty, desk._("This was done already."))
        return
    proofs: list[Duty] = []
    limits: list[Duty] = []
    text = _done(desk, duty, proofs, limits)
    if proofs:
        ask_for_proof(desk, duty)
        return
    if duty.source == LIMIT:
        nav = (Button("m.mine", desk._("My tasks"), nav=True),)
        desk.say(Say(text, (*(b for each in limits for b in _ticks(desk, each)), *nav)))
        return
    buttons = (
        Button(f"d.u.{duty.id}", desk._("Not done after all")),
        Button("m.mine", desk._("My tasks"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(text, buttons))


def ask_for_proof(desk: Desk, duty: Duty) -> None:
    desk.resume(*desk.begin(REPORT_SENT, duty=duty.id))


@router.on(value("d.u."))
def not_done(_in: Incoming, desk: Desk, rest: str) -> None:
    if (duty := _mine(desk, rest)) is None:
        return
    if duty.source == LIMIT:  # it runs again only with the case
        show_duty(desk, duty)
        return
    desk.duties.reopen(duty)
    again = desk.duties.find(rest)
    show_duty(desk, again or duty, desk._("It is open again."))


@router.on(value("d.s."))
def later_on(_in: Incoming, desk: Desk, rest: str) -> None:
    if duty := _mine(desk, rest):
        text = _later(desk, (duty,), TWO_DAYS)
        desk.say(Say(text, (Button("m.mine", desk._("My tasks"), nav=True),)))


@router.on(value("d.y."))
def why(_in: Incoming, desk: Desk, rest: str) -> None:
    if duty := _mine(desk, rest):
        back = Button(f"d.o.{duty.id}", desk._("Back"), nav=True)
        desk.say(Say(explained(desk, duty, ()), (back,)))


@router.on(value("d.g."))
def choose_colleague(_in: Incoming, desk: Desk, rest: str) -> None:
    """Whom to hand a duty over to."""
    if (duty := _mine(desk, rest)) is None:
        return
    team = sorted(desk.duties.team().items(), key=lambda member: fold(member[1]))[:20]
    back = Button(f"d.o.{duty.id}", desk._("Back"), nav=True)
    if not team:
        text = desk._("There is no colleague here who has told their name yet.")
        desk.say(Say(text, (back,)))
        return
    buttons = [
        Button(f"d.to.{duty.id}.{person}", private(name, f"#{person}")) for person, name in team
    ]
    desk.say(Say(desk._("Who takes it over?"), (*buttons, back)))


@router.on(value("d.to."))
def hand_over(_in: Incoming, desk: Desk, rest: str) -> None:
    number, _dot, person = rest.partition(".")
    if (duty := _mine(desk, number)) is None:
        return
    whole = desk.duties.team().get(int(person)) if person.isdecimal() and len(person) < 16 else None
    if whole is None or not desk.duties.give(duty, int(person)):
        desk.say(main_menu(desk, desk._(NOT_YOURS)))
        return
    text = said(
        desk, _("{what}: handed over to {name}."), what=_name(desk, duty), name=private(whole)
    )
    desk.say(Say(text, (Button("m.mine", desk._("My tasks"), nav=True),)))


@router.on(value("d.w."))
def of_others(_in: Incoming, desk: Desk, rest: str) -> None:
    """What others have not done: who, and that one has seen to it."""
    duty = desk.duties.find(rest)
    theirs = desk.duties.watched_like(duty) if duty else []
    if duty is None or not theirs:
        desk.say(main_menu(desk, desk._("That has been done in the meantime. Good.")))
        return
    buttons = (
        Button(f"d.seen.{duty.id}", desk._("I have seen to it")),
        Button("m.mine", desk._("My tasks"), nav=True),
    )
    desk.say(Say(explained(desk, duty, tuple(theirs)), buttons))


@router.on(value("d.seen."))
def seen_to(_in: Incoming, desk: Desk, rest: str) -> None:
    duty = desk.duties.find(rest)
    if duty:
        desk.duties.seen_to(desk.duties.watched_like(duty))
    text = desk._("Noted: you have seen to it, and will not be told again.")
    desk.say(Say(text, (Button("m.mine", desk._("My tasks"), nav=True),)))


@router.on(value("d.sent."))
def who_has_not_sent(_in: Incoming, desk: Desk, rest: str) -> None:
    duty = _mine(desk, rest)
    if duty and desk.duties.sees_others(duty):
        back = Button(f"d.o.{duty.id}", desk._("Back"), nav=True)
        desk.say(Say(sent_words(desk, duty), (back,)))


# --- a task of one's own -----------------------------------------------------------------------


def asks_to_be_reminded(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """ "nhac toi ... ngay 28/11", of a member."""
    if incoming.value or len(incoming.text) > 300 or not desk.roles():
        return False
    low = fold(incoming.text)
    begins = next((said_ for said_ in REMIND_ME if low == said_ or low.startswith(said_ + " ")), "")
    if not begins:
        return False
    return {"wish": " ".join(incoming.text.split()[len(begins.split()) :])}


@router.on(idle, asks_to_be_reminded)
def remind_me(_in: Incoming, desk: Desk, wish: str) -> None:
    """What and when, as far as they were said."""
    told: dict[str, Any] = {"what": wish[:200]} if wish else {}
    on = next_such_day(wish, desk.duties.today) if wish else None
    if on and on >= desk.duties.today:
        told["day"] = on.isoformat()
    desk.resume(*desk.begin(OWN_TASK, told))


@router.on(value("d.new"))
def new_task(_in: Incoming, desk: Desk, rest: str) -> None:
    if not desk.roles():
        desk.say(main_menu(desk))
        return
    desk.begin_or_go_on(OWN_TASK)
