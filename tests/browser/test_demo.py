"""The demo as its users have it: a collaborator, a resident and an officer at real browsers.

The officer is the same in every test and cases gather; whoever reports is a stranger with a phone
of their own. Nothing here sleeps: whatever must happen soon is waited for with a bound.
"""

import io
import re
import time
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.phones import CONTROLLED, WIDE, Phone

STRANGER, OFFICER = "/", "/demo/officer/"
# ms from what one phone shows to what the other does: some 100 on an idle machine, and less than
# the 5 seconds after which a page without live news would have asked for it.
SOON = 3_000
FIRST_LOAD = 100_000  # bytes: 16 seconds at 50 kbit/s
DESK = {"viewport": {"width": 1100, "height": 800}, "is_mobile": False, "has_touch": False}
LISTENING = """
    window.shaken = 0;
    navigator.vibrate = () => { window.shaken += 1; return true; };
    window.tones = 0;
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () {
      window.tones += 1;
      return make.call(this);
    };
"""


@pytest.fixture
def three(browser, address):
    """The page with three phones."""
    context = browser.new_context(viewport=WIDE, locale="vi-VN")
    context.add_init_script(LISTENING)
    page = context.new_page()
    page.goto(f"{address}/demo")
    names = ("collaborator", "resident", "officer")
    found = {name: Phone(page, page.frame_locator(f"#{name} iframe")) for name in names}
    for one in found.values():
        one.ready()
    yield found
    context.close()


def seconds_since(began):
    return time.monotonic() - began


def test_a_report_rings_on_the_officers_phone_and_comes_back(three):
    reporter, officer = three["collaborator"], three["officer"]
    officer.view.locator("h1").click()  # a browser lets a page ring once it was touched
    reporter.answers("[Báo tin trẻ em]")
    began = time.monotonic()
    reporter.write("Cháu bị bố đánh, đang kêu khóc")
    reporter.hears("Đã báo động cho cán bộ trực")
    alarm = officer.hears("Cháu bị bố đánh, đang kêu khóc", SOON)
    print(f"rang after {seconds_since(began):.2f} s")

    ringing = officer.view.locator("body")
    expect(ringing).to_have_class(re.compile("flash"))
    assert "urgent" in (alarm.get_attribute("class") or "")
    assert ringing.evaluate("() => [shaken, tones > 0]") == [1, True]
    assert officer.in_view(alarm), "the alarm is out of sight, though nobody had scrolled"

    reporter.answers("[Có, đang nguy hiểm]", "pho vi", "9", "[Gửi ngay]")
    code = reporter.code("Tin báo đã tới nơi")
    assert code in alarm.inner_text()

    began = time.monotonic()
    officer.press("Đã nhận")
    officer.hears("Bạn đã nhận")
    reporter.hears(f"Tin báo {code} đã được cán bộ xã tiếp nhận", SOON)
    print(f"back after {seconds_since(began):.2f} s")
    expect(ringing).not_to_have_class(re.compile("flash"))


def test_an_alarm_is_shown_whatever_the_officer_was_reading(phone):
    officer, reporter = phone(OFFICER), phone(STRANGER)
    officer.answers("/menu", "/trogiup", "/menu")
    officer.view.locator("#log").evaluate("(log) => { log.scrollTop = 0; }")
    expect(officer.view.locator("#newest")).to_be_visible()
    reporter.answers("/bao", "[Bị bỏ rơi, ở một mình]", "[Có, đang nguy hiểm]")
    code = reporter.code("Đã báo động")
    alarm = officer.hears(code, SOON)
    expect(alarm).to_have_class(re.compile("urgent"))
    assert officer.in_view(alarm)
    assert officer.in_view(officer.button("Đã nhận")), "what to press is out of sight"


def test_what_is_written_without_network_is_sent_later_once(phone):
    reporter, officer = phone(STRANGER), phone(OFFICER)
    words = "Cháu bưng bê ở quán cơm, hay nghỉ học"
    reporter.answers("/bao", words)
    reporter.context.set_offline(True)
    reporter.press("Không")
    waiting = reporter.own("Không").last.locator(".waiting")
    expect(waiting).to_be_visible()
    expect(reporter.view.locator("#state")).to_contain_text("Mất mạng")

    reporter.context.set_offline(False)
    reporter.hears("Chuyện ở thôn nào?")
    expect(reporter.view.locator(".waiting")).to_have_count(0)
    reporter.answers("[Thôn Cầu Đá]", "14", "[Gửi ngay]")
    code = reporter.code("Tin báo đã tới nơi")
    officer.hears(code)

    kept = reporter.context.request.get(f"{reporter.page.url}api/history?after=0").json()
    mine = [message["text"] for message in kept["messages"] if message["from"] == "me"]
    assert mine[mine.index(words) :] == [words, "Không", "Thôn Cầu Đá", "14", "Gửi ngay"]
    assert officer.view.locator(".msg.bot").filter(has_text=code).count() == 1


def test_messages_wait_for_the_network_over_a_reload_in_their_order(phone):
    resident = phone(STRANGER)
    resident.lose_network()
    words = [f"câu thứ {n} viết lúc mất mạng" for n in (1, 2, 3)]
    for said in words:
        resident.write(said)
        expect(resident.own(said).locator(".waiting")).to_be_visible()
    resident.page.reload()
    expect(resident.view.locator(".waiting")).to_have_count(3)
    resident.context.set_offline(False)
    expect(resident.view.locator(".waiting")).to_have_count(0, timeout=20_000)
    kept = resident.context.request.get(f"{resident.page.url}api/history?after=0").json()
    assert [m["text"] for m in kept["messages"] if m.get("text", "").startswith("câu thứ")] == words


def test_danger_gets_the_numbers_first_to_be_tapped(phone):
    resident = phone(STRANGER)
    resident.write("Cứu với, cháu bé nhà bên đang bị bố đánh")
    resident.hears("Ngay lúc này cháu có đang gặp nguy hiểm không?")
    first = resident.hears()
    links = first.locator("a[href^='tel:']").evaluate_all("(all) => all.map((a) => a.href)")
    assert {"tel:111", "tel:113"} <= set(links)
    assert "111" in first.locator(".text").inner_text().splitlines()[0]
    assert resident.in_view(first), "the numbers have scrolled away"


def test_a_whole_report_with_the_keyboard_alone(phone):
    reporter = phone(STRANGER, **DESK)
    for label in ("Báo tin trẻ em", "Bỏ học", "Không", "Thôn Gốc Sấu", "Không rõ", "Gửi ngay"):
        reporter.button(label).wait_for()
        _tab_to(reporter, label)
        reporter.turn()
        reporter.page.keyboard.press("Enter")
        reporter.hears()
    code = reporter.code("Tin báo đã tới nơi")
    _tab_to(reporter, "text")
    reporter.page.keyboard.type("/viec")
    reporter.page.keyboard.press("Enter")
    reporter.hears(code)


def _tab_to(phone, wanted):
    """Press Tab until the focus is on an open button of this label, or on the element so called."""
    look = """(wanted) => {
      const here = document.activeElement, style = getComputedStyle(here);
      const text = here.closest(".live") && here.lastElementChild.textContent;
      return [wanted === text || wanted === here.id, style.outlineStyle !== "none"];
    }"""
    for _ in range(60):
        phone.page.keyboard.press("Tab")
        there, seen = phone.page.evaluate(look, wanted)
        if there:
            assert seen, f"the focus on {wanted} cannot be seen"
            return
    raise AssertionError(f"Tab does not come to {wanted}")


def test_a_photo_reaches_the_officer_and_nobody_else(phone):
    reporter, officer, resident = phone(STRANGER), phone(OFFICER), phone(STRANGER)
    reporter.answers("/bao", "[Phải đi làm]", "[Không]", "[Thôn Đồng Thuỷ]", "13")
    picture = {"name": "lo-gach.jpg", "mimeType": "image/jpeg", "buffer": _picture()}
    reporter.page.set_input_files("#photo", picture)
    reporter.view.locator("#tray:not(.fresh) .main").click()
    reporter.hears("sẽ gửi kèm")
    reporter.press("Gửi ngay")
    code = reporter.code("Tin báo đã tới nơi")

    officer.hears(code)
    officer.write(f"/hoso {code}")
    shown = officer.hears("Tình trạng").locator("img")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("(image) => image.naturalWidth") == 640
    source = urlsplit(shown.get_attribute("src")).path
    kept = officer.context.request.get(officer.page.url + source.rpartition("/officer/")[2])
    assert b"SECRETCAMERA" not in kept.body()

    number = source.rpartition("/")[2]
    refused = resident.context.request.get(f"{resident.page.url}api/files/{number}")
    assert refused.status == 404


def _picture():
    """A photo as a phone takes it, with the camera's name inside."""
    image, out = Image.new("RGB", (640, 480), "#b5651d"), io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "SECRETCAMERA"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_going_on_elsewhere_listing_and_ending_a_session(phone):
    old, new = phone(STRANGER), phone(STRANGER)
    old.answers("/bao", "[Bỏ học]", "/menu", "[Dùng tiếp ở kênh khác]")
    code = re.search(r"\b\d{6}\b", old.hears("Mã của bạn").inner_text())[0]
    new.write(code)
    new.hears("Đúng là bạn rồi")
    new.press("Tiếp tục")
    new.hears("Ngay lúc này cháu có đang gặp nguy hiểm không?")

    new.view.locator("#menu-button").click()
    new.view.locator("#menu-devices").click()
    rows = new.view.locator("#device-list li")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="máy này")).to_have_count(1)
    rows.filter(has_not_text="máy này").get_by_role("button").click()
    expect(rows).to_have_count(1)
    new.view.locator("#devices-close").click()

    old.page.reload()
    old.ready()  # a stranger now
    expect(old.own("Bỏ học")).to_have_count(0)
    expect(old.button("Tiếp tục")).to_have_count(0)


def test_the_first_load_is_small_and_all_from_one_house(browser, address):
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    sizes, hosts = [], set()
    context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    network = context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    network.send("Network.enable")
    page.goto(f"{address}/")
    page.locator("#log .live").wait_for()
    print(f"{sum(sizes) / 1000:.1f} kB in {len(sizes)} answers")
    assert 5_000 < sum(sizes) <= FIRST_LOAD
    assert hosts == {urlsplit(address).netloc}
    context.close()


def test_quick_hide_leaves_a_page_of_notes(phone):
    resident = phone(STRANGER)
    home, secret = resident.page.url, "mật khẩu tủ khoá ở bến xe là hoa mai"
    resident.write(secret)
    resident.hears("Câu này mình chưa biết")
    resident.view.locator("#text").fill("một câu viết dở")
    resident.view.locator("#hide").click()

    page = resident.page
    expect(page.locator("#app")).to_be_hidden()
    expect(page).to_have_title("Ghi chú")
    assert secret not in page.content()
    assert "viết dở" not in page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    page.reload()
    expect(page.locator("#n")).to_be_visible()
    expect(page).to_have_title("Ghi chú")
    page.go_back()
    assert page.url == "about:blank", "Back leads to the conversation"
    page.go_forward()

    for _ in range(3):
        page.locator("#note-title").click()
    expect(resident.own(secret)).to_have_count(1)
    page.locator("#hide").click()
    page.goto(home)
    expect(resident.own(secret)).to_have_count(1)


def test_the_conversation_survives_a_reload(phone):
    resident = phone(STRANGER)
    resident.write("giá vàng hôm nay lên hay xuống vậy")
    resident.hears("Câu này mình chưa biết")
    resident.view.locator("#text").fill("đang gõ dở")
    resident.page.reload()
    resident.ready()
    expect(resident.own("giá vàng hôm nay lên hay xuống vậy")).to_have_count(1)
    expect(resident.view.locator("#text")).to_have_value("đang gõ dở")
    resident.press("Chuyển cho cán bộ xã")  # the buttons of before still work
    resident.hears("Câu hỏi đã đến cán bộ xã")


def test_the_second_visit_opens_without_network(phone):
    resident = phone(STRANGER)
    home = resident.page.url
    greeting = resident.view.locator(".msg.bot .text").first.inner_text()
    resident.page.evaluate(CONTROLLED)
    resident.page.goto("about:blank")
    resident.context.set_offline(True)
    resident.page.goto(home)
    expect(resident.view.locator(".msg.bot .text").first).to_have_text(greeting)
    expect(resident.view.locator("a#call")).to_have_attribute("href", "tel:111")
    expect(resident.view.locator("#state")).to_contain_text("Mất mạng")
