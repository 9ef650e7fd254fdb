"""The site of one process: web chat, webhooks, health and metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot import logs, metrics
from bot.channels import Malformed
from bot.channels.web.server import WebServer
from bot.check_in_page import CheckInPage
from bot.running import Running

LARGEST_UPDATE = 1024 * 1024
log = logs.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def site(running: Running) -> web.Application:
    """The aiohttp application; the caller runs it."""
    app = web.Application(client_max_size=12 * 1024 * 1024, middlewares=[_no_traceback])
    routes = _Routes(running)
    app.router.add_get("/healthz", routes.alive)
    app.router.add_get("/readyz", routes.ready)
    app.router.add_get("/metrics", routes.metrics)
    if running.telegram and running.settings.telegram_mode == "webhook":
        app.router.add_post("/telegram/webhook", routes.telegram)
    check_in_page(running).mount(app)
    if "web" in running.channels:
        web_chat(running).mount(app)
    return app


def check_in_page(running: Running) -> CheckInPage:
    """The page where people check in at a meeting."""
    refused = lambda what: metrics.REFUSED_INPUT.labels(what).inc()  # noqa: E731
    return CheckInPage(running.database, running.together, running.house, running.now, refused)


def web_chat(running: Running) -> WebServer:
    """The web chat of this process."""
    https = running.settings.public_url.startswith("https:")
    return WebServer(running.mailbox, lambda what: metrics.REFUSED_INPUT.labels(what).inc(), https)


@web.middleware
async def _no_traceback(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What goes wrong inside is logged and answered with "later", never with its inside."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except ConnectionError:
        raise
    except Exception:
        log.exception("request_failed", path=request.path.partition("/once/")[0])
        return web.json_response({"error": "later"}, status=503)


async def _body(request: web.Request) -> bytes | None:
    """The body of a webhook, None when it is larger than any update."""
    try:
        return await request.clone(client_max_size=LARGEST_UPDATE).read()
    except web.HTTPRequestEntityTooLarge:
        return None


class _Routes:
    def __init__(self, running: Running) -> None:
        self._running = running

    async def alive(self, request: web.Request) -> web.Response:
        """The process runs."""
        return web.Response(text="ok\n")

    async def ready(self, request: web.Request) -> web.Response:
        """The database answers and nothing has stopped; and what the operator should look at."""
        fit = await self._running.mailbox.ready() and not self._running.stopping.is_set()
        answer = {"ready": fit, "channels": sorted(self._running.channels)}
        answer["alarms"] = await self._running.alarms() if fit else []
        return web.json_response(answer, status=200 if fit else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        await self._running.measure()
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(), headers=headers)

    async def telegram(self, request: web.Request) -> web.Response:
        """200 only after the commit; a wrong secret leaves no trace in the inbox."""
        from bot.channels.telegram.webhook import HEADER, WrongSecret, webhook_events

        running = self._running
        secret = running.settings.telegram_webhook_secret
        given = request.headers.get(HEADER)
        if (body := await _body(request)) is None:
            metrics.REFUSED_INPUT.labels("large update").inc()
            return web.json_response({"ok": False}, status=413)
        try:
            raw = webhook_events(body, given, secret, running.now())
        except WrongSecret:
            metrics.REFUSED_INPUT.labels("forged webhook").inc()
            return web.json_response({"ok": False}, status=403)
        except Malformed as problem:
            metrics.REFUSED_INPUT.labels("malformed update").inc()
            return web.json_response({"ok": False, "description": str(problem)}, status=400)
        await running.intake.of("telegram")([raw])
        if running.telegram:
            running.aside(running.telegram.acknowledge(raw.payload))
        return web.json_response({"ok": True})
