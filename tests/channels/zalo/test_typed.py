"""Options where nothing can be pressed: numbers that mean what the desk understands, and words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo.typed import MAX_TEXT, draw
from bot.lengths import units
from bot.words import Button, Call, Link, Say, private

VILLAGES = tuple(Button(f"v{n}", f"Thôn {n}") for n in range(1, 8))
WAYS = (Button("back", "Quay lại", nav=True), Button("cancel", "Huỷ", nav=True))


def test_answers_are_numbered_and_what_only_steers_is_written() -> None:
    [part] = draw(Say("Ở thôn nào?", (*VILLAGES[:2], *WAYS), language="vi")).parts
    assert part == ("Ở thôn nào?\n\n1. Thôn 1\n2. Thôn 2\n✍ Gõ số 1–2, hoặc gõ chữ: Quay lại · Huỷ")


def test_a_list_that_numbers_its_lines_is_not_numbered_again() -> None:
    options = (Button("a", "1. Họp thôn"), Button("b", "2. Thăm nhà"))
    [part] = draw(Say("Việc:\n1. Họp thôn – mai\n2. Thăm nhà – mốt", options, language="vi")).parts
    assert part == "Việc:\n1. Họp thôn – mai\n2. Thăm nhà – mốt\n\n✍ Gõ số 1–2"
    [part] = draw(Say("Việc:", options, language="vi")).parts
    assert part == "Việc:\n\n1. Họp thôn\n2. Thăm nhà\n✍ Gõ số 1–2"
    [part] = draw(Say("1. Họp thôn", (Button("b", "2. Thăm nhà"),), language="vi")).parts
    assert "1. 2. Thăm nhà" in part, "its number is another than the one to be typed"


def test_where_a_number_is_asked_nothing_is_numbered() -> None:
    say = Say("Mấy tuổi?", (Button("u", "Không rõ"), *WAYS), takes_digits=True, language="vi")
    [part] = draw(say).parts
    assert part == "Mấy tuổi?\n\n✍ Hoặc gõ chữ: Không rõ · Quay lại · Huỷ"


def test_the_few_words_are_in_the_readers_language() -> None:
    assert "✍ Type 1" in draw(Say("?", VILLAGES[:1], language="en")).parts[0]


def test_the_menu_is_in_the_last_part_and_the_numbers_to_ring_in_the_first() -> None:
    say = Say("chữ " * 900, (*VILLAGES, *WAYS), calls=(Call("111", "Tổng đài"),), language="vi")
    first, *_, last = draw(say).parts
    assert "☎ Tổng đài: 111" in first
    assert last.endswith("✍ Gõ số 1–7, hoặc gõ chữ: Quay lại · Huỷ") and "1. Thôn 1" in last


def test_a_number_that_the_text_names_is_not_said_again() -> None:
    [part] = draw(Say("Gọi 111 nhé", calls=(Call("111", "111 – Tổng đài"),))).parts
    assert part == "Gọi 111 nhé"
    [part] = draw(Say("Nhà số 1113", calls=(Call("111", "111 – Tổng đài"),))).parts
    assert part.endswith("☎ 111 – Tổng đài")


def test_letters_are_counted_as_they_are_sent() -> None:
    """2,000 letters in two pieces each are 2,000 letters once they are put together."""
    apart = unicodedata.normalize("NFD", "ệ" * 1999)
    assert draw(Say(apart)).parts == ("ệ" * 1999,)


def test_what_is_private_never_leaves_by_the_drawing() -> None:
    assert "Mai" not in draw(Say(f"Cháu {private('Mai')}")).parts[0]


def test_links_are_written_out() -> None:
    assert (
        draw(Say("Xem", links=(Link("Hồ sơ", "https://x.vn/1"),)))
        .parts[0]
        .endswith("Hồ sơ: https://x.vn/1")
    )


@pytest.mark.parametrize(
    ("answers", "ways", "native", "numbered"),
    [(2, 2, 4, 0), (2, 6, 5, 0), (5, 2, 5, 0), (6, 2, 2, 6), (13, 6, 5, 13), (0, 1, 1, 0)],
)
def test_five_buttons_are_shared_out(answers: int, ways: int, native: int, numbered: int) -> None:
    buttons = [Button(f"a{n}", f"Chọn {n}") for n in range(answers)]
    steering = [Button(f"w{n}", f"Lối {n}", nav=True) for n in range(ways)]
    drawn = draw(Say("?", (*buttons, *steering), language="vi"), 5)
    assert len(drawn.buttons) == native
    assert sum(f"{n}. Chọn" in drawn.parts[0] for n in range(1, 14)) == numbered
    shown = {b.label for b in drawn.buttons} | {
        b.label for b in (*buttons, *steering) if b.label in drawn.parts[0]
    }
    assert shown == {b.label for b in (*buttons, *steering)}


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Co"]), max_size=9000),
    st.integers(0, 13),
    st.booleans(),
)
def test_every_part_fits_and_the_last_one_has_the_menu(text: str, count: int, digits: bool) -> None:
    buttons = tuple(Button(f"v{n}", f"Thôn {n} xa xôi") for n in range(count))
    parts = draw(Say(text, (*buttons, *WAYS), takes_digits=digits, language="vi")).parts
    assert all(1 <= units(part) <= MAX_TEXT for part in parts)
    assert parts[-1].endswith("Quay lại · Huỷ")
