"""The Zalo bot channel: what we say goes out, what was attached comes in.

The token is part of every address that is called, so no address and no text of a library leaves
this file. An answer says by its `ok` whether it is one, whatever its HTTP status is.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.channels import Later, NotSent, Refused
from bot.channels.zalo import download
from bot.channels.zalo.begun import Begun
from bot.channels.zalo.calls import PATIENCE, Caller
from bot.channels.zalo_bot_platform.draw import Call, draw
from bot.channels.zalo_bot_platform.translate import CHANNEL, translate
from bot.words import File, Incoming, Say

log = logging.getLogger(__name__)

# Gives a stored attachment an address at which Zalo (or a person) can fetch it for a while.
LinkFile = Callable[[File], str]

TIMEOUT = 408
_QUOTA = 429
_PAUSES = (60.0, 300.0, 1800.0)  # after a refusal for too much, which may be for the month


class QuotaExceeded(Later):
    """Zalo takes no more messages, for a moment or for the rest of the month: it does not say."""


class NothingCame(Later):
    """A question for news was answered by nothing."""


class ZaloBotChannel:
    """One bot on Zalo's bot platform. `poll` it or `set_webhook` for it, `close` it."""

    name = CHANNEL
    per_second = 5.0
    per_address = 0.5

    def __init__(
        self,
        token: str,
        api_base: str = "https://bot-api.zaloplatforms.com",
        link_file: LinkFile | None = None,
    ) -> None:
        """`link_file` gives files of a Say an address; without it they are left out."""
        self._token, self._base = token, api_base.rstrip("/")
        self._link_file = link_file
        self._caller, self._begun = Caller(), Begun()
        self._refused_for_too_much, self._spent = 0, 0

    def spent(self) -> int:
        """How many messages went out since this was asked last: Zalo counts each part."""
        spent, self._spent = self._spent, 0
        return spent

    async def close(self) -> None:
        """Close the connections."""
        await self._caller.close()

    def translate(self, raw: Mapping[str, Any]) -> Incoming | None:
        """The event in our words, or None if it concerns nobody. Raises Malformed."""
        return translate(raw)

    async def send(self, address: str, say: Say, once: str = "") -> str:
        """Deliver one message and return the id of its last text. Raises Later or Refused."""
        calls = [ready for call in draw(address, say) if (ready := self._with_file(call))]
        if not calls:
            raise Refused("none of the files can be sent")
        return await self._begun.send(
            (address, once), calls, self._carry_out, lambda call: call.needed
        )

    async def fetch(self, reference: str) -> bytes:
        """The bytes of an attachment, by the address it came with. Raises Later or Refused."""
        return await download.fetch(reference, self._base)

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, patience: float = PATIENCE
    ) -> Any:
        """Zalo's result for one call. Raises Later (QuotaExceeded, NothingCame) or Refused."""
        url = f"{self._base}/bot{self._token}/{method}"
        status, answer = await self._caller.call(
            "POST", url, json=dict(params or {}), patience=patience
        )
        if answer.get("ok") is True:
            self._refused_for_too_much = 0
            return answer.get("result")
        code = answer.get("error_code", answer.get("errorCode"))
        if not isinstance(code, int) or isinstance(code, bool):
            code = status if status != 200 else 0
        raise self._understood(code, answer.get("description"))

    async def who(self) -> str:
        """Our name on Zalo. Raises Later or Refused."""
        me = await self.call("getMe", patience=8.0)
        name = me.get("account_name") if isinstance(me, Mapping) else None
        return name if isinstance(name, str) else ""

    async def typing(self, address: str) -> None:
        """Show that an answer is being written; its answer has no result."""
        await self.call("sendChatAction", {"chat_id": address, "action": "typing"})

    async def sticker(self, address: str, sticker: str) -> str:
        """Send a sticker of Zalo's, by its id."""
        return message_id(await self.call("sendSticker", {"chat_id": address, "sticker": sticker}))

    async def _carry_out(self, call: Call) -> str:
        sent = message_id(await self.call(call.method, call.params))
        self._spent += 1
        return sent

    def _with_file(self, call: Call) -> Call | None:
        """The call with the address of its file, if it has one; None if there cannot be one."""
        if call.file is None:
            return call
        if self._link_file is None:
            log.warning("a file is left out: VONGTAY_PUBLIC_URL is needed to show it")
            return None
        url = self._link_file(call.file)
        name = {"sendPhoto": "photo", "sendVoice": "voice_url"}.get(call.method, "text")
        return Call(call.method, {**call.params, name: url}, needed=call.needed)

    def _understood(self, code: int, description: object) -> NotSent:
        """What a refusal means for what was to be sent (platforms.md §1.4)."""
        reason = f"Zalo answers {code}: {self._scrubbed(description)}"
        if code == TIMEOUT:
            return NothingCame(reason)
        if code == _QUOTA:
            pause = _PAUSES[min(self._refused_for_too_much, len(_PAUSES) - 1)]
            self._refused_for_too_much += 1
            return QuotaExceeded(reason, pause, whole_channel=True)
        if code == 401:
            log.error("Zalo does not accept the bot's token (VONGTAY_ZALO_BOT_TOKEN)")
            return Later("Zalo does not accept the token", 60.0, whole_channel=True)
        if code in (400, 404):
            return Refused(reason)
        return Later(reason)  # 403 is "Internal server error" here, not a person who blocks us

    def _scrubbed(self, description: object) -> str:
        text = " ".join(str(description or "").split())[:200]
        text = text.replace(self._token, "TOKEN")
        return re.sub(r"bot[0-9]+:[^/\s]+", "botTOKEN", text)


def message_id(sent: object) -> str:
    """The id of a message that was sent, "" if Zalo did not say."""
    found = sent.get("message_id") if isinstance(sent, Mapping) else None
    return str(found) if isinstance(found, str | int) else ""
