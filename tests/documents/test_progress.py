"""Chat, chart, sheet and rows of one standing: the same figures everywhere, whatever they are."""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.documents.canvas import WIDTH, Box, Text, wrapped
from bot.documents.chart import TALLEST, chart, pages
from bot.documents.papers import Standing
from bot.documents.progress_book import progress_book, progress_sheets
from bot.documents.standing import rows
from bot.i18n import speak
from bot.plans.bars import table
from bot.plans.coverage import progress
from bot.plans.figures import Denominator, Entry
from tests.documents.examples import LONG, empty, plan, standing
from tests.documents.reading import cells_of

VAN_NHAM = plan()
VILLAGES = {"A": "Thôn A", "B": "Thôn B", "C": "Thôn C"}
GROUPS = st.sampled_from(["parents", "residents", "teachers", "children", "businesses"])
UNITS = {
    "parents": "household",
    "teachers": "staff",
    "children": "class",
    "businesses": "establishment",
}
NASTY = [
    "=1+1",
    "+84",
    "-5",
    "@x",
    "a\x00b\x0b",
    "😀 Thôn 😀",
    "x" * 50_000,
    "\ue000Lò\ue001•\ue002",
    "",
]


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    heads = draw(st.integers(0, 500))
    ids = draw(st.none() | st.frozensets(st.integers(0, 60), max_size=40))
    known = None if ids is None else frozenset(f"h{each}" for each in ids)
    village, event = draw(st.sampled_from("ABC")), f"e{draw(st.integers(0, 9))}"
    day = draw(st.dates(date(2024, 12, 1), date(2025, 12, 31)))
    return Entry(village, draw(GROUPS), heads, known, day, event)


@st.composite
def denominators(draw: st.DrawFn) -> Denominator:
    group = draw(st.sampled_from(sorted(UNITS)))
    area, year = draw(st.sampled_from(["A", "B", "C", "XA"])), draw(st.integers(2024, 2025))
    count, estimated = draw(st.integers(0, 300)), draw(st.booleans())
    return Denominator(group, area, year, count, UNITS[group], "danh sách", estimated)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    held = draw(st.lists(entries(), max_size=12))
    bases = draw(st.lists(denominators(), max_size=8))
    found = progress(VAN_NHAM, held, bases, 2025, list(VILLAGES), date(2025, 11, 20))
    return Standing("Xã Mẫu", found, date(2025, 11, 20), "sổ", VILLAGES, tuple(held), tuple(bases))


@given(standings(), st.sampled_from(["vi", "en"]))
def test_rows_are_the_figures_of_the_plan(made: Standing, language: str):
    for row, target in zip(rows(made, language), made.progress.to_json()["targets"], strict=True):
        counts = [row.whole, *(each for _name, each in row.villages)]
        for figures, told in zip(counts, [target, *target["villages"]], strict=True):
            assert figures.attendances == told["attendances"]
            assert figures.covered == told["covered"]
            assert figures.base == told["denominator"]
            assert figures.percent == told["percent"]
            assert figures.estimated == (told["certainty"] == "estimated")
            assert figures.records == tuple(told["records"])


@settings(max_examples=20)
@given(standings())
def test_the_sheet_holds_the_figures_as_numbers(made: Standing):
    sheets = cells_of(progress_book(made))
    targets = made.progress.to_json()["targets"]
    [_head, *body] = sheets["Chỉ tiêu"][: len(targets) + 1]
    for cells, told in zip(body, targets, strict=True):
        shown = (cells[3], cells[5], cells[6], cells[7], cells[9])
        keys = ("target_percent", "attendances", "covered", "denominator", "percent")
        assert shown == tuple(told[key] for key in keys)
    in_villages = [(told, each) for told in targets for each in told["villages"]]
    [_head, *body] = sheets["Theo thôn"][: len(in_villages) + 1]
    for cells, (_told, each) in zip(body, in_villages, strict=True):
        shown = (cells[4], cells[5], cells[6], cells[8])
        assert shown == tuple(
            each[key] for key in ("attendances", "covered", "denominator", "percent")
        )
    held = {entry for entry in made.entries if entry.day.year == 2025}
    counted = [cells for cells in sheets["Bản ghi"][1:] if cells[1]]
    assert len(counted) == len(held)
    assert sum(cells[6] for cells in counted) == sum(entry.headcount for entry in held)
    assert len([cells for cells in sheets["Mẫu số"][1:] if cells[1]]) == len(made.denominators)


@settings(max_examples=20)
@given(standings())
def test_the_chart_and_the_chat_say_the_same(made: Standing):
    said = speak("vi").number
    drawn = " ".join(word for page in pages(made) for word in page.words)
    chat = " ".join(table(made.progress, "vi", VILLAGES).split())
    for row in rows(made):
        if row.whole.percent is not None:
            percent = f"{said(row.whole.percent)} % ({row.whole.certainty})"
            assert percent in drawn and percent in chat
        if not row.whole.silent:
            both = f"{said(row.whole.attendances)} lượt người"
            assert both in drawn and both in chat


@settings(max_examples=20)
@given(standings())
def test_a_bar_is_as_long_as_its_share(made: Standing):
    boxes = [m for page in pages(made) for m in page.marks if isinstance(m, Box) and m.height == 40]
    for row in rows(made):
        if row.whole.percent is None:
            boxes.pop(0)
            continue
        track, bar = boxes.pop(0), boxes.pop(0)
        assert bar.width == pytest.approx(track.width * row.whole.percent / 100)
        assert bool(bar.hatch) == row.whole.estimated


@pytest.mark.parametrize("count", [0, 1, 6, 40, 100])
@pytest.mark.parametrize("heard", [0, None])
def test_pages_are_portrait_and_lose_nothing(count: int, heard: int | None):
    made = standing(count, heard=heard)
    found = pages(made)
    assert all(page.height <= TALLEST + 60 for page in found)
    words = [" ".join(page.words) for page in found]
    assert all(f"{row.number}. {row.title}"[:40] in " ".join(words) for row in rows(made))
    if heard is None and count > 1:
        for name in made.names.values():
            assert any(name[:10] in each for each in words)
    for page in found:
        for mark in page.marks:
            if isinstance(mark, Text):
                assert 0 <= mark.y <= page.height


def test_a_silent_village_is_hatched_and_named_and_never_zero():
    made = standing(3)
    words = [word for page in pages(made) for word in page.words]
    assert "Chưa có số liệu của: Thôn Mẫu 3" in words
    assert "0 %" not in " ".join(words).replace("100 %", "").replace("0 %, 2025", "")
    sheet = cells_of(progress_book(made))["Theo thôn"]
    silent = [cells for cells in sheet if cells[2] == "Thôn Mẫu 3"]
    assert {cells[3:7] for cells in silent} == {
        ("chưa có số liệu", None, None, cells[6]) for cells in silent
    }


@pytest.mark.parametrize("made", [empty(), standing(1, heard=1), standing(2, heard=0)])
def test_a_picture_is_a_png_for_a_phone(made: Standing):
    for page in chart(made, "en"):
        picture = Image.open(BytesIO(page))
        assert picture.format == "PNG" and picture.width == WIDTH
        assert picture.height <= TALLEST + 60


def test_long_names_are_broken_and_stay_inside():
    assert LONG.split("(")[0].strip() in " ".join(wrapped(LONG, 25, 320, most=9))
    assert wrapped("x" * 500, 25, 320, most=2)[-1].endswith("…")
    assert wrapped("$a_b^c$ 👍🏽 %", 25, 320) == ["$a_b^c$ %"]


@pytest.mark.parametrize("text", NASTY)
def test_whatever_was_typed_is_text_in_sheet_and_chart(text: str):
    made = replace(standing(2), area=text, source=text, names={"V001": text, "V002": text})
    made = replace(made, events={entry.event: text for entry in made.entries})
    book = openpyxl.load_workbook(BytesIO(progress_book(made)))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert [page for page in chart(made)]


def test_what_looks_like_a_formula_is_a_quoted_text():
    made = replace(standing(1, heard=1), names={"V001": '=HYPERLINK("http://x")'})
    page = openpyxl.load_workbook(BytesIO(progress_book(made)))["Theo thôn"]
    cell = page["C5"]
    assert cell.value.startswith("=HYPERLINK") and cell.data_type == "s" and cell.quotePrefix


def test_sheets_are_ready_to_print_and_days_are_days():
    book = openpyxl.load_workbook(BytesIO(progress_book(standing(2))))
    for page in book:
        assert page.freeze_panes == "B5" and page.print_title_rows == "$4:$4"
        assert page.page_setup.paperSize == "9" or page.page_setup.paperSize == 9
        assert (
            page.page_setup.orientation == "landscape"
            and page.sheet_properties.pageSetUpPr.fitToPage
        )
    assert isinstance(book["Bản ghi"]["B5"].value, datetime)
    assert book["Bản ghi"]["B5"].number_format == "dd/mm/yyyy"


def test_both_languages_have_every_head():
    for language in ("vi", "en"):
        for sheet in progress_sheets(standing(2), language):
            assert len(set(sheet.columns)) == len(sheet.columns)
            assert all(len(row) == len(sheet.columns) for row in sheet.rows)
