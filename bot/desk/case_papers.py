"""The papers of a case: form 01 of Decree 56/2017, filled from each report, to check and sign.

Only for channels that carry names in full. Who reported stays apart from the case here too: their
lines are left to write by hand. The file is kept encrypted with the report it was made of, seen by
who may see the case, and made anew at each print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot.desk.main_menu import said
from bot.documents.papers import Notice, Office
from bot.forms.form_01 import filled
from bot.i18n import Speech
from bot.i18n import later as _
from bot.words import Button, File, Say
from storage import areas, attachments, cases
from storage.records.cases import Case, CaseEntry, Report, Reporter

if TYPE_CHECKING:
    from bot.desk.cases import Opened
    from bot.desk.desk import Desk

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST = 3  # reports of one case, the newest
CAME_BY = _("message to the bot ({channel})")
READY = _(
    "Form 01 of {code}, filled in with what was reported. Please check it, have it numbered, and "
    "sign it. Who reported is left for you to write."
)
ON_THE_WEB = _("The form holds names. Please open {code} on the web and print it there.")


def form_01(desk: Desk, opened: Opened) -> Say:
    """A message with the filled form of every report of a case; on code_only the way to the web."""
    case = opened.case
    back = Button(f"c.view.{case.code}", desk._("Back"), nav=True)
    if desk.policy != "full":
        text = said(desk, ON_THE_WEB, code=case.code)
        return Say(text, (back,), links=desk.cases.link(case))
    files = tuple(
        File(_kept(desk, opened, report), "file", DOCX)
        for report, _reporter in opened.reports[-MOST:]
    )
    return Say(said(desk, READY, code=case.code), (back,), files=files)


def _kept(desk: Desk, opened: Opened, report: Report) -> int:
    """The form of one report among the attachments of that report, drawn when it is sent; its
    number."""
    assert report.id is not None
    recipe: dict[str, Any] = {"what": "form_01", "case": opened.case.code, "report": report.id}
    recipe["language"] = desk.person.language
    return attachments.to_make_of(
        desk.connection, report.id, f"form_01:{report.id}", DOCX, recipe, desk.now
    )


def notice_of(connection: Connection, speech: Speech, code: str, number: int) -> Notice | None:
    """What the form of one report says; None when it is not there any more."""
    case = cases.by_code(connection, code)
    found = cases.reports_of(connection, case) if case else []
    for report, reporter in found:
        if case and report.id == number:
            added = _added(cases.history(connection, case), found, report)
            return _notice(connection, speech, case, report, reporter, added)
    return None


def _added(
    entries: list[CaseEntry], reports: list[tuple[Report, Reporter]], report: Report
) -> list[str]:
    """What was added to a report after it was sent: by whom it is, to the newest they had sent
    then; of who is no reporter by this number any more (two records were joined), to the newest."""
    persons = {reporter.person_id for _report, reporter in reports}
    found = []
    for entry in entries:
        if entry.kind != "addition" or not entry.words:
            continue
        before = [
            sent
            for sent, reporter in reports
            if sent.received_at <= entry.at
            and (reporter.person_id == entry.person_id or entry.person_id not in persons)
        ]
        if before and before[-1].id == report.id:
            found.append(entry.words)
    return found


def _notice(
    connection: Connection,
    speech: Speech,
    case: Case,
    report: Report,
    reporter: Reporter,
    added: list[str],
) -> Notice:
    told = {key: value for key, value in report.answers.items() if key != "phone"}
    agreed = {True: "yes", False: "no", None: None}[reporter.may_call]  # None: never asked
    names = {area.code: area.name for area in areas.every(connection)}
    commune = case.commune or report.commune or ""
    return Notice(
        office=Office(names.get(commune, "")),
        code=case.code,
        received_at=report.received_at,
        fields=filled({**told, "may_call": agreed}, {}),
        villages=names,
        came_by=speech(CAME_BY).format(channel=report.channel),
        also=(*report.answers.get("also", ()), *added),
    )
