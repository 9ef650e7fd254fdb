"""`vongtay serve` and `vongtay tick`: a process from start to end."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from aiohttp import web

from bot import clock, logs
from bot.clocks.calendar import Calendar
from bot.http import site
from bot.running import Running
from bot.settings import Settings, unknown
from storage import outbox
from storage.opening import opened

log = logs.get_logger()


class CannotServe(Exception):
    """There is no way to start, or to go on; `setting` is the one to blame, if any."""

    def __init__(self, message: str, setting: str = "") -> None:
        super().__init__(message)
        self.setting = setting

    @property
    def named(self) -> str:
        """The message, with the name of its setting first."""
        return f"VONGTAY_{self.setting}: {self}" if self.setting else str(self)


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then let what is under way end.

    Raises CannotServe, CannotOpen or WrongKey.
    """
    logs.configure()
    _with_a_clock_that_counts()
    for name in unknown():
        log.warning("no_such_setting", name=name)
    running = Running(settings, await opened(settings.database))
    if not running.channels:
        await running.stop()
        raise CannotServe("needed, because no other channel is on", "WEB_CHAT")
    await serve(running, site(running), settings.host, settings.port)


def _with_a_clock_that_counts() -> None:
    """Raises CannotServe where the machine thinks it is a year that no limit can be counted in.

    One without a battery starts in 1970: what waits with the platforms is safe until it is right.
    """
    kept, now = Calendar.of(), clock.now()
    if not kept.first < now.year < kept.last:  # limits reach into the years beside it
        raise CannotServe(f"the machine's clock says {now:%Y-%m-%d}: it has to be put right first")


async def serve(
    running: Running,
    app: web.Application,
    host: str,
    port: int,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Start `running` and its site, call `ready` with the port, stop when asked to.

    The port is taken before anything else: a second process of the same commune stops there and
    does not disturb the first. Raises CannotServe.
    """
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, running.stopping.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    listening = None
    try:
        listening = await _listening(runner, host, port)
        await running.start()
        await listening.start_serving()
        real_port = listening.sockets[0].getsockname()[1]
        log.info("serving", host=host, port=real_port, channels=sorted(running.channels))
        if ready:
            ready(real_port)
        await running.stopping.wait()
    finally:
        if listening:
            listening.close()
        with suppress(Exception):
            await runner.cleanup()
        await running.stop()
    if running.failed:
        raise CannotServe(f"the {running.failed} has failed; the log says why")


async def _listening(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    """The address, taken but not served yet. Raises CannotServe."""
    loop = asyncio.get_running_loop()
    assert runner.server is not None
    try:
        return await loop.create_server(runner.server, host, port, start_serving=False)
    except OSError as problem:
        unknown = isinstance(problem, socket.gaierror) or problem.errno == errno.EADDRNOTAVAIL
        number = problem.errno or 0
        reason = os.strerror(number) if number > 0 else problem.strerror
        setting = "HOST" if unknown else "PORT"
        raise CannotServe(f"cannot listen on {host}:{port}: {reason}", setting) from None


async def tick_once(settings: Settings, at: datetime) -> tuple[dict[str, int], str]:
    """Everything due at a moment, put into the outbox and delivered; see `Running.tick`.

    Also says how many messages are "undelivered", and why, "" when none is.
    """
    # The senders go by the real clock: by it they and a server beside us see who has claimed what.
    logs.configure(sys.stderr)  # what is printed is the result
    running = Running(settings, await opened(settings.database))
    try:
        begun = clock.now()
        done = await running.tick(at)
        for sender in running.senders.values():
            await sender.drain()
        left, why = await running.database.read(lambda c: outbox.undelivered(c, begun))
        return {**done, "undelivered": left}, why
    finally:
        await running.stop()
