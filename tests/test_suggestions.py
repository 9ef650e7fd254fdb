"""What is offered while somebody types: quick, with and without marks, and leaking nothing."""

import time
from datetime import UTC, date, datetime

import pytest

from bot.desk.house import House
from bot.desk.suggestions import LONGEST, MOST, suggest
from bot.faq.entries import load
from storage import conversations, people
from tests.test_entries_of_a_commune import ANSWER, ASKED, press, told

__all__ = ["told"]
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def typed(sqlite_url):
    """What is offered to somebody unknown who has typed this."""
    from sqlalchemy import create_engine

    engine = create_engine(sqlite_url.replace("sqlite:", "sqlite+pysqlite:"))

    def offered(text, person=None):
        with engine.connect() as connection:
            return suggest(connection, House(), person, text, NOW)

    yield offered
    engine.dispose()


@pytest.mark.parametrize(
    ("marked", "plain"),
    [("gọi 111 có mất tiền", "goi 111 co mat tien"), ("phụ hồ", "phu ho"), ("học ngh", "hoc ngh")],
)
def test_the_same_is_offered_with_and_without_marks(typed, marked, plain):
    assert typed(marked)
    assert typed(marked)[0] == typed(plain)[0]


def test_an_unfinished_word_and_another_way_to_ask_find_the_question(typed):
    questions = [each.question for each in typed("goi 111 co mat ti")]
    assert questions[0] == load().by_id[typed("goi 111 co mat ti")[0].entry].question
    assert any("111" in each and "tiền" in each for each in questions)
    variant = load().by_id["age-to-learn-a-trade"].variants[0]
    assert "age-to-learn-a-trade" in [each.entry for each in typed(variant)]


@pytest.mark.parametrize(
    "text",
    ["", "a", "12", "/hoso VT-26", "x" * (LONGEST + 1), "😀😀", "\x00\x00", "mua xe máy trả góp"],
)
def test_nothing_is_offered_for_what_is_no_question_of_ours(typed, text):
    assert typed(text) == []


def test_a_child_in_danger_is_not_led_to_a_question(typed):
    assert typed("cháu đang bị đánh") == []


def test_never_more_than_five_and_each_an_entry_in_force(typed):
    for text in ("con", "cháu", "tuoi", "duoc khong", "bao nhieu"):
        found = typed(text)
        assert 0 < len(found) <= MOST
        assert len({each.entry for each in found}) == len(found)
        today = date(2026, 11, 20)
        assert all(load().by_id[each.entry].in_force(today) for each in found)


def test_who_reads_english_is_offered_english(typed):
    person = people.Known(1, 1, "web", "en", False, True, None, False, None, ())
    assert any(each.question.isascii() for each in typed("hotline", person))


def test_it_takes_less_time_than_a_keystroke(typed):
    typed("con toi")
    began = time.perf_counter()
    for text in ("con toi 14 tuoi rua bat", "duoc", "con t", "bao nhieu tuoi thi duoc"):
        typed(text)
    assert (time.perf_counter() - began) / 4 < 0.2


async def test_inside_a_form_nothing_is_offered(bot):
    await bot.says("hoa", "/bao")
    known = await bot.database.read(lambda c: people.by_address(c, "test", "hoa"))
    assert await bot.database.read(lambda c: conversations.load(c, [known.person_id]))

    def offered(connection, person):
        return suggest(connection, bot.house, person, "phụ hồ", NOW)

    assert await bot.database.read(lambda c: offered(c, known)) == []
    assert await bot.database.read(lambda c: offered(c, replaced(known))) != []


def replaced(known):
    return known._replace(person_id=known.person_id + 1000)


async def test_what_a_commune_has_added_is_offered_there_only(told):
    async def offered(who):
        known = await told.database.read(lambda c: people.by_address(c, "test", who))
        found = await told.database.read(
            lambda c: suggest(c, told.house, known, "nha van hoa xa", NOW)
        )
        return [each.question for each in found]

    await told.says("binh", "xin chào")
    assert ASKED in await offered("lan")
    assert ASKED not in await offered("binh")
    assert all(ANSWER not in each for each in await offered("lan"))
    await press(told, "minh", "e.off.")
    assert ASKED not in await offered("lan")
