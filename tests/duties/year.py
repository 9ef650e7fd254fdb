"""A simulated year of duties: a commune's people, ticked again and again, killed in between.

`python -m tests.duties.year` runs it at full size (50 officers, 1,000 collaborators, every 15
minutes) and prints what came of it; the suite runs a small one. What people do is drawn with a
fixed seed: most do what they are reminded of, some late, some never. What left is judged by the
calendar written by hand in tests/clocks, not by the one the bot uses.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.clocks.quiet import quiet
from bot.desk import House, case_clocks
from bot.desk.courtesy import day_of
from bot.desk.digest import each_alone
from bot.desk.duties import MORE, due
from storage import absences, areas, cases, crypto, duties, people, reports, schema, workdays
from storage.database import Database
from storage.outbox import Rules, claim, finish, outbox
from storage.records.areas import Area
from storage.records.duties import Duty
from tests.clocks import by_hand
from tests.house import KEYS
from tests.postgres import memory

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
# Entered while the year runs: (on which day, which day, what it becomes).
CHANGES = (
    (date(2026, 7, 13), date(2026, 7, 15), "off"),
    (date(2026, 10, 5), date(2026, 10, 10), "working"),
)
DONE_AT_ONCE, DONE_LATER = 0.4, 0.25  # the rest is never done
LEAVE, EMERGENCY, ORDINARY = 0.004, 0.005, 0.02  # a day: a person, a commune, a commune
HOURS = tuple(
    time_of.fromisoformat(hour)
    for hour in ("00:00", "06:30", "07:30", "08:00", "08:15", "20:45", "21:15")
)
TWICE, KILLED = 0.05, 0.02  # ticks


T = TypeVar("T")


class Killed(Exception):
    """The process dies before it has committed."""


@dataclass
class Sent:
    """One message that left: when, to whom, of which kind, under which key."""

    at: datetime
    person: int
    kind: str
    once: str


@dataclass
class Year:
    """One run. `play`, then look at the properties."""

    folder: Path
    officers: int
    collaborators: int
    minutes: int
    last: date = LAST
    sent: list[Sent] = field(default_factory=list)
    heard: dict[int, dict[int, date]] = field(default_factory=lambda: defaultdict(dict))
    ticks: int = 0
    killed: int = 0
    slowest: float = 0.0
    away: list[tuple[int, date, date, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        crypto.use(KEYS)
        self.chance = random.Random(2026)
        self.database = Database(f"sqlite:///{self.folder / 'year.sqlite3'}")
        self.house = House()
        self.roles: dict[int, tuple[str, str]] = {}  # person -> role, commune
        self.links: dict[int, int] = {}

    # --- the people ------------------------------------------------------------------------

    def settle(self, connection: Connection) -> None:
        """Communes of two officers and a leader each, the collaborators spread over villages."""
        schema.upgrade(connection)
        communes = max(self.officers // 2, 1)
        loaded = [Area(code="T", name="Tỉnh Thử", kind="province")]
        for number in range(communes):
            code = f"X{number:03}"
            loaded.append(Area(code=code, name=f"Xã {number}", kind="commune", parent="T"))
            loaded += [
                Area(code=f"{code}-{v}", name=f"Thôn {v}", kind="village", parent=code)
                for v in range(5)
            ]
        areas.load(connection, [(area, []) for area in loaded])
        begun = datetime.combine(FIRST - timedelta(days=1), datetime.min.time(), HERE)
        for number in range(communes):
            for role in ("officer", "officer", "leader"):
                self._join(connection, role, f"X{number:03}", f"X{number:03}", begun)
        for number in range(self.collaborators):
            commune = f"X{number % communes:03}"
            self._join(connection, "collaborator", f"{commune}-{number % 5}", commune, begun)

    def _join(
        self, connection: Connection, role: str, area: str, commune: str, at: datetime
    ) -> None:
        person, link = people.welcome(connection, "test", f"a{len(self.roles)}", "vi", at)
        people.change(connection, person, name=f"Người {person}")
        people.grant(connection, person, role, area, at)
        self.roles[person], self.links[link] = (role, commune), person

    def of(self, commune: str, role: str) -> list[int]:
        return [p for p, theirs in self.roles.items() if theirs == (role, commune)]

    # --- the year --------------------------------------------------------------------------

    def play(self) -> Year:
        """Every tick of the year, with what people do in between."""
        self._write(self.settle)
        at = datetime.combine(FIRST, datetime.min.time(), HERE)
        today = None
        while at.date() <= self.last:
            if at.date() != today:
                today = at.date()
                self._write(lambda c, now=at: self._day_begins(c, now))
            self._tick(at.astimezone(UTC))
            self._write(lambda c, now=at: self._deliver(c, now.astimezone(UTC)))
            at = self._next(at)
        with self.database._writer.connect() as connection:
            rows = connection.execute(select(duties.duties)).mappings()
            self.planned = [Duty(**row) for row in rows]
        return self

    def _next(self, at: datetime) -> datetime:
        """The next tick: after so many minutes, or (0) at the hours that matter."""
        if self.minutes:
            return at + timedelta(minutes=self.minutes)
        later = [hour for hour in HOURS if hour > at.time()]
        day = at.date() if later else at.date() + timedelta(days=1)
        return datetime.combine(day, later[0] if later else HOURS[0], HERE)

    def _write(self, work: Callable[[Connection], T]) -> T:
        return self.database.at_once(work)

    def _tick(self, now: datetime) -> None:
        self.ticks += 1
        if self.chance.random() < KILLED:
            self._die(now)
        again = 2 if self.chance.random() < TWICE else 1
        for _ in range(again):
            begun = time.perf_counter()
            more = True
            while more:
                done = self._write(lambda c: due(c, self.house, now))
                more = any(done[name] for name in MORE)
            self.slowest = max(self.slowest, time.perf_counter() - begun)

    def _die(self, now: datetime) -> None:
        """All is done but the commit: it must come out as if nothing had happened."""

        def work(connection: Connection) -> None:
            due(connection, self.house, now)
            raise Killed

        try:
            self._write(work)
        except Killed:
            self.killed += 1
        self.house = House()  # a process that starts anew remembers nothing

    def _day_begins(self, connection: Connection, now: datetime) -> None:
        """Leave, days off entered, reports: what a day brings."""
        today = now.date()
        for on, day, kind in CHANGES:
            if on == today:
                workdays.enter(connection, day, kind, "thử", "", None, now)
        for person, (role, commune) in self.roles.items():
            if self.chance.random() < LEAVE:
                others = [p for p in self.of(commune, role) if p != person] or self.of(
                    commune, "officer"
                )
                stand_in = self.chance.choice(others)
                until = today + timedelta(days=self.chance.randint(1, 10))
                absences.leave(connection, person, today, until, stand_in, now)
                self.away.append((person, today, until, stand_in))
        for commune in {commune for _role, commune in self.roles.values()}:
            if self.chance.random() < EMERGENCY:
                self._report(connection, commune, "EMERGENCY", now)
            if self.chance.random() < ORDINARY:
                self._report(connection, commune, "CHILD_LABOUR", now)

    def _report(self, connection: Connection, commune: str, level: str, now: datetime) -> None:
        urgent = level == "EMERGENCY"
        person = self.chance.choice(self.of(commune, "collaborator"))
        filing = reports.Filing(
            draft_key=f"k{self.chance.random()}",
            person_id=person,
            link_id=next(link for link, who in self.links.items() if who == person),
            channel="test",
            commune=commune,
            area=None,
            level=level,
            answers={"what": "work"},
            child_name=None,
            may_call=None,
            phone=None,
            received_at=now,
            complete=True,
            safety_due_at=now + timedelta(hours=12) if urgent else None,
            answer_due_at=now + timedelta(hours=24),
            escalate_at=now if urgent else None,
        )
        case, _ = reports.file(connection, filing, now.year)
        case_clocks.follow(connection, self.house, case.code, now)
        officer = self.chance.choice(self.of(commune, "officer"))
        cases.acknowledge(connection, case, officer, now)
        if self.chance.random() < DONE_AT_ONCE:
            cases.set_status(connection, case, "closed", now)
            case_clocks.follow(connection, self.house, case.code, now)

    def _deliver(self, connection: Connection, now: datetime) -> None:
        """What is due leaves; who gets their morning message does some of it."""
        night = quiet(now, HERE)
        rules = Rules(ceiling=20, night=night, day=day_of(self.house, now))
        while owed := claim(connection, "test", now, 500, rules=rules):
            keys = self._keys(connection, [message.id for message in owed])
            for message in owed:
                expired = message.expires_at is not None and message.expires_at <= now
                finish(connection, message.id, "expired" if expired else "sent", now)
                if expired:
                    continue
                person, once = self.links[message.link_id], keys[message.id]
                self.sent.append(Sent(now, person, message.kind, once))
                if once.startswith("digest:"):
                    self._react(connection, person, now)

    def _keys(self, connection: Connection, numbers: list[int]) -> dict[int, str]:
        rows = connection.execute(
            select(outbox.c.id, outbox.c.once).where(outbox.c.id.in_(numbers))
        )
        return {row.id: row.once or "" for row in rows}

    def _react(self, connection: Connection, person: int, now: datetime) -> None:
        shown = duties.shown_at(connection, person, now)
        assert shown
        for item in shown[1]:
            ids = item[1:] if item[:1] == [0] else item
            for number in ids:
                self.heard[number].setdefault(person, now.astimezone(HERE).date())
            if item[:1] != [0]:
                self._do(connection, ids[0], person, now)

    def _do(self, connection: Connection, number: int, person: int, now: datetime) -> None:
        duty = duties.one(connection, number)
        if duty is None or duty.done_at is not None or duty.source == "case_clock":
            return
        overdue = now.astimezone(HERE).date() > duty.due_on
        # The same duty of the same person always has the same fate.
        fate = random.Random(f"{duty.key}").random()
        if fate < DONE_AT_ONCE or (fate < DONE_AT_ONCE + DONE_LATER and overdue):
            if each_alone(duty) or duty.source != "year":
                duties.finish(connection, number, person, now)
            else:
                duties.finish_alike(connection, duty, person, now, "1/BC, 1/1")

    # --- what came of it ---------------------------------------------------------------------

    @cached_property
    def working(self) -> list[date]:
        """The working days by the calendar written by hand, with what was entered."""
        days = set(by_hand.WORKING)
        for _on, day, kind in CHANGES:
            (days.discard if kind == "off" else days.add)(day)
        return sorted(days)

    def pushes(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.kind == "push"]

    def at_a_wrong_time(self) -> list[Sent]:
        """Pushes in the quiet hours or on a day that is not worked."""
        days = set(self.working)
        wrong = []
        for sent in self.pushes():
            local = sent.at.astimezone(HERE)
            awake = (6, 30) <= (local.hour, local.minute) < (21, 0)
            if not awake or local.date() not in days:
                wrong.append(sent)
        return wrong

    def too_many(self) -> dict[tuple[int, date], int]:
        """Who got more than two pushes on a day."""
        count = Counter((s.person, s.at.astimezone(HERE).date()) for s in self.pushes())
        return {key: n for key, n in count.items() if n > 2}

    def twice(self) -> dict[str, int]:
        """What left more than once, and morning messages beyond one a day."""
        keys = Counter(sent.once for sent in self.sent)
        mornings = Counter(
            f"{s.person} {s.at.astimezone(HERE).date()}"
            for s in self.sent
            if s.once.startswith("digest:")
        )
        return {key: n for key, n in (keys + mornings).items() if n > 1}

    def after(self, day: date, count: int) -> date:
        """The working day that is so many after a day."""
        return self.working[bisect_right(self.working, day) + count - 1]

    def not_told_to_a_leader(self) -> list[Duty]:
        """Overdue duties of which no leader of the commune (or who stands in) heard by the second
        working day, although they were open then."""
        missed = []
        for duty in self.overdue():
            by = self.after(duty.due_on, 2)
            leaders = {p for p in self.of(self.commune_of(duty), "leader")}
            leaders |= {
                there for p, first, last, there in self.away if p in leaders and first <= by <= last
            }
            same = [d.id or 0 for d in self.planned if self._alike(d, duty)]
            told = [
                day
                for number in same
                for person, day in self.heard[number].items()
                if person in leaders
            ]
            if not told or min(told) > by:
                missed.append(duty)
        return missed

    def _alike(self, one: Duty, other: Duty) -> bool:
        if one.id == other.id:
            return True
        if each_alone(one):
            return False
        return (one.subject, one.due_on, one.area) == (other.subject, other.due_on, other.area)

    def overdue(self) -> list[Duty]:
        """What must be done and was still open when a leader was to hear of it."""
        found = []
        for duty in self.planned:
            if not duty.must or duty.source not in ("year", "case_clock"):
                continue
            if duty.due_on > self.last - timedelta(days=14):
                continue
            told_by = datetime.combine(self.after(duty.due_on, 2), self.house.morning, HERE)
            if duty.done_at is None or duty.done_at > told_by:
                found.append(duty)
        return found

    def commune_of(self, duty: Duty) -> str:
        return self.roles[duty.person_id][1]

    def figures(self) -> dict[str, object]:
        """What is printed."""
        pushes = self.pushes()
        people_days = len({(s.person, s.at.astimezone(HERE).date()) for s in pushes})
        return {
            "people": len(self.roles),
            "ticks": self.ticks,
            "killed before the commit": self.killed,
            "slowest tick, s": round(self.slowest, 2),
            "duties planned": len(self.planned),
            "pushes": len(pushes),
            "pushes a person and day with any": round(len(pushes) / max(people_days, 1), 3),
            "alarms": sum(s.kind == "alarm" for s in self.sent),
            "overdue duties": len(self.overdue()),
            "of them not told to a leader in time": len(self.not_told_to_a_leader()),
            "pushes at night or on days off": len(self.at_a_wrong_time()),
            "more than two pushes a person and day": len(self.too_many()),
            "sent twice": len(self.twice()),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--officers", type=int, default=50)
    parser.add_argument("--collaborators", type=int, default=1000)
    parser.add_argument("--minutes", type=int, default=15)
    parser.add_argument("--last", type=date.fromisoformat, default=LAST)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="vt-year-", dir=memory()))
    try:
        begun = time.perf_counter()
        year = Year(folder, chosen.officers, chosen.collaborators, chosen.minutes, chosen.last)
        figures = year.play().figures()
        figures["seconds"] = round(time.perf_counter() - begun)
        print(json.dumps(figures, indent=1))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
