"""Counts, ages, telephone numbers and days as thumbs type them."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vietnamese.numbers import age, day, number, phone

ANY_TEXT = st.text(st.characters(exclude_categories=()))
SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12", 12),
        ("12 tuổi", 12),
        ("12t", 12),
        ("12tuoi", 12),
        ("mười hai", 12),
        ("muoi hai", 12),
        ("Mười Hai", 12),
        ("mười lăm", 15),
        ("hai mươi mốt", 21),
        ("hai mươi tư người", 24),
        ("hai lăm", 25),
        ("ba mốt", 31),
        ("bốn lăm", 45),
        ("một trăm linh năm", 105),
        ("hai nghìn", 2000),
        ("khoảng 12", 12),
        ("tầm 13 14", 13),
        ("13-14", 13),
        ("2–3 đứa", 2),
        ("hai ba đứa", 2),
        ("sáu bảy đứa", 6),
        ("1,5", 1.5),
        ("1.5", 1.5),
        ("mười hai phẩy năm", 12.5),
        ("nửa", 0.5),
        ("nửa tiếng", 0.5),
        ("nua ngay", 0.5),
        ("1/2 ngày", 0.5),
        ("một tiếng rưỡi", 1.5),
        ("mot tieng ruoi", 1.5),
        ("12 rưỡi", 12.5),
        ("trăm rưỡi", 150),
        ("2h30", 2.5),
        ("2 tiếng 30 phút", 2.5),
        ("10 tiếng", 10),
        ("10h", 10),
        ("1.200", 1200),
        ("2 chục", 20),
        ("5k", 5000),
        ("-5", -5),
        ("１２", 12),
        ("١٢", 12),
        ("twelve", 12),
        ("Twenty people", 20),
        ("about ten", 10),
        ("hai cháu bỏ học", 2),
        ("ba em", 3),
        ("bay tieng", 7),
        ("tám", 8),
        ("lớp 7, 12 tuổi", 12),
        ("cháu Nam 13 tuổi", 13),
        ("200", 200),
    ],
)
def test_a_count_is_read(text, count):
    assert number(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "lớp 7",
        "lop 7",
        "lớp 6-7",
        "7A",
        "thôn 3",
        "tổ 12",
        "thứ hai",
        "thu hai",
        "bây giờ",
        "bay gio",
        "năm nay",
        "tầm",
        "bà",
        "cháu Nam",
        "chau Nam",
        "bé Sáu",
        "ten chau la Nam",
        "ba em đi làm",
        "ở một mình",
        "sau ngay khai giang",
        "không",
        "vài người",
        "mấy đứa",
        "",
        "😀",
        "9" * 5000,
    ],
)
def test_no_count_is_invented(text):
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("12", 12),
        ("12t", 12),
        ("13 tuổi rưỡi", 13),
        ("mười ba tuổi", 13),
        ("gần 13", 13),
        ("13-14", 13),
        ("8 tháng tuổi", 0),
        ("8 tháng", 0),
        ("18 tháng", 1),
        ("1 tuổi 3 tháng", 1),
        ("sinh năm 2012", 14),
        ("sinh nam 2012", 14),
        ("sn 2012", 14),
        ("sn 12", 14),
        ("sn 98", 28),
        ("2k12", 14),
        ("2012", 14),
        ("sinh ngày 5/3/2012", 14),
        ("12 tuổi, sinh năm 2014", 12),
        ("lớp 7 sinh 2013", 13),
        ("tháng 9 này 12 tuổi", 12),
        ("học sinh 12", 12),
        ("2030", -4),
        ("150", 150),
        ("lớp 7", None),
        ("cháu Nam", None),
        ("chưa rõ", None),
        ("", None),
    ],
)
def test_an_age_is_read(text, years):
    assert age(text, 2026) == years


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("0912345678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("0912-345-678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("+84 (0)912 345 678", "0912345678"),
        ("sđt em là 0912 345 678 nhé", "0912345678"),
        ("tel:0912345678", "0912345678"),
        ("0912345678 0987654321", "0912345678"),
        ("0912345678/0987654321", "0912345678"),
        ("٠٩١٢٣٤٥٦٧٨", "0912345678"),
        ("02438251234", "02438251234"),
        ("(024) 3825 1234", "02438251234"),
        ("+84 24 3825 1234", "02438251234"),
        ("091234567", None),
        ("09123456789", None),
        ("0912 345 678 9", None),
        ("0112345678", None),
        ("111", None),
        ("001203004567", None),
        ("không có", None),
        ("", None),
    ],
)
def test_a_telephone_number_is_normalised(text, digits):
    assert phone(text) == digits


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("hôm nay", SATURDAY),
        ("hom nay", SATURDAY),
        ("sáng nay", SATURDAY),
        ("hôm qua", date(2026, 11, 20)),
        ("hom qua", date(2026, 11, 20)),
        ("tối qua", date(2026, 11, 20)),
        ("hôm kia", date(2026, 11, 19)),
        ("hôm kìa", date(2026, 11, 18)),
        ("ngày mai", date(2026, 11, 22)),
        ("mai", date(2026, 11, 22)),
        ("3 ngày trước", date(2026, 11, 18)),
        ("ba ngày trước", date(2026, 11, 18)),
        ("cách đây 3 hôm", date(2026, 11, 18)),
        ("thứ bảy", SATURDAY),
        ("thứ hai", date(2026, 11, 16)),
        ("thu 2", date(2026, 11, 16)),
        ("t2", date(2026, 11, 16)),
        ("chủ nhật", date(2026, 11, 15)),
        ("cn", date(2026, 11, 15)),
        ("thứ hai tuần trước", date(2026, 11, 9)),
        ("thứ sáu tuần sau", date(2026, 11, 27)),
        ("5/3", date(2026, 3, 5)),
        ("5-3-2025", date(2025, 3, 5)),
        ("05.03.2025", date(2025, 3, 5)),
        ("5/3/25", date(2025, 3, 5)),
        ("2025-03-05", date(2025, 3, 5)),
        ("ngày 5 tháng 3", date(2026, 3, 5)),
        ("ngay 5 thang 3 nam 2025", date(2025, 3, 5)),
        ("hôm 20/11 lúc 19h", date(2026, 11, 20)),
        ("30/11", date(2026, 11, 30)),
        ("31/2", None),
        ("29/2", None),
        ("13/14", None),
        ("1/1/0000", None),
        ("5 tháng 3 âm lịch", None),
        ("chị Mai", None),
        ("99999 ngày trước", None),
        ("lớp 7", None),
        ("", None),
    ],
)
def test_a_day_is_read(text, named):
    assert day(text, SATURDAY) == named


def test_a_date_without_a_year_is_not_far_ahead():
    assert day("28/12", date(2027, 1, 3)) == date(2026, 12, 28)
    assert day("28/12", date(2026, 11, 21)) == date(2026, 12, 28)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_a_written_date_reads_back(named):
    for form in (
        "{0.day}/{0.month}/{0.year}",
        "{0:%d.%m.%Y}",
        "{0.day} tháng {0.month} năm {0.year}",
    ):
        assert day(form.format(named), SATURDAY) == named


@given(st.integers(0, 3650))
def test_days_ago_read_back(days):
    assert day(f"{days} ngày trước", SATURDAY) == SATURDAY - timedelta(days=days)


@given(st.integers(0, 10**9))
def test_figures_read_back(count):
    assert number(str(count)) == count


@given(ANY_TEXT)
def test_no_text_breaks_the_reading(text):
    number(text), age(text, 2026), phone(text), day(text, SATURDAY)


def test_a_heap_of_scales_stays_a_number():
    assert number("hai" + " triệu" * 500) < 1e16
    assert number("9" * 15 + " triệu") < 1e16
    age("hai" + " triệu" * 500, 2026)


@given(st.text("0123456789-+/.,() k tr năm mười triệu sinhtuổi thứ hai nửa rưỡi tháng ngày"))
def test_no_text_with_figures_breaks_the_reading(text):
    assert number(text) is None or abs(number(text)) < 1e16
    age(text, 2026), phone(text), day(text, SATURDAY)


@given(st.text("0123456789 lớpthứmườiháinăbảytuổirưỡ"))
def test_composed_and_decomposed_letters_count_alike(text):
    assert number(unicodedata.normalize("NFD", text)) == number(unicodedata.normalize("NFC", text))
