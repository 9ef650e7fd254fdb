"""What a triage found: a level, and the reasons with what they cite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.law.facts import Facts
from bot.law.table import Level, Rule, Source, sources, texts
from bot.law.view import kinds_of

_MOST_NAMED = 3  # of the missing facts; the others are asked for later


@dataclass(frozen=True)
class Reason:
    """A rule that holds, with what it cites, the main source first; `names` fill its text."""

    rule: str
    level: Level
    text: Mapping[str, str]
    sources: tuple[Source, ...]
    caution: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def says(self, language: str = "vi") -> str:
        """The reason in plain words."""
        return self.text[language].format(
            **{hole: name.get(language, "") for hole, name in self.names.items()}
        )

    def citation(self, language: str = "vi") -> str:
        """Documents and articles with their validity, and what has to be checked."""
        check = texts()["cite"]["check"][language]
        own = [f"{check}: {self.caution[language]}"] if self.caution else []
        return "; ".join([*(source.cite(language) for source in self.sources), *own])

    def to_json(self, language: str = "vi") -> dict[str, Any]:
        """As contract §2 shows it, with the validity of its main source."""
        main = self.sources[0]
        recalled = any(source.confidence == "recall" for source in self.sources)
        return {
            "rule": self.rule,
            "text": self.says(language),
            "citation": self.citation(language),
            "valid_from": main.valid_from and main.valid_from.isoformat(),
            "valid_to": main.valid_to and main.valid_to.isoformat(),
            "confidence": "recall" if recalled else "verified",
        }


@dataclass(frozen=True)
class Finding:
    """A level with its reasons, and what to ask next; always preliminary, an officer decides."""

    level: Level
    reasons: tuple[Reason, ...]
    ask_next: str | None = None
    preliminary: bool = True

    def to_json(self, language: str = "vi") -> dict[str, Any]:
        """In the shape of contract §2 `triage`."""
        return {
            "level": self.level.name,
            "reasons": [reason.to_json(language) for reason in self.reasons],
            "ask_next": self.ask_next,
            "preliminary": self.preliminary,
        }


def reason(rule: Rule, facts: Facts, on: date) -> Reason:
    """The rule as a reason; cited is what is in force that day and speaks of that age."""
    kinds = kinds_of(facts)
    own = kinds[rule.cites].sources if rule.cites else ()
    cited = (*(sources()[each] for each in own), *rule.sources)
    fit = {each.id: each for each in cited if each.in_force(on) and _fits(each, facts)}
    law = tuple(each for each in fit.values() if not each.last)
    names = {key: kind.name for key, kind in kinds.items()}
    return Reason(rule.id, rule.level, rule.text, law or tuple(fit.values()), rule.caution, names)


def _fits(source: Source, facts: Facts) -> bool:
    return facts.age is None or facts.age < source.below


def open_points(missing: Sequence[str], unreadable: Sequence[str]) -> list[Reason]:
    """What is not known where it decides, and what was said but not understood."""
    found = {"not_known": missing[:_MOST_NAMED], "unreadable": unreadable}
    return [_about(name, facts) for name, facts in found.items() if facts]


def _about(name: str, facts: Sequence[str]) -> Reason:
    said, field_names = texts()["reason"][name], texts()["field"]
    fields = {
        language: "; ".join(field_names[fact][language] for fact in facts) for language in said
    }
    return Reason(
        name, Level.UNCLEAR, said, (sources()["proposed_rule"],), names={"fields": fields}
    )
