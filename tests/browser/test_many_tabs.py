"""Several tabs of one phone: six connections to the server, one storage and one person in all."""

from playwright.sync_api import expect

from tests.browser.phones import Phone
from tests.browser.test_demo import SOON, STRANGER

TABS = 7  # one more than a browser opens connections to one server


def one_more(first):
    """The chat in another tab of the same phone."""
    page = first.context.new_page()
    page.goto(first.page.url)
    tab = Phone(page, page)
    tab.ready()
    return tab


def test_with_many_tabs_open_messages_are_still_sent_and_heard(phone):
    first = phone(STRANGER)
    tabs = [first, *(one_more(first) for _ in range(TABS - 1))]
    for tab in (tabs[-1], first):
        words = f"câu viết ở thẻ {tabs.index(tab)}"
        tab.write(words)
        expect(tab.own(words).locator(".state.sent")).to_have_count(1)
        tab.hears("Câu này mình chưa biết")
        for other in tabs:
            expect(other.own(words)).to_have_count(1, timeout=SOON)


def test_when_the_tab_that_listens_is_closed_another_one_does(phone):
    first = phone(STRANGER)
    second = one_more(first)
    with second.page.expect_request("**/api/events?**"):
        first.page.close()
    second.write("còn ai nghe không")
    second.hears()


def test_what_is_typed_in_one_tab_is_there_though_another_one_has_sent_something(phone):
    first = phone(STRANGER)
    second = one_more(first)
    first.view.locator("#text").fill("một câu dài đang gõ dở")
    second.write("câu của thẻ kia")
    expect(second.own("câu của thẻ kia").locator(".state.sent")).to_have_count(1)
    first.page.reload()
    first.ready()
    expect(first.view.locator("#text")).to_have_value("một câu dài đang gõ dở")
    first.view.locator("#send").click()
    expect(first.own("đang gõ dở").locator(".state.sent")).to_have_count(1)
    for tab in (first, second):
        tab.page.reload()
        tab.ready()
        expect(tab.view.locator("#text")).to_have_value("")
