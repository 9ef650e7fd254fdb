"""Nothing personal leaves on a channel that carries codes only (contract §6.4).

A case lives its whole life with words planted in it that nothing else could say; then everything
that was sent is searched for them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.words import Button, Call, File, Link, Say, for_policy, private
from storage import people
from tests.house import START, Bot, button

CHILD = "Bùi Mộng Tuyền"
PHONE = "0987654321"
STORY = "con mèo tím kêu sau bếp"
PLACE = "quán Ngọc Hoàng Thượng Giới"
FAMILY = "bố nuôi bảy con voi trắng"
VILLAGE = "Xóm Kỳ Lân"
CARER = "bà Nguyễn Thị Phượng Hoàng"
REPORTER = "Lý Bạch Mai"
OFFICER = "Trần Cửu Vĩ"
NOTE = "đã gặp ông Sơn Tinh ở chợ"
REPLY = "cháu giấu chiếc ô màu cam"
ALSO = "nhà có cây khế vàng to nhất xã"

OF_THE_CASE = (CHILD, PHONE, STORY, PLACE, FAMILY, VILLAGE, CARER, ALSO)
DETAILS = {
    "name": CHILD,
    "sex": "gái",
    "work": "bán rong",
    "place": PLACE,
    "hours_per_day": "8",
    "days_per_week": "7",
    "night_work": "có",
    "carer": CARER,
    "family": FAMILY,
    "child_now": PLACE,
    "consequence": f"sợ {STORY}",
    "done": f"đã nói với {CARER}",
}
PLANTED = (*OF_THE_CASE, REPORTER, OFFICER, NOTE, REPLY)
CHANNELS = ("test", "coded")


@pytest.fixture
async def bot(sqlite_url: str) -> AsyncIterator[Bot]:
    opened = await Bot.opened(sqlite_url)
    yield opened
    await opened.database.close()


def whole(say: Say) -> str:
    """Everything of a message that leaves the house."""
    parts = [say.text]
    parts += [part for button in say.buttons for part in (button.label, button.value)]
    parts += [part for call in say.calls for part in (call.label, call.number)]
    parts += [part for link in say.links for part in (link.label, link.url)]
    return "\n".join(parts)


def sent(bot: Bot, channel: str, address: str = "") -> str:
    said = bot.channels[channel].said
    return "\n".join(
        whole(say) for who, says in said.items() if address in ("", who) for say in says
    )


def _people(connection: Connection, reporter_on: str, officer_on: str) -> None:
    for who, channel, name, role, area in (
        ("reporter", reporter_on, REPORTER, "collaborator", "DM-VL-01"),
        ("officer", officer_on, OFFICER, "on_call", "DM-VL"),
        ("colleague", officer_on, "Thu", "officer", "DM-VL"),
        ("leader", officer_on, "Quang", "leader", "DM-VL"),
    ):
        person, _ = people.welcome(connection, channel, who, "vi", START)
        people.change(
            connection, person, name=name, phone=PHONE, home_area="DM-VL", introduced_at=START
        )
        people.grant(connection, person, role, area, START)


async def live(bot: Bot, reporter_on: str, officer_on: str) -> None:
    """A report, an alarm that goes up the ladder, a case worked on, messages, the end."""
    await bot.database.write(partial(_people, reporter_on=reporter_on, officer_on=officer_on))

    async def reporter(*texts: str) -> Say:
        for text in texts:
            said = await bot.says("reporter", text, channel=reporter_on)
        return said[-1]

    async def officer(*labels: str, who: str = "officer") -> Say:
        for label in labels:
            last = [say for say in bot.channels[officer_on].said[who] if label_in(say, label)]
            if last:
                said = await bot.presses(who, button(last[-1], label), officer_on)
            else:
                said = await bot.says(who, label, channel=officer_on)
        return said[-1]

    said = await reporter(
        "/start", "/bao", f"{CHILD} {STORY}", ALSO, "không rõ", VILLAGE, "12", "thêm"
    )
    while (asked := said.buttons[0].value.split(".")[2]) != "photos":
        said = await reporter(DETAILS.get(asked, "bỏ qua"))
    await bot.says(
        "reporter",
        ALSO,
        channel=reporter_on,
        attachments=[{"kind": "photo", "reference": "p", "name": CHILD}],
    )
    await reporter("xong", "bỏ qua", PLACE, "có")
    if reporter_on == "test":
        await reporter(PHONE)
    await reporter("sửa", "quay lại", "sửa 1", f"{CHILD} {STORY}, bị đánh", "huỷ", "lấy lại phiếu")
    await reporter("gửi ngay")
    await bot.tick(timedelta(minutes=15))
    await bot.tick(timedelta(minutes=15))
    await officer(
        "Xem", "Gọi người báo tin", "Đã nhận", "Xem", "Ghi chú", f"{NOTE}, {CHILD} {STORY}"
    )
    await officer("Xem", "Gọi người báo tin", "Nhắn người báo tin", f"{CHILD} ở đâu? {PHONE}")
    await reporter("trả lời", f"{REPLY}, {CHILD}")
    await officer("Xem", "/hoso", "1", "Đổi tình trạng", "đã đến thăm")
    await officer("/hoso Phố Vị", "/hoso VT", who="colleague")
    await reporter("/viec", "bổ sung", f"cứu với, {CHILD} đang bị đánh, {STORY}")
    await officer("Xem", "Đổi tình trạng", "đã kết thúc", f"{NOTE} xong")
    await reporter("/hoi", f"Gọi tôi số {PHONE} được không ạ?")
    await officer("Trả lời", f"Gọi tôi {PHONE} nhé")
    await reporter(
        "/bao", f"{CHILD} {STORY}", "/menu", "/ngonngu", "/bao", "/ngonngu", "/111", "/xoa"
    )
    await bot.tick(timedelta(days=1))


def label_in(say: Say, label: str) -> bool:
    return any(found.label.startswith(label) for found in say.buttons)


@pytest.mark.parametrize(("reporter_on", "officer_on"), list(product(CHANNELS, CHANNELS)))
async def test_what_is_personal_is_never_sent_where_only_codes_may_go(
    bot: Bot, reporter_on: str, officer_on: str
) -> None:
    await live(bot, reporter_on, officer_on)
    coded = sent(bot, "coded")
    assert [planted for planted in PLANTED if planted.casefold() in coded.casefold()] == []
    assert not any(mark in coded + sent(bot, "test") for mark in "\ue000\ue001\ue002")
    assert all(not say.files for says in bot.channels["coded"].said.values() for say in says)


async def test_on_a_full_channel_an_officer_reads_all_of_it(bot: Bot) -> None:
    await live(bot, "test", "test")
    read = sent(bot, "test", "officer")
    wanted = [planted for planted in PLANTED if planted != REPORTER]
    assert [planted for planted in wanted if planted not in read] == []


async def test_a_reporter_sees_their_own_words_on_a_full_channel(bot: Bot) -> None:
    await live(bot, "test", "coded")
    read = sent(bot, "test", "reporter")
    assert [planted for planted in OF_THE_CASE if planted not in read] == []
    assert OFFICER not in read and NOTE not in read


async def test_nobody_reads_who_reported(bot: Bot) -> None:
    for reporter_on, officer_on in (("test", "test"),):
        await live(bot, reporter_on, officer_on)
    assert REPORTER not in sent(bot, "test")


async def test_on_a_code_only_channel_no_name_is_asked_for(bot: Bot) -> None:
    await live(bot, "coded", "coded")
    asked = sent(bot, "coded", "reporter")
    assert "Cháu tên gì" not in asked and "số nào" not in asked
    assert "1/4" in asked and "4/4" in asked


# --- the one place where it is decided ---------------------------------------------------

SECRETS = st.text("XYZ", min_size=3, max_size=8).map(lambda text: f"secret{text}")
PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=("Co", "Cs")), max_size=12).filter(
    lambda text: "secret" not in text
)


def marked() -> st.SearchStrategy[str]:
    """Texts with personal stretches: marked, marked again, put into sentences, in any order."""

    def more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds(lambda a, b: a + b, inner, inner),
            st.builds(lambda a: private(a), inner),
            st.builds(lambda a, b: private(a, b), inner, PLAIN),
            st.builds(lambda a: private(f"«{a}»", "…"), inner),
            st.builds(lambda a, b: f"{a} – {b}", inner, inner),
        )

    return st.recursive(PLAIN | SECRETS.map(private), more, max_leaves=6)


@given(marked())
def test_no_personal_stretch_survives_on_a_code_only_channel(text: str) -> None:
    shown = for_policy(text, "code_only")
    assert "secret" not in shown
    assert not any(mark in shown for mark in "\ue000\ue001\ue002")


@given(marked())
def test_a_full_channel_shows_all_of_it_without_a_mark(text: str) -> None:
    shown = for_policy(text, "full")
    assert shown.count("secret") == text.count("secret")
    assert not any(mark in shown for mark in "\ue000\ue001\ue002")


@given(PLAIN)
def test_a_text_without_marks_is_shown_as_it_is(text: str) -> None:
    assert for_policy(text, "code_only") == for_policy(text, "full") == text


@given(marked(), marked(), marked())
def test_every_part_of_a_message_obeys_the_policy(a: str, b: str, c: str) -> None:
    say = Say(
        f"• {a}",
        buttons=(Button("m.menu", b), Button("m.call", c, nav=True)),
        calls=(Call(a, b), Call("111", c)),
        links=(Link(b, "https://vongtay.example/once/x"),),
        files=(File(1, "photo"),),
        urgent=True,
    )
    again = Say.from_json(say.to_json())
    assert again == say
    coded = again.for_policy("code_only")
    assert "secret" not in whole(coded) and coded.files == () and coded.urgent
    assert len(coded.buttons) == 2 and coded.calls[-1].number == "111"
    assert again.for_policy("full").files == say.files
    assert coded.for_policy("full") == coded
