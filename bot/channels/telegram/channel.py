"""The Telegram channel: what we say goes out, what was attached comes in.

Telegram's token is part of every address it is called at. So the loggers that write addresses
are quiet, and no exception of the library leaves this file: its text passes through `_reason`.
"""

from __future__ import annotations

import json
import logging
import mimetypes
import ssl
from asyncio import gather, sleep
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import orjson

from bot.channels import Later, Moved, NotSent, Refused
from bot.channels.telegram.draw import Call, draw
from bot.channels.telegram.translate import MAX_DOWNLOAD, callback_id, translate
from bot.without import without
from bot.words import File, Incoming, Say

with without("click"):  # where it is, httpx takes its command line along, and rich with it
    import httpx
    import telegram
    from telegram import error as telegram_error
    from telegram.request import HTTPXRequest

log = logging.getLogger(__name__)

# Gives the bytes and the mime type of a stored attachment; LookupError when it is gone.
LoadFile = Callable[[int], Awaitable[tuple[bytes, str]]]

# Bot API 10.3, "Sending files".
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
_VOICE = ("audio/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a", "application/ogg")

# Seconds to wait before each further try, for the later parts of a message whose first part has
# arrived: sending it all again would repeat that.
AGAIN_AFTER = (1.0, 3.0)
_WORTH_WAITING = 5.0
_MOST_BEGUN = 1000
_LONGEST_REFUSAL = 10_000  # bytes of an answer that is not ok
_UNTOLD = "?"  # in place of an id, where a message arrived and Telegram did not say which it is

# Descriptions of a Bad Request that mean: there is nobody at this address (tdlib's texts).
_GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "group chat was deactivated",
    "bot was kicked",
    "bot is not a member",
    "peer_id_invalid",
)


class Conflict(Later):
    """Somebody else receives this bot's updates, or a webhook is set."""


class TelegramChannel:
    """One bot on Telegram. `start` it, `poll` it or `set_webhook` for it, `close` it."""

    name = "telegram"
    per_second = 30.0
    per_address = 1.0

    def __init__(
        self,
        token: str,
        api_base: str = "https://api.telegram.org",
        proxy: str | None = None,
        load_file: LoadFile | None = None,
    ) -> None:
        """`api_base` is any Bot API server, `proxy` an http or socks5 address.

        `load_file` brings the files of a Say; without it they are left out. Nothing is sent
        yet. Raises ValueError for a token or proxy that cannot be one; its text names neither.
        """
        for chatty in ("httpx", "httpcore", "telegram"):  # addresses with the token, and texts
            logging.getLogger(chatty).setLevel(logging.WARNING)
        self._token = token
        self._load_file = load_file
        self.username: str | None = None
        # Messages of which a beginning has arrived: how many calls are done, and the id so far.
        self._begun: dict[tuple[str, str], tuple[int, str]] = {}
        base = api_base.rstrip("/")
        try:
            trust = httpx.create_ssl_context()  # reading it takes as long as a hundred messages
            self._requests = (_request(proxy, 2, trust), _request(proxy, 64, trust))
            self._bot = _Bot(
                token,
                base_url=f"{base}/bot",
                base_file_url=f"{base}/file/bot",
                get_updates_request=self._requests[0],
                request=self._requests[1],
            )
        except Exception as error:
            trouble = type(error).__name__
        else:
            return
        raise ValueError(f"the Telegram token or proxy cannot be used ({trouble})")

    async def start(self) -> None:
        """Ask Telegram who we are. If it does not answer that is logged; `poll` asks again."""
        await gather(*(request.initialize() for request in self._requests))
        try:
            await self.learn_username()
        except NotSent as failure:
            log.warning("Telegram does not answer yet: %s", failure)

    async def close(self) -> None:
        """Close the connections."""
        await gather(*(request.shutdown() for request in self._requests))

    async def learn_username(self) -> str:
        """Our username, without "@": asked for once. Raises Later or Refused."""
        if self.username is None:
            me = await self.call("getMe", patience=8.0)
            name = me.get("username") if isinstance(me, Mapping) else None
            if not isinstance(name, str) or not name:
                raise Later("Telegram's answer to getMe has no username")
            self.username = name
        return self.username

    def translate(self, raw: Mapping[str, Any]) -> Incoming | None:
        """The event in our words, or None if it concerns nobody. Raises Malformed."""
        return translate(raw, self.username)

    async def send(self, address: str, say: Say, once: str = "") -> str:
        """Deliver one message and return the id of its last text (of its first file if it has
        no text), "" if Telegram did not say.

        Raises Later, Refused or Moved. Once the first part has arrived, a contact card or a
        file that Telegram refuses is logged and left out; another part that fails for a moment
        is tried again here. If it still fails the whole message counts as not sent; sent again
        with the same `once`, it goes on after the part that arrived last, unless the process
        has ended in between.
        """
        key = (address, once)
        done, arrived = self._begun.pop(key, (0, ""))
        calls = [await self._with_file(call) for call in draw(address, say)]
        if not any(calls):
            raise Refused("none of the files can be sent")
        for call in calls[done:]:
            if call is not None:
                try:
                    sent = await self._carry_out(call, AGAIN_AFTER if arrived else ())
                except NotSent as failure:
                    if not arrived or not _may_be_missing(call, failure):
                        if once and arrived:
                            self._remember(key, done, arrived)
                        raise
                    log.warning("%s after the text failed: %s", call.method, failure)
                else:
                    if call.method == "sendMessage" or not arrived:
                        arrived = _message_id(sent)
            done += 1
        return arrived.removeprefix(_UNTOLD)

    async def fetch(self, reference: str) -> bytes:
        """The bytes of an attachment that came in, by its file_id.

        Raises Later, or Refused if it is gone or has more than 20 MB.
        """
        found = await self.call("getFile", {"file_id": reference})
        if not isinstance(found, Mapping) or not isinstance(found.get("file_path"), str):
            raise Refused("Telegram no longer has this file")
        size = found.get("file_size")
        if isinstance(size, int) and size > MAX_DOWNLOAD:
            raise Refused("the file has more than 20 MB")
        url = f"{self._bot.base_file_url}/{quote(found['file_path'])}"
        try:
            content = await self._requests[1].retrieve(url, read_timeout=60.0)
        except telegram_error.InvalidToken:
            failure: NotSent = Refused("Telegram no longer has this file")
        except Exception as error:
            failure = self._understood(error)
        else:
            if len(content) > MAX_DOWNLOAD:
                raise Refused("the file has more than 20 MB")
            return content
        raise failure

    async def acknowledge(self, raw: Mapping[str, Any]) -> None:
        """Tell Telegram that a press has arrived, so that the button stops waiting.

        Best effort: nothing is raised, and nothing happens for other events.
        """
        pressed = callback_id(raw)
        if pressed is None:
            return
        try:
            await self.call("answerCallbackQuery", {"callback_query_id": pressed})
        except NotSent as failure:
            log.info("a press could not be acknowledged: %s", failure)

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, patience: float | None = None
    ) -> Any:
        """Telegram's result for one call of the Bot API, as plain JSON.

        `patience` is how many seconds an answer may take. Raises Later (Conflict is one),
        Refused or Moved; their texts never hold the token or what was sent.
        """
        try:
            return await self._bot.call(method, dict(params or {}), patience)
        except Exception as error:
            failure = self._understood(error)
        raise failure  # out here it does not carry the library's exception along

    def _remember(self, key: tuple[str, str], done: int, arrived: str) -> None:
        self._begun[key] = (done, arrived)
        if len(self._begun) > _MOST_BEGUN:
            del self._begun[next(iter(self._begun))]

    async def _with_file(self, call: Call) -> Call | None:
        """The call with the bytes of its file, if it has one; None if those cannot be had."""
        file = next((value for value in call.params.values() if isinstance(value, File)), None)
        if file is None:
            return call
        try:
            if self._load_file is None:
                raise LookupError
            content, mime = await self._load_file(file.attachment_id)
        except LookupError:
            log.warning("attachment %d is gone and left out", file.attachment_id)
            return None
        if not 0 < len(content) <= MAX_UPLOAD:
            log.warning("attachment %d is empty or too large for Telegram", file.attachment_id)
            return None
        return _upload(call, file, content, mime or file.mime)

    async def _carry_out(self, call: Call, waits: tuple[float, ...]) -> Any:
        for wait in waits:
            try:
                return await self.call(call.method, call.params)
            except Later as failure:
                if failure.seconds > _WORTH_WAITING:
                    raise
                seconds = max(wait, failure.seconds)
            await sleep(seconds)
        return await self.call(call.method, call.params)

    def _understood(self, error: Exception) -> NotSent:
        """What a failure of the library means for what was to be sent."""
        reason = self._reason(error)
        match error:
            case telegram_error.RetryAfter(retry_after=wait):
                seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
                return Later("Telegram asks us to wait", seconds, whole_channel=True)
            case telegram_error.ChatMigrated(new_chat_id=address):
                return Moved(str(address))
            case telegram_error.Forbidden():
                return Refused(reason, blocked=True)
            case telegram_error.InvalidToken():
                log.error("Telegram does not accept the token, or this is no Bot API server")
                return Later("Telegram does not accept the token", 60.0, whole_channel=True)
            case telegram_error.Conflict():
                return Conflict(reason)
            case telegram_error.BadRequest():
                return Refused(reason, blocked=any(gone in reason.lower() for gone in _GONE))
            case telegram_error.NetworkError() if "entity too large" in reason.lower():
                return Refused(reason)
            case _:
                return Later(reason)

    def _reason(self, error: Exception) -> str:
        said = str(error).partition(". Parsing the server response")[0]  # which is quoted behind it
        text = f"{type(error).__name__}: {said}" if said else type(error).__name__
        return text.replace(self._token, "TOKEN")[:200]


class _Request(HTTPXRequest):
    """The library's request, which does not quote an answer it cannot read, and goes by what the
    answer says where its HTTP status says that all is well."""

    async def do_request(
        self, url: str, method: str, *given: Any, **named: Any
    ) -> tuple[int, bytes]:
        code, payload = await super().do_request(url, method, *given, **named)
        refusal = method == "POST" and len(payload) < _LONGEST_REFUSAL and b"false" in payload
        if 200 <= code < 300 and refusal:  # files, which may hold anything, come by GET
            answer = self.parse_json_payload(payload)
            if answer.get("ok") is False:
                told = answer.get("error_code")
                return told if type(told) is int and told >= 400 else 500, payload
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        answer: Any
        try:
            answer = orjson.loads(payload)
        except ValueError:  # half an emoji, or no UTF-8: Python's reader is more patient
            try:
                answer = json.loads(payload.decode("utf-8", "replace"))
            except (ValueError, RecursionError):
                answer = None
        if not isinstance(answer, dict):
            raise telegram_error.NetworkError("the answer is not a JSON object")
        if answer.get("ok") is True:  # it is done, also where a server does not say what came of it
            answer.setdefault("result", None)
        return answer


class _Bot(telegram.Bot):
    """The library's bot, with one door for every method and the JSON as it came."""

    async def call(self, method: str, params: dict[str, Any], patience: float | None) -> Any:
        if patience is None:
            return await self._post(method, params)
        return await self._post(method, params, read_timeout=patience)


def _request(proxy: str | None, connections: int, trust: ssl.SSLContext) -> _Request:
    # Patient on purpose: an answer that comes too late means sending the message twice.
    return _Request(
        connection_pool_size=connections,
        connect_timeout=10.0,
        read_timeout=20.0,
        write_timeout=20.0,
        pool_timeout=30.0,
        media_write_timeout=120.0,
        proxy=proxy,
        httpx_kwargs={"verify": trust},
    )


def _upload(call: Call, file: File, content: bytes, mime: str) -> Call:
    """The call with the bytes in it; a document where Telegram takes no such photo or voice."""
    method, name = call.method, next(key for key, v in call.params.items() if v is file)
    rest = {key: value for key, value in call.params.items() if key != name}
    kind = mime.split(";")[0].strip().lower()
    too_much = method == "sendPhoto" and len(content) > MAX_PHOTO
    if too_much or (method == "sendVoice" and kind and kind not in _VOICE):
        method, name = "sendDocument", "document"
    ending = mimetypes.guess_extension(kind) or {"sendPhoto": ".jpg", "sendVoice": ".ogg"}.get(
        method, ".bin"
    )
    upload = telegram.InputFile(content, filename=f"{file.kind}{ending}")
    return replace(call, method=method, params={**rest, name: upload})


def _may_be_missing(call: Call, failure: NotSent) -> bool:
    """Whether a message may stand without this call, after its first part has arrived."""
    refused = isinstance(failure, Refused) and not failure.blocked
    return not call.needed or (refused and call.method != "sendMessage")


def _message_id(sent: object) -> str:
    found = sent.get("message_id") if isinstance(sent, Mapping) else None
    return _UNTOLD if found is None else str(found)
