"""What happens when a form is sent or stopped, and what is said then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.desk import (
    alerts,
    case_clocks,
    duty_endings,
    entry_screens,
    meeting_endings,
    oversight,
    questions,
    stories,
)
from bot.desk.broadcast_card import preview
from bot.desk.main_menu import main_menu, said
from bot.desk.unsent import note_sent
from bot.forms import assessment
from bot.forms.addition import in_words, sent_along
from bot.forms.model import UNKNOWN, Answers, Draft, Form
from bot.forms.turns import Done, Note
from bot.i18n import later as _
from bot.law.explain import plain
from bot.vietnamese.danger import Danger
from bot.words import Button, Say

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from storage.records.cases import Case


def sent(desk: Desk, done: Done) -> None:
    """Carry out what a confirmed form asks for."""
    note_sent(desk, done.draft)
    ENDINGS[done.form.name](desk, done)


def cancelled(desk: Desk, form: Form, draft: Draft) -> None:
    """Put a form aside; the draft can be restored, and a case it has opened stays open."""
    desk.put_away(draft)
    __ = desk._
    case = desk.reports.stopped(draft) if draft.context.get("early") else None
    lines = [__(form.cancelled) or __("Stopped. Nothing was sent.")]
    if case:
        text = STAYS_OPEN if desk.reports.known_of(case) else NOBODY_YET
        lines.append(said(desk, text, code=case.code))
    behind = (Button("m.report", __("The report that waits")),) if stories.waiting(draft) else ()
    buttons = (
        *behind,
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
        stories.next_one(desk, draft)
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
ONLY_WHEN_SENT = Note(
    _("You have raised several alarms this hour: this one rings when you send it.")
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
    known = {key: value for key, value in answers.items() if value != UNKNOWN}
    desk.members.introduce(known.get("village"), known.get("name"), known.get("phone"))
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
    """Sent to the asker; what is better not said is shown to the officer first."""
    text = _text(done)
    found = desk.questions.find(str(done.draft.context.get("number", "")))
    doubts = desk.questions.doubts(text) if found and not found.answered_at else []
    if doubts:  # the question is open again: what is written next takes the place of this
        draft = replace(done.draft, answers={"text": text}, also=(), revisiting="text")
        desk.keep(draft)
        desk.say(questions.look_again(desk, draft, doubts))
        return
    answer_sent(desk, done.draft, text)


def answer_sent(desk: Desk, draft: Draft, words: str) -> None:
    """Bring an answer to the asker, and say whether it got there."""
    number = str(draft.context.get("number", ""))
    found = desk.questions.find(number)
    told = desk.questions.answer(found, words) if found else None
    desk.finish(draft)
    buttons: tuple[Button, ...] = (
        Button("q.queue.0", desk._("All that wait"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    if told is not None and desk.entries.commune:
        buttons = (Button(f"e.new.{number}", desk._("Make it an entry")), *buttons)
    text = _("Sent to the person who asked.")
    if told is None:
        text = _("A colleague had answered already.")
    elif not told:
        text = _("The answer is kept, but the person who asked cannot be reached any more.")
    desk.say(Say(desk._(text), buttons))


def _faq_entry(desk: Desk, done: Done) -> None:
    """Shown first as people will read it; what puts it up is the button under that."""
    desk.keep(done.draft)
    shown = entry_screens.preview(desk, done.draft, done.answers)
    desk.leave()
    desk.say(shown)


def _faq_approval(desk: Desk, done: Done) -> None:
    item = str(done.draft.context.get("item", ""))
    right = desk.entries.approve(item, str(done.answers["until"]))
    desk.finish(done.draft)
    text = _("Approved: people are answered by it again.")
    if not right:
        text = _("That day is past: the entry stays withdrawn.")
    buttons = (
        Button("e.review.0", desk._("Entries to look at again"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(desk._(text), (Button(f"e.view.{item}", desk._("View")), *buttons)))


def _contact(desk: Desk, done: Done) -> None:
    item = str(done.draft.context.get("item") or done.draft.key)
    kept = desk.contacts.put(item, done.answers)
    desk.finish(done.draft)
    text = _("People of the commune see this number from now on.")
    if not kept:
        text = _("Nothing was changed: the card is full, or it is not yours to change.")
    buttons = (
        Button("m.call", desk._("The card")),
        Button("n.list", desk._("Numbers of the commune"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(desk._(text), buttons))


def _recording(desk: Desk, done: Done) -> None:
    entry = str(done.draft.context.get("entry", ""))
    kept = desk.recordings.put(done.draft.key, entry, done.answers)
    desk.finish(done.draft)
    text = _("Thank you. People who ask this can listen to it, as soon as it has arrived here.")
    if not kept:
        text = _("Only the commune's officers change entries.")
    buttons = (
        Button(f"h.list.{entry}", desk._("Recordings")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.say(Say(desk._(text), buttons))


def _case_note(desk: Desk, done: Done) -> None:
    context = done.draft.context
    case = desk.cases.find(str(context.get("code", "")))
    desk.finish(done.draft)
    if case is None:
        desk.say(Say(desk._(NO_CASE)))
        return
    if (status := context.get("status")) == case.status:  # a colleague was first
        desk.cases.note(case, _text(done))
    elif status:
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
    changed = desk.cases.find(case.code) or case
    if changed.status != case.status and case_clocks.safe_already(case):
        text = f"{text}\n{desk._(IN_HAND_AGAIN)}"
    if desk.cases.over_when_raised(case.code):
        text = f"{text}\n{desk._(case_clocks.NOT_COUNTED_ANEW)}"
    buttons = (
        Button(f"c.view.{case.code}", desk._("View")),
        Button("m.cases", desk._("Cases"), nav=True),
    )
    desk.say(Say(text, buttons))


IN_HAND_AGAIN = _("It counts as in hand again: note «visited» once the child is safe.")


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
    text = "\n".join(filter(None, (in_words(done.answers), *done.draft.also)))
    along = sent_along(done.answers)
    told = {"what": text, **along}
    if desk.danger is Danger.NOW or desk.reports.cannot_wait(told):  # whatever it was before
        added = desk.reports.add(replace(done.draft, also=()), told, code)
    else:
        added = desk.cases.reply_from_reporter(code, text, along)
    desk.finish(done.draft)
    if added is None:
        desk.say(Say(desk._("This report is not one of yours.")))
        return
    say_added(desk, *added)


def say_added(desk: Desk, case: Case, told: int) -> None:
    """What a reporter hears who added to a report: who knows of it, or that nobody does."""
    text = ADDED_TO_CLOSED if case.closed_at else ADDED
    text = text if told else NOBODY_YET
    button = Button("m.menu", desk._("Menu"), nav=True)
    desk.say(Say(said(desk, text, code=case.code), (button,)))


ADDED = _("Added to {code}. The officer has been told.")
ADDED_TO_CLOSED = _(
    "Added to {code}. The commune had closed it before; the officer has been told that there is "
    "more now."
)


def _broadcast(desk: Desk, done: Done) -> None:
    """Nothing is sent yet: it is looked at first."""
    plan = desk.broadcasts.plan(done.draft)
    if plan.past:
        desk.say_note(HOUR_PASSED)
        desk.resume(done.form, replace(done.draft, revisiting="when"))
        return
    desk.put_away(done.draft)
    desk.say(preview(desk, plan))


HOUR_PASSED = _("That hour has passed. Choose another, or write: now.")


def _urgent(desk: Desk, done: Done) -> None:
    desk.finish(done.draft)
    draft = desk.broadcasts.unsent(str(done.draft.context.get("key", "")))
    if draft is None:
        desk.say(main_menu(desk, desk._("There is nothing unfinished any more.")))
        return
    urgent = replace(draft, context={**draft.context, "urgent": _text(done)})
    desk.put_away(urgent)
    desk.say(preview(desk, desk.broadcasts.plan(urgent)))


NO_CASE = _("There is no such case in your area.")


SAVED = _("Saved. {code} is now: {status}.")
SO_ALREADY = _("{code} is that already: {status}.")


def saved(desk: Desk, case: Case, text: str = SAVED) -> Say:
    """What an officer hears after a note or a new status."""
    changed = desk.cases.find(case.code) or case
    text = said(
        desk,
        text,
        code=case.code,
        status=desk._(alerts.STATUSES[changed.status]),
    )
    buttons = (
        Button(f"c.view.{case.code}", desk._("View")),
        Button("m.cases", desk._("Cases"), nav=True),
    )
    return Say(text, buttons)


ENDINGS: dict[str, Callable[[Desk, Done], None]] = {
    "child_report": _child_report,
    "introduction": _introduction,
    "question": _question,
    "answer": _answer,
    "contact": _contact,
    "recording": _recording,
    "faq_entry": _faq_entry,
    "faq_approval": _faq_approval,
    "case_note": _case_note,
    "case_closing": _case_note,
    "case_level": _case_level,
    "message_to_reporter": _to_reporter,
    "addition": _addition,
    "broadcast": _broadcast,
    **meeting_endings.ENDINGS,
    **oversight.ENDINGS,
    "broadcast_to_list": _broadcast,
    "broadcast_urgent": _urgent,
    **duty_endings.ENDINGS,
}
