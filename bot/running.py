"""One process: channels, workers, senders and clock, started in order and stopped in order."""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot import clock, logs, metrics, reading
from bot.app import FrontDesk
from bot.channels import Channel
from bot.channels.web.channel import WebChannel
from bot.clock import Clock
from bot.clocks.quiet import quiet
from bot.delivery.fetcher import Fetcher
from bot.delivery.intake import Intake
from bot.delivery.sender import Sender
from bot.delivery.together import Together
from bot.delivery.webmail import Webmail
from bot.delivery.worker import Worker
from bot.desk.broadcasting import expand
from bot.desk.duties import due
from bot.desk.house import House
from bot.desk.suggestions import suggest
from bot.faq import answering, entries
from bot.settings import Settings
from bot.vietnamese import danger
from storage import attachments, crypto, inbox, outbox, questions, schema
from storage.database import Database
from storage.people import Known

if TYPE_CHECKING:
    from bot.channels.telegram.channel import TelegramChannel

TICK_SECONDS = 20
CUT_SHORT = ("pass on", "telegram start", "telegram webhook")  # parts that owe nobody anything
log = logs.get_logger()


def open_keyring(settings: Settings) -> bool:
    """Use the operator's master key; True when a new key file was made.

    Raises ValueError naming the setting when the key is none.
    """
    try:
        if settings.master_key:
            crypto.use(crypto.Keyring(settings.master_key))
            return False
        keyring, made = crypto.read_or_make(settings.key_file)
    except (ValueError, OSError) as problem:
        name = "MASTER_KEY" if settings.master_key else "MASTER_KEY_FILE"
        raise ValueError(f"VONGTAY_{name}: {problem}") from None
    crypto.use(keyring)
    return made


def house_of(settings: Settings) -> House:
    """What conversations need of the settings."""
    return House(
        policies=settings.policies,
        public_url=settings.public_url,
        timezone=settings.timezone,
        answer_within=timedelta(hours=settings.answer_hours),
        escalate_after=timedelta(minutes=settings.escalate_minutes),
    )


class Running:
    """The parts, wired. `start` brings them up, `stop` lets what is under way end."""

    def __init__(self, settings: Settings, database: Database, now: Clock = clock.now) -> None:
        self.settings, self.database, self.now = settings, database, now
        self.house = house_of(settings)
        self.together = Together(database)
        self.intake = Intake(self.together, now)
        self.mailbox = Webmail(database, self.together, now, self.intake.arrived, self._suggestions)
        self.channels: dict[str, Channel] = {}
        self.telegram: TelegramChannel | None = None
        if settings.web_chat == "on":
            self.channels["web"] = WebChannel(self.mailbox)
        if settings.telegram_token:
            self.telegram = self._telegram()
            self.channels["telegram"] = self.telegram
        self.worker = Worker(database, self.channels, FrontDesk(self.house), now)
        self.senders = {name: self._sender(channel) for name, channel in self.channels.items()}
        self.stopping = asyncio.Event()
        self.failed = ""  # the part that ended by itself
        self._worked = asyncio.Event()
        self._fetch = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self._aside: set[asyncio.Task[None]] = set()
        self._scheduler: Any = None

    def _telegram(self) -> TelegramChannel:
        from bot.channels.telegram.channel import TelegramChannel

        settings = self.settings
        return TelegramChannel(
            settings.telegram_token,
            settings.telegram_api_base,
            settings.telegram_proxy or None,
            self._load_file,
        )

    def _suggestions(
        self, connection: Connection, person: Known | None, typed: str
    ) -> list[tuple[str, str]]:
        found = suggest(connection, self.house, person, typed, self.now())
        return [(f"a.entry.{each.entry}", each.question) for each in found]

    async def _load_file(self, number: int) -> tuple[bytes, str]:
        found = await self.database.read(lambda c: attachments.one(c, number))
        if found is None or found.content is None:
            raise LookupError(number)
        return found.content, found.mime

    def _sender(self, channel: Channel) -> Sender:
        return Sender(
            self.database,
            self.together,
            channel,
            self.house.policy(channel.name),
            self.now,
            self.settings.pushes_per_hour,
            partial(quiet, zone=self.house.zone),
        )

    async def start(self) -> None:
        """Bring the database up to date and start every part."""
        await self.database.write(schema.upgrade)
        await self.worker.start()
        for name, sender in self.senders.items():
            await sender.start()
            self._run(sender.run(self.stopping), f"sender {name}")
        self._run(self.worker.run(self.intake.arrived, self._worked, self.stopping), "worker")
        self._run(self._pass_on(), "pass on")
        if self.telegram:
            self._start_telegram(self.telegram)
        self._start_clock()
        self.aside(self._warm_up())

    async def _warm_up(self) -> None:
        """What the first message that speaks of danger should not have to wait for."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), 1.0)
        if not self.stopping.is_set():
            await asyncio.to_thread(settle_in, self.settings.timezone)

    def _start_telegram(self, telegram: TelegramChannel) -> None:
        # Nobody waits for Telegram, which may not be reachable: the web chat is there at once.
        self._run(telegram.start(), "telegram start")
        fetcher = Fetcher(self.database, telegram, self.now)
        self._run(fetcher.run(self._fetch, self.stopping), "fetcher telegram")
        if self.settings.telegram_mode == "polling":
            from bot.channels.telegram.poll import poll

            receive = self.intake.of("telegram")
            self._run(poll(telegram, receive, self.stopping), "telegram polling")
        else:
            self._run(self._set_webhook(telegram), "telegram webhook")

    async def _set_webhook(self, telegram: TelegramChannel) -> None:
        from bot.channels import NotSent
        from bot.channels.telegram.webhook import set_webhook

        url, secret = self.settings.public_url, self.settings.telegram_webhook_secret
        while not self.stopping.is_set():
            try:
                await set_webhook(telegram, url, secret)
                return
            except NotSent as problem:
                log.error("webhook_not_set", why=str(problem))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stopping.wait(), 30)

    def _start_clock(self) -> None:
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._scheduler = AsyncIOScheduler(timezone=self.settings.timezone)
        self._scheduler.add_job(
            self.tick, "interval", seconds=TICK_SECONDS, max_instances=1, coalesce=True
        )
        self._scheduler.start()

    async def tick(self, at: datetime | None = None) -> dict[str, int]:
        """Put what is due (now, or at a moment) into the outbox.

        Of a broadcast a portion at a time, each a commit of its own: nobody waits for thousands.
        """
        now = at or self.now()
        done = await self.database.write(partial(_due, self.house, now))
        more = done["broadcasts"]
        while more:
            for sender in self.senders.values():
                sender.due.set()
            more = await self.database.write(lambda c: expand(c, self.house, now))
            done["broadcasts"] += more
        for sender in self.senders.values():
            sender.due.set()
        return done

    async def _pass_on(self) -> None:
        """After each commit of the worker: wake who sends and who fetches."""
        while True:
            await self._worked.wait()
            self._worked.clear()
            if self.house.media_wanted:  # looking each time was a thirtieth of an event's time
                self.house.media_wanted = False
                self._fetch.set()
            if self.telegram and self.telegram.username:
                self.house.telegram_username = self.telegram.username
            for sender in self.senders.values():
                sender.due.set()

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def aside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something small that nobody waits for."""
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """A part that ends by itself is a fault: the process stops, so that it is restarted."""
        if not self.stopping.is_set() and not task.cancelled() and task.exception():
            log.error("part_failed", part=task.get_name(), exc_info=task.exception())
            self.failed = task.get_name()
            self.stopping.set()

    async def stop(self) -> None:
        """Stop receiving, let what is under way end, close everything."""
        self.stopping.set()
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
        for task in self._tasks:
            if task.get_name() in CUT_SHORT:
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=15)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.telegram:
            with suppress(Exception):
                await self.telegram.close()
        await self.database.close()

    async def measure(self) -> None:
        """Bring the gauges up to date (before /metrics is read)."""

        def work(connection: Connection) -> tuple[Any, Any, int, Any]:
            return (
                inbox.waiting(connection),
                outbox.waiting(connection),
                len(inbox.parked(connection)),
                questions.all_waiting(connection),
            )

        (waiting, since), owed, parked, (asked, oldest) = await self.database.read(work)
        metrics.INBOX.set(waiting)
        metrics.INBOX_AGE.set((self.now() - since).total_seconds() if since else 0)
        metrics.PARKED_NOW.set(parked)
        metrics.ASKED.set(asked)
        metrics.ASKED_AGE.set((self.now() - oldest).total_seconds() if oldest else 0)
        metrics.OUTBOX.clear()
        for (channel, kind), count in owed.items():
            metrics.OUTBOX.labels(channel, kind).set(count)


def settle_in(zone: str = "Asia/Ho_Chi_Minh") -> None:
    """Prepare for danger, reports and questions, then give back what starting needed only once.

    Migrating and compiling leave some 25 MB of holes; a commune's machine has better uses.
    """
    danger.warm()
    reading.warm()
    answering.warm(entries.load(), clock.now().astimezone(ZoneInfo(zone)).date())
    gc.collect()
    gc.freeze()  # what is here now stays: later collections need not look at it again
    # An event makes a thousand objects and hardly a cycle: looking for some every 700 objects took
    # a tenth of its time.
    gc.set_threshold(20_000, 20, 100)
    with suppress(OSError, AttributeError):  # only where the C library is glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _due(house: House, now: datetime, connection: Connection) -> dict[str, int]:
    return due(connection, house, now)
