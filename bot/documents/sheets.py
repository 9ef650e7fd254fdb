"""Spreadsheets: a table to a sheet, printed on A4, with real numbers and dates and no formulas.

A text that begins with = + - or @ stays a text: its cell is typed as one and marked as quoted, so
that no program calculates with what somebody typed in a village.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bot.documents.plain import one_line, plain

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | date | None
_ROW_OF_HEAD = 4
_WIDEST, _NARROWEST = 48, 8
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True)
class Sheet:
    """One table: what stands above it, the names of its columns, and its rows.

    A cell that is None stays empty: nothing is known. `percents` are columns (from 0) of
    percentages, as 62.5 for 62.5 %.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    under_title: str = ""
    notes: tuple[str, ...] = ()
    percents: tuple[int, ...] = ()


def book(sheets: Sequence[Sheet], title: str) -> bytes:
    """The sheets as an xlsx file."""
    from openpyxl import Workbook

    made = Workbook()
    made.properties.title, made.properties.creator = plain(title), ""
    if made.active is not None:
        made.remove(made.active)
    for sheet in sheets:
        _write(made, sheet)
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def _write(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(_sheet_name(sheet.name, book.sheetnames))
    _put(page, 1, 1, sheet.title, bold=True, size=14)
    _put(page, 2, 1, sheet.under_title)
    for column, words in enumerate(sheet.columns, 1):
        _head(page, column, words)
    row = _ROW_OF_HEAD
    for row, values in enumerate(sheet.rows, _ROW_OF_HEAD + 1):
        for column, value in enumerate(values, 1):
            _body(page, row, column, value, column - 1 in sheet.percents)
    for line, note in enumerate(sheet.notes, row + 2):
        _put(page, line, 1, note)
    _set_up(page, sheet, row)


def _sheet_name(words: str, taken: Iterable[str]) -> str:
    """Excel takes 31 characters, without some signs, each name once whatever its case."""
    name = one_line(words).translate(_FORBIDDEN).strip()[:31] or "-"
    known = {each.casefold() for each in taken}
    return next(
        each
        for n in range(1, 1000)
        if (each := name if n == 1 else f"{name[:27]} {n}").casefold() not in known
    )


def _put(page: Worksheet, row: int, column: int, value: Value, **font: Any) -> Any:
    """A cell with exactly this value in it."""
    from openpyxl.styles import Font

    cell = page.cell(row, column)
    if isinstance(value, str):
        cell.value = plain(value)
        cell.data_type = "s"  # openpyxl would make a formula of a leading "="
        cell.quotePrefix = plain(value)[:1] in tuple("=+-@")
    else:
        cell.value = value
    cell.font = Font(name="Times New Roman", **{"size": 12, **font})
    return cell


def _head(page: Worksheet, column: int, words: str) -> None:
    from openpyxl.styles import Alignment, PatternFill

    cell = _put(page, _ROW_OF_HEAD, column, words, bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE8F0")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = _border()


def _body(page: Worksheet, row: int, column: int, value: Value, percent: bool) -> None:
    from openpyxl.styles import Alignment

    cell = _put(page, row, column, value)
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
    cell.border = _border()
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy hh:mm" if isinstance(value, datetime) else "dd/mm/yyyy"
    elif isinstance(value, float) or percent:
        cell.number_format = "0.0"
    elif isinstance(value, int):
        cell.number_format = "#,##0"


def _border() -> Any:
    from openpyxl.styles import Border, Side

    side = Side(style="thin", color="8A8A8A")
    return Border(left=side, right=side, top=side, bottom=side)


def _set_up(page: Worksheet, sheet: Sheet, last: int) -> None:
    """Widths, the frozen head, and how it is printed: A4 on its side, one page wide."""
    from openpyxl.utils import get_column_letter

    for column in range(1, len(sheet.columns) + 1):
        cells = (page.cell(row, column).value for row in range(_ROW_OF_HEAD + 1, last + 1))
        longest = max((len(str(value)) for value in cells if value is not None), default=0)
        head = max((len(word) for word in sheet.columns[column - 1].split()), default=0)
        width = min(max(longest + 2, head + 3, _NARROWEST), _WIDEST)
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = page.cell(_ROW_OF_HEAD + 1, 2 if len(sheet.columns) > 1 else 1)
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{_ROW_OF_HEAD}:{_ROW_OF_HEAD}"
    page.oddFooter.center.text = "&P/&N"
