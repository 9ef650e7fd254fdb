"""One process: channels, workers, senders and clock, started in order and stopped in order."""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import Coroutine, Sequence
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
from bot.delivery.showing import address_of
from bot.delivery.standing import Standing, standings
from bot.delivery.together import Together
from bot.delivery.tokens import TokenKeeper
from bot.delivery.webmail import Webmail
from bot.delivery.worker import Worker
from bot.desk.alerts import may_open
from bot.desk.courtesy import day_of, off_duty
from bot.desk.duties import MORE, alarms, others
from bot.desk.handouts import prepare
from bot.desk.house import House
from bot.desk.suggestions import suggest
from bot.desk.unreadable import refused
from bot.faq import answering, entries
from bot.settings import Settings
from bot.terms import terms_of
from bot.vietnamese import danger
from bot.words import File
from storage import (
    allowance,
    attachments,
    crypto,
    inbox,
    outbox,
    questions,
    reaching,
    schema,
    storm,
)
from storage.database import Database
from storage.people import Known
from storage.records.cases import Attachment, Case

if TYPE_CHECKING:
    from bot.channels.telegram.channel import TelegramChannel
    from bot.channels.zalo_bot_platform.channel import ZaloBotChannel
    from bot.channels.zalo_oa.channel import ZaloOaChannel

TICK_SECONDS = 20
CUT_SHORT = (
    "pass on",
    "telegram start",
    "telegram webhook",
    "zalo bot webhook",
)  # parts that owe nobody anything
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
    crypto.use(keyring, settings.key_file)
    return made


def house_of(settings: Settings) -> House:
    """What conversations need of the settings."""
    return House(
        policies=settings.policies,
        public_url=settings.public_url,
        timezone=settings.timezone,
        terms=terms_of(settings),
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
        self.mailbox = Webmail(
            database, self.together, now, self.intake.arrived, self._suggestions, self._may_open
        )
        self.channels: dict[str, Channel] = {}
        self.telegram: TelegramChannel | None = None
        if settings.web_chat == "on":
            self.channels["web"] = WebChannel(self.mailbox)
        if settings.telegram_token:
            self.telegram = self._telegram()
            self.channels["telegram"] = self.telegram
        self.zalo_bot: ZaloBotChannel | None = None
        if settings.zalo_bot_token:
            self.zalo_bot = self._zalo_bot()
            self.channels["zalo_bot"] = self.zalo_bot
        self.zalo_oa: ZaloOaChannel | None = None
        self.tokens: TokenKeeper | None = None
        if settings.zalo_oa_id:
            self.tokens, self.zalo_oa = self._zalo_oa()
            self.channels["zalo_oa"] = self.zalo_oa
        self.terms = terms_of(settings)
        self.worker = Worker(database, self.channels, FrontDesk(self.house), now)
        self.senders = {name: self._sender(channel) for name, channel in self.channels.items()}
        self.stopping = asyncio.Event()
        self.failed = ""  # the part that ended by itself
        self._worked = asyncio.Event()
        self._fetch = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self._aside: set[asyncio.Task[None]] = set()
        self._scheduler: Any = None
        self._stood: tuple[float, list[Standing]] | None = None

    def _telegram(self) -> TelegramChannel:
        from bot.channels.telegram.channel import TelegramChannel

        settings = self.settings
        return TelegramChannel(
            settings.telegram_token,
            settings.telegram_api_base,
            settings.telegram_proxy or None,
            self.load_file,
        )

    def _suggestions(
        self, connection: Connection, person: Known | None, typed: str
    ) -> list[tuple[str, str]]:
        found = suggest(connection, self.house, person, typed, self.now())
        return [(f"a.entry.{each.entry}", each.question) for each in found]

    def _may_open(self, connection: Connection, case: Case, person: Known) -> bool:
        return may_open(connection, case, person, self.now())

    def _zalo_bot(self) -> ZaloBotChannel:
        from bot.channels.zalo_bot_platform.channel import ZaloBotChannel

        settings = self.settings
        link_file = self._link_file if settings.public_url else None
        return ZaloBotChannel(settings.zalo_bot_token, settings.zalo_bot_api_base, link_file)

    def _zalo_oa(self) -> tuple[TokenKeeper, ZaloOaChannel]:
        from bot.channels.zalo.calls import Caller
        from bot.channels.zalo_oa.channel import ZaloOaChannel
        from bot.channels.zalo_oa.oauth import exchange

        settings = self.settings
        self._oauth = Caller()
        ask = partial(
            exchange,
            self._oauth,
            settings.zalo_oa_oauth_base,
            settings.zalo_oa_app_id,
            settings.zalo_oa_app_secret,
        )
        seed = settings.zalo_oa_refresh_token
        keeper = TokenKeeper(self.database, "zalo_oa", seed, ask, self.now)
        templates = {
            "alarm": settings.zalo_oa_template_alarm,
            "push": settings.zalo_oa_template_push,
        }
        return keeper, ZaloOaChannel(
            settings.zalo_oa_id,
            settings.zalo_oa_app_secret,
            keeper,
            settings.zalo_oa_api_base,
            load_file=self.load_file,
            link_file=self._link_file if settings.public_url else None,
            templates=templates,
        )

    def _link_file(self, file: File) -> str:
        return address_of(self.settings.public_url, file, self.now())

    async def load_file(self, number: int) -> tuple[bytes, str]:
        """The bytes and mime type of a stored attachment. Raises LookupError."""
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
            self.terms,
            self.settings.timezone,
            lambda connection, recipe: prepare(connection, self.house, recipe),
            partial(day_of, self.house),
            partial(off_duty, self.house),
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
        if self.zalo_bot:
            self._start_zalo_bot(self.zalo_bot)
        if self.zalo_oa and self.tokens:
            await self.tokens.start()
            self._run(self.tokens.keep_fresh(self.stopping), "zalo oa tokens")
            fetcher = self._fetcher(self.zalo_oa)
            self._run(fetcher.run(self._fetch, self.stopping), "fetcher zalo oa")
        self._start_clock()
        self.aside(self.warm_up())

    async def warm_up(self) -> None:
        """What the first message that speaks of danger should not have to wait for."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), 1.0)
        if not self.stopping.is_set():
            await asyncio.to_thread(settle_in, self.settings.timezone)

    def _fetcher(self, channel: Channel) -> Fetcher:
        def tell(connection: Connection, attachment: Attachment, at: datetime) -> None:
            refused(connection, self.house, attachment, at)

        return Fetcher(self.database, channel, self.now, tell)

    def _start_telegram(self, telegram: TelegramChannel) -> None:
        # Nobody waits for Telegram, which may not be reachable: the web chat is there at once.
        self._run(telegram.start(), "telegram start")
        fetcher = self._fetcher(telegram)
        self._run(fetcher.run(self._fetch, self.stopping), "fetcher telegram")
        if self.settings.telegram_mode == "polling":
            from bot.channels.telegram.poll import poll

            receive = self.intake.of("telegram")
            asking = poll(telegram, receive, self.stopping, refused=_malformed)
            self._run(asking, "telegram polling")
        else:
            self._run(self._set_webhook(telegram), "telegram webhook")

    def _start_zalo_bot(self, zalo: ZaloBotChannel) -> None:
        fetcher = self._fetcher(zalo)
        self._run(fetcher.run(self._fetch, self.stopping), "fetcher zalo bot")
        if self.settings.zalo_bot_mode == "polling":
            from bot.channels.zalo_bot_platform.poll import poll

            receive = self.intake.of("zalo_bot")
            self._run(poll(zalo, receive, self.stopping, refused=_malformed), "zalo bot polling")
        else:
            self._run(self._set_zalo_webhook(zalo), "zalo bot webhook")

    async def _set_zalo_webhook(self, zalo: ZaloBotChannel) -> None:
        """Zalo keeps an address that it could not call, so what its trial said is kept too."""
        from bot.channels import NotSent
        from bot.channels.zalo_bot_platform.webhook import set_webhook

        url, secret = self.settings.public_url, self.settings.zalo_bot_secret
        while not self.stopping.is_set():
            try:
                found = await set_webhook(zalo, url, secret)
                ok, says = found.ok, found.says
            except NotSent as problem:
                ok, says = False, str(problem)
            await self.database.write(
                lambda c, ok=ok, says=says: reaching.note(  # type: ignore[misc]
                    c, "zalo_bot", "webhook", ok, says, self.now()
                )
            )
            if ok:
                return
            log.error("webhook_not_set", channel="zalo_bot", why=says)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), 60)

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
        """Put what is due (now, or at a moment) into the outbox."""
        done = await self._all_due(at or self.now())
        for sender in self.senders.values():
            sender.due.set()
        return done

    async def _all_due(self, at: datetime) -> dict[str, int]:
        """Slice after slice (of people to plan for, of a broadcast), each a commit of its own,
        until none is left: nobody waits for thousands."""
        whole: dict[str, int] = {}
        while not self.stopping.is_set():
            done: dict[str, int] = {}
            for part in (_alarms, _others):  # an alarm leaves before anything else is looked at
                done |= await self.database.write(partial(part, self.house, at))
                for sender in self.senders.values():
                    sender.due.set()
            whole = {name: whole.get(name, 0) + count for name, count in done.items()}
            if not any(done[name] for name in MORE):
                break
        return whole

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
        oauth = self._oauth if self.zalo_oa else None
        for channel in (self.telegram, self.zalo_bot, self.zalo_oa, oauth):
            if channel:
                with suppress(Exception):
                    await channel.close()
        await self.database.close()

    async def alarms(self) -> list[str]:
        """What the operator should look at, in words; the process serves all the same."""
        held = await self.database.read(storm.count)
        return [f"storm: {held} messages held back, see vongtay outbox parked"] if held else []

    async def standing(self) -> dict[str, Any]:
        """How each channel stands, for the readiness page."""
        return {
            one.channel: {**one.facts, "troubles": [*one.troubles]} for one in await self._stands()
        }

    async def _stands(self) -> list[Standing]:
        """How each channel stands; looked up again after a minute."""
        clock = asyncio.get_running_loop().time()
        if self._stood is None or clock - self._stood[0] > 60:
            now, zone = self.now(), self.settings.timezone
            found = await self.database.read(lambda c: standings(c, self.terms, now, zone))
            self._stood = (clock, found)
        return self._stood[1]

    async def measure(self) -> None:
        """Bring the gauges up to date (before /metrics is read)."""

        now = self.now()

        def work(connection: Connection) -> tuple[Any, Any, int, Any, int, int, Any]:
            return (
                inbox.waiting(connection),
                outbox.waiting(connection),
                len(inbox.parked(connection)),
                outbox.oldest(connection, now),
                storm.count(connection),
                allowance.waiting(connection),
                questions.all_waiting(connection),
            )

        found = await self.database.read(work)
        (waiting, since), owed, parked, late, held, over, (asked, oldest) = found
        metrics.INBOX.set(waiting)
        metrics.INBOX_AGE.set((now - since).total_seconds() if since else 0)
        metrics.HELD_BACK.set(held)
        metrics.HELD_OVER.set(over)
        metrics.OUTBOX_AGE.clear()
        for kind, at in late.items():
            metrics.OUTBOX_AGE.labels(kind).set((now - at).total_seconds())
        metrics.PARKED_NOW.set(parked)
        metrics.ASKED.set(asked)
        metrics.ASKED_AGE.set((now - oldest).total_seconds() if oldest else 0)
        metrics.OUTBOX.clear()
        for (channel, kind), count in owed.items():
            metrics.OUTBOX.labels(channel, kind).set(count)
        show_standings(await self._stands())


def show_standings(found: Sequence[Standing]) -> None:
    """How each channel stands, as gauges."""
    for gauge in (*metrics.CHANNEL.values(), metrics.WINDOWS, metrics.SHUTTING):
        gauge.clear()
    for one in found:
        for name, number in one.numbers.items():
            metrics.CHANNEL[name].labels(one.channel).set(number)
        for state, count in one.windows.items():
            gauge = metrics.SHUTTING if state == "soon" else metrics.WINDOWS
            labels = (one.channel,) if state == "soon" else (one.channel, state)
            gauge.labels(*labels).set(count)


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


def _alarms(house: House, now: datetime, connection: Connection) -> dict[str, int]:
    return alarms(connection, house, now)


def _others(house: House, now: datetime, connection: Connection) -> dict[str, int]:
    return others(connection, house, now)


def _malformed(count: int) -> None:
    """Updates that were asked for and could not be read."""
    metrics.REFUSED_INPUT.labels("malformed update").inc(count)
