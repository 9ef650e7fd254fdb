"""Outreach meetings: noted, found again, counted, settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot import metrics
from bot.desk import Desk, endings, handouts, photos
from bot.desk.attendance import Meeting
from bot.desk.inviting import answers, begin_of
from bot.desk.main_menu import main_menu, said
from bot.desk.meeting_card import WAYS, card, group_name, head, may_move, to_come
from bot.desk.meeting_endings import NO_MEETING
from bot.desk.meetings import PAGE, subject
from bot.desk.unsent import say_closed
from bot.dispatcher import Router, command, value
from bot.forms.attendance import GROUP_COUNT, MEETING_MOVED, SETTLEMENT, SIGN_IN_SHEET
from bot.forms.engine import step
from bot.forms.model import Form, Reply
from bot.forms.outreach_event import OUTREACH_EVENT, UNATTENDED
from bot.forms.turns import SEND, Done, button, show
from bot.i18n import later
from bot.i18n import later as _
from bot.words import Button, File, Incoming, Link, Say, for_policy

router = Router("outreach")


@router.on(command("/truyenthong"))
@router.on(value("m.outreach"))
def outreach(_in: Incoming, desk: Desk, rest: str) -> None:
    """Note a meeting; an unfinished one is gone on with."""
    if not desk.roles():
        metrics.REFUSED_INPUT.labels("role").inc()
        desk.say(main_menu(desk, desk._("Only collaborators and officers note meetings.")))
        return
    kept = desk.draft(OUTREACH_EVENT.name)
    if kept and kept[0].answers and not kept[0].cancelled:
        desk.say_note(later("You had begun this one; all is kept."))
        desk.resume(OUTREACH_EVENT, kept[0])
    else:
        desk.resume(*desk.begin(OUTREACH_EVENT))


@router.on(command("/buoi"))
@router.on(value("m.meetings"))
def meetings(_in: Incoming, desk: Desk, rest: str) -> None:
    """The meetings of one's areas, planned ones and the newest first."""
    if not desk.roles():
        metrics.REFUSED_INPUT.labels("role").inc()
        desk.say(main_menu(desk, desk._("Only collaborators and officers note meetings.")))
        return
    desk.leave()
    page = int(rest.removeprefix(".")) if rest.removeprefix(".").isdecimal() else 0
    found, total = desk.meetings.listed(page)
    buttons = []
    for meeting in found:
        people = "?" if meeting.people is None else desk._.number(meeting.people)
        text = _("{meeting}: to come") if to_come(desk, meeting) else _("{meeting}: {people}")
        if meeting.event.kind in UNATTENDED:
            text = "{meeting}"  # nobody comes to a loudspeaker
        label = said(desk, text, meeting=head(desk, meeting.event), people=people)
        buttons.append(Button(f"o.view.{meeting.event.code}", label))
    nav = []
    if page:
        nav.append(Button(f"m.meetings.{page - 1}", desk._("Newer"), nav=True))
    if (page + 1) * PAGE < total:
        nav.append(Button(f"m.meetings.{page + 1}", desk._("Older"), nav=True))
    note = Button("m.outreach", desk._("Note a meeting"))
    nav.append(Button("m.menu", desk._("Menu"), nav=True))
    text = desk._.n("{count} meeting noted.", "{count} meetings noted.", total)
    desk.say(Say(text if total else desk._("No meeting was noted yet."), (*buttons, note, *nav)))


@router.on(value("o.view."))
def view(_in: Incoming, desk: Desk, rest: str) -> None:
    if found := desk.meetings.find(rest):
        desk.leave()
        desk.say(card(desk, found))
    else:
        desk.say(main_menu(desk, desk._(NO_MEETING)))


@router.on(value("o.add."))
def same_meeting(_in: Incoming, desk: Desk, rest: str) -> None:
    """What waits to be kept is the meeting that is noted already."""
    key, _dot, code = rest.partition(".")
    turn, meeting = _sent(desk, key), desk.meetings.find(code)
    if turn is None or meeting is None:
        say_closed(desk)
        return
    desk.meetings.add(meeting.event, turn.draft, turn.answers)
    desk.finish(turn.draft)
    again = desk.meetings.find(code)
    assert again
    desk.say_note(_("Added."))
    desk.say(card(desk, again))


def _sent(desk: Desk, key: str, sure: str = "") -> Done | None:
    """The draft of a key as if it had been sent now; None when it is not there any more."""
    found = desk.find_draft(key)
    if found is None:
        return None
    form, draft = found
    if sure:
        asked = [*draft.context.get("sure", ()), sure]
        draft = replace(draft, context={**draft.context, "sure": asked})
    turn = step(form, draft, Reply(value=button(draft, "-", SEND)), desk.scene)
    return turn if isinstance(turn, Done) else None


@router.on(value("o.sure."))
def sure(_in: Incoming, desk: Desk, rest: str) -> None:
    """What was asked about is right."""
    key, _dot, what = rest.partition(".")
    if turn := _sent(desk, key, what):
        endings.sent(desk, turn)
    else:
        say_closed(desk)


@router.on(value("o.fix."))
def fix(_in: Incoming, desk: Desk, rest: str) -> None:
    """Back to the number that was asked about."""
    key, _dot, question = rest.partition(".")
    found = desk.find_draft(key)
    if found is None:
        say_closed(desk)
        return
    form, draft = found
    desk.ask(form, show(form, replace(draft, revisiting=question), desk.scene))


def _begin(desk: Desk, code: str, form: Form, **context: Any) -> None:
    if desk.meetings.find(code):
        desk.begin_or_go_on(form, code=code, **context)
    else:
        desk.say(main_menu(desk, desk._(NO_MEETING)))


@router.on(value("o.group."))
def another_group(_in: Incoming, desk: Desk, rest: str) -> None:
    _begin(desk, rest, GROUP_COUNT)


@router.on(value("o.sheet."))
def sheet(_in: Incoming, desk: Desk, rest: str) -> None:
    _begin(desk, rest, SIGN_IN_SHEET)


@router.on(value("o.differ."))
def differing(_in: Incoming, desk: Desk, rest: str) -> None:
    """The first group whose counts differ, side by side: a person says which holds."""
    meeting = desk.meetings.find(rest)
    if meeting is None or not desk.meetings.may_settle(meeting.event):
        desk.say(main_menu(desk, desk._(NO_MEETING)))
        return
    counted = next((each for each in meeting.counted if each.differ), None)
    if counted is None:
        desk.say(card(desk, meeting))
        return
    code, __ = meeting.event.code, desk._
    buttons = tuple(
        Button(f"o.holds.{code}.{counted.group}.{way}", f"{__.number(people)} {__(WAYS[way])}")
        for way, people in counted.figures.items()
    )
    text = said(
        desk,
        _("{meeting}\n{group}: which count holds? Nothing is averaged; both stay in the record."),
        meeting=head(desk, meeting.event),
        group=group_name(desk, counted.group),
    )
    desk.say(Say(text, (*buttons, Button(f"o.view.{code}", __("Back"), nav=True))))


@router.on(value("o.holds."))
def holds(_in: Incoming, desk: Desk, rest: str) -> None:
    code, _dot, chosen = rest.partition(".")
    group, _dot, way = chosen.partition(".")
    if way in WAYS:
        _begin(desk, code, SETTLEMENT, group=group, way=way)
    else:
        desk.say(main_menu(desk, desk._(NO_MEETING)))


@router.on(value("o.come."))
def coming(_in: Incoming, desk: Desk, rest: str) -> None:
    _answer(desk, rest, coming=True)


@router.on(value("o.stay."))
def staying(_in: Incoming, desk: Desk, rest: str) -> None:
    _answer(desk, rest, coming=False)


def _answer(desk: Desk, code: str, *, coming: bool) -> None:
    """What somebody says who is invited; it can be said otherwise until the meeting begins."""
    found = desk.meetings.find(code)
    if found is None or not desk.meetings.is_invited(found.event):
        desk.say(main_menu(desk, desk._(NO_MEETING)))
        return
    event, menu = found.event, Button("m.menu", desk._("Menu"), nav=True)
    if event.state == "cancelled" or begin_of(event, desk.house) <= desk.now:
        off = _("This meeting does not take place: {meeting}")
        over = _("This meeting has begun or is over: {meeting}. Thank you for telling.")
        text = off if event.state == "cancelled" else over
        desk.say(Say(said(desk, text, meeting=head(desk, event)), (menu,)))
        return
    desk.meetings.answer(event, coming=coming)
    text = _("Noted: you are coming. {meeting}.")
    if not coming:
        text = _("Noted: you cannot come to {meeting}. Thank you for telling.")
    yes, no = answers(event, desk._)
    other = no if coming else yes
    desk.say(Say(said(desk, text, meeting=head(desk, event)), (other, _back(desk, code), menu)))


@router.on(value("o.move."))
def move(_in: Incoming, desk: Desk, rest: str) -> None:
    """Another day, hour or place of a meeting to come."""
    found = desk.meetings.find(rest)
    if found is None or not desk.meetings.may_settle(found.event):
        desk.say(main_menu(desk, desk._(NO_MEETING)))
    elif not may_move(desk, found):
        desk.say(card(desk, found))
    else:
        desk.say_note(head(desk, found.event))
        _begin(desk, rest, MEETING_MOVED)


@router.on(value("o.poster."))
def poster(_in: Incoming, desk: Desk, rest: str) -> None:
    """The QR code, to show on a phone or to print."""
    found = desk.meetings.find(rest)
    if found is None or not (link := desk.meetings.check_in_link(found.event)):
        desk.say(main_menu(desk, desk._(NO_MEETING)))
        return
    line = for_policy(head(desk, found.event), "code_only")
    file = handouts.poster(desk, found, line)
    text = said(
        desk, _("{meeting}\nWho scans it, or types {code}, checks in."), meeting=line, code=rest
    )
    links = (Link(desk._("Check-in page"), link),)
    desk.say(Say(text, (_back(desk, rest),), links=links, files=(file,)))


@router.on(value("o.photos."))
def sheets(_in: Incoming, desk: Desk, rest: str) -> None:
    """The photos of the sign-in sheets."""
    if found := desk.meetings.find(rest):
        event = found.event
        area, line = event.area or event.commune, head(desk, event)
        photos.show(desk, subject(event), event.code, area, line, _back(desk, rest))
    else:
        desk.say(main_menu(desk, desk._(NO_MEETING)))


@router.on(value("o.minutes."))
def minutes(_in: Incoming, desk: Desk, rest: str) -> None:
    """The minutes in the official layout, to be completed and signed."""
    _paper(desk, rest, handouts.minutes)


@router.on(value("o.list."))
def attendance_list(_in: Incoming, desk: Desk, rest: str) -> None:
    """The attendance list to print and sign."""
    _paper(desk, rest, handouts.attendance_list)


def _paper(desk: Desk, code: str, drawn: Callable[[Desk, Meeting], File]) -> None:
    found = desk.meetings.find(code)
    if found is None:
        desk.say(main_menu(desk, desk._(NO_MEETING)))
    elif desk.policy != "full":
        text = desk._("This paper can be opened on the web only.")
        desk.say(Say(text, (_back(desk, code),)))
    else:
        text = head(desk, found.event)
        desk.say(Say(text, (_back(desk, code),), files=(drawn(desk, found),)))


def _back(desk: Desk, code: str) -> Button:
    return Button(f"o.view.{code}", desk._("See this meeting"))


@router.on(value("o.close."))
def close(_in: Incoming, desk: Desk, rest: str) -> None:
    """End the check-in."""
    if found := desk.meetings.find(rest):
        desk.meetings.close_check_in(found.event)
    view(_in, desk, rest)


@router.on(value("o.cancel."))
def cancel(_in: Incoming, desk: Desk, rest: str) -> None:
    """Ask first: what was counted would not count any more."""
    found = desk.meetings.find(rest)
    if found is None or not desk.meetings.may_settle(found.event):
        desk.say(main_menu(desk, desk._(NO_MEETING)))
        return
    text = said(
        desk,
        _("Take this meeting out: {meeting}? It stays in the record but counts no more."),
        meeting=head(desk, found.event),
    )
    buttons = (
        Button(f"o.gone.{rest}", desk._("Take it out")),
        Button(f"o.view.{rest}", desk._("Back"), nav=True),
    )
    desk.say(Say(text, buttons))


@router.on(value("o.gone."))
def gone(_in: Incoming, desk: Desk, rest: str) -> None:
    found = desk.meetings.find(rest)
    if found is None or not desk.meetings.may_settle(found.event):
        desk.say(main_menu(desk, desk._(NO_MEETING)))
        return
    desk.meetings.cancel(found.event)
    text = said(desk, _("Taken out: {meeting}."), meeting=head(desk, found.event))
    buttons = (
        Button("m.meetings", desk._("Meetings")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(text, buttons))
