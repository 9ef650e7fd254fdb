"""A Bot API server for tests, in this process, on loopback only.

    async with FakeTelegram() as server:
        channel = TelegramChannel(server.token, server.base)
        server.text(7, "xin chào")                    # person 7 writes; chat 7 exists from now on
        await server.until(lambda: server.sent(7))    # what the bot has sent to 7
        server.press(7, server.sent(7)[-1]["message_id"], "yes")

It behaves as the real one where a bot could notice: an update is confirmed by asking for a higher
offset, polls are long, a second poll ends the first with 409, texts, buttons and files have their
limits, chats must exist. `block`, `migrate`, `fail`, `drop`, `garble` and `strict_pacing` make
trouble. aiogram is the strict second reader: what is injected is built by its types, and what is
received must validate as its method, without an unknown field at any depth. A request that does
not is answered 400 and noted in `violations`; leaving the `async with` block then raises
AssertionError, unless the test has cleared them. Everything received is in `requests`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, get_args

import aiohttp
from aiogram import methods, types
from aiohttp import web
from pydantic import BaseModel, ValidationError

METHODS: dict[str, Any] = {
    vars(kind)["__api_method__"]: kind
    for kind in vars(methods).values()
    if isinstance(kind, type) and "__api_method__" in vars(kind)
}
ME = {"id": 123456789, "is_bot": True, "first_name": "Fake", "username": "FakeBot"}


@dataclass
class Received:
    """One request: the method, its parameters as plain values, and the bytes of its uploads."""

    method: str
    params: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)


class Trouble(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        self.code, self.description, self.parameters = code, description, parameters


class FakeTelegram:
    """See above. `base` and `token` are what a bot needs to know."""

    token = "123456789:fake-token_OF-the-test-server"

    def __init__(self, strict_pacing: bool = False) -> None:
        self.strict_pacing = strict_pacing
        self.always_200 = False  # as some servers have it: only the answer says that it is not ok
        self.base = ""
        self.requests: list[Received] = []
        self.violations: list[str] = []
        self.commands: list[dict[str, Any]] = []
        self.chats: dict[int, dict[str, Any]] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.webhook: dict[str, Any] = {}
        self._blocked: set[int] = set()
        self._moved: dict[int, int] = {}
        self._queue: list[tuple[int, Any]] = []  # what is not confirmed, by update_id
        self._allowed: set[str] = set()
        self._files: dict[str, tuple[str, bytes, int]] = {}  # path, bytes, size as announced
        self._planned: list[tuple[str, int]] = []
        self._sends: dict[int, deque[float]] = {}
        self._presses: set[str] = set()
        self._update_id, self._message_id, self._poll = 1000, 0, 0
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self._runner.cleanup()
        assert kind is not None or not self.violations, self.violations

    # What people do. Each returns the update as the bot gets it.

    def text(self, chat_id: int, text: str, **more: Any) -> Any:
        if text.startswith("/"):
            length = len(text.split()[0])
            more["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self._said(chat_id, text=text, **more)

    def group_text(self, chat_id: int, text: str, sender: int = 7) -> Any:
        """`chat_id` is negative, as the ids of groups are."""
        return self.text(chat_id, text, **{"from": _person(sender)})

    def edited(self, chat_id: int, message_id: int, text: str) -> Any:
        old = self.messages[chat_id, message_id]
        return self._inject(edited_message={**old, "text": text, "edit_date": _now()})

    def press(self, chat_id: int, message_id: int, data: str, sender: int = 0) -> Any:
        """A button of a message; of one that the bot never sent: an inaccessible message."""
        gone = {"chat": self.chat(chat_id), "message_id": message_id, "date": 0}
        self._presses.add(f"press-{len(self._presses)}")
        press = {
            "id": f"press-{len(self._presses) - 1}",
            "from": _person(sender or chat_id),
            "chat_instance": "instance",
            "message": self.messages.get((chat_id, message_id), gone),
            "data": data,
        }
        return self._inject(callback_query=press)

    def photo(
        self, chat_id: int, content: bytes, caption: str | None = None, album: str | None = None
    ) -> Any:
        small = self._file("photos/s.jpg", content[:100], width=90, height=60)
        large = self._file("photos/l.jpg", content, width=900, height=600)
        return self._said(chat_id, photo=[small, large], caption=caption, media_group_id=album)

    def voice(self, chat_id: int, content: bytes, seconds: int = 3) -> Any:
        file = self._file("voice/v.oga", content, duration=seconds, mime_type="audio/ogg")
        return self._said(chat_id, voice=file)

    def document(
        self, chat_id: int, content: bytes, name: str = "a.pdf", size: int | None = None
    ) -> Any:
        """`size` is what Telegram says the file has, where that is not its length."""
        file = self._file(f"documents/{name}", content, size, file_name=name)
        return self._said(chat_id, document=file)

    def location(self, chat_id: int, latitude: float, longitude: float) -> Any:
        return self._said(chat_id, location={"latitude": latitude, "longitude": longitude})

    def contact(self, chat_id: int, phone: str, first_name: str) -> Any:
        return self._said(chat_id, contact={"phone_number": phone, "first_name": first_name})

    def blocked(self, chat_id: int) -> Any:
        """The person blocks the bot (the group removes it): it is told, and gets 403."""
        self.block(chat_id)
        return self._membership(chat_id, "member", "kicked")

    def unblocked(self, chat_id: int) -> Any:
        self._blocked.discard(chat_id)
        return self._membership(chat_id, "kicked", "member")

    def raw(self, update: Any) -> Any:
        """Any JSON, as it is: nothing is checked or added."""
        self._update_id += 1
        number = update.get("update_id") if isinstance(update, dict) else None
        self._queue.append((number if type(number) is int else self._update_id, update))
        self._news.set()
        return update

    # The trouble that tests can make.

    def chat(self, chat_id: int) -> dict[str, Any]:
        """The chat, which exists from now on."""
        group = {"id": chat_id, "type": "supergroup", "title": "Nhóm"}
        return self.chats.setdefault(
            chat_id, group if chat_id < 0 else {"id": chat_id, "type": "private"}
        )

    def block(self, chat_id: int) -> None:
        """403 from now on, without telling the bot."""
        self._blocked.add(self.chat(chat_id)["id"])

    def migrate(self, old: int, new: int) -> Any:
        """The group becomes a supergroup; the service message that says so."""
        told = self._said(old, migrate_to_chat_id=new)
        self._moved[old] = self.chat(new)["id"]
        return told

    def fail(self, times: int, status: int = 500, method: str = "") -> None:
        """Answer the next requests (for `method`) with this status and a page of HTML."""
        self._planned += [(method, status)] * times

    def recover(self) -> None:
        """Answer as always again."""
        self._planned.clear()

    def drop(self, times: int, method: str = "") -> None:
        """Close the connection instead of answering the next requests (for `method`)."""
        self._planned += [(method, 0)] * times

    def garble(self, update: dict[str, Any]) -> None:
        """Give an update that waits the wrong types everywhere; its id stays."""
        wrong = {"chat": [], "date": "now", "text": 5}
        for content in [value for value in update.values() if isinstance(value, dict)]:
            content.clear()
            content.update(wrong)

    # What has come of it.

    def sent(self, chat_id: int) -> list[dict[str, Any]]:
        """The bot's messages in this chat, as they are now."""
        found = (message for key, message in self.messages.items() if key[0] == chat_id)
        return [message for message in found if message["from"]["is_bot"]]

    def received(self, method: str) -> list[Received]:
        return [request for request in self.requests if request.method == method]

    async def until(self, true: Callable[[], Any], seconds: float = 5.0) -> Any:
        """What `true` gives as soon as that is true. Raises TimeoutError."""
        for _ in range(round(seconds * 200)):
            if found := true():
                return found
            await asyncio.sleep(0.005)
        raise TimeoutError

    async def deliver(self) -> list[int]:
        """Post what waits to the webhook until one is not taken; gives the statuses."""
        statuses: list[int] = []
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token") or ""}
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while self._queue and all(200 <= status < 300 for status in statuses):
                url, update = self.webhook["url"], self._queue[0][1]
                async with session.post(url, json=update, headers=headers) as answer:
                    statuses.append(answer.status)
                if answer.ok:
                    del self._queue[0]
        return statuses

    # The Bot API.

    async def _result(self, method: str, asked: Received) -> Any:
        params = asked.params
        chat = self._place(params["chat_id"]) if "chat_id" in params else 0
        match method:
            case "getMe":
                return ME
            case "getUpdates":
                return await self._updates(params)
            case "setWebhook":
                if not re.match(r"https://|http://127\.0\.0\.1[:/]", params["url"]):
                    raise Trouble(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
                if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", params.get("secret_token", "")):
                    raise Trouble(400, "Bad Request: secret token contains unallowed characters")
                self.webhook = params
            case "deleteWebhook":
                self.webhook = {}
                self._queue = [] if params.get("drop_pending_updates") else self._queue
            case "getWebhookInfo":
                known = {"url": self.webhook.get("url", ""), "has_custom_certificate": False}
                return {**known, "pending_update_count": len(self._queue)}
            case "sendMessage":
                return self._send(params, chat, text=_text(params))
            case "sendContact":
                if not re.fullmatch(r"\+?[\d ().-]+", params["phone_number"]):
                    raise Trouble(400, "Bad Request: PHONE_NUMBER_INVALID")
                card = {name: params[name] for name in ("phone_number", "first_name")}
                return self._send(params, chat, contact=card)
            case "sendPhoto":
                photo = self._upload(asked, "photo", 10, width=1, height=1)
                return self._send(params, chat, photo=[photo])
            case "sendVoice":
                return self._send(params, chat, voice=self._upload(asked, "voice", 50, duration=1))
            case "sendDocument":
                return self._send(params, chat, document=self._upload(asked, "document", 50))
            case "editMessageText":
                return self._edit(params, chat, text=_text(params))
            case "editMessageReplyMarkup":
                return self._edit(params, chat)
            case "answerCallbackQuery":
                if params["callback_query_id"] not in self._presses:
                    raise Trouble(400, "Bad Request: query is too old or query ID is invalid")
            case "getFile":
                path, _, size = self._files.get(params["file_id"], ("", b"", 0))
                if not path or size > 20 << 20:
                    raise Trouble(400, f"Bad Request: {'file is too big' if path else 'no file'}")
                known = {"file_id": params["file_id"], "file_unique_id": "u", "file_size": size}
                return {**known, "file_path": path}
            case "setMyCommands":
                self.commands = params["commands"]
                if not all(
                    re.fullmatch(r"[a-z0-9_]{1,32}", one["command"]) for one in self.commands
                ):
                    raise Trouble(400, "Bad Request: BOT_COMMAND_INVALID")
            case "sendChatAction":
                pass
            case _:
                raise Trouble(404, "Not Found: this server does not know the method")
        return True

    async def _updates(self, params: dict[str, Any]) -> list[Any]:
        if self.webhook:
            raise Trouble(409, "Conflict: can't use getUpdates method while webhook is active")
        offset, limit = params.get("offset") or 0, params.get("limit") or 100
        self._allowed = set(params.get("allowed_updates", self._allowed))
        self._queue = [kept for kept in self._queue[min(offset, 0) :] if kept[0] >= offset]
        self._poll, mine = self._poll + 1, self._poll + 1
        self._news.set()  # wakes the poll that this one ends
        clock = asyncio.get_running_loop()
        end = clock.time() + min(params.get("timeout") or 0, 50)
        while True:
            self._queue = sorted(filter(self._wanted, self._queue), key=lambda kept: kept[0])
            if self._queue or clock.time() >= end:
                return [update for _, update in self._queue[:limit]]
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(end - clock.time()):
                    await self._news.wait()
            if self._poll != mine:
                raise Trouble(409, "Conflict: terminated by other getUpdates request")

    def _wanted(self, kept: tuple[int, Any]) -> bool:
        kinds = set(kept[1]) - {"update_id"} if isinstance(kept[1], dict) else set()
        return not self._allowed or not kinds or bool(kinds & self._allowed)

    # How it works.

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        for nth, (planned, status) in enumerate(self._planned):
            if planned in ("", method):
                del self._planned[nth]
                if status == 0 and request.transport is not None:
                    request.transport.abort()
                return web.Response(status=status or 500, text="<html>trouble</html>")
        try:
            if request.match_info["token"] != self.token:
                raise Trouble(401, "Unauthorized")
            if method not in METHODS:
                raise Trouble(404, "Not Found")
            asked = await self._validated(method, request)
            self.requests.append(asked)
            result = await self._result(method, asked)
        except Trouble as trouble:
            answer = {"ok": False, "error_code": trouble.code, "description": trouble.description}
            more = {"parameters": trouble.parameters} if trouble.parameters else {}
            status = 200 if self.always_200 else trouble.code
            return web.json_response({**answer, **more}, status=status)
        return web.json_response({"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.Response:
        wanted = request.match_info["path"] if request.match_info["token"] == self.token else ""
        for path, content, _ in self._files.values():
            if path == wanted:
                return web.Response(body=content)
        return web.json_response({"ok": False, "error_code": 404}, status=404)

    async def _validated(self, method: str, request: web.Request) -> Received:
        kind, asked, checked = METHODS[method], Received(method, {}), {}
        typed = request.content_type == "application/json"
        given: dict[str, Any] = await request.json() if typed else {**await request.post()}
        named = [str(value)[9:] for value in given.values() if str(value).startswith("attach://")]
        try:
            for name, value in {**request.query, **given}.items():
                if name in named:
                    continue  # the bytes of another parameter
                if str(value).startswith("attach://"):
                    value = given.get(value[9:])
                if name not in kind.model_fields:
                    raise ValueError(f"unknown parameter {name}")
                annotation = kind.model_fields[name].annotation
                if isinstance(value, web.FileField):
                    asked.files[name] = value.file.read()
                    asked.params[name] = value.filename
                    checked[name] = types.BufferedInputFile(asked.files[name], value.filename)
                elif not typed and str not in (annotation, *get_args(annotation)):
                    asked.params[name] = checked[name] = json.loads(value)  # all but text is JSON
                else:
                    asked.params[name] = checked[name] = value
            if unknown := list(_unknown(kind.model_validate(checked))):
                raise ValueError(f"unknown fields {unknown}")
        except (ValueError, ValidationError) as error:
            self.violations.append(f"{method}: {error}")
            raise Trouble(400, f"Bad Request: {error}") from error
        return asked

    def _place(self, given: str | int) -> int:
        """The chat that is written to, which exists and wants us."""
        chat_id = int(given) if re.fullmatch(r"-?\d+", str(given)) else 0
        if chat_id in self._moved:
            upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Trouble(400, upgraded, migrate_to_chat_id=self._moved[chat_id])
        if chat_id not in self.chats:
            raise Trouble(400, "Bad Request: chat not found")
        if chat_id in self._blocked:
            raise Trouble(403, "Forbidden: bot was blocked by the user")
        return chat_id

    def _pace(self, chat_id: int) -> None:
        """30 a second in all (key 0), and in one chat one a second after a burst of three."""
        now = asyncio.get_running_loop().time()
        limits = ((0, 30, 1.0), (chat_id, 3, 3.0))
        for key, most, window in limits:
            sends = self._sends.setdefault(key, deque())
            while sends and sends[0] <= now - window:
                sends.popleft()
            if len(sends) >= most:
                raise Trouble(429, "Too Many Requests: retry after 1", retry_after=1)
        for key, _, _ in limits:
            self._sends[key].append(now)

    def _send(self, params: dict[str, Any], chat_id: int, **content: Any) -> Any:
        if self.strict_pacing:
            self._pace(chat_id)
        return self._keep(chat_id, {"from": ME, "reply_markup": _keyboard(params), **content})

    def _edit(self, params: dict[str, Any], chat_id: int, **content: Any) -> dict[str, Any]:
        old = self.messages.get((chat_id, params.get("message_id", 0)))
        if old is None or old["from"] != ME:
            raise Trouble(400, "Bad Request: message to edit not found")
        new = {**old, **content, "reply_markup": _keyboard(params), "edit_date": _now()}
        old.pop("reply_markup", None)
        old.update(_plain(types.Message, new))
        return old

    def _upload(self, asked: Received, name: str, megabytes: int, **more: int) -> dict[str, Any]:
        content = asked.files.get(name, b"")  # a file_id or an address is not known here
        if not content or len(content) > megabytes << 20:
            raise Trouble(413 if content else 400, "Request Entity Too Large")
        return self._file(f"sent/{asked.params[name]}", content, **more)

    def _file(
        self, path: str, content: bytes, size: int | None = None, **more: Any
    ) -> dict[str, Any]:
        number, size = len(self._files), len(content) if size is None else size
        self._files[f"file-{number}"] = (f"{number}/{path}", content, size)
        known = {"file_id": f"file-{number}", "file_unique_id": f"u{number}", "file_size": size}
        return known | more

    def _said(self, chat_id: int, **content: Any) -> Any:
        kept = self._keep(chat_id, {"from": _person(abs(chat_id)), **content})
        return self._inject(message=kept)

    def _keep(self, chat_id: int, content: dict[str, Any]) -> Any:
        self._message_id += 1
        frame = {"message_id": self._message_id, "date": _now(), "chat": self.chat(chat_id)}
        kept = self.messages[chat_id, self._message_id] = _plain(types.Message, frame | content)
        return kept

    def _membership(self, chat_id: int, old: str, new: str) -> Any:
        change: dict[str, Any] = {"chat": self.chat(chat_id), "from": _person(abs(chat_id))}
        for name, status in (("old_chat_member", old), ("new_chat_member", new)):
            until = {"until_date": 0} if status == "kicked" else {}
            change[name] = {"status": status, "user": ME, **until}
        return self._inject(my_chat_member={**change, "date": _now()})

    def _inject(self, **content: Any) -> Any:
        update = {"update_id": self._update_id + 1, **content}
        return self.raw(_plain(types.Update, update))


def _plain(kind: type[BaseModel], content: dict[str, Any]) -> Any:
    """The content as Telegram would send it. Raises if it is not exactly one of aiogram's types."""
    built = kind.model_validate(content)
    assert not list(_unknown(built)), f"{kind.__name__} has no {list(_unknown(built))}"
    return built.model_dump(mode="json", by_alias=True, exclude_none=True)


def _unknown(value: object) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from value.model_extra or ()
        for name in value.model_fields_set & type(value).model_fields.keys():
            yield from _unknown(getattr(value, name))
    elif isinstance(value, list):
        for inner in value:
            yield from _unknown(inner)


def _text(params: dict[str, Any]) -> str:
    text: str = params["text"].strip()
    if not text or len(text.encode("utf-16-le")) // 2 > 4096:
        raise Trouble(400, f"Bad Request: message {'is too long' if text else 'text is empty'}")
    return text


def _keyboard(params: dict[str, Any]) -> Any:
    markup = params.get("reply_markup")
    rows = (markup or {}).get("inline_keyboard", [])
    if any(len(row) > 8 for row in rows) or sum(map(len, rows)) > 100:
        raise Trouble(400, "Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        if not button["text"].strip() or len(button) != 2:
            raise Trouble(400, "Bad Request: a button needs a text and one thing to do")
        if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
            raise Trouble(400, "Bad Request: BUTTON_DATA_INVALID")
        if not re.match(r"(https?|tg)://[^/:]+\.[^/:]+", button.get("url", "tg://a.b")):
            raise Trouble(400, "Bad Request: inline keyboard button URL is invalid")
    return markup


def _person(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": "Lan", "language_code": "vi"}


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
