"""Conversations written down, played with a whole bot and read again.

How a transcript is written, and who the people in it are, stands in conversations/README.md.
Nothing is kept in memory between two lines, and the transcripts are the same on every run: what is
drawn by lot (case codes, 6-digit codes) is shown under a name of its own.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, update

from bot.delivery.fetcher import Fetcher
from bot.desk.unreadable import refused
from bot.plans.reading import read as read_plan
from bot.words import Button, Say
from storage import areas, invitations, people, plans
from storage.inbox import sender_index
from storage.people import links
from storage.records.areas import Area
from storage.records.cases import Attachment
from tests.house import START, Bot, MemoryChannel, TestClock

WIDTH = 100
PLANS = Path(__file__).parents[1] / "plans"
NO_BUTTON = "không có nút này"
# Who is who at which phone of the demo commune; Hoa and the strangers have no role.
PHONES = {
    "lan": ("demo-collaborator", "Lan"),
    "hoa": ("demo-resident", None),
    "minh": ("demo-officer", "Minh"),
    "thu": ("demo-deputy", "Thu"),
    "quang": ("demo-leader", "Quang"),
}
CAST = (*PHONES, "binh")
ROLES = {
    "cộng tác viên": "collaborator",
    "cán bộ": "officer",
    "lãnh đạo": "leader",
    "trực": "on_call",
    "quản trị": "admin",
}
UNITS = {"phút": "minutes", "giờ": "hours", "ngày": "days"}
MEDIA: dict[str, dict[str, Any]] = {
    "ảnh": {"kind": "photo", "mime": "image/jpeg"},
    "tin thoại": {"kind": "voice", "mime": "audio/ogg"},
    "tệp": {"kind": "file", "name": "don.pdf"},
    "nhãn dán": {"kind": "other"},
}
_PERSON = re.compile(r"(?P<who>\S+) > (?P<said>.*)")
_BOT = re.compile(r"\S+ [<|☎↗📎]( |$)")
_PRESS = re.compile(r"\[(?P<label>[^\]]+)\](?: \(nút cũ(?: (?P<back>\d+))?\))?")
_THING = re.compile(r"\((?P<thing>[^)]+)\)\s*(?P<caption>.*)", re.DOTALL)
_CASE = re.compile(r"VT-\d\d-[0-9A-Z]{6}")
_MEETING = re.compile(r"(?<![\w-])(?=\w*\d)(?=\w*[A-Z])[0-9A-HJKMNP-TV-Z]{6}(?!\w)")
_SIX = re.compile(r"(?<![\d-])\d{6}(?!\d)")  # not the end of a case code, which may be all digits


async def settled(path: Path) -> None:
    """A database file with the demo commune, the cast on channel "test", and one commune more."""
    bot = await Bot.opened(f"sqlite:///{path}")
    await bot.database.write(introduce)
    await bot.database.close()


def introduce(connection: Connection) -> None:
    """The people of the demo commune on channel \"test\", and an officer of another one."""
    for who, (address, name) in PHONES.items():
        found = people.by_address(connection, "web", address)
        assert found
        people.change(connection, found.person_id, name=name)
        connection.execute(
            update(links)
            .where(links.c.id == found.link_id)
            .values(channel="test", address=who, address_index=sender_index("test", who))
        )
    areas.load(
        connection,
        [(Area(code="DM-TS", name="Xã Tân Sơn", kind="commune", parent="DM"), [])],
    )
    binh, _ = people.welcome(connection, "test", "binh", "vi", START)
    people.change(connection, binh, name="Bình", home_area="DM-TS", introduced_at=START)
    for role in ("officer", "on_call"):
        people.grant(connection, binh, role, "DM-TS", START)


class Junk(MemoryChannel):
    """A platform whose every file is a zip archive."""

    async def fetch(self, reference: str) -> bytes:
        return b"PK\x03\x04 and so on"


class NotShown(Exception):
    """A transcript presses a button that this person does not have."""


@dataclass
class Chat:
    """One conversation at a bot of its own."""

    bot: Bot
    path: Path
    names: dict[str, str] = field(default_factory=dict)  # drawn by lot -> as it is shown
    read: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    async def opened(cls, settled_file: Path, folder: Path) -> Chat:
        """A chat at a copy of the file that `settled` made."""
        path = folder / "chat.sqlite"
        shutil.copy(settled_file, path)
        return cls(await Bot.opened(f"sqlite:///{path}", TestClock()), path)

    async def close(self) -> None:
        await self.bot.database.close()

    async def replay(self, transcript: str) -> str:
        """The same conversation again: the people's lines kept, the bot's as they are now."""
        lines: list[str] = []
        for kept in _parts(transcript):
            lines += kept.splitlines() or [""]
            if kept.startswith("@"):
                await self._arrange(kept.removeprefix("@").strip())
                lines += self._heard("")
            elif spoken := _PERSON.match(kept):
                said = "\n".join(map(str.strip, kept[spoken.start("said") :].splitlines()))
                try:
                    await self._say(spoken["who"], said)
                except NotShown as button:
                    lines.append(f"{spoken['who']} < ({NO_BUTTON}: {button})")
                lines += self._heard(spoken["who"])
        return "\n".join(lines).rstrip() + "\n"

    async def reads(self, transcript: str) -> None:
        """The conversation comes out as it is written here."""
        written = "\n".join(line.strip() for line in transcript.strip().splitlines())
        spoken = await self.replay(written)
        assert [line.strip() for line in spoken.splitlines()] == written.splitlines()

    # --- what people do ------------------------------------------------------------------

    async def _say(self, who: str, said: str) -> None:
        for fields in self._events(who, said):
            await self._receive(who, **fields)
        await self.bot.work()

    def _events(self, who: str, said: str) -> Iterator[dict[str, Any]]:
        if presses := list(_PRESS.finditer(said)):
            for press in presses:
                button = self.button(who, press["label"], _times(press))
                yield {"kind": "press", "value": button.value}
        elif thing := _THING.fullmatch(said):
            yield self._thing(thing["thing"], self._real(thing["caption"]))
        else:
            yield {"text": self._real(said)}

    def _thing(self, thing: str, caption: str) -> dict[str, Any]:
        if thing == "sửa tin đã gửi":
            return {"kind": "edited", "text": caption}
        if thing.startswith("mở liên kết "):
            code = self._real(thing.removeprefix("mở liên kết "))
            return {"text": f"/start {code}", "start": code}
        if thing.startswith("vị trí "):
            latitude, longitude = map(float, thing.removeprefix("vị trí ").split(","))
            place = {"kind": "location", "latitude": latitude, "longitude": longitude}
            return {"text": caption, "attachments": [place]}
        reference = f"{thing}-{self.bot.count}"
        return {"text": caption, "attachments": [{**MEDIA[thing], "reference": reference}]}

    def button(self, who: str, label: str, back: int = 0) -> Button:
        """The button so labelled that this person was shown last; `back` messages before it."""
        address, channel = _phone(who)
        seen = [
            button
            for say in reversed(self.bot.channels[channel].said.get(address, []))
            for button in say.buttons
            if self._shown(button.label) == label
        ]
        different = list(dict.fromkeys(seen))
        if len(different) <= back:
            raise NotShown(label)
        return different[back]

    async def _receive(self, who: str, **fields: Any) -> None:
        address, channel = _phone(who)
        await self.bot.receive(address, channel, group=address.startswith("nhóm"), **fields)

    # --- what happens around them --------------------------------------------------------

    async def _arrange(self, what: str) -> None:
        for pattern, arrange in ARRANGEMENTS.items():
            if found := re.fullmatch(pattern, what):
                await arrange(self, found)
                return
        raise AssertionError(f"nobody knows how to do this: @ {what}")

    async def time_goes_on(self, found: re.Match[str]) -> None:
        unit = UNITS.get(found[2], found[2])
        await self.bot.tick(timedelta(**{unit: int(found[1])}))

    async def an_invitation_is_made(self, found: re.Match[str]) -> None:
        code = await self.bot.database.write(partial(self._invite, found))
        self.names[code] = found[1]

    async def a_village_is_added(self, found: re.Match[str]) -> None:
        commune = found[1].rpartition("-")[0]
        village = Area(code=found[1], name=found[2], kind="village", parent=commune)
        await self.bot.database.write(partial(areas.load, loaded=[(village, [])]))

    async def an_area_becomes_part_of_another(self, found: re.Match[str]) -> None:
        """A new area takes the place of an old one, which ended yesterday; what lay in it moves."""
        old, new, name = found[1], found[2], found[3]
        yesterday = (self.bot.clock() - timedelta(days=1)).date()

        def merge(connection: Connection) -> None:
            was = areas.one(connection, old)
            assert was
            now = Area(code=new, name=name, kind=was.kind, parent=was.parent)
            inside = [a for a in areas.every(connection) if a.parent == old]
            ended = Area(**{**was.model_dump(), "valid_to": yesterday})
            moved = [Area(**{**a.model_dump(), "parent": new}) for a in inside]
            areas.load(connection, [(now, [old]), (ended, []), *((each, []) for each in moved)])

        await self.bot.database.write(merge)

    async def a_plan_is_loaded(self, found: re.Match[str]) -> None:
        content = (PLANS / f"{found[1]}.toml").read_text("utf-8")
        plan = read_plan(content)
        years, now = (plan.start, plan.end), self.bot.clock()
        await self.bot.database.write(
            lambda c: plans.load(c, plan.id, found[2], years, content, now)
        )

    async def what_was_sent_cannot_be_opened(self, _: re.Match[str]) -> None:
        """What lies with the platform still is looked at, and is none of what it claims to be."""
        for channel in self.bot.channels.values():
            await Fetcher(
                self.bot.database, Junk(channel.name), self.bot.clock, self._refused
            ).step()
        await self.bot.work()

    def _refused(self, connection: Connection, attachment: Attachment, now: datetime) -> None:
        refused(connection, self.bot.house, attachment, now)

    async def somebody_cannot_be_reached(self, found: re.Match[str]) -> None:
        def block(connection: Connection) -> None:
            known = people.by_address(connection, *reversed(_phone(found[1])))
            assert known
            people.block(connection, known.link_id, self.bot.clock())

        await self.bot.database.write(block)

    async def somebody_is_suspended(self, found: re.Match[str]) -> None:
        await self.bot.database.write(partial(self._suspend, found[1]))

    def _invite(self, found: re.Match[str], connection: Connection) -> str:
        now = self.bot.clock()
        return invitations.invite(
            connection, ROLES[found[2]], found[3], int(found[4]), now, now + timedelta(days=30)
        )

    def _suspend(self, who: str, connection: Connection) -> None:
        known = people.by_address(connection, *reversed(_phone(who)))
        assert known
        people.change(connection, known.person_id, suspended_at=self.bot.clock())

    async def the_server_starts_again(self, _: re.Match[str]) -> None:
        before = self.bot
        await before.database.close()
        self.bot = await Bot.opened(f"sqlite:///{self.path}", before.clock)
        self.bot.count = before.count
        for name, channel in before.channels.items():
            self.bot.channels[name].said = channel.said

    # --- what the bot said ---------------------------------------------------------------

    def _heard(self, first: str) -> list[str]:
        """What everybody was told since, the one who spoke before all others."""
        everybody = [
            (address, channel)
            for channel, platform in self.bot.channels.items()
            for address in platform.said
        ]
        order = {_phone(who): place for place, who in enumerate((first, *CAST))}
        everybody.sort(key=lambda phone: (order.get(phone, len(order)), phone))
        lines: list[str] = []
        for phone in everybody:
            said = self.bot.channels[phone[1]].said[phone[0]]
            for say in said[self.read.get(phone, 0) :]:
                lines += self._lines(_who(*phone), say)
            self.read[phone] = len(said)
        return lines or ([f"{first} < (im lặng)"] if first else [])

    def _lines(self, who: str, say: Say) -> list[str]:
        text = ("🔔 " if say.urgent else "") + say.text
        lines = _block(f"{who} < ", [self._shown(line) for line in text.splitlines() if line])
        buttons = [f"[{b.label}]" if b.nav else b.label for b in say.buttons]
        for mark, shown in (
            ("📎", [file.kind for file in say.files]),
            ("☎", [call.label for call in say.calls]),
            ("↗", [link.label for link in say.links]),
            ("|", buttons),
        ):
            if shown:
                lines += _block(f"{who} {mark} ", _filled(map(self._shown, shown), len(who) + 3))
        return lines

    def _shown(self, text: str) -> str:
        """The text with a steady name for whatever is drawn by lot."""
        for code in _CASE.findall(text):
            self._name(code, "VT-26-AAAAA{}")
        for code in _MEETING.findall(text):
            self._name(code, "BUOI-{}")
        for code in _SIX.findall(text):
            self._name(code, "10000{}")
        for code, name in self.names.items():
            text = text.replace(code, name)
        return text

    def _name(self, code: str, pattern: str) -> None:
        if code not in self.names and code not in self.names.values():
            start = pattern.format("")
            count = sum(name.startswith(start) for name in self.names.values())
            self.names[code] = pattern.format(count + 1)

    def _real(self, text: str) -> str:
        """What a person types for the names of `_shown`, with and without capitals."""
        for code, name in self.names.items():
            text = text.replace(name, code).replace(name.lower(), code.lower())
        return text


ARRANGEMENTS: dict[str, Callable[[Chat, re.Match[str]], Awaitable[None]]] = {
    r"\+(\d+) (phút|giờ|ngày|minutes|hours|days)": Chat.time_goes_on,
    r"khởi động lại": Chat.the_server_starts_again,
    r"mã mời (\w+): (\D+) (\S+), (\d+) lượt": Chat.an_invitation_is_made,
    r"thêm thôn (\S+): (.+)": Chat.a_village_is_added,
    r"ảnh, tin thoại không mở được": Chat.what_was_sent_cannot_be_opened,
    r"(\S+) chặn bot": Chat.somebody_cannot_be_reached,
    r"tạm khoá (\w+)": Chat.somebody_is_suspended,
    r"(?:thôn|xã) (\S+) nhập vào (\S+): (.+)": Chat.an_area_becomes_part_of_another,
    r"kế hoạch (\S+) cho (\S+)": Chat.a_plan_is_loaded,
}


def _parts(transcript: str) -> Iterator[str]:
    """What people wrote: comments, arrangements and what they said, without the bot's lines."""
    said: list[str] = []
    by_bot = False
    for line in transcript.splitlines():
        if line.startswith(" "):  # goes on with what stands above
            if said and not by_bot:
                said.append(line)
            continue
        if said:
            yield "\n".join(said)
        by_bot = bool(_BOT.match(line))
        said = [] if by_bot else [line]
    if said:
        yield "\n".join(said)


def _times(press: re.Match[str]) -> int:
    return int(press["back"] or 1) if "nút cũ" in press[0] else 0


def _phone(who: str) -> tuple[str, str]:
    """(address, channel): "lan" writes on the full channel, "lan@mật" on the code_only one."""
    name, _, channel = who.partition("@")
    return name, "coded" if channel else "test"


def _who(address: str, channel: str) -> str:
    return f"{address}@mật" if channel == "coded" else address


def _block(head: str, lines: list[str]) -> list[str]:
    rest = " " * len(head)
    return [(head if not at else rest) + line for at, line in enumerate(lines or [""])]


def _filled(labels: Iterator[str], indent: int) -> list[str]:
    """Labels with dots between, in lines of a readable width."""
    lines: list[str] = []
    for label in labels:
        if lines and len(lines[-1]) + len(label) + 3 + indent <= WIDTH:
            lines[-1] += f" · {label}"
        else:
            lines.append(label)
    return lines
