"""Personal data at rest: nothing readable in the database, nothing that can be moved about."""

import asyncio
import json
import os
import stat
import subprocess
import sys
import threading
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from bot.delivery.webmail import Webmail
from bot.words import Say
from storage import crypto, people
from storage.crypto import Keyring, WrongKey, new_line, read_or_make
from storage.records.people import Person
from storage.types import EncryptedBytes, EncryptedJson, EncryptedText
from tests.house import KEYS, START

PERSONAL = {
    "child": "Hoàng Thị Bưởi",
    "officer": "Lò Thị Hạnh Phúc",
    "reporter's number": "0387451290",
    "officer's number": "0912660774",
    "what happens": "khóc suốt đêm ngoài chuồng trâu",
    "said beside the answers": "nhà có cây khế cổ thụ bên giếng nước đầu làng",
    "place of work": "xưởng mộc ông Quắm",
    "typed village": "Tà Lèng Thượng",
    "question": "cháu Sùng bán vé số ban đêm thì sao",
    "answer": "mai cán bộ Hạnh tới nhà cháu Sùng",
    "note": "bố nghiện rượu, mẹ đi Quảng Đông",
    "message": "đợi tôi ở gốc đa chiều nay",
    "addition": "em trai tên Tí cũng vậy",
    "draft": "bà nội bảy mươi tuổi nuôi ba cháu",
    "photo": "AgACAgUAAxkBAAIBY2anh",
    "resident's chat": "chat-7734512098",
    "officer's chat": "chat-5540011877",
    "browser": "page-99ab17cd55",
    "device": "Firefox của nhà Kiểm",
    "on the page": "chuyện em Bưởi viết trên trang này",
    "what failed": "tin nhắn này làm hỏng chương trình",
}


class Talk:
    """Two phones and their buttons, found by what they carry."""

    def __init__(self, bot):
        self.bot, self.said = bot, bot.channels["test"].said

    async def say(self, who, *texts, **fields):
        for words in texts or ("",):
            await self.bot.says(PERSONAL[f"{who}'s chat"], words, **fields)

    async def press(self, who, part):
        await self.say(who, value=self.shown(who, part), kind="press")

    def shown(self, who, part):
        for say in reversed(self.said[PERSONAL[f"{who}'s chat"]]):
            for button in say.buttons:
                if part in button.value:
                    return button.value
        raise AssertionError(f"{part} was never shown to the {who}")


async def conversation(bot):
    """Every kind of personal text, in every place that keeps one."""
    talk = Talk(bot)

    def join(connection):
        address = PERSONAL["officer's chat"]
        person, _ = people.welcome(connection, "test", address, "vi", bot.clock())
        people.grant(connection, person, "officer", "DM-VL", bot.clock())

    await bot.database.write(join)
    await talk.say("officer", "/menu")
    await talk.press("officer", "m.intro")
    await talk.say("officer", "Phố Vị", PERSONAL["officer"], PERSONAL["officer's number"])

    await talk.say("resident", "/bao", PERSONAL["what happens"])
    await talk.press("resident", ".danger.no")
    await talk.say("resident", PERSONAL["typed village"], "12")
    await talk.press("resident", "./more")
    answers = {
        ".name.": PERSONAL["child"],
        ".sex.": PERSONAL["said beside the answers"],
        ".work.": "mộc",
        ".place.": PERSONAL["place of work"],
        ".may_call.yes": None,
        ".phone.": PERSONAL["reporter's number"],
    }
    photographed = False
    for _ in range(30):
        values = [b.value for b in talk.said[PERSONAL["resident's chat"]][-1].buttons]
        asked = next((key for key in answers if any(key in value for value in values)), "")
        if any(".photos." in value for value in values) and not photographed:
            photographed = True
            picture = {"kind": "photo", "reference": PERSONAL["photo"]}
            await talk.say("resident", attachments=[picture])
        elif asked and (words := answers.pop(asked)):
            await talk.say("resident", words)
        elif asked:
            await talk.press("resident", asked)
        elif any("./send" in value for value in values) and not any("/skip" in v for v in values):
            break
        else:
            await talk.press("resident", "./skip")
    assert photographed and not answers
    await talk.press("resident", "./send")

    await bot.tick(timedelta(minutes=6))  # what is new waits while somebody fills in a form
    await talk.press("officer", "c.ack.")
    await talk.press("officer", "c.view.")
    await talk.press("officer", "c.note.")
    await talk.say("officer", PERSONAL["note"])
    await talk.press("officer", "c.call.")
    await talk.press("officer", "c.write.")
    await talk.say("officer", PERSONAL["message"])
    await talk.press("resident", "r.reply.")
    await talk.say("resident", PERSONAL["addition"])
    await talk.say("resident", "/hoi")
    await talk.press("resident", "a.officer")
    await talk.say("resident", PERSONAL["question"])
    await talk.press("officer", "q.answer.")
    await talk.say("officer", PERSONAL["answer"])
    await talk.say("resident", "/bao", PERSONAL["draft"])


async def on_the_web(bot):
    """A page, its browser, an upload."""
    mail = Webmail(bot.database, bot.together, bot.clock, asyncio.Event())
    visitor = await mail.begin("token-of-a-browser", PERSONAL["device"], PERSONAL["browser"])
    message = {"id": "0123456789abcdef", "text": PERSONAL["on the page"]}
    await mail.post(visitor, message)
    await mail.show(PERSONAL["browser"], Say(PERSONAL["on the page"]), "1")


async def a_failure(bot, monkeypatch):
    """An event whose handler raises, with the person's words in the exception."""

    def fail(incoming, desk):
        raise ValueError(f"I cannot handle {incoming.text}")

    with monkeypatch.context() as patch:
        patch.setattr("bot.app.understand", fail)
        await bot.says(PERSONAL["resident's chat"], PERSONAL["what failed"])


def cells(connection):
    """(table, column, what is really stored) of everything."""
    for table in inspect(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
            for column, value in row.items():
                yield table, column, value


def spellings(words):
    """The bytes that would give these words away."""
    forms = {words, unicodedata.normalize("NFD", words), words.upper(), words.casefold()}
    forms |= {json.dumps(form)[1:-1] for form in set(forms)}
    return {form.encode(code) for form in forms for code in ("utf-8", "utf-16-le")}


def readable(stored):
    """Which of the planted texts can be read in these bytes."""
    return [what for what, words in PERSONAL.items() if any(s in stored for s in spellings(words))]


async def test_nothing_that_people_said_can_be_read_in_the_database(bot, monkeypatch):
    await conversation(bot)
    await on_the_web(bot)
    await a_failure(bot, monkeypatch)

    found = [
        (table, column, what)
        for table, column, value in await bot.database.read(lambda c: list(cells(c)))
        for what in readable(value if isinstance(value, bytes) else str(value).encode())
    ]
    assert found == []
    if bot.database.sqlite:
        path = Path(bot.database.url.database)
        for file in path.parent.glob(path.name + "*"):  # with the write-ahead log
            assert readable(file.read_bytes()) == [], file


async def test_the_planted_texts_were_all_kept(bot, monkeypatch):
    """Without this the test above could pass because nothing was stored."""
    await conversation(bot)
    await on_the_web(bot)
    await a_failure(bot, monkeypatch)

    def opened(connection):
        for table, column, value in cells(connection):
            if isinstance(value, bytes | memoryview):
                yield crypto.keyring().open(bytes(value), f"{table}.{column}".encode())

    kept = b"\n".join(await bot.database.read(lambda c: list(opened(c))))
    assert [what for what, words in PERSONAL.items() if words.encode() not in kept] == []


# --- values -----------------------------------------------------------------------------------


# Half an emoji is a text, too: platforms cut at so many UTF-16 units.
TEXTS = st.text(st.characters(exclude_categories=()))


@given(TEXTS, st.sampled_from([EncryptedText, EncryptedJson]))
def test_what_is_kept_is_what_was_given(words, kind):
    column = kind("people.name")
    kept = column.process_bind_param(words, None)
    assert column.process_result_value(kept, None) == words


@given(st.binary())
def test_bytes_are_kept_as_they_are(content):
    column = EncryptedBytes("attachments.content")
    assert column.process_result_value(column.process_bind_param(content, None), None) == content


def test_the_same_value_never_looks_the_same_twice():
    assert KEYS.seal(b"ten chau", b"people.name") != KEYS.seal(b"ten chau", b"people.name")


@given(st.data())
def test_a_value_that_was_cut_or_changed_anywhere_is_refused(data):
    sealed = KEYS.seal(b"so nha 12, ban Ta Leng", b"people.name")
    place = data.draw(st.integers(0, len(sealed) - 1))
    if data.draw(st.booleans()):
        changed = sealed[:place]
    else:
        bit = 1 << data.draw(st.integers(0, 7))
        changed = sealed[:place] + bytes([sealed[place] ^ bit]) + sealed[place + 1 :]
    with pytest.raises(WrongKey):
        KEYS.open(changed, b"people.name")


async def test_values_swapped_between_two_columns_cannot_be_read(database):
    def swap(connection):
        connection.execute(
            Person.__table__.insert().values(
                id=1, name="Bưởi", phone="0387451290", created_at=START
            )
        )
        connection.execute(text("UPDATE people SET name = phone, phone = name"))

    await database.write(swap)
    with pytest.raises(WrongKey):
        await database.read(lambda c: people.one(c, 1))


async def test_a_value_cut_short_in_the_database_cannot_be_read(database):
    def cut(connection):
        connection.execute(Person.__table__.insert().values(id=1, name="Bưởi", created_at=START))
        connection.execute(text("UPDATE people SET name = substr(name, 1, length(name) - 1)"))

    await database.write(cut)
    with pytest.raises(WrongKey):
        await database.read(lambda c: people.one(c, 1))


# --- keys -------------------------------------------------------------------------------------


async def test_after_a_rotation_old_values_are_read_and_new_ones_use_the_new_key(database):
    def keep(connection, number, name):
        connection.execute(Person.__table__.insert().values(id=number, name=name, created_at=START))

    def names(connection):
        return [people.one(connection, number).name for number in (1, 2)]

    old, new = new_line(1), new_line(2)
    crypto.use(Keyring(old))
    index = crypto.index("chat-1", "address:test")
    await database.write(lambda c: keep(c, 1, "Sùng"))

    crypto.use(Keyring(f"{old}\n{new}\n"))
    await database.write(lambda c: keep(c, 2, "Tí"))
    assert await database.read(names) == ["Sùng", "Tí"]
    assert crypto.index("chat-1", "address:test") == index  # people are found again

    crypto.use(Keyring(old))
    with pytest.raises(WrongKey):
        await database.read(names)
    crypto.use(Keyring(new))
    with pytest.raises(WrongKey):
        await database.read(names)


def test_lines_may_be_separated_by_commas_too():
    old, new = new_line(1), new_line(2)
    assert Keyring(f"{old},{new}").keys == Keyring(f"{old}\n{new}").keys


@pytest.mark.parametrize(
    "lines",
    ["", "\n", "1:", "x:y", "1:QUJD", f"0:{'A' * 43}=", "99999:AAAA", "1:ä"],
)
def test_what_is_no_master_key_is_refused_in_words(lines):
    with pytest.raises(ValueError, match="master key"):
        Keyring(lines)


def test_a_key_number_that_stands_twice_is_refused():
    """The first of the two would be lost, and with it whatever it has encrypted."""
    with pytest.raises(ValueError, match="twice"):
        Keyring(f"{new_line(1)}\n{new_line(1)}")


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "new" / "master.key"
    before = os.umask(0)
    try:
        made, is_new = read_or_make(path)
    finally:
        os.umask(before)
    again, is_new_again = read_or_make(path)
    assert (is_new, is_new_again) == (True, False)
    assert made.keys == again.keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]


def test_of_many_threads_that_begin_at_once_one_makes_the_key(tmp_path):
    for attempt in range(20):
        path = tmp_path / str(attempt) / "master.key"
        begin, found, failed = threading.Barrier(4), [], []

        def start(path=path, begin=begin, found=found, failed=failed):
            begin.wait()
            try:
                found.append(read_or_make(path))
            except Exception as problem:
                failed.append(problem)

        threads = [threading.Thread(target=start) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert len({tuple(keyring.keys.values()) for keyring, _ in found}) == 1
        assert [made for _, made in found].count(True) == 1
        assert [file.name for file in path.parent.iterdir()] == ["master.key"]


MAKE = """
import sys
from pathlib import Path
from storage.crypto import read_or_make
print("ready", flush=True)
sys.stdin.readline()
keyring, made = read_or_make(Path(sys.argv[1]))
print(keyring.keys[1].hex(), made)
"""


def test_of_two_processes_that_begin_at_once_one_makes_the_key(tmp_path):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, str(tmp_path / "master.key")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=30)[0].split() for process in both]
    assert answers[0][0] == answers[1][0]
    assert sorted(made for _, made in answers) == ["False", "True"]
