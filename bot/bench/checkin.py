"""A hall of 200 people who check in through the page within five minutes, each scanning twice."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

PEOPLE = 200
HURRIED = 20.0  # seconds into which the five minutes are pressed: harder than the goal asks
GOAL = "< 1000"


def rows(home: Path, scale: float) -> list[dict[str, Any]]:
    """p95 of a check-in, beside the bare answer of /healthz by the same server."""
    folder = home / "checkin"
    folder.mkdir()
    key = folder / "master.key"
    code = _settle(folder, key)
    people = max(round(PEOPLE * scale), 10)
    with _Serving(folder) as url:
        page = urllib.request.urlopen(f"{url}/c/{code}", timeout=10).read().decode()
        found = re.search(r'id="meeting">(.*?)</script>', page)
        assert found
        stamp = json.loads(found[1])["stamp"]
        taken, floor, number = asyncio.run(_hall(url, code, stamp, people, HURRIED * scale))
    assert number == people, f"{number} checked in instead of {people}"
    p95, bare = _p95(taken), _p95(floor)
    return [
        {
            "what": f"{people} check in, p95",
            "value": round(p95 * 1000, 1),
            "unit": "ms",
            "peer": "GET /healthz",
            "ratio": round(p95 / bare, 1),
            "goal": GOAL,
            "note": f"each twice, within {HURRIED * scale:.0f} s; counted {number}",
        }
    ]


def _settle(folder: Path, key: Path) -> str:
    """A commune with a meeting of today; its code."""
    from sqlalchemy import create_engine

    from bot.demo import settle
    from storage import crypto, meetings, people, schema

    crypto.use(crypto.read_or_make(key)[0])
    now = datetime.now(UTC)

    def work(connection: Connection) -> str:
        schema.upgrade(connection)
        settle(connection, now)
        person, _link = people.welcome(connection, "web", "bench", "vi", now)
        event = {
            "draft_key": "bench",
            "kind": "meeting",
            "area": "DM-VL-01",
            "commune": "DM-VL",
            "held_on": date.today(),
            "person_id": person,
            "noted_at": now,
            "closes_at": now + timedelta(hours=3),
            "details": {},
            "state": "held",
        }
        return meetings.add(connection, event).code

    engine = create_engine(f"sqlite:///{folder / 'vongtay.sqlite3'}")
    with engine.begin() as connection:
        return work(connection)


class _Serving:
    """`vongtay serve` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> str:
        import socket

        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = int(found.getsockname()[1])
        kept = {k: v for k, v in os.environ.items() if not k.startswith("VONGTAY_")}
        settings = {"VONGTAY_DATA_DIR": str(self._folder), "VONGTAY_PORT": str(port)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from bot.cli import main; main()", "serve"],
            env={**kept, **settings, "VONGTAY_HOST": "127.0.0.1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"{url}/readyz", timeout=2).read()
                return url
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)


async def _hall(
    url: str, code: str, stamp: str, people: int, seconds: float
) -> tuple[list[float], list[float], int]:
    """How long each check-in took, and each bare answer; how many were counted."""
    from aiohttp import ClientSession

    taken: list[float] = []
    floor: list[float] = []
    numbers: list[int] = []
    headers = {"X-Requested-With": "vongtay"}

    async def phone(session: ClientSession, person: int) -> None:
        await asyncio.sleep(seconds * person / people)
        said = {
            "client": f"{person:032x}",
            "group": "parents",
            "village": "DM-VL-01",
            "unit": str(person % 60),
            "at": datetime.now(UTC).isoformat(),
            "stamp": stamp,
        }
        for _scan in range(2):
            begun = time.perf_counter()
            async with session.post(f"{url}/c/{code}", json=said, headers=headers) as answer:
                numbers.append(int((await answer.json())["number"]))
            taken.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        async with session.get(f"{url}/healthz") as answer:
            await answer.read()
        floor.append(time.perf_counter() - begun)

    async with ClientSession() as session:
        await asyncio.gather(*(phone(session, person) for person in range(people)))
    return taken, floor, max(numbers)


def _p95(taken: list[float]) -> float:
    return sorted(taken)[min(int(len(taken) * 0.95), len(taken) - 1)]
