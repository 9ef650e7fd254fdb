"""The half-year and year report: the same figures in paper and sheets, and no names."""

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.few import FEWEST, told
from bot.documents.papers import CaseFigures, Office, Oversight, PeriodicReport
from bot.documents.periodic import parts, periodic_book, periodic_paper
from bot.i18n import speak
from tests.documents.examples import CASES, OUTREACH, PERIOD, REPORT, standing
from tests.documents.reading import cells_of, tables_of, words_of
from tests.documents.test_progress import NASTY

NUMBERS = st.integers(0, 3000)
WORDS = st.sampled_from(["EMERGENCY", "Not clear yet", "new", "visited"])
PAIRS = st.lists(st.tuples(WORDS, NUMBERS), max_size=4, unique_by=lambda pair: pair[0]).map(tuple)
NOTHING = PeriodicReport("child_labour", Office("Xã Mẫu"), PERIOD, PERIOD.until)


@st.composite
def reports(draw: st.DrawFn) -> PeriodicReport:
    numbers = [draw(NUMBERS) for _each in range(8)]
    cases = CaseFigures(
        opened=numbers[0],
        by_level=draw(PAIRS),
        by_status=draw(PAIRS),
        reports=numbers[1],
        by_collaborators=numbers[2],
        urgent=numbers[3],
        urgent_in_time=numbers[4],
        answered_in_time=numbers[5],
        closed=numbers[6],
        open_now=numbers[7],
    )
    held = replace(OUTREACH, meetings=draw(NUMBERS), attendances=draw(st.none() | NUMBERS))
    seen = Oversight(*(draw(st.none() | NUMBERS) for _each in range(5)))
    about = draw(st.sampled_from(["child_labour", "outreach"]))
    return replace(
        REPORT,
        about=about,
        cases=draw(st.sampled_from([None, cases])),
        outreach=held,
        oversight=seen,
    )


@settings(max_examples=15)
@given(reports(), st.sampled_from(["vi", "en"]))
def test_paper_and_sheets_hold_the_numbers_that_were_given(report: PeriodicReport, language: str):
    _s = speak(language)
    nothing = _s("no figures are kept")
    tables = [table for part in parts(report, language) for table in part.tables]
    printed = tables_of(periodic_paper(report, language))
    sheets = list(cells_of(periodic_book(report, language)).values())
    assert len(printed) == len(sheets) == len(tables)
    for table, paper, sheet in zip(tables, printed, sheets, strict=True):
        assert [tuple(row) for row in paper[:1]] == [table.columns]
        for row, on_paper, in_sheet in zip(table.rows, paper[1:], sheet[1:], strict=False):
            for value, words, cell in zip(row, on_paper, in_sheet, strict=False):
                if isinstance(value, int | float):
                    assert words == _s.number(value) and cell == value
                elif value is None:
                    assert words in (nothing, "–") and cell == nothing
    if report.cases:
        given_ = {report.cases.opened, report.cases.reports, report.cases.open_now}
        assert given_ <= {row[1] for row in tables[0].rows}


def test_the_outline_is_there_and_the_hand_of_the_officer_is_asked_for():
    said = words_of(periodic_paper(REPORT))
    for words in (
        "Vân Lĩnh, ngày \u00a0",
        "trẻ em lao động trái quy định của pháp luật 6 tháng đầu năm 2026",
        "Căn cứ Nghị định số 56/2017/NĐ-CP",
        "Thực hiện Kế hoạch số 1/KH-UBND của UBND xã Vân Lĩnh.",
        "Số liệu từ ngày 01/01/2026 đến ngày 25/05/2026.",
        "Kỳ báo cáo kết thúc ngày 30/06/2026",
        "I. Tin báo và hồ sơ",
        "IV. Cam kết, kiểm tra, mạng lưới",
        "V. Khó khăn, vướng mắc và nguyên nhân",
        "VII. Kiến nghị, đề xuất",
        "Trên đây là báo cáo của Ủy ban nhân dân xã Vân Lĩnh./.",
        "TM. ỦY BAN NHÂN DÂN",
        "- Lưu: VT, VHXH.",
    ):
        assert words in said
    assert said.count("\n\t") >= 12  # dotted lines


def test_what_is_not_kept_is_not_zero():
    [table] = tables_of(periodic_paper(NOTHING))
    known = dict(table[1:])
    assert known["Cuộc kiểm tra"] == known["Cộng tác viên thôn"] == "không có số liệu"
    assert known["Thôn, tổ dân phố"] == "0"


@given(st.lists(st.integers(0, 40), max_size=6))
def test_a_small_count_is_never_told_outside_nor_to_be_worked_out(counts: list[int]):
    known = told(counts, True)
    assert told(counts, False) == counts
    hidden = [count for count, shown in zip(counts, known, strict=True) if shown is None]
    assert not [count for count in known if count is not None and 0 < count < FEWEST]
    if len(hidden) == 1:  # then there was nothing else to hide with it
        assert sum(counts) == hidden[0]


def test_outside_the_commune_small_numbers_are_words():
    outside = replace(REPORT, outside=True)
    said = words_of(periodic_paper(outside))
    assert "dưới 5 hoặc không nêu" in said and "Gửi ra ngoài xã" in said
    levels = next(
        rows for rows in tables_of(periodic_paper(outside)) if rows[0][0] == "Mức độ của hồ sơ"
    )
    assert [row[1] for row in levels[1:]] == [
        "dưới 5 hoặc không nêu",
        "6",
        "dưới 5 hoặc không nêu",
        "9",
    ]
    assert "dưới 5" not in words_of(periodic_paper(REPORT))


def test_many_plans_are_numbered_on():
    report = replace(REPORT, standings=(standing(2),) * 12)
    said = words_of(periodic_paper(report))
    assert "\nXIV. Chỉ tiêu và kết quả" in said and "\nXVIII. Kiến nghị" in said
    names = openpyxl.load_workbook(BytesIO(periodic_book(report))).sheetnames
    assert len(names) == len({name.casefold() for name in names})


def test_a_year_with_nothing_in_it():
    year = replace(PERIOD, kind="year", label="2026")
    said = words_of(periodic_paper(replace(NOTHING, about="outreach", period=year)))
    assert "Kết quả truyền thông bảo vệ trẻ em năm 2026" in said
    assert periodic_book(replace(NOTHING, period=year), "en")


@pytest.mark.parametrize("text", NASTY)
def test_whatever_was_typed_is_text(text: str):
    report = replace(
        REPORT,
        office=Office(text),
        basis=(text,),
        addressees=(text, text),
        copies=(text,),
        outreach=replace(OUTREACH, by_topic=((text, 1, 2),), silent=(text,)),
        cases=replace(CASES, by_level=((text or "x", 3),)),
    )
    assert "\x00" not in words_of(periodic_paper(report))
    book = openpyxl.load_workbook(BytesIO(periodic_book(report)))
    assert not [c for page in book for row in page.iter_rows() for c in row if c.data_type == "f"]
