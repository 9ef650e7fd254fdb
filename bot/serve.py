"""`vongtay serve` and `vongtay tick`: a process from start to end."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog
from aiohttp import web

from bot.http import site
from bot.running import Running
from bot.settings import Settings
from storage import schema
from storage.database import Database


def quiet_logs() -> None:
    """One line of JSON per event, with ids and never with texts."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then let what is under way end."""
    quiet_logs()
    running = Running(settings, Database(settings.database))
    await serve(running, site(running), settings.host, settings.port)


async def serve(
    running: Running,
    app: web.Application,
    host: str,
    port: int,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Start `running` and its site, call `ready` with the port, stop when asked to.

    Raises OSError when the port is taken.
    """
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, running.stopping.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    try:
        await running.start()
        await runner.setup()
        listening = web.TCPSite(runner, host, port)
        await listening.start()
        if ready:
            ready(runner.addresses[0][1])
        await running.stopping.wait()
    finally:
        with suppress(Exception):
            await runner.cleanup()
        await running.stop()


async def tick_once(settings: Settings, at: datetime) -> dict[str, int]:
    """Everything due at a moment, put into the outbox and delivered; see `Running.tick`."""
    quiet_logs()
    database = Database(settings.database)
    running = Running(settings, database, now=lambda: at)
    try:
        await database.write(schema.upgrade)
        done = await running.tick(at)
        if running.telegram:
            await running.telegram.start()
        for sender in running.senders.values():
            await sender.drain()
        return done
    finally:
        await running.stop()
