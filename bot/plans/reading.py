"""A plan file read: a Plan, or every mistake in it at once."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from bot.plans.fields import SECTIONS, check
from bot.plans.mistakes import Mistake, Mistakes, mistake, unknown
from bot.plans.plan import (
    ALL,
    Activity,
    Basis,
    Body,
    Event,
    Goal,
    Plan,
    Recipient,
    Report,
    Source,
    Target,
)
from bot.plans.tables import Table, cut
from bot.plans.vocabulary import less_is_better, words

LONGEST = 200_000  # characters; the longest of our plan files has 18,000

_MAKES: Mapping[str, Callable[..., Any]] = {
    "source": Source,
    "basis": Basis,
    "goal": Goal,
    "target": Target,
    "activity": Activity,
    "report": Report,
    "event": Event,
    "body": Body,
    "recipient": Recipient,
}


def read(text: str) -> Plan:
    """The plan that a text in the format of docs/plan-files.md describes.

    Raises Mistakes with all of them, each with its line and what would be right.
    """
    if len(text) > LONGEST:
        raise Mistakes([mistake(1, "too_long", most=LONGEST)])
    # as Windows editors write files, and as some phones write Vietnamese
    plain = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n"))
    if not plain.strip():
        raise Mistakes([mistake(1, "empty")])
    tables, found = cut(plain)
    found += _misplaced(tables)
    known = [table for table in tables if table.name in SECTIONS]
    wrong = {table.line: [*check(table)] for table in known}
    found += [each for some in wrong.values() for each in some]
    found += _missing(tables)
    found += _disagreeing(known, {at for some in wrong.values() for at in (m.line for m in some)})
    if found:
        raise Mistakes(found)
    return _made(known)


def _misplaced(tables: Sequence[Table]) -> Iterator[Mistake]:
    """Headers that are none, and what stands before the first."""
    before, *rest = tables
    for key in before.values:
        yield mistake(before.line_of(key), "outside", field=key)
    seen: set[str] = set()
    for table in rest:
        section = SECTIONS.get(table.name)
        if not table.matched:
            yield mistake(table.line, "header")
        elif section is None:
            yield unknown(table.line, "section_unknown", table.name, SECTIONS)
        elif table.double == section.single:
            kind = "section_single" if section.single else "section_many"
            yield mistake(table.line, kind, value=table.name)
        elif section.single and table.name in seen:
            yield mistake(table.line, "section_once", value=table.name)
        seen.add(table.name)


def _missing(tables: Sequence[Table]) -> Iterator[Mistake]:
    there = {table.name for table in tables}
    for name, section in SECTIONS.items():
        if section.single and not get_close_matches(name, there, 1):  # [paln] is told already
            needed = ", ".join(key for key, field in section.fields.items() if field.needed)
            yield mistake(1, "section_missing", value=name, known=[needed])


def _disagreeing(tables: Sequence[Table], wrong: set[int]) -> Iterator[Mistake]:
    """What is right by itself and wrong together. Lines that are `wrong` anyway are not asked."""
    by_name: defaultdict[str, list[_Row]] = defaultdict(list)
    for table in tables:
        by_name[table.name].append(_Row(table, wrong))
    period = _Period(by_name["plan"])
    yield from period.mistakes()
    for name, rows in by_name.items():
        yield from _twice(rows, ("id",), "id_twice")
        for row in rows:
            yield from period.around(row)
            if name == "target":
                yield from _target(row)
            if name in ("event", "report"):
                yield from _days(row)
    yield from _twice(by_name["target"], ("indicator", "group", "by_year"), "same_target")
    yield from _bodies(by_name)


class _Row:
    """A table of which only the lines that are right by themselves can be asked."""

    def __init__(self, table: Table, wrong: set[int]) -> None:
        self.table = table
        self._wrong = wrong

    def __getitem__(self, key: str) -> Any:
        value = self.table.values.get(key)
        return None if self.line(key) in self._wrong and value is not None else value

    def line(self, key: str) -> int:
        return self.table.line_of(key)

    def told(self, key: str) -> bool:
        """Whether the line is there, be it readable or not."""
        return self.table.torn or key in self.table.values or key in self.table.lost


class _Period:
    """The years of the plan, where they can be read."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._row = rows[0] if rows else None
        self.start, self.end, self.outlook = (
            int((self._row and self._row[key]) or 0) for key in ("start", "end", "outlook")
        )

    @property
    def whole(self) -> bool:
        return 0 < self.start <= self.end

    def mistakes(self) -> Iterator[Mistake]:
        if not self._row or not self.start or not self.end:
            return
        if self.end < self.start:
            yield mistake(self._row.line("end"), "period", start=self.start, end=self.end)
        elif self.outlook and self.outlook <= self.end:
            line = self._row.line("outlook")
            yield mistake(line, "outlook", value=self.outlook, end=self.end)

    def around(self, row: _Row) -> Iterator[Mistake]:
        """Whether the years and days of a row are those of the plan."""
        if not self.whole:
            return
        last = max(self.end, self.outlook)
        year, due = row["by_year"], row["due"]
        if year and not self.start <= year <= last:
            yield mistake(row.line("by_year"), "by_year", value=year, start=self.start, end=last)
        if due and not self.start <= due.year <= last + 1:
            yield mistake(row.line("due"), "due", value=due, start=self.start, end=last)


def _target(row: _Row) -> Iterator[Mistake]:
    operator, percent, indicator = row["operator"], row["percent"], row["indicator"]
    if operator and indicator:
        less = less_is_better(indicator)
        if operator[0] == (">" if less else "<"):
            kind = "at_least" if less else "at_most"
            yield mistake(row.line("operator"), kind, value=operator, indicator=indicator)
        elif less and operator == "<" and percent == 0:
            yield mistake(row.line("percent"), "below_none")
    too_much = percent is not None and (percent > ALL or (percent == ALL and operator == ">"))
    if too_much and not row.told("note"):
        yield mistake(row.line("percent"), "above_all")
    group, unit = row["group"], row["unit"]
    if group and unit and unit not in (fitting := words("group")[group]["units"]):
        quoted = [f'"{each}"' for each in fitting]
        yield mistake(row.line("unit"), "unit", value=unit, group=group, known=quoted)


def _days(row: _Row) -> Iterator[Mistake]:
    start, end = row["start"], row["end"]
    if start and end and end < start:
        yield mistake(row.line("end"), "order", start=start, end=end)
    if end and not row.told("start"):
        yield mistake(row.line("end"), "no_day")
    if row["before"] and not row.told("due"):
        yield mistake(row.line("before"), "before_what")


def _twice(rows: Iterable[_Row], keys: tuple[str, ...], kind: str) -> Iterator[Mistake]:
    first: dict[tuple[Any, ...], _Row] = {}
    for row in rows:
        this = tuple(row[key] for key in keys)
        if None in this:
            continue
        if this in first:
            other = first[this].line(keys[0])
            yield mistake(row.line(keys[0]), kind, value=this[0], other=other)
        first.setdefault(this, row)


def _bodies(by_name: dict[str, list[_Row]]) -> Iterator[Mistake]:
    bodies = by_name.get("body", [])
    if any(row["id"] is None and row.told("id") for row in bodies):
        return  # who is meant may be written there
    known = [row["id"] for row in bodies if row["id"]]
    for row in (*by_name.get("activity", ()), *by_name.get("report", ())):
        for each in row["by"] or ():
            line = row.table.line_of("by", each)
            if not known:
                yield mistake(line, "no_body", value=each)
            elif each not in known:
                yield unknown(line, "body", each, known)


def _made(tables: Sequence[Table]) -> Plan:
    whole: defaultdict[str, Any] = defaultdict(tuple)
    for table in tables:
        values = {key: _kept(key, value) for key, value in table.values.items()}
        if table.name == "plan":
            whole.update(values)
        elif goes_to := SECTIONS[table.name].goes_to:
            whole[goes_to] += (_MAKES[table.name](**values),)
        else:
            whole[table.name] = _MAKES[table.name](**values)
    return Plan(**whole)


def _kept(key: str, value: Any) -> Any:
    """As a frozen plan keeps it."""
    if key == "percent":
        return Decimal(value)
    return tuple(value) if isinstance(value, list) else value
