"""Telegram on a bad day: people, groups, buttons and requests as they really come."""

import asyncio

import pytest
import pytest_asyncio

from tests.blackbox.outside import Phone, buttons, labels, until, vongtay

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="module")
async def _served(server):
    """Every test here is against the running server."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def minh(server, home, telegram):
    """An officer on call."""
    minh = Phone(telegram, 8)
    await minh.says("/start " + (await home.invited("on_call"))["code"])
    return minh


@pytest.mark.parametrize(
    ("number", "danger"),
    [
        (30, "Cứu với! có người đang đánh con bé ngay trước mặt tôi"),
        (31, "cuu voi, no dang bi danh chay mau ngay bay gio"),
        (32, "cháu bị xâm hại tình dục"),
        (33, "nó doạ giết em, em sợ lắm"),
        (35, "/start cứu với, con bé đang bị đánh chảy máu"),
        (36, "/xyz cứu với, con bé đang bị đánh chảy máu"),
    ],
)
async def test_danger_gets_the_numbers_first_and_a_card_to_call(phone, number, danger):
    lan = phone(number)
    lan.telegram.text(number, danger)
    await until(lambda: any("contact" in message for message in lan.heard))
    first = lan.heard[0]["text"].splitlines()[0]
    assert "111" in first and ("113" in first or "115" in first)
    cards = [message["contact"]["phone_number"] for message in lan.heard if "contact" in message]
    assert cards[0] == "111"


async def test_danger_in_a_form_gets_the_numbers_first_and_the_form_goes_on(phone):
    lan = phone(34)
    await lan.says("/hoi")
    before = len(lan.heard)
    lan.telegram.text(34, "con tôi đang bị bố nó cầm dao doạ giết")
    await lan.hears(before + 3)
    first = lan.texts[before].splitlines()[0]
    assert "111" in first and ("113" in first or "115" in first)


async def nothing_on_its_way(telegram):
    """What came before has been written to everybody, one a second each."""
    asked = -1
    while asked != len(telegram.asked_to_send):
        asked = len(telegram.asked_to_send)
        await asyncio.sleep(1.2)


async def test_too_many_requests_is_obeyed(phone, telegram):
    lan, hoa = phone(40), phone(41)
    await nothing_on_its_way(telegram)
    telegram.slow = 2
    before = len(telegram.asked_to_send)
    telegram.text(40, "/start")
    await until(lambda: telegram.slow == 0)
    telegram.text(41, "/start")
    await lan.hears(1)
    await hoa.hears(1)
    told, *after = [at for at, _, _ in telegram.asked_to_send[before:]]
    assert after[0] - told >= 1.95  # nobody was written to in between
    assert (len(lan.heard), len(hoa.heard)) == (1, 1)


async def test_a_server_in_trouble_is_asked_again_until_it_answers(phone, telegram):
    lan = phone(42)
    telegram.fail(1, 502, "sendMessage")
    telegram.drop(1, "getUpdates")
    await lan.says("/start")
    await asyncio.sleep(1.0)
    assert len(lan.heard) == 1


async def test_who_blocks_us_is_left_alone_until_they_write_again(phone, telegram, server):
    lan = phone(43)
    await lan.says("/start")
    blocked = await server.metric("vongtay_messages_total", outcome="blocked")
    telegram.block(43)
    telegram.text(43, "/menu")
    await until(lambda: telegram.asked_to_send[-1][2] == 43 and len(lan.heard) == 1)

    async def marked():
        return await server.metric("vongtay_messages_total", outcome="blocked") == blocked + 1

    await until(marked)
    asked = len([1 for _, _, chat in telegram.asked_to_send if chat == 43])
    telegram.unblocked(43)
    await asyncio.sleep(0.2)
    await lan.says("/menu")
    assert len([1 for _, _, chat in telegram.asked_to_send if chat == 43]) == asked + 1


async def test_who_says_that_they_block_us_is_not_written_to(phone, telegram, minh):
    lan = phone(44)
    await lan.says("/start")
    telegram.blocked(44)
    asked = [chat for _, _, chat in telegram.asked_to_send].count(44)
    await phone(45).says("/start")  # what came before it has been handled
    assert [chat for _, _, chat in telegram.asked_to_send].count(44) == asked


async def test_a_group_that_moved_is_followed(phone, telegram):
    old, new = phone(-500), phone(-1_000_500)
    telegram.group_text(-500, "/start")
    telegram.migrate(-500, -1_000_500)  # before the answer could leave
    await until(lambda: old.heard or new.heard)
    assert new.heard and not old.heard
    await asyncio.sleep(1.1)
    telegram.group_text(-1_000_500, "/start")
    await new.hears(2)
    assert not old.heard


async def test_a_group_is_no_place_for_a_case(phone, telegram, minh):
    group, before = phone(-600), len(minh.heard)
    telegram.group_text(-600, "/bao")
    refusal = (await group.hears(1))[0]
    assert "một mình" in refusal["text"] or "riêng" in refusal["text"]
    assert not any(button.get("callback_data") for button in buttons(refusal))
    await asyncio.sleep(1.1)
    telegram.group_text(-600, "bé Na ở thôn Phố Vị đang bị đánh đập dã man, cứu với")
    await group.hears(2)
    assert "111" in group.all and "Na" not in group.all
    assert len(minh.heard) == before  # what is said in a group wakes nobody by itself


async def test_an_old_button_gets_an_answer(phone, telegram):
    old = ("f.zzzzzzzzzz.what.-works", "nonsense", "c.view.VT-26-AAAAAA", "m.resume.", "q.answer.1")
    for number, value in enumerate(old, 460):
        telegram.press(number, 999_999, value)  # of a message that we never sent
    for number, _ in enumerate(old, 460):
        answer = (await phone(number).hears(1))[0]
        assert "Báo tin trẻ em" in labels(answer) or "c.view" in old[number - 460]
        assert "VT-26" not in answer["text"]


async def test_the_button_of_a_form_that_was_sent_does_nothing_again(phone, telegram):
    lan = phone(47)
    await lan.says("/bao")
    await lan.presses("Bỏ học")
    question = lan.heard[-1]
    await lan.presses("Huỷ")
    before = len(lan.heard)
    for button in buttons(question):
        if button["text"] == "Không":
            telegram.press(47, question["message_id"], button["callback_data"])
    await lan.hears(before + 1)


async def test_every_press_is_acknowledged(telegram):
    acknowledged = {r.params["callback_query_id"] for r in telegram.received("answerCallbackQuery")}
    assert telegram._presses and acknowledged == telegram._presses


MALFORMED = [
    {"message": "a text"},
    {"message": {"chat": {"id": "seven", "type": "private"}, "date": 0, "text": "x"}},
    {"message": {"chat": {"id": 7, "type": "private"}, "date": "now", "text": "x"}},
    {"message": {"chat": {"id": 2**80, "type": "private"}, "date": 0, "text": "x"}},
    {"message": {"chat": {"id": 7, "type": "private"}, "date": 10**18, "text": "x"}},
    {"message": {"chat": {"id": 7, "type": "galaxy"}, "date": 1, "text": "x"}},
    {"message": {"chat": {"id": 7, "type": "private"}, "date": 1, "text": ["x"]}},
    {"message": {"chat": {"id": 7, "type": "private"}, "date": 1, "photo": {"a": 1}}},
    {"callback_query": {"id": 5, "from": {"id": 7}, "data": "m.menu"}},
    {"callback_query": {"id": "5", "data": "m.menu"}},
    {"my_chat_member": {"chat": {"id": 7, "type": "private"}, "date": 1}},
    {"edited_message": []},
]


async def test_malformed_updates_are_parked_and_the_next_one_is_answered(
    phone, telegram, server, home
):
    for update in MALFORMED:
        telegram.raw({"update_id": telegram._update_id + 1, **update})
    deep: object = "x"
    for _ in range(300):
        deep = [deep]
    telegram.raw({"update_id": telegram._update_id + 1, "message": deep})
    for update in ([], "a text", 5, None, {}, {"update_id": "7"}, {"update_id": True}):
        telegram.raw(update)
    answer = (await phone(48).says("/start"))[0]
    assert "Báo tin trẻ em" in labels(answer)
    parked = (await vongtay("inbox", "parked", "--json", home=home)).json
    assert len(parked) == len(MALFORMED)
    assert {tuple(sorted(row)) for row in parked} == {("channel", "error", "id", "parked_at")}
    assert await server.metric("vongtay_parked_now") == len(MALFORMED)

    retried = await vongtay("inbox", "retry", parked[0]["id"], "--json", home=home)
    assert retried.json == {"retried": 1}
    await phone(49).says("/start")
    again = (await vongtay("inbox", "parked", "--json", home=home)).json
    assert [row["id"] for row in again] == [row["id"] for row in parked]


ANY_TEXT = [
    "a" * 4096,
    "\u202e\u2066‮ thử ‏\u2069",
    "🙏" * 500,
    "'; DROP TABLE inbox; --",
    "<b>x</b> &amp; {code} %s {0} {",
    "/" * 50,
    "/start " + "Z" * 64,
    "/khong_co_lenh_nay",
    "ợ" * 300,
    "\ue000Tèo\ue001x\ue002",
]


async def test_any_text_gets_an_answer(phone, telegram):
    for number, said in enumerate(ANY_TEXT, 3000):
        telegram.text(number, said)
    for number, _ in enumerate(ANY_TEXT, 3000):
        assert (await phone(number).hears(1))[0]["text"].strip()


async def test_half_an_emoji_gets_an_answer(phone, telegram):
    lan = phone(50)
    update = telegram.text(50, "một nửa X của biểu tượng")
    update["message"]["text"] = "một nửa \ud83d của biểu tượng"
    await lan.hears(1)


async def test_what_is_no_text_gets_an_answer(phone, telegram):
    telegram.location(51, 21.5, 106.2)
    telegram.contact(52, "+84912345678", "Tèo")
    telegram.document(53, b"%PDF-1.4", "a.pdf")
    telegram.voice(54, b"OggS" + b"\0" * 200)
    telegram.photo(55, b"not a photo at all")
    telegram.document(56, b"x", "film.mp4", size=3 << 30)
    for number in range(51, 57):
        assert (await phone(number).hears(1))[0]["text"]
    said = telegram.text(57, "/menu")
    await phone(57).hears(1)
    telegram.edited(57, said["message"]["message_id"], "sửa lại")
    await phone(57).hears(2)


async def test_the_log_is_quiet_and_names_nobody(server, telegram):
    assert "Traceback" not in server.log
    assert telegram.token not in server.log
    assert "cầm dao" not in server.log and "DROP TABLE" not in server.log
