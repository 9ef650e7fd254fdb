"""Lists of people that a broadcast can go to, beside roles and areas: a registry.

Whoever holds such a list (an outreach event, a training) registers it here under a short key and
shows a button with `button_value(key, number)`; the rest is the broadcast's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.i18n import Speech


@dataclass(frozen=True)
class PeopleList:
    """`name` says which list it is, in the language of a speech, "" when there is none of that
    number or it is not of these areas (codes); `people` are the ids of who stands on it."""

    name: Callable[[Connection, Speech, str, frozenset[str]], str]
    people: Callable[[Connection, str], Sequence[int]]


LISTS: dict[str, PeopleList] = {}


def register(key: str, found: PeopleList) -> None:
    """Make a kind of list known; `key` has letters only."""
    LISTS[key] = found


def button_value(key: str, number: str) -> str:
    """The value of a button that begins a broadcast to this list."""
    return f"b.list.{key}.{number}"
