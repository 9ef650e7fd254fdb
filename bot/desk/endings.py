"""What happens when a form is sent or stopped, and what is said then."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.desk import alerts
from bot.desk.main_menu import main_menu, said
from bot.forms import assessment
from bot.forms.engine import Done, Note
from bot.forms.model import UNKNOWN, Answers, Draft, Form
from bot.i18n import later as _
from bot.law.explain import plain
from bot.vietnamese.danger import Danger
from bot.words import Button, Say, private

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from storage.records import Case


def sent(desk: Desk, done: Done) -> None:
    """Carry out what a confirmed form asks for."""
    ENDINGS[done.form.name](desk, done)


def cancelled(desk: Desk, form: Form, draft: Draft) -> None:
    """Put a form aside; the draft can be restored, and a case it has opened stays open."""
    desk.put_away(draft)
    __ = desk._
    case = desk.reports.stopped(draft) if draft.context.get("early") else None
    lines = [__(form.cancelled) or __("Stopped. Nothing was sent.")]
    if case:
        lines.append(said(desk, STAYS_OPEN, code=case.code))
    buttons = (
        Button(f"m.restore.{form.name}", __("Take it back")),
        Button("m.menu", __("Menu"), nav=True),
    )
    desk.say(Say("\n".join(lines), buttons))


STAYS_OPEN = _(
    "The officer on call knows of {code} already and may look into it. If all is well, tell them."
)


def _child_report(desk: Desk, done: Done) -> None:
    """File it; but what could be the same child within the hour is asked about first."""
    draft = done.draft
    same = None
    if not draft.context.get("early") and not draft.context.get("another"):
        same = desk.reports.similar(done.answers, draft)
    if same is None:
        case, told = desk.reports.file(draft, done.answers)
        desk.finish(draft)
        desk.say(receipt(desk, case, told, done.answers))
        return
    desk.keep(draft)
    buttons = (
        Button(f"r.add.{draft.key}.{same.code}", desk._("Add to that one")),
        Button(f"r.new.{draft.key}", desk._("Another child")),
        Button("m.menu", desk._("Decide later"), nav=True),
    )
    text = said(desk, SAME_CHILD, code=same.code, moment=desk._.moment(same.opened_at))
    desk.leave()
    desk.say(Say(text, buttons))


SAME_CHILD = _(
    "You sent a report from this village at {moment} ({code}). Is this about the same child?"
)


def woken(desk: Desk, draft: Draft) -> tuple[Draft, Note] | None:
    """Wake who is on call for an unfinished report, once; what is then said before going on.

    None when there was nothing to wake anybody for, or nobody's area is known yet.
    """
    if draft.context.get("early") or not (early := desk.reports.early(draft)):
        return None
    case, told = early
    note = Note(ALARMED if told else NOBODY_YET, (("code", case.code),))
    return replace(draft, context={**draft.context, "early": case.code}), note


ALARMED = _(
    "The officer on call has been alarmed ({code}). A few short answers help them find the child."
)
NOBODY_YET = _(
    "What you said is kept ({code}), but nobody of the commune can be reached here yet: "
    "please call 111 now."
)


def receipt(desk: Desk, case: Case, told: int, answers: Answers) -> Say:
    """The code, by when the reporter will hear back, and what to do until then."""
    __ = desk._
    lines = [
        said(desk, RECEIPT, code=case.code),
        said(desk, HEAR_BACK, moment=__.moment(case.answer_due_at)),
    ]
    if case.level == "EMERGENCY" and told:
        lines.append(__("The officer on call has been alarmed."))
    if told_by_law := in_plain_words(desk, case, answers):
        lines += ["", *told_by_law, ""]
    if not told:
        lines.append(__("Nobody of the commune is reachable here yet: please also call 111."))
    lines.append(__("If the child is in danger, call 111 or 113 at once. Thank you."))
    buttons = (
        Button(f"r.reply.{case.code}", __("Add something")),
        Button("m.menu", __("Menu"), nav=True),
    )
    return Say("\n".join(lines), buttons)


def in_plain_words(desk: Desk, case: Case, answers: Answers) -> tuple[str, ...]:
    """Two lines on what the law says of it; none where it is graver for another reason."""
    found = assessment.finding(answers, desk.scene.today)
    return plain(found, desk.person.language) if found.level.name == case.level else ()


RECEIPT = _("✅ Your report has arrived. Its code: {code}")
HEAR_BACK = _("The commune officer will answer you by {moment}.")


def _introduction(desk: Desk, done: Done) -> None:
    answers = done.answers
    desk.members.introduce(answers.get("village"), answers.get("name"), answers.get("phone"))
    desk.finish(done.draft)
    desk.say(main_menu(desk, desk._("Thank you. What would you like to do?")))


def _text(done: Done) -> str:
    """The words of a form of one text, with what was written after them at the card."""
    return "\n".join([str(done.answers["text"]).removeprefix("/"), *done.draft.also])


def _question(desk: Desk, done: Done) -> None:
    desk.finish(done.draft)
    question_passed_on(desk, _text(done))


def question_passed_on(desk: Desk, question: str) -> None:
    """Pass a question on to the officers, and say so."""
    told = desk.questions.pass_on(question)
    __ = desk._
    text = __("Your question is with the commune officer. The answer will come here.")
    if not told:
        text = __("Your question is kept, but no officer is reachable here yet: please call 111.")
    buttons = (Button("m.report", __("Report a child")), Button("m.menu", __("Menu"), nav=True))
    desk.say(Say(text, buttons))


def _answer(desk: Desk, done: Done) -> None:
    found = desk.questions.find(str(done.draft.context.get("number", "")))
    fresh = found is not None and desk.questions.answer(found, _text(done))
    desk.finish(done.draft)
    text = _("Sent to the person who asked.") if fresh else _("A colleague had answered already.")
    desk.say(Say(desk._(text), (Button("m.menu", desk._("Menu"), nav=True),)))


def _case_note(desk: Desk, done: Done) -> None:
    context = done.draft.context
    case = desk.cases.find(str(context.get("code", "")))
    desk.finish(done.draft)
    if case is None:
        desk.say(Say(desk._(NO_CASE)))
        return
    if status := context.get("status"):
        desk.cases.set_status(case, status, _text(done))
    else:
        desk.cases.note(case, _text(done))
    desk.say(saved(desk, case))


def _case_level(desk: Desk, done: Done) -> None:
    context = done.draft.context
    case = desk.cases.find(str(context.get("code", "")))
    desk.finish(done.draft)
    if case is None:
        desk.say(Say(desk._(NO_CASE)))
        return
    desk.cases.decide_level(case, str(context["level"]), _text(done))
    level = desk._(alerts.LEVELS[str(context["level"])])
    text = said(desk, _("Saved. The level of {code} is now: {level}."), code=case.code, level=level)
    buttons = (
        Button(f"c.view.{case.code}", desk._("View")),
        Button("m.cases", desk._("Cases"), nav=True),
    )
    desk.say(Say(text, buttons))


def _to_reporter(desk: Desk, done: Done) -> None:
    case = desk.cases.find(str(done.draft.context.get("code", "")))
    desk.finish(done.draft)
    if case is None:
        desk.say(Say(desk._(NO_CASE)))
        return
    reached = desk.cases.write_to_reporters(case, _text(done))
    text = _("Sent to the reporter.") if reached else _("The reporter cannot be reached any more.")
    desk.say(Say(desk._(text), (Button(f"c.view.{case.code}", desk._("View")),)))


def _addition(desk: Desk, done: Done) -> None:
    code = str(done.draft.context.get("code", ""))
    text = _text(done)
    if desk.danger is Danger.NOW:  # it makes the case urgent, whatever it was
        case = desk.reports.add(replace(done.draft, also=()), {"what": text}, code)
    else:
        case = desk.cases.reply_from_reporter(code, text)
    desk.finish(done.draft)
    if case is None:
        desk.say(Say(desk._("This report is not one of yours.")))
        return
    text = said(desk, _("Added to {code}. The officer has been told."), code=code)
    desk.say(Say(text, (Button("m.menu", desk._("Menu"), nav=True),)))


def _outreach_event(desk: Desk, done: Done) -> None:
    desk.outreach.keep(done.draft, done.answers)
    desk.finish(done.draft)
    buttons = (
        Button("m.outreach", desk._("Another meeting")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(desk._("Saved. Thank you for talking with people about it."), buttons))


def _broadcast(desk: Desk, done: Done) -> None:
    reached = desk.outreach.announce(_text(done)) if desk.cases.mine else 0
    desk.finish(done.draft)
    text = desk._.n(
        "On its way to {count} collaborator.", "On its way to {count} collaborators.", reached
    )
    if not reached:
        text = desk._("There is no collaborator in your area who can be reached yet.")
    desk.say(Say(text, (Button("m.menu", desk._("Menu"), nav=True),)))


NO_CASE = _("There is no such case in your area.")


def saved(desk: Desk, case: Case) -> Say:
    """What an officer hears after a note or a new status."""
    changed = desk.cases.find(case.code) or case
    text = said(
        desk,
        _("Saved. {code} is now: {status}."),
        code=case.code,
        status=desk._(alerts.STATUSES[changed.status]),
    )
    buttons = (
        Button(f"c.view.{case.code}", desk._("View")),
        Button("m.cases", desk._("Cases"), nav=True),
    )
    return Say(text, buttons)


def _own_task(desk: Desk, done: Done) -> None:
    what = str(done.answers["what"]).removeprefix("/")
    duty = desk.duties.add_own(what, date.fromisoformat(str(done.answers["day"])))
    desk.finish(done.draft)
    text = said(
        desk,
        _("Noted. I will remind you: {what}, {day}."),
        what=private(what, _("your task")),
        day=desk._.day(duty.due_on),
    )
    _to_duties(desk, text)


def _to_duties(desk: Desk, text: str) -> None:
    buttons = (
        Button("m.mine", desk._("My tasks"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(text, buttons))


def _report_sent(desk: Desk, done: Done) -> None:
    duty = desk.duties.find(str(done.draft.context.get("duty", "")))
    desk.finish(done.draft)
    if duty is None:
        _to_duties(desk, desk._("That duty is no longer yours, or no longer there."))
        return
    photos = done.answers.get("photo") or []
    sent = done.answers.get("sent")
    fresh = desk.duties.finish(duty, str(sent) if sent else None, photos[0] if photos else None)
    text = _("Noted, with the proof. Well done.") if fresh else _("This was done already.")
    _to_duties(desk, desk._(text))


def _between(desk: Desk, done: Done) -> tuple[date, date] | None:
    """The days of a form, or None when they are the wrong way round: then it is asked again."""
    first, last = (date.fromisoformat(str(done.answers[key])) for key in ("first", "last"))
    if first <= last:
        return first, last
    left = {key: value for key, value in done.answers.items() if key != "last"}
    _asked_again(desk, done, left, _("The last day is before the first one."))
    return None


def _asked_again(desk: Desk, done: Done, answers: dict[str, object], why: str) -> None:
    desk.finish(done.draft)
    desk.say_note(why)
    desk.resume(*desk.begin(done.form, answers, **done.draft.context))


def _colleague(desk: Desk, done: Done) -> tuple[int, str] | None:
    """The one colleague that was named, or None: then it is asked again."""
    found = desk.duties.colleagues(str(done.answers["who"]).removeprefix("/"))
    if len(found) == 1:
        return found[0]
    left = {key: value for key, value in done.answers.items() if key != "who"}
    why = _("Several are called so: please write the whole name.")
    if not found:
        why = _("I know nobody of that name in your commune.")
    _asked_again(desk, done, left, why)
    return None


def _on_leave(desk: Desk, done: Done) -> None:
    days = _between(desk, done)
    who = _colleague(desk, done) if days else None
    if days is None or who is None:
        return
    desk.duties.leave(*days, who[0])
    desk.finish(done.draft)
    text = said(
        desk,
        _("Noted. {name} gets your reminders and alarms from {first} to {last}, and is told."),
        name=private(who[1]),
        first=desk._.day(days[0]),
        last=desk._.day(days[1]),
    )
    _to_duties(desk, text)


def _on_call_shift(desk: Desk, done: Done) -> None:
    days = _between(desk, done)
    who = _colleague(desk, done) if days else None
    if days is None or who is None or not desk.duties.communes():
        return
    desk.duties.put_on_call(who[0], *days)
    desk.finish(done.draft)
    text = said(
        desk,
        _("Noted. {name} is on call from {first} to {last}."),
        name=private(who[1]),
        first=desk._.day(days[0]),
        last=desk._.day(days[1]),
    )
    _to_duties(desk, text)


def _calendar_day(desk: Desk, done: Done) -> None:
    answers = done.answers
    desk.finish(done.draft)
    kind = str(answers["kind"])
    if not desk.duties.may_change_calendar() or kind not in ("off", "working", "official"):
        _to_duties(desk, desk._("Nothing was changed."))
        return
    source = str(answers.get("source") or "").removeprefix("/")
    source = "" if source == UNKNOWN else source
    day = date.fromisoformat(str(answers["day"]))
    reason = str(answers.get("reason") or "").removeprefix("/")
    desk.duties.change_calendar(day, kind, reason, source)
    text = said(
        desk,
        _("Noted: {day}. Within a minute the limits that run are counted anew."),
        day=desk._.day(day),
    )
    _to_duties(desk, text)


def _duty_setting(desk: Desk, done: Done) -> None:
    event, answers = str(done.draft.context.get("event", "")), done.answers
    kept: dict[str, object] = {"off": answers.get("on") == "no"}
    if day := answers.get("day"):
        on = date.fromisoformat(str(day))
        kept |= {"month": on.month, "day": on.day}
    if before := _days_before(answers.get("remind")):
        kept["remind"] = before
    who = str(answers.get("who") or UNKNOWN).removeprefix("/")
    if who in ("officer", "leader", "collaborator"):
        kept["who"] = who
    elif who != UNKNOWN:
        if (found := _colleague(desk, done)) is None:
            return
        kept["who"] = f"p{found[0]}"
    desk.finish(done.draft)
    if desk.duties.communes():
        desk.duties.set_event(event, kept)
    _to_duties(desk, desk._("Saved. It holds for your commune from now on."))


def _days_before(told: object) -> str:
    """ "14, 7 va 1" as days, the furthest first; "" where no number is told."""
    days = {int(number) for number in re.findall(r"\d{1,2}", str(told or ""))}
    return " ".join(map(str, sorted(days, reverse=True)))


ENDINGS: dict[str, Callable[[Desk, Done], None]] = {
    "child_report": _child_report,
    "introduction": _introduction,
    "question": _question,
    "answer": _answer,
    "case_note": _case_note,
    "case_closing": _case_note,
    "case_level": _case_level,
    "message_to_reporter": _to_reporter,
    "addition": _addition,
    "outreach_event": _outreach_event,
    "broadcast": _broadcast,
    "own_task": _own_task,
    "report_sent": _report_sent,
    "on_leave": _on_leave,
    "on_call_shift": _on_call_shift,
    "calendar_day": _calendar_day,
    "duty_setting": _duty_setting,
}
