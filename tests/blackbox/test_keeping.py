"""The database, its key and their backup: no command destroys one of them, or mistakes it."""

import gzip
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import get_type_hints

import pytest
import pytest_asyncio

from bot import cli, operations, plan_commands
from bot.command_line import File
from storage import crypto
from tests.blackbox.outside import Home, vongtay

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER_KEY = "1:" + "Wlla" * 10 + "Wlk=\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory):
    return await Home(tmp_path_factory.mktemp("kept")).founded()


async def test_a_backup_takes_the_place_of_nothing_but_a_backup(home):
    (home.path / "link").symlink_to(home.data / "master.key")
    (home.path / "notes.txt").write_text("how we work")
    (home.path / "other.gz").write_bytes(gzip.compress(b"something else"))
    key = (home.data / "master.key").read_bytes()
    for name in (
        *("data/master.key", "link", "data/vongtay.sqlite3", "data/vongtay.sqlite3-wal"),
        *("data/../data/vongtay.sqlite3-shm", "notes.txt", "other.gz", "areas.csv"),
    ):
        existed = (home.path / name).exists()
        ran = await vongtay("backup", home.path / name, home=home)
        assert ran.status == 1 and "name another file" in ran.complaint, (name, ran)
        assert (home.path / name).exists() == existed, name
    assert (home.data / "master.key").read_bytes() == key
    assert (home.path / "notes.txt").read_text() == "how we work"
    assert len((await vongtay("area", "list", "--json", home=home)).json) == 8


async def test_a_backup_takes_the_place_of_yesterdays_and_of_an_empty_file(home):
    (home.path / "all.gz").touch()
    for _ in range(2):
        assert (await vongtay("backup", "all.gz", "--json", home=home)).json["rows"] > 5
    head = gzip.decompress((home.path / "all.gz").read_bytes()).splitlines()[0]
    assert json.loads(head)["what"] == "vongtay backup 1"


async def test_another_key_is_refused_before_anybody_has_joined(tmp_path):
    home = await Home(tmp_path).founded()
    await home.invited("officer")
    right = (home.data / "master.key").read_text()
    (home.data / "master.key").write_text(OTHER_KEY)
    for words in (("area", "list"), ("serve",), ("keys", "rotate")):
        ran = await vongtay(*words, home=home)
        assert ran.status == 1 and "written with another key" in ran.complaint, words
    assert (home.data / "master.key").read_text() == OTHER_KEY
    (home.data / "master.key").write_text(right)
    assert (await vongtay("keys", "rotate", "--json", home=home)).json["key"] == 2
    both = (home.data / "master.key").read_text()
    for lines in (right, both.splitlines()[1]):  # without the newest, without the oldest
        (home.data / "master.key").write_text(lines)
        assert (await vongtay("area", "list", home=home)).status == 1
    (home.data / "master.key").write_text(both)
    assert (await vongtay("area", "list", home=home)).status == 0


async def test_an_older_database_whose_key_fits_is_checked_from_then_on(tmp_path):
    home = await Home(tmp_path).founded()
    with closing(sqlite3.connect(home.data / "vongtay.sqlite3")) as database, database:
        database.execute("DELETE FROM channel_tokens")
    assert (await vongtay("area", "list", home=home)).status == 0
    (home.data / "master.key").write_text(OTHER_KEY)
    assert (await vongtay("area", "list", home=home)).status == 1


async def test_a_backup_is_restored_with_its_own_key_or_nothing_is_made(tmp_path):
    first = await Home(tmp_path / "first").founded()
    await first.invited("officer")
    made = (await vongtay("backup", tmp_path / "all.gz", "--json", home=first)).json
    (tmp_path / "other.key").write_text(OTHER_KEY)
    (tmp_path / "short.gz").write_bytes((tmp_path / "all.gz").read_bytes()[:-20])
    second = Home(tmp_path / "second")
    for key, file, why in (
        (None, "all.gz", "MASTER_KEY_FILE"),
        (tmp_path / "other.key", "all.gz", "that the backup was written with is needed"),
        (first.data / "master.key", "short.gz", "cut short"),
    ):
        ran = await vongtay("restore", tmp_path / file, home=second, MASTER_KEY_FILE=key)
        assert ran.status == 1 and why in ran.complaint and "nothing was changed" in ran.err, ran
        assert not second.data.exists()
    key = {"MASTER_KEY_FILE": first.data / "master.key"}
    ran = await vongtay("restore", tmp_path / "all.gz", "--json", home=second, **key)
    assert ran.json["rows"] == made["rows"]


async def test_a_file_that_never_ends_or_is_no_text_gets_a_line(home):
    (home.path / "binary").write_bytes(bytes(range(128, 256)))
    for words, why in (
        (("area", "load", "/dev/zero"), "larger than"),
        (("holiday", "load", "/dev/zero"), "larger than"),
        (("plan", "check", "/dev/zero"), "larger than"),
        (("extract", "--jsonl", "/dev/zero"), "larger than"),
        (("holiday", "load", "binary"), "is not a text in UTF-8"),
    ):
        ran = await vongtay(*words, home=home)
        assert ran.status == 1 and why in ran.complaint, (words, ran)


async def test_a_day_that_is_none_is_said_in_our_words(home):
    for words in (
        ("ask", "?", "--on", "1/2/2026"),
        ("holiday", "set", "5/2", "off", "--reason", "x"),
    ):
        ran = await vongtay(*words, home=home)
        assert ran.status == 2 and "is no day like 2027-02-05" in ran.complaint, ran
    ran = await vongtay("ask", "trẻ mấy tuổi được đi làm?", "--on", "2026-02-01", home=home)
    assert ran.status == 0
    ran = await vongtay("clock", "--received", "2026-11-20t16:30z", "--json", home=home)
    assert ran.json["received"].startswith("2026-11-20T23:30:00+07")


async def test_the_first_year_of_the_calendar_is_shown_as_any_other(home):
    assert (await vongtay("calendar", "2021", "--json", home=home)).json["year"] == 2021
    assert (await vongtay("calendar", "2100", home=home)).status == 0
    for year in ("2020", "2101"):
        ran = await vongtay("calendar", year, home=home)
        assert ran.status == 1 and f"not {year}" in ran.complaint


async def test_what_cannot_be_read_fails_as_what_is_not_there_does():
    commands = (
        *(cli.area_load, operations.backup, operations.restore, operations.holiday_load),
        *(plan_commands.check, plan_commands.load, plan_commands.denominators),
    )
    for command in commands:  # a file that even root may not read is hard to come by
        assert get_type_hints(command, include_extras=True)["file"] is File, command


async def test_keys_that_are_added_at_once_are_all_kept(tmp_path):
    key = tmp_path / "master.key"
    crypto.read_or_make(key)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: crypto.add_key(key), range(20)))
    assert sorted(crypto.Keyring(key.read_text()).keys) == list(range(1, 22))
