"""A photo or voice note that came in and cannot be opened: who sent it hears so, and nothing counts
it any more.

Where it lies is looked at only after the answer has left (its platform may be slow), so this comes
by itself. What it was sent for stays: a report is not lost with its photo.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot.desk.house import House
from bot.desk.telling import owe
from bot.forms import FORMS
from bot.forms.child_report import CHILD_REPORT
from bot.forms.model import SENT, VOICE, Draft, Form
from bot.i18n import later as _
from bot.i18n import speak
from bot.words import Button, Say
from storage import attachments, cases, conversations, outbox, people, reports
from storage.people import Known
from storage.records.cases import Attachment

if TYPE_CHECKING:
    from bot.desk.desk import Desk

KEPT_FOR = timedelta(days=1)  # afterwards nobody remembers which photo it was


def refused(connection: Connection, house: House, attachment: Attachment, now: datetime) -> None:
    """Leave a refused attachment out of drafts and reports, and tell its sender: once, in the
    transaction that refuses it. Several that came together make one message.
    """
    number = attachment.id or 0
    code = _out_of_report(connection, attachment)
    sender = attachment.channel, attachment.owner_index
    found = people.known(connection, [sender]).get(sender)
    if found is None:  # forgotten since
        return
    _out_of_drafts(connection, found.person_id, number)
    row = owe(
        found.link_id,
        found.channel,
        _words(connection, house, found, attachment.kind, code),
        now,
        "push",
        once=f"unreadable:{found.link_id}:{code}:{attachment.created_at.isoformat()}",
        expires=KEPT_FOR,
    )
    # An answer to what they did: it neither counts as one of the day's nor waits behind a form.
    outbox.put(connection, [{**row, "priority": outbox.REPLY}])


def _words(connection: Connection, house: House, sender: Known, kind: str, code: str | None) -> Say:
    __ = speak(sender.language, house.timezone)
    if code is None:
        return Say(__(PHOTO if kind == "photo" else RECORDING))
    text = __(PHOTO_OF_REPORT if kind == "photo" else RECORDING_OF_REPORT).format(code=code)
    here = conversations.load(connection, [sender.person_id])
    in_a_form = here.get(sender.person_id, (None, []))[0] is not None
    # A button would take the place of those of the question that is open.
    return Say(text, () if in_a_form else (Button(f"r.reply.{code}", __("Add something")),))


PHOTO = _(
    "The photo you sent cannot be opened. Everything else you told me is kept. Please take it with "
    "the phone's camera and send it again, or write what it shows."
)
RECORDING = _(
    "The voice note you sent cannot be opened. Everything else you told me is kept. Please record "
    "a shorter one, or write what you said."
)
PHOTO_OF_REPORT = _(
    "The photo in your report {code} cannot be opened. The report itself has arrived. Please take "
    "it with the phone's camera and send it again, or write what it shows."
)
RECORDING_OF_REPORT = _(
    "The voice note in your report {code} cannot be opened. The report itself has arrived. Please "
    "record a shorter one, or write what you said."
)


def _out_of_report(connection: Connection, attachment: Attachment) -> str | None:
    """The code of the report that it was sent with, if that was sent."""
    report = cases.report_of(connection, attachment)
    if report is None:
        return None
    answers = without(CHILD_REPORT, report.answers, attachment.id or 0)
    if answers != report.answers:
        reports.change_answers(connection, report, answers)
    return report.code if report.completed_at is not None else None


def _out_of_drafts(connection: Connection, person_id: int, number: int) -> None:
    changed = []
    for (person, name), (content, at) in conversations.load_drafts(connection, [person_id]).items():
        if (form := FORMS.get(name)) is None:  # a note that is no form's
            continue
        draft = Draft.from_json(content)
        answers = without(form, draft.answers, number)
        if answers != draft.answers:
            content = draft.with_(answers=answers).to_json()
            changed.append(
                {"person_id": person, "form": name, "content": content, "updated_at": at}
            )
    conversations.save_drafts(connection, changed)


def readable(desk: Desk, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers of a report without what was refused while it was being sent; of what is not
    here any more its sender hears with the next thing said."""
    ids = [
        each
        for question in CHILD_REPORT.questions
        if question.kind.show == "media" and isinstance(sent := answers.get(question.key), list)
        for each in sent
    ]
    known = attachments.states(desk.connection, ids) if ids else {}
    for number in ids:
        if number not in known:
            desk.say_note(NOT_HERE)
        if number not in known or known[number][0] == "refused":
            answers = without(CHILD_REPORT, answers, number)
    return answers


NOT_HERE = _(
    "A photo or voice note that you had sent is not here any more, so it does not go along. Please "
    "send it once more."
)


def without(form: Form, answers: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The answers of a form without one attachment; what was said only by it is open again."""
    kept = dict(answers)
    for question in form.questions:
        value = kept.get(question.key)
        if question.kind.show != "media" or not isinstance(value, list) or number not in value:
            continue
        kept[question.key] = [each for each in value if each != number]
        if kept[question.key]:
            continue
        del kept[question.key]
        if question.kind.gathers == "voice":
            kept = {key: value for key, value in kept.items() if value != VOICE}
    if not any(isinstance(kept.get(q.key), list) for q in form.questions if q.kind.gathers):
        kept = {key: value for key, value in kept.items() if value != SENT}
    return kept
