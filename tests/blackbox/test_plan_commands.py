"""`vongtay plan`: a plan is loaded, what it is measured against too, and progress is told."""

from pathlib import Path

import pytest
import pytest_asyncio

from tests.blackbox.outside import AREAS, Home, vongtay

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLAN = Path(__file__).parents[2] / "plans/van-nham-2021-2025.toml"
HEADER = "area,group,unit,year,count,source,estimated"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory):
    return await Home(tmp_path_factory.mktemp("plans")).founded()


def commune() -> str:
    rows = [line.split(",") for line in AREAS.splitlines()[1:]]
    return next(row[0] for row in rows if row[2] == "commune")


async def test_a_plan_is_loaded_measured_and_told(home):
    ran = await vongtay("plan", "progress", "--json", home=home)
    assert ran.status == 1 and "no plan is loaded" in ran.complaint
    ran = await vongtay("plan", "load", PLAN, "--area", commune(), "--json", home=home)
    assert ran.status == 0 and not ran.json["updated"] and ran.json["area"] == commune()
    ran = await vongtay("plan", "load", PLAN, "--area", commune(), "--json", home=home)
    assert ran.status == 0 and ran.json["updated"]

    sizes = home.path / "sizes.csv"
    sizes.write_text(f"{HEADER}\n{commune()},parents,household,2025,320,danh sách hộ,no\n", "utf-8")
    ran = await vongtay("plan", "denominators", sizes, "--json", home=home)
    assert ran.status == 0 and ran.json["loaded"] == 1

    ran = await vongtay("plan", "progress", "--year", "2025", "--json", home=home)
    [plan] = ran.json["plans"]
    [target] = [each for each in plan["targets"] if each["group"] == "community"]
    assert (target["denominator"], target["denominator_source"]) == (320, "danh sách hộ")
    assert (target["attendances"], target["covered"], target["percent"]) == (None, None, None)
    assert target["target_percent"] == 80 and target["status"] == "no_data"
    assert plan["silent_villages"] and all(village["silent"] for village in target["villages"])
    ran = await vongtay("plan", "progress", "--area", commune(), "--year", "2025", home=home)
    assert "Chưa có số liệu" in ran.out


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        (("--area", "NOWHERE"), 1, "there is no area NOWHERE"),
        (("--year", "2045"), 1, "no plan speaks of 2045"),
        (("--year", "1815"), 2, "2000"),
        (("--year", "soon"), 2, "--year"),
        (("--language", "fr"), 2, "fr"),
    ],
)
async def test_what_cannot_be_told_is_said_in_one_line(home, asked, status, told):
    await vongtay("plan", "load", PLAN, "--area", commune(), home=home)
    ran = await vongtay("plan", "progress", *asked, "--json", home=home)
    assert ran.status == status and told in ran.complaint


async def test_a_plan_is_not_taken_from_one_area_for_another(home):
    await vongtay("plan", "load", PLAN, "--area", commune(), home=home)
    ran = await vongtay("plan", "load", PLAN, "--area", "TT-OLD", home=home)
    assert ran.status == 1 and f"is loaded for {commune()}" in ran.complaint
    assert "TT-OLD give the file another id" in ran.complaint
    ran = await vongtay("plan", "progress", "--year", "2025", "--json", home=home)
    assert [plan["area"] for plan in ran.json["plans"]] == ["Xã Vân Lĩnh"]
    other = home.path / "other.toml"
    text = PLAN.read_text("utf-8")
    other.write_text(text.replace('id = "van-nham-2021-2025"', 'id = "van-nham-cu"', 1), "utf-8")
    ran = await vongtay("plan", "load", other, "--area", "TT-OLD", "--json", home=home)
    assert ran.json["area"] == "TT-OLD" and not ran.json["updated"]


async def test_a_plan_for_an_unknown_place_is_refused(home):
    ran = await vongtay("plan", "load", PLAN, "--area", "NOWHERE", home=home)
    assert ran.status == 1 and "there is no area NOWHERE" in ran.complaint
    ran = await vongtay("plan", "load", home.path / "no-such.toml", home=home)
    assert ran.status == 1 and "no-such.toml" in ran.complaint


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{a},parents,household,2026,0,danh sách,no", "a count of 0 cannot be a denominator"),
        ("{a},parents,household,2026,-4,danh sách,no", "no whole number"),
        ("{a},parents,class,2026,4,danh sách,no", "unit 'class' is not counted of parents"),
        ("{a},aunts,household,2026,4,danh sách,no", "group 'aunts'"),
        ("NOWHERE,parents,household,2026,4,danh sách,no", "area 'NOWHERE'"),
        ("{a},parents,household,next,4,danh sách,no", "year 'next'"),
        ("{a},parents,household,2026,4,,no", "the source is missing"),
        ("{a},parents,household,2026,4,danh sách,perhaps", "estimated"),
        ("{a},parents,household", "3 columns instead of 7"),
        ("{a},children,class,2026,13,nhà trường,no", "count '13', but '12' in line 2"),
    ],
)
async def test_a_bad_row_loads_nothing_and_names_its_line(home, row, told):
    file = home.path / "bad.csv"
    good = f"{commune()},children,class,2026,12,nhà trường,no"
    file.write_text(f"{HEADER}\n{good}\n{row.format(a=commune())}\n", "utf-8")
    ran = await vongtay("plan", "denominators", file, home=home)
    assert ran.status == 1 and ran.out.startswith("line 3: ") and told in ran.out


async def test_a_figure_is_entered_with_its_source_or_not_at_all(home):
    await vongtay("plan", "load", PLAN, "--area", commune(), home=home)
    told = ("--area", commune(), "--group", "children_at_risk", "--year", "2025")
    told = (*told, "--indicator", "schooling", "--reached", "12", "--out-of", "15")
    ran = await vongtay("plan", "value", *told, "--source", "báo cáo trường", "--json", home=home)
    assert ran.status == 0 and ran.json["reached"] == 12
    ran = await vongtay("plan", "progress", "--year", "2025", "--json", home=home)
    plan = next(each for each in ran.json["plans"] if each["plan"].startswith("van-nham"))
    [found] = [each for each in plan["targets"] if each["indicator"] == "schooling"]
    assert (found["covered"], found["denominator"], found["percent"]) == (12, 15, 80)
    assert "by_hand" in found["warnings"] and found["records"][0] in plan["events"]
    for name, value in (("--reached", "16"), ("--indicator", "informed"), ("--group", "x")):
        at = told.index(name)
        wrong = (*told[:at], name, value, *told[at + 2 :])
        ran = await vongtay("plan", "value", *wrong, "--source", "x", home=home)
        assert ran.status == 1 and ran.complaint
    ran = await vongtay("plan", "value", *told, "--source", " ", home=home)
    assert ran.status == 1 and "source" in ran.complaint
