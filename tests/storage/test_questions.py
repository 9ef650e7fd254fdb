"""Questions that were passed on: one owner, one answer, the oldest first."""

from datetime import timedelta

import pytest

from storage import joining, questions, revisions
from tests.house import START
from tests.storage.test_people import commune, welcome

HOUR = timedelta(hours=1)


async def asked(database, *areas):
    """Questions asked an hour apart in these areas; the asker and two officers."""
    await database.write(commune)
    asker, link = await database.write(welcome("asker"))
    one, _ = await database.write(welcome("one"))
    other, _ = await database.write(welcome("other"))
    for at, area in enumerate(areas):
        when = START + at * HOUR
        await database.write(
            lambda c, area=area, when=when: questions.ask(c, asker, link, area, "?", when)
        )
    return one, other


async def test_a_question_has_one_owner_whoever_comes_first(database):
    one, other = await asked(database, "C")
    assert await database.write(lambda c: questions.take(c, 1, one, START))
    assert not await database.write(lambda c: questions.take(c, 1, other, START))
    assert not await database.write(lambda c: questions.give_back(c, 1, other))
    assert await database.write(lambda c: questions.take(c, 1, other, START, over=one))
    assert not await database.write(lambda c: questions.give_back(c, 1, one))
    assert await database.write(lambda c: questions.give_back(c, 1, other))
    found = await database.read(lambda c: questions.one(c, 1))
    assert (found.taken_by, found.taken_at) == (None, None)


async def test_an_answered_question_is_not_taken_and_not_answered_again(database):
    one, other = await asked(database, "C")
    assert await database.write(lambda c: questions.answer(c, 1, "yes", one, START))
    assert not await database.write(lambda c: questions.answer(c, 1, "no", other, START))
    assert not await database.write(lambda c: questions.take(c, 1, other, START))
    assert (await database.read(lambda c: questions.one(c, 1))).answer == "yes"
    assert await database.read(questions.all_waiting) == (0, None)


async def test_the_queue_is_of_its_area_with_the_oldest_first_a_page_at_a_time(database):
    await asked(database, "C", "D", "C", None)
    numbers = [each.id for each in await database.read(lambda c: questions.waiting(c, {"C"}))]
    assert numbers == [1, 3, 4]
    page = await database.read(lambda c: questions.waiting(c, {"C"}, 1, 1))
    assert [each.id for each in page] == [3]
    assert await database.read(lambda c: questions.how_many(c, {"D"})) == (2, START + HOUR)
    assert await database.read(questions.all_waiting) == (4, START)
    late = await database.read(lambda c: questions.unanswered(c, START + 2 * HOUR))
    assert [each.id for each in late] == [1, 2]


async def test_what_a_guest_has_taken_is_the_hosts_after_they_turn_out_to_be_one(database):
    one, other = await asked(database, "C")
    await database.write(lambda c: questions.take(c, 1, one, START))
    await database.write(lambda c: joining.merge(c, one, other, START))
    assert (await database.read(lambda c: questions.one(c, 1))).taken_by == other


async def test_every_state_of_what_a_commune_adds_is_kept_and_the_newest_counts(database):
    one, _ = await asked(database)

    def put(item, text, commune="C", live=True):
        content = {"text": text}
        return lambda c: revisions.put(c, "contact", commune, item, content, one, START, live=live)

    assert await database.read(revisions.stamp) == (0, "")
    assert await database.write(put("a", "1")) == 1
    assert await database.write(put("b", "1")) == 1
    assert await database.write(put("a", "2")) == 2
    assert await database.write(put("a", "elsewhere", "D")) == 1
    before = await database.read(revisions.stamp)
    assert await database.write(put("b", "1", live=False)) == 2
    assert await database.read(revisions.stamp) > before
    newest = await database.read(lambda c: revisions.newest(c, "contact", "C"))
    told = [(each.item, each.content["text"], each.live) for each in newest]
    assert told == [("a", "2", True), ("b", "1", False)]
    states = await database.read(lambda c: revisions.history(c, "contact", "C", "a"))
    assert [(each.number, each.content["text"]) for each in states] == [(2, "2"), (1, "1")]
    assert await database.read(lambda c: revisions.newest(c, "entry", "C")) == []
    with pytest.raises(ValueError, match="poem"):
        await database.write(lambda c: revisions.put(c, "poem", "C", "a", {}, one, START))
