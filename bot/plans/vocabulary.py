"""The words a plan file may use, read once from content/vocabulary.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

OPERATORS = (">=", ">", "=", "<=", "<")
HEADS = ("person", "staff")  # units of which a head is one


@cache
def content(name: str) -> dict[str, Any]:
    """The content file of that name, as tomllib reads it."""
    return tomllib.loads((files(__package__) / "content" / f"{name}.toml").read_text("utf-8"))


def words(kind: str) -> Mapping[str, Mapping[str, Any]]:
    """Every word of a kind ("unit", "group", "topic", …) by its id, with its names."""
    known: Mapping[str, Mapping[str, Any]] = content("vocabulary")[kind]
    return known


def name(kind: str, word: str, language: str) -> str:
    """What people call a word of the vocabulary."""
    return str(words(kind)[word][language])


def counted_in(group: str) -> frozenset[str]:
    """The groups whose attendances count for `group`: itself and those it is made of."""
    return frozenset((group, *words("group")[group].get("counts", ())))


def measured_against(group: str) -> tuple[str, ...]:
    """The groups whose denominators add up to that of `group`, where it has none of its own."""
    return tuple(words("group")[group].get("denominator", ()))


def less_is_better(indicator: str) -> bool:
    """Whether a plan wants few of it: child labour, not information."""
    return bool(words("indicator")[indicator].get("less_is_better"))
