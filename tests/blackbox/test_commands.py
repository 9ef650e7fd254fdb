"""The command line: what it explains, prints, refuses; errors are one line, never a traceback."""

import asyncio
import gzip
import json
import os
import re
import shutil
from pathlib import Path

import pytest
import pytest_asyncio

from tests.blackbox.outside import AREAS, PROGRAM, Browser, Home, Serving, really, vongtay

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
NO_JSON = {"serve", "demo"}  # they run until they are stopped
HEADER = AREAS.splitlines()[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory):
    return await Home(tmp_path_factory.mktemp("commands")).founded()


async def every_command(home):
    """Every command with its help, as the program lists them."""
    found = {}

    async def walk(*path):
        ran = await vongtay(*path, "--help", home=home)
        assert ran.status == 0 and ran.err == "", (path, ran)
        _, _, listed = ran.out.partition("Commands:")
        below = re.findall(r"^  (\w\S*)", listed, re.MULTILINE)
        if below:
            await asyncio.gather(*(walk(*path, name) for name in below))
        else:
            found[" ".join(path)] = ran.out

    await walk()
    return found


async def test_every_command_explains_itself_and_prints_json(home):
    commands = await every_command(home)
    assert set(commands) >= {
        "demo",
        "serve",
        "tick",
        "area load",
        "area list",
        "member invite",
        "member list",
        "member suspend",
        "backup",
        "restore",
        "doctor",
        "db upgrade",
        "keys rotate",
        "audit verify",
        "erase",
        "inbox parked",
        "inbox retry",
        "outbox parked",
        "outbox release",
        "outbox drop",
        "bench",
    }
    for name, text in commands.items():
        assert text.startswith(f"Usage: vongtay {name}"), name
        assert len(text.splitlines()[2].strip()) > 10, name  # a sentence
        assert ("--json" in text) == (name not in NO_JSON), name


WRONG_USAGE = [
    ("nonsense",),
    ("--nonsense",),
    ("area", "nonsense"),
    ("area", "load"),
    ("area", "load", "a.csv", "b.csv"),
    ("area", "list", "--jsn"),
    ("member", "invite"),
    ("member", "invite", "--role", "officer"),
    ("member", "invite", "--role", "king", "--area", "TT-VL"),
    ("member", "invite", "--role", "", "--area", "TT-VL"),
    ("member", "invite", "--role", "officer", "--area", "TT-VL", "--uses", "0"),
    ("member", "invite", "--role", "officer", "--area", "TT-VL", "--uses", "many"),
    ("member", "invite", "--role", "officer", "--area", "TT-VL", "--days", "-3"),
    ("member", "suspend"),
    ("member", "suspend", "lan"),
    ("member", "suspend", "0"),
    ("member", "suspend", "9" * 30),
    ("tick",),
    ("tick", "--at", "yesterday"),
    ("tick", "--at", ""),
    ("tick", "--at", "2026-13-01T00:00"),
    ("tick", "--at", "2026-11-21T20:15:00+99:00"),
    ("inbox", "retry", "x"),
    ("inbox", "retry", "0"),
    ("inbox", "retry", "9" * 30),
    ("outbox", "release", "9" * 30),
    ("outbox", "drop", "9" * 30, "--yes"),
    ("calendar", "0"),
    ("calendar", "9" * 30),
    ("erase", "x"),
    ("demo", "--port", "x"),
    ("demo", "--port", "65536"),
]


async def test_wrong_usage_ends_with_2_and_one_line(home):
    for words in WRONG_USAGE:
        ran = await vongtay(*words, home=home)
        assert ran.status == 2, (words, ran)
        assert ran.complaint.startswith("vongtay: ") and len(ran.complaint) > 25, words


async def test_a_group_without_a_command_shows_its_help(home):
    for words in ((), ("area",)):
        ran = await vongtay(*words, home=home)
        assert ran.status == 2 and "Usage: vongtay" in ran.out + ran.err


IMPOSSIBLE = [
    (("member", "invite", "--role", "officer", "--area", "NOPE"), "NOPE"),
    (("member", "invite", "--role", "officer", "--area", ""), "area"),
    (("member", "invite", "--role", "officer", "--area", "TT-OLD"), "use TT-VL"),
    (("member", "suspend", "4711"), "4711"),
    (("erase", "4711", "--yes"), "4711"),
    (("inbox", "retry", "4711"), "4711"),
    (("outbox", "release", "4711"), "4711"),
    (("outbox", "drop", "4711", "--yes"), "4711"),
    (("area", "load", "nowhere.csv"), "nowhere.csv"),
    (("area", "load", "."), "."),
    (("restore", "nowhere.gz"), "nowhere.gz"),
    (("restore", "areas.csv"), "areas.csv"),
    (("backup", "nowhere/at/all.gz"), "nowhere"),
]


async def test_what_cannot_be_done_ends_with_1_and_one_line_that_says_why(home):
    for words, why in IMPOSSIBLE:
        ran = await vongtay(*words, home=home)
        assert ran.status == 1, (words, ran)
        assert why in ran.complaint, words
    ran = await vongtay("erase", "1", home=home)  # and nobody says yes
    assert ran.status == 1 and "stopped" in ran.err


def csv(*lines, header=HEADER):
    return "\n".join((header, *lines, "")).encode()


P, C = "P,Tỉnh,province,,,,", "C,Xã,commune,P,,,"
BAD_AREAS = {
    "empty": (b"", "header"),
    "only a header": (csv(), "no area"),
    "another header": (csv(P, header="code;name;kind"), "header"),
    "semicolons, as a spreadsheet writes": (csv(header=HEADER.replace(",", ";")), "semicolons"),
    "tabs": (csv(header=HEADER.replace(",", "\t")), "tabs"),
    "a code of a thousand letters": (csv("C" * 1000 + ",Tỉnh,province,,,,"), "'" + "C" * 30 + "'"),
    "a header in another order": (csv(header="name,code" + HEADER[9:]), "header"),
    "another encoding": ("Xã Vân Lĩnh,ă".encode("utf-16"), "UTF-8"),
    "latin letters": (csv(P) + "X,Xã,commune,P,,,".encode("latin-1"), "UTF-8"),
    "a zip": (b"PK\x03\x04" + bytes(range(256)), "UTF-8"),
    "zeros": (csv(P) + b"\0\0\0", "NUL"),
    "a parent nobody knows": (csv("C,Xã,commune,NOPE,,,"), "line 2"),
    "itself as parent": (csv("C,Xã,commune,C,,,"), "line 2"),
    "a circle": (csv("A,Xã,commune,B,,,", "B,Xã,commune,A,,,"), "inside itself"),
    "one code twice": (csv(P, "P,Tỉnh,province,,,,"), "line 3"),
    "an unknown kind": (csv("P,Tỉnh,kingdom,,,,"), "kingdom"),
    "no code": (csv(",Tỉnh,province,,,,"), "code"),
    "no name": (csv("P,,province,,,,"), "name"),
    "no such day": (csv("P,Tỉnh,province,,2025-02-30,,"), "2025-02-30"),
    "a day as people write it": (csv("P,Tỉnh,province,,1/7/2025,,"), "1/7/2025"),
    "an end before its beginning": (csv("P,Tỉnh,province,,2025-07-01,2025-06-30,"), "valid_to"),
    "a day by its week": (csv("P,Tỉnh,province,,2025-W40-1,,"), "2025-W40-1"),
    "an old code of 5,000 letters": (csv("P,Tỉnh,province,,,," + "X" * 5000), "line 2: code 'XXX"),
    "a name that steers the screen": (csv("P,Tỉ\x1b[31mnh,province,,,,"), "line 2: the name"),
    "a name from right to left": (csv("P,Tỉ\u202enh,province,,,,"), "U+202E"),
    "a digit that is none": (csv("P²,Tỉnh,province,,,,"), "line 2: code 'P²'"),
    "one code in two spellings": (csv(P, "p,Tỉnh,province,,,,"), "line 3: code p is P"),
    "a village in a province": (csv(P, "V,Thôn,village,P,,,"), "line 3"),
    "a village without a commune": (csv("V,Thôn,village,,,,"), "line 2"),
    "successors in a circle": (csv(P, "A,Xã,commune,P,,,B", "B,Xã,commune,P,,,A"), "succeeds"),
    "its own successor": (csv(P, "A,Xã,commune,P,,,A"), "succeeds"),
    "too few columns": (csv(P, "A,Xã"), "line 3"),
    "too many columns": (csv(P, C + ",x"), "line 3"),
    "a quote that never ends": (csv(P, '"A,Xã,commune,P,,,'), "line"),
    "a thousand mistakes": (csv(*(f"X{n},,kingdom,NOPE,,," for n in range(1000))), "more"),
}  # fmt: skip


async def test_a_bad_file_of_areas_gets_a_line_that_says_where_and_changes_nothing(home):
    before = (await vongtay("area", "list", "--json", home=home)).json
    for name, (content, why) in BAD_AREAS.items():
        (home.path / "bad.csv").write_bytes(content)
        ran = await vongtay("area", "load", "bad.csv", home=home)
        assert ran.status == 1, (name, ran)
        assert why in ran.complaint and len(ran.complaint) < 3000, (name, ran)
    assert (await vongtay("area", "list", "--json", home=home)).json == before


async def test_a_name_of_several_lines_is_one_name(tmp_path):
    home = Home(tmp_path)
    (tmp_path / "areas.csv").write_bytes(csv(P, 'C,"Xã  Vân\r\nLĩnh ",commune,P,,,'))
    assert (await vongtay("area", "load", "areas.csv", home=home)).status == 0
    listed = (await vongtay("area", "list", home=home)).out.splitlines()
    assert [line.split("\t")[1] for line in listed] == ["Xã Vân Lĩnh", "Tỉnh"]


async def test_loading_again_updates(tmp_path):
    home = await Home(tmp_path).founded()
    changed = (
        AREAS.replace("Thôn Phố Vị", "Thôn Phố Vị Mới") + "TT-VL-4,Thôn Bốn,village,TT-VL,,,\r\n"
    )
    (tmp_path / "areas.csv").write_bytes(b"\xef\xbb\xbf" + changed.encode())  # as Excel saves it
    loaded = await vongtay("area", "load", "areas.csv", "--json", home=home)
    assert loaded.json == {"added": 1, "updated": 8}
    (tmp_path / "more.csv").write_bytes(csv("TT-VL-5,Thôn Năm,village,TT-VL,,,"))
    loaded = await vongtay("area", "load", "more.csv", home=home)
    assert loaded.status == 0 and "1" in loaded.out
    every = (await vongtay("area", "list", "--json", home=home)).json
    names = {area["code"]: area["name"] for area in every}
    assert names["TT-VL-1"] == "Thôn Phố Vị Mới" and len(names) == 10
    assert next(a for a in every if a["code"] == "TT-VL")["succeeds"] == ["TT-OLD"]


async def test_a_second_file_is_checked_with_what_the_first_one_loaded(tmp_path):
    home = Home(tmp_path)
    first = csv("T1,Tỉnh Mẫu,province,,,,", "XM,Xã Mẫu,commune,T1,,,XC", "V,Thôn,village,XM,,,")
    (tmp_path / "a.csv").write_bytes(first)
    assert (await vongtay("area", "load", "a.csv", home=home)).status == 0
    before = (await vongtay("area", "list", "--json", home=home)).json
    for line, why in {
        "T1,Tỉnh Mẫu,village,XM,,,": "line 2: T1 lies, by its parents, inside itself",
        "XC,Xã Cũ,commune,T1,,,XM": "line 2: XC succeeds, in the end, itself",
        "XM,Xã Mẫu,province,,,,": "a village cannot lie in a province",
    }.items():
        (tmp_path / "b.csv").write_bytes(csv(line))
        ran = await vongtay("area", "load", "b.csv", home=home)
        assert ran.status == 1 and why in ran.complaint, ran
    assert (await vongtay("area", "list", "--json", home=home)).json == before


async def test_what_is_printed_for_programs_and_for_people(home):
    wanted = {
        ("area", "list"): list,
        ("member", "list"): list,
        ("inbox", "parked"): list,
        ("inbox", "retry"): dict,
        ("audit", "verify"): dict,
        ("db", "upgrade"): dict,
        ("tick", "--at", "2026-11-21T20:15:00+07:00"): dict,
        ("tick", "--at", "2026-11-21"): dict,
    }
    for words, kind in wanted.items():
        one = await vongtay(*words, "--json", home=home)
        other = await vongtay(*words, home=home)
        assert isinstance(one.json, kind) and one.err == "", words
        assert other.status == 0 and other.out.strip() and other.err == "", words
        with pytest.raises(json.JSONDecodeError):
            json.loads(other.out)


async def test_a_moment_outside_the_calendar_is_refused_in_plain_words(home):
    for at in (
        "1900-01-01T00:00",
        "2150-06-01T00:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59+00:00",
    ):
        ran = await vongtay("tick", "--at", at, home=home)
        assert ran.status == 1 and "ValueError" not in ran.err and "Overflow" not in ran.err, ran
        assert ran.complaint.startswith(f"vongtay: --at {at}: the working calendar"), ran
    for at in (
        "2021-01-01T00:00+14:00",
        "2100-12-31T23:59-12:00",
    ):  # one is not as wide as it looks
        ran = await vongtay("tick", "--at", at, home=home)
        assert ran.status == 0 or ran.complaint.startswith(f"vongtay: --at {at}: the working"), ran
    assert (await vongtay("tick", "--at", "2024-01-01", home=home)).status == 0


async def test_the_end_of_a_day_is_the_beginning_of_the_next(home):
    for said in ("2026-11-20T24:00", "2026-11-20T24:00:00+07:00", "2026-11-20 24:00:00.000"):
        ran = await vongtay("clock", "--received", said, "--json", home=home)
        assert ran.json["received"] == "2026-11-21T00:00:00+07:00", ran
    for said in ("2026-11-20T24:01", "2026-11-20T24:00:01", "2026-11-20T25:00", "9999-12-31T24:00"):
        assert (await vongtay("clock", "--received", said, home=home)).status == 2, said


async def test_what_a_fact_must_be_is_said(home):
    for fact, wanted in {
        '{"flags": [1]}': "flags: must be a list of texts",
        '{"flags": {}}': "flags: must be a list of texts",
        '{"work": 5}': "work: must be text",
        '{"age": []}': "age: must be a number",
        '{"night_work": []}': "night_work: must be true or false",
    }.items():
        assert (await vongtay("triage", fact, home=home)).complaint == f"vongtay: {wanted}"


async def test_areas_show_their_days_and_what_they_succeeded(tmp_path):
    home = await Home(tmp_path).founded()
    listed = (await vongtay("area", "list", home=home)).out.splitlines()
    assert "TT-VL\tXã Vân Lĩnh\tcommune\tTT\t2025-07-01 to …\tTT-OLD" in listed
    assert "TT-OLD\tXã Vân Nhạn cũ\tcommune\tTT\t… to 2025-06-30\t-" in listed
    (tmp_path / "one.csv").write_bytes(csv("TT-VL-4,Thôn Bốn,village,TT-VL,,,NO-1;TT-VL-8"))
    ran = await vongtay("area", "load", "one.csv", home=home)
    assert ran.status == 0 and ran.out == "1 area added, 0 updated\n" and "NO-1" in ran.err
    assert "TT-VL-8" not in ran.err and len(ran.err.splitlines()) == 1


async def test_doctor_says_what_is_wrong(home):
    found = await vongtay("doctor", "--json", home=home)
    findings = {finding["what"]: finding for finding in json.loads(found.out)}
    assert found.status == 1 and findings["duty"]["ok"] is False  # nobody is on call yet
    assert findings["areas"]["ok"] and findings["audit"]["ok"] and findings["key"]["ok"]
    (home.data / "master.key").chmod(0o644)
    found = await vongtay("doctor", home=home)
    (home.data / "master.key").chmod(0o600)
    assert re.search(r"^BAD .*key", found.out, re.MULTILINE)
    found = await vongtay("doctor", home=home, TELEGRAM_TOKN="1:a")  # a slip of the pen
    assert re.search(r"^BAD .*VONGTAY_TELEGRAM_TOKN", found.out, re.MULTILINE)


async def test_telegram_out_of_reach_leaves_the_link_out_and_says_so(home):
    begun = asyncio.get_running_loop().time()
    ran = await vongtay(
        *("member", "invite", "--role", "officer", "--area", "TT-VL", "--json"),
        home=home,
        TELEGRAM_TOKEN="123:Geheim_Geheim",
        TELEGRAM_API_BASE="http://127.0.0.1:9",
        PUBLIC_URL="https://xa-mau.example",
    )
    assert asyncio.get_running_loop().time() - begun < 8
    assert ran.json["telegram_link"] == "" and ran.json["code"] in ran.json["web_link"]
    assert "Telegram" in ran.err and len(ran.err.splitlines()) == 1
    assert "Geheim" not in ran.err + ran.out


async def test_the_installed_program_does_the_same(home):
    for words in (
        ("area", "list", "--json"),
        ("member", "suspend", "4711"),
        ("tick", "--at", "never"),
        ("area", "load", "--help"),
    ):
        assert await really(*words, home=home) == await vongtay(*words, home=home)


async def test_a_reader_that_goes_away_is_no_trouble(home):
    process = await asyncio.create_subprocess_shell(
        f"{PROGRAM} area list --json | true; exit ${{PIPESTATUS[0]}}",
        env=home.environment(),
        executable=shutil.which("bash"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert err == b"" and process.returncode in (0, 1)


async def test_a_backup_goes_on_in_an_empty_place_with_its_key_only(tmp_path):
    first = await Home(tmp_path / "first").founded()
    code = (await first.invited("officer"))["code"]
    async with Serving(first) as server:
        lan = await Browser.opened(server.url)
        await lan.says("/start " + code)
    made = await vongtay("backup", tmp_path / "all.gz", "--json", home=first)
    assert made.json["rows"] > 10 and (tmp_path / "all.gz").stat().st_mode & 0o077 == 0

    without = Home(tmp_path / "without")
    refused = await vongtay("restore", tmp_path / "all.gz", home=without)
    assert refused.status == 1 and "MASTER_KEY" in refused.err and "Traceback" not in refused.err

    second = Home(tmp_path / "second", MASTER_KEY_FILE=first.data / "master.key")
    restored = await vongtay("restore", tmp_path / "all.gz", "--json", home=second)
    assert restored.json["rows"] == made.json["rows"]
    again = await vongtay("restore", tmp_path / "all.gz", home=second)
    assert again.status == 1 and "not empty" in again.complaint
    members = [(await vongtay("member", "list", "--json", home=h)).json for h in (first, second)]
    assert members[0] == members[1] != []


async def test_after_a_new_key_everything_can_be_read_and_the_old_key_alone_cannot(tmp_path):
    home = await Home(tmp_path).founded()
    code = (await home.invited("officer"))["code"]
    async with Serving(home) as server:
        lan = await Browser.opened(server.url)
        await lan.says("/start " + code)
    old_key = (home.data / "master.key").read_text()
    rotated = (await vongtay("keys", "rotate", "--json", home=home)).json
    assert rotated["key"] == 2 and rotated["rewritten"] > 0
    assert (home.data / "master.key").stat().st_mode & 0o077 == 0
    async with Serving(home) as server:
        lan.url = server.url
        assert any("Hồ sơ" in str(m) for m in await lan.heard())
    (home.data / "master.key").write_text(old_key)
    refused = await vongtay("member", "list", home=home)
    assert refused.status == 1 and "MASTER_KEY" in refused.complaint


async def test_a_new_key_while_it_serves_interrupts_nobody(tmp_path):
    home = await Home(tmp_path).founded()
    async with Serving(home) as server:
        lan, hoa = [await Browser.opened(server.url) for _ in range(2)]
        await lan.says("/bao")
        for number, said in ((2, "bỏ học"), (3, "không"), (4, "phố vị")):
            rotated = (await vongtay("keys", "rotate", "--json", home=home)).json
            assert rotated["key"] == number and rotated["rewritten"] > 0
            assert f"{number}/4" in (await lan.says(said))[0]["text"]
            await hoa.says("/start")
        again = (await vongtay("keys", "rotate", "--json", home=home)).json
        assert again["rewritten"] > 0
        assert "Phố Vị" in str(await lan.heard())
        assert "WrongKey" not in server.log
    assert (await vongtay("inbox", "parked", "--json", home=home)).json == []
    assert (await vongtay("doctor", "--json", home=home)).out.count('"ok"') > 5


async def test_a_backup_that_cannot_be_written_says_why_and_leaves_nothing(home):
    (home.path / "folder").mkdir()
    (home.path / "locked").mkdir()
    before = set(home.path.rglob("*"))
    for name, why in {
        "folder": "folder: that is a folder",
        "nonexist/x": "there is no folder nonexist",
        "areas.csv/x": "there is no folder areas.csv",
        "/dev/null/x": "there is no folder /dev/null",
        "x" * 252: "name too long",
    }.items():
        ran = await vongtay("backup", name, home=home)
        assert ran.status == 1 and why in ran.complaint.replace("File n", "n"), ran
        assert "Errno" not in ran.err and ".half" not in ran.err, ran
    assert set(home.path.rglob("*")) == before


async def test_a_backup_takes_the_place_of_files_only(home):
    pipe = home.path / "pipe"
    os.mkfifo(pipe)
    ran = await vongtay("backup", pipe, home=home)
    assert ran.status == 1 and "no file" in ran.complaint and pipe.is_fifo()
    pipe.unlink()


async def test_what_is_asked_is_not_among_the_data(tmp_path):
    home = await Home(tmp_path).founded()
    code = (await home.invited("officer"))["code"]
    async with Serving(home) as server:
        await (await Browser.opened(server.url)).says("/start " + code)
    for said in ("", "n\n", "no"):
        ran = await vongtay("erase", "1", "--json", home=home, said=said)
        assert ran.status == 1 and ran.out == "" and "nothing was changed" in ran.err
    ran = await vongtay("erase", "1", "--json", home=home, said="y\n")
    assert ran.json == {"erased": 1} and "[y/N]" in ran.err


async def test_streams_that_are_closed_disturb_nothing(home):
    """What is meant for a stream that is not there goes nowhere: not into another one either."""
    cases = {
        "member invite --role officer --area TT-VL --json 2>&-": 0,
        "nonsense 2>&-": 2,
        "ask --jsonl - <&-": 0,
        "erase 1 <&-": 1,
        "area list >&-": 0,
        "area list > /dev/full": 1,
    }
    for words, status in cases.items():
        process = await asyncio.create_subprocess_shell(
            f"{PROGRAM} {words}",
            env=home.environment(),
            cwd=home.path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = (each.decode() for each in await process.communicate())
        assert process.returncode == status, (words, out, err)
        assert "Error" not in err and "vongtay:" not in out, (words, out, err)
        assert not out or json.loads(out)["code"], (words, out)


async def test_what_is_no_backup_is_said_in_plain_words(home):
    made = home.path / "made.gz"
    assert (await vongtay("backup", made, home=home)).status == 0
    whole = made.read_bytes()
    middle = len(whole) // 2
    strange = {
        "no backup": b"\x9f\x97 what is this",
        "no backup ": gzip.compress(b"[1]\n"),
        "cut short": whole[:-20],
        "damaged": whole[:middle] + b"\xff" * 40 + whole[middle + 40 :],
        "damaged ": gzip.compress(gzip.decompress(whole).replace(b"[", b"", 3)),
        "damaged  ": gzip.compress(gzip.decompress(whole).replace(b'{"d": "20', b'{"d": "XX')),
        "damaged   ": gzip.compress(gzip.decompress(whole).replace(b'"code"', b'"kode"')),
    }
    empty = Home(home.path / "empty", MASTER_KEY_FILE=home.data / "master.key")
    for why, content in strange.items():
        made.write_bytes(content)
        ran = await vongtay("restore", made, home=empty)
        assert ran.status == 1 and why.strip() in ran.complaint, (why, ran)
        assert "nothing was changed" in ran.err and "Error" not in ran.err, ran
    ran = await vongtay("restore", home.path, home=empty)
    assert ran.status == 1 and "folder" in ran.complaint
    made.unlink()


async def test_who_is_erased_is_nobody(tmp_path):
    home = await Home(tmp_path).founded()
    code = (await home.invited("officer"))["code"]
    async with Serving(home) as server:
        lan = await Browser.opened(server.url)
        await lan.says("/start " + code)
        person = (await vongtay("member", "list", "--json", home=home)).json[0]["id"]
        erased = await vongtay("erase", person, "--yes", "--json", home=home)
        assert erased.json == {"erased": person}
        assert (await lan.asks("GET", "/api/history")).status == 401
    assert (await vongtay("member", "list", "--json", home=home)).json == []
    assert (await vongtay("audit", "verify", "--json", home=home)).json["unbroken"] is True


async def test_facts_and_reports_are_weighed_a_line_for_a_line(home):
    lines = (
        '{"age": 13, "work": "brick_kiln", "hours_per_day": 10}\nnonsense\n{"age": []}\n[1]\n{}\n'
    )
    ran = await vongtay("triage", "--jsonl", "-", home=home, said=lines)
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.status == 1 and "3 of the lines" in ran.err and len(found) == 5
    assert found[0]["level"] == "HAZARDOUS" and found[0]["preliminary"] is True
    assert all(set(reason) >= {"rule", "text", "citation"} for reason in found[0]["reasons"])
    assert [row.get("error", "")[:7] for row in found] == ["", "line 2:", "line 3:", "line 4:", ""]
    assert found[4]["level"] == "UNCLEAR" and found[4]["ask_next"]

    said = "chau Nam 13t bo hoc lam lo gach 10 tieng/ngay o thon pho vi"
    ran = await vongtay("extract", "--jsonl", "-", home=home, said=json.dumps({"text": said}))
    [row] = [json.loads(line) for line in ran.out.splitlines()]
    wanted = {"age": 13, "work": "brick_kiln", "hours_per_day": 10, "schooling": "dropped_out"}
    assert ran.status == 0 and wanted.items() <= row["slots"].items()
    assert row["slots"]["sex"] is None and "sex" in row["missing"] and row["text"] == said


HALVES = "\ud800", "lao động trẻ em \udc41", "13 tuoi \ud83d", "\x00\x1b[2J"


async def test_half_a_letter_stops_no_batch(home):
    for command, key in {"ask": "q", "extract": "text"}.items():
        lines = "".join(json.dumps({key: said}) + "\n" for said in (*HALVES, "111 là gì"))
        ran = await vongtay(command, "--jsonl", "-", home=home, said=lines)
        found = [json.loads(line) for line in ran.out.splitlines()]
        assert ran.status == 0 and ran.err == "", ran
        assert [row[key] for row in found] == [*HALVES, "111 là gì"]
    facts = json.dumps({"age": 13, "work": "\ud800", "flags": ["\udfff"], "place": "\udc00 nhà"})
    for options in ((), ("--explain",)):
        ran = await vongtay("triage", "--jsonl", "-", *options, home=home, said=f"{facts}\n{{}}\n")
        assert ran.status == 0 and len(ran.out.splitlines()) == 2, ran


async def test_what_cannot_be_written_in_the_locale_is_written_all_the_same(home):
    for locale in ("C", "POSIX", "vi_VN.latin1"):
        program = [PROGRAM, "ask", b"tr\xe1\xba\xbb em \xff", "--json"]
        environment = home.environment() | {"LC_ALL": locale, "PYTHONIOENCODING": "ascii"}
        process = await asyncio.create_subprocess_exec(
            *program, env=environment, cwd=home.path, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert process.returncode == 0 and json.loads(out)["q"].startswith("trẻ em"), locale


async def test_a_line_ends_where_json_lines_end(home):
    ran = await vongtay(
        *("ask", "--jsonl", "-"), home=home, said='{"q": "111\u2028là gì\x85"}\r\n\r\n{"q": "a"}'
    )
    assert ran.status == 0 and len(ran.out.splitlines()) >= 2, ran
    assert json.loads(ran.out.split("\n")[0])["q"] == "111\u2028là gì\x85"


async def test_limits_and_the_calendar_are_explained(home):
    ran = await vongtay("clock", "--received", "2026-11-20T16:30:00+07:00", "--json", home=home)
    due = {row["clock"]: row["due"] for row in ran.json["limits"]}
    assert due["emergency"] == "2026-11-21T04:30:00+07:00"
    assert due["plan"].startswith("2026-11-30") and due["approval"].startswith("2026-12-02")
    assert (await vongtay("calendar", "2026", "--json", home=home)).json["year"] == 2026
    for wrong in (
        ("clock", "--received", "soon"),
        ("calendar", "12"),
        ("triage", "{"),
        ("extract",),
    ):
        ran = await vongtay(*wrong, home=home)
        assert ran.status in (1, 2) and ran.complaint, wrong


async def test_a_plan_file_is_checked_line_by_line(home):
    ran = await vongtay(
        "plan", "check", ROOT / "plans/van-nham-2021-2025.toml", "--json", home=home
    )
    assert ran.status == 0 and ran.json["ok"] and ran.json["targets"] > 0
    wrong = home.path / "wrong.toml"
    wrong.write_text('id = "x"\n[[target]]\npercent = "many"\n', encoding="utf-8")
    ran = await vongtay("plan", "check", wrong, "--json", home=home)
    assert ran.status == 1 and len(ran.err.splitlines()) == 1
    assert {row["line"] for row in json.loads(ran.out)["mistakes"]} >= {1, 2, 3}
