"""The channel of an official account: what we say goes out, what was attached comes in.

An answer says by its `error` whether it is one, whatever its HTTP status is. No token and no
address leaves this file.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bot.channels import Later, NotSent, Refused, Shut
from bot.channels.zalo import download
from bot.channels.zalo.begun import Begun
from bot.channels.zalo.calls import Caller
from bot.channels.zalo.typed import clean
from bot.channels.zalo_oa import pictures
from bot.channels.zalo_oa.draw import DOCUMENTS, MOST_BUTTONS, Part, draw
from bot.channels.zalo_oa.oauth import Tokens
from bot.channels.zalo_oa.seal import Seal
from bot.channels.zalo_oa.translate import CHANNEL, translate
from bot.lengths import begin
from bot.words import File, Incoming, Say

log = logging.getLogger(__name__)

# Gives the bytes and the mime type of a stored attachment; LookupError when it is gone.
LoadFile = Callable[[int], Awaitable[tuple[bytes, str]]]
LinkFile = Callable[[File], str]

LARGEST_FILE = 5 * 1024 * 1024
_CODE = re.compile(r"VT-\d\d-[0-9A-Z]{6}")
_SUMMARY = 90  # characters of a template's parameter

# Error codes of the API (platforms.md §2.5).
TOKEN = (-216, -220)
BAD_PARAMETER = -201
_SHUT = (-230, -232, -227)  # the window is over, or the person is away for 45 days
_NO_MORE = (-211, -218, -320, -321)  # the quota or the money is at its end
_UNWANTED = (-213, -217, -244)  # does not follow us, or wants nothing from us
_NIGHT = (-234, -133)
_RIGHTS = (-221, -223, -224)  # not verified, not in the package, not permitted


class _Failed(Exception):
    """An answer with an error."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class ZaloOaChannel:
    """One official account. Its events come by the webhook; `close` it."""

    name = CHANNEL
    per_second = 1.0  # the smaller packages take a hundred requests a minute
    per_address = 0.5

    def __init__(
        self,
        oa_id: str,
        secret: str,
        tokens: Tokens,
        api_base: str = "https://openapi.zalo.me",
        *,
        load_file: LoadFile | None = None,
        link_file: LinkFile | None = None,
        templates: Mapping[str, str] | None = None,
    ) -> None:
        """`secret` seals our buttons; `templates` gives the id of the approved form of words
        for each kind of message that has one."""
        self._oa_id, self._tokens, self._base = oa_id, tokens, api_base.rstrip("/")
        self._seal, self._caller, self._begun = Seal(secret), Caller(), Begun()
        self._load_file, self._link_file = load_file, link_file
        self._templates = templates or {}
        self._most_buttons = MOST_BUTTONS
        self.quota_says = ""  # what Zalo told us last of what is left

    async def close(self) -> None:
        """Close the connections."""
        await self._caller.close()

    def translate(self, raw: Mapping[str, Any]) -> Incoming | None:
        """The event in our words, or None if it concerns nobody. Raises Malformed."""
        return translate(raw, self._oa_id, self._seal)

    async def send(self, address: str, say: Say, once: str = "") -> str:
        """Deliver one message and return the id of its last text.

        Raises Later, Refused, or Shut where the person's window is over.
        """
        try:
            return await self._send(address, say, once)
        except _Failed as failure:
            problem = failure
        if problem.code == BAD_PARAMETER and self._most_buttons:
            # Zalo does not take our buttons: whatever can be chosen is numbered from now on.
            log.error("Zalo refuses messages with buttons: options are numbered instead")
            self._most_buttons = 0
            try:
                return await self._send(address, say, once)
            except _Failed as failure:
                problem = failure
        raise self._understood(problem)

    async def _send(self, address: str, say: Say, once: str) -> str:
        async def carry_out(part: Part) -> str:
            message = await self._ready(part) if part.file else part.message
            body = {"recipient": {"user_id": address}, "message": message}
            sent = await self._call("POST", "/v3.0/oa/message/cs", json=body)
            if quota := sent.get("quota"):
                self.quota_says = json.dumps(quota, ensure_ascii=False)[:300]
            return str(sent.get("message_id") or "")

        async def or_understood(part: Part) -> str:
            try:
                return await carry_out(part)
            except _Failed as failure:
                if failure.code == BAD_PARAMETER and part.needed:
                    raise
                problem = failure
            raise self._understood(problem)

        parts = draw(address, say, self._seal, self._most_buttons)
        return await self._begun.send(
            (address, once), parts, or_understood, lambda part: part.needed
        )

    async def by_template(self, address: str, say: Say, kind: str) -> str:
        """Outside the window: the approved form of words for this kind of message.

        It takes two parameters, `code` and `summary`. Raises Refused if there is no template.
        """
        template = self._templates.get(kind)
        if not template:
            raise Refused("there is no template for this kind of message")
        text = clean(say.text)
        found = _CODE.search(text)
        data = {
            "code": found[0] if found else "-",
            "summary": begin(" ".join(text.split()), _SUMMARY),
        }
        body = {"user_id": address, "template_id": template, "template_data": data}
        try:
            sent = await self._call("POST", "/v3.0/oa/message/template", json=body)
            return str(sent.get("message_id") or "")
        except _Failed as failure:
            problem = failure
        raise self._understood(problem)

    async def heard_at(self, address: str) -> datetime | None:
        """When Zalo says that this person was last heard from: it counts taps we do not see."""
        try:
            found = await self._call("POST", "/v3.0/oa/quota/message", json={"user_id": address})
        except (_Failed, NotSent):
            return None
        told = str(found.get("last_interaction"))
        if not (told.isascii() and told.isdecimal() and len(told) < 16):
            return None
        return datetime.fromtimestamp(int(told) / 1000, UTC)

    async def thumbs_up(self, address: str, message_id: str) -> None:
        """React to a message: the cheapest way to say that it arrived."""
        body = {
            "recipient": {"user_id": address},
            "sender_action": {"react_icon": "/-heart", "react_message_id": message_id},
        }
        try:
            await self._call("POST", "/v2.0/oa/message", json=body)
        except _Failed as failure:
            log.info("a reaction was not taken: %s", failure)

    async def ask_for_details(self, address: str, title: str, subtitle: str, image: str) -> None:
        """Show the form in which a person gives name and number: it comes back as an event."""
        element = {"title": title[:100], "subtitle": subtitle[:500], "image_url": image}
        payload = {"template_type": "request_user_info", "elements": [element]}
        message = {"attachment": {"type": "template", "payload": payload}}
        body = {"recipient": {"user_id": address}, "message": message}
        try:
            await self._call("POST", "/v3.0/oa/message/cs", json=body)
            return
        except _Failed as failure:
            problem = failure
        raise self._understood(problem)

    async def fetch(self, reference: str) -> bytes:
        """The bytes of an attachment, by the address it came with. Raises Later or Refused."""
        return await download.fetch(reference, self._base)

    async def _ready(self, part: Part) -> Mapping[str, Any]:
        """A message with its file, which is uploaded now: Zalo forgets uploads in seven days."""
        assert part.file is not None
        try:
            if self._load_file is None:
                raise LookupError
            content, mime = await self._load_file(part.file.attachment_id)
        except LookupError:
            raise Refused("the attachment is gone") from None
        if part.file.kind == "photo":
            small = await asyncio.to_thread(pictures.fitting, content)
            found = await self._upload("image", "photo.jpg", small)
            element = {"media_type": "image", "attachment_id": found.get("attachment_id")}
            payload = {"template_type": "media", "elements": [element]}
            return {"attachment": {"type": "template", "payload": payload}}
        ending = DOCUMENTS.get(mime.split(";")[0])
        if ending and len(content) <= LARGEST_FILE:
            found = await self._upload("file", f"file{ending}", content)
            return {"attachment": {"type": "file", "payload": {"token": found.get("token")}}}
        if self._link_file is None:
            raise Refused("the file can only be shown by an address, and we have none")
        return {"text": self._link_file(part.file)}

    async def _upload(self, kind: str, name: str, content: bytes) -> Mapping[str, Any]:
        def form() -> dict[str, Any]:
            data = aiohttp.FormData()
            data.add_field("file", content, filename=name)
            return {"data": data}

        return await self._call("POST", f"/v2.0/oa/upload/{kind}", form)

    async def _call(
        self,
        method: str,
        path: str,
        build: Callable[[], dict[str, Any]] | None = None,
        **request: Any,
    ) -> Mapping[str, Any]:
        """The data of an answer; a token that is refused is renewed once. Raises _Failed."""
        token, code = await self._tokens.access(), 0
        for last in (False, True):
            sent = build() if build else request
            status, answer = await self._caller.call(
                method, f"{self._base}{path}", headers={"access_token": token}, **sent
            )
            code = answer.get("error", "")
            if not isinstance(code, int):
                raise Later(f"Zalo answers nothing that can be read (status {status})")
            if code == 0:
                data = answer.get("data")
                return data if isinstance(data, Mapping) else {}
            if code not in TOKEN or last:
                break
            token = await self._tokens.renew(token)
        raise _Failed(code, f"Zalo answers {code}: {self._scrubbed(answer.get('message'), token)}")

    def _understood(self, failure: _Failed) -> NotSent:
        """What an error means for what was to be sent."""
        code, reason = failure.code, str(failure)
        if code in _SHUT:
            return Shut(reason)
        if code in _NO_MORE:
            log.error("%s: the official account may send no more for now", reason)
            return Shut(reason)
        if code in _UNWANTED:
            return Refused(reason, blocked=True)
        if code in _NIGHT:
            return Later(reason, 1800.0)
        if code == -32:
            return Later(reason, 60.0, whole_channel=True)
        if code in _RIGHTS or code in TOKEN:
            log.error("%s: look at the account's package and permissions", reason)
            return Later(reason, 600.0, whole_channel=True)
        if code in (BAD_PARAMETER, -240):
            return Refused(reason)
        return Later(reason)

    def _scrubbed(self, message: object, token: str) -> str:
        return " ".join(str(message or "").split()).replace(token, "TOKEN")[:200]
