"""What a person does on the console, by keyboard, and what makes something happen to look at."""
import json

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from console_test import PASSWORD, link, one, show, user_of, wait_live
from harness.cart import ROOT_TOPIC
from harness.events import now_ms
from harness.wait import wait_until


def enter_as(browser, centre, name):
    browser.get(centre.api.base)
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    browser.switch_to.active_element.send_keys(name, Keys.TAB)
    browser.switch_to.active_element.send_keys(PASSWORD, Keys.ENTER)
    wait_live(browser)


def signed_in(browser, centre, role="admin"):
    """Signs in where nobody is; the tests of a file share a window and its session."""
    if not browser.current_url.startswith(centre.api.base) or one(browser, "input[name=user]"):
        enter_as(browser, centre, user_of(centre, role))
    return browser


def watch(browser, centre, view):
    """The view, live; what is seen later has come without a reload."""
    signed_in(browser, centre)
    show(browser, centre, view)
    wait_live(browser)
    browser.execute_script("window.untouched = true")


def shown(browser, selector=".view"):
    """The text there, also of what is folded away."""
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent).join('\\n')",
        selector)


def appears(browser, what, condition, seconds=6):
    found = wait_until(what, condition, seconds, every=0.05)
    assert browser.execute_script("return window.untouched") is True, "the page was loaded again"
    assert link(browser) == "live"
    return found


def row_of(browser, text, selector=".view tbody tr, .view article"):
    """What one row or card says, cell by cell; None where there is none with this text."""
    return browser.execute_script(
        "const row = [...document.querySelectorAll(arguments[0])]"
        ".find((one) => one.textContent.includes(arguments[1]));"
        "return row ? [...row.children].map((cell) => cell.textContent) : null", selector, text)


def focus(browser, label, text, selector=".view tbody tr, .view .card"):
    """Puts the focus on the button with this label in the row with this text, as Tab would."""
    def found():
        return browser.execute_script(
            "for (const row of document.querySelectorAll(arguments[0]))"
            " if (row.textContent.includes(arguments[2]))"
            "  for (const button of row.querySelectorAll('button'))"
            "   if (button.textContent === arguments[1] && button.tabIndex >= 0 && !button.disabled)"
            "    { button.focus(); return document.activeElement === button; }"
            "return false", selector, label, text)
    wait_until(f"the button {label} of {text}", found, 10)
    return browser.switch_to.active_element


def press(browser, label, text):
    focus(browser, label, text).send_keys(Keys.ENTER)


def dialog(browser):
    return wait_until("the dialog", lambda: one(browser, "dialog[open]"), 5)


def closed(browser):
    wait_until("the dialog is closed", lambda: not one(browser, "dialog"), 5)


def answer(browser, words=None):
    """Types into the dialog and presses Enter, which does what its first button says."""
    dialog(browser)
    focused = browser.switch_to.active_element
    if words is not None:
        focused.send_keys(words)
    focused.send_keys(Keys.ENTER)


def fill(browser, form, **fields):
    """Types into a form of the page, the n-th, and sends it with Enter."""
    wait_until("the form", lambda: browser.find_elements(By.CSS_SELECTOR, ".view form")[form:], 5)
    element = browser.find_elements(By.CSS_SELECTOR, ".view form")[form]
    for name, value in fields.items():
        typed = element.find_element(By.NAME, name)
        if typed.tag_name == "input":
            typed.clear()
        typed.send_keys(value)
    element.find_element(By.CSS_SELECTOR, "input:not([hidden])").send_keys(Keys.ENTER)


def heartbeat(cart, **members):
    cart.publish(f"{ROOT_TOPIC}/{cart.cart}/heartbeat",
                 json.dumps({"ts_ms": now_ms(), "waiting": 0, "gps": "fix", **members}), qos=0)


def state(cart, word, **members):
    cart.publish(f"{ROOT_TOPIC}/{cart.cart}/state",
                 json.dumps({"state": word, "epoch": cart.outbox.epoch, "session": 1,
                             "version": "0", "ts_ms": now_ms(), **members}), qos=1, retain=True)
