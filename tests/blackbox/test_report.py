"""`vongtay report`: official papers and sheets of what was reported, or one line on what works."""

import zipfile
from pathlib import Path

import pytest
import pytest_asyncio

from tests.blackbox.outside import Browser, Home, Serving, vongtay
from tests.documents.reading import cells_of, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
PLAN = Path(__file__).parents[2] / "plans/van-nham-2021-2025.toml"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory):
    """A commune with a plan, and a child reported through the web."""
    home = await Home(tmp_path_factory.mktemp("report")).founded()
    ran = await vongtay("plan", "load", PLAN, "--area", "TT-VL", home=home)
    assert ran.status == 0
    async with Serving(home) as server:
        browser = await Browser.opened(server.url)
        await browser.says("bé Mẫu 12 tuổi ở thôn Phố Vị bỏ học đi làm lò gạch ngày 10 tiếng")
        await browser.presses("Không")
        await browser.presses("Gửi ngay")
    return home


def this_year(home: Home) -> str:
    [(code,)] = home.rows("SELECT code FROM cases")
    return f"20{code[3:5]}"


def report(home: Home, *options: object, kind: str = "child_labour", **how):
    return vongtay("report", kind, *options, home=home, **how)


async def test_paper_sheet_and_json_say_the_same(home):
    year = this_year(home)
    asked = ("--area", "TT-VL", "--period", year)
    told = (await report(home, *asked, "--json")).json
    assert told["file"] is None and told["name"] == "Xã Vân Lĩnh"
    tables = {t["name"]: t["rows"] for part in told["parts"] for t in part["tables"]}
    assert ["Tin báo tiếp nhận", 1] in tables["Tin báo và hồ sơ"]
    assert ["5 đến 12 tuổi", 1] in tables["Nhóm tuổi"]

    ran = await report(home, *asked, "--out", "bao-cao.docx", "--to", "Sở Y tế")
    assert ran.status == 0 and ran.out.startswith("bao-cao.docx: child_labour")
    said = words_of((home.path / "bao-cao.docx").read_bytes())
    assert (
        "XÃ VÂN LĨNH" in said and "Kính gửi: Sở Y tế" in said and "\nHồ sơ mở trong kỳ\n1\n" in said
    )

    ran = await report(home, *asked, "--out", "bao-cao.XLSX", "--json")
    assert ran.json["bytes"] == (home.path / "bao-cao.XLSX").stat().st_size
    sheet = cells_of((home.path / "bao-cao.XLSX").read_bytes())["Tin báo và hồ sơ"]
    assert ("Tin báo tiếp nhận", 1) in sheet


async def test_nobody_is_named_in_it(home):
    asked = ("--area", "TT-VL", "--period", this_year(home))
    await report(home, *asked, "--out", "r.docx")
    await report(home, *asked, "--out", "r.xlsx")
    for file in ("r.docx", "r.xlsx"):
        with zipfile.ZipFile(home.path / file) as opened:
            whole = b"".join(opened.read(name) for name in opened.namelist()).decode(
                "utf-8", "ignore"
            )
        assert "bé Mẫu" not in whole and "ngày 10 tiếng" not in whole and "VT-26" not in whole


async def test_small_numbers_stay_inside(home):
    asked = ("--area", "TT-VL", "--period", this_year(home), "--outside", "--json")
    told = (await report(home, *asked)).json
    rows = dict(told["parts"][0]["tables"][0]["rows"])
    assert rows["Tin báo tiếp nhận"] == "dưới 5 hoặc không nêu"


async def test_every_report_is_audited(home):
    before = home.rows("SELECT count(*) FROM audit_log WHERE action = 'report'")[0][0]
    await report(home, "--area", "TT-VL", "--period", this_year(home), "--json", kind="outreach")
    rows = home.rows("SELECT subject, detail FROM audit_log WHERE action = 'report' ORDER BY id")
    assert len(rows) == before + 1
    assert rows[-1] == ("area:TT-VL", f"outreach {this_year(home)}")
    assert (await vongtay("audit", "verify", home=home)).status == 0


@pytest.mark.parametrize(
    ("kind", "options", "status", "told"),
    [
        ("cases", ("--area", "TT-VL", "--out", "x.docx"), 2, "child_labour, outreach"),
        ("outreach", ("--area", "NOWHERE", "--out", "x.docx"), 1, "vongtay area list"),
        ("outreach", ("--area", "TT-VL-1", "--out", "x.docx"), 1, "such as TT-VL"),
        ("outreach", ("--area", "TT-VL", "--out", "x.pdf"), 2, ".docx or .xlsx"),
        ("outreach", ("--area", "TT-VL"), 2, "--out FILE.docx"),
        (
            "outreach",
            ("--area", "TT-VL", "--out", "no/where.docx"),
            1,
            "no/where.docx: No such file",
        ),
        ("outreach", ("--area", "TT-VL", "--out", "x.docx", "--language", "fr"), 2, "vi, en"),
        ("outreach", ("--out", "x.docx"), 2, "--area"),
    ],
)
async def test_what_does_not_work_says_what_would(home, kind, options, status, told):
    ran = await report(home, *options, "--period", this_year(home), kind=kind)
    assert ran.status == status and told in ran.complaint
    assert not (home.path / "x.docx").exists()


@pytest.mark.parametrize("period", ["2026H3", "nay", "", "2026Q1", "26H1", "2099", "2026-06"])
async def test_a_period_that_is_none(home, period):
    ran = await report(home, "--area", "TT-VL", "--period", period, "--out", "x.docx")
    assert ran.status == 2 and (
        "2026H1, 2026H2 or 2026" in ran.complaint or "begins on" in ran.complaint
    )
