"""Harm told in kinds of words: the lists hold together, and kinds mean harm in their order only."""

from itertools import pairwise

import pytest

from bot.vietnamese.danger import Danger, read
from bot.vietnamese.letters import WITHOUT_MARKS
from bot.vietnamese.wordlists import read_wordlist

LISTS = read_wordlist("harm")
GAPS = {".", "..", "..."}


def test_every_kind_is_part_of_a_sign_and_every_sign_of_kinds_there_are():
    signs = {
        token
        for name in ("signs", "sure", "others")
        for sign in LISTS[name]
        for token in sign.split()
    }
    assert signs - GAPS == set(LISTS["words"])


def test_what_nothing_was_learned_of_is_a_kind():
    assert set(LISTS["unweighed"]) <= set(LISTS["words"])


def test_a_sign_begins_and_ends_with_a_kind_and_no_gap_follows_another():
    for name in ("signs", "sure", "others"):
        assert len(LISTS[name]) == len(set(LISTS[name]))
        for sign in LISTS[name]:
            tokens = sign.split()
            assert not {tokens[0], tokens[-1]} & GAPS, sign
            assert not any({a, b} <= GAPS for a, b in pairwise(tokens)), sign


def test_a_kind_says_nothing_twice():
    for kind, modes in LISTS["words"].items():
        said = [phrase for phrases in modes.values() for phrase in phrases]
        assert len(said) == len(set(said)), kind
        assert not set(modes) - {"any", "typed", "exact"}, kind


HARM = [
    "chủ đốt tay thằng bé vì làm chậm",
    "bà ta áp đũa nóng vào lưng con bé",
    "máy xay nghiến nát ngón tay đứa phụ việc",
    "người lạ hỏi mua con gái nhà ấy",
    "cai bắt mấy đứa vận chuyển hàng cấm",
    "gạch rơi trúng đầu em Sình",
    "bố buộc dây vào chân thằng bé rồi khóa cửa ngoài",
    "có đứa trẻ sơ sinh ở thùng rác",
    "nó nói nếu kể với ai thì đốt nhà",
]
NO_HARM = [
    "con mèo nhà em bị nhốt cả ngày",
    "bố cháu bị tai nạn nên cháu đi làm thay",
    "phim tối qua có đứa bé bị bắt cóc",
    "cháu đi chợ với mẹ bán rau, chủ sạp cho cháu quả cam",
    "chủ quán không đánh cháu bao giờ",
    "ly hôn con 7 tuổi ở với ai",
    "thằng bé hút thuốc lá điện tử à, không đâu",
]


@pytest.mark.parametrize("text", HARM)
def test_who_does_what_to_whom_is_understood_with_and_without_marks(text):
    assert read(text) >= Danger.POSSIBLE
    assert read(text.translate(WITHOUT_MARKS)) >= Danger.POSSIBLE


@pytest.mark.parametrize("text", NO_HARM)
def test_the_same_words_of_others_or_denied_are_no_harm(text):
    assert read(text) is Danger.NONE


def test_what_befalls_a_grown_up_does_not_hide_what_befalls_a_child():
    assert read("con trâu bị ốm, bố bắt con bé nhịn đói") >= Danger.POSSIBLE
