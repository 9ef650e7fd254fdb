"""How each channel stands: for an operator on the readiness page, in the doctor, as metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.windows import Terms, month_of, reach, spares
from storage import people, reaching, tokens
from storage.reaching import Way

ON_DUTY = ("on_call", "officer")
SOON = timedelta(days=1)  # a window that shuts within it is about to shut


@dataclass(frozen=True)
class Standing:
    """One channel. `troubles` are what is wrong, one clause each; `facts` hold no names;
    `numbers` are the same facts to be counted with, `windows` how many stand how."""

    channel: str
    facts: dict[str, Any] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)
    windows: dict[str, int] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """All of it in one line."""
        told = [f"{name.replace('_', ' ')} {value}" for name, value in self.facts.items()]
        return "; ".join((*self.troubles, *told))


def standings(
    connection: Connection, terms: Mapping[str, Terms], now: datetime, zone: str
) -> list[Standing]:
    """How each channel that is set up stands, by what is kept in the database."""
    return [_standing(connection, channel, on, now, zone) for channel, on in terms.items()]


def _standing(
    connection: Connection, channel: str, terms: Terms, now: datetime, zone: str
) -> Standing:
    came, went = reaching.last_traffic(connection, channel)
    facts: dict[str, Any] = {
        "last_in": _moment(came),
        "last_out": _moment(went),
        "people": reaching.users(connection, channel),
    }
    numbers = {"people": float(facts["people"])}
    numbers |= {name: at.timestamp() for name, at in (("last_in", came), ("last_out", went)) if at}
    troubles: list[str] = []
    windows: dict[str, int] = {}
    if terms.monthly:
        sent = reaching.counted(connection, channel, month_of(now, zone))
        facts["this_month"] = f"{sent} of {terms.monthly}"
        numbers |= {"quota": terms.monthly, "quota_left": max(terms.monthly - sent, 0)}
        if spares(terms, sent):
            troubles.append("the month is nearly used up, reminders go by other channels")
    if terms.free is not None:
        expecting = reaching.ways(connection, reaching.expecting(connection))
        mine = [way for way in expecting if way.channel == channel]
        windows = _windows(terms, mine, now)
        facts["windows"] = ", ".join(f"{windows[s]} {s}" for s in ("free", "paid", "shut"))
    for note in reaching.noted(connection, channel):
        facts[note.subject] = note.says if note.ok else f"FAILED: {note.says}"
        if not note.ok:
            troubles.append(f"{note.subject} does not work")
    numbers |= _look_at_tokens(connection, channel, now, facts, troubles)
    return Standing(channel, facts, tuple(troubles), numbers, windows)


def _windows(terms: Terms, mine: Iterable[Way], now: datetime) -> dict[str, int]:
    """How many of these windows stand how; `soon` are those that are about to shut."""
    found = dict.fromkeys(("free", "paid", "shut", "soon"), 0)
    for way in mine:
        found[reach(terms, way.last_seen_at, now).state] += 1
        shuts = way.last_seen_at + terms.open if way.last_seen_at and terms.open else None
        found["soon"] += shuts is not None and now < shuts <= now + SOON
    return found


def _look_at_tokens(
    connection: Connection,
    channel: str,
    now: datetime,
    facts: dict[str, Any],
    troubles: list[str],
) -> dict[str, float]:
    kept = tokens.kept(connection, channel)
    if kept is None:
        return {}
    numbers = {"tokens_lost": float(kept.failed_at is not None)}
    if kept.refreshed_at and kept.expires_at:
        age = (now - kept.refreshed_at).total_seconds() / 3600
        facts["token_age"] = f"{age:.1f} hours"
        numbers["token_age"] = (now - kept.refreshed_at).total_seconds()
        numbers["token_left"] = (kept.expires_at - now).total_seconds()
        if kept.expires_at <= now:
            troubles.append("the token has expired and was not renewed")
    if kept.failed_at is not None:
        troubles.append(f"the tokens are lost since {_moment(kept.failed_at)}: {kept.error}")
    return numbers


@dataclass(frozen=True)
class Reached:
    """Who can be reached, by the numbers of people."""

    expected: int
    nobody: tuple[int, ...]  # whom no message reaches at this moment
    one_way: tuple[int, ...]  # on duty, and an alarm has one way to them only
    lost_duty: tuple[int, ...]  # those of `nobody` who are on duty
    ways_to_duty: int  # ways by which an alarm can ring at somebody on duty


def reached(connection: Connection, terms: Mapping[str, Terms], now: datetime) -> Reached:
    """Whom an alarm or a reminder would reach at this moment, and who cannot be reached."""
    expected = reaching.expecting(connection)
    ways = [way for way in reaching.ways(connection, expected) if way.channel in terms]
    open_ways = [way for way in ways if _open(way, terms, now)]
    by_person = {person: 0 for person in expected}
    for way in open_ways:
        by_person[way.person_id] += 1
    duty = set(people.on_duty(connection, None, *ON_DUTY))
    nobody = tuple(person for person, count in by_person.items() if not count)
    return Reached(
        len(expected),
        nobody,
        tuple(person for person, count in by_person.items() if count == 1 and person in duty),
        tuple(person for person in nobody if person in duty),
        sum(count for person, count in by_person.items() if person in duty),
    )


def _open(way: Way, terms: Mapping[str, Terms], now: datetime) -> bool:
    return reach(terms[way.channel], way.last_seen_at, now).state != "shut"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at else "never"
