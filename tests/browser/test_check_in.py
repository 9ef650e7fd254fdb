"""A meeting's check-in page on real phones: scanned twice, without network, cut off."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.phones import ANDROID, PATIENCE, SMALL

COLLABORATOR = "/demo/collaborator/"
# "rồi": what was cut off had come through.
ONE = re.compile(r"Bạn đã điểm danh( rồi)? \(đến giờ 1 người\)")
LINK = re.compile(r"/c/([0-9A-Z]{6})")
SAVED = re.compile("Đã lưu|cùng một buổi")
WORDS = ("/truyenthong", "họp thôn", "lao động trẻ em", "phố vị", "hôm nay", "không rõ", "không rõ")


@pytest.fixture
def meeting(phone):
    """A meeting that people can check in to: its card on the phone of who holds it, its path."""
    lan = phone(COLLABORATOR)
    lan.answers(*WORDS)
    lan.write("lưu")
    # The question of the week may come in between; a button's words are understood all the same.
    if "cùng một buổi" in lan.hears(SAVED).inner_text():
        lan.write("Là buổi khác")
        lan.hears("Đã lưu")
    lan.write("Xem buổi này")
    linked = lan.page.locator("a[href*='/c/']")
    card = lan.view.locator(".msg.bot:not(.heard)").filter(has=linked).first
    card.wait_for()
    found = LINK.search(card.inner_html())
    assert found, card.inner_text()
    return lan, found[0]


@pytest.fixture
def scan(browser, address):
    """Opens a page on a phone of its own."""
    opened = []

    def on_a_new_phone(path):
        context = browser.new_context(
            locale="vi-VN", viewport=SMALL, is_mobile=True, has_touch=True, user_agent=ANDROID
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.goto(f"{address}{path}")
        return page

    yield on_a_new_phone
    for context in opened:
        context.close()


def check_in(page):
    """Fill in what the page asks, and press."""
    page.locator("#unit").fill("12")
    page.locator("button[type=submit]").click()


def says(page, text):
    expect(page.locator("#says")).to_contain_text(text)


def test_a_phone_that_scans_again_is_in_once(meeting, scan):
    lan, path = meeting
    page = scan(path)
    check_in(page)
    says(page, "Bạn đã điểm danh (đến giờ 1 người)")
    page.reload()
    says(page, "Bạn đã điểm danh")
    expect(page.locator("#form")).to_be_hidden()
    again = page.context.new_page()  # the code scanned a second time
    again.goto(page.url)
    says(again, "Bạn đã điểm danh")
    expect(again.locator("#form")).to_be_hidden()
    other = scan(path)
    check_in(other)
    says(other, "đến giờ 2 người")
    lan.write("/buoi")
    assert "2 lượt" in lan.hears().inner_text()


def test_two_pages_of_one_phone_check_in_once(meeting, scan):
    """Both were opened before either was sent, as by a second look at the code."""
    _lan, path = meeting
    first = scan(path)
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.locator("#form")).to_be_visible()
    check_in(first)
    says(first, "Bạn đã điểm danh (đến giờ 1 người)")
    check_in(second)
    says(second, "Bạn đã điểm danh rồi (đến giờ 1 người)")


def test_without_network_it_is_kept_on_the_phone_and_sent_once(meeting, scan):
    _lan, path = meeting
    page = scan(path)
    page.context.set_offline(True)
    check_in(page)
    says(page, "Đã ghi trên máy này")
    expect(page.locator("#form")).to_be_hidden()
    page.context.set_offline(False)
    says(page, ONE)


def test_a_page_closed_before_there_was_network_sends_when_it_is_opened_again(meeting, scan):
    _lan, path = meeting
    page = scan(path)
    context, url = page.context, page.url
    context.set_offline(True)
    check_in(page)
    says(page, "Đã ghi trên máy này")
    page.close()
    context.set_offline(False)
    later = context.new_page()
    later.goto(url)
    says(later, ONE)


def test_an_answer_that_never_came_does_not_count_twice(meeting, scan):
    """The server took it, and the network broke before the phone heard of it."""
    _lan, path = meeting
    page = scan(path)
    lost = []

    def lose(route):
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().json())
        route.abort()

    page.route("**/c/*", lose)
    check_in(page)
    says(page, "Bạn đã điểm danh rồi (đến giờ 1 người)")
    assert lost[0]["fresh"] is True


def test_on_a_line_that_hangs_the_page_says_that_it_is_kept(meeting, scan):
    _lan, path = meeting
    page = scan(path)
    held = []
    page.route("**/c/*", lambda route: held.append(route))
    check_in(page)
    says(page, "Đã ghi trên máy này")
    held[0].continue_()
    says(page, ONE)
    chat = page.get_by_role("link", name="Mở trang trò chuyện")
    expect(chat).to_have_attribute("href", "/")
