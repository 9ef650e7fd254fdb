"""The table of the law, read once from content/*.toml: sources, rules, kinds of work and place."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

Text = Mapping[str, str]  # language -> what is said in it


class Level(enum.IntEnum):
    """How grave, from least to most; the names are those of the outside contract."""

    NONE = 0
    UNCLEAR = 1
    OTHER_PROTECTION = 2
    AT_RISK = 3
    CHILD_LABOUR = 4
    HAZARDOUS = 5
    EMERGENCY = 6


@dataclass(frozen=True)
class Document:
    """A law or decree, and from when to when (the last day) it is in force."""

    name: Text
    number: str
    valid_from: date | None = None
    valid_to: date | None = None
    below: int | None = None
    caution: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A place in a document, for people under the age of `below` if it names one."""

    id: str
    document: Document
    fact: str
    article: str = ""
    clause: str = ""
    point: str = ""
    annex: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    below: int = 1000
    confidence: str = "verified"
    caution: Text = field(default_factory=dict)
    url: str = ""
    last: bool = False

    def in_force(self, on: date) -> bool:
        """Whether it counts on that day; one without dates always does."""
        return (self.valid_from or on) <= on <= (self.valid_to or on)

    def cite(self, language: str) -> str:
        """Document, point, validity, and what has to be checked, in one line."""
        words = texts()["cite"]
        said = [f"{self.document.name[language]} ({self.document.number})"]
        parts = {each: getattr(self, each) for each in ("article", "clause", "point", "annex")}
        where = " ".join(words[each][language].format(at) for each, at in parts.items() if at)
        dates = {"since": self.valid_from, "until": self.valid_to}
        valid = [words[k][language].format(f"{on:%d/%m/%Y}") for k, on in dates.items() if on]
        check = [f"{words['check'][language]}: {self.caution[language]}"] if self.caution else []
        told = "; ".join([" ".join(valid)] * bool(valid) + check)
        return ", ".join([*said, *[where] * bool(where)]) + (f" [{told}]" if told else "")


@dataclass(frozen=True)
class Kind:
    """A kind of work or of place, as the law sees it; content/works.toml explains the fields."""

    id: str
    name: Text
    names: tuple[str, ...] = ()
    part_of: str = ""
    forbidden: str = "no"
    light: str = "no"
    late: str = "no"
    art: bool | None = False
    begging: bool = False
    household: bool = False
    vague: bool = False
    ask_place: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Rule:
    """What follows when everything in `when` is so; content/rules.toml explains the fields."""

    id: str
    level: Level
    when: Mapping[str, Any]
    text: Text
    sources: tuple[Source, ...]
    covered_by: tuple[str, ...] = ()
    cites: str = ""
    ask: str | None = None
    note: bool = False
    caution: Text = field(default_factory=dict)


@cache
def content(name: str) -> dict[str, Any]:
    """The content file of that name, as tomllib reads it."""
    return tomllib.loads((files(__package__) / "content" / f"{name}.toml").read_text("utf-8"))


def texts() -> dict[str, Any]:
    """What is said around the rules."""
    return content("texts")


def settings() -> dict[str, Any]:
    """What is a proposal and not law."""
    return content("settings")


@cache
def sources() -> Mapping[str, Source]:
    """Every source by its id; what it does not say itself it has from its document."""
    documents = {key: Document(**row) for key, row in content("sources")["document"].items()}
    found = {}
    for row in content("sources")["source"]:
        whole = documents[row["document"]]
        dates = {"valid_from": whole.valid_from, "valid_to": whole.valid_to}
        own = {**dates, "below": whole.below or 1000, "caution": whole.caution, **row}
        found[row["id"]] = Source(**{**own, "document": whole})
    return found


@cache
def works() -> Mapping[str, Kind]:
    """Every kind of work by its id."""
    return _kinds("works", "work")


@cache
def places() -> Mapping[str, Kind]:
    """Every kind of place by its id."""
    return _kinds("places", "place")


def _kinds(name: str, key: str) -> Mapping[str, Kind]:
    rows = content(name)[key]
    listed = ({each: tuple(row.get(each, ())) for each in ("names", "sources")} for row in rows)
    return {row["id"]: Kind(**{**row, **lists}) for row, lists in zip(rows, listed, strict=True)}


@cache
def flags() -> Mapping[str, Mapping[str, Any]]:
    """Every flag by its id."""
    known: Mapping[str, Mapping[str, Any]] = content("flags")["flags"]
    return known


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, whenever it is in force, the gravest first."""
    found = []
    for row in content("rules")["rule"]:
        cited = tuple(sources()[each] for each in row["sources"])
        covered = tuple(row.get("covered_by", ()))
        whole = {**row, "level": Level[row["level"]], "sources": cited, "covered_by": covered}
        found.append(Rule(**whole))
    return tuple(sorted(found, key=lambda rule: -rule.level))
