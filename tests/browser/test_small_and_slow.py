"""The web chat on a screen that is small, on a line that is slow, and under a hasty thumb."""

import pytest
from playwright.sync_api import expect

from tests.browser.phones import Phone
from tests.browser.test_before_sending import arrived, choose
from tests.browser.test_demo import OFFICER, SOON, STRANGER, _picture

SLOW = "Mạng đang chậm"
LOW = [(360, 350), (640, 320), (140, 326)]


@pytest.mark.parametrize("size", LOW)
def test_a_photo_in_the_tray_leaves_room_to_write_and_send(phone, size):
    width, height = size
    reporter = phone(STRANGER, viewport={"width": width, "height": height})
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    reporter.view.locator("#text").focus()
    for each in ("#text", "#send", "#call"):
        box = reporter.view.locator(each).bounding_box()
        assert box and box["x"] >= 0 and box["y"] >= 0, each
        assert box["x"] + box["width"] <= width and box["y"] + box["height"] <= height, each
    reporter.view.locator("#tray:not(.fresh) .main").click()
    expect(reporter.view.locator(".msg.me .state.sent")).to_have_count(1)


def test_a_double_tap_on_send_asks_for_no_place(phone):
    reporter = phone(STRANGER)
    choose(reporter)
    reporter.view.locator("#tray:not(.fresh) .main").wait_for()
    tools = {}
    for each in ("#voice", "#place"):
        reporter.view.locator(each).evaluate("(one) => { window.pressed = 0; }")
    reporter.page.evaluate(
        """() => document.getElementById("tools").addEventListener("click",
            () => { window.pressed += 1; }, true)"""
    )
    reporter.view.locator("#tray .main").click()
    reporter.view.locator("#tools").wait_for()
    for each in ("#photo-label", "#voice", "#place"):
        tools[each] = reporter.view.locator(each).bounding_box()
    for box in tools.values():
        reporter.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert reporter.page.evaluate("pressed") == 0
    expect(reporter.view.locator("#ask")).to_be_hidden()
    reporter.view.locator("#tools:not(.fresh) #place").click()
    expect(reporter.view.locator("#ask")).to_be_visible()


def test_on_a_line_that_hangs_the_page_says_that_it_is_slow(phone):
    resident = phone(STRANGER)
    held = []
    resident.page.route("**/api/messages", lambda route: held.append(route))
    resident.write("câu gửi lúc mạng treo")
    expect(resident.view.locator("#state")).to_contain_text(SLOW, timeout=15_000)
    with resident.page.expect_response("**/api/history**"):
        resident.page.evaluate("dispatchEvent(new Event('online'))")
    expect(resident.view.locator("#state")).to_contain_text(SLOW)
    held[0].continue_()
    expect(resident.own("mạng treo").locator(".state.sent")).to_have_count(1)
    expect(resident.view.locator("#state")).to_be_empty()


def test_quick_hide_after_the_skip_link_is_not_undone_by_back(phone):
    resident = phone(STRANGER)
    resident.page.keyboard.press("Tab")
    resident.page.keyboard.press("Enter")
    assert resident.page.evaluate("document.activeElement.id") == "text"
    resident.view.locator("#hide").click()
    resident.page.go_back()
    assert resident.page.url == "about:blank", "Back leads to the conversation"


def test_quick_hide_hides_every_tab(phone):
    first = phone(STRANGER)
    page = first.context.new_page()
    page.goto(first.page.url)
    second = Phone(page, page)
    second.ready()
    second.view.locator("#text").fill("một câu viết dở")
    first.view.locator("#hide").click()
    for tab in (first, second):
        expect(tab.page.locator("#app")).to_be_hidden()
        expect(tab.page).to_have_title("Ghi chú")
        assert "viết dở" not in tab.page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    page.reload()
    expect(page.locator("#n")).to_be_visible()


def test_each_alarm_stays_lit_until_one_of_its_buttons_was_pressed(phone):
    officer = phone(OFFICER)
    codes = []
    for _ in range(2):
        reporter = phone(STRANGER)
        reporter.answers("/bao", "[Bị bỏ rơi, ở một mình]", "[Có, đang nguy hiểm]")
        codes.append(reporter.code("Đã báo động"))
        officer.hears(codes[-1], SOON)

    def lit(code):
        return officer.view.locator(".msg.urgent.live").filter(has_text=code)

    officer.answers("/menu")
    for code in codes:
        expect(lit(code)).to_have_count(1)
    officer.view.locator("#log:not(.paused)").wait_for()
    lit(codes[0]).get_by_role("button", name="Đã nhận").click()
    officer.hears("Bạn đã nhận")
    officer.page.reload()
    officer.ready()
    expect(lit(codes[1])).to_have_count(1)
    expect(lit(codes[0])).to_have_count(0)


def test_sent_is_read_out_once(phone):
    resident = phone(STRANGER)
    resident.page.evaluate(
        """() => { window.told = 0; new MutationObserver((all) => all.forEach((one) =>
            one.addedNodes.forEach((node) => {
              if (node.classList && node.classList.contains("sent")) window.told += 1;
            }))).observe(document.getElementById("log"), {childList: true, subtree: true}); }"""
    )
    resident.write("một câu thường")
    resident.hears()
    expect(resident.own("một câu thường").locator(".state.sent")).to_have_count(1)
    resident.write("câu nữa")
    resident.hears()
    assert resident.page.evaluate("told") == 2


def test_what_nobody_sees_is_not_sent(phone):
    resident = phone(STRANGER)
    resident.write("\u200b\u2060 \ufeff")
    expect(resident.view.locator("#text")).to_have_value("")
    resident.write("câu thấy được")
    expect(resident.view.locator(".msg.me .state.sent")).to_have_count(1)
    assert arrived(resident) == ["câu thấy được"]


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_picture_that_is_pasted_or_dropped_comes_into_the_tray(phone, how):
    reporter = phone(STRANGER)
    give = """([one, how, bytes]) => {
      const from = new DataTransfer();
      from.items.add(new File([new Uint8Array(bytes)], "a.jpg", {type: "image/jpeg"}));
      const options = {bubbles: true, cancelable: true};
      const event = how === "paste" ? new ClipboardEvent(how, {...options, clipboardData: from})
        : new DragEvent(how, {...options, dataTransfer: from});
      return document.querySelector(one).dispatchEvent(event);
    }"""
    where = "#text" if how == "paste" else "#log"
    assert reporter.page.evaluate(give, [where, how, list(_picture())]) is False
    expect(reporter.view.locator("#tray img")).to_have_js_property("naturalWidth", 640)
    reporter.page.evaluate(give, [where, how, list(_picture())])
    expect(reporter.view.locator("#problem")).to_contain_text("thêm ảnh khác")
