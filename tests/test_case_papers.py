"""Form 01 from a case: who may see the case gets it, whole; the reporter is not in it."""

import re

import pytest

from storage import attachments, audit
from tests.chat import introduce
from tests.documents.reading import words_of
from tests.house import Bot

REPORT = "bé Mẫu 12 tuổi ở thôn Phố Vị bỏ học đi làm lò gạch ngày 10 tiếng"


async def reported(bot: Bot) -> str:
    """The code of a case that Lan reported, agreeing to be called."""
    await bot.database.write(introduce)
    await bot.says("lan", REPORT)
    for label in ("Không", "Gửi ngay"):
        said = await bot.says("lan", label)
    return next(word for word in said[0].text.split() if word.startswith("VT-"))


async def content_of(bot: Bot, number: int):
    return await bot.database.read(lambda c: attachments.one(c, number))


async def test_the_form_holds_the_report_and_not_the_reporter(bot):
    code = await reported(bot)
    [said] = await bot.says("minh", value=f"c.print.{code}", kind="press")
    [file] = said.files
    assert file.kind == "file" and file.mime.endswith("wordprocessingml.document")
    kept = await content_of(bot, file.attachment_id)
    paper = words_of(kept.content)
    for words in ("XÃ VÂN LĨNH", code, "Mẫu", "12", "Thôn Phố Vị", "Lò gạch", "16:30, 20/11/2026"):
        assert words in paper
    assert "Lan" not in paper and "09" not in paper.split("3. Người cung cấp")[1]
    assert kept.report_id and kept.state == "kept"


async def test_printing_again_replaces_the_form(bot):
    code = await reported(bot)
    [first] = await bot.says("minh", value=f"c.print.{code}", kind="press")
    [again] = await bot.says("minh", value=f"c.print.{code}", kind="press")
    assert first.files and first.files == again.files


async def test_each_print_is_audited(bot):
    code = await reported(bot)
    before = await bot.database.read(audit.count)
    await bot.says("minh", value=f"c.print.{code}", kind="press")
    assert await bot.database.read(audit.count) > before


@pytest.mark.parametrize("who", ["lan", "hoa", "binh"])
async def test_nobody_else_gets_it(bot, who):
    code = await reported(bot)
    said = await bot.says(who, value=f"c.print.{code}", kind="press")
    assert not [file for each in said for file in each.files]


async def test_on_a_channel_without_names_there_is_only_the_way_to_the_web(bot):
    code = await reported(bot)
    [said] = await bot.says("minh", value="m.code", kind="press")
    [number] = re.findall(r"(?<!\d)\d{6}(?!\d)", said.text)
    await bot.says("minh2", number, channel="coded")
    card = (await bot.says("minh2", code, channel="coded"))[-1]
    assert "In phiếu" not in {button.label for button in card.buttons}
    [said] = await bot.says("minh2", channel="coded", value=f"c.print.{code}", kind="press")
    assert not said.files and said.links and "web" in said.text


async def test_the_form_holds_what_was_added_later(bot):
    code = await reported(bot)
    await bot.says("lan", value=f"r.reply.{code}", kind="press")
    await bot.says("lan", "Nay cháu ở xưởng gạch bản Nà Lốc, sáng mai mới về")
    [said] = await bot.says("minh", value=f"c.print.{code}", kind="press")
    paper = words_of((await content_of(bot, said.files[0].attachment_id)).content)
    assert "xưởng gạch bản Nà Lốc" in paper
