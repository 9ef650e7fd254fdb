"""The table holds together, is said in both languages, and says nothing it must not say."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.law import explain
from bot.law.facts import Facts
from bot.law.table import (
    Level,
    content,
    flags,
    places,
    rules,
    settings,
    sources,
    texts,
    works,
)
from bot.law.triage import triage
from bot.law.view import CONDITIONS

ROOM = Path(__file__).parents[2] / "bot" / "law"
TODAY = date(2026, 11, 21)
CONTRACT = [
    "agriculture",
    "livestock",
    "forestry",
    "fishing",
    "construction",
    "brick_kiln",
    "mining",
    "craft",
    "garment",
    "carpentry",
    "metalwork",
    "repair",
    "food_service",
    "entertainment",
    "shop",
    "street_vending",
    "scrap_collecting",
    "domestic_work",
    "childcare",
    "porter",
    "delivery",
    "slaughterhouse",
    "factory",
    "performance",
    "online",
    "begging",
    "other",
]
FORBIDDEN = (Path(__file__).parent / "never_said.txt").read_text("utf-8").splitlines()
FIELDS = [name for name in Facts.__dataclass_fields__ if name != "unreadable"]


def test_every_kind_of_work_of_the_contract_is_there():
    assert set(CONTRACT) <= works().keys()
    assert all(not kind.part_of or kind.part_of in CONTRACT for kind in works().values())


def test_every_condition_is_known_and_names_what_there_is():
    for rule in rules():
        assert rule.when.keys() <= CONDITIONS.keys() & texts()["condition"].keys()
        assert set(rule.when.get("flags", [])) <= flags().keys()
        assert {*rule.covered_by} <= {other.id for other in rules()}
        assert set(rule.when.get("schooling", [])) <= set(settings()["schooling"]["order"])
        assert rule.sources and rule.text.keys() == {"vi", "en"}
        assert rule.cites in ("", "work", "place")
        assert rule.ask in (None, *FIELDS)


def test_every_flag_is_used_by_a_rule_or_is_a_sign():
    used = {
        flag
        for rule in rules()
        for key in ("flags", "not_flags")
        for flag in rule.when.get(key, [])
    }
    signs = settings()["signs"]["weight"]
    assert all(flag in used or row.get("sign") in signs for flag, row in flags().items())


def test_ids_are_one_of_a_kind():
    for name, key in (("rules", "rule"), ("works", "work"), ("places", "place")):
        ids = [row["id"] for row in content(name)[key]]
        assert len(ids) == len(set(ids))
    ids = [row["id"] for row in content("sources")["source"]]
    assert len(ids) == len(set(ids))


def test_what_a_kind_cites_exists():
    for kind in (*works().values(), *places().values()):
        assert {*kind.sources} <= sources().keys()
        assert kind.forbidden == "no" or kind.sources, kind.id


def test_what_is_recalled_says_what_to_check():
    assert all(each.caution for each in sources().values() if each.confidence == "recall")
    assert all(
        each.caution for each in sources().values() if each.document.number.startswith("130")
    )


def test_every_source_of_law_has_a_date_and_a_point():
    for each in sources().values():
        if each.document.number[0].isdigit():
            assert each.valid_from and each.fact, each.id
            assert each.article or each.annex or each.id == "lgd_lower_secondary"


def test_a_brick_kiln_is_never_said_to_be_named_by_annex_3():
    for kind in (works()["brick_kiln"], places()["brick_kiln"]):
        assert kind.forbidden == "criterion"
        assert "tt09_annex_3" not in kind.sources
        assert all(sources()[each].confidence == "recall" for each in kind.sources)


def every_text():
    """All that anybody is told: the texts of the content files, and a finding of every rule."""

    def within(found):
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            for key, value in found.items():
                if key not in ("names", "url", "fact"):
                    yield from within(value)
        elif isinstance(found, list):
            for value in found:
                yield from within(value)

    for path in sorted((ROOM / "content").glob("*.toml")):
        yield from within(content(path.stem))
    for rule in rules():
        yield " ".join(each.cite("vi") for each in rule.sources if each.in_force(TODAY))


def test_the_pattern_list_finds_what_must_not_be_said():
    lines = FORBIDDEN
    assert len(lines) > 10
    examples = {"Bộ LĐTBXH", "giải cứu", "12 nhóm việc nhẹ", "500.000 đ", "NĐ 12/2022"}
    assert all(any(re.search(line, each, re.IGNORECASE) for line in lines) for each in examples)


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_what_must_not_be_said_is_not_said(pattern):
    """law.md §11. The old decree stands in the table with its end, and is not told on this day."""
    said = [text for text in every_text() if re.search(pattern, text, re.IGNORECASE)]
    old = {"12/2022/NĐ-CP", "Nghị định 12/2022", "Decree 12/2022"}
    assert [text for text in said if text not in old] == []


def test_the_page_is_what_the_data_gives():
    page = Path(__file__).parents[2] / "docs" / "luat-lao-dong-tre-em.md"
    assert page.read_text(encoding="utf-8") == explain.page(settings()["reviewed"])


def test_the_page_holds_every_rule_and_every_source():
    page = explain.page(TODAY)
    assert all(f"### `{rule.id}`" in page for rule in rules())
    assert all(f"| `{source}` |" in page for source in sources())
    assert "không áp dụng vào ngày xem" in page


@pytest.mark.parametrize("level", Level)
def test_every_level_is_put_into_plain_words(level):
    said = texts()["level"][level.name]
    assert {*said} == {"label", "plain", "next"}
    assert all(text.keys() == {"vi", "en"} for text in said.values())


def test_plain_words_say_why_and_what_comes_next():
    why, what = explain.plain(triage(Facts(age=12, work="garment"), TODAY), "en")
    assert (
        why
        == "There are signs of child labour, because the child is under 13 and works for others."
    )
    assert "first impression" in what
    why, what = explain.plain(triage(Facts(age=12), TODAY), "en")
    assert "what work the child does" in why and "what work the child does" in what
    for number in ("111", "113", "115"):
        assert number in explain.plain(triage(Facts(flags=frozenset(["beaten"])), TODAY))[1]


def test_the_steps_tell_what_holds_and_what_could():
    lines = "\n".join(explain.steps(Facts(age=12, work="garment"), TODAY, "en"))
    assert "Known: age=12, work=garment" in lines
    assert "✓ under_13 (CHILD_LABOUR)" in lines
    assert "? night_under_15 (HAZARDOUS): could hold, not known: whether" in lines
    assert "Preliminary: CHILD_LABOUR" in lines
    assert "Ask next: " in lines
