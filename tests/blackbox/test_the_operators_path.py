"""From an empty directory to a child's report in an officer's hand, as an operator walks it."""

import asyncio
import re
import time

import pytest
import pytest_asyncio

from tests.blackbox.outside import (
    AREAS,
    CODE,
    Browser,
    Phone,
    Serving,
    everything_sent,
    labels,
    until,
    vongtay,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME, NUMBER, STORY = "Bảy Bí Mật", "0912 345 678", "cháu phải vác gạch ở lò ông Tám Kín"
SECRETS = ("Bảy Bí Mật", "Bí Mật", "912345678", "912 345 678", "vác gạch", "Tám Kín")
MOMENT = r"\d\d:\d\d, \d\d/\d\d/\d{4}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(home):
    """As an operator starts it."""
    async with Serving(home, really=True) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def invitations(server, home):
    """What `vongtay member invite` gave, by role."""
    made = await asyncio.gather(
        home.invited("collaborator", "TT-VL-1", "--uses", "9"),
        home.invited("officer"),
        home.invited("on-call"),
    )
    return dict(zip(("collaborator", "officer", "on_call"), made, strict=True))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lan(invitations, telegram):
    """A collaborator on Telegram."""
    lan = Phone(telegram, 7)
    await lan.says("/start " + invitations["collaborator"]["code"])
    return lan


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def minh(invitations, telegram):
    """The officer on call, on Telegram."""
    minh = Phone(telegram, 8)
    for role in ("officer", "on_call"):
        await minh.says("/start " + invitations[role]["code"])
    return minh


async def test_areas_come_back_as_they_were_loaded(home):
    every = (await vongtay("area", "list", "--json", home=home)).json
    listed = {area["code"]: area for area in every}
    assert list(listed) == sorted(line.split(",")[0] for line in AREAS.splitlines()[1:])
    assert listed["TT-VL-2"] == {
        "code": "TT-VL-2",
        "name": "Thôn Đồng Thuỷ",
        "kind": "village",
        "parent": "TT-VL",
        "valid_from": "2026-06-01",
        "valid_to": None,
        "succeeds": ["TT-VL-8", "TT-VL-9"],
    }


async def test_an_invitation_names_the_bot_and_the_web(invitations, home):
    made = invitations["collaborator"]
    assert set(made) == {"code", "telegram_link", "web_link", "forward_text"}
    assert made["telegram_link"] == f"https://t.me/FakeBot?start={made['code']}"
    assert made["web_link"] == f"{home.url}/?start={made['code']}"
    for part in ("Thôn Phố Vị", made["code"], made["telegram_link"], made["web_link"]):
        assert part in made["forward_text"]


async def test_start_greets_says_what_is_kept_and_shows_the_menu(lan, minh, phone):
    greeting = lan.texts[0]
    assert "cộng tác viên" in greeting and "Thôn Phố Vị" in greeting
    assert "Điều được giữ lại" in greeting and "để cán bộ trẻ em" in greeting
    assert len(greeting) < 900  # one screen
    assert labels(lan.heard[0])[:5] == [
        "Báo tin trẻ em",
        "Hỏi đáp",
        "Gọi 111",
        "Truyền thông",
        "Việc của tôi",
    ]
    shown = labels(minh.heard[-1])
    assert [label for label in ("Hồ sơ", "Tiến độ", "Gửi thông báo") if label in shown] == [
        "Hồ sơ",
        "Tiến độ",
        "Gửi thông báo",
    ]
    stranger = (await phone(1000).says("/start"))[0]
    assert labels(stranger)[:3] == ["Báo tin trẻ em", "Hỏi đáp", "Gọi 111"]
    assert not {"Truyền thông", "Hồ sơ"} & set(labels(stranger))


async def test_everything_is_there_in_english(phone):
    dave = phone(1001)
    english = (await dave.says("/ngonngu en"))[0]
    assert labels(english)[:3] == ["Report a child", "Questions", "Call 111"]
    assert not re.search(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ]", english["text"])


async def test_a_code_is_good_for_as_many_as_it_says(invitations, phone):
    refused = (await phone(1002).says("/start " + invitations["officer"]["code"]))[0]
    assert not {"Hồ sơ"} & set(labels(refused))
    assert len(refused["text"]) > 40  # it says why


async def test_a_report_in_four_answers_reaches_the_officer_and_the_officer_the_reporter(lan, minh):
    await lan.presses("Báo tin trẻ em")
    before = len(minh.heard)
    await lan.says(f"{STORY}, tên {NAME}, số {NUMBER}")
    await lan.presses("Không")
    await lan.presses("Thôn Phố Vị")
    await lan.says("12")
    await lan.presses("Gửi ngay")

    receipt = lan.texts[-1]
    code = CODE.search(receipt)[0]
    assert re.search(MOMENT, receipt)

    alert = await minh.told(code)
    assert len(minh.heard) == before + 1
    assert "Thôn Phố Vị" in alert["text"] and len(re.findall(MOMENT, alert["text"])) == 2
    assert code in alert["text"].splitlines()[0]
    assert {"Đã nhận", "Xem", "Gọi người báo tin"} <= set(labels(alert))

    await minh.presses("Đã nhận")
    assert code in (await lan.told("tiếp nhận"))["text"]


async def test_an_alarm_is_there_within_a_second(invitations, minh, phone):
    waits = []
    for number in (20, 21, 22):
        ba = phone(number)
        await ba.says("/start " + invitations["collaborator"]["code"])
        await asyncio.sleep(1.1)  # Telegram takes one message a second in a chat
        before, begun = len(minh.heard), time.monotonic()
        ba.telegram.text(number, "Cứu với, có người đang đánh cháu bé ngay bây giờ")
        await minh.hears(before + 1)
        waits.append(time.monotonic() - begun)
        alarm = minh.heard[-1]
        first, *rest = alarm["text"].splitlines()
        assert "KHẨN CẤP" in first and CODE.search(first)
        assert "12 giờ" in "\n".join(rest) and labels(alarm)[0] == "Đã nhận"
        if waits[-1] < 1.0:
            return
    raise AssertionError(waits)


async def test_on_the_web_the_whole_story_on_telegram_only_its_code(
    invitations, server, minh, telegram
):
    hoa = await Browser.opened(server.url)
    await hoa.says("/start " + invitations["collaborator"]["code"])
    await hoa.presses("Báo tin trẻ em")
    await hoa.says(STORY)
    await hoa.presses("Không")
    await hoa.presses("Thôn Đồng Thuỷ")
    await hoa.says("13 tuổi")
    await hoa.presses("Thêm chi tiết")
    await hoa.says(NAME)
    for _ in range(25):
        last = (await hoa.heard())[-1]
        shown = [button["label"] for button in last.get("buttons", ())]
        if "Gửi ngay" in shown and "Bỏ qua" not in shown:
            break
        if "gọi cho bạn" in last["text"] or "gọi lại" in last["text"]:
            await hoa.presses("Có")
        elif "số nào" in last["text"] or "Số điện thoại" in last["text"]:
            await hoa.says(NUMBER)
        else:
            await hoa.presses("Bỏ qua")
    card = (await hoa.heard())[-1]["text"]
    assert NAME in re.sub("[\ue000-\ue002]", "", card) and STORY in card
    receipt = (await hoa.presses("Gửi ngay"))[-1]["text"]
    code = CODE.search(receipt)[0]

    await minh.told(code)
    await minh.presses("Xem")
    opened = minh.heard[-1]["text"]
    link = re.search(rf"{server.url}(/once/\S+)", opened)
    assert link, opened

    desk = Browser(server.url)
    assert (await desk.asks("GET", link[1], ours=False)).status == 200
    assert (await desk.history_or_none()) is None  # looking does not use it up
    assert (await desk.asks("POST", link[1], ours=False)).status == 303

    async def story() -> str:
        said = "\n".join(message["text"] for message in await desk.heard())
        return said if code in said else ""

    seen = await until(story)
    assert NAME in seen and STORY in seen
    other = Browser(server.url)
    assert (await other.asks("POST", link[1], ours=False)).status in (303, 404, 410)
    assert other.cookie == ""  # it works once


async def test_no_name_and_no_story_was_ever_sent_to_telegram(lan, telegram):
    said = everything_sent(telegram)
    assert "VT-" in said
    assert [secret for secret in SECRETS if secret in said] == []


async def test_nothing_personal_can_be_read_in_the_files_or_the_log(lan, home, server, telegram):
    kept = b"".join(path.read_bytes() for path in home.data.rglob("*") if path.is_file())
    assert b"TT-VL-1" in kept
    for secret in (*SECRETS, "Cứu với"):
        assert secret.encode() not in kept
        assert secret not in server.log
    assert telegram.token not in server.log
    assert telegram.token.encode() not in kept


async def test_the_audit_log_tells_who_looked(minh, home):
    verified = (await vongtay("audit", "verify", "--json", home=home)).json
    assert verified["unbroken"] is True and verified["lines"] > 3


async def test_a_suspended_officer_sees_nothing_more(minh, home):
    listed = (await vongtay("member", "list", "--json", home=home)).json
    officer = next(m for m in listed if {"role": "officer", "area": "TT-VL"} in m["roles"])
    assert officer["suspended"] is False
    assert not any(secret in str(listed) for secret in SECRETS)
    suspended = await vongtay("member", "suspend", officer["id"], "--json", home=home)
    assert suspended.json == {"suspended": officer["id"]}
    answer = (await minh.says("/hoso"))[0]
    assert "111" in answer["text"] and not CODE.search(answer["text"])
    listed = (await vongtay("member", "list", "--json", home=home)).json
    assert next(m for m in listed if m["id"] == officer["id"])["suspended"] is True
