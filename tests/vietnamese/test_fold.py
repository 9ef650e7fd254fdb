"""What people type, made comparable: cleaning, folding, shorthand, keystrokes."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vietnamese.fold import clean, fits, fold, same, spell_out, untelex

ANY_TEXT = st.text(st.characters(exclude_categories=()))
VIETNAMESE = st.text("aàáảãạăằắâấậbcdđeèéêếghiìíklmnoòóôốơờớpqrstuùúưừứvxyỳý ,.!?\n0123456789")

SHORT = ["k", "ko", "t", "te", "chi", "hong", "hem", "bt", "e", "nc", "rang", "man", "12", "di"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Cháu   Nam \t 13 tuổi ", "Cháu Nam 13 tuổi"),
        ("dòng một\r\ndòng hai\rdòng ba", "dòng một\ndòng hai\ndòng ba"),
        (unicodedata.normalize("NFD", "Hoằng Đức"), "Hoằng Đức"),
        ("bị\u200b đánh\u202e đập\u2066\ufeff", "bị đánh đập"),
        ("mã\ue000 riêng\ue002", "mã riêng"),
        ("nửa \ud83d cặp", "nửa cặp"),
        ("a\xa0b\u3000c", "a b c"),
        ("\x00tên\x07", "tên"),
        ("😀 cháu 👨‍👩‍👧 ❤️ 👍🏽 1️⃣", "😀 cháu 👨‍👩‍👧 ❤️ 👍🏽 1️⃣"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("a\u200db", "ab"),
        ("a\ufdd0b\uffffc", "abc"),
        ("chữ\ufe0f", "chữ"),
        ("😀\u200d", "😀"),
        ("", ""),
    ],
)
def test_what_is_sent_is_made_safe(sent, kept):
    assert clean(sent) == kept


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
def test_nothing_dangerous_is_left(text):
    for char in clean(text):
        assert char == "\n" or unicodedata.category(char) not in {"Cc", "Co", "Cs", "Zl", "Zp"}
        assert (
            char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff"
        )


@given(VIETNAMESE)
def test_letters_are_never_lost(text):
    assert clean(text).split() == unicodedata.normalize("NFC", text).split()


def test_a_pile_of_marks_is_cleaned_at_once():
    started = time.process_time()
    assert len(clean("a" + "\u0301\u0323" * 50_000)) < 10
    assert time.process_time() - started < 0.5  # quadratic would be many seconds


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đồng Hới", "dong hoi"),
        ("hoà bình", "hoa binh"),
        ("HÒA BÌNH", "hoa binh"),
        ("thuỷ", "thuy"),
        ("thủy", "thuy"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Được"), "nguyen thi duoc"),
        ("xã Vân-Nham, H. Hữu Lũng!", "xa van nham h huu lung"),
        ("một_hai", "mot hai"),
        ("1,5 tiếng", "1 5 tieng"),
        ("Ｎăm ２０２６", "nam 2026"),
        ("???", ""),
    ],
)
def test_texts_fold(text, folded):
    assert fold(text) == folded


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_composed_and_decomposed_letters_fold_alike(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_same_looks_through_marks_and_case():
    assert same("Hoà Bình", "hòa bình") and same("PHO VI", "phố vị")
    assert not same("phố vị", "phố vĩnh")


@pytest.mark.parametrize(
    ("said", "meant", "may_be"),
    [
        ("pho vi", "Phố Vị", True),
        ("phố vị", "Phố Vị", True),
        ("phố vi", "Phố Vị", True),
        ("phổ vị", "Phố Vị", False),
        ("Phố Vị", "pho vi", False),
        ("danh", "đánh", True),
        ("dành", "đánh", False),
        ("hoà", "hòa", True),
        ("da", "đa", True),
        ("đa", "da", False),
        ("phố", "phố vị", False),
    ],
)
def test_marks_that_were_typed_are_believed(said, meant, may_be):
    assert fits(said, meant) is may_be


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("ko", "khong"),
        ("k bt", "khong biet"),
        ("chau ko dc di hoc", "chau khong duoc di hoc"),
        ("chau 12t", "chau 12 tuoi"),
        ("chau 12 t", "chau 12 tuoi"),
        ("hong di hoc", "khong di hoc"),
        ("duoc hong", "duoc khong"),
        ("hong biet", "khong biet"),
        ("chi hong o thon 5", "chi hong o thon 5"),
        ("may bi hong", "may bi hong"),
        ("be 20 kg", "be 20 kg"),
        ("kg biet", "khong biet"),
        ("5 k", "5 nghin"),
        ("2 te nghi hoc", "2 tre em nghi hoc"),
        ("tram y te xa", "tram y te xa"),
        ("chau bi te xe", "chau bi te xe"),
        ("ldte la gi", "lao dong tre em la gi"),
        ("ctv thon", "cong tac vien thon"),
        ("van bt", "van binh thuong"),
        ("ai bt", "ai biet"),
        ("lam chi rua", "lam gi rua"),
        ("chi mai", "chi mai"),
        ("man rang", "lam sao"),
        ("danh rang", "danh rang"),
        ("e ko biet", "em khong biet"),
        ("nguoi e de", "nguoi e de"),
        ("duoi nc", "duoi nuoc"),
        ("di vs me", "di voi me"),
        ("bn ng", "bao nhieu nguoi"),
        ("luong 3tr", "luong 3 trieu"),
        ("thon t3", "thon t3"),
        ("", ""),
    ],
)
def test_shorthand_is_spelled_out(short, long):
    assert spell_out(short) == long


@given(st.lists(st.sampled_from(SHORT)))
def test_spelling_out_twice_changes_nothing(words):
    once = spell_out(" ".join(words))
    assert spell_out(once) == once


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("phoos", "pho"),
        ("pho1", "pho"),
        ("pho61", "pho"),
        ("vij", "vi"),
        ("vi5", "vi"),
        ("ddaanhs", "danh"),
        ("d9a1nh", "danh"),
        ("nguwowif", "nguoi"),
        ("dduwowngf", "duong"),
        ("thooon", "thon"),
        ("tieengs", "tieng"),
        ("xin", "xin"),
        ("Phố", "pho"),
        ("school", "school"),
        ("t5", "t5"),
        ("ko", "ko"),
        ("", ""),
    ],
)
def test_keystrokes_are_understood(typed, word):
    assert untelex(typed) == word


@given(ANY_TEXT)
def test_nothing_people_send_breaks_the_reading(text):
    spell_out(fold(text))
    untelex(text)
