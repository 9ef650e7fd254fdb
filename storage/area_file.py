"""The table of areas as a CSV file: checked as a whole, loaded as a whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from datetime import date
from graphlib import CycleError, TopologicalSorter

from storage.records.areas import AREA_KINDS, COMMUNE_KINDS, VILLAGE_KINDS, Area

HEADER = ["code", "name", "kind", "parent", "valid_from", "valid_to", "succeeds"]
MOST_MISTAKES = 20


class BadAreas(ValueError):
    """The file cannot be loaded; `mistakes` are sentences that name their lines."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes[:MOST_MISTAKES]))
        self.mistakes = mistakes


def read(content: bytes, known: Mapping[str, str]) -> list[tuple[Area, list[str]]]:
    """The (area, codes it succeeds) of a file, parents before children.

    `known` are the areas there are already, code to kind. Raises BadAreas with every mistake.
    """
    rows = _rows(content)
    mistakes: list[str] = []
    found: dict[str, tuple[int, Area, list[str]]] = {}
    for line, row in rows:
        if len(row) != len(HEADER):
            mistakes.append(f"line {line}: {len(row)} columns instead of {len(HEADER)}")
            continue
        area, succeeds = _area(line, dict(zip(HEADER, map(str.strip, row), strict=True)), mistakes)
        if area.code in found:
            mistakes.append(f"line {line}: code {area.code} stands in line {found[area.code][0]}")
        elif area.code:
            found[area.code] = (line, area, succeeds)
    if not found and not mistakes:
        mistakes.append("there is no area in the file")
    kinds = {**known, **{code: area.kind for code, (_, area, _) in found.items()}}
    _check_parents(found, kinds, mistakes)
    _check_successions(found, mistakes)
    if mistakes:
        raise BadAreas(mistakes)
    return [(area, succeeds) for _, area, succeeds in _parents_first(found)]


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadAreas([f"byte {problem.start}: the file is not in UTF-8"]) from None
    if "\0" in text:
        raise BadAreas(["the file holds NUL characters: it is no CSV"])
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise BadAreas([f"line {reader.line_num}: {problem}"]) from None
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    if header != HEADER:
        raise BadAreas([f"line 1: the header must be {','.join(HEADER)}"])
    return rows[1:]


def _area(line: int, row: Mapping[str, str], mistakes: list[str]) -> tuple[Area, list[str]]:
    bare = row["code"].replace("-", "").replace("_", "")
    if not row["code"]:
        mistakes.append(f"line {line}: the code is missing")
    elif len(row["code"]) > 20 or not bare.isalnum():
        mistakes.append(f"line {line}: code {row['code']!r} may hold 20 letters, digits, - _")
    if not row["name"] or len(row["name"]) > 100:
        mistakes.append(f"line {line}: the name is missing or longer than 100 letters")
    if row["kind"] not in AREA_KINDS:
        mistakes.append(f"line {line}: kind {row['kind']!r} is none of {', '.join(AREA_KINDS)}")
    begins, ends = (_day(line, name, row[name], mistakes) for name in ("valid_from", "valid_to"))
    if begins and ends and ends < begins:
        mistakes.append(f"line {line}: valid_to lies before valid_from")
    area = Area(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        parent=row["parent"] or None,
        valid_from=begins,
        valid_to=ends,
    )
    return area, [old.strip() for old in row["succeeds"].split(";") if old.strip()]


def _day(line: int, name: str, text: str, mistakes: list[str]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        mistakes.append(f"line {line}: {name} {text!r} is no day like 2025-07-01")
        return None


Found = dict[str, tuple[int, Area, list[str]]]


def _check_parents(found: Found, kinds: Mapping[str, str], mistakes: list[str]) -> None:
    circle = _circle({code: [area.parent] for code, (_, area, _) in found.items() if area.parent})
    for code, (line, area, _) in found.items():
        if area.parent is None:
            if area.kind in VILLAGE_KINDS:
                mistakes.append(f"line {line}: a {area.kind} needs a parent")
            continue
        above = kinds.get(area.parent)
        if above is None:
            mistakes.append(f"line {line}: parent {area.parent} is not known")
        elif code in circle:
            mistakes.append(f"line {line}: {code} lies, by its parents, inside itself")
        elif above not in _fits_above(area.kind):
            mistakes.append(f"line {line}: a {area.kind} cannot lie in a {above}")


def _fits_above(kind: str) -> Collection[str]:
    if kind in VILLAGE_KINDS:
        return COMMUNE_KINDS
    return ("province",) if kind in COMMUNE_KINDS else ()


def _circle(leads_to: Mapping[str, Collection[str]]) -> set[str]:
    """Codes that lead, over however many steps, to themselves: those of one circle, if any."""
    try:
        TopologicalSorter(leads_to).prepare()
    except CycleError as problem:
        return set(problem.args[1])
    return set()


def _check_successions(found: Found, mistakes: list[str]) -> None:
    circle = _circle({code: succeeds for code, (_, _, succeeds) in found.items()})
    for code in [code for code in found if code in circle]:
        mistakes.append(f"line {found[code][0]}: {code} succeeds, in the end, itself")


def _parents_first(found: Found) -> list[tuple[int, Area, list[str]]]:
    order = {"province": 0, **dict.fromkeys(COMMUNE_KINDS, 1), **dict.fromkeys(VILLAGE_KINDS, 2)}
    return sorted(found.values(), key=lambda item: (order[item[1].kind], item[0]))
