"""`vongtay report`: periodic reports as official papers or spreadsheets, or their figures."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.command_line import AsJson, Failed, in_database, print_data, settings_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.documents.papers import Period, PeriodicReport

KINDS = ("child_labour", "outreach")
EXTENSIONS = (".docx", ".xlsx")


def report(
    kind: Annotated[str, typer.Argument(help="child_labour or outreach.")],
    area: Annotated[str, typer.Option(help="A commune or province, as in area list.")],
    period: Annotated[str, typer.Option(help="2026H1, 2026H2 or 2026.")],
    out: Annotated[Path | None, typer.Option(help="FILE.docx or FILE.xlsx.")] = None,
    outside: Annotated[
        bool, typer.Option("--outside", help="For readers outside: no counts of cases under 5.")
    ] = False,
    to: Annotated[list[str] | None, typer.Option(help="To whom; may be given again.")] = None,
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    as_json: AsJson = False,
) -> None:
    """A half-year or year report to be completed and signed: FILE.docx, or figures in FILE.xlsx.

    With --json the figures are printed, and --out may be left out.
    """
    from dataclasses import replace

    from bot import clock
    from bot.desk.periodic import NoReport, periodic_report
    from bot.i18n import speak

    _known(kind, KINDS, "KIND")
    _known(language, ("vi", "en"), "--language")
    _known_file(out, as_json)
    settings, now = settings_of(), clock.now()
    when = _period(period, now.astimezone(ZoneInfo(settings.timezone)).date())
    speech = speak(language, settings.timezone)

    def work(connection: Connection) -> PeriodicReport:
        try:
            return periodic_report(connection, speech, kind, area, when, now, outside=outside)
        except NoReport as problem:
            raise Failed(str(problem)) from None

    found = replace(in_database(work, settings), addressees=tuple(to or ()))
    size = _write(found, out, language) if out else None
    print_data(
        {**_figures(found, area, language), "file": str(out) if out else None, "bytes": size},
        as_json,
        [f"{out}: {kind} {when.label} of {found.office.name}, figures up to {when.until}"],
    )


def _known(word: str, known: tuple[str, ...], where: str) -> None:
    if word not in known:
        raise typer.BadParameter(f"{word!r} is none of: {', '.join(known)}", param_hint=where)


def _known_file(out: Path | None, as_json: bool) -> None:
    if out is None and not as_json:
        raise typer.BadParameter("give --out FILE.docx or FILE.xlsx, or --json")
    if out is not None and out.suffix.lower() not in EXTENSIONS:
        known = " or ".join(EXTENSIONS)
        raise typer.BadParameter(f"{out.name!r} does not end in {known}", param_hint="--out")


def _period(label: str, today: Any) -> Period:
    from bot.documents.period import period_of

    try:
        return period_of(label, today)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--period") from None


def _write(found: PeriodicReport, out: Path, language: str) -> int:
    from bot.documents.periodic import periodic_book, periodic_paper

    draw = periodic_paper if out.suffix.lower() == ".docx" else periodic_book
    made = draw(found, language)
    try:
        out.write_bytes(made)
    except OSError as problem:
        raise Failed(f"{out}: {problem.strerror}") from None
    return len(made)


def _figures(found: PeriodicReport, area: str, language: str) -> dict[str, Any]:
    """The figures as JSON, table by table as they stand in paper and spreadsheet."""
    from bot.documents.periodic import parts

    return {
        "kind": found.about,
        "area": area,
        "name": found.office.name,
        "outside": found.outside,
        "period": {**asdict(found.period), "incomplete": found.period.incomplete},
        "plans": [each.progress.to_json() for each in found.standings],
        "parts": [
            {
                "heading": part.heading,
                "tables": [
                    {"name": table.name, "columns": table.columns, "rows": table.rows}
                    for table in part.tables
                ],
                "notes": part.notes,
            }
            for part in parts(found, language)
        ],
    }
