"""What we say, as the calls of the bot platform that say it. Pure: nothing is sent here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels import Refused
from bot.channels.zalo import typed
from bot.lengths import units
from bot.words import File, Say

ALARM_STYLE = ("b", "c_db342e")  # bold and red: nothing on this platform rings


@dataclass(frozen=True)
class Call:
    """One call. `file` is what the channel gives an address to; without `needed` it may fail."""

    method: str
    params: Mapping[str, Any]
    file: File | None = None
    needed: bool = True


def draw(address: str, say: Say) -> list[Call]:
    """The calls that bring `say` to a chat, in their order. Raises Refused: nothing to say."""
    chat = {"chat_id": address}
    calls: list[Call] = []
    for part in typed.draw(say).parts:
        # Without parse_mode nothing that a person typed can break the text.
        params: dict[str, Any] = {**chat, "text": part}
        if say.urgent and not calls:
            params["text_styles"] = _styles(part)
        calls.append(Call("sendMessage", params))
    for file in say.files:
        method = {"photo": "sendPhoto", "voice": "sendVoice"}.get(file.kind, "sendMessage")
        if method == "sendVoice" and file.mime.split(";")[0] != "audio/aac":
            method = "sendMessage"  # other sounds go as a link to listen to
        calls.append(Call(method, chat, file, needed=not calls))
    if not calls:
        raise Refused("there is nothing to say")
    return calls


def _styles(text: str) -> list[dict[str, Any]]:
    """The first line in bold and red, counted in UTF-16 units."""
    first = text.partition("\n")[0]
    return [{"start": 0, "len": units(first), "st": list(ALARM_STYLE)}]
