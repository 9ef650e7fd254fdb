"""The database, its key and their backup: no command destroys one of them, or mistakes it."""

import gzip
import json

import pytest
import pytest_asyncio

from tests.blackbox.outside import Home, vongtay

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
