"""A whole bot without a network: one channel that remembers what it was given, a clock held still.

Everything goes the real way: inbox, worker, handlers, outbox, sender; nothing is kept in memory
between two events, so every conversation also proves that a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.app import FrontDesk
from bot.channels import Raw, Refused
from bot.clocks.quiet import quiet
from bot.delivery.intake import Intake
from bot.delivery.sender import Sender
from bot.delivery.together import Together
from bot.delivery.worker import Worker
from bot.demo import settle
from bot.desk import House
from bot.desk.broadcasting import expand
from bot.desk.courtesy import day_of, off_duty
from bot.desk.duties import due
from bot.desk.handouts import prepare
from bot.windows import Terms
from bot.words import Attachment, Button, Incoming, Policy, Say
from storage import crypto, inbox, schema
from storage.database import Database

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # Friday 16:30 in Viet Nam
KEYS = crypto.Keyring("1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=")


class TestClock:
    """Time that moves only when told to."""

    __test__ = False

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


class MemoryChannel:
    """A platform that keeps what it was sent: `said[address]`. Payloads are Incoming fields."""

    per_second, per_address = 1000.0, 0.0

    def __init__(self, name: str = "test") -> None:
        self.name = name
        self.said: dict[str, list[Say]] = {}
        self.once: list[str] = []
        self.failing: list[Exception] = []

    def translate(self, raw: Mapping[str, Any]) -> Incoming | None:
        fields = dict(raw)
        fields["at"] = datetime.fromisoformat(fields["at"])
        fields["attachments"] = tuple(Attachment(**a) for a in fields.get("attachments", ()))
        return Incoming(channel=self.name, **fields)

    async def send(self, address: str, say: Say, once: str = "") -> str:
        if self.failing:
            raise self.failing.pop(0)
        self.said.setdefault(address, []).append(say)
        self.once.append(once)
        return str(len(self.once))

    async def fetch(self, reference: str) -> bytes:
        raise Refused(f"nothing is kept here under {reference}")


class Bot:
    """The bot with channels "test" (full) and "coded" (code_only)."""

    def __init__(self, database: Database, clock: TestClock) -> None:
        self.database, self.clock = database, clock
        policies: dict[str, Policy] = {"test": "full", "coded": "code_only"}
        # The demo commune's people are on the web, where nobody sends here.
        everywhere: dict[str, Policy] = {**policies, "web": "code_only"}
        self.house = House(policies=everywhere, public_url="https://vongtay.example")
        self.channels = {name: MemoryChannel(name) for name in policies}
        self.together = Together(database)
        self.intake = Intake(self.together, clock)
        self.worker = Worker(database, self.channels, FrontDesk(self.house), clock)
        self.senders = [
            Sender(
                database,
                self.together,
                channel,
                policies[name],
                clock,
                20,
                self.night,
                {name: Terms() for name in policies},
                draw=lambda connection, recipe: prepare(connection, self.house, recipe),
                day=partial(day_of, self.house),
                off_duty=partial(off_duty, self.house),
            )
            for name, channel in self.channels.items()
        ]
        self.count = 0

    def night(self, at: datetime) -> bool:
        """Whether it is quiet hours in the commune."""
        return quiet(at, self.house.zone)

    @classmethod
    async def opened(cls, url: str, clock: TestClock | None = None, settled: bool = True) -> Bot:
        """A bot on a database brought up to date, with the demo commune in it if `settled`."""
        crypto.use(KEYS)
        clock = clock or TestClock()
        database = Database(url)
        await database.write(schema.upgrade)
        if settled:
            await database.write(partial(settle, now=clock()))
        return cls(database, clock)

    async def receive(self, address: str, channel: str = "test", **fields: Any) -> None:
        """One event arrives; it is not handled yet."""
        self.count += 1
        event_id = fields.pop("event_id", f"e{self.count}")
        fields.setdefault("at", self.clock())
        payload = {
            "address": address,
            "event_id": event_id,
            **fields,
            "at": fields["at"].isoformat(),
        }
        await self.intake.of(channel)([Raw(event_id, address, payload)])

    async def work(self) -> None:
        """Handle everything that waits and send everything that is due."""
        for _ in range(200):
            if not await self.worker.step() and not self.worker._careful_until:
                break
        for sender in self.senders:
            await sender.drain()

    async def says(
        self, address: str, text: str = "", channel: str = "test", **f: Any
    ) -> list[Say]:
        """The person writes; what the bot answers them."""
        said = self.channels[channel].said.setdefault(address, [])
        before = len(said)
        await self.receive(address, channel, text=text, **f)
        await self.work()
        return said[before:]

    async def presses(self, address: str, button: Button, channel: str = "test") -> list[Say]:
        """The person presses a button."""
        return await self.says(address, channel=channel, value=button.value, kind="press")

    async def tick(self, later: timedelta = timedelta(0)) -> dict[str, int]:
        """Time goes on; what is due is sent."""
        self.clock.at += later
        done = await self.database.write(lambda c: due(c, self.house, self.clock()))
        more = done["broadcasts"]
        while more:
            more = await self.database.write(lambda c: expand(c, self.house, self.clock()))
            done["broadcasts"] += more
        await self.work()
        return done

    async def waiting(self) -> int:
        return (await self.database.read(inbox.waiting))[0]

    def heard(self, address: str, channel: str = "test") -> str:
        """Everything this address was told, as one text."""
        return "\n".join(say.text for say in self.channels[channel].said.get(address, []))


def button(say: Say, label: str) -> Button:
    """The button of that label (or one that begins with it)."""
    for found in say.buttons:
        if found.label == label:
            return found
    for found in say.buttons:
        if found.label.startswith(label):
            return found
    raise AssertionError(f"no button {label!r} among {[b.label for b in say.buttons]}")
