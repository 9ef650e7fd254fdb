"""The table of areas as a CSV file: checked as a whole, loaded as a whole or not at all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import Any
from unicodedata import category

from storage.records.areas import AREA_KINDS, COMMUNE_KINDS, VILLAGE_KINDS, Area

HEADER = ["code", "name", "kind", "parent", "valid_from", "valid_to", "succeeds"]
MOST_MISTAKES = 20
_SIGNS = {";": "semicolons", "\t": "tabs"}  # what spreadsheets put between columns, too
NOTHING: Mapping[str, Any] = MappingProxyType({})


class BadAreas(ValueError):
    """The file cannot be loaded; `mistakes` are sentences that name their lines."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes[:MOST_MISTAKES]))
        self.mistakes = mistakes


def read(
    content: bytes,
    stored: Mapping[str, Area] = NOTHING,
    succeeded: Mapping[str, Sequence[str]] = NOTHING,
) -> list[tuple[Area, list[str]]]:
    """The (area, codes it succeeds) of a file, parents before children.

    `stored` are the areas there are already, by code, and `succeeded` the codes that each of them
    took the place of: the file is judged together with them, so two loads make nothing that one
    may not. Raises BadAreas with every mistake.
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
    _check_spelling(found, stored, mistakes)
    _check_places(found, stored, mistakes)
    _check_successions(found, succeeded, mistakes)
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
        other = next((sign for sign in ";\t" if sign in ",".join(header)), "")
        hint = f", with commas between, not {_SIGNS[other]}" if other else ""
        raise BadAreas([f"line 1: the header must be {','.join(HEADER)}{hint}"])
    return rows[1:]


def _area(line: int, row: Mapping[str, str], mistakes: list[str]) -> tuple[Area, list[str]]:
    succeeds = [old.strip() for old in row["succeeds"].split(";") if old.strip()]
    if not row["code"]:
        mistakes.append(f"line {line}: the code is missing")
    for code in filter(None, (row["code"], *succeeds)):
        if not _fit_for_a_code(code):
            mistakes.append(f"line {line}: code {code[:30]!r} may hold 20 letters, digits, - _")
    name = " ".join(row["name"].split())  # a cell of a spreadsheet may have several lines
    if not name or len(name) > 100:
        mistakes.append(f"line {line}: the name is missing or longer than 100 letters")
    elif strange := next(filter(_steers, name), ""):
        mistakes.append(f"line {line}: the name holds U+{ord(strange):04X}, which no name has")
    if row["kind"] not in AREA_KINDS:
        mistakes.append(
            f"line {line}: kind {row['kind'][:30]!r} is none of {', '.join(AREA_KINDS)}"
        )
    begins, ends = (_day(line, name, row[name], mistakes) for name in ("valid_from", "valid_to"))
    if begins and ends and ends < begins:
        mistakes.append(f"line {line}: valid_to lies before valid_from")
    area = Area(
        code=row["code"],
        name=name,
        kind=row["kind"],
        parent=row["parent"] or None,
        valid_from=begins,
        valid_to=ends,
    )
    return area, succeeds


def _fit_for_a_code(code: str) -> bool:
    bare = code.replace("-", "").replace("_", "")
    fit = all(sign.isalpha() or sign.isdecimal() for sign in bare)
    return bool(bare) and fit and len(code) <= 20


def _shown(code: str) -> str:
    return code if _fit_for_a_code(code) else repr(code[:30])


def _steers(sign: str) -> bool:
    """Whether a character controls a screen, or the direction of what stands around it."""
    return category(sign) in ("Cc", "Cs") or sign in _DIRECTIONS


_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _day(line: int, name: str, text: str, mistakes: list[str]) -> date | None:
    if not text:
        return None
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):  # Python takes weeks, too
            return date.fromisoformat(text)
    except ValueError:
        pass
    mistakes.append(f"line {line}: {name} {text[:30]!r} is no day like 2025-07-01")
    return None


Found = dict[str, tuple[int, Area, list[str]]]


def _check_spelling(found: Found, stored: Mapping[str, Area], mistakes: list[str]) -> None:
    """Two codes that differ in small and capital letters alone are a slip of the pen."""
    spelt = {code.casefold(): code for code in stored}
    for code, (line, _, _) in found.items():
        other = spelt.setdefault(code.casefold(), code)
        if other != code and code not in stored:
            mistakes.append(f"line {line}: code {code} is {other}, but for capital letters")


def _check_places(found: Found, stored: Mapping[str, Area], mistakes: list[str]) -> None:
    every = {**stored, **{code: area for code, (_, area, _) in found.items()}}
    circle = _circle({code: [a.parent] for code, a in every.items() if a.parent}, found)
    _check_parents(found, every, circle, mistakes)
    _check_children(found, stored, circle, mistakes)


def _check_parents(
    found: Found, every: Mapping[str, Area], circle: Collection[str], mistakes: list[str]
) -> None:
    for code, (line, area, _) in found.items():
        if area.parent is None:
            if area.kind in VILLAGE_KINDS:
                mistakes.append(f"line {line}: a {area.kind} needs a parent")
            continue
        above = every.get(area.parent)
        if above is None:
            mistakes.append(f"line {line}: parent {_shown(area.parent)} is not known")
        elif code in circle:
            mistakes.append(f"line {line}: {code} lies, by its parents, inside itself")
        elif above.kind not in _fits_above(area.kind):
            mistakes.append(f"line {line}: a {area.kind} cannot lie in a {above.kind}")


def _check_children(
    found: Found, stored: Mapping[str, Area], circle: Collection[str], mistakes: list[str]
) -> None:
    """What lies, from an earlier load, in an area that the file changes must fit there still."""
    told = set(circle)
    for code, child in stored.items():
        if code in found or child.parent not in found or child.parent in told:
            continue
        line, area, _ = found[child.parent]
        if area.kind in AREA_KINDS and area.kind not in _fits_above(child.kind):
            told.add(child.parent)
            mistakes.append(
                f"line {line}: {code} lies in {area.code}, and a {child.kind} cannot lie in a"
                f" {area.kind}"
            )


def _fits_above(kind: str) -> Collection[str]:
    if kind in VILLAGE_KINDS:
        return COMMUNE_KINDS
    return ("province",) if kind in COMMUNE_KINDS else ()


def _circle(leads_to: Mapping[str, Collection[str]], found: Collection[str]) -> set[str]:
    """Codes that lead, over however many steps, to themselves: those of one circle, if any.

    A circle without a code of the file is an old one, and not what the file is to blame for.
    """
    left = dict(leads_to)
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as problem:
            circle = set(problem.args[1])
        else:
            return set()
        if not circle.isdisjoint(found):
            return circle
        left = {code: leads for code, leads in left.items() if code not in circle}


def _check_successions(
    found: Found, succeeded: Mapping[str, Sequence[str]], mistakes: list[str]
) -> None:
    now = {code: succeeds for code, (_, _, succeeds) in found.items()}
    circle = _circle({**succeeded, **now}, found)
    for code in [code for code in found if code in circle]:
        mistakes.append(f"line {found[code][0]}: {code} succeeds, in the end, itself")


def _parents_first(found: Found) -> list[tuple[int, Area, list[str]]]:
    order = {"province": 0, **dict.fromkeys(COMMUNE_KINDS, 1), **dict.fromkeys(VILLAGE_KINDS, 2)}
    return sorted(found.values(), key=lambda item: (order[item[1].kind], item[0]))
