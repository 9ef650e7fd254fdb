"""A process that lives through the story, and is killed at a chosen moment of it.

    python -m tests.delivery.victim

reads jobs from its standard input, one line of JSON each, and answers each with a line: the exit
status of the process that did it. That process is forked from this one, so that nothing is
imported twice. A job has

    url       the database
    folder    where the world outside is kept: what people did, what their phones showed
    start     how often this database was started before
    until     how many rounds of the story there are, those that were lived before included
    kill      [what, n]: die at the n-th commit ("commit", right after it; "before", right before
              it) or when the platform has accepted the n-th message ("accept"); null for never
    apart     true: every piece of work gets a commit of its own, so that the n-th commit of one
              life is the n-th of the next

or, to live as `vongtay serve` does, with real loops and a real clock, instead of the last two

    serve     a list of [address, event id] to be handed in, one after the other; the process
              ends when all have been answered, or when it is asked to

The world outside survives: `offered` holds every event before it is handed in, `acknowledged`
the ids of those whose handing in returned, `accepted` every message before `send` returns. After
a start, events that were not acknowledged are handed in again, as platforms do.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import tempfile
import traceback
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import select

from bot.app import FrontDesk
from bot.channels import Raw
from bot.delivery.intake import Intake
from bot.delivery.sender import Sender
from bot.delivery.together import Together
from bot.delivery.worker import Worker
from bot.demo import settle
from bot.http import site
from bot.running import Running
from bot.serve import serve
from bot.settings import Settings
from storage import crypto, inbox, schema
from storage.database import Database
from storage.records.queues import OutboxMessage
from tests.delivery import story
from tests.house import KEYS, START, Bot, MemoryChannel, TestClock


class World:
    """What is outside of the process and survives it."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, line):
        with open(self.folder / name, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def read(self, name):
        path = self.folder / name
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def button(self, address, pattern):
        """The newest button on somebody's phone that fits."""
        for message in reversed(self.read("accepted")):
            for button in message["say"].get("buttons", ()):
                if message["address"] == address and re.search(pattern, button["value"]):
                    return button["value"]
        raise LookupError(f"{address} was never shown {pattern}")


class Platform(MemoryChannel):
    """Accepts a message by writing it into the world."""

    def __init__(self, name, world, on_accept):
        super().__init__(name)
        self.world, self.on_accept, self.accepted = world, on_accept, 0

    async def send(self, address, say, once=""):
        self.world.write("accepted", {"address": address, "once": once, "say": say.to_json()})
        self.accepted += 1
        self.on_accept(self.accepted)
        return once


class Victim:
    """One life of the process."""

    def __init__(self, job):
        self.job, self.world = job, World(Path(job["folder"]))

    def _at(self, what):
        """What is called with the number of each commit or acceptance."""
        kill = self.job["kill"]

        def count(number):
            if kill == [what, number]:
                os.kill(os.getpid(), signal.SIGKILL)

        return count

    async def live(self):
        crypto.use(KEYS)
        self.database = Database(self.job["url"])
        self.database.before_commit = self._at("before")
        self.database.on_commit = self._at("commit")
        if self.job["start"]:
            await self._note_unrecorded()
        await self.database.write(schema.upgrade)
        await self.database.write(partial(settle, now=START))
        self.bot = self._bot()
        for sender in self.bot.senders:
            await sender.start()
        opened = self.database.commits
        acknowledged = set(self.world.read("acknowledged"))
        offered = self.world.read("offered")
        await self._hand_in([event for event in offered if event["event_id"] not in acknowledged])
        await self.bot.work()
        self.world.write("opened", opened)
        done = {event["event_id"] for event in offered}
        for number, events in enumerate(story.ROUNDS[: self.job["until"]]):
            coming = [self._event(number, *event) for event in enumerate(events)]
            coming = [self._chosen(event) for event in coming if event["event_id"] not in done]
            if coming:
                await self._hand_in(coming)
                await self.bot.work()
        waiting = await self.database.read(inbox.waiting)
        assert waiting[0] == 0, f"{waiting[0]} events still wait"
        outline = partial(story.outline, self.world.read("accepted"))
        self.world.write("outline", await self.database.read(outline))
        self.world.write("commits", self.database.commits)
        self.world.write("messages", self.bot.channels["test"].accepted)
        await self.database.close()

    def _bot(self):
        """The bot of the other tests, with phones in the world; senders know that time goes on."""
        bot = Bot(self.database, TestClock())
        if self.job.get("apart"):  # what gathers while a commit is under way is chance
            bot.together = Together(self.database, at_most=1)
            bot.intake = Intake(bot.together, bot.clock)
        later = START + self.job["start"] * timedelta(minutes=2)  # a dead sender's lease is over
        accept = self._at("accept")
        bot.channels = {name: Platform(name, self.world, accept) for name in bot.channels}
        bot.worker = Worker(self.database, bot.channels, FrontDesk(bot.house), bot.clock)
        bot.senders = [
            Sender(self.database, bot.together, channel, bot.house.policy(name), lambda: later, 20)
            for name, channel in bot.channels.items()
        ]
        return bot

    async def _note_unrecorded(self):
        """Messages that were accepted and never recorded: those may be sent once more."""
        table = OutboxMessage.__table__
        unsent = select(table.c.id).where(table.c.finished_at.is_(None))
        waiting = await self.database.read(lambda c: set(c.execute(unsent).scalars()))
        accepted = {message["once"] for message in self.world.read("accepted")}
        for once in sorted(accepted):
            if int(once) in waiting:
                self.world.write("unrecorded", once)

    def _event(self, number, place, event):
        address, what, words = event
        return {
            "address": address,
            "event_id": f"{number}-{place}",
            "at": START.isoformat(),
            what: words,
            "kind": "press" if what == story.PRESSES else "message",
        }

    def _chosen(self, event):
        """A press carries the button's value; from now on the event is out there."""
        if event["kind"] == "press":
            event["value"] = self.world.button(event["address"], event["value"])
        self.world.write("offered", event)
        return event

    async def _hand_in(self, events):
        """Each event by itself and all at once; what returns is acknowledged."""

        async def one(event):
            fields = {**event, "at": START}
            await self.bot.receive(fields.pop("address"), **fields)
            self.world.write("acknowledged", event["event_id"])

        await asyncio.gather(*(one(event) for event in events))


class Server:
    """A life as `vongtay serve`, whose platform is the world."""

    def __init__(self, job):
        self.job, self.world = job, World(Path(job["folder"]))

    async def live(self):
        crypto.use(KEYS)
        fields = {name: field.default for name, field in Settings.model_fields.items()}
        settings = Settings.model_construct(**fields)
        self.running = Running(settings, Database(self.job["url"]))
        platform = Slow("test", self.world, self._accepted)
        self.running.channels["test"] = platform
        self.running.senders["test"] = self.running._sender(platform)
        feeding = []

        def ready(_):
            feeding.append(asyncio.create_task(self._feed()))

        await serve(self.running, site(self.running), "127.0.0.1", 0, ready)
        for task in feeding:
            task.cancel()

    def _accepted(self, _):
        if len(self.world.read("accepted")) >= len(self.job["serve"]):
            self.running.stopping.set()

    async def _feed(self):
        known = set(self.world.read("acknowledged"))
        for address, event_id in self.job["serve"]:
            if event_id not in known and not self.running.stopping.is_set():
                at = START.isoformat()
                payload = {"address": address, "event_id": event_id, "at": at, "text": "/menu"}
                await self.running.intake.of("test")([Raw(event_id, address, payload)])
                self.world.write("acknowledged", event_id)


class Slow(Platform):
    """Takes its time, so that something is always on its way; `accepted` when it returns."""

    async def send(self, address, say, once=""):
        await asyncio.sleep(0.03)
        return await super().send(address, say, once)


def live(job):
    """A whole life in this process; the exit status."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    try:
        asyncio.run(Server(job).live() if "serve" in job else Victim(job).live())
    except BaseException:
        (Path(job["folder"]) / "trouble").write_text(traceback.format_exc(), encoding="utf-8")
        return 1
    return 0


def warm_up():
    """Live through the story once, so that whatever is loaded late is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        job = {
            "url": f"sqlite:///{folder}/x",
            "folder": folder,
            "start": 0,
            "until": 99,
            "kill": None,
        }

        async def prepare():
            crypto.use(KEYS)
            database = Database(job["url"])
            await database.write(schema.upgrade)
            await database.write(partial(settle, now=START))
            await database.write(story.prepare)
            await database.close()

        asyncio.run(prepare())
        if live(job):
            sys.exit((Path(folder) / "trouble").read_text(encoding="utf-8"))


def main():
    warm_up()
    print("ready", flush=True)
    for line in sys.stdin:
        if not (child := os.fork()):
            os._exit(live(json.loads(line)))
        (Path(json.loads(line)["folder"]) / "pid").write_text(str(child))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
