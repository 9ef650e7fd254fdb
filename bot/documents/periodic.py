"""The half-year or year report of a commune, as an official paper and as a spreadsheet.

Paper and spreadsheet are made of the same parts and tables. The outline is that of process.md 3.2
and 3.3; difficulties, next steps and proposals are left to the officer's own hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

from bot.documents.few import FEWEST, told
from bot.documents.letterhead import TEXT_WIDTH, Paper, mentioned
from bot.documents.papers import (
    CaseFigures,
    Counts,
    Held,
    OutreachFigures,
    Period,
    PeriodicReport,
    Standing,
)
from bot.documents.plain import one_line
from bot.documents.sheets import Sheet, Value, book
from bot.documents.standing import rows
from bot.i18n import Speech, speak
from bot.i18n import later as _

KIND = "BC-UBND"
REPORT = _("Report")
TITLES = {
    "child_labour": _("Results of preventing and reducing child labour, {period}"),
    "outreach": _("Results of outreach for the protection of children, {period}"),
    "progress": _("Progress towards the targets of the plans, {period}"),
}
PERIODS = {
    "H1": _("first half of {year}"),
    "H2": _("second half of {year}"),
    "": _("year {year}"),
}
NO_FIGURES = _("no figures are kept")
FEW = _("under {fewest}, or not told")
UNTIL = _("Figures from {start} to {until}.")
INCOMPLETE = _(
    "The period ends on {end}: what is still to come has to be added as an estimate, or reported "
    "with the next period."
)
OUTSIDE = _("For readers outside the commune counts of cases under {fewest} are not told.")
PRELIMINARY = _(
    "Levels are preliminary findings by the table of the law, unless an officer has set them."
)
NOT_RANKED = _("Villages stand in the order of their names; the number of cases is no merit.")

CASES = _("Notices and cases")
OUTREACH = _("Outreach work")
COVERAGE = _("Targets and results")
OVERSIGHT = _("Commitments, inspections, network")
HARD = _("Difficulties and their causes")
NEXT = _("Next steps")
PROPOSALS = _("Proposals")
WRITTEN = ((HARD, 5), (NEXT, 4), (PROPOSALS, 3))
CLOSING = _("This is the report; the People's Committee of {commune} submits it for information.")
AUTHORITY = _("FOR THE PEOPLE'S COMMITTEE\nCHAIR")
AS_ABOVE, FILED = _("As above"), _("Filed: office")

WHAT, HOW_MANY = _("What was counted"), _("Number")
MEETINGS, TIMES = _("Number of meetings"), _("Attendances")
LEVEL, STATUS, AGE, SEX = (
    _("Level of the case"),
    _("Where it stands"),
    _("Age group"),
    _("Boys and girls"),
)
BY_KIND, BY_TOPIC = _("Kind of meeting"), _("Topic of the meeting")
BY_GROUP, BY_VILLAGE = _("Group that was reached"), _("Village or residential group")
TOTAL = _("Together")
SILENT = _("No meeting was told of from: {villages}")


@dataclass(frozen=True)
class Table:
    """One table of a report: in the paper and, under the same name, in the spreadsheet."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    widths: tuple[float, ...]
    total: bool = False
    left: tuple[int, ...] = (0,)
    percents: tuple[int, ...] = ()
    unknown: str = ""  # what stands in the paper for a figure that is not known


@dataclass(frozen=True)
class Part:
    """One part of a report: its heading, its tables, and what is to be said of them."""

    heading: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def periodic_paper(report: PeriodicReport, language: str = "vi") -> bytes:
    """The report as docx, to be completed, numbered and signed."""
    _s = speak(language)
    paper = Paper(_title(report, _s), language)
    paper.letterhead(report.office, KIND, report.written_on, signed_later=True)
    paper.name(_s(REPORT), _title(report, _s))
    if report.addressees:
        paper.addressed(report.addressees)
    else:
        paper.text("", bold=_s(_("To:")))
    paper.basis([*_laws(report.about, language), *report.basis])
    for line in _about_figures(report, _s):
        paper.text(line)
    numbers = map(_roman, count(1))
    for part in parts(report, language):
        paper.heading(f"{next(numbers)}. {part.heading}")
        for table in part.tables:
            _printed(paper, table, _s)
        for note in part.notes:
            paper.note(note)
    for heading, lines in WRITTEN:
        paper.heading(f"{next(numbers)}. {_s(heading)}")
        paper.to_write(lines)
    paper.text(_s(CLOSING).format(commune=mentioned(report.office)))
    paper.end()
    paper.signed(report.copies or (_s(AS_ABOVE), _s(FILED)), _s(AUTHORITY))
    return paper.bytes()


def periodic_book(report: PeriodicReport, language: str = "vi") -> bytes:
    """The figures of the report as xlsx, a sheet to a table."""
    _s, title = speak(language), _title(report, speak(language))
    head = one_line(report.office.name)
    about = tuple(_about_figures(report, _s))
    sheets = [
        Sheet(
            name=table.name,
            title=title,
            columns=table.columns,
            rows=tuple(tuple(_known(value, _s) for value in row) for row in table.rows),
            under_title=f"{head}. {part.heading}",
            notes=(*part.notes, *about),
            percents=table.percents,
        )
        for part in parts(report, language)
        for table in part.tables
    ]
    return book(sheets, f"{title} – {head}")


def parts(report: PeriodicReport, language: str = "vi") -> tuple[Part, ...]:
    """The parts that have figures, in the order of the outline."""
    _s = speak(language)
    found = list[Part]()
    if report.cases is not None:
        found.append(_cases(report.cases, report.outside, _s))
    if report.outreach is not None:
        found.append(_outreach(report.outreach, _s))
    found += [_coverage(each, language, _s) for each in report.standings]
    if report.about != "progress":
        found.append(_oversight(report, _s))
    return tuple(found)


def period_said(period: Period, _s: Speech) -> str:
    """The period in words: "first half of 2026"."""
    return _s(PERIODS[period.label[4:]]).format(year=period.label[:4])


def _roman(number: int) -> str:
    """As parts of papers are numbered; enough for 39."""
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "X" * (number // 10) + ones[number % 10]


def _title(report: PeriodicReport, _s: Speech) -> str:
    return _s(TITLES[report.about]).format(period=period_said(report.period, _s))


def _about_figures(report: PeriodicReport, _s: Speech) -> Iterator[str]:
    period = report.period
    yield _s(UNTIL).format(start=_s.day(period.start), until=_s.day(period.until))
    if period.incomplete:
        yield _s(INCOMPLETE).format(end=_s.day(period.end))
    if report.outside and report.cases is not None:
        yield _s(OUTSIDE).format(fewest=FEWEST)


def _cases(cases: CaseFigures, outside: bool, _s: Speech) -> Part:
    overview: tuple[tuple[str, int], ...] = (
        (_("Notices received"), cases.reports),
        (_("of them from collaborators"), cases.by_collaborators),
        (_("Cases opened"), cases.opened),
        (_("of them answered by the time that was promised"), cases.answered_in_time),
        (_("Emergencies"), cases.urgent),
        (_("of them taken in hand within 15 minutes"), cases.urgent_in_time),
        (_("Cases closed in the period"), cases.closed),
        (_("Cases open at its end"), cases.open_now),
    )
    known = told([many for _words, many in overview], outside)
    few = _s(FEW).format(fewest=FEWEST)
    lines = [
        (_s(words), few if n is None else n)
        for (words, _many), n in zip(overview, known, strict=True)
    ]
    tables = [_table(_s(CASES), (_s(WHAT), _s(HOW_MANY)), lines)]
    for name, counted in (
        (LEVEL, cases.by_level),
        (STATUS, cases.by_status),
        (AGE, cases.by_age),
        (SEX, cases.by_sex),
    ):
        if counted:
            tables.append(_counted(name, counted, outside, _s))
    return Part(_s(CASES), tuple(tables), (_s(PRELIMINARY),))


def _counted(name: str, counted: Counts, outside: bool, _s: Speech) -> Table:
    known = told([many for _words, many in counted], outside)
    few = _s(FEW).format(fewest=FEWEST)
    lines: list[tuple[Value, ...]] = [
        (_s(words), few if n is None else n)
        for (words, _many), n in zip(counted, known, strict=True)
    ]
    [all_of_them] = told([sum(many for _words, many in counted)], outside)
    lines.append((_s(TOTAL), few if all_of_them is None else all_of_them))
    return _table(_s(name), (_s(name), _s(HOW_MANY)), lines, total=True)


def _outreach(outreach: OutreachFigures, _s: Speech) -> Part:
    overview: list[tuple[Value, ...]] = [
        (_s(MEETINGS), outreach.meetings),
        (_s(TIMES), outreach.attendances),
        (_s(_("of them women")), outreach.women),
        (_s(_("of them children")), outreach.children),
        (_s(_("of them of ethnic minorities")), outreach.minority),
    ]
    tables = [_table(_s(OUTREACH), (_s(WHAT), _s(HOW_MANY)), overview)]
    for name, held in (
        (BY_KIND, outreach.by_kind),
        (BY_TOPIC, outreach.by_topic),
        (BY_GROUP, outreach.by_group),
        (BY_VILLAGE, outreach.by_village),
    ):
        if held:
            tables.append(_held(name, held, _s))
    notes = [_s(NOT_RANKED)] if outreach.by_village else []
    if any(n is not None for n in (outreach.women, outreach.children, outreach.minority)):
        notes.append(_s(AS_TOLD))
    if outreach.silent:
        villages = ", ".join(one_line(each) for each in outreach.silent)
        notes.append(_s(SILENT).format(villages=villages))
    return Part(_s(OUTREACH), tuple(tables), tuple(notes))


AS_TOLD = _("Women, children and ethnic minorities: only of the groups where somebody told.")


def _held(name: str, held: Held, _s: Speech) -> Table:
    lines: list[tuple[Value, ...]] = [(one_line(_s(words)), *counts) for words, *counts in held]
    columns = (_s(name), _s(MEETINGS), _s(TIMES))
    return Table(_s(name), columns, tuple(lines), (TEXT_WIDTH - 70, 35, 35))


def _coverage(standing: Standing, language: str, _s: Speech) -> Part:
    columns = (
        _("Target"),
        _("Wanted"),
        _("Attendances"),
        _("Covered"),
        _("Out of"),
        _("Coverage (%)"),
        _("Exact or estimate"),
        _("Result so far"),
    )
    lines = tuple(
        (
            f"{row.title} ({row.unit})",
            f"{row.aim_said}, {row.by_year}",
            row.whole.attendances,
            row.whole.covered,
            row.whole.base,
            row.whole.percent,
            row.whole.certainty or None,
            row.status_said,
        )
        for row in rows(standing, language)
    )
    name = f"{_s(COVERAGE)} {standing.progress.plan.start}-{standing.progress.plan.end}"
    widths = (37.0, 21.0, 17.0, 16.0, 19.0, 17.0, 18.0, 20.0)
    table = Table(
        name,
        tuple(_s(each) for each in columns),
        lines,
        widths,
        left=(0, 1),
        percents=(5,),
        unknown="–",
    )
    heading = f"{_s(COVERAGE)}: {one_line(standing.progress.plan.title)}"
    if not lines:
        return Part(heading, (table,), (_s(NO_TARGETS),))
    notes = [_s(WHOLE_YEAR).format(day=_s.day(date(standing.progress.year, 1, 1)))]
    return Part(heading, (table,), (*notes, *_doubts(standing, language)))


NO_TARGETS = _("This plan has no targets in figures.")
WHOLE_YEAR = _("Targets are told from {day} on, also in a report of half a year.")


def _doubts(standing: Standing, language: str) -> Iterator[str]:
    for row in rows(standing, language):
        if row.whole.warnings:
            yield f"{row.title}: {'; '.join(row.whole.warnings)}."


def _oversight(report: PeriodicReport, _s: Speech) -> Part:
    seen = report.oversight
    lines: list[tuple[Value, ...]] = [
        (_s(_("Commitments of employers that were signed")), seen.commitments),
        (_s(_("Commitments that have run out")), seen.commitments_expired),
        (_s(_("Number of inspections")), seen.inspections),
        (_s(_("of them unannounced")), seen.inspections_unannounced),
        (_s(_("Inspections that found a violation")), seen.violations),
        (_s(_("Villages and residential groups")), report.villages),
        (_s(_("Collaborators in the villages")), report.collaborators),
        (_s(_("Questions that residents passed on to the commune")), report.questions),
        (_s(_("Calls to the hotline 111 from this commune")), None),
    ]
    return Part(_s(OVERSIGHT), (_table(_s(OVERSIGHT), (_s(WHAT), _s(HOW_MANY)), lines),))


def _table(
    name: str, columns: tuple[str, ...], lines: Sequence[tuple[Value, ...]], *, total: bool = False
) -> Table:
    return Table(name, columns, tuple(lines), (TEXT_WIDTH - 45, 45), total)


def _printed(paper: Paper, table: Table, _s: Speech) -> None:
    if not table.rows:
        return
    lines = [[_in_words(value, _s, table.unknown) for value in row] for row in table.rows]
    paper.table(table.columns, lines, table.widths, left=table.left, total=table.total)
    paper.gap()


def _in_words(value: Value, _s: Speech, unknown: str) -> str:
    known = unknown if unknown and value is None else _known(value, _s)
    return _s.number(known) if isinstance(known, int | float) else str(known)


def _known(value: Value, _s: Speech) -> Value:
    return _s(NO_FIGURES) if value is None else value


def _laws(about: str, language: str) -> list[str]:
    return [each["text"][language] for each in _content()["basis"] if about in each["about"]]


@cache
def _content() -> dict[str, Any]:
    text = (files(__package__) / "content" / "periodic.toml").read_text("utf-8")
    return tomllib.loads(text)
