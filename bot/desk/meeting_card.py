"""A meeting as it is read in chat: what it was, who came by each way of counting, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.desk import photos
from bot.desk.attendance import Counted, Meeting
from bot.desk.broadcast_lists import button_value
from bot.desk.cases import area_name
from bot.desk.main_menu import said
from bot.desk.meetings import subject
from bot.forms.moment import clock_words
from bot.forms.outreach_event import (
    GROUP,
    KIND,
    LANGUAGE,
    LATE,
    OUTREACH_EVENT,
    TOPIC,
    UNATTENDED,
)
from bot.i18n import Speech
from bot.i18n import later as _
from bot.words import Button, Link, Say, private
from storage import meeting_answers, meetings

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from storage.records.outreach import OutreachEvent

WAYS = {
    "headcount": _("heads counted"),
    "recount": _("counted again"),
    "sheet": _("on the sign-in sheet"),
    "check_in": _("checked in"),
    "joined": _("checked in, if doubles are one"),
}
_CHOICES: Mapping[str, Mapping[str, str]] = {"language": LANGUAGE, "late": LATE}


def card(desk: Desk, meeting: Meeting) -> Say:
    """The whole meeting, with buttons for what can be done now."""
    event = meeting.event
    lines = [head(desk, event), *_told(desk, event), "", *_came(desk, meeting)]
    if _open(desk, event):
        moment = desk._.moment(event.closes_at)
        lines += [
            "",
            said(desk, _("Check-in code {code}, until {moment}."), code=event.code, moment=moment),
        ]
    lines += photos.line(desk, subject(event), event.area or event.commune)
    links: tuple[Link, ...] = ()
    if _open(desk, event) and (url := desk.meetings.own_check_in_link(event)):
        links = (Link(desk._("Check-in page"), url),)
    return Say("\n".join(lines).strip(), tuple(_buttons(desk, meeting)), links=links)


def head(desk: Desk, event: OutreachEvent) -> str:
    """One line: kind, place, day."""
    typed = str(event.details.get("typed_village", ""))
    return head_words(desk._, event, area_name(desk, event.area) if event.area else private(typed))


def head_words(speech: Speech, event: OutreachEvent, place: str) -> str:
    """The same in somebody's language, for a place that has its name."""
    kind = speech(KIND[event.kind]) if event.kind in KIND else speech(OUTREACH_EVENT.title)
    when = speech.day(event.held_on)
    if begins := meetings.begins(event):
        when = f"{clock_words(speech, begins.hour, begins.minute)}, {when}"
    return ", ".join(part for part in (kind, place, when) if part)


def _told(desk: Desk, event: OutreachEvent) -> Iterator[str]:
    shorts = {question.key: question.short for question in OUTREACH_EVENT.questions}
    if told := topics(desk, event):
        yield f"• {desk._(shorts['topic'])}: {', '.join(told)}"
    for key, value in event.details.items():
        if key in shorts:
            label = _CHOICES.get(key, {}).get(str(value))
            text = desk._(label) if label else private(str(value).removeprefix("/"))
            yield f"• {desk._(shorts[key])}: {text}"


def topics(desk: Desk, event: OutreachEvent) -> list[str]:
    """What it was about, in the person's language; own words are marked as such."""
    return topic_words(desk._, event)


def topic_words(speech: Speech, event: OutreachEvent) -> list[str]:
    """The same in somebody's language."""
    return [
        speech(TOPIC[each]) if each in TOPIC else private(str(each).removeprefix("/"))
        for each in event.details.get("topics", ())
    ]


def _came(desk: Desk, meeting: Meeting) -> Iterator[str]:
    __ = desk._
    if to_come(desk, meeting):
        yield __("Still to come.")
        yield from _coming(desk, meeting.event)
    elif meeting.event.kind in UNATTENDED:
        yield __("Who hears or reads it is not counted as having come.")
    elif not meeting.counted:
        yield __("Nobody has counted yet.")
    for each in meeting.counted:
        yield from _group(desk, each)


def to_come(desk: Desk, meeting: Meeting) -> bool:
    """Whether it is planned, nobody was counted and its day has not gone by."""
    event = meeting.event
    return event.state == "planned" and not meeting.counted and event.held_on >= desk.scene.today


def _coming(desk: Desk, event: OutreachEvent) -> Iterator[str]:
    """What those who are invited have answered: how many, for who holds it and for officers."""
    invited = {*meeting_answers.invited(desk.connection, event)} - {event.person_id}
    if event.kind in UNATTENDED or not invited or not desk.meetings.may_settle(event):
        return
    answered = meeting_answers.of(desk.connection, event)
    coming = sum(answered.values())
    waiting = len(invited - {*answered})
    yield said(
        desk,
        _("Coming: {coming} · cannot come: {not_coming} · not answered: {waiting}"),
        coming=desk._.number(coming),
        not_coming=desk._.number(len(answered) - coming),
        waiting=desk._.number(waiting),
    )


def _group(desk: Desk, counted: Counted) -> Iterator[str]:
    __ = desk._
    yield f"{group_name(desk, counted.group)}: {__.number(counted.people)}{_among(desk, counted)}"
    if len(counted.figures) > 1:
        for way, people in counted.figures.items():
            yield f"   {__.number(people)} {__(WAYS[way])}"
    if counted.doubles and counted.differ:
        yield "   " + __.n(
            "{count} may have checked in by chat and on the page too (same phone or household).",
            "{count} may have checked in by chat and on the page too (same phone or household).",
            len(counted.doubles),
        )
    if counted.differ:
        yield "   " + __("The counts differ: which one holds?")
    elif counted.settled:
        yield "   " + said(
            desk,
            _("Settled on {moment}: {way}. {why}"),
            moment=__.moment(counted.settled.at),
            way=__(WAYS[counted.settled.way]),
            why=private(counted.settled.why),
        )


def _among(desk: Desk, counted: Counted) -> str:
    told = counted.detailed
    if told is None:
        return ""
    parts = ((told.women, WOMEN), (told.children, CHILDREN), (told.minority, MINORITY))
    found = [said(desk, text, n=desk._.number(n)) for n, text in parts if n is not None]
    return f" ({', '.join(found)})" if found else ""


WOMEN, CHILDREN, MINORITY = _("{n} women"), _("{n} children"), _("{n} of a minority")


def group_name(desk: Desk, group: str) -> str:
    """A group as people call it."""
    return desk._(GROUP[group]) if group in GROUP else desk._(NOT_KNOWN)


NOT_KNOWN = _("Not known who")


NOT_YET = _("It is still to come")


def may_move(desk: Desk, meeting: Meeting) -> bool:
    """Whether another day or hour can be given: what is planned, or was noted for today and has
    nobody counted yet: it may be this evening."""
    event = meeting.event
    today = event.state == "held" and event.held_on == desk.scene.today and not meeting.counted
    return (event.state == "planned" or today) and desk.meetings.may_settle(event)


def _open(desk: Desk, event: OutreachEvent) -> bool:
    return (
        event.closes_at > desk.now and event.kind not in UNATTENDED and event.state != "cancelled"
    )


def _buttons(desk: Desk, meeting: Meeting) -> Iterator[Button]:
    event, __ = meeting.event, desk._
    code = event.code
    if desk.meetings.is_invited(event) and event.state == "planned":
        yield Button(f"o.come.{code}", __("I am coming"))
        yield Button(f"o.stay.{code}", __("I cannot come"))
    if meeting.differ and desk.meetings.may_settle(event):
        yield Button(f"o.differ.{code}", __("Which count holds"))
    if _open(desk, event) and desk.meetings.check_in_link(event):
        yield Button(f"o.poster.{code}", __("QR code to check in"))
    if event.kind not in UNATTENDED and event.held_on <= desk.scene.today:
        yield Button(f"o.group.{code}", __("Count a group"))
        yield Button(f"o.sheet.{code}", __("Sign-in sheet"))
    yield from photos.button(desk, f"o.photos.{code}", subject(event), event.area or event.commune)
    if desk.policy == "full":
        yield Button(f"o.minutes.{code}", __("Minutes"))
        if event.kind not in UNATTENDED:
            yield Button(f"o.list.{code}", __("Attendance list"))
    if _open(desk, event) and event.held_on <= desk.scene.today:
        yield Button(f"o.close.{code}", __("End the check-in"))
    if desk.broadcasts.list_name("meeting", code):
        yield Button(button_value("meeting", code), __("Write to who is invited"))
    if desk.meetings.may_settle(event):
        if may_move(desk, meeting):
            label = _("Another day or hour") if event.state == "planned" else NOT_YET
            yield Button(f"o.move.{code}", __(label))
        yield Button(f"o.cancel.{code}", __("It did not take place"), nav=True)
    yield Button("m.meetings", __("Meetings"), nav=True)
    yield Button("m.menu", __("Menu"), nav=True)
