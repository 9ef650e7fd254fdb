"""Search as one types, at a real browser: by keyboard, by thumb, and never in the way."""

from playwright.sync_api import expect

STRANGER = "/"
TYPED = "goi 111 co mat tien"
QUESTION = "Gọi 111 có mất tiền không?"


def options(phone):
    return phone.view.locator("#suggestions [role=option]")


def types(phone, text):
    phone.view.locator("#text").press_sequentially(text)


def test_with_the_thumb_a_question_is_chosen_and_sent(phone):
    resident = phone(STRANGER)
    types(resident, TYPED)
    expect(options(resident).first).to_have_text(QUESTION)
    assert options(resident).count() <= 5
    box = options(resident).first.bounding_box()
    assert box["height"] >= 44 and box["x"] >= 0
    assert box["x"] + box["width"] <= resident.page.viewport_size["width"]
    resident.turn()
    options(resident).first.tap()
    resident.hears("Không mất tiền")
    expect(resident.own(QUESTION)).to_have_count(1)
    expect(resident.view.locator("#text")).to_have_value("")
    expect(options(resident)).to_have_count(0)


def test_with_the_keyboard_and_a_screen_reader(phone):
    resident = phone(STRANGER, is_mobile=False, has_touch=False)
    text = resident.view.locator("#text")
    types(resident, TYPED)
    expect(options(resident).first).to_have_text(QUESTION)
    expect(resident.view.locator("#suggested")).to_contain_text("câu để chọn")
    assert text.get_attribute("aria-autocomplete") == "list"
    assert text.get_attribute("aria-controls") == "suggestions"
    text.press("ArrowDown")
    expect(options(resident).first).to_have_attribute("aria-selected", "true")
    assert text.get_attribute("aria-activedescendant") == options(resident).first.get_attribute(
        "id"
    )
    text.press("ArrowUp")
    assert text.get_attribute("aria-activedescendant") is None
    text.press("Escape")
    expect(options(resident)).to_have_count(0)
    expect(text).to_have_value(TYPED)
    text.press("End")
    types(resident, " khong")
    expect(options(resident).first).to_have_text(QUESTION)
    text.press("ArrowDown")
    resident.turn()
    text.press("Enter")
    resident.hears("Không mất tiền")
    expect(resident.own(QUESTION)).to_have_count(1)


def test_who_types_on_sends_what_they_wrote_and_in_a_form_nothing_is_offered(phone):
    resident = phone(STRANGER)
    types(resident, TYPED)
    expect(options(resident).first).to_be_visible()
    resident.turn()
    resident.view.locator("#send").click()
    resident.hears()
    expect(resident.own(TYPED)).to_have_count(1)
    expect(options(resident)).to_have_count(0)
    resident.answers("/bao")
    with resident.page.expect_response("**/api/suggest") as answered:
        types(resident, TYPED)
    assert answered.value.json() == {"suggestions": []}
    expect(options(resident)).to_have_count(0)


def test_without_network_and_after_a_quick_hide_there_is_no_list(phone):
    resident = phone(STRANGER)
    types(resident, TYPED)
    expect(options(resident).first).to_be_visible()
    resident.view.locator("#hide").click()
    assert QUESTION not in resident.page.content()
