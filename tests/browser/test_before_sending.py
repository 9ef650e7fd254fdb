"""A photo or a voice note that is looked at before it is sent: what is written meanwhile, and a
phone that closes the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.phones import Phone
from tests.browser.test_demo import STRANGER, _picture
from tests.browser.test_odd_phones import FULL, NO_WORKER, told

# A photo takes until `shrunk()` to be made small, as on a cheap phone.
SLOW = """
    const real = HTMLCanvasElement.prototype.toBlob;
    HTMLCanvasElement.prototype.toBlob = function (...given) {
      window.shrunk = () => real.apply(this, given);
    };
"""
WORDS = "Cháu này bê gạch cả ngày"


def choose(one, content=None):
    """Choose a photo."""
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content or _picture()}
    one.page.set_input_files("#photo", photo)


def record(one):
    """Record a voice note and stop."""
    one.view.locator("#voice").click()
    one.view.locator("#tray.recording").wait_for()
    expect(one.view.locator(".seconds")).to_contain_text("0:01")
    one.view.locator("#tray:not(.fresh) .main").click()
    one.view.locator("#tray audio").wait_for()


def arrived(one):
    """What the server has heard after the greeting: "photo" or "voice" for a file, else words."""
    said = [m for m in told(one) if not m.get("text", "").startswith("/start")]
    return [m["files"][0]["kind"] if m.get("files") else m["text"] for m in said]


def shown(one):
    """What stands in the thread as said by this person, in the order of the screen."""
    look = """(all) => all.map((one) => one.querySelector("img") ? "photo"
      : one.querySelector("audio") ? "voice" : one.querySelector(".text").textContent)"""
    return one.view.locator(".msg.me").evaluate_all(look)


def all_sent(one, count):
    """Wait until this many own messages are with the server."""
    expect(one.view.locator(".msg.me .state.sent")).to_have_count(count, timeout=20_000)


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_a_photo_that_waits_goes_before_what_is_written_below_it(phone, offline):
    reporter = phone(STRANGER)
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    reporter.context.set_offline(offline)
    reporter.write(WORDS)
    expect(reporter.view.locator(".msg.me")).to_have_count(2)
    assert shown(reporter) == ["photo", WORDS]
    expect(reporter.view.locator("#tray")).to_be_hidden()
    expect(reporter.view.locator("#text")).to_have_value("")
    reporter.context.set_offline(False)
    all_sent(reporter, 2)
    assert arrived(reporter) == ["photo", WORDS]


def test_a_voice_note_that_waits_goes_before_what_is_written_below_it(phone):
    reporter = phone(STRANGER, permissions=["microphone"])
    record(reporter)
    reporter.write(WORDS)
    all_sent(reporter, 2)
    assert shown(reporter) == arrived(reporter) == ["voice", WORDS]


def test_what_is_written_while_a_photo_is_made_small_waits_for_it(phone):
    reporter = phone(STRANGER, SLOW)
    choose(reporter)
    expect(reporter.view.locator("#tray")).to_contain_text("thu nhỏ")
    reporter.write(WORDS)
    reporter.write("Ở lò gạch đầu thôn")
    assert shown(reporter) == []
    kept = reporter.page.evaluate("JSON.stringify(localStorage)")
    assert WORDS in kept and "lò gạch" in kept, "closed now, the phone would have lost it"
    reporter.page.evaluate("shrunk()")
    all_sent(reporter, 3)
    assert shown(reporter) == arrived(reporter) == ["photo", WORDS, "Ở lò gạch đầu thôn"]
    assert "lò gạch" not in reporter.page.evaluate("JSON.stringify(localStorage)")


def test_what_is_written_below_a_photo_that_cannot_be_opened_goes_alone(phone):
    reporter = phone(STRANGER, NO_WORKER)
    held_up = []
    reporter.page.route("**/extras.js?**", lambda route: held_up.append(route))
    with reporter.page.expect_request("**/extras.js?**"):
        choose(reporter, b"no photo at all")
    reporter.write(WORDS)
    assert shown(reporter) == []
    held_up[0].continue_()
    all_sent(reporter, 1)
    assert arrived(reporter) == [WORDS]
    expect(reporter.view.locator("#problem")).to_contain_text("ảnh chưa được gửi")


def test_the_button_beside_the_writing_box_sends_a_photo_without_words_too(phone):
    reporter = phone(STRANGER)
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    reporter.view.locator("#tray:not(.fresh)").wait_for()
    reporter.view.locator("#send").click()
    all_sent(reporter, 1)
    assert arrived(reporter) == ["photo"]
    expect(reporter.view.locator("#tray")).to_be_hidden()


# -- a phone that closes the page


def closed_and_opened(one):
    """The page again, after the phone has closed it."""
    one.page.close()
    again = Phone(page := one.context.new_page(), page)
    page.goto(one.page.url)
    again.ready()
    return again


def nothing_waits(one):
    """Nothing is in the tray, and nothing of it is left on the phone."""
    expect(one.view.locator("#tray")).to_be_hidden()
    assert one.page.evaluate(IN_TRAY) == 0
    return True


IN_TRAY = """() => new Promise((done) => {
    indexedDB.open("vongtay:/tray").onsuccess = ({target: {result}}) => {
      if (!result.objectStoreNames.length) done(0);
      const asked = result.transaction("tray").objectStore("tray").count();
      asked.onsuccess = () => { result.close(); done(asked.result); };
    };
})"""


def test_a_voice_note_that_was_not_yet_sent_is_there_after_the_phone_has_closed_the_page(phone):
    reporter = phone(STRANGER, permissions=["microphone"])
    record(reporter)
    reporter.page.reload()
    again = closed_and_opened(reporter)
    assert plays(again.view.locator("#tray audio"))
    assert again.page.evaluate("document.activeElement.tagName") == "BODY"
    assert arrived(again) == []
    again.view.locator("#tray:not(.fresh) .main").click()
    all_sent(again, 1)
    assert arrived(again) == ["voice"]
    assert nothing_waits(again)
    again.page.reload()
    again.ready()
    assert nothing_waits(again)
    assert arrived(again) == shown(again) == ["voice"]


def test_a_voice_note_that_was_being_recorded_is_there_after_the_phone_has_closed_the_page(phone):
    reporter = phone(STRANGER, permissions=["microphone"])
    reporter.view.locator("#voice").click()
    held(reporter)
    again = closed_and_opened(reporter)
    assert plays(again.view.locator("#tray audio"))
    again.view.locator("#tray:not(.fresh) .main").click()
    all_sent(again, 1)
    assert arrived(again) == ["voice"]
    assert nothing_waits(again)


@pytest.mark.parametrize("how", ["thrown away", "hidden"])
def test_nothing_is_left_of_a_recording_that_was(phone, how):
    reporter = phone(STRANGER, permissions=["microphone"])
    home = reporter.page.url
    reporter.view.locator("#voice").click()
    held(reporter)
    if how == "hidden":
        reporter.view.locator("#hide").click()
        expect(reporter.page.locator("#app")).to_be_hidden()
        reporter.page.goto(home)
        reporter.page.reload()
        reporter.ready()
    else:
        reporter.view.locator("#tray").get_by_role("button", name="Bỏ").click()
    assert nothing_waits(reporter)


def held(one):
    """Wait until something of what is being recorded is kept on the phone."""
    for _ in range(100):
        if one.page.evaluate(IN_TRAY):
            return
        one.page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    raise AssertionError("nothing of the recording was kept")


def plays(sound):
    """Whether the browser can play it."""
    sound.wait_for()
    look = """(one) => new Promise((done) => {
      one.oncanplay = one.onerror = () => done(one.error); one.load(); })"""
    return sound.evaluate(look) is None


def test_a_photo_that_was_not_yet_sent_can_be_thrown_away_after_the_page_was_closed(phone):
    reporter = phone(STRANGER)
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    again = closed_and_opened(reporter)
    expect(again.view.locator("#tray img")).to_have_js_property("naturalWidth", 640)
    again.view.locator("#tray:not(.fresh)").get_by_role("button", name="Bỏ").click()
    assert nothing_waits(again)
    again.page.reload()
    again.ready()
    assert nothing_waits(again)
    assert arrived(again) == []


def test_a_photo_of_before_goes_before_the_words_also_without_network(phone):
    reporter = phone(STRANGER)
    reporter.lose_network()
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    reporter.page.reload()
    reporter.view.locator("#tray img").wait_for()
    reporter.write(WORDS)
    expect(reporter.view.locator(".msg.me .waiting")).to_have_count(2)
    reporter.page.reload()
    expect(reporter.view.locator(".msg.me .waiting")).to_have_count(2)
    assert nothing_waits(reporter)
    reporter.context.set_offline(False)
    all_sent(reporter, 2)
    assert shown(reporter) == arrived(reporter) == ["photo", WORDS]


# The phone closes the page after a photo was put into the line, before it is taken out of the tray.
STAYS = """
    const erase = IDBObjectStore.prototype.delete;
    IDBObjectStore.prototype.delete = function (...given) {
      if (this.name === "tray") throw new Error("closed");
      return erase.apply(this, given);
    };
"""


def test_what_is_in_the_line_already_does_not_wait_in_the_tray_as_well(phone):
    reporter = phone(STRANGER, NO_WORKER + STAYS)
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    reporter.page.route("**/api/files?**", lambda route: route.abort())
    reporter.view.locator("#tray:not(.fresh) .main").click()
    expect(reporter.view.locator(".msg.me .waiting")).to_have_count(1)
    again = closed_and_opened(reporter)
    all_sent(again, 1)
    expect(again.view.locator("#tray")).to_be_hidden()
    assert arrived(again) == ["photo"]


def test_a_full_phone_still_sends_what_waits_in_the_tray(phone):
    reporter = phone(STRANGER, FULL)
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    reporter.write(WORDS)
    all_sent(reporter, 2)
    assert arrived(reporter) == ["photo", WORDS]


def test_nobody_finds_an_unsent_photo_after_a_quick_hide(phone):
    reporter = phone(STRANGER)
    home = reporter.page.url
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    reporter.view.locator("#hide").click()
    expect(reporter.page.locator("#app")).to_be_hidden()
    expect(reporter.page.locator("#tray img")).to_have_count(0)
    reporter.page.goto(home)
    reporter.page.reload()
    reporter.ready()
    assert nothing_waits(reporter)


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_nobody_finds_what_was_unsent_after_the_session_was_ended(phone, where):
    reporter = phone(STRANGER)
    reporter.view.locator("#text").fill(WORDS)
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    if where == "elsewhere":
        api = reporter.context.request
        listed = api.get(f"{reporter.page.url}api/sessions").json()["sessions"]
        asked = {"X-Requested-With": "vongtay"}
        api.delete(f"{reporter.page.url}api/sessions/{listed[0]['id']}", headers=asked)
        reporter.page.reload()
    else:
        reporter.view.locator("#menu-button").click()
        reporter.view.locator("#menu-devices").click()
        reporter.view.locator("#device-list li button").click()
        with reporter.page.expect_navigation():
            reporter.view.locator("#ask-yes").click()
    reporter.ready()
    assert nothing_waits(reporter)
    expect(reporter.view.locator("#text")).to_have_value("")
    assert WORDS not in reporter.page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    reporter.page.reload()
    reporter.ready()
    assert nothing_waits(reporter)


def test_words_do_not_wait_long_behind_a_photo_that_hardly_gets_through(phone):
    """A cry for help must not stand behind minutes of a photo on a bad network."""
    reporter = phone(STRANGER)
    held = []
    reporter.context.route("**/api/files?**", lambda route: held.append(route))
    choose(reporter)
    reporter.view.locator("#tray img").wait_for()
    reporter.write("cứu con với")
    reporter.hears("111")
    assert arrived(reporter) == ["cứu con với"] and len(held) == 1
    reporter.write(WORDS)
    all_sent(reporter, 2)
    held[0].continue_()
    all_sent(reporter, 3)
    assert shown(reporter) == arrived(reporter) == ["cứu con với", WORDS, "photo"]


def test_a_button_does_not_overtake_a_photo(phone):
    reporter = phone(STRANGER)
    reporter.press("Báo tin trẻ em")
    reporter.button("Phải đi làm").wait_for()
    held = []
    reporter.context.route("**/api/files?**", lambda route: held.append(route))
    choose(reporter)
    reporter.view.locator("#tray .main").click()
    expect(reporter.view.locator(".msg.me:not(:has(.state.sent))")).to_have_count(1)
    reporter.press("Phải đi làm")
    reporter.write("còn nhỏ lắm")
    all_sent(reporter, 2)  # the press that opened the form, and the words
    held[0].continue_()
    all_sent(reporter, 4)
    said = [m.get("label") or m.get("text") or "photo" for m in told(reporter)]
    assert said[-3:] == ["còn nhỏ lắm", "photo", "Phải đi làm"]
