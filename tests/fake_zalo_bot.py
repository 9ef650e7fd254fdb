"""A server of the Zalo bot platform for tests, in this process, on loopback only.

    async with FakeZaloBot() as server:
        channel = ZaloBotChannel(server.token, server.base)
        server.text("ted", "xin chào")
        await server.until(lambda: server.sent("ted"))     # what the bot has sent to ted

It has the quirks of the real one as far as they are known: errors come under HTTP 200, getUpdates
gives one event and forgets it, an idle question ends with 408 (under 200, or as HTTP 408 with
`http_408`), a webhook and getUpdates exclude each other, an address whose trial failed is kept
all the same, nobody can be written to who never wrote, 429 says nothing of a delay, a photo is
fetched more than once. `flat` leaves the wrapping of events off. Everything received is in
`requests`; whatever the real server would not take is answered by an error and in `violations`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import web

EVENT_FIELDS = {"text": "text", "image": "photo_url", "voice": "voice_url", "sticker": "sticker"}
STYLES = {"b", "i", "u", "s", "f_13", "f_15", "f_18", "f_20", "c_db342e"}
PARAMETERS = {
    "getMe": set(),
    "getUpdates": {"timeout"},
    "setWebhook": {"url", "secret_token"},
    "deleteWebhook": set(),
    "getWebhookInfo": set(),
    "sendMessage": {"chat_id", "text", "text_styles", "parse_mode"},
    "sendPhoto": {"chat_id", "photo", "caption"},
    "sendSticker": {"chat_id", "sticker"},
    "sendVoice": {"chat_id", "voice_url"},
    "sendChatAction": {"chat_id", "action"},
}


class Trouble(Exception):
    def __init__(self, code: int, description: str) -> None:
        self.code, self.description = code, description


@dataclass
class Received:
    method: str
    params: dict[str, Any]


@dataclass
class FakeZaloBot:
    """See above. `base` and `token` are what a bot needs to know."""

    token: str = "12345689:fake-Token_of-the-test-server"
    flat: bool = False
    http_408: bool = False
    long_poll: float = 0.05  # seconds; the real one holds a question for thirty
    monthly: int = 3000
    base: str = ""
    requests: list[Received] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    chats: set[str] = field(default_factory=set)
    messages: list[dict[str, Any]] = field(default_factory=list)
    webhook: dict[str, str] = field(default_factory=dict)
    fetched: dict[str, list[int]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    fetch_photos: bool = False
    now: Callable[[], float] = lambda: 1763631000.0  # seconds
    _queue: list[dict[str, Any]] = field(default_factory=list)
    _planned: list[tuple[str, int, int]] = field(default_factory=list)
    _count: int = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/media/{name}", self._media)
        app.router.add_get("/moved/{name}", self._moved)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self._runner.cleanup()
        assert kind is not None or not self.violations, self.violations

    # What people do. Each returns the event as it is posted to a webhook.

    def text(self, chat: str, text: str, **more: Any) -> dict[str, Any]:
        return self._event("text", chat, text=text, **more)

    def image(self, chat: str, content: bytes, field: str = "photo_url", **more: Any) -> Any:
        return self._event("image", chat, **{field: self.file(content, ".jpg")}, **more)

    def voice(self, chat: str, content: bytes) -> dict[str, Any]:
        return self._event("voice", chat, voice_url=self.file(content, ".aac"))

    def sticker(self, chat: str) -> dict[str, Any]:
        return self._event("sticker", chat, sticker="s1", url=f"{self.base}/media/none")

    def unsupported(self, chat: str) -> dict[str, Any]:
        return self._event("unsupported", chat)

    def file(self, content: bytes, ending: str) -> str:
        """An address under which a file lies."""
        self._count += 1
        self.files[name := f"f{self._count}{ending}"] = content
        return f"{self.base}/media/{name}"

    def _event(self, kind: str, chat: str, **content: Any) -> dict[str, Any]:
        self.chats.add(chat)
        self._count += 1
        event = {
            "event_name": f"message.{kind}.received",
            "message": {
                "from": {"id": chat, "display_name": "Ted", "is_bot": False},
                "chat": {"id": chat, "chat_type": "PRIVATE"},
                "message_id": f"2d758cb5e222177a{self._count:04x}",
                "date": round(self.now() * 1000),
                **content,
            },
        }
        body = event if self.flat else {"ok": True, "result": event}
        if not self.webhook:
            self._queue.append(event)
        return body

    # The trouble that tests can make.

    def fail(self, method: str, code: int, times: int = 1, status: int = 200) -> None:
        """Answer the next calls of a method with this error; status 0 hangs up instead."""
        self._planned += [(method, code, status)] * times

    def let(self, method: str) -> None:
        """Before the trouble that follows, answer one call of a method as usual."""
        self._planned.append((method, 0, -1))

    # What has come of it.

    def sent(self, chat: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["chat_id"] == chat]

    def received(self, method: str) -> list[Received]:
        return [request for request in self.requests if request.method == method]

    async def until(self, true: Callable[[], Any], seconds: float = 5.0) -> Any:
        """What `true` gives as soon as that is true. Raises TimeoutError."""
        for _ in range(round(seconds * 200)):
            if found := true():
                return found
            await asyncio.sleep(0.005)
        raise TimeoutError

    # The server.

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token:
                raise Trouble(401, "Unauthorized")
            params = json.loads(await request.text() or "{}")
            self.requests.append(Received(method, params))
            for place, (planned, code, status) in enumerate(self._planned):
                if planned == method:
                    del self._planned[place]
                    if status < 0:
                        break
                    if status == 0:
                        assert request.transport
                        request.transport.close()
                    return _error(code, "planned", status or 200)
            if method not in PARAMETERS:
                raise Trouble(404, "Not Found")
            if unknown := set(params) - PARAMETERS[method]:
                self.violations.append(f"{method} does not know {sorted(unknown)}")
            result = await self._answer(method, params)
        except Trouble as trouble:
            if trouble.code == 408 and self.http_408:
                return _error(408, trouble.description, 408)
            return _error(trouble.code, trouble.description)
        answer = {"ok": True} if result is None else {"ok": True, "result": result}
        return web.json_response(answer)

    async def _answer(self, method: str, params: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return {
                    "id": "1459232241454765289",
                    "account_name": "bot.fake",
                    "can_join_groups": False,
                }
            case "getUpdates":
                return await self._update()
            case "setWebhook":
                return await self._set_webhook(params)
            case "deleteWebhook":
                self.webhook = {}
                return {"url": "", "updated_at": 1}
            case "getWebhookInfo":
                return {"url": self.webhook.get("url", ""), "updated_at": 1}
            case "sendChatAction":
                return None
        return await self._send(method, params)

    async def _update(self) -> dict[str, Any]:
        if self.webhook:
            raise Trouble(409, "a webhook is set")
        end = asyncio.get_running_loop().time() + self.long_poll
        while not self._queue:
            if asyncio.get_running_loop().time() > end:
                raise Trouble(408, "Request timeout")
            await asyncio.sleep(0.005)
        return self._queue.pop(0)

    async def _set_webhook(self, params: dict[str, Any]) -> dict[str, Any]:
        url, secret = params.get("url"), params.get("secret_token")
        if not url or not secret or not 8 <= len(secret) <= 256:
            raise Trouble(400, "url and secret_token are required")
        self.webhook = {"url": url, "secret": secret}
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.post(
                    url,
                    json={"event_name": "webhook.verification"},
                    headers={"X-Bot-Api-Secret-Token": secret},
                ) as answer,
            ):
                status = answer.status
        except aiohttp.ClientError:
            status = 0
        trial = {"ok": status == 200, "outcome": "ok" if status == 200 else "failed"}
        return {"url": url, "updated_at": 1, "verification": {**trial, "status_code": status}}

    async def _send(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        chat = params.get("chat_id")
        if not isinstance(chat, str) or chat not in self.chats:
            raise Trouble(400, "chat not found")
        if len(self.messages) >= self.monthly:
            raise Trouble(429, "Quota exceeded")
        if method == "sendMessage":
            self._check_text(params)
        if method == "sendVoice" and not params.get("voice_url", "").endswith(".aac"):
            raise Trouble(400, "voice_url must end in .aac")
        if method == "sendPhoto" and self.fetch_photos:
            self.fetched[params["photo"]] = [await _status(params["photo"]) for _ in range(2)]
        self._count += 1
        message = {"method": method, "message_id": f"b{self._count:019x}", **params}
        self.messages.append(message)
        return {"message_id": message["message_id"], "date": 1763631000000}

    def _check_text(self, params: dict[str, Any]) -> None:
        text = params.get("text")
        if not isinstance(text, str) or not 1 <= len(text.encode("utf-16-le")) // 2 <= 2000:
            raise Trouble(400, "text must have 1 to 2000 characters")
        for style in params.get("text_styles", []):
            ends = style["start"] + style["len"]
            if not set(style["st"]) <= STYLES or ends > len(text.encode("utf-16-le")) // 2:
                self.violations.append(f"no such style: {style}")

    async def _media(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["name"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content)

    async def _moved(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/media/{request.match_info['name']}")


def _error(code: int, description: str, status: int = 200) -> web.Response:
    return web.json_response(
        {"ok": False, "description": description, "error_code": code}, status=status
    )


async def _status(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status
