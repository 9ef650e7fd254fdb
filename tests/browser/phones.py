"""A running demo, and phones at it: what the browser tests and the pictures of the guide use."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    TimeoutError,
    sync_playwright,
)

VONGTAY = (sys.executable, "-c", "from bot.cli import main; main()")
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # it cannot be had in a container, and only our own page is opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
)
SMALL = {"width": 360, "height": 740}  # pixels; a cheap phone
ANDROID = (
    "Mozilla/5.0 (Linux; Android 11; SM-A125F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36"
)
WIDE = {"width": 1400, "height": 900}  # all three phones of /demo beside each other
PATIENCE = 10_000  # ms before a test gives up on something that has no bound of its own
_LAST_SAID = 6  # messages that tell what went wrong
# Until the page's service worker answers for it. (wait_for_function would ask again by eval, which
# our Content-Security-Policy forbids.)
CONTROLLED = """() => navigator.serviceWorker.controller || new Promise((done) =>
    navigator.serviceWorker.addEventListener("controllerchange", () => done(true), {once: true})
)"""
CODE = re.compile(r"VT-\d\d-[0-9A-HJKMNP-TV-Z]{6}")


def chromium() -> str | None:
    """Where the browser is, if the machine has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browsing(executable: str) -> Iterator[Browser]:
    """A browser, closed in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def demo(data: Path) -> Iterator[str]:
    """The address of a fresh demo in a process of its own, on a free port."""
    process = subprocess.Popen(
        [*VONGTAY, "demo", "--port", "0", "--data", str(data), "--fresh"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"http://\S+(?=/demo)", line):
                # Whatever it says from now on is read too, so that it never waits for us.
                threading.Thread(target=said.extend, args=(process.stdout,), daemon=True).start()
                yield found[0]
                break
        else:
            raise RuntimeError("the demo did not start:\n" + "".join(said))
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def phone(browser: Browser, address: str, script: str = "", **context: Any) -> Phone:
    """A phone of its own (cookies, storage, network) at an address of the demo; `script` runs
    before the page's own, to make it an odd one."""
    usual = {"viewport": SMALL, "is_mobile": True, "has_touch": True, "user_agent": ANDROID}
    made = browser.new_context(**{"locale": "vi-VN", **usual, **context})
    if script:
        made.add_init_script(script)
    return Phone.at(made, address)


class Phone:
    """What a person does at one chat page; `view` is the page, or a frame of it."""

    def __init__(self, page: Page, view: Page | FrameLocator) -> None:
        self.page, self.view = page, view
        page.set_default_timeout(PATIENCE)

    @classmethod
    def at(cls, context: BrowserContext, address: str) -> Phone:
        """Open the page and wait until it can be used."""
        page = context.new_page()
        here = cls(page, page)
        page.goto(address)
        here.ready()
        return here

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def ready(self) -> None:
        """Wait until the bot has spoken and the page can send."""
        self.view.locator("#log .live").last.wait_for()
        self.view.locator("#send:not([disabled])").wait_for()
        self.turn()

    def lose_network(self) -> None:
        """The network is gone, and the page has come from its service worker before."""
        self.page.evaluate(CONTROLLED)
        self.page.reload()
        self.ready()
        self.context.set_offline(True)

    def turn(self) -> None:
        """What is shown now counts as heard."""
        mark = "(all) => all.forEach((one) => one.classList.add('heard'))"
        self.view.locator(".msg").evaluate_all(mark)

    def write(self, text: str) -> None:
        """Type a message and send it."""
        self.turn()
        self.view.locator("#text").fill(text)
        self.view.locator("#send").click()

    def press(self, label: str) -> None:
        """Press a button of the last question that was asked."""
        button = self.button(label)
        try:
            button.wait_for()
        except TimeoutError as late:
            said = self.view.locator("#log .msg").all_inner_texts()[-_LAST_SAID:]
            raise AssertionError(f"no button {label!r} after:\n" + "\n--\n".join(said)) from late
        self.turn()
        button.click()

    def button(self, label: str) -> Locator:
        """A button of the last question, at a moment when it can be pressed."""
        name = self.page.get_by_text(label, exact=True)
        return self.view.locator("#log:not(.paused) .live button").filter(has=name).last

    def hears(self, text: str | re.Pattern[str] = "", bound: float = PATIENCE) -> Locator:
        """Wait (at most `bound` ms) until the bot says this; the message that does.

        Only what came after this person's last action is listened to.
        """
        said = self.view.locator(".msg.bot:not(.heard)").filter(has_text=text).first
        said.wait_for(timeout=bound)
        return said

    def own(self, text: str) -> Locator:
        """What this person said."""
        return self.view.locator(".msg.me").filter(has_text=text)

    def answers(self, *answers: str) -> None:
        """Answer one question after another, each by its button, or else in words."""
        for answer in answers:
            if answer.startswith("["):
                self.press(answer.strip("[]"))
            else:
                self.write(answer)
            self.hears()

    def report(self, what: str, danger: str, village: str, age: str) -> str:
        """A report in four answers; returns its code."""
        self.answers("/bao", what, danger, village, age, "[Gửi ngay]")
        return self.code("Tin báo đã tới nơi")

    def code(self, said: str) -> str:
        """The code in a message that says this."""
        found = CODE.search(self.hears(said).inner_text())
        assert found, said
        return found[0]

    def in_view(self, what: Locator) -> bool:
        """Whether the top of something lies inside the thread, where it can be read."""
        thread, thing = self.view.locator("#log").bounding_box(), what.bounding_box()
        assert thread and thing
        return thread["y"] - 1 <= thing["y"] < thread["y"] + thread["height"] - 40
