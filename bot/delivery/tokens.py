"""Keeping a pair of tokens that is renewed by itself, once for each: see ChannelToken.

One refreshes, under a claim in the database; the others wait for what it commits. The new pair is
committed before anybody uses it. A process that dies in between leaves a claim that lapses; if
Zalo had answered it by then, the pair is lost, the next try is refused, and that is noted: the
tick tells the operator (bot.desk.duties).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from bot import logs
from bot.channels import Later, Pair, Refused
from bot.clock import Clock
from storage import tokens
from storage.database import Database
from storage.records.channels import ChannelToken

RENEW_AFTER = timedelta(hours=20)  # of the 25 that an access token lives
CLAIM_LIVES = timedelta(seconds=60)  # longer than an answer may take
FAILED_PAUSE = 600.0  # seconds between tries with a token that was refused
_LOOK_AGAIN, _LOOKS = 0.1, 350
_COMMITS = 5
log = logs.get_logger()


class TokenKeeper:
    """The pair of one channel. See bot.channels.zalo_oa.oauth.Tokens."""

    def __init__(
        self,
        database: Database,
        channel: str,
        seed: str,
        exchange: Callable[[str], Awaitable[Pair]],
        now: Clock,
    ) -> None:
        """`seed` is the operator's first refresh token, `exchange` gives a pair for one."""
        self._database, self._channel, self._seed = database, channel, seed
        self._exchange, self._now = exchange, now
        self._one = asyncio.Lock()
        self._known: ChannelToken | None = None
        self._unkept: Pair | None = None  # got, but the database refused it

    async def access(self) -> str:
        """A token that is good now. Raises Later."""
        known = self._known
        if known is None or not self._good(known):
            known = await self._current()
        if self._good(known):
            assert known.access_token
            return known.access_token
        return await self._renewed(known)

    async def renew(self, refused: str) -> str:
        """A token instead of one that was refused. Raises Later."""
        known = await self._current()
        if known.access_token and known.access_token != refused:
            return known.access_token
        return await self._renewed(known)

    async def _renewed(self, old: ChannelToken) -> str:
        async with self._one:
            if self._unkept is not None:
                await self._commit(self._unkept)
            known = await self._current()
            if known.version != old.version and known.access_token:
                return known.access_token
            self._not_again_so_soon(known)
            now = self._now()
            claim = partial(
                tokens.claim,
                channel=self._channel,
                version=known.version,
                now=now,
                until=now + CLAIM_LIVES,
            )
            if not await self._database.write(claim):
                return await self._what_another_gets(known.version)
            return await self._refresh(known.refresh_token)

    async def _refresh(self, token: str) -> str:
        try:
            pair = await self._exchange(token)
        except Refused as problem:
            log.error("token_refused", channel=self._channel, why=str(problem))
            await self._release(str(problem), self._now())
            raise Later("the tokens of this channel are lost", FAILED_PAUSE, True) from None
        except Later as problem:
            await self._release(str(problem), None)
            raise
        await self._commit(pair)
        return pair.access

    async def _commit(self, pair: Pair) -> None:
        """The one moment at which losing something cannot be mended: tried again and again."""
        now, self._unkept = self._now(), pair
        keep = partial(
            tokens.keep,
            channel=self._channel,
            access=pair.access,
            refresh=pair.refresh,
            now=now,
            expires_at=now + pair.lives,
        )
        for left in reversed(range(_COMMITS)):
            try:
                await self._database.write(keep)
                break
            except Exception as problem:
                log.error("token_not_kept", channel=self._channel, error=type(problem).__name__)
                if not left:
                    raise Later("the new tokens cannot be kept", 60.0, True) from None
                await asyncio.sleep(_LOOK_AGAIN)
        self._unkept = None
        await self._current()
        log.info("token_renewed", channel=self._channel)

    async def _release(self, error: str, failed_at: datetime | None) -> None:
        release = partial(tokens.release, channel=self._channel, error=error, failed_at=failed_at)
        await self._database.write(release)

    async def _what_another_gets(self, version: int) -> str:
        """Wait for the pair that another process is getting."""
        for _ in range(_LOOKS):
            await asyncio.sleep(_LOOK_AGAIN)
            known = await self._current()
            if known.version != version and known.access_token:
                return known.access_token
            if known.refreshing_until is None:
                break
        raise Later("another process is getting new tokens", 5.0)

    async def _current(self) -> ChannelToken:
        known = await self._database.read(lambda c: tokens.kept(c, self._channel))
        if known is None:
            await self._database.write(
                partial(tokens.plant, channel=self._channel, seed=self._seed)
            )
            known = await self._database.read(lambda c: tokens.kept(c, self._channel))
        assert known is not None
        self._known = known
        return known

    async def start(self) -> None:
        """Take a new first token of the operator's, where there is one."""
        await self._database.write(partial(tokens.plant, channel=self._channel, seed=self._seed))
        await self._current()

    async def keep_fresh(self, stop: asyncio.Event, every: float = 600.0) -> None:
        """Renew in time also while nothing is sent, until `stop`."""
        while not stop.is_set():
            try:
                await self.access()
            except Later as problem:
                log.warning("token_not_renewed", channel=self._channel, why=str(problem))
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue

    def _good(self, known: ChannelToken) -> bool:
        if not known.access_token or known.refreshed_at is None or known.expires_at is None:
            return False
        return self._now() < min(known.refreshed_at + RENEW_AFTER, known.expires_at)

    def _not_again_so_soon(self, known: ChannelToken) -> None:
        if known.failed_at is None:
            return
        left = FAILED_PAUSE - (self._now() - known.failed_at).total_seconds()
        if left > 0:
            raise Later("the tokens of this channel are lost", left, True)
