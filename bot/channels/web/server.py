"""The HTTP side of the web chat. Nothing is acknowledged before the mailbox has committed it."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from mimetypes import guess_extension
from typing import Any

from aiohttp import web

from bot.channels.web.mailbox import BadUpload, Mailbox, Visitor
from bot.channels.web.pages import HEADERS, STATIC, TYPES, page, wished
from bot.i18n import later as _
from bot.i18n import speak

LONGEST_TEXT = 10_000  # characters
LARGEST_MESSAGE = 64 * 1024  # bytes of JSON
LARGEST_FILE = 10 * 1024 * 1024
YEAR = 365 * 24 * 3600
DAY = 24 * 3600
BURST, PER_SECOND = 40, 2.0  # messages and uploads of one visitor
ASKED_BURST, ASKED_PER_SECOND = 30, 3.0  # suggestions: faster than anybody types
LONGEST_TYPED = 2 * 1024  # bytes of JSON of what is being typed
LIVE_FOR = 20.0  # seconds between two signs of life on the event stream
_SPENT = _(
    "This link was opened before, or is too old. "
    "Go back to where it came from and ask for a new one."
)
_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_TOKEN = re.compile(r"[0-9A-Za-z_-]{43}")  # as secrets.token_urlsafe(32) makes them
CANDIDATE = "vongtay_once"  # the cookie of a browser that looked at a one-time link

Refused = Callable[[str], None]
SeatedAs = Callable[[], Awaitable[str]]  # gives the address that a demo phone speaks for
Spoken = Callable[[web.Request], Awaitable[str]]
SPOKEN: web.AppKey[Spoken] = web.AppKey("spoken")  # the language of whoever asks, for other pages


class WebServer:
    """The routes of the web chat, mounted at "" and, in the demo, at each phone.

    `refused` is called with the kind of bad input that was turned away; `https` marks cookies
    Secure.
    """

    def __init__(self, mailbox: Mailbox, refused: Refused, https: bool) -> None:
        self._mailbox, self._refused, self._https = mailbox, refused, https
        self._pace: dict[tuple[int, float], tuple[float, float]] = {}

    def mount(
        self, app: web.Application, base: str = "", seated_as: SeatedAs | None = None
    ) -> None:
        """Add the chat under `base`; with `seated_as` every browser there is that person."""
        seat = _Seat(self, base, seated_as)
        add = app.router.add_route
        show = app.router.add_get  # answers HEAD, too: previews and monitors ask that
        show(f"{base}/", seat.index)
        if base:  # the cookie's path is the folder
            show(base, seat.to_folder)
        for path in sorted(STATIC.iterdir()):
            if path.suffix in TYPES and path.suffix != ".html":
                show(f"{base}/{path.name}", seat.static)
        add("GET", f"{base}/api/history", seat.history)
        add("GET", f"{base}/api/events", seat.events)
        add("POST", f"{base}/api/messages", seat.message)
        add("POST", f"{base}/api/suggest", seat.suggest)
        add("POST", f"{base}/api/files", seat.upload)
        add("GET", f"{base}/api/files/{{number:[0-9]{{1,15}}}}", seat.file)
        add("GET", f"{base}/api/sessions", seat.sessions)
        add("DELETE", f"{base}/api/sessions/{{number:[0-9]{{1,15}}}}", seat.end_session)
        if not base:
            app[SPOKEN] = seat.spoken
            show("/once/{token:[A-Za-z0-9_-]{16,64}}", seat.once_page)
            add("POST", "/once/{token:[A-Za-z0-9_-]{16,64}}", seat.once)

    def too_fast(
        self, visitor: Visitor, burst: int = BURST, per_second: float = PER_SECOND
    ) -> bool:
        """Whether this visitor has sent too much too quickly (a leaky bucket for each pace)."""
        now, key = time.monotonic(), (visitor.session_id, per_second)
        level, at = self._pace.get(key, (0.0, now))
        level = max(level - (now - at) * per_second, 0.0) + 1.0
        self._pace[key] = (min(level, burst + 1), now)
        if len(self._pace) > 10_000:
            self._pace.clear()
        return level > burst

    def refuse(self, status: int, sentence: str, language: str, what: str) -> web.Response:
        """An answer that says what would work; counted."""
        self._refused(what)
        return web.json_response({"error": speak(language)(sentence)}, status=status)


class _Seat:
    """The chat at one place of the site."""

    def __init__(self, server: WebServer, base: str, seated_as: SeatedAs | None) -> None:
        self._server, self._base, self._seated_as = server, base, seated_as
        self._mailbox = server._mailbox
        self._cookie = "vongtay" + base.replace("/", "_")

    async def _visitor(self, request: web.Request) -> Visitor | None:
        token = request.cookies.get(self._cookie, "")
        return await self._mailbox.visitor(token) if 20 < len(token) < 100 else None

    async def _known(self, request: web.Request) -> Visitor:
        """The visitor of an api call. Only our own page can make one: other sites cannot add
        the header without asking first."""
        visitor = await self._visitor(request)
        if visitor is None:
            raise web.HTTPUnauthorized(text='{"error":"session"}', content_type="application/json")
        changes = request.method not in ("GET", "HEAD")
        if changes and request.headers.get("X-Requested-With") != "vongtay":
            self._server._refused("forged web request")
            raise web.HTTPForbidden(text='{"error":"forged"}', content_type="application/json")
        return visitor

    async def spoken(self, request: web.Request) -> str:
        """What the person speaks in the chat; where nobody is known, what the browser asks for."""
        visitor = await self._visitor(request)
        return await self._mailbox.language(visitor) if visitor else asked_for(request)

    async def to_folder(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"{self._base}/")

    async def index(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._visitor(request)
        token = request.cookies[self._cookie] if visitor and visitor.renew else ""
        if visitor is None and request.method == "GET":
            token = secrets.token_urlsafe(32)
            address = await self._seated_as() if self._seated_as else ""
            visitor = await self._mailbox.begin(token, _device(request), address)
        body = page("index.html", await self._mailbox.language(visitor) if visitor else "vi")
        response = web.Response(body=body, content_type="text/html", charset="utf-8")
        # No cache between us may keep it: it comes with somebody's token.
        response.headers.update({**HEADERS, "Cache-Control": "private, no-cache"})
        response.enable_compression()
        if token:
            self.give(response, token)
        return response

    def give(self, response: web.StreamResponse, token: str) -> None:
        response.set_cookie(
            self._cookie,
            token,
            max_age=YEAR,
            path=f"{self._base}/",
            httponly=True,
            samesite="Lax",
            secure=self._server._https,
        )

    async def static(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        visitor = await self._visitor(request) if name.endswith(".webmanifest") else None
        language = await self._mailbox.language(visitor) if visitor else "vi"
        body = page(name, language)
        if body is None:
            raise web.HTTPNotFound
        for_ever = "v" in request.query and name not in ("sw.js", "manifest.webmanifest")
        cached = "public, max-age=31536000, immutable" if for_ever else "no-cache"
        headers = {**HEADERS, "Cache-Control": cached}
        kind = TYPES["." + name.rpartition(".")[2]]
        response = web.Response(body=body, content_type=kind, charset=_charset(kind))
        response.headers.update(headers)
        response.enable_compression()  # a third of the size on a slow line
        return response

    async def history(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._known(request)
        messages = await self._mailbox.after(visitor, _number(request.query.get("after")))
        language = await self._mailbox.language(visitor)
        answer = {"messages": self._with_urls(messages), "language": language}
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    def _with_urls(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for message in messages:
            for file in message.get("files", ()):
                file["url"] = f"{self._base}/api/files/{file.pop('attachment_id')}"
        return messages

    async def events(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._known(request)
        seen = request.headers.get("Last-Event-ID") or request.query.get("after")
        after = _number(seen)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        token = request.cookies.get(self._cookie, "")
        quiet_since = time.monotonic()
        spoken = await self._mailbox.language(visitor)
        await response.write(b": here\n\n")
        with contextlib.suppress(ConnectionError):  # the page was closed
            while True:
                news, look_after = self._mailbox.news(visitor)  # before reading: none is missed
                fresh = self._with_urls(await self._mailbox.after(visitor, after))
                if fresh and await self._mailbox.visitor(token) is None:
                    break  # ended on another device: nothing more is shown here
                for message in fresh:
                    after = max(after, message["n"])
                    data = json.dumps(message, ensure_ascii=False)
                    await response.write(f"id: {after}\ndata: {data}\n\n".encode())
                    quiet_since = time.monotonic()
                if fresh and (language := await self._mailbox.language(visitor)) != spoken:
                    spoken = language  # the words of the page itself are in it, too
                    await response.write(f"event: language\ndata: {language}\n\n".encode())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), look_after)
                if time.monotonic() - quiet_since >= LIVE_FOR:
                    if await self._mailbox.visitor(token) is None:
                        break  # the session was ended elsewhere
                    await response.write(b": still here\n\n")
                    quiet_since = time.monotonic()
        return response

    async def message(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._known(request)
        language = await self._mailbox.language(visitor)
        refuse = self._server.refuse
        if self._server.too_fast(visitor):
            return refuse(429, _("Slowly, please: try again in a moment."), language, "flood")
        body = await _body(request, LARGEST_MESSAGE)
        if body is None:
            return refuse(413, _("That is too long: at most 10,000 letters."), language, "long")
        try:
            message = _checked(json.loads(body))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return refuse(400, _("I could not read that. Please write it again."), language, "json")
        if len(message.get("text", "")) > LONGEST_TEXT:
            return refuse(413, _("That is too long: at most 10,000 letters."), language, "long")
        try:
            number = await self._mailbox.post(visitor, message)
        except BadUpload as problem:
            return refuse(400, str(problem), language, "file")
        return web.json_response({"ok": True, "n": number})

    async def suggest(self, request: web.Request) -> web.StreamResponse:
        """Questions for what is being typed. Posted, so that it stands in no address and no log."""
        visitor = await self._known(request)
        if self._server.too_fast(visitor, ASKED_BURST, ASKED_PER_SECOND):
            self._server._refused("flood of suggestions")
            return web.json_response({"suggestions": []}, status=429)
        body = await _body(request, LONGEST_TYPED)
        typed: Any = None
        with contextlib.suppress(ValueError, RecursionError):
            said = json.loads(body or b"null")
            typed = said.get("text") if isinstance(said, dict) else None
        if not isinstance(typed, str):
            return web.json_response({"suggestions": []}, status=400)
        found = await self._mailbox.suggest(visitor, typed.encode("utf-8", "replace").decode())
        listed = [{"value": value, "label": question} for value, question in found]
        return web.json_response({"suggestions": listed}, headers={"Cache-Control": "no-store"})

    async def upload(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._known(request)
        language = await self._mailbox.language(visitor)
        refuse = self._server.refuse
        if self._server.too_fast(visitor):
            return refuse(429, _("Slowly, please: try again in a moment."), language, "flood")
        kind, file_id = request.query.get("kind", ""), request.query.get("id", "")
        if kind not in ("photo", "voice") or not _ID.fullmatch(file_id):
            return refuse(415, _("I can take photos and voice notes only."), language, "file")
        content = await _body(request, LARGEST_FILE)
        if content is None:
            return refuse(413, _("This file is too big: at most 10 MB."), language, "big file")
        try:
            await self._mailbox.upload(visitor, file_id, kind, content)
        except BadUpload as problem:
            return refuse(415, str(problem), language, "file")
        return web.json_response({"file": file_id})

    async def file(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._known(request)
        found = await self._mailbox.file(visitor, int(request.match_info["number"]))
        if found is None:
            raise web.HTTPNotFound
        headers = {**HEADERS, "Cache-Control": "private, no-store"}
        if not found[1].startswith(("image/", "audio/")):  # a paper: phones open it by its ending
            name = f"vong-tay-{request.match_info['number']}{guess_extension(found[1]) or ''}"
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return web.Response(body=found[0], content_type=found[1], headers=headers)

    async def sessions(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._known(request)
        listed = [
            {
                "id": session.id,
                "current": session.id == visitor.session_id,
                "device": session.device,
                "started": session.started_at.isoformat(),
                "last_seen": session.last_seen_at.isoformat(),
            }
            for session in await self._mailbox.sessions(visitor)
        ]
        return web.json_response({"sessions": listed}, headers={"Cache-Control": "no-store"})

    async def end_session(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._known(request)
        if not await self._mailbox.end(visitor, int(request.match_info["number"])):
            raise web.HTTPNotFound
        return web.json_response({"ok": True})

    async def once_page(self, request: web.Request) -> web.StreamResponse:
        """Only a press opens a one-time link: programs that preview links must not use it up.

        The browser gets the token that it will enter with, so that a second press, or one whose
        answer was lost, is known to be the same browser's.
        """
        response = _alone(200, page("once.html", await self.spoken(request)) or b"")
        response.set_cookie(
            CANDIDATE,
            _candidate(request) or secrets.token_urlsafe(32),
            max_age=DAY,
            path=request.path,
            httponly=True,
            samesite="Lax",
            secure=self._server._https,
        )
        return response

    async def once(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            # Another site would sign somebody in as somebody else, who then reads what they write.
            self._server._refused("forged web request")
            sentence = _("Please open the link itself, and press the button there.")
            return notice(403, sentence, await self.spoken(request))
        token = _candidate(request) or secrets.token_urlsafe(32)
        if not await self._enters(request, token):
            self._server._refused("spent link")
            return notice(410, _SPENT, await self.spoken(request))
        response = web.Response(status=303, headers={"Location": "/"})
        self.give(response, token)
        return response

    async def _enters(self, request: web.Request, token: str) -> bool:
        """Whether this token is a session now, by this press or by the one before it, which may
        still be under way when we first look."""
        visitor, link = self._mailbox.visitor, request.match_info["token"]
        return (
            await visitor(token) is not None
            or await self._mailbox.enter(link, token, _device(request))
            or await visitor(token) is not None
        )


def _candidate(request: web.Request) -> str:
    """The token that this browser got with the page of the link, "" if it has none."""
    token = request.cookies.get(CANDIDATE, "")
    return token if _TOKEN.fullmatch(token) else ""


def asked_for(request: web.Request) -> str:
    """The language that the browser asks for."""
    return wished(request.headers.get("Accept-Language", ""))


def notice(status: int, sentence: str, language: str) -> web.Response:
    """A page that says one thing, and how to go on."""
    template = page("notice.html", language) or b""
    said = html.escape(speak(language)(sentence)).encode()
    return _alone(status, template.replace(b"{{says}}", said))


def _alone(status: int, body: bytes) -> web.Response:
    """A page that is not the chat. Nobody keeps it: it depends on who asks."""
    headers = {**HEADERS, "Cache-Control": "no-store"}
    return web.Response(
        body=body, status=status, content_type="text/html", charset="utf-8", headers=headers
    )


async def _body(request: web.Request, most: int) -> bytes | None:
    """The body, None when it is longer than `most` bytes."""
    if (request.content_length or 0) > most:
        return None
    parts: list[bytes] = []
    size = 0
    async for part in request.content.iter_chunked(65536):
        size += len(part)
        if size > most:
            return None
        parts.append(part)
    return b"".join(parts)


def _checked(said: Any) -> dict[str, Any]:
    """A message of the page with just the fields it may have. Raises ValueError, TypeError."""
    if not isinstance(said, Mapping) or not _ID.fullmatch(said["id"]):
        raise ValueError("no id")
    message: dict[str, Any] = {"id": said["id"]}
    for name in ("text", "value", "label", "at"):
        if said.get(name) is not None:
            if not isinstance(said[name], str):
                raise TypeError(name)
            message[name] = said[name].encode("utf-8", "replace").decode()
    if files := said.get("files"):
        if len(files) > 20 or not all(_ID.fullmatch(file) for file in files):
            raise ValueError("files")
        message["files"] = list(files)
    if spot := said.get("location"):
        latitude, longitude = float(spot["latitude"]), float(spot["longitude"])
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError("location")
        message["location"] = {"latitude": latitude, "longitude": longitude}
    if max(len(message.get(name, "")) for name in ("value", "label")) > 200 or len(message) < 2:
        raise ValueError("empty")
    return message


def _charset(kind: str) -> str | None:
    return None if kind.startswith("image/png") else "utf-8"


def _number(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdecimal() and len(said) < 16 else 0


def _device(request: web.Request) -> str:
    """A browser as its owner would know it: "Android · Chrome"."""
    agent = request.headers.get("User-Agent", "")
    systems = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    browsers = ("Zalo", "Edg", "SamsungBrowser", "Firefox", "Chrome", "Safari")
    found = [next((name for name in names if name in agent), "") for names in (systems, browsers)]
    return " · ".join(name for name in found if name) or "?"
