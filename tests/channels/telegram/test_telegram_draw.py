"""A Say -> the calls of the Bot API, and each limit of Telegram."""

import json
import unicodedata
from typing import Any

import pytest
from aiogram import methods, types
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Refused
from bot.channels.telegram.draw import MAX_TEXT, Call, draw, opens
from bot.lengths import split, units
from bot.words import Button, File, Link, Say, private
from bot.words import Call as Number
from tests.fake_telegram import _unknown

QUIET = {"disable_notification": True}
PLAIN = {"chat_id": 7, "link_preview_options": {"is_disabled": True}}


def drawn(say: Say) -> list[Call]:
    return draw("7", say)


def rows(*buttons: Button, links: tuple[Link, ...] = ()) -> list[list[str]]:
    """The labels, row by row."""
    call = drawn(Say("?", buttons=buttons, links=links))[-1]
    keyboard = call.params["reply_markup"]["inline_keyboard"]
    return [[button["text"] for button in row] for row in keyboard]


def answers(*labels: str) -> tuple[Button, ...]:
    return tuple(Button(f"v{nth}", label) for nth, label in enumerate(labels))


def test_a_text_is_one_plain_message() -> None:
    assert drawn(Say("Chào <b>chị</b> *Lan* _ &amp;")) == [
        Call("sendMessage", {**PLAIN, "text": "Chào <b>chị</b> *Lan* _ &amp;"})
    ]


def test_a_group_is_written_to_by_its_negative_id() -> None:
    assert draw("-1001234567890", Say("a"))[0].params["chat_id"] == -1001234567890


@pytest.mark.parametrize("address", ["", "@kenh", "7a", "٧", "--7", "7\n", "1" * 20])
def test_only_a_chat_id_is_written_to(address: str) -> None:
    with pytest.raises(Refused):
        draw(address, Say("a"))


def test_buttons_numbers_links_and_files_are_drawn_in_this_order() -> None:
    say = Say(
        "Trẻ có an toàn không?",
        buttons=(Button("safe:yes", "Có"), Button("nav:back", "Quay lại", nav=True)),
        calls=(Number("111", "Tổng đài 111"), Number("0243 123", "Công an xã")),
        links=(Link("Mở hồ sơ", "https://vongtay.vn/c/1"),),
        files=(File(1, "photo"), File(2, "voice"), File(3, "file")),
    )
    keyboard = [
        [{"text": "Có", "callback_data": "safe:yes"}],
        [{"text": "Mở hồ sơ", "url": "https://vongtay.vn/c/1"}],
        [{"text": "Quay lại", "callback_data": "nav:back"}],
    ]
    text = "Trẻ có an toàn không?\n\n☎ Tổng đài 111\n☎ Công an xã: 0243 123"
    card = {"phone_number": "111", "first_name": "Tổng đài 111"}
    other = {"phone_number": "0243 123", "first_name": "Công an xã"}
    assert drawn(say) == [
        Call("sendMessage", {**PLAIN, "text": text, "reply_markup": {"inline_keyboard": keyboard}}),
        Call("sendContact", {"chat_id": 7, **card, **QUIET}, needed=False),
        Call("sendContact", {"chat_id": 7, **other, **QUIET}, needed=False),
        Call("sendPhoto", {"chat_id": 7, "photo": File(1, "photo"), **QUIET}),
        Call("sendVoice", {"chat_id": 7, "voice": File(2, "voice"), **QUIET}),
        Call("sendDocument", {"chat_id": 7, "document": File(3, "file"), **QUIET}),
    ]


def test_a_number_that_the_text_names_is_not_repeated() -> None:
    text = "Gọi ngay 111 (miễn phí)."
    assert drawn(Say(text, calls=(Number("111", "Tổng đài"),)))[0].params["text"] == text
    for other in ("Gọi 1112", "Gọi 2111"):
        (first, _) = drawn(Say(other, calls=(Number("111", "Tổng đài"),)))
        assert first.params["text"] == f"{other}\n\n☎ Tổng đài: 111"


def test_numbers_alone_are_a_text_too() -> None:
    first, card = drawn(Say("", calls=(Number("111", ""),)))
    assert first.params["text"] == "☎ 111"
    assert card.params["first_name"] == "111"


def test_nothing_is_not_sent() -> None:
    for nothing in (Say(""), Say(" \n ")):
        with pytest.raises(Refused):
            drawn(nothing)


def test_buttons_without_a_text_hang_on_a_sign_or_on_the_last_file() -> None:
    (call,) = drawn(Say("", buttons=answers("A")))
    assert call.params["text"].strip()
    photo, voice = drawn(Say("", buttons=answers("A"), files=(File(1, "photo"), File(2, "voice"))))
    assert "reply_markup" not in photo.params and "reply_markup" in voice.params


LAYOUTS: list[tuple[tuple[str, ...], list[int]]] = [
    (("Có", "Không", "Chưa rõ"), [3]),
    (("Có", "Không"), [2]),
    (("A", "B", "C", "D"), [2, 2]),
    (("A", "B", "C", "D", "E"), [2, 3]),
    (("Báo tin trẻ em", "Hỏi đáp", "Gọi 111"), [3]),  # 14 letters
    (("Báo tin trẻ em.", "Hỏi đáp", "Gọi 111"), [1, 2]),  # 15
    (("x" * 22, "B"), [2]),
    (("x" * 23, "B"), [1, 1]),
    (("Trẻ phải nghỉ học để đi làm kiếm tiền", "Có"), [1, 1]),
    ((unicodedata.normalize("NFD", "Truyền thông"), "B", "C"), [3]),
]


@pytest.mark.parametrize(("labels", "expected"), LAYOUTS)
def test_short_labels_share_a_row(labels: tuple[str, ...], expected: list[int]) -> None:
    assert [len(row) for row in rows(*answers(*labels))] == expected


def test_ways_out_are_together_at_the_end() -> None:
    back, stop = Button("nav:b", "Quay lại", nav=True), Button("nav:c", "Huỷ", nav=True)
    first, second = answers("Trẻ phải nghỉ học để đi làm", "Khác")
    link = Link("Xem", "https://vongtay.vn")
    assert rows(back, first, stop, second, links=(link,)) == [
        [first.label],
        ["Khác"],
        ["Xem"],
        ["Quay lại", "Huỷ"],
    ]


def test_a_value_has_64_bytes_not_letters() -> None:
    assert drawn(Say("a", buttons=(Button("ệ" * 21 + "a", "x"),)))
    for value in ("ệ" * 22, "a" * 65, ""):
        with pytest.raises(Refused):
            drawn(Say("a", buttons=(Button(value, "x"),)))


def test_a_hundred_buttons_are_the_most() -> None:
    assert drawn(Say("a", buttons=answers(*"x" * 100)))
    with pytest.raises(Refused):
        drawn(Say("a", buttons=answers(*"x" * 101)))


@pytest.mark.parametrize(
    ("url", "yes"),
    [
        ("https://vongtay.vn/x?y=1", True),
        ("http://xa-doai.gov.vn:8080/", True),
        ("https://8.8.8.8/", True),
        ("http://localhost:8080/", False),
        ("http://127.0.0.1:8080/", False),
        ("http://192.168.1.5/", False),
        ("http://10.0.0.1/", False),
        ("http://[::1]/", False),
        ("http://169.254.1.1/", False),
        ("http://may-chu/", False),
        ("http://may.local/", False),
        ("http://a..vn/", False),
        ("tel:111", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://a b.vn/", False),
        ("https://vongtay.vn:x/", False),
        ("http://[", False),
    ],
)
def test_an_address_that_telegram_refuses_goes_into_the_text(url: str, yes: bool) -> None:
    assert opens(url) is yes
    (call,) = drawn(Say("Đây", links=(Link("Mở", url),)))
    assert ("reply_markup" in call.params) is yes
    assert call.params["text"] == ("Đây" if yes else f"Đây\n\nMở: {url}".strip())


def test_marks_of_personal_data_never_leave() -> None:
    say = Say(f"Trẻ {private('An')}", buttons=(Button("v", private("Nguyễn An", "trẻ")),))
    told = json.dumps([dict(call.params) for call in drawn(say)], ensure_ascii=False)
    assert "An" not in told and "\ue000" not in told and "•••" in told


def test_a_text_of_4096_units_is_one_message_and_of_4097_two() -> None:
    assert len(drawn(Say("🙂" * 2048))) == 1
    parts = [call.params["text"] for call in drawn(Say("🙂" * 2048 + "a"))]
    assert parts == ["🙂" * 2048, "a"]


def test_a_long_text_is_cut_after_a_paragraph_else_a_line_else_a_word() -> None:
    paragraphs = "a" * 30 + "\n\n" + "b c\nd " * 6
    assert split(paragraphs, 40)[0] == "a" * 30
    assert split("a a a\na a a\nb b b b", 16) == ["a a a\na a a", "b b b b"]
    assert split("một hai ba bốn", 8) == ["một hai", "ba bốn"]
    assert split("x" * 10, 4) == ["xxxx", "xxxx", "xx"]
    assert split("ab cd", 2) == ["ab", "cd"]


def test_a_letter_keeps_its_tone_mark() -> None:
    word = unicodedata.normalize("NFD", "ệ" * 20)
    parts = split(word, 10)
    assert all(not unicodedata.combining(part[0]) for part in parts)
    assert "".join(parts) == word


def test_the_numbers_are_in_the_first_part_and_the_buttons_on_the_last() -> None:
    say = Say(
        "chữ " * 3000 + "Gọi 111",
        buttons=answers("Có"),
        calls=(Number("111", "Tổng đài"), Number("113", "Công an 113")),
    )
    texts = [call for call in drawn(say) if call.method == "sendMessage"]
    assert len(texts) == 3
    assert texts[0].params["text"].endswith("\n\n☎ Tổng đài: 111\n☎ Công an 113")
    assert ["reply_markup" in call.params for call in texts] == [False, False, True]
    assert ["disable_notification" in call.params for call in texts] == [False, True, True]


@given(st.text(), st.integers(2, 50))
def test_splitting_loses_only_white_space(text: str, most: int) -> None:
    parts = split(text, most)
    assert all(part.strip() and units(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


TEXTS = st.text(max_size=40) | st.sampled_from(["a" * 5000, "chữ \n" * 3000, "🙂\n\n" * 2000])
SAYS = st.builds(
    Say,
    text=TEXTS,
    buttons=st.lists(
        st.builds(Button, st.text(min_size=1, max_size=16), st.text(max_size=30), st.booleans()),
        max_size=9,
    ).map(tuple),
    calls=st.lists(
        st.builds(Number, st.from_regex(r"[0-9]{3,11}", fullmatch=True), st.text(max_size=70)),
        max_size=3,
    ).map(tuple),
    links=st.lists(
        st.builds(
            Link,
            st.text(max_size=30),
            st.sampled_from(["https://a.vn", "http://localhost", "http://10.1.1.1/x", "tel:1"]),
        ),
        max_size=3,
    ).map(tuple),
    files=st.lists(
        st.builds(File, st.integers(1), st.sampled_from(["photo", "voice", "file"])), max_size=2
    ).map(tuple),
)


def validated(call: Call) -> Any:
    """What aiogram makes of the call, as it travels: everything but files through JSON."""
    kind = getattr(methods, call.method[0].upper() + call.method[1:])
    sent = {
        key: types.BufferedInputFile(b"x", "x") if isinstance(value, File) else value
        for key, value in call.params.items()
    }
    files = {key: value for key, value in sent.items() if isinstance(value, types.InputFile)}
    plain = json.loads(json.dumps({k: v for k, v in sent.items() if k not in files}))
    assert not sent.keys() - kind.model_fields.keys()
    return kind.model_validate({**plain, **files})


@given(SAYS)
def test_whatever_is_said_aiogram_accepts_it(say: Say) -> None:
    try:
        calls = drawn(say)
    except Refused as refused:
        assert "nothing" in str(refused)
        return
    found = [validated(call) for call in calls]
    assert not [name for call in found for name in _unknown(call)]
    texts = [call.text for call in found if isinstance(call, methods.SendMessage)]
    assert all(text.strip() and units(text) <= MAX_TEXT for text in texts)
    for call in say.calls:
        assert call.number in texts[0]
    keyboards = [call.reply_markup for call in found if getattr(call, "reply_markup", None)]
    buttons = [button for markup in keyboards for row in markup.inline_keyboard for button in row]
    pressed = [button.callback_data for button in buttons if button.callback_data]
    ordered = sorted(say.buttons, key=lambda button: button.nav)
    assert pressed == [button.value for button in ordered]
    assert len(keyboards) <= 1
    assert all(button.text.strip() for button in buttons)


def test_what_is_silent_makes_no_sound():
    assert all(QUIET.items() <= call.params.items() for call in draw("7", Say("a", silent=True)))
