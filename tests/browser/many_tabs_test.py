"""Seven tabs of one browser, which has six connections by HTTP/1.1: each is live when it is seen, what
is done in one of them waits for no other, and an alert is heard whichever is closed."""
import time

import pytest
from selenium.webdriver.common.keys import Keys

from acts import enter_as, fill, row_of
from console_test import one, show, user_of, wait_live
from harness.wait import wait_until

TABS = 7
SOON_MS = 1000
ASK = """
const done = arguments[0], since = performance.now();
fetch("/healthz", { cache: "no-store" })
  .then((answer) => done(answer.ok ? performance.now() - since : answer.status), (error) => done(String(error)));
"""
# That the tab began to hear what happens while nobody saw it.
NOTE = """
window.heard = 0;
new MutationObserver(() => {
  window.heard += document.hidden && document.documentElement.dataset.link === "live";
}).observe(document.documentElement, { attributeFilter: ["data-link"] });
"""
TAKEN_OVER_S = 12  # a busy machine, and hidden tabs have slow clocks


def assert_answered_soon(browser):
    browser.set_script_timeout(10)
    asked = browser.execute_async_script(ASK)
    assert isinstance(asked, (int, float)) and asked < SOON_MS, asked


def open_tab(browser, path="/"):
    known = set(browser.window_handles)
    browser.execute_script("window.open(arguments[0])", path)
    wait_until("the tab", lambda: set(browser.window_handles) - known, 5)
    browser.switch_to.window((set(browser.window_handles) - known).pop())


@pytest.fixture
def tabs(centre, browser):
    """Seven of the console, all signed in; the last one is seen."""
    enter_as(browser, centre, user_of(centre))
    for _ in range(TABS - 1):
        open_tab(browser)
        wait_live(browser)
    return browser.window_handles


def see(browser, tab):
    """Brings it to the front, as a click on its head does."""
    browser.switch_to.window(tab)
    browser.execute_cdp_cmd("Page.bringToFront", {})


def test_each_tab_is_live_when_it_is_seen(browser, tabs):
    for tab in [*tabs, tabs[0]]:
        see(browser, tab)
        wait_live(browser)
        assert_answered_soon(browser)


def test_what_is_done_waits_for_no_tab(centre, browser, tabs):
    for number, tab in enumerate(tabs[::3]):
        see(browser, tab)
        show(browser, centre, "users")
        name = f"tab{number}{user_of(centre)}"
        fill(browser, 0, name=name, password="una clave bastante larga")
        wait_until("the user", lambda n=name: row_of(browser, n), 5)
    open_tab(browser, "/pedir")
    wait_until("the form", lambda: one(browser, "input[name=email]"), 10)
    one(browser, "input[name=email]").send_keys("ana@example.com", Keys.ENTER)
    wait_until("the order's page", lambda: "/pedidos/" in browser.current_url, 10)


def test_of_those_that_nobody_sees_one_listens(centre, browser, tabs):
    """The tab that is seen leaves the console: alerts are heard in another one, once."""
    for tab in tabs:
        see(browser, tab)
        browser.execute_script(NOTE)
    browser.get(f"{centre.api.base}/pedir")
    time.sleep(TAKEN_OVER_S)
    heard = []
    for tab in tabs[:-1]:
        browser.switch_to.window(tab)
        heard.append(browser.execute_script("return window.heard"))
    assert sorted(heard) == [0] * (TABS - 2) + [1], heard
