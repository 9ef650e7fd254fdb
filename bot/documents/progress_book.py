"""Progress as a spreadsheet: targets, villages, the records behind every figure, denominators."""

from __future__ import annotations

from collections.abc import Mapping

from bot.documents.papers import Standing
from bot.documents.plain import one_line
from bot.documents.sheets import Sheet, Value, book
from bot.documents.standing import Figures, Row, rows, silent_villages, village_name
from bot.i18n import Speech, speak
from bot.i18n import later as _
from bot.plans.vocabulary import name, words

TITLE = _("Progress towards the targets, {year}")
HEAD = _("{area}. Figures up to {day}. Source: {source}")
UNKNOWN = _("An empty cell means that nobody has told a number. It is not a zero.")
SILENT_LIST = _("No figures yet from: {villages}")
ROUNDED = _("Coverage is rounded to the side that does not flatter, and is 100 % at most.")
PERSONAL = _("Records of meetings hold numbers only, no names.")

TARGETS, VILLAGES = _("Targets"), _("By village")
RECORDS, DENOMINATORS = _("Records"), _("Denominators")
_FIGURES = (
    _("Attendances"),
    _("Covered"),
    _("Out of"),
    _("Unit"),
    _("Coverage (%)"),
    _("Exact or estimate"),
)
_TARGET_COLUMNS = (
    _("No."),
    _("Target"),
    _("Wanted"),
    _("Wanted (%)"),
    _("By the year"),
    *_FIGURES,
    _("Result so far"),
    _("To be checked"),
    _("Source of the denominator"),
    _("Words of the plan"),
    _("Records"),
)
_VILLAGE_COLUMNS = (
    _("No."),
    _("Target"),
    _("Village name"),
    _("Has told figures"),
    *_FIGURES,
    _("To be checked"),
    _("Source of the denominator"),
    _("Records"),
)
_RECORD_COLUMNS = (
    _("Record"),
    _("Held on"),
    _("Village name"),
    _("What it was"),
    _("Group"),
    _("For what"),
    _("Attendances"),
    _("Households, classes or the like told"),
)
_DENOMINATOR_COLUMNS = (
    _("Group"),
    _("Area"),
    _("Year"),
    _("Count"),
    _("Unit"),
    _("Exact or estimate"),
    _("Source"),
)
YES, NO = _("yes"), _("no figures yet")
EXACT, ESTIMATE = _("exact"), _("estimate")


def progress_book(standing: Standing, language: str = "vi") -> bytes:
    """The xlsx of a standing."""
    _s = speak(language)
    title = _s(TITLE).format(year=standing.progress.year)
    return book(progress_sheets(standing, language), f"{title} – {one_line(standing.area)}")


def progress_sheets(standing: Standing, language: str = "vi") -> tuple[Sheet, ...]:
    """Its four sheets; the numbers in them are those of the standing as they are."""
    _s, found = speak(language), rows(standing, language)
    return (
        _targets(standing, found, _s),
        _villages(standing, found, _s),
        _records(standing, _s),
        _denominators(standing, _s),
    )


def _targets(standing: Standing, found: tuple[Row, ...], _s: Speech) -> Sheet:
    notes = [_s(UNKNOWN), _s(ROUNDED)]
    if standing.progress.silent:
        names = ", ".join(silent_villages(standing))
        notes.insert(0, _s(SILENT_LIST).format(villages=names))
    body = tuple(
        (
            row.number,
            row.title,
            row.aim_said,
            row.aim,
            row.by_year,
            *_figures(row, row.whole),
            row.status_said,
            "; ".join(row.whole.warnings) or None,
            row.whole.base_source or None,
            f"{row.quote} [{row.note}]" if row.note else row.quote,
            ", ".join(row.whole.records) or None,
        )
        for row in found
    )
    return _sheet(standing, TARGETS, _TARGET_COLUMNS, body, _s, tuple(notes), (3, 9))


def _villages(standing: Standing, found: tuple[Row, ...], _s: Speech) -> Sheet:
    body = tuple(
        (
            row.number,
            row.title,
            village,
            _s(NO if each.silent else YES),
            *_figures(row, each),
            "; ".join(each.warnings) or None,
            each.base_source or None,
            ", ".join(each.records) or None,
        )
        for row in found
        for village, each in row.villages
    )
    return _sheet(standing, VILLAGES, _VILLAGE_COLUMNS, body, _s, (_s(UNKNOWN),), (8,))


def _records(standing: Standing, _s: Speech) -> Sheet:
    year = standing.progress.year
    held = [entry for entry in dict.fromkeys(standing.entries) if entry.day.year == year]
    body = tuple(
        (
            entry.event,
            entry.day,
            village_name(standing, entry.village),
            standing.events.get(entry.event) or None,
            _called("group", entry.group, _s.language),
            _called("indicator", entry.indicator, _s.language),
            entry.headcount,
            None if entry.ids is None else len(entry.ids),
        )
        for entry in sorted(held, key=lambda entry: (entry.day, entry.event))
    )
    return _sheet(standing, RECORDS, _RECORD_COLUMNS, body, _s, (_s(PERSONAL),))


def _denominators(standing: Standing, _s: Speech) -> Sheet:
    body = tuple(
        (
            _called("group", row.group, _s.language),
            village_name(standing, row.area),
            row.year,
            row.count,
            _called("unit", row.unit, _s.language),
            _s(ESTIMATE if row.estimated else EXACT),
            row.source,
        )
        for row in standing.denominators
    )
    return _sheet(standing, DENOMINATORS, _DENOMINATOR_COLUMNS, body, _s)


def _sheet(
    standing: Standing,
    called: str,
    columns: tuple[str, ...],
    body: tuple[tuple[Value, ...], ...],
    _s: Speech,
    notes: tuple[str, ...] = (),
    percents: tuple[int, ...] = (),
) -> Sheet:
    holes: Mapping[str, str] = {
        "area": one_line(standing.area),
        "day": _s.day(standing.on),
        "source": one_line(standing.source),
    }
    return Sheet(
        name=_s(called),
        title=_s(TITLE).format(year=standing.progress.year),
        columns=tuple(_s(each) for each in columns),
        rows=body,
        under_title=_s(HEAD).format(**holes),
        notes=notes,
        percents=percents,
    )


def _figures(row: Row, each: Figures) -> tuple[Value, ...]:
    return (
        each.attendances,
        each.covered,
        each.base,
        row.unit,
        each.percent,
        each.certainty or None,
    )


def _called(kind: str, word: str, language: str) -> str:
    return name(kind, word, language) if word in words(kind) else word
