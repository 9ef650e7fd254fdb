"""Recordings of answers: one a language, for everybody in the commune, on every channel."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.channels.web.mailbox import Visitor
from bot.delivery.webmail import Webmail
from bot.words import File, Say
from storage import attachments, audit, people, revisions
from storage.attachments import attachments as table
from storage.inbox import sender_index
from tests.chat import introduce

ENTRY = "age-to-learn-a-trade"
SOUND = b"OggS" + b"\x00" * 40


@pytest.fixture
async def commune(bot):
    """A bot whose cast is on channel "test"."""
    await bot.database.write(introduce)
    return bot


async def record(bot, language="Tiếng Tày", who="minh", arrives=True, **file):
    """Somebody records the entry; returns the id of the attachment."""
    kind = {"kind": "voice", "mime": "audio/ogg", **file}
    await bot.says(who, kind="press", value=f"h.new.{ENTRY}")
    await bot.says(who, language)
    said = await bot.says(who, attachments=[{**kind, "reference": f"v{bot.count}"}])
    send = [b for s in said for b in s.buttons if b.value.endswith("/send")]
    if send:
        await bot.presses(who, send[0])
    newest = select(table.c.id).order_by(table.c.id.desc()).limit(1)
    number = await bot.database.read(lambda c: c.execute(newest).scalar())
    if arrives and number:
        await bot.database.write(lambda c: attachments.keep(c, number, SOUND, "audio/ogg"))
    return number


async def offered(bot, who="hoa"):
    """The buttons to listen, under the answer."""
    [said] = await bot.says(who, kind="press", value=f"a.entry.{ENTRY}")
    return [button for button in said.buttons if button.value.startswith("a.listen.")]


async def test_it_is_offered_once_it_has_arrived_and_sounds_under_its_question(commune):
    number = await record(commune, arrives=False)
    assert await offered(commune) == []
    await commune.database.write(lambda c: attachments.keep(c, number, SOUND, "audio/ogg"))
    [button] = await offered(commune)
    assert button.label == "🔊 Nghe: Tiếng Tày"
    [said] = await commune.presses("hoa", button)
    assert said.files == (File(number, "voice", "audio/ogg", public=True),)
    assert "Bao nhiêu tuổi" in said.text


async def test_it_goes_to_a_channel_that_carries_no_names_and_other_files_do_not(commune):
    number = await record(commune)
    [button] = await offered(commune)
    known = await commune.database.read(lambda c: people.by_address(c, "test", "hoa"))
    link = people.links
    moved = update(link).where(link.c.id == known.link_id)
    moved = moved.values(channel="coded", address_index=sender_index("coded", "hoa"))
    await commune.database.write(lambda c: c.execute(moved))
    said = await commune.says("hoa", channel="coded", kind="press", value=button.value)
    assert [file.attachment_id for file in said[0].files] == [number]
    own = Say("x", files=(File(1, "voice"), File(2, "voice", public=True)))
    assert own.for_policy("code_only").files == (File(2, "voice", public=True),)
    assert Say.from_json(own.to_json()) == own


async def test_an_audio_file_is_a_recording_and_another_file_is_not(commune):
    await record(commune, kind="file", mime="audio/mpeg")
    assert len(await offered(commune)) == 1
    await record(commune, "Tiếng Nùng", arrives=False, kind="file", mime="application/pdf")
    assert len(await offered(commune)) == 1


async def test_another_in_the_same_language_takes_its_place(commune):
    first = await record(commune)
    await record(commune, "Tiếng Nùng")
    last = await record(commune, "tieng tay")
    buttons = await offered(commune)
    assert [b.label for b in buttons] == ["🔊 Nghe: Tiếng Tày", "🔊 Nghe: Tiếng Nùng"]
    [said] = await commune.presses("hoa", buttons[0])
    assert [file.attachment_id for file in said.files] == [last]
    shown = await commune.database.read(
        lambda c: {row.id: row.published for row in c.execute(select(table))}
    )
    assert (shown[first], shown[last]) == (False, True)


async def test_what_is_given_to_people_outlives_the_month_and_the_rest_does_not(commune):
    number = await record(commune)
    [button] = await offered(commune)
    await commune.tick(timedelta(days=40))
    assert await commune.database.read(lambda c: attachments.one(c, number))
    await commune.says("minh", kind="press", value=f"h.off.{button.value.split('.')[2]}")
    [said] = await commune.presses("hoa", button)
    assert not said.files
    await commune.tick()
    assert await commune.database.read(lambda c: attachments.one(c, number)) is None


async def test_only_officers_of_the_commune_record_and_remove(commune):
    number = await record(commune)
    [button] = await offered(commune)
    item = button.value.split(".")[2]
    for who in ("lan", "hoa", "binh"):
        for value in (f"h.off.{item}", f"h.new.{ENTRY}", f"h.list.{ENTRY}"):
            await commune.says(who, kind="press", value=value)
    assert len(await offered(commune)) == 1
    assert await offered(commune, "binh") == []
    [said] = await commune.says("binh", kind="press", value=button.value)
    assert not said.files
    states = await commune.database.read(lambda c: revisions.history(c, "recording", "DM-VL", item))
    assert len(states) == 1 and states[0].content["attachment"] == number
    actions = await commune.database.read(
        lambda c: c.execute(select(audit.log.c.action, audit.log.c.subject)).all()
    )
    assert ("recording shown", f"recording:DM-VL:{item}") in [tuple(row) for row in actions]


async def test_on_the_web_anybody_hears_what_is_published_and_nothing_else(commune):
    number = await record(commune)
    mailbox = Webmail(commune.database, commune.together, commune.clock, asyncio.Event())
    anybody = Visitor(1, "somebody-else", "index-of-somebody-else")
    assert await mailbox.file(anybody, number) == (SOUND, "audio/ogg")
    await commune.database.write(lambda c: attachments.publish(c, number, on=False))
    assert await mailbox.file(anybody, number) is None
