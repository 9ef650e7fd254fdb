"""Codes as people type them, and what only looks like one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.desk import typed_codes
from storage import invitations
from tests.house import START, Bot

CODE = "9GET7RH2CX"


@pytest.mark.parametrize(
    "text",
    (
        "9get7rh2cx",
        "9GET7 RH2CX",
        "9GET7-RH2CX",
        "9get 7rh 2cx",
        "mã 9GET7RH2CX",
        "Mã của tôi là 9GET7 RH2CX.",
        "ma moi la: 9GET7RH2CX",
    ),
)
def test_a_code_is_seen_with_words_and_gaps_around(text: str) -> None:
    assert invitations.normal(typed_codes.invitation(text)) == CODE


@pytest.mark.parametrize(
    "text",
    (
        "0912345678",
        "0912 345 678",
        "VT-26-AAAAA1",
        "chau 12 tuoi",
        "con 12 thang",
        "thôn 12 xóm 5",
        "chị Lan lớp 9",
        "mã",
        "",
        "9" * 10_000,
    ),
)
def test_no_code_is_seen_where_there_is_none(text: str) -> None:
    assert not typed_codes.invitation(text)
    assert not typed_codes.forwarded(text)
    assert not typed_codes.signs_of_a_wrong_length(text)


def test_a_sign_too_few_or_too_many_is_told() -> None:
    assert typed_codes.signs_of_a_wrong_length("9GET7RH2C") == 9
    assert typed_codes.signs_of_a_wrong_length("mã 9GET7-RH2CX1") == 11
    assert not typed_codes.signs_of_a_wrong_length(CODE)


@pytest.mark.parametrize("text", ("403638", "403 638", "403-638", "mã 403 638", "mã là 403638 ạ"))
def test_six_digits_are_seen(text: str) -> None:
    assert typed_codes.one_time_code(text) == "403638"


@pytest.mark.parametrize("text", ("403638123456", "403 638 123 456", "mã 403-638-123-456 ạ"))
def test_twelve_digits_are_seen(text: str) -> None:
    assert typed_codes.one_time_code(text) == "403638123456"


@pytest.mark.parametrize("text", ("001203004567", "840912345678", "84 912 345 678"))
def test_numbers_of_people_are_no_code(text: str) -> None:
    """An identity card's, and one to call as it is written abroad."""
    assert not typed_codes.one_time_code(text)


@pytest.mark.parametrize("text", ("40363", "4036381", "có 403638 người", "mã 403 63"))
def test_other_numbers_are_no_code_of_six_digits(text: str) -> None:
    assert not typed_codes.one_time_code(text)


async def test_a_code_in_two_halves_opens_the_door(bot: Bot) -> None:
    later = START + timedelta(days=1)
    code = await bot.database.write(
        lambda c: invitations.invite(c, "officer", "DM-VL", 1, START, later)
    )
    [said] = await bot.says("newcomer", f"{code[:5]} {code[5:]}")
    assert any(button.value == "m.cases" for button in said.buttons)
