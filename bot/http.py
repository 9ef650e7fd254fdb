"""The site of one process: web chat, webhooks, health and metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from sqlalchemy.exc import DisconnectionError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot import logs, metrics
from bot.channels import Malformed
from bot.channels.web.server import SPOKEN, WebServer, asked_for, notice
from bot.check_in_page import CheckInPage
from bot.i18n import later as _
from bot.running import Running

OUT_OF_REACH = (
    *(OSError, TimeoutError, NoConnection),
    *(OperationalError, InterfaceError, InternalError, DisconnectionError),
)
LARGEST_UPDATE = 1024 * 1024
log = logs.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def site(running: Running) -> web.Application:
    """The aiohttp application; the caller runs it."""
    app = web.Application(client_max_size=12 * 1024 * 1024, middlewares=[_no_traceback])
    app.on_response_prepare.append(_no_guessing)
    routes = _Routes(running)
    app.router.add_get("/healthz", routes.alive)
    app.router.add_get("/readyz", routes.ready)
    app.router.add_get("/metrics", routes.metrics)
    if running.telegram and running.settings.telegram_mode == "webhook":
        app.router.add_post("/telegram/webhook", routes.telegram)
    check_in_page(running).mount(app)
    if running.zalo_bot and running.settings.zalo_bot_secret:
        app.router.add_post("/zalo/bot/webhook", routes.zalo_bot)
    if running.zalo_oa:
        app.router.add_post("/zalo/oa/webhook", routes.zalo_oa)
    if running.zalo_bot or running.zalo_oa:
        app.router.add_get("/file/{name}", routes.file)
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
    """What goes wrong inside is logged and answered with "later", never with its inside: 503 while
    something is out of reach, 500 where the request itself breaks us. The page lets others pass
    what has broken us several times, and only that."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            sentence = _("There is nothing at this address. Maybe a letter is missing.")
            return notice(404, sentence, await _spoken(request))
        raise
    except web.HTTPException:
        raise
    except web.RequestPayloadError:
        metrics.REFUSED_INPUT.labels("unreadable body").inc()
        return web.json_response({"error": "unreadable body"}, status=400)
    except Exception as problem:
        if isinstance(problem, ConnectionError) and _has_gone(request):
            return web.Response(status=499)  # nobody reads it; what aiohttp would log names them
        log.exception("request_failed", path=request.path.partition("/once/")[0])
        status = 503 if isinstance(problem, OUT_OF_REACH) else 500
        return web.json_response({"error": "later"}, status=status)


def _has_gone(request: web.Request) -> bool:
    """Whether whoever asked is not there any more: a phone out of its network, most likely."""
    if request.transport is not None and not request.transport.is_closing():
        return False
    if request.method != "GET":  # an open line ends so every day
        metrics.REFUSED_INPUT.labels("cut off").inc()
    return True


async def _spoken(request: web.Request) -> str:
    """The language of whoever is at no page of ours, also while the database is out of reach."""
    try:
        return await request.app[SPOKEN](request) if SPOKEN in request.app else asked_for(request)
    except OUT_OF_REACH:
        return asked_for(request)


async def _no_guessing(request: web.Request, response: web.StreamResponse) -> None:
    """No browser takes an answer for something else than it says it is."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")


async def _body(request: web.Request) -> bytes | None:
    """The body of a webhook, None when it is larger than any update. Raises Malformed."""
    try:
        return await request.clone(client_max_size=LARGEST_UPDATE).read()
    except web.HTTPRequestEntityTooLarge:
        return None
    except web.RequestPayloadError:
        raise Malformed("the body is not in the encoding that it names") from None


class _Routes:
    def __init__(self, running: Running) -> None:
        self._running = running

    async def alive(self, request: web.Request) -> web.Response:
        """The process runs."""
        return web.Response(text="ok\n")

    async def ready(self, request: web.Request) -> web.Response:
        """The database answers and nothing has stopped; and what the operator should look at."""
        fit = await self._running.mailbox.ready() and not self._running.stopping.is_set()
        told: dict[str, object] = {"ready": fit, "channels": sorted(self._running.channels)}
        told["alarms"] = await self._running.alarms() if fit else []
        if fit:
            told["standing"] = await self._running.standing()
        return web.json_response(told, status=200 if fit else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        await self._running.measure()
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(), headers=headers)

    async def file(self, request: web.Request) -> web.Response:
        """A stored file, for a platform that fetches it by the address we gave it."""
        from bot.delivery.showing import number_in

        number = number_in(request.match_info["name"], self._running.now())
        try:
            content, mime = await self._running.load_file(number or 0)
        except LookupError:
            raise web.HTTPNotFound from None
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        kind = mime.split(";")[0] or "application/octet-stream"
        return web.Response(body=content, content_type=kind, headers=headers)

    async def zalo_bot(self, request: web.Request) -> web.Response:
        """200 only after the commit; a wrong secret leaves no trace in the inbox."""
        from bot.channels.zalo_bot_platform.webhook import HEADER, WrongSecret, check, webhook_event

        running = self._running
        given, secret = request.headers.get(HEADER), running.settings.zalo_bot_secret
        try:
            check(given, secret)
            if (body := await _body(request)) is None:
                metrics.REFUSED_INPUT.labels("large update").inc()
                return web.json_response({"ok": False}, status=413)
            raw = webhook_event(body, given, secret)
        except WrongSecret:
            metrics.REFUSED_INPUT.labels("forged webhook").inc()
            return web.json_response({"ok": False}, status=403)
        except Malformed as problem:
            metrics.REFUSED_INPUT.labels("malformed update").inc()
            return web.json_response({"ok": False, "description": str(problem)}, status=400)
        if raw is not None:
            await running.intake.of("zalo_bot")([raw])
        return web.json_response({"ok": True})

    async def zalo_oa(self, request: web.Request) -> web.Response:
        """200 only after the commit, and soon: Zalo waits two seconds."""
        from bot.channels.zalo_oa.webhook import HEADER, Signers, WrongSecret, webhook_event

        running, settings = self._running, self._running.settings
        signers = Signers(
            settings.zalo_oa_app_id,
            settings.zalo_oa_id,
            settings.zalo_oa_app_secret,
            settings.zalo_oa_secret_key,
            settings.zalo_oa_signature,
        )
        try:
            if (body := await _body(request)) is None:
                metrics.REFUSED_INPUT.labels("large update").inc()
                return web.json_response({"error": "too large"}, status=413)
            raw = webhook_event(body, request.headers.get(HEADER), signers)
        except WrongSecret:
            metrics.REFUSED_INPUT.labels("forged webhook").inc()
            return web.json_response({"error": "wrong signature"}, status=403)
        except Malformed:
            metrics.REFUSED_INPUT.labels("unreadable body").inc()
            return web.json_response({"error": "unreadable body"}, status=400)
        if raw is not None:
            await running.intake.of("zalo_oa")([raw])
        return web.json_response({"error": 0})

    async def telegram(self, request: web.Request) -> web.Response:
        """200 only after the commit; a wrong secret leaves no trace in the inbox."""
        from bot.channels.telegram.webhook import HEADER, WrongSecret, check, webhook_events

        running = self._running
        secret = running.settings.telegram_webhook_secret
        given = request.headers.get(HEADER)
        try:
            check(given, secret)
            if (body := await _body(request)) is None:
                metrics.REFUSED_INPUT.labels("large update").inc()
                return web.json_response({"ok": False}, status=413)
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
