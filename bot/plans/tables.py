"""The text of a plan file cut into its tables, so that each entry knows its line.

tomllib tells a line for errors of syntax only, and for the first one only. Each table is parsed by
itself here, and a line that cannot be read is left out and the rest read again: one slip hides
nothing else. Only the part of TOML that plan files need is understood this way: [table] and
[[table]] headers, and values below them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.plans.mistakes import Mistake, mistake
from bot.plans.vocabulary import content

_HEADER = re.compile(r"\s*(\[+)\s*([\w .-]*?)\s*(\]*)\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*(?:[.=]|$)""")
_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)
_PIECES = re.compile(r'''"""|\'\'\'|"(?:\\.|[^"\\])*"|'[^']*'|#.*''')
_FIRST_WORD = re.compile(r"""\s*["']?([\w-]+)""")
_SPREAD = ("open_list", "open_block")  # errors that reach over several lines
_UNREADABLE = (ValueError, ArithmeticError, RecursionError)
_MOST = 50  # unreadable lines after which a table is no table


@dataclass(frozen=True)
class Table:
    """One table: its name, how its header is written, its values, and where they stand.

    `lost` are keys of lines that could not be read; a `torn` table could not be read to its end.
    """

    name: str
    double: bool
    matched: bool
    line: int
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    torn: bool = False

    def line_of(self, key: str, item: str = "") -> int:
        """The line of a key, or of an item in its list; that of the header when it is missing."""
        if key not in self.places:
            return max(self.line, 1)
        at = self.places[key]
        inside = (n for n in range(at, len(self.lines)) if item and item in self.lines[n])
        return self.line + 1 + next(inside, at)


def cut(text: str) -> tuple[list[Table], list[Mistake]]:
    """The tables of a text in their order, the first being what stands before any header."""
    tables, mistakes = [], []
    for header, line, lines in _chunks(text.split("\n")):
        opening, name, closing = header.groups() if header else ("", "", "")
        values, lost, torn, found = _parsed(line, lines)
        matched = len(opening) == len(closing) <= 2 and bool(name) == bool(header)
        read = (tuple(lines), _places(lines), lost, torn)
        tables.append(Table(name, opening == "[[", matched, line, values, *read))
        mistakes += found
    return tables, mistakes


def _chunks(lines: Sequence[str]) -> Iterator[tuple[re.Match[str] | None, int, list[str]]]:
    header: re.Match[str] | None = None
    line, held = 0, list[str]()
    for number, (each, inside) in enumerate(_with_blocks(lines), 1):
        if not inside and (found := _HEADER.match(each)):
            yield header, line, held
            header, line, held = found, number, []
        else:
            held.append(each)
    yield header, line, held


def _with_blocks(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each line, with the quotation marks of the text of several lines that it begins within."""
    inside = ""
    for each in lines:
        yield each, inside
        rest = each
        while rest:
            if inside:
                _, closed, rest = rest.partition(inside)
                inside = "" if closed else inside
                continue
            found = _PIECES.search(rest)
            rest = rest[found.end() :] if found else ""
            inside = found[0] if found and found[0] in ('"""', "'''") else ""


def _places(lines: Sequence[str]) -> dict[str, int]:
    """The line where each key stands first."""
    found: dict[str, int] = {}
    for at, (each, inside) in enumerate(_with_blocks(lines)):
        if not inside and (key := _KEY.match(each)):
            found.setdefault(key[1], at)
    return found


def _parsed(
    line: int, lines: Sequence[str]
) -> tuple[dict[str, Any], frozenset[str], bool, list[Mistake]]:
    """The values below the header in `line`; what is lost; whether the end is; what is wrong."""
    left, lost, found = list(lines), set[str](), list[Mistake]()
    while True:
        try:
            return _loaded(left), frozenset(lost), False, found
        except _UNREADABLE as wrong:
            kind, at = _explained(wrong, left)
            found.append(mistake(line + 1 + at, kind, value=_PLACE.sub(r"\1", str(wrong))))
            if kind in _SPREAD or len(found) == _MOST or not left[at].strip():
                return {}, frozenset(lost), True, found
            lost |= {*_FIRST_WORD.findall(left[at])[:1]}
            left[at] = ""


def _loaded(lines: Sequence[str]) -> dict[str, Any]:
    return tomllib.loads("\n".join(lines), parse_float=Decimal)


def _explained(wrong: Exception, lines: Sequence[str]) -> tuple[str, int]:
    """What kind of mistake it is, and in which of the lines."""
    if not isinstance(wrong, tomllib.TOMLDecodeError):
        return "no_value", next(at for at, line in enumerate(lines) if _is_too_much(line))
    message = str(wrong)
    said = _PLACE.match(message)
    last = max((at for at, each in enumerate(lines) if each.strip()), default=0)
    at = min(int(said[2]) - 1, last) if said and said[2] else last
    rows = content("mistakes")["syntax"]
    kind = next((row["kind"] for row in rows if row["holds"] in message), "syntax")
    if kind == "no_value" and at == last and lines[last].rstrip().endswith((",", "[")):
        kind = "open_list"
    if kind == "open_list":  # noticed further down only
        at = next((above for above in range(at, -1, -1) if "[" in lines[above]), at)
    if kind == "open_text" and any(inside for _, inside in [*_with_blocks([*lines, ""])][-1:]):
        kind = "open_block"
        at = next((above for above in range(last, -1, -1) if _opens(lines[above])), at)
    return kind, at


def _is_too_much(line: str) -> bool:
    """Whether a line breaks the reader itself: thousands of digits, or of brackets."""
    try:
        _loaded([line])
    except tomllib.TOMLDecodeError:
        return False
    except _UNREADABLE:
        return True
    return False


def _opens(line: str) -> bool:
    return '"""' in line or "'''" in line
