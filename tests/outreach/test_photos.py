"""Photos of records: officers of the area, on channels that may carry them, each look audited."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.channels.web.mailbox import Visitor
from bot.delivery.webmail import Webmail
from storage import attachments, kept_files, meetings, oversight, people
from storage.audit import log
from storage.inbox import sender_index
from tests.house import START, Bot
from tests.outreach.test_inviting import VILLAGE

ROLES = {
    "officer": ("officer", "DM-VL"),
    "lan": ("collaborator", VILLAGE),
    "binh": ("officer", "DM-TS"),
}


@pytest.fixture
async def bot(tmp_path):
    bot = await Bot.opened(f"sqlite:///{tmp_path}/photos.sqlite3")
    yield bot
    await bot.database.close()


def arrange(connection):
    """A meeting and a commitment with a photo each; (what the buttons carry, photo) of both."""
    from storage import areas
    from storage.records.areas import Area

    areas.load(connection, [(Area(code="DM-TS", name="Xã Tân Sơn", kind="commune"), [])])
    found = {}
    for name, (role, area) in ROLES.items():
        for channel in ("test", "coded", "web"):
            if name not in found:
                found[name], _ = people.welcome(connection, channel, name, "vi", START)
                people.grant(connection, found[name], role, area, START)
            else:
                people.link(connection, found[name], channel, name, START)
    common = {"area": VILLAGE, "commune": "DM-VL", "person_id": found["officer"]}
    common |= {"noted_at": START, "draft_key": "d1"}
    event = {"kind": "meeting", "held_on": START.date(), "closes_at": START, "details": {}}
    held = meetings.add(connection, {**common, **event})
    signed = {"employer": "Xưởng gạch", "group": "businesses", "signed_on": START.date()}
    number = oversight.commit(connection, {**common, **signed})
    rows = [(held.code, f"outreach_events:{held.id}"), (f"commitments:{number}",) * 2]
    photos = []
    for at, (name, subject) in enumerate(rows):
        photo = attachments.want(
            connection, "web", "elsewhere", f"p{at}", "photo", "image/jpeg", 3, START
        )
        attachments.keep(connection, photo, b"jpg", "image/jpeg")
        kept_files.keep(connection, subject, [photo])
        photos.append((name, photo))
    return photos


def looks(connection, subject):
    found = select(log.c.action).where(log.c.subject == subject)
    return list(connection.execute(found.order_by(log.c.id)).scalars())


async def test_the_officer_of_the_area_sees_them_and_the_look_is_audited(bot):
    (meeting, first), (commitment, second) = await bot.database.write(arrange)
    for press, name, photo in (("o", meeting, first), ("v", commitment, second)):
        card = {"o": f"o.view.{name}", "v": f"v.see.{name}"}[press]
        [said] = await bot.says("officer", value=card, kind="press")
        assert not said.files and "Xem ảnh" in [b.label for b in said.buttons]
        [said] = await bot.says("officer", value=f"{press}.photos.{name}", kind="press")
        assert [file.attachment_id for file in said.files] == [photo]
        assert "photos" in await bot.database.read(lambda c, name=name: looks(c, name))


@pytest.mark.parametrize(
    ("who", "channel"), [("lan", "test"), ("binh", "test"), ("officer", "coded"), ("x", "test")]
)
async def test_nobody_else_does_and_no_channel_that_carries_codes_only(bot, who, channel):
    kept = await bot.database.write(arrange)
    for press, (name, _photo) in zip(("o", "v"), kept, strict=True):
        card = {"o": f"o.view.{name}", "v": f"v.see.{name}"}[press]
        for value in (card, f"{press}.photos.{name}"):
            [said] = await bot.says(who, channel=channel, value=value, kind="press")
            assert not said.files and "Xem ảnh" not in [b.label for b in said.buttons]
        assert "photos" not in await bot.database.read(lambda c, name=name: looks(c, name))


async def test_on_the_web_the_bytes_go_to_the_same_people_only(bot):
    kept = await bot.database.write(arrange)
    mail = Webmail(bot.database, bot.together, bot.clock, asyncio.Event())
    for name, photo in kept:
        for who, seen in (("officer", True), ("lan", False), ("binh", False)):
            visitor = Visitor(1, who, sender_index("web", who))
            assert bool(await mail.file(visitor, photo)) == seen, (name, who)
        assert "attachment" in await bot.database.read(lambda c, name=name: looks(c, name))
