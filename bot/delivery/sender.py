"""Sending: due outbox rows of one channel, drawn for its policy, paced, retried or given up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot import logs, metrics
from bot.channels import Channel, Later, Moved, NotSent, Refused, Shut
from bot.clock import Clock
from bot.delivery.pacing import Pace
from bot.delivery.together import Together
from bot.delivery.waiting import first_of
from bot.delivery.way_round import way_round
from bot.windows import ANY, Terms, month_of, reach, spares
from bot.words import Policy, Say
from storage import outbox, people, reaching
from storage.database import Database
from storage.outbox import Owed

AT_ONCE = 20
GIVE_UP_AFTER = timedelta(days=3)
HOUR = timedelta(hours=1)
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
        terms: Mapping[str, Terms] | None = None,
        zone: str = "Asia/Ho_Chi_Minh",
    ) -> None:
        """`terms` are those of every channel there is, by name."""
        self._database, self._together, self._channel = database, together, channel
        self._policy, self._now, self._ceiling = policy, now, pushes_per_hour
        self._all_terms, self._zone = terms or {}, zone
        self._terms = self._all_terms.get(channel.name, ANY)
        self._pace = Pace(channel.per_second, channel.per_address)
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._about: set[int] = set()  # links whose message was claimed and has not left yet
        self.due = asyncio.Event()

    async def start(self) -> None:
        """On a single machine: what a process that died had claimed is free again."""
        if self._database.sqlite:
            await self._database.write(partial(outbox.release_claims, channel=self._channel.name))

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; what is on its way then is waited for."""
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

    async def step(self) -> int:
        """Start sending what may leave at this moment; returns how many."""
        clock = asyncio.get_running_loop().time()
        room = min(self._pace.room(clock) - len(self._about), AT_ONCE - len(self._sending))
        if room <= 0:
            return 0
        busy = self._pace.busy(clock) | set(self._sending)
        name, now = self._channel.name, self._now()
        if await self._database.read(lambda c: outbox.nothing_due(c, name, now)):
            return 0
        owed = await self._together.write(lambda c: outbox.claim(c, name, now, room, busy))
        for message in owed:
            self._about.add(message.link_id)
            task = asyncio.create_task(self._send(message))
            self._sending[message.link_id] = task
            task.add_done_callback(partial(self._sent, message.link_id))
        return len(owed)

    def _sent(self, link_id: int, task: asyncio.Task[None]) -> None:
        self._sending.pop(link_id, None)
        self._about.discard(link_id)
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
        now = self._now()
        reason = await self._database.read(lambda c: self._not_to_send(c, message, now))
        if reason and not (reason == "shut" and await self._heard_lately(message, now)):
            await self._give_up(message, reason)
            return
        say = Say.from_json(message.payload).for_policy(self._policy)
        if self._terms.typed:
            say = await self._database.read(lambda c: _for_typing(c, message, say))
        self._pace.sent(message.link_id, asyncio.get_running_loop().time())
        self._about.discard(message.link_id)
        try:
            platform_id = await self._channel.send(message.address, say, str(message.id))
        except NotSent as problem:
            await self._not_sent(message, problem)
        except Exception as problem:  # a fault of ours in drawing: it must not stop the line
            log.error("draw_failed", message=message.id, error=type(problem).__name__)
            await self._not_sent(message, Later(type(problem).__name__))
        else:
            await self._finish(message, "sent", platform_id=platform_id)
            taken = (self._now() - message.created_at).total_seconds()
            metrics.DELAY.labels(message.kind).observe(max(taken, 0.0))

    def _not_to_send(self, connection: Connection, message: Owed, now: datetime) -> str:
        """Why a message must not leave any more, "" if it may."""
        if message.expires_at and message.expires_at <= now:
            return "expired"
        if message.blocked_at is not None:
            return "blocked"
        if message.kind == "push":
            lately = outbox.pushes_since(connection, message.link_id, now - HOUR)
            if lately >= self._ceiling:
                log.error("push_storm", link=message.link_id)
                return "storm"
        return self._out_of_reach(connection, message, now)

    def _out_of_reach(self, connection: Connection, message: Owed, now: datetime) -> str:
        """Why the terms of this channel do not let the message out; see bot.windows."""
        terms = self._terms
        if terms.monthly and message.kind == "push":
            sent = reaching.counted(connection, self._channel.name, month_of(now, self._zone))
            if spares(terms, sent):
                return "quota"
        if terms.free is not None:
            reader = reaching.reader(connection, message.link_id)
            if reader is None or reach(terms, reader.last_seen_at, now).state == "shut":
                return "shut"
        return ""

    async def _give_up(self, message: Owed, reason: str, error: str | None = None) -> None:
        """Send it another way if there is one; else it is settled, for this reason."""
        unsent = ("shut",) if message.kind == "reply" else ("blocked", "shut", "quota")
        may_go_round = reason in unsent
        if may_go_round and await self._together.write(
            lambda c: self._elsewhere(c, message, reason)
        ):
            metrics.SENT.labels(self._channel.name, "rerouted").inc()
            return
        if reason == "shut" and await self._by_template(message):
            return
        await self._finish(message, reason, error=error)

    async def _heard_lately(self, message: Owed, now: datetime) -> bool:
        """Whether the platform knows better: it counts taps that we are not told of."""
        ask = getattr(self._channel, "heard_at", None)
        heard_at = await ask(message.address) if ask else None
        return heard_at is not None and reach(self._terms, heard_at, now).state != "shut"

    def _elsewhere(self, connection: Connection, message: Owed, reason: str) -> bool:
        """Have another channel of the same person take the message. An alarm is there already."""
        if reason == "blocked" and message.blocked_at is None:
            people.block(connection, message.link_id, self._now())
        if message.kind == "alarm" or reaching.tried_elsewhere(connection, message.id):
            return False
        reader = reaching.reader(connection, message.link_id)
        if reader is None:
            return False
        ways, now = reaching.ways(connection, [reader.person_id]), self._now()
        way = way_round(ways, self._all_terms, message.link_id, now)
        if way is None:
            return False
        why = f"{self._channel.name}: {reason}"
        reaching.reroute(connection, message.id, way.link_id, way.channel, why)
        return True

    async def _by_template(self, message: Owed) -> bool:
        """Outside its window a platform may take a form of words it has approved beforehand."""
        template = getattr(self._channel, "by_template", None)
        if template is None or message.kind == "reply":
            return False
        say = Say.from_json(message.payload).for_policy("code_only")
        try:
            platform_id = await template(message.address, say, message.kind)
        except NotSent as problem:
            log.warning("template_not_sent", channel=self._channel.name, why=str(problem))
            return False
        await self._finish(message, "sent", platform_id=platform_id, error="by template")
        return True

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
        pause = problem.seconds or min(2.0 ** min(message.attempts, 9), 300.0)
        if problem.whole_channel:
            self._pace.close(asyncio.get_running_loop().time() + pause)
        until = now + timedelta(seconds=pause)
        await self._together.write(
            lambda c: outbox.postpone(c, message.id, until, str(problem) or "later")
        )

    def _move(self, connection: Connection, message: Owed, address: str, now: datetime) -> None:
        people.move(connection, message.link_id, self._channel.name, address)
        outbox.postpone(connection, message.id, now, None)

    async def _finish(
        self,
        message: Owed,
        outcome: str,
        *,
        platform_id: str | None = None,
        error: str | None = None,
    ) -> None:
        def work(connection: Connection) -> None:
            now = self._now()
            if self._terms.monthly and outcome == "sent":
                month = month_of(now, self._zone)
                reaching.count(connection, self._channel.name, month, self._spent())
            if outcome == "sent" and (says := getattr(self._channel, "quota_says", "")):
                reaching.note(connection, self._channel.name, "quota", True, says, now)
            outbox.finish(
                connection, message.id, outcome, now, platform_id=platform_id, error=error
            )
            if outcome == "blocked" and message.blocked_at is None:
                people.block(connection, message.link_id, now)

        await self._together.write(work)
        metrics.SENT.labels(self._channel.name, outcome).inc()

    def _spent(self) -> int:
        """How many messages the platform counts for what was sent since this was asked last."""
        spent = getattr(self._channel, "spent", None)
        return int(spent()) if spent else 1


def _for_typing(connection: Connection, message: Owed, say: Say) -> Say:
    """The message as a channel without buttons shows it: in the reader's language.

    While a form is open the digits are the form's, so what comes in between is answered by words.
    """
    reader = reaching.reader(connection, message.link_id)
    if reader is None:
        return say
    other = message.kind != "reply" and reader.in_form
    return replace(say, language=reader.language, takes_digits=say.takes_digits or other)
