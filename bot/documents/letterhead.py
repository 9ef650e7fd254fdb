"""The layout of official papers: Decree 30/2020/NĐ-CP, appendix I.

A4, Times New Roman, margins 20/20/30/15 mm; the state's name and motto to the right, who issues
the paper to the left, the number left blank for the clerk, page numbers from the second page.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from bot.documents.papers import Office
from bot.documents.plain import one_line, plain
from bot.i18n import Speech, speak
from bot.i18n import later as _

FONT = "Times New Roman"
BODY, SMALL, HEAD = 14, 11, 12
TEXT_WIDTH = 165  # mm between the margins
_LEFT, _RIGHT = 70, 95  # mm: the state's name must stay on one line
_BLANK = "\u00a0" * 6

STATE = _("SOCIALIST REPUBLIC OF VIET NAM")
MOTTO = _("Independence - Freedom - Happiness")
COMMITTEE = _("PEOPLE'S COMMITTEE")
NUMBER = _("No.: {number}/{kind}")
PLACE_AND_DAY = _("{place}, {day}/{month}/{year}")
RECIPIENTS = _("Recipients:")
TO = _("To:")
SIGN = _("(Signature, full name)")


class Paper:
    """One official paper in the making, from the top down; `bytes()` ends it."""

    def __init__(self, title: str, language: str = "vi") -> None:
        from docx import Document
        from docx.shared import Mm

        self.say: Speech = speak(language)
        self._made = Document()
        section = self._made.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)
        section.header_distance = section.footer_distance = Mm(10)
        self._normal(self._made.styles["Normal"])
        self._page_numbers(section)
        properties = self._made.core_properties
        properties.title, properties.author = one_line(title, 255), ""
        properties.comments, properties.language = "", "vi-VN"

    def bytes(self) -> bytes:
        """The docx file."""
        stream = BytesIO()
        self._made.save(stream)
        return stream.getvalue()

    def letterhead(
        self, office: Office, kind: str, on: date, *, signed_later: bool = False
    ) -> None:
        """Who issues it, its blank number of a kind ("BC-UBND"), the state, place and date.

        With `signed_later` the day stays blank: it is filled in when the paper is signed.
        """
        left, right = self._two(_LEFT, _RIGHT)
        self._cell(left, self.say(COMMITTEE), HEAD, bold=True)
        self._cell(left, one_line(office.name).upper(), HEAD, bold=True)
        self._rule(left, 25)
        number = self.say(NUMBER).format(number=_BLANK, kind=kind)
        self._cell(left, number, 13)
        self._cell(right, self.say(STATE), HEAD, bold=True)
        self._cell(right, self.say(MOTTO), 13, bold=True)
        self._rule(right, 17)
        day = _BLANK if signed_later else f"{on.day:02}"
        month = f"{on.month:02}" if on.month < 3 else str(on.month)
        holes = {"place": place_of(office), "day": day, "month": month, "year": on.year}
        self._cell(right, self.say(PLACE_AND_DAY).format(**holes), 13, italic=True)

    def name(self, kind: str, about: str) -> None:
        """What kind of paper it is, in capitals, and what it is about."""
        self._line(one_line(kind).upper(), centred=True, bold=True, before=14)
        self._line(one_line(about), centred=True, bold=True)
        self._rule(self._made, 55)

    def addressed(self, whom: Sequence[str]) -> None:
        """To whom it goes."""
        if len(whom) == 1:
            self._line(f"{self.say(TO)} {one_line(whom[0])}", centred=True, before=6)
            return
        if whom:
            self._line(self.say(TO), before=6)
        for each in whom:
            self._line(f"- {one_line(each)}", indent=20)

    def basis(self, lines: Sequence[str]) -> None:
        """The documents it rests on, each on a line, in italics."""
        for number, line in enumerate(lines, 1):
            end = "." if number == len(lines) else ";"
            self._line(one_line(line) + end, italic=True, first=10)

    def heading(self, words: str) -> None:
        """The head of a part."""
        self._line(one_line(words), bold=True, before=6, keep=True)

    def text(self, words: str, *, bold: str = "", centred: bool = False) -> None:
        """A paragraph, with `bold` words before it; lines in the text stay lines.

        After `bold` words without a text comes a dotted line to write on.
        """
        if bold and not words:
            self._dotted(one_line(bold))
            return
        for number, line in enumerate(plain(words).split("\n") or [""]):
            head = one_line(bold) if number == 0 else ""
            self._line(line, head=head, first=0 if centred else 10, centred=centred)

    def note(self, words: str) -> None:
        """A small remark in italics."""
        self._line(one_line(words), size=SMALL, italic=True, before=2)

    def to_write(self, lines: int) -> None:
        """Dotted lines to be filled in by hand."""
        for _each in range(lines):
            self._dotted()

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        row_height: float = 0,
        left: Sequence[int] = (0,),
        total: bool = False,
    ) -> None:
        """A ruled table; its head comes again on every page. Widths in mm; with `total` the last
        row is bold. Columns in `left` begin at the left, the others are centred.
        """
        from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
        from docx.shared import Mm

        made = self._made.add_table(rows=1 + len(rows), cols=len(columns), style="Table Grid")
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        lines = [(columns, True), *((row, False) for row in rows)]
        cells = list(made._cells)  # asking row by row is quadratic in long lists
        for number, ((values, head), row) in enumerate(zip(lines, made.rows, strict=True)):
            if row_height and not head:
                row.height, row.height_rule = Mm(row_height), WD_ROW_HEIGHT_RULE.AT_LEAST
            self._row_kept(row, head)
            bold = head or (total and number == len(rows))
            for column, value in enumerate(values):
                cell = cells[number * len(columns) + column]
                cell.width = Mm(widths[column])
                aligned = column in left and not head
                self._fill(cell, value, bold=bold, left=aligned)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(width)

    def gap(self) -> None:
        """A little room below a table."""
        from docx.shared import Pt

        self._line("", size=6)
        self._made.paragraphs[-1].paragraph_format.space_after = Pt(0)

    def end(self) -> None:
        """The sign by which a report says that it ends."""
        last = self._made.paragraphs[-1]
        last.add_run("./.")

    def signed(self, copies: Sequence[str], authority: str, who: str = "") -> None:
        """Who gets copies, to the left, and in what capacity it is signed, to the right."""
        left, right = self._two(_LEFT + 10, _RIGHT - 10)
        if copies:
            self._cell(left, self.say(RECIPIENTS), 12, bold=True, italic=True, centred=False)
        for number, copy in enumerate(copies, 1):
            end = "." if number == len(copies) else ";"
            self._cell(left, f"- {one_line(copy)}{end}", SMALL, centred=False)
        for line in plain(authority).split("\n"):
            self._cell(right, line, BODY, bold=True)
        self._cell(right, self.say(SIGN), 12, italic=True)
        for _each in range(4):
            self._cell(right, "", BODY)
        self._cell(right, one_line(who), BODY, bold=True)

    def signatures(self, capacities: Sequence[str], names: Sequence[str]) -> None:
        """Several people sign side by side."""
        row = self._borderless([TEXT_WIDTH / len(capacities)] * len(capacities))
        for cell, capacity, who in zip(row, capacities, names, strict=True):
            self._cell(cell, capacity, 13, bold=True)
            self._cell(cell, self.say(SIGN), 12, italic=True)
            for _each in range(4):
                self._cell(cell, "", 13)
            self._cell(cell, one_line(who), 13, bold=True)

    # How it is drawn.

    def _normal(self, style: Any) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt

        style.font.name, style.font.size = FONT, Pt(BODY)
        style.paragraph_format.space_after = Pt(0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN" if self.say.language == "vi" else "en-GB")
        style.element.get_or_add_rPr().append(language)

    def _page_numbers(self, section: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        section.different_first_page_header_footer = True
        line = section.header.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = line.add_run()
        for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = words
            run._r.append(element)

    def _line(
        self,
        words: str,
        *,
        head: str = "",
        size: float = BODY,
        bold: bool = False,
        italic: bool = False,
        centred: bool = False,
        before: float = 0,
        first: float = 0,
        indent: float = 0,
        keep: bool = False,
    ) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm, Pt

        line = self._made.add_paragraph()
        how = line.paragraph_format
        how.space_before, how.space_after, how.line_spacing = Pt(before), Pt(6), 1.1
        how.first_line_indent, how.left_indent = Mm(first), Mm(indent)
        how.keep_with_next = keep
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
        if head:
            run = line.add_run(f"{head} " if words else head)
            run.bold, run.font.size = True, Pt(size)
        run = line.add_run(words)
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)

    def _dotted(self, head: str = "") -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
        from docx.shared import Mm

        self._line("\t", head=head, first=10 if head else 0)
        stops = self._made.paragraphs[-1].paragraph_format.tab_stops
        stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)

    def _two(self, left: float, right: float) -> tuple[Any, Any]:
        first, second = self._borderless([left, right])
        return first, second

    def _borderless(self, widths: Sequence[float]) -> list[Any]:
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm

        if self._made.element.body[:-1] and self._made.element.body[-2].tag.endswith("}tbl"):
            self._made.add_paragraph()  # two tables in a row would become one
        made = self._made.add_table(rows=1, cols=len(widths))
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            edge = OxmlElement(f"w:{side}")
            edge.set(qn("w:w"), "0")
            edge.set(qn("w:type"), "dxa")
            margins.append(edge)
        made._tbl.tblPr.append(margins)
        self._row_kept(made.rows[0], False)
        for cell, column, width in zip(made.rows[0].cells, made.columns, widths, strict=True):
            cell.width = column.width = Mm(width)
        return list(made.rows[0].cells)

    def _row_kept(self, row: Any, head: bool) -> None:
        """A row is not torn over two pages; the head comes again on each."""
        from docx.oxml import OxmlElement

        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))

    def _fill(self, cell: Any, words: str, *, bold: bool, left: bool) -> None:
        from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        line = cell.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        run = line.add_run(plain(words))
        run.bold, run.font.size = bold, Pt(12)

    def _cell(
        self,
        cell: Any,
        words: str,
        size: float,
        *,
        bold: bool = False,
        italic: bool = False,
        centred: bool = True,
    ) -> None:
        """One more line in a cell of a head or a signature."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        empty = len(cell.paragraphs) == 1 and not cell.paragraphs[0].runs
        line = cell.paragraphs[0] if empty and not cell.text else cell.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
        run = line.add_run(words)
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)

    def _rule(self, where: Any, indent: float) -> None:
        """A short line, drawn as the border of an empty paragraph: `indent` mm from both sides."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt

        line = where.add_paragraph()
        how = line.paragraph_format
        how.left_indent = how.right_indent = Mm(indent)
        how.space_before, how.space_after, how.line_spacing = Pt(0), Pt(6), Pt(3)
        borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
        for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
            bottom.set(qn(f"w:{key}"), value)
        borders.append(bottom)
        line._p.get_or_add_pPr().append(borders)


def place_of(office: Office) -> str:
    """The place that stands before the date: the commune's name without "commune"."""
    if office.place:
        return one_line(office.place)
    name = one_line(office.name)
    for prefix in _prefixes():
        rest = name[len(prefix) :].strip()
        if name.casefold().startswith(f"{prefix} ".casefold()) and not rest.isdigit():
            return rest
    return name


def mentioned(office: Office) -> str:
    """The commune within a sentence, where "commune" is written small."""
    name, place = one_line(office.name), place_of(Office(office.name))
    before = name[: len(name) - len(place)]
    return before.lower() + place if name.endswith(place) else name


@cache
def _prefixes() -> tuple[str, ...]:
    text = (files(__package__) / "content" / "places.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["prefixes"])
