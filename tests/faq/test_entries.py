"""The content: its form, what it rests on, what it must never say, when it is withdrawn."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.faq.contents import content
from bot.faq.entries import Citation, load
from bot.faq.never_said import reasons
from bot.law.table import sources
from bot.vietnamese.fold import fold

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
ENTRIES = list(load())
RULES = content("never_said")["never"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_has_the_form_that_was_agreed(entry):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.id)
    assert entry.topic in load().topics
    assert entry.question and entry.question_en and entry.answer_en and entry.source
    assert 40 <= len(entry.says().split()) <= 120
    assert entry.next, "it says what to do next"
    assert entry.citations, "it rests on something"
    assert entry.reviewed <= TODAY
    assert entry.confidence in ("verified", "recall")
    assert len(entry.variants) >= 6


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_never_says_what_must_not_be_said(entry):
    assert not reasons(entry.says())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_figure_in_english_stands_in_vietnamese_or_in_the_citations(entry):
    def figures(text):
        return {each.replace(",", ".").lstrip("0") for each in re.findall(r"\d+(?:[.,]\d+)*", text)}

    cited = " ".join(f"{each.says()} {each.document}" for each in entry.citations)
    hours = entry.answer_en.replace(":00", "").replace("(1–10 people)", "")
    assert figures(hours) <= figures(entry.says()) | figures(cited)


def test_no_answer_opens_with_a_bare_yes_or_no():
    """The same entry answers "must one pay?" and "is it free?": what holds is said in full."""
    bare = re.compile(r"(Có|Có thể|Không|Đúng|Không đúng|Có sai|Có cấm|Không phải vậy)[.:]")
    assert bare.match("Có. Chủ phải") and not bare.match("Không được. Cơ sở")
    assert [entry.id for entry in ENTRIES if bare.match(entry.answer)] == []


def test_what_must_not_be_said_is_noticed_without_marks_and_at_the_start_of_a_sentence():
    for text in (HERE / "said_wrongly.txt").read_text("utf-8").splitlines():
        plain = "".join(fold(each) or each for each in text)
        assert plain.isascii() and reasons(plain), text
        assert reasons(text[0].upper() + text[1:])


def test_what_must_not_be_said_is_noticed():
    for rule, text in zip(
        RULES, (HERE / "said_wrongly.txt").read_text("utf-8").splitlines(), strict=True
    ):
        assert rule["why"] in reasons(text)


def test_cited_documents_are_known():
    cited = {each.document for entry in ENTRIES for each in entry.citations}
    assert cited <= content("documents").keys()


def test_an_ended_document_is_not_cited():
    assert all(each.in_force(TODAY) for entry in ENTRIES for each in entry.citations)


def test_every_seed_has_an_entry():
    seeds = (HERE / "seeds.txt").read_text("utf-8").split()
    assert set(seeds) == {seed for entry in ENTRIES for seed in entry.seed}


def test_no_question_is_said_twice():
    said = Counter(fold(each) for entry in ENTRIES for each in (entry.question, *entry.variants))
    assert [each for each, times in said.items() if times > 1] == []


def test_an_entry_is_withdrawn_once_a_document_it_cites_has_ended(monkeypatch):
    entry = next(each for each in ENTRIES if each.id == "fines-for-employers")
    document = entry.citations[0].document
    ended = {**content("documents"), document: {"valid_to": TODAY}}
    monkeypatch.setattr("bot.faq.entries.content", lambda _: ended)
    assert entry.in_force(TODAY)
    assert not entry.in_force(TODAY + timedelta(days=1))
    approved = replace(entry, approved=True)
    assert approved.in_force(TODAY + timedelta(days=1))


def test_an_entry_holds_from_its_first_to_its_last_day():
    entry = replace(ENTRIES[0], citations=(), valid_from=TODAY, valid_to=TODAY + timedelta(days=1))
    days = [TODAY + timedelta(days=each) for each in (-1, 0, 1, 2)]
    assert [entry.in_force(day) for day in days] == [False, True, True, False]


def test_entries_can_be_added_replaced_and_taken_away():
    first = ENTRIES[0]
    new = replace(first, id="new-one")
    more = load().plus([new, replace(first, answer="x")])
    assert len(more) == len(ENTRIES) + 1
    assert more.by_id[first.id].answer == "x"
    assert first.id not in more.without({first.id}).by_id
    assert load().by_id[first.id] == first


def test_a_citation_is_readable():
    one = Citation("BLHS 2015", next(iter(content("texts")["places"])) + " 296")
    assert one.says("en") == "Criminal Code 2015, article 296"
    assert one.says("vi") != one.document


def test_conditions_of_computed_answers_rest_on_the_table():
    for condition in content("texts")["computed"]["conditions"]:
        assert condition["sources"] and set(condition["sources"]) <= sources().keys()
