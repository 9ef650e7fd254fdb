"""One browser and one running demo for all tests here; without a browser, a loud word about it."""

import pytest
from playwright.sync_api import expect

from tests.browser import phones

expect.set_options(timeout=phones.PATIENCE)

NO_BROWSER = (
    "No Chromium on this machine: the web chat was NOT tested in a browser.\n"
    "On Debian: apt-get install chromium (.ci/run does it)."
)


@pytest.fixture(scope="module")
def browser():
    """A real Chromium."""
    executable = phones.chromium()
    if executable is None:
        pytest.skip("no Chromium")
    with phones.browsing(executable) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory):
    """The address of a demo that runs for these tests alone."""
    with phones.demo(tmp_path_factory.mktemp("demo")) as where:
        yield where


@pytest.fixture
def phone(browser, address):
    """Opens phones, each with cookies, storage and network of its own; closed after the test."""
    opened = []

    def open_one(path, script="", **context):
        opened.append(phones.phone(browser, f"{address}{path}", script, **context))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()


def pytest_terminal_summary(terminalreporter):
    if phones.chromium() is None:
        terminalreporter.section("browser tests skipped", sep="!", red=True, bold=True)
        terminalreporter.line(NO_BROWSER, red=True)
