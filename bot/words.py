"""What is said, in both directions, before any platform is involved: Incoming and Say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

# A personal stretch of a text is kept between two private-use characters, so that it survives
# formatting, translation and JSON. Whatever a channel may not carry is replaced in `for_policy`,
# the one place where that is decided. People cannot type the marks: `clean` removes them.
_OPEN, _INSTEAD, _CLOSE = "\ue000", "\ue001", "\ue002"

Policy = Literal["full", "code_only"]
EventKind = Literal["message", "press", "edited", "blocked", "unblocked", "moved", "unsupported"]
MediaKind = Literal["photo", "voice", "file", "location", "contact", "other"]


def private(text: str, instead: str = "•••") -> str:
    """Mark `text` as personal data; `instead` is shown where the channel is code_only."""
    if not text:
        return ""
    plain = for_policy(text, "full")  # what is marked already is not marked within a mark
    return f"{_OPEN}{plain}{_INSTEAD}{instead}{_CLOSE}"


def for_policy(text: str, policy: Policy) -> str:
    """The text as a channel with this personal-data policy may show it, marks removed."""
    if _OPEN not in text:
        return text
    parts = []
    for stretch in text.split(_OPEN):
        if _CLOSE not in stretch:
            parts.append(stretch)
            continue
        marked, after = stretch.split(_CLOSE, 1)
        shown, _, instead = marked.partition(_INSTEAD)
        parts += [shown if policy == "full" else instead, after]
    return "".join(parts)


@dataclass(frozen=True)
class Attachment:
    """Something that came with a message.

    `reference` is how the channel that brought it can fetch it again (a Telegram file_id, the
    id of an upload on the web); latitude and longitude are degrees, for kind "location".
    """

    kind: MediaKind
    reference: str = ""
    mime: str = ""
    size: int = 0  # bytes, 0 when the platform did not say
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Incoming:
    """One thing one person did on one channel.

    `address` is the platform's id of the place to answer to, always a string. `value` is what a
    pressed button carries; it comes from outside and is checked like typed text. `start` is the
    argument of a deep link or of "/start". `at` is aware and in UTC: when the person did it,
    as far as the platform tells. `moved_to` is the new address of a group that migrated. `album` is
    the same for photos that were chosen and sent together, each of which comes by itself.
    """

    channel: str
    address: str
    event_id: str
    at: datetime
    kind: EventKind = "message"
    text: str = ""
    value: str = ""
    start: str = ""
    attachments: tuple[Attachment, ...] = ()
    group: bool = False
    language: str = ""
    moved_to: str = ""
    album: str = ""


@dataclass(frozen=True)
class Button:
    """`value` comes back when it is pressed. A `nav` button is never numbered: see `Say`."""

    value: str
    label: str
    nav: bool = False


@dataclass(frozen=True)
class Link:
    """An address to open in a browser."""

    label: str
    url: str


@dataclass(frozen=True)
class Call:
    """A number to ring: a tel: link on the web, a contact card on Telegram."""

    number: str
    label: str


@dataclass(frozen=True)
class File:
    """A stored attachment to show: `attachment_id` is ours, kind is photo or voice or file.

    A `public` one holds nothing personal, and goes to any channel.
    """

    attachment_id: int
    kind: MediaKind
    mime: str = ""
    public: bool = False


@dataclass(frozen=True)
class Say:
    """One message to one person. Each channel draws it its own way.

    Buttons without `nav` can also be chosen by their number, all of them by their label. Where
    `takes_digits` is set the open question itself wants a number, so nothing is numbered.
    `urgent` makes a device ring; `silent` keeps it from making a sound where a platform can do
    that, which the sender sets. `language` is that of the reader, for the few words which a
    channel without buttons adds by itself; the sender sets it.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    calls: tuple[Call, ...] = ()
    links: tuple[Link, ...] = ()
    files: tuple[File, ...] = ()
    urgent: bool = False
    takes_digits: bool = False
    language: str = ""
    silent: bool = False

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values, without the empty fields."""
        # By hand: dataclasses.asdict copies deeply and was a fifth of the time of an event.
        return {
            key: [vars(item) for item in value] if isinstance(value, tuple) else value
            for key, value in vars(self).items()
            if value
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Say:
        """The Say that `to_json` gave."""
        return cls(
            text=kept["text"],
            buttons=tuple(Button(**button) for button in kept.get("buttons", ())),
            calls=tuple(Call(**call) for call in kept.get("calls", ())),
            links=tuple(Link(**link) for link in kept.get("links", ())),
            files=tuple(File(**file) for file in kept.get("files", ())),
            urgent=kept.get("urgent", False),
            takes_digits=kept.get("takes_digits", False),
            language=kept.get("language", ""),
            silent=kept.get("silent", False),
        )

    def for_policy(self, policy: Policy) -> Say:
        """This message as a channel with that personal-data policy may show it.

        On code_only marked stretches are replaced, and stored files (photos, voice notes) are not
        sent unless they are public.
        """
        return replace(
            self,
            text=for_policy(self.text, policy),
            buttons=tuple(replace(b, label=for_policy(b.label, policy)) for b in self.buttons),
            calls=tuple(
                Call(for_policy(call.number, policy), for_policy(call.label, policy))
                for call in self.calls
                if policy == "full" or _OPEN not in call.number
            ),
            links=tuple(replace(a, label=for_policy(a.label, policy)) for a in self.links),
            files=tuple(file for file in self.files if policy == "full" or file.public),
        )
