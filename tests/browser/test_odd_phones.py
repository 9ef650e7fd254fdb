"""The web chat on phones that forget, lie about the time or are full, with the keyboard and the
largest letters; and the alarm that rings on them."""

import io
import json

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.phones import ANDROID, ARGUMENTS, CONTROLLED, SMALL, Phone, chromium
from tests.browser.test_demo import LISTENING, OFFICER, SOON, STRANGER, _picture

# As on an iPhone whose page slept: `lose()` cuts every connection to the database; new ones work.
FORGETFUL = """
    const open = new Set(), begin = IDBDatabase.prototype.transaction;
    let lost = new Set();
    IDBDatabase.prototype.transaction = function (...given) {
      open.add(this);
      if (lost.has(this)) throw new DOMException("lost", "InvalidStateError");
      return begin.apply(this, given);
    };
    window.lose = () => { lost = new Set(open); };
"""
WAKE = "document.dispatchEvent(new Event('visibilitychange'))"
NO_WORKER = "Object.defineProperty(navigator, 'serviceWorker', {get: () => undefined});"
FULL = """
    IDBObjectStore.prototype.put = function () {
      throw new DOMException("full", "QuotaExceededError");
    };
"""
EMPTY = """() => new Promise((done) => {
    indexedDB.open("vongtay:/").onsuccess = ({target: {result}}) => {
      const work = result.transaction("outbox", "readwrite");
      work.objectStore("outbox").clear();
      work.oncomplete = done;
    };
})"""
LATE = """
    const Real = Date, off = -400 * 24 * 3600 * 1000;
    Date = class extends Real {
      constructor(...given) { given.length ? super(...given) : super(Real.now() + off); }
      static now() { return Real.now() + off; }
    };
"""
REFUSING = """
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException("no", "NotAllowedError"));
"""
TELL_WHEN_IT_FLASHES = """
    addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
      if (document.body.classList.contains("flash")) console.log("it flashes");
    }).observe(document.body, {attributes: true}));
"""
FOCUS = "document.activeElement.id"


def told(resident):
    """What the server has heard from this person."""
    history = resident.context.request.get(f"{resident.page.url}api/history?after=0").json()
    return [message for message in history["messages"] if message["from"] == "me"]


def test_a_message_whose_answer_was_lost_is_shown_once_and_leaves_the_line(phone):
    """The server took it and the page saw it arrive; only the answer to the sending was lost."""
    resident = phone(STRANGER, NO_WORKER)
    words, posted = "một câu mà câu trả lời bị mất", []

    def lose_the_answer(route):
        posted.append(route.fetch().status)
        route.abort()

    resident.page.route("**/api/messages", lose_the_answer)
    resident.write(words)
    expect(resident.own(words).locator(".state.sent")).to_have_count(1)
    resident.page.reload()
    resident.ready()
    expect(resident.own(words)).to_have_count(1)
    expect(resident.own(words).locator(".state.sent")).to_have_count(1)
    expect(resident.view.locator(".waiting")).to_have_count(0)
    before = len(posted)
    with resident.page.expect_response("**/api/history**"):
        resident.page.evaluate("dispatchEvent(new Event('online'))")
    resident.page.reload()
    resident.ready()
    assert len(posted) == before, "what the server has was sent to it again"
    assert [m["text"] for m in told(resident) if m["text"] == words] == [words]


@pytest.mark.parametrize("forget", ["lose()", EMPTY], ids=["lost connection", "emptied"])
def test_what_the_phone_forgot_is_not_called_sent_and_goes_out_once(phone, forget):
    resident = phone(STRANGER, FORGETFUL + NO_WORKER)
    words = "một câu viết lúc mất mạng"
    resident.context.set_offline(True)
    resident.write(words)
    state = resident.own(words).locator(".state")
    expect(state).to_contain_text("đang chờ gửi")
    resident.page.evaluate(forget)
    resident.page.evaluate(WAKE)
    expect(resident.view.locator("#state")).to_contain_text("Mất mạng")
    resident.page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    expect(state).to_contain_text("đang chờ gửi")

    resident.context.set_offline(False)
    expect(resident.own(words).locator(".state.sent")).to_have_count(1, timeout=20_000)
    assert [m["text"] for m in told(resident) if m["text"] == words] == [words]
    resident.page.reload()
    resident.ready()
    expect(resident.own(words)).to_have_count(1)
    assert [m["text"] for m in told(resident) if m["text"] == words] == [words]


def test_a_photo_that_was_uploaded_before_the_session_ended_is_not_lost(phone):
    reporter = phone(STRANGER, NO_WORKER)
    reporter.page.route("**/api/messages", lambda route: route.abort())
    with reporter.page.expect_response("**/api/files?**"):
        _send_photo(reporter)
    expect(reporter.view.locator(".msg.me .waiting")).to_have_count(1)
    reporter.context.clear_cookies()
    reporter.page.unroute("**/api/messages")
    reporter.page.reload()
    expect(reporter.view.locator(".msg.me .state.sent")).to_have_count(1)
    assert any(message.get("files") for message in told(reporter))


def test_a_full_phone_still_sends_a_photo_and_sends_it_once(phone):
    reporter = phone(STRANGER, FULL + NO_WORKER)
    uploads = []
    reporter.page.on("request", lambda sent: uploads.append(sent.url))
    _send_photo(reporter)
    expect(reporter.view.locator(".msg.me .state.sent")).to_have_count(1)
    assert len([url for url in uploads if "/api/files?" in url]) == 1
    assert len([message for message in told(reporter) if message.get("files")]) == 1


def test_what_breaks_the_server_does_not_hold_up_a_call_for_help(phone):
    resident = phone(STRANGER, NO_WORKER)
    broken = "câu này làm hỏng máy chủ"

    def break_down(route):
        if broken in route.request.post_data:
            route.fulfill(status=500, json={"error": "later"})
        else:
            route.continue_()

    resident.page.route("**/api/messages", break_down)
    for words in (broken, "Cứu với, cháu bé nhà bên đang bị bố đánh"):
        resident.write(words)
    with resident.page.expect_response(lambda answer: answer.ok and "/api/messages" in answer.url):
        for _ in range(10):
            with resident.page.expect_response("**/api/messages"):
                resident.page.evaluate("dispatchEvent(new Event('online'))")
    resident.hears("111")
    expect(resident.own(broken).locator(".waiting")).to_have_count(1)


def test_what_was_typed_is_there_after_the_phone_has_closed_the_page(phone):
    resident = phone(STRANGER)
    resident.view.locator("#text").fill("một câu dài đang gõ dở")
    resident.page.close()
    again = Phone(page := resident.context.new_page(), page)
    page.goto(f"{resident.page.url}")
    again.ready()
    expect(again.view.locator("#text")).to_have_value("một câu dài đang gõ dở")
    again.view.locator("#send").click()
    expect(again.own("một câu dài đang gõ dở").locator(".state.sent")).to_have_count(1)
    page.reload()
    again.ready()
    expect(again.view.locator("#text")).to_have_value("")


def test_who_mends_what_was_refused_keeps_what_was_being_written(phone):
    resident = phone(STRANGER, NO_WORKER)
    refusal = {"error": "Câu này chưa đọc được."}
    resident.page.route("**/api/messages", lambda r: r.fulfill(status=400, json=refusal))
    resident.write("câu bị trả lại")
    resident.own("câu bị trả lại").locator(".why").wait_for()
    resident.view.locator("#text").fill("câu đang viết")
    resident.view.locator(".why").get_by_role("button", name="Sửa").click()
    expect(resident.view.locator("#text")).to_have_value("câu bị trả lại\ncâu đang viết")
    expect(resident.view.locator(".msg.me")).to_have_count(0)


def test_who_presses_send_on_too_long_a_text_is_told(phone):
    resident = phone(STRANGER)
    resident.view.locator("#text").fill("dài " * 2600)
    resident.view.locator("#send").click()
    expect(resident.view.get_by_role("alert")).to_contain_text("10.400")
    assert told(resident)[-1]["text"] == "/start"


def test_a_photo_of_twelve_megapixels_is_made_small_on_the_phone(phone):
    reporter = phone(STRANGER, NO_WORKER)
    photo = io.BytesIO()
    Image.effect_noise((4000, 3000), 40).convert("RGB").save(photo, "JPEG", quality=90)
    with reporter.page.expect_request_finished(lambda sent: "/api/files?" in sent.url) as sent:
        _send_photo(reporter, photo.getvalue())
    assert len(photo.getvalue()) > 5_000_000
    assert sent.value.sizes()["requestBodySize"] < 700_000  # two minutes at 50 kbit/s, all noise
    expect(reporter.view.locator(".msg.me .state.sent")).to_have_count(1)
    number = told(reporter)[-1]["files"][0]["url"]
    kept = reporter.context.request.get(f"{reporter.page.url}{number.lstrip('/')}").body()
    assert Image.open(io.BytesIO(kept)).size == (1280, 960)


def test_a_voice_note_recorded_while_the_network_is_cut_reaches_the_officer(phone):
    reporter, officer = phone(STRANGER, permissions=["microphone"]), phone(OFFICER)
    reporter.page.evaluate(CONTROLLED)
    reporter.answers("/bao", "[Phải đi làm]", "[Không]", "[Thôn Đồng Thuỷ]", "13")
    reporter.view.locator("#voice").click()
    reporter.view.locator("#tray.recording").wait_for()
    reporter.context.set_offline(True)
    expect(reporter.view.locator(".seconds")).to_contain_text("0:01")
    for _ in ("Dừng", "Gửi"):
        reporter.view.locator("#tray:not(.fresh) .main").click()
    expect(reporter.view.locator(".msg.me .waiting")).to_have_count(1)
    reporter.page.reload()
    expect(reporter.view.locator(".msg.me .waiting")).to_have_count(1)
    reporter.context.set_offline(False)
    expect(reporter.view.locator(".waiting")).to_have_count(0, timeout=20_000)
    reporter.hears("Tin thoại: đã gửi 1")
    reporter.press("Gửi ngay")
    code = reporter.code("Tin báo đã tới nơi")
    officer.hears(code)
    officer.write(f"/hoso {code}")
    expect(officer.hears("Tình trạng").locator("audio")).to_have_count(1)


def _send_photo(reporter, content=None):
    content = content or _picture()
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content}
    reporter.page.set_input_files("#photo", photo)
    reporter.view.locator("#tray:not(.fresh) .main").click()


def test_a_phone_whose_clock_is_wrong_shows_the_right_day(phone):
    reporter = phone(STRANGER, LATE)
    reporter.answers("/bao", "[Bỏ học]")
    expect(reporter.own("Bỏ học").locator(".state.sent")).to_have_count(1)
    expect(reporter.view.locator(".day")).to_have_count(1)


def test_an_invitation_is_not_followed_by_a_second_greeting(browser, address):
    context = browser.new_context(viewport=SMALL, locale="vi-VN", service_workers="block")
    page = context.new_page()
    held = []

    def hold(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/history**", hold)
    with page.expect_response("**/api/messages"), page.expect_request("**/api/history**"):
        page.goto(f"{address}/?start=NOT-A-CODE")
    expect(page.locator("#log")).to_have_attribute("aria-busy", "false")  # the answer is in
    held[0].fulfill(json={"messages": [], "language": "vi"})  # what there was before comes after it
    page.locator(".msg.bot").wait_for()
    page.evaluate("() => new Promise((done) => setTimeout(done, 500))")
    assert [message["text"] for message in told(Phone(page, page))] == ["/start NOT-A-CODE"]
    context.close()


def test_an_alarm_is_no_error_on_a_page_that_nobody_has_touched(browser, address, phone):
    """Playwright's own looks at a page count as touching it: this one only listens."""
    context = browser.new_context(viewport=SMALL, user_agent=ANDROID, locale="vi-VN")
    context.add_init_script(TELL_WHEN_IT_FLASHES)
    page, errors = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and errors.append(said.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    with page.expect_response(f"**{OFFICER}api/events**"):
        page.goto(f"{address}{OFFICER}")
    reporter = phone(STRANGER)
    with page.expect_console_message(lambda said: said.text == "it flashes"):
        reporter.answers("/bao", "[Bị bỏ rơi, ở một mình]", "[Có, đang nguy hiểm]")
    assert errors == []
    context.close()


def test_in_the_demo_touching_one_phone_lets_all_of_them_ring(browser, address):
    context = browser.new_context(viewport={"width": 1024, "height": 700}, locale="vi-VN")
    context.add_init_script(LISTENING)
    page = context.new_page()
    page.goto(f"{address}/demo")
    frames = [page.frame_locator(f"#{name} iframe") for name in ("collaborator", "officer")]
    reporter, officer = (Phone(page, frame) for frame in frames)
    for one in (reporter, officer):
        one.ready()  # beside each other on a small laptop, too
        expect(one.view.locator("#log")).to_be_visible()
    reporter.answers("/huy", "/bao", "[Bị bỏ rơi, ở một mình]", "[Có, đang nguy hiểm]")
    officer.hears("KHẨN CẤP", SOON)
    officer.view.locator("body.flash").wait_for(state="attached")
    assert officer.view.locator("body").evaluate("() => tones > 0")
    reporter.answers("/huy")
    context.close()


def test_on_a_narrow_screen_the_tab_of_the_ringing_phone_says_so(browser, address, phone):
    context = browser.new_context(viewport=SMALL, locale="vi-VN")
    page = context.new_page()
    page.goto(f"{address}/demo")
    for frame in ("collaborator", "officer"):
        page.frame_locator(f"#{frame} iframe").locator("#log .live").last.wait_for(state="attached")
    tab = page.locator("#tab-officer")
    expect(tab).not_to_have_class("rings")
    phone(STRANGER).answers("/bao", "[Bị bỏ rơi, ở một mình]", "[Có, đang nguy hiểm]")
    expect(tab).to_have_class("rings", timeout=SOON)
    tab.click()
    officer = Phone(page, page.frame_locator("#officer iframe"))
    expect(officer.button("Đã nhận")).to_be_visible()
    officer.view.locator("h1").click()
    expect(tab).not_to_have_class("rings")
    context.close()


def test_where_cookies_are_blocked_the_page_says_so_and_does_not_reload_for_ever(
    browser, address, tmp_path
):
    (tmp_path / "Default").mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocked))
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium(), args=list(ARGUMENTS), locale="vi-VN", viewport=SMALL
    )
    page, loads = context.pages[0], []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.goto(f"{address}/")
    said = page.locator("#state")
    expect(said).to_contain_text("cookie")
    expect(said.locator("a")).to_have_attribute("href", "tel:111")
    page.locator("#text").fill("cháu bị đánh")
    page.locator("#send").click()
    expect(page.locator(".msg.me .waiting")).to_have_count(1)
    expect(said).to_contain_text("cookie")
    assert len(loads) == 1
    context.close()


@pytest.mark.parametrize("size", [(180, 320), (160, 284), (128, 227)])
def test_with_everything_twice_as_large_all_of_it_can_be_reached(phone, size):
    width, height = size
    reporter = phone(STRANGER, viewport={"width": width, "height": height})
    for each in ("#call", "#menu-button", "#send", "#text", "#photo-label", "#voice"):
        box = reporter.view.locator(each).bounding_box()
        assert box and box["x"] >= 0 and box["y"] >= 0, each
        assert box["x"] + box["width"] <= width and box["y"] + box["height"] <= height, each
    reporter.view.locator("#text").focus()
    assert reporter.view.locator("#log").bounding_box()["height"] > height * 0.4


def test_who_changes_the_language_sees_the_page_in_it_at_once(phone):
    resident = phone(STRANGER)
    resident.view.locator("#menu-button").click()
    resident.view.locator("#menu-language").click()
    expect(resident.view.locator("html")).to_have_attribute("lang", "en", timeout=SOON)
    resident.ready()
    expect(resident.view.locator("#text")).to_have_attribute("placeholder", "Write here")
    resident.answers("/ngonngu")
    expect(resident.view.locator("html")).to_have_attribute("lang", "vi", timeout=SOON)


def test_the_focus_is_never_lost(phone):
    resident = phone(STRANGER, REFUSING)
    resident.view.locator("#voice").focus()
    resident.page.keyboard.press("Enter")
    expect(resident.view.locator("#problem")).to_contain_text("micro")
    assert resident.page.evaluate(FOCUS) == "voice"

    resident.view.locator("#menu-button").focus()
    for key in ("Enter", "Tab", "Tab", "Enter"):
        resident.page.keyboard.press(key)
    expect(resident.view.locator("#device-list li")).to_have_count(1)
    resident.page.keyboard.press("Escape")
    expect(resident.view.locator("#devices")).to_be_hidden()
    assert resident.page.evaluate(FOCUS) == "menu-button"
