"""Denominators as a CSV file: checked as a whole, loaded as a whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from typing import Any

HEADER = ["area", "group", "unit", "year", "count", "source", "estimated"]
MOST_MISTAKES = 20
LARGEST = 10_000_000
_YES, _NO = ("1", "yes", "true"), ("", "0", "no", "false")


class BadSizes(ValueError):
    """The file cannot be loaded; `mistakes` are sentences that name their lines."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes[:MOST_MISTAKES]))
        self.mistakes = mistakes


def read(
    content: bytes, areas: Collection[str], units: Mapping[str, Collection[str]]
) -> list[dict[str, Any]]:
    """The rows of a file. `areas` are the codes there are, `units` what may be counted of each
    group. Raises BadSizes with every mistake."""
    mistakes: list[str] = []
    found = []
    said: dict[tuple[str, ...], tuple[int, str]] = {}
    for line, cells in _rows(content):
        if len(cells) != len(HEADER):
            mistakes.append(f"line {line}: {len(cells)} columns instead of {len(HEADER)}")
            continue
        row = dict(zip(HEADER, map(str.strip, cells), strict=True))
        wrong = [f"line {line}: {each}" for each in _wrong(row, areas, units)]
        what = tuple(row[name] for name in ("area", "group", "unit", "year", "source"))
        before, count = said.setdefault(what, (line, row["count"]))
        if count != row["count"]:  # which of the two holds, only a person can tell
            wrong.append(f"line {line}: count {row['count']!r}, but {count!r} in line {before}")
        mistakes += wrong
        if not wrong:
            numbers = {"year": int(row["year"]), "count": int(row["count"])}
            found.append({**row, **numbers, "estimated": row["estimated"].lower() in _YES})
    if not found and not mistakes:
        mistakes.append("there is no row in the file")
    if mistakes:
        raise BadSizes(mistakes)
    return found


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadSizes([f"byte {problem.start}: the file is not in UTF-8"]) from None
    if "\0" in text:
        raise BadSizes(["the file holds NUL characters: it is no CSV"])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise BadSizes([f"line {reader.line_num}: {problem}"]) from None
    if not rows or [cell.strip() for cell in rows[0][1]] != HEADER:
        raise BadSizes([f"line 1: the header must be {','.join(HEADER)}"])
    return rows[1:]


def _wrong(
    row: Mapping[str, str], areas: Collection[str], units: Mapping[str, Collection[str]]
) -> list[str]:
    said = []
    group = row["group"]
    if row["area"] not in areas:
        said.append(f"area {row['area']!r} is not known: see vongtay area list")
    if group not in units:
        said.append(f"group {group!r} is none of {', '.join(units)}")
    elif row["unit"] not in units[group]:
        said.append(f"unit {row['unit']!r} is not counted of {group}: {' or '.join(units[group])}")
    year, count = _whole(row["year"]), _whole(row["count"])
    if year is None or not 2000 <= year <= 2100:
        said.append(f"year {row['year']!r} is no year like 2026")
    if count is None or count > LARGEST:
        said.append(f"count {row['count']!r} is no whole number")
    elif count == 0:
        said.append("a count of 0 cannot be a denominator: leave the line out until it is known")
    if not row["source"] or len(row["source"]) > 200:
        said.append("the source is missing or longer than 200 letters")
    if row["estimated"].lower() not in (*_YES, *_NO):
        said.append(f"estimated is {row['estimated']!r} instead of yes or no")
    return said


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
