"""Entries that officers add: live everywhere at once, withdrawn by date, kept with every state."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from bot.desk.live_entries import ways
from bot.faq import entries as built_in
from bot.faq.contents import content
from bot.forms.faq_entry import any_day, document, known_document
from bot.forms.model import Reply, Scene, Unclear
from storage import audit, revisions
from storage.database import Database
from tests.chat import introduce
from tests.house import Bot

ASKED = "Nhà văn hoá xã có chiếu phim cho các cháu không ạ"
ANSWER = "Có. Tối thứ Bảy nào cũng chiếu, lúc 19 giờ 30."
BUILT_IN = "age-to-learn-a-trade"


@pytest.fixture
async def told(bot):
    """A bot whose cast is on channel "test"; Minh's answer has become an entry."""
    await bot.database.write(introduce)
    await bot.says("hoa", ASKED)
    await press(bot, "hoa", "a.pass")
    await press(bot, "minh", "q.answer.")
    await bot.says("minh", ANSWER)
    await press(bot, "minh", "e.new.")
    await bot.says("minh", "Nghị định 56/2017")
    await bot.says("minh", "Điều 33")
    await press(bot, "minh", "/send")
    await press(bot, "minh", "e.up.")
    return bot


async def press(bot, who, part):
    """Press the last shown button whose value has this part."""
    for say in reversed(bot.channels["test"].said[who]):
        for button in say.buttons:
            if part in button.value:
                return await bot.presses(who, button)
    raise AssertionError(f"{who} has no button {part}")


async def item_of(bot):
    [state] = await bot.database.read(lambda c: revisions.newest(c, "entry", "DM-VL"))
    return state.item


async def test_another_process_answers_by_it_from_the_next_message_on(told, database_url):
    replica = Bot(Database(database_url), told.clock)
    replica.count = 1000  # its events are others
    [said] = await replica.says("hoa", "nha van hoa co chieu phim ko")
    assert ANSWER in said.text
    await press(told, "minh", "e.off.")
    [said] = await replica.says("hoa", "nha van hoa co chieu phim ko")
    assert ANSWER not in said.text
    await replica.database.close()


async def test_a_transaction_that_was_undone_leaves_nothing_of_it_in_memory(told):
    item = await item_of(told)
    house, today = told.house, date(2026, 11, 20)
    from bot.desk.live_entries import live

    def undone(connection):
        revisions.put(connection, "entry", "DM-VL", item, {}, 1, told.clock(), live=False)
        assert item not in live(connection, house, "DM-VL", today).entries.by_id
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await told.database.write(undone)
    told.clock.at += timedelta(seconds=1)
    content_ = {"question": "Q", "answer": "A", "document": "D", "article": "1"}
    content_["reviewed"] = "2026-11-20"
    await told.database.write(
        lambda c: revisions.put(c, "entry", "DM-VL", item, content_, 1, told.clock())
    )
    found = await told.database.read(lambda c: live(c, house, "DM-VL", today).entries)
    assert found.by_id[item].answer == "A"


async def test_it_is_of_its_commune_and_not_of_the_command_line(told):
    [said] = await told.says("binh", ASKED)
    assert ANSWER not in said.text
    assert await item_of(told) not in built_in.load().by_id


async def test_every_change_is_audited_without_a_word_of_the_text(told):
    await press(told, "minh", "e.off.")
    await press(told, "minh", "e.on.")

    def lines(connection):
        rows = connection.execute(select(audit.log).order_by(audit.log.c.id)).mappings()
        return [(row["action"], row["subject"], row["detail"]) for row in rows]

    found = [line for line in await told.database.read(lines) if line[0].startswith("entry")]
    subject = f"entry:DM-VL:{await item_of(told)}"
    assert found == [
        ("entry put up", subject, "1"),
        ("entry withdrawn", subject, "2"),
        ("entry put up", subject, "3"),
    ]
    assert await told.database.read(audit.first_broken) is None


async def test_its_words_are_not_readable_in_the_database(told):
    rows = await told.database.read(
        lambda c: c.execute(text("SELECT content FROM revisions")).all()
    )
    assert rows and all("chiếu".encode() not in bytes(row[0]) for row in rows)


async def test_the_same_press_twice_is_one_state(told):
    item = await item_of(told)
    for _ in range(2):
        await told.says("minh", kind="press", value=f"e.off.{item}")
    states = await told.database.read(lambda c: revisions.history(c, "entry", "DM-VL", item))
    assert [state.live for state in states] == [False, True]


@pytest.mark.parametrize("who", ["lan", "hoa", "binh"])
async def test_only_officers_of_the_commune_change_it(told, who):
    item, said = await item_of(told), []
    for what in ("off", "edit", "until", "undo", "view"):
        said += await told.says(who, kind="press", value=f"e.{what}.{item}")
    states = await told.database.read(lambda c: revisions.history(c, "entry", "DM-VL", item))
    assert len(states) == 1
    assert said and all(ANSWER not in say.text for say in said)


# --------------------------------------------------------------- built-in entries, by their dates


@pytest.fixture
def ended(monkeypatch):
    """The Labour Code is said to have ended the day before yesterday."""
    documents = {**content("documents")}
    documents["BLLĐ 2019"] = {**documents["BLLĐ 2019"], "valid_to": date(2026, 11, 18)}
    real = built_in.content
    monkeypatch.setattr(
        built_in, "content", lambda name: documents if name == "documents" else real(name)
    )


async def test_what_rests_on_an_ended_document_comes_back_when_an_officer_approves(told, ended):
    question = f"a.entry.{BUILT_IN}"
    [said] = await told.says("hoa", kind="press", value=question)
    assert "Từ đủ 14 tuổi" not in said.text
    await told.says("minh", "/cauhoi")
    [said] = await press(told, "minh", "e.review.")
    assert len([b for b in said.buttons if b.value.startswith("e.view.")]) == 5
    [said] = await told.says("minh", kind="press", value=f"e.view.{BUILT_IN}")
    await press(told, "minh", "e.until.")
    await told.says("minh", "31/12/2026")
    [said] = await told.says("hoa", kind="press", value=question)
    assert "Từ đủ 14 tuổi" in said.text
    await told.tick(timedelta(days=42))
    [said] = await told.says("hoa", kind="press", value=question)
    assert "Từ đủ 14 tuổi" not in said.text


async def test_a_built_in_entry_can_be_changed_withdrawn_and_put_up_as_it_was(told):
    question = f"a.entry.{BUILT_IN}"
    await told.says("minh", kind="press", value=f"e.edit.{BUILT_IN}")
    await press(told, "minh", "/send")
    await press(told, "minh", "e.up.")
    [said] = await told.says("hoa", kind="press", value=question)
    assert "Từ đủ 14 tuổi" in said.text and "Điều 61" in said.text
    await told.says("minh", kind="press", value=f"e.off.{BUILT_IN}")
    [said] = await told.says("hoa", kind="press", value=question)
    assert "Từ đủ 14 tuổi" not in said.text
    await told.says("minh", kind="press", value=f"e.on.{BUILT_IN}")
    [said] = await told.says("hoa", kind="press", value=question)
    assert "Từ đủ 14 tuổi" in said.text


# ------------------------------------------------------------------------------------ what is typed

SCENE = Scene(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("nghi dinh 56/2017", "NĐ 56/2017/NĐ-CP"),
        ("luat tre em 2016", "Luật Trẻ em 2016"),
        ("Labour Code 2019", "BLLĐ 2019"),
        ("Nghị định 999/2099", ""),
        ("luật", ""),
    ],
)
def test_a_document_is_known_however_it_is_typed(typed, key):
    assert known_document(typed) == key
    assert document().read(Reply(typed), SCENE) == (key or typed)


def test_a_day_is_read_whole_or_not_at_all():
    kind = any_day(ends_of_years=True)
    assert kind.read(Reply("1/3/2027"), SCENE) == "2027-03-01"
    assert kind.read(Reply("01-03-2027"), SCENE) == "2027-03-01"
    assert kind.read(Reply(value="2026-12-31"), SCENE) == "2026-12-31"
    for wrong in ("31/2/2027", "1/3", "mai", "2027", "x" * 10_000):
        with pytest.raises(Unclear):
            kind.read(Reply(wrong), SCENE)


def test_ways_to_ask_are_lines_without_bullets_none_twice():
    assert ways("- một\n\n• hai\n một ") == ["một", "hai"]
    assert len(ways("\n".join(map(str, range(100))))) == 20
    assert ways(None) == []
