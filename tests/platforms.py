"""The transcripts of tests/conversations, played over a real channel and a fake of its platform.

A person presses what the platform lets them press and types the rest: the number that stands
before an option, or its words. What the bot says is not compared here (it is drawn differently);
what it keeps is: see test_every_platform.py.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import Connection, update

from bot.app import FrontDesk
from bot.channels import Channel, Raw
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.translate import event_of
from bot.channels.web.channel import WebChannel
from bot.channels.web.mailbox import Mailbox
from bot.channels.zalo_bot_platform.channel import ZaloBotChannel
from bot.channels.zalo_bot_platform.webhook import webhook_event
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.webhook import Signers
from bot.channels.zalo_oa.webhook import webhook_event as webhook_event_of_oa
from bot.delivery.sender import Sender
from bot.delivery.worker import Worker
from bot.desk import House
from bot.desk.courtesy import day_of
from bot.desk.handouts import prepare
from bot.vietnamese.fold import fold
from bot.windows import OA_DONG, OA_FREE, OA_OPEN, Terms
from bot.words import Say
from storage.database import Database
from storage.inbox import sender_index
from storage.people import by_address, change, links
from tests.chat import CAST, Chat, NotShown
from tests.fake_telegram import FakeTelegram
from tests.fake_zalo_bot import FakeZaloBot
from tests.fake_zalo_oa import APP, APP_SECRET, OA, OA_SECRET, FakeZaloOa, buttons
from tests.house import Bot, TestClock

JPEG = bytes.fromhex("ffd8ffe0") + b"0" * 100


class Platform(Protocol):
    """One platform with people on it."""

    channel: Channel
    terms: Terms

    def live_by(self, clock: TestClock) -> None:
        """Have the platform's clock go as that of the test."""

    def address(self, who: str) -> str:
        """The platform's id of somebody."""

    def arrive(self, who: str, **fields: Any) -> Raw:
        """What somebody did, as the channel hands it on."""

    def texts(self, who: str) -> list[str]:
        """Everything somebody was shown, oldest first."""

    def press(self, who: str, label: str) -> dict[str, Any]:
        """What somebody does who wants to press this. Raises NotShown."""


class ZaloBot:
    """The Zalo bot platform: nothing can be pressed."""

    terms = Terms(typed=True, monthly=3000)

    def __init__(self, server: FakeZaloBot) -> None:
        self.server = server
        self.channel = ZaloBotChannel(server.token, server.base)
        self.channel.per_second, self.channel.per_address = 1000.0, 0.0
        server.chats |= set(map(self.address, CAST))

    def live_by(self, clock: TestClock) -> None:
        self.server.now = lambda: clock().timestamp()

    def address(self, who: str) -> str:
        return who.encode().hex()

    def arrive(self, who: str, **fields: Any) -> Raw:
        import json

        server, media, who = self.server, fields.get("attachments", []), self.address(who)
        kind = media[0]["kind"] if media else ""
        text = fields.get("text", "")
        if kind == "photo":
            body = server.image(who, JPEG, **({"caption": text} if text else {}))
        elif kind == "voice":
            body = server.voice(who, b"\xff\xf1aac")
        elif kind:
            raise NotShown(kind)
        else:
            body = server.text(who, text)
        raw = webhook_event(json.dumps(body).encode(), "secret-secret", "secret-secret")
        assert raw is not None
        return raw

    def texts(self, who: str) -> list[str]:
        return [message.get("text", "") for message in self.server.sent(self.address(who))]

    def press(self, who: str, label: str) -> dict[str, Any]:
        """By the number before it in the last message with options, else by its words."""
        for text in reversed(self.texts(who)):
            if "✍" in text:
                return {"text": typed(text, label)}
        raise NotShown(label)


class ZaloOa:
    """A Zalo official account: five buttons, and the rest typed."""

    terms = Terms(OA_FREE, OA_OPEN, OA_DONG, typed=True)

    def __init__(self, zalo: FakeZaloOa) -> None:
        self.zalo = zalo
        zalo.access_token = "token"
        self.channel = ZaloOaChannel(OA, APP_SECRET, self, zalo.base)
        self.channel.per_second, self.channel.per_address = 1000.0, 0.0
        self._signers = Signers(APP, OA, APP_SECRET, OA_SECRET)

    async def access(self) -> str:
        return "token"

    async def renew(self, refused: str) -> str:
        return "token"

    def live_by(self, clock: TestClock) -> None:
        self.zalo.now = lambda: clock().timestamp()
        self.zalo.heard |= {self.address(who): clock().timestamp() for who in CAST}

    def address(self, who: str) -> str:
        return who.encode().hex()

    def arrive(self, who: str, **fields: Any) -> Raw:
        media, text = fields.get("attachments", []), fields.get("text", "")
        who = self.address(who)
        kind = media[0]["kind"] if media else ""
        if kind == "location":
            event = self.zalo.location(who, media[0]["latitude"], media[0]["longitude"])
        elif kind:
            sent = {"photo": "image", "voice": "audio", "other": "sticker"}.get(kind, kind)
            event = self.zalo.media(who, sent, JPEG, text)
        elif fields.get("press"):
            event = self.zalo.press(who, fields["press"])
        else:
            event = self.zalo.text(who, text)
        raw = webhook_event_of_oa(event[0], event[1]["X-ZEvent-Signature"], self._signers)
        assert raw is not None
        return raw

    def texts(self, who: str) -> list[str]:
        return [message.get("text", "") for message in self.zalo.sent(self.address(who))]

    def press(self, who: str, label: str) -> dict[str, Any]:
        """The real button if the last message with options has it; else as it can be typed."""
        for message in reversed(self.zalo.sent(self.address(who))):
            text, shown = message.get("text", ""), [b["title"] for b in buttons(message)]
            if label in shown:
                return {"press": label}
            if shown or "✍" in text:
                return {"text": typed(text, label)}
        raise NotShown(label)


class Telegram:
    """A bot on Telegram: every button can be pressed."""

    terms = Terms()

    def __init__(self, server: FakeTelegram) -> None:
        self.server = server
        self.channel = TelegramChannel(server.token, server.base)
        self.channel.per_second, self.channel.per_address = 1000.0, 0.0
        self._now: TestClock | None = None
        for who in CAST:
            server.chat(int(self.address(who)))

    def live_by(self, clock: TestClock) -> None:
        self._now = clock

    def address(self, who: str) -> str:
        return str(1000 + zlib.crc32(who.encode()))

    def arrive(self, who: str, **fields: Any) -> Raw:
        media, text, chat = fields.get("attachments", []), fields.get("text", ""), self.address(who)
        kind = media[0]["kind"] if media else ""
        if kind == "location":
            place = media[0]["latitude"], media[0]["longitude"]
            update = self.server.location(int(chat), *place)
        elif kind == "photo":
            update = self.server.photo(int(chat), JPEG, text or None)
        elif kind == "voice":
            update = self.server.voice(int(chat), b"OggS")
        elif kind:
            raise NotShown(kind)
        elif press := fields.get("press"):
            update = self.server.press(int(chat), *press)
        else:
            update = self.server.text(int(chat), text)
        assert self._now
        moment = self._now()
        if "message" in update:
            update["message"]["date"] = int(moment.timestamp())
        return event_of(update, moment)

    def texts(self, who: str) -> list[str]:
        return [sent.get("text", "") for sent in self.server.sent(int(self.address(who)))]

    def press(self, who: str, label: str) -> dict[str, Any]:
        for sent in reversed(self.server.sent(int(self.address(who)))):
            for row in sent.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if button["text"] == label and "callback_data" in button:
                        return {"press": (sent["message_id"], button["callback_data"])}
        raise NotShown(label)


class Web:
    """The web chat, as its page talks with the channel: the page keeps what it is shown."""

    terms = Terms(rings=False)

    def __init__(self) -> None:
        self.channel = WebChannel(cast(Mailbox, self))
        self.shown: dict[str, list[Say]] = {}
        self._now: TestClock | None = None
        self._count = 0

    async def show(self, address: str, say: Say, once: str) -> str:
        self.shown.setdefault(address, []).append(say)
        return once

    def live_by(self, clock: TestClock) -> None:
        self._now = clock

    def address(self, who: str) -> str:
        return who.encode().hex()

    def arrive(self, who: str, **fields: Any) -> Raw:
        self._count += 1
        assert self._now
        event: dict[str, Any] = {"id": f"m{self._count}", "address": self.address(who)}
        event |= {"received": self._now().isoformat(), "text": fields.get("text", "")}
        event["value"] = fields.get("press", "")
        for item in fields.get("attachments", []):
            if item["kind"] == "location":
                event["location"] = item
            else:
                file = {"reference": f"{who}:{self._count}", "size": 10, "mime": "image/jpeg"}
                event["files"] = [{**file, "kind": item["kind"]}]
        return Raw(event["id"], event["address"], event)

    def texts(self, who: str) -> list[str]:
        return [say.text for say in self.shown.get(self.address(who), [])]

    def press(self, who: str, label: str) -> dict[str, Any]:
        for say in reversed(self.shown.get(self.address(who), [])):
            for button in say.buttons:
                if button.label == label:
                    return {"press": button.value}
        raise NotShown(label)


def typed(text: str, label: str) -> str:
    """What to type for an option of a message. Raises NotShown."""
    for number, option in re.findall(r"^(\d+)\. (.*)$", text, re.MULTILINE):
        if option == label or label.startswith(f"{number}. "):  # a list numbers its lines itself
            return str(number)
    words = text.rpartition("✍")[2].partition(": ")[2].split(" · ")
    if label in words:
        return fold(label)
    raise NotShown(label)


class PlatformBot(Bot):
    """A whole bot on one platform."""

    def __init__(self, database: Database, clock: TestClock, platform: Platform) -> None:
        super().__init__(database, clock)
        name, channel = platform.channel.name, platform.channel
        terms = {name: platform.terms}
        self.house = House({name: "full"}, "https://vongtay.example", terms=terms)
        self.worker = Worker(database, {name: channel}, FrontDesk(self.house), clock)
        draw = lambda connection, recipe: prepare(connection, self.house, recipe)  # noqa: E731
        day = partial(day_of, self.house)
        args = (database, self.together, channel, "full", clock, 20)
        self.senders = [Sender(*args, terms=terms, draw=draw, day=day)]


class PlatformChat(Chat):
    """A transcript on a platform; the lines of the bot are not looked at."""

    platform: Platform
    people: set[str]

    @classmethod
    async def on(cls, platform: Platform, settled_file: Path, folder: Path) -> PlatformChat:
        """A chat at a copy of the settled file, with the cast moved to the platform."""
        chat = await super().opened(settled_file, folder)
        assert isinstance(chat, cls)
        chat.platform = platform
        platform.live_by(chat.bot.clock)
        await chat.bot.database.write(lambda c: _moved(c, platform))
        chat.bot = PlatformBot(chat.bot.database, chat.bot.clock, platform)
        chat.people = set(CAST)
        return chat

    async def _arrange(self, what: str) -> None:
        if what != "khởi động lại":
            await super()._arrange(what)
            return
        before = self.bot
        await before.database.close()
        database = Database(f"sqlite:///{self.path}")
        self.bot = PlatformBot(database, before.clock, self.platform)
        self.bot.count = before.count

    def _suspend(self, who: str, connection: Connection) -> None:
        channel, address = self.platform.channel.name, self.platform.address(who)
        known = by_address(connection, channel, address)
        assert known
        change(connection, known.person_id, suspended_at=self.bot.clock())

    def _events(self, who: str, said: str) -> Iterator[dict[str, Any]]:
        from tests.chat import _PRESS

        if presses := list(_PRESS.finditer(said)):
            for press in presses:
                yield self.platform.press(who, self._real(press["label"]))
        else:
            yield from super()._events(who, said)

    async def _receive(self, who: str, **fields: Any) -> None:
        self.people.add(who)
        raw = self.platform.arrive(who, **fields)
        await self.bot.intake.of(self.platform.channel.name)([raw])

    def _heard(self, first: str) -> list[str]:
        for who in self.people:
            for text in self.platform.texts(who):
                self._shown(text)
        return []


def _moved(connection: Connection, platform: Platform) -> None:
    for who in CAST:
        address = platform.address(who)
        name = platform.channel.name
        connection.execute(
            update(links)
            .where(links.c.channel == "test", links.c.address_index == sender_index("test", who))
            .values(channel=name, address=address, address_index=sender_index(name, address))
        )
