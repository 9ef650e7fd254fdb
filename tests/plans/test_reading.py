"""Every mistake of a plan file is told with its line and with what would be right."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.plans.mistakes import Mistakes
from bot.plans.plan import Plan
from bot.plans.reading import LONGEST, read
from bot.plans.vocabulary import content

HERE = Path(__file__).parent
SMALL = (HERE / "small.toml").read_text("utf-8")
CASES = tomllib.loads((HERE / "mistakes.toml").read_text("utf-8"))["case"]
BLIND = {"empty", "too_long", "syntax"}  # told of other texts than a changed small.toml


def mistakes(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(Mistakes) as found:
        read(text)
    return [(each.line, each.vi, each.en) for each in found.value.all]


def lines(text: str) -> list[int]:
    return [line for line, _, _ in mistakes(text)]


def test_a_right_plan_is_read_whole():
    plan = read(SMALL)
    assert plan.id == "xa-mau"
    assert [each.percent for each in plan.targets] == [80, Decimal("0.5")]
    assert plan.activities[0].by == ("vhxh",)
    assert plan.activities[0].topics == ("child_labour", "drowning")
    assert plan.reports[0].before
    assert plan.source.number == "12/KH-UBND"
    assert (plan.start, plan.end, plan.outlook) == (2026, 2030, None)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_one_mistake_is_told_and_nothing_else(case):
    assert SMALL.count(case["old"]) == 1
    said = [(each["line"], each["vi"], each["en"]) for each in case["said"]]
    assert mistakes(SMALL.replace(case["old"], case["new"])) == said


def test_every_kind_of_mistake_is_tried():
    told = [mistake for case in CASES for mistake in case["said"]]
    for kind, texts in content("mistakes")["mistake"].items():
        shapes = {to: re.sub(r"\\{\w+\\}", ".+", re.escape(said)) for to, said in texts.items()}
        tried = any(all(re.match(shapes[to], each[to]) for to in ("vi", "en")) for each in told)
        assert tried != (kind in BLIND), kind


def test_all_mistakes_are_told_at_once():
    """One in each of ten lines, unreadable ones and wrong ones mixed."""
    wrong = {
        4: "title = Kế hoạch",
        7: "end = 30",
        11: 'date = "15/3/2026"',
        18: 'group = "parent"',
        20: "percent = 80 %",
        22: "by_year = 2020",
        36: 'id = "VHXH"',
        42: 'kind = "talk"',
        54: "due = 31/5/2026",
        66: "",
    }
    text = SMALL.split("\n")
    for line, new in wrong.items():
        text[line - 1] = new
    told = lines("\n".join(text))
    # where the end of the plan is not known, no year can be outside of it; the purpose that
    # line 66 told is missed at the header
    assert told == [4, 7, 11, 18, 20, 36, 42, 54, 64]


def test_mistakes_come_in_the_order_of_lines_and_are_said_in_both_languages():
    with pytest.raises(Mistakes) as found:
        read(SMALL.replace("percent = 80", "percent = -1").replace("start = 2026\n", "start = 1\n"))
    vi, en = found.value.says("vi").split("\n"), found.value.says("en").split("\n")
    assert [each.split(":")[0] for each in vi] == ["Dòng 6", "Dòng 20"]
    assert [each.split(":")[0] for each in en] == ["Line 6", "Line 20"]


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff", "\ufeff\r\n"])
def test_an_empty_file_is_told(text):
    [(line, _, en)] = mistakes(text)
    assert line == 1
    assert "Copy plans/mau-2026-2030.toml" in en


def test_what_is_no_plan_file_is_told_at_once():
    [(line, _, en)] = mistakes("x" * (LONGEST + 1))
    assert line == 1
    assert "cannot be a plan file" in en


def test_a_file_of_a_windows_editor_reads_alike():
    assert read("\ufeff" + SMALL.replace("\n", "\r\n")) == read(SMALL)
    broken = SMALL.replace("percent = 80", "percent = 80 %")
    assert mistakes(broken.replace("\n", "\r\n")) == mistakes(broken)


def test_headers_and_keys_within_a_text_of_several_lines_are_text():
    quote = 'quote = """\n[plan]\npercent = 3\n[[x]]\n"""\nnote = "a # b"\n'
    text = SMALL.replace('quote = "không quá 0,5%"\n', quote)
    assert "[[x]]" in read(text).targets[1].quote
    assert lines(text.replace('role = "lead"', 'role = "boss"')) == [43]


def test_a_lost_body_is_not_missed_twice():
    assert lines(SMALL.replace('id = "vhxh"', "id = vhxh")) == [36]


def test_the_last_report_may_come_the_year_after():
    assert read(SMALL.replace("due = 2026-05-31", "due = 2031-01-15")).reports[0].due


def test_what_the_document_wants_beyond_everybody_is_kept_with_a_note_and_clamped():
    too_much = 'percent = 120\nnote = "The document does say 120 %."'
    target = read(SMALL.replace("percent = 80", too_much)).targets[0]
    assert (target.percent, target.aim, target.clamped) == (120, 100, True)


def test_percentages_are_exact():
    assert read(SMALL.replace("percent = 80", "percent = 66.7")).targets[0].aim == Decimal("66.7")


NONSENSE = (
    "\x00",
    "[",
    "[[",
    "[]",
    "a",
    "a.b = 1",
    "[plan.x]",
    '["plan"]',
    '[[x]]\nb="""',
    "x = 1e999999999999999999999",
    f"a = {'9' * 5000}",
    "a = " + "{a=" * 3000,
    "= \n" * 300,
    "[plan]\n" * 60,
)


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: ascii(text[:20]))
def test_nonsense_gets_an_answer(text):
    told = mistakes(text)
    assert all(1 <= line <= text.count("\n") + 1 for line, _, _ in told)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_happens_to_a_file_it_is_a_plan_or_its_mistakes(data):
    text = SMALL
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        to = min(len(text), at + data.draw(st.integers(0, 12)))
        put = data.draw(st.text(alphabet="[]{}\"'=#\\\n.,-% a1\x00é", max_size=8))
        text = text[:at] + put + text[to:]
    try:
        assert isinstance(read(text), Plan)
    except Mistakes as found:
        assert found.all
        for each in found.all:
            assert 1 <= each.line <= text.count("\n") + 1
            assert each.vi.strip()
            assert each.en.strip()
