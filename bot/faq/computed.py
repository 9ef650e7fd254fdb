"""Answers worked out from the table of the law: may this child, at this age, do this work?

The table finds what is wrong. Where it finds nothing wrong, the answer is the conditions that hold
at that age, and what would turn it into a no. Nothing is taken from the nearest entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.faq.contents import content
from bot.faq.stated import facts
from bot.faq.wording import Wording
from bot.law.facts import Facts
from bot.law.finding import Finding, Reason
from bot.law.table import Level, Source, sources, texts, works
from bot.law.triage import triage

_ADULT, _STILL_ASKED = 18, 20  # whoever is older asks about the work of adults
_OURS = ("proposal", "proposed_rule", "before_the_table")  # sources that are no law
_MOST_REASONS = 3
_MOST_CITED = 4  # in the text; the citations have them all
LANGUAGES = ("vi", "en")
Condition = Mapping[str, Any]
_CERTAIN = {"no": 0.95, "yes": 0.9, "adult": 0.9, "depends": 0.85}


@dataclass(frozen=True)
class Computed:
    """A verdict ("no", "yes", "depends", "adult"), said in each language, and what it rests on."""

    verdict: str
    text: Mapping[str, str]
    citations: Mapping[str, tuple[str, ...]]
    confidence: float


def computed(texts: Sequence[str], asked: Wording, on: date) -> Computed | None:
    """The answer to a question that holds an age and a kind of work, place or hours, else None.

    `texts` are the question, then the one that it leans on.
    """
    if not _asks_whether(asked):
        return None
    known = facts(texts, asked, on)
    if known is None or known.age is None or known.age >= _STILL_ASKED:
        return None
    if known.hours_per_day is None and "hours" in asked.concepts:
        return None  # how many hours, not whether these
    found = verdict(known, on)
    return found if found.citations["vi"] else None  # what rests on no law is no answer


def verdict(known: Facts, on: date) -> Computed:
    """What the table says of facts with a known age."""
    found = triage(known, on)
    age = known.age or 0
    if age >= _ADULT:
        return _said("adult", _Grounds(found.reasons[:1]))
    if found.level >= Level.CHILD_LABOUR:
        return _said("no", _Grounds(_against(found)))
    holding = [each for each in _conditions() if _holds(each, known)]
    if known.family_help is None:
        hired = triage(replace(known, family_help=False), on)
        reasons = _against(hired)
        holding = [each for each in holding if each["family"] or not reasons]
        at_home = triage(replace(known, family_help=True), on)
        grounds = _Grounds(reasons, holding, "family_help", _risks(at_home))
        return _said("depends", grounds, say="either")
    if found.level is Level.AT_RISK:
        say = "careful" if known.family_help else "careful_for_others"
        return _said("depends", _Grounds(_risks(found), holding), say=say)
    if _is_clear(known):
        return _said("yes", _Grounds((), holding))
    return _said("depends", _Grounds((), holding, _ask(known, found)))


def _asks_whether(asked: Wording) -> bool:
    """Whether it asks if something is allowed, and for nothing else."""
    rules = content("settings")["computed"]
    if asked.outside and asked.concepts.isdisjoint(rules["although_outside"]):
        return False
    return asked.concepts.isdisjoint(rules["unless"])


def _against(found: Finding) -> Sequence[Reason]:
    return [each for each in found.reasons if each.level >= Level.CHILD_LABOUR][:_MOST_REASONS]


def _risks(found: Finding) -> Sequence[Reason]:
    """Why it harms the child though nothing forbids it: at night, for long hours, out of school."""
    return [each for each in found.reasons if each.level is Level.AT_RISK][:_MOST_REASONS]


def _holds(condition: Condition, known: Facts) -> bool:
    """Whether the sentence is about that age, and about help for the family or work for others."""
    if not condition["from"] <= (known.age or 0) < condition["below"]:
        return False
    return known.family_help is None or condition["family"] is known.family_help


def _is_clear(known: Facts) -> bool:
    """Whether nothing that was left open could make it a no but what the conditions name."""
    if known.family_help is True:
        return True
    if known.family_help is None or known.work is None:
        return False
    kind = works()[known.work]
    if kind.vague or (kind.ask_place and known.place is None) or kind.art is None:
        return False
    age = known.age or 0
    return age >= 15 or (age >= 13 and kind.light == "yes")


def _ask(known: Facts, found: Finding) -> str:
    """The fact that would settle it."""
    if known.work is None:
        return "work"
    if known.family_help is None:
        return "family_help"
    return "place" if works()[known.work].ask_place else found.ask_next or "work"


# ------------------------------------------------------------------------------------- saying it


@dataclass(frozen=True)
class _Grounds:
    """What speaks against it, on which conditions it is allowed, which fact would settle it, and
    what harms the child in the own family as well."""

    reasons: Sequence[Reason]
    conditions: Sequence[Condition] = ()
    ask: str = ""
    risks: Sequence[Reason] = ()


def _said(kind: str, grounds: _Grounds, *, say: str = "") -> Computed:
    """The verdict in words, those of `say` or its own; "either" tells help for the family and work
    for others apart."""
    rests_on = _law(
        [
            *(each for one in (*grounds.reasons, *grounds.risks) for each in one.sources),
            *(sources()[each] for one in grounds.conditions for each in one["sources"]),
        ]
    )
    said = content("texts")["computed"][say or kind]
    text = {
        language: said[language].format(
            because=_because(grounds.reasons, language),
            conditions=(_apart if say == "either" else _joined)(grounds, language),
            cited="; ".join(_short(each, language) for each in rests_on[:_MOST_CITED]),
            ask=texts()["field"].get(grounds.ask, {}).get(language, ""),
        )
        for language in LANGUAGES
    }
    cited = {each: tuple(one.cite(each) for one in rests_on) for each in LANGUAGES}
    return Computed(kind, text, cited, _CERTAIN[kind])


def _apart(grounds: _Grounds, language: str) -> str:
    say = {
        name: text[language] for name, text in content("texts")["computed"].items() if "vi" in text
    }
    lines = []
    for each in grounds.conditions:
        if each["family"]:
            at_home = say["careful_for_family" if grounds.risks else "for_family"]
            because = _because(grounds.risks, language)
            lines.append(at_home.format(because=because, conditions=each[language]))
        elif not grounds.reasons:
            lines.append(say["for_others"].format(conditions=each[language]))
    if grounds.reasons:
        lines.append(say["not_for_others"].format(because=_because(grounds.reasons, language)))
    return " ".join(lines)


def _joined(grounds: _Grounds, language: str) -> str:
    return " ".join(each[language] for each in grounds.conditions)


def _conditions() -> Sequence[Condition]:
    found: Sequence[Condition] = content("texts")["computed"]["conditions"]
    return found


def _law(cited: Iterable[Source]) -> list[Source]:
    """The sources that are law, each once."""
    return list({each.id: each for each in cited if each.id not in _OURS}.values())


def _because(reasons: Sequence[Reason], language: str) -> str:
    return " ".join(_cautioned(each.says(language), each.caution, language) for each in reasons)


def _short(source: Source, language: str) -> str:
    """Document and article without the dates, which stand in the citations; with its caution."""
    return _cautioned(source.cite(language).split(" [")[0], source.caution, language)


def _cautioned(said: str, caution: Mapping[str, str], language: str) -> str:
    """What was said, and behind it what has to be checked."""
    if not caution:
        return said
    return f"{said} ({texts()['cite']['check'][language]}: {caution[language]})"
