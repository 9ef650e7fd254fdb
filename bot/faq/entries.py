"""The questions that are answered, each with its answer and where that stands written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.faq.contents import content


@dataclass(frozen=True)
class Citation:
    """A place in a document; `article` may also name an annex or a page."""

    document: str
    article: str = ""
    clause: str = ""

    def says(self, language: str = "vi") -> str:
        """Document, article and clause in one line."""
        named = content("documents").get(self.document, {})
        parts = [named.get(language, self.document), self.article, self.clause]
        line = ", ".join(part for part in parts if part)
        if language != "vi":
            for words, meant in content("texts")["places"].items():
                line = line.replace(words, meant)
        return line

    @property
    def last_day(self) -> date | None:
        """The last day on which the document was in force, if it is known to end."""
        ended: date | None = content("documents").get(self.document, {}).get("valid_to")
        return ended

    def in_force(self, on: date) -> bool:
        """Whether the document had not ended on that day, as far as is known."""
        return self.last_day is None or on <= self.last_day


@dataclass(frozen=True)
class Entry:
    """A question with everything people say for it, its answer, and what that rests on.

    An `approved` entry was confirmed by an officer and stays although a document has ended.
    """

    id: str
    topic: str
    question: str
    answer: str
    citations: tuple[Citation, ...]
    reviewed: date
    variants: tuple[str, ...] = ()
    next: str = ""
    question_en: str = ""
    answer_en: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    confidence: str = "verified"
    seed: tuple[str, ...] = ()
    source: str = ""
    approved: bool = False

    def in_force(self, on: date) -> bool:
        """Whether it may be given as an answer on that day."""
        if not (self.valid_from or on) <= on <= (self.valid_to or on):
            return False
        return self.approved or all(each.in_force(on) for each in self.citations)

    @property
    def last_day(self) -> date | None:
        """The last day on which it may be given, as far as is known."""
        ends = [] if self.approved else [each.last_day for each in self.citations]
        return min((day for day in (*ends, self.valid_to) if day), default=None)

    def says(self, language: str = "vi") -> str:
        """The answer with what to do next; Vietnamese with a note where there is no other."""
        whole = " ".join(part for part in (self.answer, self.next) if part)
        if language == "vi":
            return whole
        if self.answer_en:
            return self.answer_en
        return f"{content('texts')['only_vietnamese'][language]}\n{whole}"

    def asks(self, language: str = "vi") -> str:
        """The question as it is shown."""
        return self.question if language == "vi" else self.question_en or self.question


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries there are, by id in their order, and the titles of their topics.

    To add, replace or take away entries while the bot runs: `live = load().plus([entry])`, and
    `answer(question, live, on)`. Only what was added is prepared anew, a fraction of a millisecond
    for an entry, so this may be done at every message; keep the result where it does not change,
    for what is prepared is kept with it. `origin` is what `plus` and `without` began with.
    """

    by_id: Mapping[str, Entry]
    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    origin: Entries | None = None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def plus(self, extra: Sequence[Entry]) -> Entries:
        """These and more; one with an id that is there already takes its place."""
        by_id = {**self.by_id, **{each.id: each for each in extra}}
        return Entries(by_id, self.topics, self.origin or self)

    def without(self, ids: Collection[str]) -> Entries:
        """These but for some."""
        kept = {key: each for key, each in self.by_id.items() if key not in ids}
        return Entries(kept, self.topics, self.origin or self)


@cache
def load() -> Entries:
    """The entries of content/*.yaml. Raises KeyError or ValueError where one has a wrong form."""
    found: dict[str, Entry] = {}
    topics: dict[str, Mapping[str, str]] = {}
    folder = files(__package__) / "content"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".yaml"):
            continue
        page = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
        topic = page["topic"]
        topics[topic["id"]] = topic["title"]
        for row in page["entries"]:
            entry = of(row, topic["id"])
            if entry.id in found:
                raise ValueError(f"{file.name}: two entries are called {entry.id}")
            found[entry.id] = entry
    return Entries({**found, **_asked_otherwise(found)}, topics)


def _asked_otherwise(found: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries with the further ways to ask of content/wordings.toml and voices.toml."""
    more = {
        key: (*content("wordings").get(key, ()), *content("voices").get(key, ()))
        for key in {**content("wordings"), **content("voices")}
    }
    return {
        key: replace(found[key], variants=(*found[key].variants, *ways))
        for key, ways in more.items()
    }


def of(row: Mapping[str, Any], topic: str) -> Entry:
    """An entry as it stands in a file. Raises KeyError or TypeError where something is missing."""
    cited = tuple(Citation(**each) for each in row["citations"])
    lists = {each: tuple(row.get(each) or ()) for each in ("variants", "seed")}
    return Entry(**{**row, **lists, "topic": topic, "citations": cited})
