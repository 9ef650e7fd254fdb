"""Backup, restore, key rotation, erasing: nothing is lost, nothing becomes readable."""

import gzip
import json
from pathlib import Path

import pytest
import sqlalchemy

from storage import audit, backup, cases, crypto, identity, people, rotation, schema
from storage.crypto import Keyring, WrongKey
from tests.house import KEYS, Bot

SECRET = "Bé Mận ở cạnh giếng làng"


async def with_a_report(url: str) -> Bot:
    bot = await Bot.opened(url)
    for line in ("/start", "/bao", SECRET, "không", "phố vị", "12", "gửi"):
        await bot.says("hoa", line)
    return bot


async def test_a_backup_holds_everything_and_no_readable_secret(database_url, tmp_path):
    bot = await with_a_report(database_url)
    rows = await bot.database.read(lambda c: backup.write(c, tmp_path / "all.gz"))
    await bot.database.close()
    assert rows > 50
    assert (tmp_path / "all.gz").stat().st_mode & 0o077 == 0
    assert SECRET not in gzip.decompress((tmp_path / "all.gz").read_bytes()).decode()


async def test_a_backup_of_sqlite_goes_on_in_any_database(database_url, tmp_path):
    first = await with_a_report(f"sqlite:///{tmp_path / 'first.db'}")
    await first.database.read(lambda c: backup.write(c, tmp_path / "all.gz"))
    told = first.heard("hoa")
    await first.database.close()
    second = await Bot.opened(database_url, settled=False)
    await second.database.write(lambda c: backup.restore(c, tmp_path / "all.gz"))
    second.count = 1000
    answer = await second.says("hoa", "/viec")
    code = told.split("Mã: ")[1][:12]
    assert code in answer[0].text
    assert await second.database.read(audit.first_broken) is None
    await second.says("minh-moi", "/bao")  # new rows get new numbers
    assert await second.waiting() == 0
    await second.database.close()


async def of_an_older_program(url: str, path: Path, revision: str) -> str:
    """A backup as the program of that revision wrote it; returns the code of the report in it."""
    bot = await with_a_report(url)
    code = bot.heard("hoa").split("Mã: ")[1][:12]
    await bot.database.read(lambda c: backup.write(c, path))
    await bot.database.close()
    _as_of(path, revision)
    return code


def _as_of(path: Path, revision: str) -> None:
    """Take from a backup what that revision had no place for."""
    old = sqlalchemy.create_engine("sqlite://")
    with old.begin() as connection:
        schema.upgrade(connection)
        schema.back_to(connection, revision)
        then = sqlalchemy.MetaData()
        then.reflect(connection)
    columns = {table.name: set(table.columns.keys()) for table in then.tables.values()}
    kept = []
    for line in gzip.decompress(path.read_bytes()).splitlines()[1:-1]:
        name, row = json.loads(line)
        if name in columns:
            kept.append([name, {key: row[key] for key in row.keys() & columns[name]}])
    head = {"what": "vongtay backup 1", "revision": revision}
    lines = [json.dumps(each) for each in (head, *kept, {"rows": len(kept)})]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


@pytest.mark.parametrize("revision", schema.revisions()[:-1])
async def test_a_backup_of_an_older_program_goes_on_in_this_one(database_url, tmp_path, revision):
    path = tmp_path / "old.gz"
    code = await of_an_older_program(f"sqlite:///{tmp_path / 'old.db'}", path, revision)
    bot = await Bot.opened(database_url, settled=False)
    await bot.database.write(lambda c: backup.restore(c, path))
    assert await bot.database.read(schema.current) == schema.newest()
    bot.count = 1000
    answer = await bot.says("hoa", "/viec")
    assert code in answer[0].text
    case = await bot.database.read(lambda c: cases.by_code(c, code))
    assert case is not None and case.weighed_level == case.level
    assert await bot.database.read(audit.first_broken) is None
    for line in ("/bao", SECRET, "không", "phố vị", "12", "gửi"):
        await bot.says("minh-moi", line)  # new rows get new numbers
    assert await bot.waiting() == 0
    await bot.database.close()


async def test_a_backup_of_a_newer_program_is_refused(database_url, tmp_path):
    path = tmp_path / "new.gz"
    head = {"what": "vongtay backup 1", "revision": "9999"}
    with gzip.open(path, "wt") as file:
        json.dump(head, file)
    bot = await Bot.opened(database_url, settled=False)
    with pytest.raises(backup.BadBackup, match="9999"):
        await bot.database.write(lambda c: backup.restore(c, path))
    assert await bot.database.read(schema.current) == schema.newest()
    await bot.database.close()


async def test_a_full_database_is_not_restored_into(database_url, tmp_path):
    bot = await with_a_report(database_url)
    await bot.database.read(lambda c: backup.write(c, tmp_path / "all.gz"))
    with pytest.raises(backup.BadBackup, match="not empty"):
        await bot.database.write(lambda c: backup.restore(c, tmp_path / "all.gz"))
    await bot.database.close()


@pytest.mark.parametrize("damage", ["cut", "garbage", "other", "short"])
async def test_a_damaged_backup_changes_nothing(tmp_path, damage):
    bot = await with_a_report(f"sqlite:///{tmp_path / 'first.db'}")
    path = tmp_path / "all.gz"
    await bot.database.read(lambda c: backup.write(c, path))
    await bot.database.close()
    whole = path.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    path.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "garbage": b"\x00" * 100,
            "other": gzip.compress(b'{"what": "something else"}\n'),
            "short": gzip.compress(b"".join(lines[:-3])),
        }[damage]
    )
    empty = await Bot.opened(f"sqlite:///{tmp_path / 'second.db'}", settled=False)
    with pytest.raises(backup.BadBackup):
        await empty.database.write(lambda c: backup.restore(c, path))
    assert await empty.database.read(people.members) == []
    await empty.database.close()


async def test_after_a_rotation_the_old_key_alone_opens_nothing_new(database_url, tmp_path):
    bot = await with_a_report(database_url)
    path = tmp_path / "master.key"
    path.write_text("1:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=\n")
    both = crypto.add_key(path)
    assert path.stat().st_mode & 0o077 == 0
    crypto.use(both)
    assert await bot.database.write(lambda c: rotation.rewrite(c, both)) > 20
    assert await bot.database.write(lambda c: rotation.rewrite(c, both)) == 0
    assert "Mã: " in bot.heard("hoa")
    assert "VT-26" in (await bot.says("hoa", "/viec"))[0].text
    crypto.use(KEYS)
    with pytest.raises(WrongKey):
        await bot.database.read(people.members)
    await bot.database.close()


async def test_a_wrong_key_changes_nothing(database_url):
    bot = await with_a_report(database_url)
    other = Keyring("1:" + "Wlla" * 10 + "Wlk=")
    with pytest.raises(WrongKey):
        await bot.database.write(
            lambda c: rotation.rewrite(
                c, Keyring("1:" + "Wlla" * 10 + "Wlk=\n2:" + "WFhY" * 10 + "WFg=")
            )
        )
    assert other.current == 1
    assert "VT-26" in (await bot.says("hoa", "/viec"))[0].text
    await bot.database.close()


async def test_an_erased_person_cannot_be_called_from_what_they_reported(database_url):
    bot = await Bot.opened(database_url)
    number = "0900000001"
    for line in ("/bao", SECRET, "không", "phố vị", "12", "cho gọi lại", number, "gửi"):
        await bot.says("hoa", line)
    case = await bot.database.read(lambda c: cases.by_id(c, 1))

    async def told():
        found = await bot.database.read(lambda c: cases.reports_of(c, case))
        return str([[report, reporter] for report, reporter in found])

    assert number in await told()
    hoa = await bot.database.read(lambda c: people.by_address(c, "test", "hoa"))
    await bot.database.write(lambda c: identity.erase(c, hoa.person_id, bot.clock()))
    assert number not in await told()
    assert SECRET in await told()
    await bot.database.close()


async def test_an_erased_person_is_a_stranger_and_their_report_stays(database_url):
    bot = await with_a_report(database_url)
    hoa = await bot.database.read(lambda c: people.by_address(c, "test", "hoa"))
    await bot.database.write(lambda c: identity.erase(c, hoa.person_id, bot.clock()))
    assert await bot.database.read(lambda c: people.by_address(c, "test", "hoa")) is None
    answer = await bot.says("hoa", "/viec")
    assert "VT-26" not in answer[0].text
    await bot.database.close()
