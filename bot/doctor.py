"""Looking at an installation: what an operator should know before a child depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot import clock
from bot.delivery.standing import reached, standings
from bot.desk.alerts import LADDER
from bot.settings import Settings, unknown
from bot.windows import Terms
from storage import areas, audit, inbox, outbox, people, reaching, storm
from storage.records.areas import COMMUNE_KINDS, Area

NAMED = 5  # communes that are named in one line
_ALMOST = timedelta(minutes=1)  # as far apart as clocks of two machines may be
LATE = timedelta(hours=2)  # a broadcast to 100,000 people takes an hour


def examine(
    connection: Connection, settings: Settings, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Findings: {"what", "ok", "says"}, one line each; `now` is the clock's when None."""
    now = now or clock.now()
    count, _since = inbox.waiting(connection)
    parked = inbox.parked(connection)
    owed = sum(outbox.waiting(connection).values())
    held = storm.count(connection)
    late = _late(connection, now)
    every = areas.every(connection)
    broken = audit.first_broken(connection)
    duty = {role: len(people.on_duty(connection, None, role)) for rung in LADDER for role in rung}
    awake = duty["on_call"] + duty["officer"]
    strangers = unknown()
    mode = settings.key_file.stat().st_mode & 0o077 if settings.key_file.exists() else 0
    return [
        {
            "what": "key",
            "ok": bool(settings.master_key) or mode == 0,
            "says": "readable by you alone" if mode == 0 else "others can read the key file",
        },
        {"what": "clock", **_clock(connection, now)},
        {
            "what": "settings",
            "ok": not strangers,
            "says": f"no such setting: {', '.join(strangers)}" if strangers else "all known",
        },
        {"what": "areas", "ok": bool(every), "says": f"{len(every)} areas"},
        {
            "what": "duty",
            "ok": awake > 0,
            "says": ", ".join(f"{n} {role}" for role, n in duty.items())
            + _uncovered(connection, every, now),
        },
        {"what": "inbox", "ok": not parked, "says": f"{count} waiting, {len(parked)} parked"},
        {"what": "outbox", "ok": late < LATE, "says": f"{owed} waiting, {_age(late)}"},
        {"what": "storm", "ok": not held, "says": f"{held} held back"},
        {
            "what": "audit",
            "ok": broken is None,
            "says": "unbroken" if broken is None else f"broken at line {broken}",
        },
        {
            "what": "public address",
            "ok": True,
            "says": settings.public_url or "none: links to the web cannot be sent",
        },
    ]


def _clock(connection: Connection, now: datetime) -> dict[str, Any]:
    """Whether the clock stands where it can: limits, reminders and alarms go by it."""
    arrived = inbox.newest(connection)
    if arrived and arrived > now + _ALMOST:
        says = f"{now:%Y-%m-%d %H:%M} UTC is before the newest message, of {arrived:%Y-%m-%d %H:%M}"
        return {"ok": False, "says": f"{says}: the clock was put back, or is wrong"}
    return {"ok": True, "says": f"{now:%Y-%m-%d %H:%M} UTC"}


def _uncovered(connection: Connection, every: Sequence[Area], now: datetime) -> str:
    """The communes for which nobody is on call or officer, neither above nor in a village."""
    held = people.areas_of(connection, "on_call", "officer")
    parents = {area.code: area.parent for area in every}
    reached = {code for area in held for code in _upwards(parents, area)}
    without = [
        area.name
        for area in every
        if area.kind in COMMUNE_KINDS
        and areas.valid(area, now.date())
        and area.code not in reached
        and held.isdisjoint(_upwards(parents, area.code))
    ]
    if not without:
        return ""
    more = f" and {len(without) - NAMED} more" if len(without) > NAMED else ""
    return f"; nobody for {', '.join(without[:NAMED])}{more}"


def _upwards(parents: Mapping[str, str | None], code: str) -> Iterator[str]:
    """An area and those that hold it."""
    seen: set[str] = set()
    while code in parents and code not in seen:
        seen.add(code)
        yield code
        code = parents[code] or ""


def _late(connection: Connection, now: datetime) -> timedelta:
    """How long the message waits that is due longest."""
    since = outbox.oldest(connection, now).values()
    return now - min(since) if since else timedelta(0)


def _age(late: timedelta) -> str:
    minutes = int(late.total_seconds() // 60)
    return f"the oldest for {minutes} minutes" if minutes else "none late"


def channel_findings(
    connection: Connection, settings: Settings, terms: Mapping[str, Terms], now: datetime
) -> list[dict[str, Any]]:
    """How each channel stands, and whom no message reaches."""
    found = [
        {"what": one.channel, "ok": not one.troubles, "says": one.says}
        for one in standings(connection, terms, now, settings.timezone)
        if one.channel != "telegram"  # asked itself: see `telegram_finding`
    ]
    lately = reaching.failed_since(connection, now - timedelta(days=7))
    lost = ", ".join(f"number {person} by {channel} ({n})" for person, channel, n in lately[:10])
    reach = reached(connection, terms, now)
    nobody = ", ".join(map(str, reach.nobody[:20]))
    says = f"{reach.expected - len(reach.nobody)} of {reach.expected} people"
    found.append(
        {
            "what": "reach",
            "ok": not reach.lost_duty,
            "says": says + (f"; out of reach: number {nobody}" if nobody else ""),
        }
    )
    found.append(
        {
            "what": "two ways",
            "ok": True,
            "says": f"{reach.ways_to_duty} ways to who is on duty"
            + ("; an emergency wants two" if reach.ways_to_duty == 1 else "")
            + (f"; only one to number {_numbers(reach.one_way)}" if reach.one_way else ""),
        }
    )
    if lost:
        found.append({"what": "not reached in 7 days", "ok": True, "says": lost})
    return found


def _numbers(people: Sequence[int]) -> str:
    return ", ".join(map(str, people[:20]))


def telegram_finding(settings: Settings, username: str, trouble: str) -> dict[str, Any]:
    """The finding about Telegram, from what it answered when asked for the bot's name."""
    says = f"@{username}, {settings.telegram_mode}" if username else trouble or "not configured"
    return {"what": "telegram", "ok": not trouble, "says": says}
