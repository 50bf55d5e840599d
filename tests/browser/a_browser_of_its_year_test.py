"""A function that a browser lacks takes nothing down: the buyers' page orders on one of 2019, the console works
on one of 2021, and a zone that the browser does not know costs no more than a sentence. (./dev lint parses
the pages by the grammar of these years.)"""
import pytest

from console_test import VIEWS, complaints, one, show, sign_in, text
from harness.cart import PahoCart
from harness.wait import wait_until

# Not Object.hasOwn: chromedriver itself calls it.
SINCE_2021 = """
delete AbortSignal.timeout; delete AbortSignal.any; delete window.structuredClone;
for (const kind of [Array, String]) delete kind.prototype.at;
for (const name of ["findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"])
  delete Array.prototype[name];
for (const name of ["show", "showModal", "close"]) delete HTMLDialogElement.prototype[name];
delete Crypto.prototype.randomUUID;
"""
SINCE_2019 = SINCE_2021 + """
for (const name of ["replaceAll", "matchAll"]) delete String.prototype[name];
for (const kind of [Element, Document, DocumentFragment]) delete kind.prototype.replaceChildren;
delete Promise.allSettled; delete Promise.any; delete window.ResizeObserver;
"""
WITHOUT_SANTIAGO = """
const Known = Intl.DateTimeFormat;
Intl.DateTimeFormat = function (locale, options) {
  if (options && options.timeZone === "America/Santiago") throw new RangeError("Invalid time zone");
  return new Known(locale, options);
};
"""


@pytest.fixture
def browser_without(browser):
    def begin(script):
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        return browser
    return begin


def test_a_buyer_orders_on_a_browser_of_2019(centre, browser_without):
    browser = browser_without(SINCE_2019)
    browser.get(f"{centre.api.base}/pedir?fbclid=IwAR0abc")
    wait_until("the form", lambda: one(browser, "input[name=email]"), 10)
    assert browser.execute_script("return 'timeout' in AbortSignal || 'replaceChildren' in document") is False
    one(browser, "input[name=email]").send_keys("ana@example.com")
    one(browser, "button[type=submit]").click()
    wait_until("the order's page", lambda: "/pedidos/" in browser.current_url, 10)
    wait_until("the last state", lambda: "finalizado" in text(browser).lower(), 15)
    assert not complaints(browser)


def test_the_console_works_on_a_browser_of_2021(centre, scene, browser_without):
    browser = browser_without(SINCE_2021)
    cart = scene.add(PahoCart(centre.mqtt_port))
    sign_in(browser, centre)
    for view in VIEWS:
        show(browser, centre, view)
    show(browser, centre, f"sales?cart={cart.cart}")
    cart.send([cart.outbox.sale(quantity=3, amount=1500, client="Berta")])
    wait_until("the sale", lambda: "Berta" in text(browser), 10)
    assert not complaints(browser)


def test_a_question_is_asked_where_a_browser_has_no_dialogs(centre, browser_without):
    browser = browser_without(SINCE_2021)
    sign_in(browser, centre)
    browser.execute_script("""import("/console/dialog.js").then(({ show }) => show("Claro", "sí"));""")
    wait_until("the question", lambda: one(browser, "dialog[open]"), 5)
    one(browser, "dialog button").click()
    wait_until("it is answered", lambda: one(browser, "dialog") is None, 5)


def test_a_zone_that_the_browser_lacks_is_said_and_costs_nothing_else(centre, browser_without):
    browser = browser_without(WITHOUT_SANTIAGO)
    sign_in(browser, centre)
    assert "no conoce la zona horaria America/Santiago" in text(browser)
    for view in ("overview", "daily", "sales"):
        show(browser, centre, view)
    browser.get(f"{centre.api.base}/pedir")
    wait_until("the form", lambda: one(browser, "input[name=email]"), 10)
    assert not complaints(browser)
