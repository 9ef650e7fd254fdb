"""Entries that officers add: live everywhere at once, withdrawn by date, kept with every state."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from bot.clocks.calendar import Calendar
from bot.desk.duty_sources import Span, ending_entries
from bot.desk.hiding import known_names
from bot.desk.live_entries import ways
from bot.faq import entries as built_in
from bot.faq.contents import content
from bot.forms.faq_entry import any_day, document, known_document
from bot.forms.model import Reply, Scene, Unclear
from storage import audit, cases, people, reports, revisions
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


# ------------------------------------------------------------- a duty when one is withdrawn by date


def coming(connection):
    span = Span(date(2026, 11, 20), date(2027, 1, 4), Calendar.of(), told_at)
    return {(each.area, each.due_on) for each in ending_entries(connection, span)}


told_at = datetime(2026, 11, 20, tzinfo=UTC)


async def test_its_last_day_is_a_duty_of_its_own_commune(told):
    assert await told.database.read(coming) == set()
    item = await item_of(told)
    await told.says("minh", kind="press", value=f"e.until.{item}")
    await told.says("minh", "03/12/2026")
    assert await told.database.read(coming) == {("DM-VL", date(2026, 12, 4))}
    await told.says("minh", kind="press", value=f"e.off.{item}")
    assert await told.database.read(coming) == set()


async def test_a_document_that_ends_is_a_duty_of_every_commune(told, ended, monkeypatch):
    documents = dict(built_in.content("documents"))
    documents["BLLĐ 2019"] = {**documents["BLLĐ 2019"], "valid_to": date(2026, 12, 31)}
    monkeypatch.setattr(built_in, "content", lambda name: documents)
    found = await told.database.read(coming)
    assert {("DM-VL", date(2027, 1, 1)), ("DM-TS", date(2027, 1, 1))} <= found


# ---------------------------------------------------------------------- names of the open cases


async def test_names_are_compared_with_the_open_cases_of_ones_own_area_only(told):
    def file(connection, commune, name):
        number = connection.execute(select(people.people.c.id)).scalars().first()
        link = people.reach(connection, [number])[number][0][0]
        case, _ = reports.file(connection, filing(name, (number, link), commune, name), 2026)
        return case

    mine = await told.database.write(lambda c: file(c, "DM-VL", "Vàng Thị Sua"))
    await told.database.write(lambda c: file(c, "DM-TS", "Lý Thị Ngoan"))

    def names(connection, *tops):
        return set(cases.names_in_open(connection, tops))

    assert "Vàng Thị Sua" in await told.database.read(lambda c: names(c, "DM-VL"))
    assert "Lý Thị Ngoan" not in await told.database.read(lambda c: names(c, "DM-VL"))
    assert await told.database.read(lambda c: names(c)) == set()
    await told.database.write(lambda c: cases.set_status(c, mine, "closed", told.clock()))
    assert "Vàng Thị Sua" not in await told.database.read(lambda c: names(c, "DM-VL"))


async def test_comparing_names_is_audited(told):
    def lines(connection):
        return list(connection.execute(select(audit.log.c.action)).scalars())

    assert "compare names" in await told.database.read(lines)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nhu chau vang thi sua thi xa da giup", ["Vàng Thị Sua"]),
        ("Cháu VÀNG THỊ SUA đã về lớp", ["Vàng Thị Sua"]),
        ("nhờ em Sua dẫn đường", ["Sua"]),
        ("Sua", []),
        ("đi sua xe", []),
        ("vang thi suat cơm", []),
        ("chị An ở xa, an toàn. An cư", ["An"]),
    ],
)
def test_a_known_name_is_found_and_a_common_word_is_not(text, found):
    assert known_names(text, ["Vàng Thị Sua", "An", "Vàng Thị Sua"]) == found


async def test_an_answer_sent_in_spite_of_a_warning_is_audited(bot):
    await bot.database.write(introduce)
    await bot.says("hoa", ASKED)
    await press(bot, "hoa", "a.pass")
    await press(bot, "minh", "q.answer.")
    [said] = await bot.says("minh", "Không ghi âm đâu")
    assert not any("Không ghi âm" in say.text for say in bot.channels["test"].said["hoa"])
    sent = next(each for each in said.buttons if each.value.startswith("q.send."))
    for _ in range(2):
        await bot.presses("minh", sent)
    heard = [say for say in bot.channels["test"].said["hoa"] if "Không ghi âm" in say.text]
    assert len(heard) == 1

    def lines(connection):
        return list(connection.execute(select(audit.log.c.action)).scalars())

    assert (await bot.database.read(lines)).count("answer in spite of a warning") == 1


def filing(key, who, commune, name):
    """A report of that child."""
    at = told_at
    return reports.Filing(
        draft_key=key,
        person_id=who[0],
        link_id=who[1],
        channel="test",
        commune=commune,
        area=None,
        level="CHILD_LABOUR",
        answers={"what": "work"},
        child_name=name,
        may_call=None,
        phone=None,
        received_at=at,
        complete=True,
        safety_due_at=None,
        answer_due_at=at + timedelta(hours=24),
        escalate_at=None,
    )


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
    kind = any_day(last=True)
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
