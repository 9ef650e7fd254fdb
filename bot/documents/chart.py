"""Progress as pictures for a phone: the targets by group, then the villages, page by page.

Told apart without colour as well: an estimate is hatched, silence is a hatched empty field with
words, a target is a black marker. Villages keep their order; nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.documents.canvas import (
    WIDTH,
    Box,
    Line,
    Mark,
    Pointer,
    Text,
    drawable,
    png,
    width_of,
    wrapped,
)
from bot.documents.papers import Standing
from bot.documents.plain import one_line
from bot.documents.standing import Figures, Row, both_said, rows, said, silent_villages
from bot.i18n import Speech, speak
from bot.i18n import later as _

TALLEST = 1920  # pixels of a page: chats shrink a picture by its longer side
COLUMNS = 4
EDGE = 40
_INNER = WIDTH - 2 * EDGE
_NAMES = 340
# Okabe and Ito's colours, which colour-blind people tell apart too.
_BLUE, _PALE, _TRACK, _GREY, _INK = "#0072B2", "#CFE3F1", "#E9ECEF", "#5F6B76", "#1A1A1A"
_HATCH_ESTIMATE, _HATCH_SILENT = "////", "xx"

TITLE = _("Progress towards the targets, {year}")
AS_OF = _("Figures up to {day}")
SOURCE = _("Source: {source}")
BY_GROUP = _("By group")
BY_VILLAGE = _("By village")
SAMPLES = {
    "exact": _("exact"),
    "estimate": _("estimate"),
    "target": _("target"),
    "silent": _("no figures yet (not zero)"),
}
NO_TARGETS = _("This plan has no target in figures.")
NO_VILLAGES = _("No village has any figures yet.")
SILENT_LIST = _("No figures yet from: {villages}")
TIMES = _("{count} times")
PAGE = _("Page {page} of {pages}")


@dataclass(frozen=True)
class Page:
    """One picture before it is drawn; `marks` hold every figure that is in it."""

    marks: tuple[Mark, ...]
    height: float
    title: str

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that is written in it, from the top."""
        return tuple(mark.words for mark in self.marks if isinstance(mark, Text))


@dataclass(frozen=True)
class _Block:
    """Marks that stay together, placed from 0; `again` is repeated at the top of a new page."""

    height: float
    marks: tuple[Mark, ...]
    again: bool = False


def chart(standing: Standing, language: str = "vi") -> tuple[bytes, ...]:
    """The pictures (PNG) of a standing, one at least.

    Takes about half a second of one core for each page, the first time a second more and 60 MB:
    call it in a worker process or thread (asyncio.to_thread), never in the event loop itself.
    """
    return tuple(png(page.marks, page.height, page.title) for page in pages(standing, language))


def picture(standing: Standing, number: int, language: str = "vi") -> bytes | None:
    """One of these pictures, from 0; None when there are not so many."""
    found = pages(standing, language)
    if number >= len(found):
        return None
    page = found[number]
    return png(page.marks, page.height, page.title)


def pages(standing: Standing, language: str = "vi") -> tuple[Page, ...]:
    """What is to be drawn, page by page."""
    _s = speak(language)
    head, foot = _head(standing, _s), _foot(standing, _s)
    room = TALLEST - head.height - foot.height
    sheets = list(_broken(list(_body(standing, language, _s)), room))
    title = f"{_s(TITLE).format(year=standing.progress.year)} – {one_line(standing.area)}"
    made = []
    for number, blocks in enumerate(sheets, 1):
        page = _Block(50, (_page_number(number, len(sheets), _s),)) if len(sheets) > 1 else None
        stack = [head, *blocks, foot, *([page] if page else [])]
        marks, y = list[Mark](), 0.0
        for block in stack:
            marks += [_down(mark, y) for mark in block.marks]
            y += block.height
        made.append(Page(tuple(marks), y, title))
    return tuple(made)


def _body(standing: Standing, language: str, _s: Speech) -> Iterator[_Block]:
    found = rows(standing, language)
    if not found:
        yield _paragraph(_s(NO_TARGETS), 30)
        return
    yield _heading(_s(BY_GROUP))
    for row in found:
        yield _target(row, language)
    if standing.progress.silent:
        names = ", ".join(silent_villages(standing))
        yield _paragraph(_s(SILENT_LIST).format(villages=names), 26, most=12)
    told = [row for row in found if any(not each.silent for _name, each in row.villages)]
    villages = standing.progress.villages
    if not told:
        if villages:
            yield _paragraph(_s(NO_VILLAGES), 28)
        return
    for start in range(0, len(told), COLUMNS):
        yield from _grid(told[start : start + COLUMNS], _s)


def _head(standing: Standing, _s: Speech) -> _Block:
    marks, y = list[Mark](), float(EDGE)
    year = standing.progress.year
    plan = one_line(standing.progress.plan.title)
    for words, size, bold, colour, most in (
        (_s(TITLE).format(year=year), 42, True, _INK, 2),
        (one_line(standing.area), 34, True, _BLUE, 2),
        (plan, 25, False, _GREY, 3),
        (_s(AS_OF).format(day=_s.day(standing.on)), 25, False, _GREY, 1),
    ):
        for line in wrapped(words, size, _INNER, bold=bold, most=most):
            marks.append(Text(EDGE, y + size * 0.6, line, size, colour, bold))
            y += size * 1.28
        y += 4
    marks.append(Line(EDGE, y + 8, WIDTH - EDGE, y + 8, _GREY))
    return _Block(y + 16, tuple(marks))


def _foot(standing: Standing, _s: Speech) -> _Block:
    y, marks = 30.0, list[Mark]()
    marks.append(Line(EDGE, 8, WIDTH - EDGE, 8, _GREY, 1))
    x = float(EDGE)
    for key, words in SAMPLES.items():
        long = 52 + width_of(_s(words), 23)
        if x + long > WIDTH - EDGE:
            x, y = EDGE, y + 36
        marks += [*_sample(x, y, key), Text(x + 52, y + 11, _s(words), 23, _GREY)]
        x += long + 30
    y += 46
    for line in wrapped(_s(SOURCE).format(source=one_line(standing.source)), 23, _INNER, most=3):
        marks.append(Text(EDGE, y + 12, line, 23, _GREY))
        y += 30
    return _Block(y + 14, tuple(marks))


def _sample(x: float, y: float, key: str) -> tuple[Mark, ...]:
    if key == "target":
        return (Pointer(x + 20, y + 2), Line(x + 20, y - 4, x + 20, y + 26, _INK, 3))
    how = {
        "exact": Box(x, y, 42, 22, _BLUE),
        "estimate": Box(x, y, 42, 22, _PALE, _BLUE, _HATCH_ESTIMATE),
        "silent": Box(x, y, 42, 22, "white", _GREY, _HATCH_SILENT),
    }
    return (how[key],)


def _heading(words: str) -> _Block:
    return _Block(62, (Text(EDGE, 36, words, 32, _INK, True),))


def _paragraph(words: str, size: float, most: int = 4) -> _Block:
    lines = wrapped(words, size, _INNER, most=most)
    step = size * 1.35
    marks = tuple(Text(EDGE, 14 + step * (n + 0.5), line, size) for n, line in enumerate(lines))
    return _Block(28 + step * len(lines), marks)


def _target(row: Row, language: str) -> _Block:
    """The name of a target, its bar with the marker, and both figures below."""
    marks, y = list[Mark](), 6.0
    for line in wrapped(f"{row.number}. {row.title}", 28, _INNER, bold=True):
        marks.append(Text(EDGE, y + 18, line, 28, _INK, True))
        y += 37
    wanted = said("line", "target_only", language, target=row.aim_said, year=row.by_year)
    marks.append(Text(EDGE, y + 16, drawable(wanted), 25, _GREY))
    marks.append(Text(WIDTH - EDGE, y + 16, _result(row, language), 27, _INK, True, "right"))
    y += 54
    marks += _bar(row.whole, row.aim, EDGE, y, _INNER, 40)
    y += 52
    lines = [] if row.whole.silent else [both_said(row, row.whole, language)]
    lines += [f"! {warning}" for warning in row.whole.warnings]
    for words in lines:
        for line in wrapped(words, 24, _INNER, most=2):
            marks.append(Text(EDGE, y + 14, line, 24, _GREY))
            y += 31
    return _Block(y + 20, tuple(marks))


def _result(row: Row, language: str) -> str:
    if row.whole.percent is None:
        return row.status_said
    percent = speak(language).number(row.whole.percent)
    return f"{percent} % ({row.whole.certainty}) · {row.status_said}"


def _bar(
    figures: Figures, aim: float | None, x: float, y: float, width: float, height: float
) -> Iterator[Mark]:
    if figures.percent is None:
        yield Box(x, y, width, height, "white", _GREY, _HATCH_SILENT if figures.silent else "")
    else:
        yield Box(x, y, width, height, _TRACK)
        yield _filled(figures, x, y, width, height)
    if aim is not None:
        at = x + width * aim / 100
        yield Line(at, y - 6, at, y + height + 6, _INK, 3)
        yield Pointer(at, y - 4, 13)


def _filled(figures: Figures, x: float, y: float, width: float, height: float) -> Box:
    long = width * (figures.percent or 0) / 100
    if figures.estimated:
        return Box(x, y, long, height, _PALE, _BLUE, _HATCH_ESTIMATE)
    return Box(x, y, long, height, _BLUE)


def _grid(columns: Sequence[Row], _s: Speech) -> Iterator[_Block]:
    """The villages, a line each, with up to four targets side by side."""
    step = (_INNER - _NAMES) / len(columns)
    yield _columns(columns, step, _s)
    for at, (name, _figures) in enumerate(columns[0].villages):
        there = [dict(enumerate(row.villages)).get(at) for row in columns]
        yield _village(name, [each[1] for each in there if each], columns, step, _s)


def _columns(columns: Sequence[Row], step: float, _s: Speech) -> _Block:
    marks: list[Mark] = [Text(EDGE, 36, _s(BY_VILLAGE), 30, _INK, True)]
    tallest = 60.0
    for number, row in enumerate(columns):
        x, y = EDGE + _NAMES + number * step, 12.0
        for line in wrapped(f"{row.number}. {row.title}", 21, step - 14, most=4):
            marks.append(Text(x, y + 14, line, 21, _GREY))
            y += 27
        tallest = max(tallest, y)
    marks.append(Line(EDGE, tallest + 6, WIDTH - EDGE, tallest + 6, _GREY, 1))
    return _Block(tallest + 14, tuple(marks), again=True)


def _village(
    name: str, each: Sequence[Figures], columns: Sequence[Row], step: float, _s: Speech
) -> _Block:
    lines = wrapped(name, 25, _NAMES - 16)
    height = max(60.0, 16 + 31 * len(lines))
    top = (height - 31 * len(lines)) / 2
    marks: list[Mark] = [Text(EDGE, top + 31 * (n + 0.5), line, 25) for n, line in enumerate(lines)]
    for number, (figures, row) in enumerate(zip(each, columns, strict=True)):
        x = EDGE + _NAMES + number * step
        marks += _cell(figures, row.aim, x, (height - 54) / 2, step - 16, _s)
    marks.append(Line(EDGE, height, WIDTH - EDGE, height, _TRACK, 1))
    return _Block(height + 2, tuple(marks))


def _cell(
    figures: Figures, aim: float, x: float, y: float, width: float, _s: Speech
) -> Iterator[Mark]:
    if figures.silent:
        yield Box(x, y + 10, width, 34, "white", _GREY, _HATCH_SILENT)
        return
    times = _s(TIMES).format(count=_s.number(figures.attendances or 0))
    if figures.percent is None:
        yield Text(x, y + 27, times, 22)
        return
    sign = "~" if figures.estimated else ""
    yield Text(x, y + 12, f"{sign}{_s.number(figures.percent)} %", 24, _INK, True)
    yield Text(x + width, y + 12, times, 19, _GREY, False, "right")
    yield Box(x, y + 32, width, 18, _TRACK)
    yield _filled(figures, x, y + 32, width, 18)
    at = x + width * aim / 100
    yield Line(at, y + 28, at, y + 54, _INK, 2)


def _broken(blocks: Sequence[_Block], room: float) -> Iterator[list[_Block]]:
    """The blocks on pages; a block that opens a table comes again on the page that goes on."""
    page, used, opening = list[_Block](), 0.0, None
    for at, block in enumerate(blocks):
        keeps = blocks[at + 1].height if block.again and at + 1 < len(blocks) else 0
        if page and used + block.height + keeps > room:
            yield page
            page, used = [], 0.0
            if opening and not block.again:
                page, used = [opening], opening.height
        opening = block if block.again else opening
        page.append(block)
        used += block.height
    yield page


def _page_number(number: int, many: int, _s: Speech) -> Text:
    words = _s(PAGE).format(page=number, pages=many)
    return Text(WIDTH - EDGE, 14, words, 23, _GREY, align="right")


def _down(mark: Mark, by: float) -> Mark:
    if isinstance(mark, Line):
        return replace(mark, y=mark.y + by, to_y=mark.to_y + by)
    return replace(mark, y=mark.y + by)
