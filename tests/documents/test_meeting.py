"""Minutes and attendance list: the official layout, from the record, whatever was typed."""

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.shared import Mm, Pt

from bot.documents.meeting import MOST_ROWS, attendance_list, minutes
from bot.documents.papers import Heads, Meeting, Office
from tests.documents.examples import MEETING, OFFICE
from tests.documents.reading import tables_of, words_of
from tests.documents.test_progress import NASTY

BARE = Meeting(office=OFFICE, held_on=MEETING.held_on, village="", kind="")


@pytest.mark.parametrize("paper", [minutes(MEETING), attendance_list(MEETING)])
def test_the_layout_is_that_of_decree_30(paper: bytes):
    made = docx.Document(BytesIO(paper))
    [section] = made.sections
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(each.mm) for each in margins] == [20, 20, 30, 15]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    normal = made.styles["Normal"].font
    assert (normal.name, normal.size) == ("Times New Roman", Pt(14))
    left, right = made.tables[0].rows[0].cells
    assert [line.text for line in right.paragraphs if line.text][:2] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert [line.text for line in left.paragraphs if line.text] == [
        "ỦY BAN NHÂN DÂN",
        "XÃ VÂN LĨNH",
        "Số: \u00a0\u00a0\u00a0\u00a0\u00a0\u00a0/BB-UBND",
    ]
    assert left.width + right.width <= Mm(166)
    assert section.different_first_page_header_footer
    assert (
        "PAGE" in section.header._element.xml and not section.first_page_header.paragraphs[0].text
    )


def test_the_minutes_say_what_was_recorded():
    said = words_of(minutes(MEETING))
    for words in (
        "Vân Lĩnh, ngày 05 tháng 11 năm 2026",
        "BIÊN BẢN",
        "Buổi truyền thông về lao động trẻ em, Tổng đài 111",
        "Thời gian: từ 19:30 đến 20:15, ngày 05/11/2026",
        "Địa điểm: Nhà văn hoá thôn Phố Vị, Thôn Phố Vị",
        "Tổng số: 46 lượt người.",
        "Bà con hỏi nhiều",
        "Mã bản ghi: TT-26-0007",
        "Nguyễn Thị Mẫu",
    ):
        assert words in said
    [table] = tables_of(minutes(MEETING))
    assert table[1] == ["Cha mẹ, người chăm sóc", "38", "25", "30", "–", "đếm đầu người"]


def test_what_nobody_told_is_a_dotted_line_and_not_a_zero():
    said = words_of(minutes(BARE))
    assert "Chủ trì: \t" in said and "Tổng số: ……… lượt người." in said
    assert " 0 " not in said


def test_two_counts_of_a_group_stand_side_by_side():
    twice = (*MEETING.heads, Heads("parents", 35, counted="ký tên"))
    paper = minutes(replace(MEETING, heads=twice))
    [table] = tables_of(paper)
    assert [row[1] for row in table[1:]] == ["38", "8", "35"]
    assert "thống nhất số chênh lệch" in words_of(paper)
    assert "thống nhất số chênh lệch" not in words_of(minutes(MEETING))


@pytest.mark.parametrize(("people", "rows"), [(None, 20), (3, 20), (46, 51), (100_000, MOST_ROWS)])
def test_the_list_has_a_blank_row_for_everybody(people: int | None, rows: int):
    [table] = tables_of(attendance_list(replace(MEETING, people=people)))
    assert table[0] == ["STT", "Họ và tên", "Năm sinh", "Nam/nữ", "Thôn, đơn vị", "Chữ ký"]
    assert len(table) == rows + 1
    assert all(row[0] and not any(row[1:]) for row in table[1:])


def test_the_ethnic_group_is_asked_for_only_on_request():
    [table] = tables_of(attendance_list(MEETING, ethnic_group=True))
    assert "Dân tộc" in table[0]


def test_it_exists_in_english():
    said = words_of(minutes(MEETING, "en"))
    assert "MINUTES" in said and "Attendances in all: 46." in said


@pytest.mark.parametrize("text", NASTY)
def test_whatever_was_typed_can_be_opened_again(text: str):
    typed = replace(
        MEETING,
        office=Office(text),
        village=text,
        place=text,
        chair=text,
        remarks=text,
        topics=(text,),
    )
    for paper in (minutes(typed), attendance_list(typed)):
        assert "\x00" not in words_of(paper)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Xã Vân Lĩnh", "Vân Lĩnh"),
        ("XÃ Vân Lĩnh", "Vân Lĩnh"),
        ("Phường 1", "Phường 1"),
        ("Đặc khu Mẫu", "Đặc khu Mẫu".removeprefix("Đặc khu ")),
        ("Vân Lĩnh", "Vân Lĩnh"),
    ],
)
def test_the_place_before_the_date(name: str, place: str):
    assert f"{place}, ngày 05" in words_of(minutes(replace(MEETING, office=Office(name))))
