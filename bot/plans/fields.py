"""What stands in each part of a plan file, and whether a value is what it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.plans.mistakes import Mistake, mistake, unknown
from bot.plans.tables import Table
from bot.plans.vocabulary import OPERATORS, content, words

FIRST_YEAR, LAST_YEAR = 2000, 2100
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SOME_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True)
class Field:
    """One line of a part; content/fields.toml explains what it says of each."""

    kind: str
    example: str
    needed: bool = False
    of: str = ""

    @property
    def known(self) -> tuple[str, ...]:
        """The words a choice is among."""
        return OPERATORS if self.of == "operator" else tuple(words(self.of)) if self.of else ()


@dataclass(frozen=True)
class Section:
    """One part of a plan file: its fields, and where in the plan it goes, if it can come again."""

    fields: Mapping[str, Field]
    goes_to: str = ""

    @property
    def single(self) -> bool:
        return not self.goes_to


SECTIONS: Mapping[str, Section] = {
    name: Section(
        {key: Field(**field) for key, field in row["fields"].items()}, row.get("goes_to", "")
    )
    for name, row in content("fields").items()
}


def check(table: Table) -> Iterator[Mistake]:
    """What is wrong with the lines of a table of a known name, each for itself."""
    fields = SECTIONS[table.name].fields
    for key, value in table.values.items():
        line = table.line_of(key)
        if key in fields:
            yield from _problems(key, value, fields[key], table)
        else:
            yield unknown(line, "field_unknown", key, fields, section=table.name)
    for key, field in fields.items():
        if field.needed and not (table.torn or key in table.values or key in table.lost):
            example = f"{key} = {field.example}"
            holes = {"section": table.name, "field": key, "example": example}
            yield mistake(table.line, "field_missing", **holes)


def _problems(key: str, value: Any, field: Field, table: Table) -> Iterator[Mistake]:
    line = table.line_of(key)
    given = f'"{value}"' if isinstance(value, str) else value
    holes = {"field": key, "value": value, "given": given, "example": field.example}
    match field.kind:
        case "year":
            if not isinstance(value, int) or not FIRST_YEAR <= value <= LAST_YEAR:
                yield mistake(line, "year", least=FIRST_YEAR, most=LAST_YEAR, **holes)
        case "day":
            if not isinstance(value, date) or isinstance(value, datetime):
                yield mistake(line, "day", **holes)
        case "yes_no":
            if not isinstance(value, bool):
                yield mistake(line, "yes_no", **holes)
        case "percent":
            if isinstance(value, bool) or not isinstance(value, int | Decimal) or not _real(value):
                yield mistake(line, "percent", **holes)
            elif value < 0:
                yield mistake(line, "percent_below", **holes)
        case "list" | "bodies":
            yield from _list_problems(field, table, holes)
        case kind:
            yield from _text_problems(kind, line, field, holes)


def _real(value: int | Decimal) -> bool:
    return isinstance(value, int) or value.is_finite()


def _text_problems(
    kind: str, line: int, field: Field, holes: Mapping[str, Any]
) -> Iterator[Mistake]:
    value = holes["value"]
    if not isinstance(value, str):
        yield mistake(line, "some_day" if kind == "some_day" else "text", **holes)
    elif kind == "some_day":
        if value and not _is_some_day(value):
            yield mistake(line, "some_day", **holes)
    elif not value.strip():
        if kind != "maybe":
            yield mistake(line, "blank", **holes)
    elif kind == "id" and not _ID.fullmatch(value):
        yield mistake(line, "id", **holes)
    elif kind == "choice" and value not in field.known:
        yield unknown(line, "choice", value, field.known, field=holes["field"])


def _list_problems(field: Field, table: Table, holes: Mapping[str, Any]) -> Iterator[Mistake]:
    key, value = holes["field"], holes["value"]
    line = table.line_of(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        yield mistake(line, "list", **holes)
        return
    for item in dict.fromkeys(value):
        if field.of and item not in field.known:
            yield unknown(table.line_of(key, item), "choice", item, field.known, field=key)


def _is_some_day(value: str) -> bool:
    said = _SOME_DAY.fullmatch(value)
    if not said:
        return False
    try:
        date(int(said[1]), int(said[2] or 1), int(said[3] or 1))
    except ValueError:
        return False
    return True
