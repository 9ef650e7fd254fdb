"""Standings, meetings and reports of a commune that does not exist."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from bot.documents.papers import (
    CaseFigures,
    CheckIn,
    Heads,
    Meeting,
    Notice,
    Office,
    OutreachFigures,
    Oversight,
    Period,
    PeriodicReport,
    Standing,
)
from bot.forms.form_01 import filled
from bot.plans.coverage import progress
from bot.plans.figures import Denominator, Entry
from bot.plans.plan import Plan
from bot.plans.reading import read

PLANS = Path(__file__).parents[2] / "plans"
OFFICE = Office("Xã Vân Lĩnh")
LONG = "Thôn Làng Giáo Thượng - Khe Nước Trong (sáp nhập từ Bản Hạ và Bản Thượng)"


def plan(name: str = "van-nham-2021-2025") -> Plan:
    return read((PLANS / f"{name}.toml").read_text("utf-8"))


def villages(count: int) -> dict[str, str]:
    """So many villages by code; the second has a very long name."""
    names = {f"V{n:03}": f"Thôn Mẫu {n}" for n in range(1, count + 1)}
    return {code: LONG if code == "V002" else name for code, name in names.items()}


def standing(count: int = 6, *, heard: int | None = None, plan: Plan | None = None) -> Standing:
    """A plan in its last year in so many villages, of which the first `heard` told something."""
    names = villages(count)
    told = list(names)[: max(count - 1, 0) if heard is None else heard]
    entries = [entry for n, code in enumerate(told) for entry in _entries(code, n)]
    bases = [
        Denominator("parents", code, 2025, 60, "household", "Danh sách trưởng thôn")
        for code in names
    ]
    bases += [
        Denominator("teachers", "XA", 2025, 40, "staff", "Danh sách nhà trường"),
        Denominator("businesses", "XA", 2025, 8, "establishment", "Đăng ký kinh doanh"),
        Denominator("production_households", "XA", 2025, 12, "establishment", "UBND xã", True),
    ]
    whole = plan or globals()["plan"]()
    on = date(2025, 11, 20)
    return Standing(
        "Xã Vân Lĩnh, tỉnh Mẫu",
        progress(whole, entries, bases, 2025, list(names), on),
        on,
        "Sổ truyền thông của xã, 20/11/2025",
        names,
        tuple(entries),
        tuple(bases),
        {entry.event: f"Họp thôn, {names[entry.village]}" for entry in entries},
    )


def _entries(code: str, n: int) -> list[Entry]:
    day = date(2025, 3 + n % 6, 1 + n % 27)
    ids = frozenset(f"{code}-{k}" for k in range(10 + 7 * (n % 8)))
    known = None if n % 3 == 1 else ids
    found = [Entry(code, "parents", 20 + 7 * (n % 8), known, day, f"E{n}-1")]
    if n % 2 == 0:
        staff = frozenset(f"{code}-gv-{k}" for k in range(6))
        found.append(Entry(code, "teachers", 6, staff, day, f"E{n}-2"))
    if n % 4 == 0:
        found.append(Entry(code, "businesses", 2, frozenset({f"{code}-dn"}), day, f"E{n}-3"))
    return found


def empty() -> Standing:
    """A plan without any target, in no village."""
    return standing(0, plan=replace(plan(), targets=()))


MEETING = Meeting(
    office=OFFICE,
    held_on=date(2026, 11, 5),
    village="Thôn Phố Vị",
    kind="Họp thôn",
    topics=("lao động trẻ em", "Tổng đài 111"),
    people=46,
    heads=(
        Heads("parents", 38, women=25, minority=30, children=None, counted="đếm đầu người"),
        Heads("children", 8, women=5, minority=6, children=8, counted="đếm đầu người"),
    ),
    begins=time(19, 30),
    ends=time(20, 15),
    place="Nhà văn hoá thôn Phố Vị",
    host="Hội Liên hiệp Phụ nữ xã",
    chair="Nguyễn Thị Mẫu",
    speakers=("Trần Văn Thử",),
    spoken="tiếng Tày và tiếng Việt",
    materials="40 tờ rơi",
    within="Họp thôn quý IV",
    remarks="Bà con hỏi nhiều về việc con em theo người lớn đi làm xa sau Tết.",
    code="TT-26-0007",
)

PERIOD = Period(
    "half_year", "2026H1", date(2026, 1, 1), date(2026, 6, 30), date(2026, 5, 25), date(2026, 5, 31)
)
CASES = CaseFigures(
    opened=9,
    by_level=(("EMERGENCY", 2), ("Signs of child labour", 6), ("Not clear yet", 1)),
    by_status=(("new", 1), ("visited", 5), ("closed", 3)),
    by_age=(("5 to 12", 3), ("13 to 14", 6)),
    by_sex=(("Boy", 5), ("Girl", 4)),
    reports=11,
    by_collaborators=7,
    urgent=2,
    urgent_in_time=1,
    answered_in_time=8,
    closed=3,
    open_now=12,
)
OUTREACH = OutreachFigures(
    meetings=5,
    attendances=212,
    women=120,
    by_kind=(("Village meeting", 4, 180), ("Loudspeaker", 1, None)),
    by_topic=(("Child labour", 5, 212),),
    by_village=(("Thôn Mẫu 1", 3, 130), ("Thôn Mẫu 2", 2, 82)),
    silent=("Thôn Mẫu 3",),
)
REPORT = PeriodicReport(
    about="child_labour",
    office=OFFICE,
    period=PERIOD,
    written_on=date(2026, 5, 25),
    cases=CASES,
    outreach=OUTREACH,
    oversight=Oversight(commitments=4, inspections=2),
    standings=(standing(4),),
    villages=3,
    collaborators=5,
    questions=17,
    basis=("Thực hiện Kế hoạch số 1/KH-UBND của UBND xã Vân Lĩnh",),
)

NOTICE = Notice(
    office=OFFICE,
    code="VT-26-7K2M9Q",
    received_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    fields=filled(
        {
            "what": "works",
            "danger": "no",
            "village": "V001",
            "age": 13,
            "name": "Bé Mẫu",
            "sex": "female",
            "schooling": "dropped_out",
            "work": "brick_kiln",
            "place": "lò gạch ở đầu thôn",
            "hours_per_day": 10,
            "family": "Nhà khó khăn. " * 40,
            "may_call": "yes",
            "phone": "0900000000",
            "photos": [1, 2],
        },
        {"reporter": "Nguyễn Thị Thử", "channel": "web"},
    ),
    villages={"V001": "Thôn Phố Vị"},
    came_by="Tin nhắn qua Vòng Tay",
    also=("Bé hay ho",),
)
CHECK_IN = CheckIn(
    address="https://vongtay.example/d/7K2M9Q",
    code="7K2M9Q",
    title="Họp thôn Phố Vị: điểm danh",
    line="19:30, thứ năm 05/11/2026, Nhà văn hoá thôn",
)
