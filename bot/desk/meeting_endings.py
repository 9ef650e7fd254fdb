"""What happens when a form about a meeting is sent: kept, or asked about first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from bot.desk import attendance
from bot.desk.cases import area_name
from bot.desk.checking_in import NotIn, Said, check_in
from bot.desk.main_menu import said
from bot.desk.meeting_card import NOT_YET, WAYS, card, head, may_move
from bot.desk.meetings import Doubt, hour_of
from bot.forms.model import UNKNOWN
from bot.forms.outreach_event import UNATTENDED
from bot.forms.turns import Done, Note, show
from bot.i18n import later as _
from bot.words import Button, Say
from storage import check_ins, meeting_answers, meetings

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from storage.records.outreach import OutreachEvent


def outreach_event(desk: Desk, done: Done) -> None:
    """Keep a meeting; but what cannot be, or could be the same one, is asked about first."""
    doubt = desk.meetings.doubt(done.draft, done.answers)
    if doubt is None:
        event = desk.meetings.keep(done.draft, done.answers)
        desk.finish(done.draft)
        desk.say(kept(desk, event))
    elif doubt.what == "among":
        holes = (("people", desk._.number(doubt.count)),)
        draft = replace(done.draft, revisiting=doubt.about)
        desk.ask(done.form, show(done.form, draft, desk.scene, Note(TOO_MANY, holes)))
    else:
        desk.keep(done.draft)
        desk.leave()
        desk.say({"day": _day, "same": _same, "crowd": _crowd}[doubt.what](desk, done, doubt))


TOO_MANY = _("That is more than the {people} people who came.")


def _day(desk: Desk, done: Done, _doubt: Doubt) -> Say:
    """A meeting counts in the month and year of its day: none is made up unasked."""
    key, today = done.draft.key, desk._.day(desk.scene.today)
    buttons = (
        Button(f"o.fix.{key}.held_on", desk._("Give the day")),
        Button(f"o.sure.{key}.day", desk._("It was today")),
        Button("m.menu", desk._("Decide later"), nav=True),
    )
    return Say(said(desk, NO_DAY, today=today), buttons)


NO_DAY = _("On which day was it? It counts on that day. Was it today, {today}?")


def _same(desk: Desk, done: Done, doubt: Doubt) -> Say:
    assert doubt.meeting
    key = done.draft.key
    text = said(desk, SAME_MEETING, meeting=head(desk, doubt.meeting))
    buttons = (
        Button(f"o.add.{key}.{doubt.about}", desk._("Add to that meeting")),
        Button(f"o.sure.{key}.same", desk._("It is another one")),
        Button("m.menu", desk._("Decide later"), nav=True),
    )
    return Say(text, buttons)


SAME_MEETING = _("This meeting is noted already: {meeting}. Is it the same one?")


def _crowd(desk: Desk, done: Done, doubt: Doubt) -> Say:
    key = done.draft.key
    holes = {"count": desk._.number(doubt.count), "source": doubt.source}
    people = desk._.number(int(done.answers["people"]))
    text = said(desk, CROWD, village=area_name(desk, doubt.about), people=people, **holes)
    buttons = (
        Button(f"o.fix.{key}.people", desk._("Change the number")),
        Button(f"o.sure.{key}.crowd", desk._("It is right: people came from elsewhere too")),
        Button("m.menu", desk._("Decide later"), nav=True),
    )
    return Say(text, buttons)


CROWD = _("{people} came, but {count} people live in {village} ({source}). Is the number right?")


def kept(desk: Desk, event: OutreachEvent) -> Say:
    """What is said once a meeting is kept, with what is likely next."""
    __ = desk._
    lines = [__("Saved. Thank you for talking with people about it.")]
    buttons = []
    if event.state == "planned":
        lines = [said(desk, _("Planned: {meeting}."), meeting=head(desk, event))]
        invited = {*meeting_answers.invited(desk.connection, event)} - {desk.person.person_id}
        if invited and event.kind not in UNATTENDED:
            lines.append(
                __.n(
                    "{count} collaborator will be invited, and reminded the day before.",
                    "{count} collaborators will be invited, and reminded the day before.",
                    len(invited),
                )
            )
    if event.closes_at > desk.now and event.kind not in UNATTENDED:
        lines.append(
            said(desk, _("Who is there can check in with the code {code}."), code=event.code)
        )
        if desk.meetings.check_in_link(event):
            buttons.append(Button(f"o.poster.{event.code}", __("QR code to check in")))
    if event.state == "held" and event.kind not in UNATTENDED:
        buttons.append(Button(f"o.group.{event.code}", __("Count a group")))
        if may_move(desk, attendance.read(desk.connection, [event])[0]):
            buttons.append(Button(f"o.move.{event.code}", __(NOT_YET)))
    buttons += [
        Button(f"o.view.{event.code}", __("See this meeting")),
        Button("m.outreach", __("Another meeting")),
        Button("m.menu", __("Menu"), nav=True),
    ]
    return Say("\n".join(lines), tuple(buttons))


def _of_draft(desk: Desk, done: Done) -> attendance.Meeting | None:
    found = desk.meetings.find(str(done.draft.context.get("code", "")))
    if found is None:
        desk.finish(done.draft)
        desk.say(Say(desk._(NO_MEETING), (Button("m.menu", desk._("Menu"), nav=True),)))
    return found


NO_MEETING = _("There is no such meeting in your area.")


def group_count(desk: Desk, done: Done) -> None:
    """Another group, or the same one counted again."""
    answers = done.answers
    people = answers.get("people")
    for part in ("women", "children", "minority"):
        value = answers.get(part)
        if isinstance(value, int) and isinstance(people, int) and value > people:
            draft = replace(done.draft, revisiting=part)
            note = Note(TOO_MANY, (("people", desk._.number(people)),))
            desk.ask(done.form, show(done.form, draft, desk.scene, note))
            return
    _counted(desk, done)


def sign_in_sheet(desk: Desk, done: Done) -> None:
    """The sheet is kept with the meeting; how many signed stands beside the other counts."""
    _counted(desk, done)


def _counted(desk: Desk, done: Done) -> None:
    if (found := _of_draft(desk, done)) is None:
        return
    desk.meetings.count(found.event, done.answers, again=True)
    desk.meetings.remark(found.event, done.draft.also)
    desk.finish(done.draft)
    again = desk.meetings.find(found.event.code)
    assert again
    desk.say_note(_("Saved."))
    desk.say(card(desk, again))


def settlement(desk: Desk, done: Done) -> None:
    """Which count holds, with the reason."""
    if (found := _of_draft(desk, done)) is None:
        return
    context = done.draft.context
    group, way = str(context.get("group")), str(context.get("way"))
    why = str(done.answers["text"]).removeprefix("/")
    people = desk.meetings.settle(found, group, way, why)
    desk.finish(done.draft)
    if people is None:
        desk.say(Say(desk._(NO_MEETING), (Button("m.menu", desk._("Menu"), nav=True),)))
        return
    again = desk.meetings.find(found.event.code)
    assert again
    desk.say_note(said(desk, SETTLED, people=desk._.number(people), way=desk._(WAYS[way])))
    desk.say(card(desk, again))


SETTLED = _("Saved: {people} ({way}) holds. The other count stays in the record.")


def meeting_moved(desk: Desk, done: Done) -> None:
    """Another day or hour; two meetings of one village are not at the same time."""
    if (found := _of_draft(desk, done)) is None:
        return
    event, answers = found.event, done.answers
    hour, minute = hour_of(answers)
    on = date.fromisoformat(str(answers["held_on"]))
    same = meetings.same(desk.connection, event.area, on, hour) if event.area else None
    if same and same.id != event.id:
        draft = replace(done.draft, revisiting="held_on")
        note = Note(TAKEN, (("meeting", head(desk, same)),))
        desk.ask(done.form, show(done.form, draft, desk.scene, note))
        return
    begin = datetime.combine(on, time(hour or 0, minute), desk.house.zone)
    if hour is not None and begin <= desk.now:
        draft = replace(done.draft, revisiting="begins")
        desk.ask(done.form, show(done.form, draft, desk.scene, Note(GONE_BY)))
        return
    desk.finish(done.draft)
    if may_move(desk, found):
        place = answers.get("place")
        place = place.removeprefix("/") if isinstance(place, str) and place != UNKNOWN else ""
        desk.meetings.move(event, on, hour, minute, place)
        moved = desk.meetings.find(event.code)
        assert moved
        desk.meetings.remark(moved.event, done.draft.also)
        desk.say_note(_("Saved. Who was invited will be told."))
    again = desk.meetings.find(event.code)
    assert again
    desk.say(card(desk, again))


GONE_BY = _("That hour has gone by.")
TAKEN = _("There is a meeting in this village at that time already: {meeting}.")


def checked_in(desk: Desk, done: Done) -> None:
    """Somebody at the meeting has said who they are."""
    connection, answers = desk.connection, done.answers
    event = meetings.by_code(connection, str(done.draft.context.get("code", "")))
    desk.finish(done.draft)
    menu = (Button("m.menu", desk._("Menu"), nav=True),)
    if event is None:
        nowhere = NOT_IN["no_code"]
        desk.say(Say(desk._(nowhere), menu))
        return
    village, unit = answers.get("village"), answers.get("unit")
    told = Said(
        f"person:{desk.person.person_id}",
        str(answers.get("group")) if answers.get("group") != UNKNOWN else "residents",
        village if isinstance(village, str) and village != UNKNOWN else None,
        unit.removeprefix("/") if isinstance(unit, str) and unit != UNKNOWN else None,
        desk.incoming.channel,
        desk.incoming.at,
    )
    try:
        fresh = check_in(connection, event, told, desk.now, desk.scene.today)
    except NotIn as problem:
        desk.say(Say(desk._(NOT_IN[problem.why]), menu))
        return
    assert event.id is not None
    number = desk._.number(check_ins.number(connection, event.id))
    text = said(desk, IN if fresh else IN_ALREADY, meeting=head(desk, event), number=number)
    desk.say(Say(text, menu))


IN = _("You are checked in: {meeting}. {number} are here so far. Thank you for coming.")
IN_ALREADY = _("You were checked in already: {meeting}. {number} are here so far.")
NOT_IN = {
    "no_code": _("There is no meeting with this code. Please look at the code again."),
    "not_yet": _("The check-in opens on the day of the meeting."),
    "closed": _("The check-in of this meeting has ended. Please tell the person who held it."),
    "forged": _("This check-in cannot be taken. Please open the page of the meeting again."),
}

ENDINGS: dict[str, Callable[[Desk, Done], None]] = {
    "outreach_event": outreach_event,
    "group_count": group_count,
    "sign_in_sheet": sign_in_sheet,
    "settlement": settlement,
    "meeting_moved": meeting_moved,
    "check_in": checked_in,
}
