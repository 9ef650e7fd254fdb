"""Sending: due outbox rows of one channel, drawn for its policy, paced, retried or given up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot import logs, metrics
from bot.channels import Channel, Later, Moved, NotSent, Refused, Shut
from bot.clock import Clock
from bot.delivery.detour import Detour
from bot.delivery.drawing import Draw, Drawing
from bot.delivery.pacing import Pace
from bot.delivery.together import Together
from bot.delivery.waiting import first_of
from bot.windows import Terms
from bot.words import Policy, Say
from storage import identity, outbox, people
from storage.database import Database
from storage.outbox import Owed

AT_ONCE = 20
GIVE_UP_AFTER = timedelta(days=3)
GO_ROUND_AFTER = timedelta(minutes=5)  # a channel that takes nothing for so long may be blocked
# How long a platform may ask us to wait, in seconds; then it is asked again.
LONGEST_ASKED = outbox.LONGEST_PAUSE.total_seconds()
RENEW_EVERY = outbox.LEASE.total_seconds() / 3
RECORD_AGAIN = (*(0.1 * 2**n for n in range(8)), *[30.0] * 20)  # seconds; some ten minutes in all
Night = Callable[[datetime], bool]
DayOf = Callable[[datetime], outbox.Day | None]
log = logs.get_logger()


class Sender:
    """The sender of one channel. A reply is sent at least once; see contract §6.2."""

    def __init__(
        self,
        database: Database,
        together: Together,
        channel: Channel,
        policy: Policy,
        now: Clock,
        pushes_per_hour: int,
        night: Night = lambda _: False,
        terms: Mapping[str, Terms] | None = None,
        zone: str = "Asia/Ho_Chi_Minh",
        draw: Draw | None = None,
        day: DayOf = lambda _: None,
        off_duty: Night = lambda _: False,
    ) -> None:
        """`pushes_per_hour` is the ceiling of the storm guard, `night` tells the quiet hours,
        `terms` are those of every channel there is, by name, `day` the day of a moment as the
        daily allowance counts it. `draw` makes what is drawn here. `off_duty` tells when only
        danger may make a device sound."""
        self._drawing = Drawing(database, together, draw) if draw else None
        self._database, self._together, self._channel = database, together, channel
        self._policy, self._now, self._ceiling = policy, now, pushes_per_hour
        self._night, self._day, self._off_duty = night, day, off_duty
        self._detour = Detour(database, together, channel, now, terms or {}, zone)
        self._pace = Pace(channel.per_second, channel.per_address)
        self._sending: dict[int, asyncio.Task[None]] = {}
        # Links whose message was claimed and has not left yet, and whether it is a push.
        self._about: dict[int, bool] = {}
        self._claimed: set[int] = set()  # messages that are being sent
        self._failing: dict[int, datetime] = {}  # since when these messages are tried again
        self.due = asyncio.Event()

    async def start(self) -> None:
        """On a single machine: what a process that died had claimed is free again."""
        if self._database.sqlite:
            await self._database.write(partial(outbox.release_claims, channel=self._channel.name))

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; what is on its way then is waited for."""
        renewing = asyncio.create_task(self._renew())
        try:
            await self._run(stop)
        finally:
            renewing.cancel()

    async def _run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self.due.clear()
            try:
                started = await self.step()
            except Exception:
                log.exception("sender_failed", channel=self._channel.name)
                await first_of(stop, seconds=1.0)
                continue
            if not started:
                await self._rest(stop)
        if self._sending:
            await asyncio.wait(self._sending.values(), timeout=10)

    async def _renew(self) -> None:
        """Keep what is being sent from other senders, however slow the platform is."""
        while True:
            await asyncio.sleep(RENEW_EVERY)
            try:
                await self.renew()
            except Exception as problem:
                log.error("not_renewed", channel=self._channel.name, error=type(problem).__name__)

    async def renew(self) -> None:
        """The claims of what is being sent hold on from now."""
        if ids := set(self._claimed):
            await self._together.write(lambda c: outbox.renew(c, ids, self._now()))

    async def step(self) -> int:
        """Start sending what may leave at this moment; returns how many."""
        clock = asyncio.get_running_loop().time()
        room = min(self._pace.room(clock) - len(self._about), AT_ONCE - len(self._sending))
        if room <= 0:
            return 0
        busy = self._pace.busy(clock) | set(self._sending)
        name, now = self._channel.name, self._now()
        pushes = max(self._pace.pushes(clock) - sum(self._about.values()), 0)
        rules = outbox.Rules(pushes, self._ceiling, self._night(now), self._day(now))
        if await self._database.read(lambda c: outbox.nothing_due(c, name, now, rules)):
            return 0
        owed = await self._together.write(
            lambda c: outbox.claim(c, name, now, room, busy, rules=rules)
        )
        for message in owed:
            self._about[message.link_id] = message.kind == "push"
            task = asyncio.create_task(self._send(message))
            self._sending[message.link_id] = task
            self._claimed.add(message.id)
            task.add_done_callback(partial(self._sent, message.link_id, message.id))
        return len(owed)

    def _sent(self, link_id: int, number: int, task: asyncio.Task[None]) -> None:
        self._sending.pop(link_id, None)
        self._claimed.discard(number)
        self._about.pop(link_id, None)
        self.due.set()
        if not task.cancelled() and (problem := task.exception()):
            log.error("send_failed", channel=self._channel.name, error=type(problem).__name__)

    async def drain(self) -> None:
        """Send everything that is due now and wait for it (`vongtay tick`)."""
        while True:
            idle = not self._sending
            started = await self.step()
            if self._sending:
                await asyncio.wait(self._sending.values(), return_when=asyncio.FIRST_COMPLETED)
            elif idle and not started:
                pause = self._pace.wait(asyncio.get_running_loop().time())
                if not pause:
                    return
                await asyncio.sleep(pause)

    async def _rest(self, stop: asyncio.Event) -> None:
        pause = self._pace.wait(asyncio.get_running_loop().time()) or 1.0
        await first_of(self.due, stop, seconds=pause)

    async def _send(self, message: Owed) -> None:
        if reason := self._not_to_send(message) or await self._detour.why_not(message):
            await self._give_up(message, reason)
            return
        say = Say.from_json(message.payload).for_policy(self._policy)
        if self._can_wait(message, say) and self._off_duty(self._now()):
            say = replace(say, silent=True)
        try:
            if say.files and self._drawing:
                say = await self._drawing.drawn(say)
            say = await self._detour.shown(message, say)
            platform_id = await self._hand_over(message, say)
        except NotSent as problem:
            await self._not_sent(message, problem)
        except Exception as problem:  # a fault of ours in drawing: it must not stop the line
            log.error("draw_failed", message=message.id, error=type(problem).__name__)
            await self._not_sent(message, Later(type(problem).__name__))
        else:
            await self._finish(message, "sent", platform_id=platform_id)
            taken = (self._now() - message.created_at).total_seconds()
            metrics.DELAY.labels(message.kind).observe(max(taken, 0.0))

    @staticmethod
    def _can_wait(message: Owed, say: Say) -> bool:
        """Whether nobody is to be woken for it: no answer, no alarm, nothing of an emergency."""
        return message.kind == "push" and message.priority > outbox.REPLY and not say.urgent

    async def _hand_over(self, message: Owed, say: Say) -> str:
        """Give a message to the platform, and note when it left and was answered."""
        loop, link = asyncio.get_running_loop(), message.link_id
        left = loop.time()
        self._pace.sent(link, left, message.kind == "push")
        self._about.pop(link, None)
        taken = False
        try:
            number = await self._channel.send(message.address, say, str(message.id))
            taken = True
        finally:
            self._pace.answered(link, left, loop.time(), taken)
        return number

    def _not_to_send(self, message: Owed) -> str:
        """Why a message must not leave any more, "" if it may."""
        if message.expires_at and message.expires_at <= self._now():
            return "expired"
        return "blocked" if message.blocked_at is not None else ""

    async def _give_up(self, message: Owed, reason: str, error: str | None = None) -> None:
        """Send it another way if there is one; else it is settled, for this reason."""
        instead = await self._detour.instead(message, reason)
        if instead is None:
            await self._finish(message, reason, error=error)
        elif instead.outcome == "sent":
            await self._finish(message, "sent", platform_id=instead.platform_id, error=reason)
        else:
            metrics.SENT.labels(self._channel.name, instead.outcome).inc()

    async def _not_sent(self, message: Owed, problem: NotSent) -> None:
        now = self._now()
        if isinstance(problem, Moved):
            await self._together.write(lambda c: self._move(c, message, problem.address, now))
        elif isinstance(problem, Refused):
            outcome = "blocked" if problem.blocked else "refused"
            outcome = "shut" if isinstance(problem, Shut) else outcome
            await self._give_up(message, outcome, str(problem))
        else:
            assert isinstance(problem, Later)
            await self._later(message, problem, now)

    async def _later(self, message: Owed, problem: Later, now: datetime) -> None:
        metrics.SEND_ERRORS.labels(self._channel.name).inc()
        if now - message.created_at > GIVE_UP_AFTER:
            await self._finish(message, "refused", error=str(problem))
            return
        if await self._goes_round(message, now):
            return
        asked = min(problem.seconds, LONGEST_ASKED)
        pause = asked or min(2.0 ** min(message.attempts, 9), 300.0)
        if problem.whole_channel:
            self._pace.close(asyncio.get_running_loop().time() + pause)
        until = now + timedelta(seconds=pause)
        await self._together.write(
            lambda c: outbox.postpone(c, message.id, until, str(problem) or "later")
        )

    async def _goes_round(self, message: Owed, now: datetime) -> bool:
        """Whether what nobody asked for was handed to another channel of the person: it has failed
        here for some minutes. An answer waits: it belongs where its question is."""
        since = self._failing.setdefault(message.id, now)
        if message.kind == "reply" or now - since < GO_ROUND_AFTER:
            return False
        instead = await self._detour.instead(message, "down")
        if instead is None:
            return False
        self._failing.pop(message.id, None)
        metrics.SENT.labels(self._channel.name, instead.outcome).inc()
        return True

    def _move(self, connection: Connection, message: Owed, address: str, now: datetime) -> None:
        identity.move(connection, message.link_id, self._channel.name, address)
        outbox.postpone(connection, message.id, now, None)

    async def _finish(
        self,
        message: Owed,
        outcome: str,
        *,
        platform_id: str | None = None,
        error: str | None = None,
    ) -> None:
        self._failing.pop(message.id, None)

        def work(connection: Connection) -> None:
            now = self._now()
            if outcome == "sent":
                self._detour.count(connection)
            outbox.finish(
                connection, message.id, outcome, now, platform_id=platform_id, error=error
            )
            if outcome == "blocked" and message.blocked_at is None:
                people.block(connection, message.link_id, now)

        await self._record(work)
        metrics.SENT.labels(self._channel.name, outcome).inc()

    async def _record(self, work: Callable[[Connection], None]) -> None:
        """Write down what became of a message, however long the database is away: what is not
        written down would be sent a second time. The link is busy meanwhile."""
        for pause in RECORD_AGAIN:
            try:
                return await self._together.write(work)
            except Exception as problem:
                log.error("not_recorded", channel=self._channel.name, error=type(problem).__name__)
            await asyncio.sleep(pause)
        await self._together.write(work)
