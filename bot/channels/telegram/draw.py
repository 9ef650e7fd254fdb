"""What we say, as the calls of the Bot API that say it. Pure: nothing is sent here.

The text goes without parse_mode, so nothing that a person typed can break it. A number to ring
is in the text and comes as a contact card too, because Telegram takes no tel: buttons; the card
may fail, the number in the text has arrived by then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from bot import words
from bot.channels import Refused
from bot.lengths import begin, split, units, whole
from bot.words import Button, Link, Say

# Bot API 10.3: sendMessage, InlineKeyboardButton, InlineKeyboardMarkup.
MAX_TEXT = 4096  # UTF-16 code units
MAX_VALUE = 64  # bytes of callback_data
MAX_BUTTONS = 100

_ADDRESS = re.compile(r"-?[0-9]{1,19}")
_SHORT, _MIDDLING = 14, 22  # characters of a label that fit three and two in a row on a phone
_MAX_NUMBERS = 1000  # UTF-16 code units of the first message that numbers to ring may take
_MAX_NAME = 64  # characters of the name on a contact card

_FILE_CALLS = {"photo": ("sendPhoto", "photo"), "voice": ("sendVoice", "voice")}

# Hosts that only exist inside a house (RFC 2606, 6761, 6762, 8375): Telegram refuses the button.
_HOUSE_DOMAINS = (
    "example",
    "home.arpa",
    "internal",
    "invalid",
    "lan",
    "local",
    "localhost",
    "test",
)


@dataclass(frozen=True)
class Call:
    """One call of the Bot API.

    A value of `params` that is a words.File stands for its bytes, which the channel puts in.
    Without `needed` the message has arrived even if this call fails.
    """

    method: str
    params: Mapping[str, Any]
    needed: bool = True


def draw(address: str, say: Say) -> list[Call]:
    """The calls that bring `say` to the chat `address`, in their order.

    Raises Refused when that cannot be: no chat id, nothing to say, a button whose value has not
    1 to 64 bytes, more than 100 buttons.
    """
    if not _ADDRESS.fullmatch(address):
        raise Refused("the address is not a chat id")
    chat = {"chat_id": int(address)}
    keyboard = _keyboard(say)
    numbers = [words.Call(_clean(call.number), _clean(call.label)) for call in say.calls]
    numbers = [number for number in numbers if number.number]
    texts = _texts(say, numbers)
    if not texts and keyboard and not say.files:
        texts = ["👇"]  # buttons need something to hang on
    calls = [
        Call("sendMessage", {**chat, "text": text, "link_preview_options": {"is_disabled": True}})
        for text in texts
    ]
    cards = [
        Call(
            "sendContact",
            {
                **chat,
                "phone_number": number.number,
                "first_name": (number.label or number.number)[:_MAX_NAME],
            },
            needed=False,
        )
        for number in numbers
    ]
    files = []
    for file in say.files:
        method, name = _FILE_CALLS.get(file.kind, ("sendDocument", "document"))
        files.append(Call(method, {**chat, name: file}))
    if keyboard:
        last = (calls or files)[-1]
        markup = {"inline_keyboard": keyboard}
        (calls or files)[-1] = Call(last.method, {**last.params, "reply_markup": markup})
    calls += cards + files
    if not calls:
        raise Refused("there is nothing to say")
    # A device rings once for one message, however many calls it takes.
    rings = 0 if say.silent else 1
    return calls[:rings] + [
        Call(call.method, {**call.params, "disable_notification": True}, call.needed)
        for call in calls[rings:]
    ]


def opens(url: str) -> bool:
    """Whether Telegram takes this address for a button: http or https, with a public host."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        pass
    labels = host.rstrip(".").split(".")
    return len(labels) > 1 and all(labels) and not _in_house(".".join(labels))


def _in_house(host: str) -> bool:
    return any(host == domain or host.endswith("." + domain) for domain in _HOUSE_DOMAINS)


def _texts(say: Say, numbers: Sequence[words.Call]) -> list[str]:
    in_text = [
        _named(_clean(link.label), _clean(link.url)) for link in say.links if not opens(link.url)
    ]
    text = "\n\n".join(part for part in (_clean(say.text), "\n".join(in_text)) if part)
    if not numbers:
        return split(text, MAX_TEXT)
    missing = _lines([number for number in numbers if not _names(text, number.number)])
    if units(text) + units(missing) + 2 <= MAX_TEXT:
        return split("\n\n".join(part for part in (text, missing) if part), MAX_TEXT)
    # In several messages the numbers are all in the first, whatever the rest says.
    lines = _lines(numbers)
    first, *others = split(text, MAX_TEXT, most_of_first=MAX_TEXT - units(lines) - 2)
    return [f"{first}\n\n{lines}", *others]


def _lines(numbers: Sequence[words.Call]) -> str:
    lines = [
        "☎ " + (call.label if _names(call.label, call.number) else _named(call.label, call.number))
        for call in numbers
    ]
    return begin("\n".join(lines), _MAX_NUMBERS)


def _named(label: str, what: str) -> str:
    return f"{label}: {what}" if label else what


def _names(text: str, number: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text) is not None


def _keyboard(say: Say) -> list[list[dict[str, str]]]:
    answers = [button for button in say.buttons if not button.nav]
    ways = [button for button in say.buttons if button.nav]
    links = [link for link in say.links if opens(link.url)]
    if len(say.buttons) + len(links) > MAX_BUTTONS:
        raise Refused("too many buttons")
    return [
        *_rows([_button(button) for button in answers]),
        *([_link(link)] for link in links),
        *_rows([_button(button) for button in ways]),
    ]


def _rows(buttons: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """As many in a row as the longest label allows, in rows of nearly the same length."""
    if not buttons:
        return []
    longest = max(len(unicodedata.normalize("NFC", button["text"])) for button in buttons)
    most = 3 if longest <= _SHORT else 2 if longest <= _MIDDLING else 1
    count = -(-len(buttons) // most)
    at = [len(buttons) * row // count for row in range(count + 1)]
    return [buttons[start:end] for start, end in pairwise(at)]


def _button(button: Button) -> dict[str, str]:
    if not 1 <= len(button.value.encode("utf-8", "surrogatepass")) <= MAX_VALUE:
        raise Refused("the value of a button has not 1 to 64 bytes")
    return {"text": _clean(button.label) or button.value, "callback_data": button.value}


def _link(link: Link) -> dict[str, str]:
    return {"text": _clean(link.label) or link.url, "url": link.url}


def _clean(text: str) -> str:
    """The text as it can be sent. The marks of personal data are gone by the time a message is
    drawn; if they ever were not, what they hold stays here."""
    return whole(words.for_policy(text, "code_only")).strip()
