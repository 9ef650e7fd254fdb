"""An official account's side of Zalo for tests, in this process, on loopback only.

    async with FakeZaloOa() as zalo:
        body, headers = zalo.text("2468", "xin chào")       # to post to the webhook
        zalo.sent("2468")                                    # the messages the account has sent

It has the quirks of the real one as far as they are known: errors come under HTTP 200, a refresh
token works once and kills the old access token, `expires_in` and ids are strings, whoever was not
heard from for seven days is out of reach (-230), nobody else can be written to (-213), a button
comes back as a text, uploads die after seven days, what the account sends comes back as an echo.
`requests` holds everything received, `violations` what the real one would not understand.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self

from aiohttp import web

OA, APP, APP_SECRET, OA_SECRET = (
    "4318657068771012646",
    "3608321054985103",
    "app-secret",
    "oa-secret",
)
DAY = 86_400.0


@dataclass
class FakeZaloOa:
    """See above. `base` serves the API and the tokens."""

    base: str = ""
    refresh_token: str = "first-refresh-token"
    access_token: str = ""
    refreshes: int = 0
    slow: float = 0.0  # seconds that a refresh takes
    lost: bool = False  # hang up after having refreshed
    takes_buttons: bool = True
    quota: int = 8
    now: Callable[[], float] = lambda: 1763631000.0
    requests: list[tuple[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    heard: dict[str, float] = field(default_factory=dict)
    uploads: dict[str, tuple[str, bytes, float]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    _planned: list[tuple[str, int]] = field(default_factory=list)
    _count: int = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8 << 20)
        app.router.add_post("/v4/oa/access_token", self._token)
        app.router.add_post("/v3.0/oa/message/cs", self._answer(self._consult))
        app.router.add_post("/v3.0/oa/message/template", self._answer(self._template))
        app.router.add_post("/v3.0/oa/quota/message", self._answer(self._quota))
        app.router.add_post("/v2.0/oa/message", self._answer(self._react))
        app.router.add_post("/v2.0/oa/upload/{kind}", self._answer(self._upload))
        app.router.add_get("/media/{name}", self._media)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self._runner.cleanup()
        assert kind is not None or not self.violations, self.violations

    # What people do: the body of an event and its headers.

    def text(self, who: str, text: str, **more: Any) -> tuple[bytes, dict[str, str]]:
        return self.event("user_send_text", who, message={"text": text, **more})

    def press(self, who: str, title: str) -> tuple[bytes, dict[str, str]]:
        """The button so labelled that was shown last: it comes as a text."""
        for message in reversed(self.sent(who)):
            for button in buttons(message):
                if button["title"] == title and button["type"] == "oa.query.hide":
                    return self.text(who, button["payload"])
        raise LookupError(title)

    def media(self, who: str, kind: str, content: bytes, text: str = "") -> Any:
        self._count += 1
        self.files[name := f"m{self._count}"] = content
        payload = {"thumbnail": "x", "url": f"{self.base}/media/{name}"}
        message = {"attachments": [{"type": kind, "payload": payload}]}
        if text:
            message["text"] = text  # type: ignore[assignment]
        return self.event(f"user_send_{kind}", who, message=message)

    def location(self, who: str, latitude: float, longitude: float) -> Any:
        at = {"latitude": str(latitude), "longitude": str(longitude)}
        spot = {"type": "location", "payload": {"coordinates": at}}
        return self.event("user_send_location", who, message={"attachments": [spot]})

    def follow(self, who: str, name: str = "follow") -> Any:
        return self.event(name, who, bare=True, oa_id=OA, follower={"id": who}, source="oa_profile")

    def event(self, name: str, who: str, bare: bool = False, **more: Any) -> Any:
        self._count += 1
        self.heard[who] = self.now()
        if name == "unfollow":
            self.heard.pop(who)
        event = {
            "app_id": APP,
            "event_name": name,
            "timestamp": str(round(self.now() * 1000)),
            **more,
        }
        if not bare:
            event |= {"sender": {"id": who}, "recipient": {"id": OA}, "user_id_by_app": "55"}
        if isinstance(event.get("message"), dict):
            event["message"].setdefault("msg_id", f"96d3{self._count:012x}")
        return signed(event)

    # The trouble that tests can make.

    def fail(self, path: str, code: int, times: int = 1) -> None:
        """Answer the next calls whose path ends so with this error; 0 hangs up."""
        self._planned += [(path, code)] * times

    def sent(self, who: str) -> list[dict[str, Any]]:
        return [sent["message"] for sent in self.messages if sent["user_id"] == who]

    async def until(self, true: Callable[[], Any], seconds: float = 5.0) -> Any:
        """What `true` gives as soon as that is true. Raises TimeoutError."""
        for _ in range(round(seconds * 200)):
            if found := true():
                return found
            await asyncio.sleep(0.005)
        raise TimeoutError

    # The server.

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = dict(await request.post())
        self.requests.append(("token", form))
        if request.headers.get("secret_key") != APP_SECRET or form.get("app_id") != APP:
            return web.json_response({"error": -14004, "error_name": "Invalid secret"})
        if form.get("refresh_token") != self.refresh_token:
            return web.json_response({"error": -14014, "error_name": "Invalid refresh token"})
        self.refreshes += 1
        self.refresh_token = f"refresh-{self.refreshes}"
        self.access_token = f"access-{self.refreshes}"
        await asyncio.sleep(self.slow)
        if self.lost:
            assert request.transport
            request.transport.close()
        return web.json_response(
            {
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "expires_in": "90000",
            }
        )

    def _answer(self, work: Callable[[Any], Any]) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            if request.content_type == "application/json":
                body: Any = await request.json()
            else:
                part = (await request.post())["file"]
                body = (request.match_info["kind"], part.filename, part.file.read())  # type: ignore[union-attr]
            self.requests.append((request.path, body))
            if request.headers.get("access_token") != self.access_token or not self.access_token:
                return _error(
                    -216, f"Access token {request.headers.get('access_token')} is invalid"
                )
            for place, (path, code) in enumerate(self._planned):
                if request.path.endswith(path):
                    del self._planned[place]
                    if not code:
                        assert request.transport
                        request.transport.close()
                    return _error(code, "planned")
            result = work(body)
            if isinstance(result, int):
                return _error(result, "no")
            return web.json_response({"data": result, "error": 0, "message": "Success"})

        return answer

    def _consult(self, body: dict[str, Any]) -> Any:
        who, message = body["recipient"]["user_id"], body["message"]
        if who not in self.heard:
            return -213
        if self.now() - self.heard[who] > 7 * DAY:
            return -230
        if problem := self._wrong(message):
            self.violations.append(problem)
            return -201
        if buttons(message) and not self.takes_buttons:
            return -201
        for element in (message.get("attachment") or {}).get("payload", {}).get("elements", []):
            upload = self.uploads.get(element.get("attachment_id", ""))
            if upload is None or self.now() - upload[2] > 7 * DAY:
                return -100
        self._count += 1
        self.messages.append({"user_id": who, "message": message})
        self.quota -= 1
        return {
            "message_id": f"b{self._count:015x}",
            "user_id": who,
            "sent_time": str(round(self.now() * 1000)),
            "quota": {"quota_type": "reply", "remain": str(self.quota), "total": "8"},
        }

    def _wrong(self, message: dict[str, Any]) -> str:
        text = message.get("text")
        if text is not None and not 1 <= len(text) <= 2000:
            return "a text of 1 to 2000 characters"
        if text is None and "attachment" not in message:
            return "neither text nor attachment"
        shown = buttons(message)
        if len(shown) > 5:
            return "more than five buttons"
        for button in shown:
            kind, payload = button["type"], button["payload"]
            if not 1 <= len(button["title"]) <= 100:
                return "a title of 1 to 100 characters"
            if kind == "oa.query.hide" and not (isinstance(payload, str) and len(payload) <= 1000):
                return "a payload of up to 1000 characters"
            if kind == "oa.open.phone" and not payload["phone_code"].isdecimal():
                return "a number to ring"
        return ""

    def _template(self, body: dict[str, Any]) -> Any:
        if set(body) != {"user_id", "template_id", "template_data"}:
            return -201
        self.templates.append(body)
        return {"message_id": f"t{len(self.templates)}"}

    def _quota(self, body: dict[str, Any]) -> Any:
        at = self.heard.get(body["user_id"])
        if at is None:
            return -213
        reply = {"remain": self.quota, "total": 8}
        return {"last_interaction": str(round(at * 1000)), "cs_reply": reply}

    def _react(self, body: dict[str, Any]) -> Any:
        return {"message_id": "r1"}

    def _upload(self, body: tuple[str, str, bytes]) -> Any:
        kind, name, content = body
        if kind == "image" and len(content) > 1024 * 1024:
            return -201
        if kind == "file" and not name.endswith((".pdf", ".doc", ".docx", ".csv")):
            return -201
        self.uploads[number := f"up{len(self.uploads)}"] = (kind, content, self.now())
        return {"token": number} if kind == "file" else {"attachment_id": number}

    async def _media(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["name"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content)


def signed(event: Any, front: str = APP, secret: str = OA_SECRET) -> tuple[bytes, dict[str, str]]:
    """The body of an event and the header that signs it."""
    body = json.dumps(event, ensure_ascii=False).encode()
    row = front.encode() + body + str(event.get("timestamp", "")).encode() + secret.encode()
    return body, {"X-ZEvent-Signature": f"mac={sha256(row).hexdigest()}"}


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons of a message."""
    payload = (message.get("attachment") or {}).get("payload", {})
    return list(payload.get("buttons", []))


def _error(code: int, message: str) -> web.Response:
    return web.json_response({"error": code, "message": message})
