"""What we say, as messages of an official account. Pure: nothing is sent here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot import words
from bot.channels import Refused
from bot.channels.zalo import typed
from bot.channels.zalo_oa.seal import Seal
from bot.lengths import begin
from bot.words import Button, File, Link, Say

MOST_BUTTONS = 5
_MAX_TITLE, _MAX_PAYLOAD = 100, 1000
# What the upload of files takes; anything else goes as a link.
DOCUMENTS = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/csv": ".csv",
}


@dataclass(frozen=True)
class Part:
    """One message. `file` is uploaded first; without `needed` it may fail."""

    message: Mapping[str, Any]
    file: File | None = None
    needed: bool = True


def draw(address: str, say: Say, seal: Seal, most_buttons: int = MOST_BUTTONS) -> list[Part]:
    """The messages that bring `say` to a person, in their order.

    Raises Refused: nothing to say, or a button whose value is too long.
    """
    drawn = typed.draw(say, most_buttons)
    parts = [Part({"text": text}) for text in drawn.parts]
    if drawn.buttons and parts:
        buttons = [_button(address, button, seal) for button in drawn.buttons]
        # As production code sends it: the documents of v3 show no message with buttons.
        hung = {"type": "template", "payload": {"buttons": buttons}}
        parts[-1] = Part({**parts[-1].message, "attachment": hung})
    parts += [Part({}, file, needed=not parts) for file in say.files]
    if not parts:
        raise Refused("there is nothing to say")
    return parts


def _button(address: str, button: Button | words.Call | Link, seal: Seal) -> dict[str, Any]:
    title = begin(typed.clean(button.label), _MAX_TITLE)
    match button:
        case Button():
            payload = seal.close(address, button.value)
            if len(payload) > _MAX_PAYLOAD:
                raise Refused("the value of a button is too long")
            return {"title": title or "…", "type": "oa.query.hide", "payload": payload}
        case Link():
            return {"title": title or "…", "type": "oa.open.url", "payload": {"url": button.url}}
        case words.Call():
            number = typed.clean(button.number)
            return {
                "title": title or number,
                "type": "oa.open.phone",
                "payload": {"phone_code": _with_country(number)},
            }


def _with_country(number: str) -> str:
    """A number as Zalo rings it: 84 for the 0, short numbers as they are."""
    digits = "".join(letter for letter in number if letter.isdecimal())
    return f"84{digits[1:]}" if digits.startswith("0") and len(digits) > 6 else digits
