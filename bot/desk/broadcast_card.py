"""What an officer reads of a broadcast: before it leaves, while it is sent, who has not read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.desk.broadcasts import PAGE, Plan, at_once, text_of
from bot.desk.cases import area_name
from bot.desk.main_menu import said
from bot.forms.broadcast import WHO
from bot.forms.render import cut
from bot.i18n import later as _
from bot.words import Button, Call, Say, private
from storage.broadcasts import FAILED, GOING, Listed
from storage.records.broadcasts import Broadcast

if TYPE_CHECKING:
    from bot.desk.desk import Desk

MANY = 100  # people: more than that are confirmed twice
CHANNELS = {
    "web": "web",
    "telegram": "Telegram",
    "zalo_bot": "Zalo Bot",
    "zalo_oa": "Zalo OA",
}
WHY = {
    "blocked": _("has blocked us or is gone: {count}"),
    "refused": _("the channel does not take it: {count}"),
    "expired": _("could not be delivered in time: {count}"),
    "dropped": _("stopped by the operator: {count}"),
}
STATES = {
    "sent": _("not pressed «Received» yet"),
    "waiting": _("waits to be sent"),
    "parked": _("held back"),
    "blocked": _("has blocked us or is gone"),
    "refused": _("the channel does not take it"),
    "expired": _("could not be delivered in time"),
    "dropped": _("stopped by the operator"),
    "recalled": _("recalled"),
    "unreached": _("no channel"),
}


def preview(desk: Desk, plan: Plan) -> Say:
    """Everything about a broadcast before it leaves, with what can be done."""
    __, key = desk._, plan.draft.key
    lines = [
        __("Please look at it before it is sent:"),
        said(desk, _("To: {whom}"), whom=_whom(desk, plan)),
        f"«{text_of(plan.draft)}»",
    ]
    if photos := plan.draft.answers.get("photo"):
        shown = __.n("{count} photo", "{count} photos", len(photos))
        lines.append(said(desk, _("{photos}; only where photos may be sent"), photos=shown))
    lines += ["", *_counts(desk, plan), *_when(desk, plan)]
    return Say("\n".join(lines), (*_do(desk, plan), *_steer(desk, key)))


def _whom(desk: Desk, plan: Plan) -> str:
    __, draft = desk._, plan.draft
    if chosen := draft.context.get("list"):
        return desk.broadcasts.list_name(*chosen)
    role = draft.answers["to"]
    who = __(WHO[role])
    where = draft.answers.get("where")
    if isinstance(where, list):
        return f"{who} – {', '.join(area_name(desk, code) for code in where)}"
    return f"{who} – {', '.join(area_name(desk, code) for code in desk.cases.mine)}"


def _counts(desk: Desk, plan: Plan) -> list[str]:
    __ = desk._
    if not plan.count:
        return [__("Nobody can be reached there yet.")]
    channels = [
        f"{CHANNELS.get(name, name)} {__.number(count)}"
        for name, count in sorted(plan.by_channel.items())
    ]
    people = __.n("{count} person", "{count} people", plan.count)
    lines = [
        said(
            desk, _("It reaches {people}: {channels}."), people=people, channels=", ".join(channels)
        )
    ]
    if plan.unreached:
        lines.append(
            __.n("{count} cannot be reached.", "{count} cannot be reached.", plan.unreached)
        )
    return lines


def _when(desk: Desk, plan: Plan) -> list[str]:
    __ = desk._
    moment = __.moment(plan.leaves_at)
    if plan.urgent:
        lines = [said(desk, _("Urgent: {reason}"), reason=plan.urgent)]
        return (
            lines
            if at_once(plan.draft)
            else [*lines, said(desk, _("It leaves at {moment}."), moment=moment)]
        )
    if plan.at_night:
        return [
            said(desk, _("People rest from 21:00 to 06:30: it leaves at {moment}."), moment=moment)
        ]
    if at_once(plan.draft):
        return []
    return [said(desk, _("It leaves at {moment}."), moment=moment)]


def _do(desk: Desk, plan: Plan) -> list[Button]:
    __, key = desk._, plan.draft.key
    buttons = []
    if plan.count:
        label = __.n("Send to {count} person", "Send to {count} people", plan.count)
        buttons.append(Button(f"b.send.{key}", label))
        if plan.at_night and not plan.urgent:
            buttons.append(Button(f"b.urgent.{key}", __("Urgent: do not wait")))
    buttons += [
        Button(f"b.test.{key}", __("Send it to me as a test")),
        Button(f"b.when.{key}", __("Choose the hour")),
        Button(f"b.photo.{key}", __("Add a photo")),
        Button(f"b.edit.{key}", __("Edit")),
    ]
    return buttons


def _steer(desk: Desk, key: str) -> list[Button]:
    __ = desk._
    return [
        Button(f"b.back.{key}", __("Back"), nav=True),
        Button(f"b.stop.{key}", __("Cancel"), nav=True),
    ]


def sure(desk: Desk, plan: Plan) -> Say:
    """The second question, for many people."""
    __, key = desk._, plan.draft.key
    people = __.n("{count} person", "{count} people", plan.count)
    text = said(desk, _("This goes to {people} at once. Are you sure?"), people=people)
    buttons = (
        Button(f"b.sure.{key}", said(desk, _("Yes, send it to {people}"), people=people)),
        Button(f"b.look.{key}", __("Back"), nav=True),
    )
    return Say(text, buttons)


def sent(desk: Desk, broadcast: Broadcast) -> Say:
    """What an officer hears once it is sent."""
    __ = desk._
    people = __.n("{count} person", "{count} people", broadcast.expected)
    if broadcast.leaves_at > desk.now:
        text = said(
            desk,
            _("Announcement {number} is kept: it leaves at {moment}, to {people}."),
            number=broadcast.id,
            moment=__.moment(broadcast.leaves_at),
            people=people,
        )
    else:
        text = said(
            desk,
            _("Announcement {number} is on its way to {people}."),
            number=broadcast.id,
            people=people,
        )
    buttons = (*_follow(desk, broadcast), _recall(desk, broadcast))
    return Say(text, (*buttons, Button("m.menu", __("Menu"), nav=True)))


def _follow(desk: Desk, broadcast: Broadcast) -> list[Button]:
    return [Button(f"b.view.{broadcast.id}", desk._("How far it is"))]


def _recall(desk: Desk, broadcast: Broadcast) -> Button:
    return Button(f"b.recall.{broadcast.id}", desk._("Recall"))


def progress(desk: Desk, broadcast: Broadcast) -> Say:
    """How far a broadcast has come; pressed again it says so anew."""
    __, states = desk._, desk.broadcasts.states(broadcast)
    number = broadcast.id or 0
    lines = [
        said(
            desk,
            _("Announcement {number} · {moment}"),
            number=number,
            moment=__.moment(broadcast.leaves_at),
        ),
        f"«{cut(str(broadcast.content['text']))}»",
        *_progress_lines(desk, states),
    ]
    if broadcast.recalled_at:
        moment = __.moment(broadcast.recalled_at)
        lines.append(said(desk, _("Recalled at {moment}."), moment=moment))
    lost = sum(states.get(state, 0) for state in (*FAILED, "unreached"))
    unread = lost + states.get("sent", 0)
    buttons = _follow(desk, broadcast)
    going = any(states.get(state) for state in ("coming", *GOING))
    if broadcast.recalled_at is None and going:
        buttons.append(_recall(desk, broadcast))
    if lost and broadcast.recalled_at is None:
        label = __.n("Try {count} again", "Try {count} again", lost)
        buttons.append(Button(f"b.again.{number}", label))
    if unread:
        buttons.append(Button(f"b.who.{number}.0", __("Who has not read it")))
    nav = (
        Button("m.broadcast", __("Other announcements"), nav=True),
        Button("m.menu", __("Menu"), nav=True),
    )
    return Say("\n".join(lines), (*buttons, *nav))


def _progress_lines(desk: Desk, states: dict[str, int]) -> list[str]:
    __ = desk._
    going = sum(states.get(state, 0) for state in ("coming", *GOING))
    there = states.get("sent", 0) + states.get("read", 0)
    lines = [
        said(desk, _("• to be sent: {count}"), count=__.number(going)),
        said(desk, _("• arrived: {count}"), count=__.number(there)),
        said(desk, _("• pressed «Received»: {count}"), count=__.number(states.get("read", 0))),
    ]
    reasons = [__(WHY[s]).format(count=__.number(states[s])) for s in WHY if states.get(s)]
    if reasons:
        failed = sum(states.get(state, 0) for state in FAILED)
        lines.append(
            said(
                desk,
                _("• not delivered: {count} ({why})"),
                count=__.number(failed),
                why="; ".join(reasons),
            )
        )
    for state, line in (
        ("unreached", _("• out of reach: {count}")),
        ("parked", _("• held back, the operator is looking at it: {count}")),
        ("recalled", _("• recalled: {count}")),
    ):
        if states.get(state):
            lines.append(said(desk, line, count=__.number(states[state])))
    return lines


def not_read(desk: Desk, broadcast: Broadcast, page: int) -> Say:
    """A page of who has not read it, with names and numbers where those may be shown."""
    __, number = desk._, broadcast.id or 0
    back = Button(f"b.view.{number}", __("Back"), nav=True)
    if desk.policy != "full":
        text = __("Names and numbers are shown on the web only. There: Announce, then this one.")
        return Say(text, (back,))
    found = desk.broadcasts.not_read(broadcast, page)
    shown = found[:PAGE]
    head = said(desk, _("Announcement {number}: who has not read it"), number=number)
    lines = [_one(desk, at, each) for at, each in enumerate(shown, page * PAGE + 1)]
    nav = []
    if page:
        nav.append(Button(f"b.who.{number}.{page - 1}", __("Page before"), nav=True))
    if len(found) > PAGE:
        nav.append(Button(f"b.who.{number}.{page + 1}", __("Next page"), nav=True))
    text = "\n".join([head, *(lines or [__("Everybody has read it.")])])
    return Say(text, (*nav, back), calls=_calls(desk, shown))


def _one(desk: Desk, at: int, each: Listed) -> str:
    parts = [private(each.name) if each.name else desk._("no name")]
    if each.phone:
        parts.append(private(each.phone))
    if each.home_area:
        parts.append(area_name(desk, each.home_area))
    return f"{at}. {' · '.join(parts)} – {desk._(STATES[each.state])}"


def _calls(desk: Desk, shown: Sequence[Listed]) -> tuple[Call, ...]:
    """The second route: whom no channel reaches is called."""
    lost = (*FAILED, "unreached")
    return tuple(
        Call(
            private(each.phone), said(desk, _("Call {name}"), name=private(each.name or each.phone))
        )
        for each in shown
        if each.phone and each.state in lost
    )
