"""No page has a barrier that WCAG 2.1 A or AA names and axe-core can find: wide and narrow, in light
and in dark, with data, with each question open."""
import os
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from console_test import VIEWS, one, show, sign_in
from harness.cart import PahoCart
from harness.events import plate
from harness.people import applicant
from harness.proxy import Proxy
from harness.wait import wait_until

AXE = Path(os.environ.get("CARRITO_TEST_AXE", "/nonexistent")).read_text
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that a scheme changes
SIZES = {"wide": (1920, 1080), "narrow": (360, 780)}
AT = (-33.45, -70.66)
LATE = date.today() - timedelta(days=9)  # closed, whatever the zone
PICTURES = os.environ.get("CARRITO_TEST_PICTURES")  # a folder, for who wants to look
# A view, and the words of a button in it that asks something or shows more.
QUESTIONS = {
    "consumers": ["Detener", "Mensajes", "Particiones"],
    f"daily?day={LATE.isoformat()}": ["Revisión"],
    "letters": ["Descartar"],
    "members": ["Rechazar"],
    "reports": ["Dejar de buscar"],
    "sales": ["Anular", "Seguir"],
    "users": ["Quitar", "Cambiar rol", "Cambiar contraseña"],
}


def posted(centre, path, body, status=202):
    answer = centre.api.request("POST", f"/api/v1{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def full(shared_centre, module_scene):
    """A centre in which every view has something to show."""
    centre = shared_centre
    carts = [module_scene.add(PahoCart(centre.mqtt_port)) for _ in range(6)]
    for i, cart in enumerate(carts):
        cart.send([cart.outbox.location(AT[0] + i / 1000, AT[1]),
                   cart.outbox.sale(quantity=3, amount=1500, stock=50, client="Ana Soto"),
                   cart.outbox.sale(quantity=2, amount=1000, stock=5 * (i > 0), client="Berta")])
        cart.wait_acked()
    fugitive = carts[0]
    posted(centre, "/reports", {"cart": fugitive.cart, "lat": AT[0], "lon": AT[1], "note": "sin permiso"})
    posted(centre, "/reports", {"lat": -20.2, "lon": -70.1, "note": "un carro sin patente"})
    wait_until("a fugitive", lambda: centre.api.items("/fugitives"), 15)
    fugitive.send([fugitive.outbox.location(AT[0] + i / 5000, AT[1] + i / 5000) for i in range(5)])
    noon_ms = int(datetime(LATE.year, LATE.month, LATE.day, 16).timestamp() * 1000)
    for quantity in (1, 2):
        carts[1].send([carts[1].outbox.sale(quantity, ts_ms=noon_ms + quantity)])
    again = fugitive.outbox.sale(quantity=9)
    again["seq"] = 2
    fugitive.send([again])
    fugitive.publish(fugitive.events_topic, b"{no event")
    for person in (applicant(), applicant(premium=True, plate=plate("P"))):
        posted(centre, "/members", person)
    posted(centre, "/orders", {"product": "sopaipilla", "price": 500, "email": "ana@example.com"})
    for _ in range(6):
        centre.api.request("POST", "/api/v1/login", json={"user": "nobody", "password": "x" * 12})
    for path in ("/alerts", "/restocks", "/members", "/orders", "/dead-letters", "/set-aside", "/blocked",
                 "/mails", "/reports", "/sales"):
        wait_until(f"something in {path}", lambda path=path: centre.api.items(path), 20)
    return centre


def barriers(browser, rules=RULES):
    """What axe-core finds, a line each."""
    if not browser.execute_script("return 'axe' in window"):
        browser.execute_script(AXE())
    found = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, { runOnly: arguments[0], resultTypes: ['violations'] })"
        ".then((found) => done(found.violations), (error) => done(String(error)))", rules)
    assert isinstance(found, list), found
    return [f"{rule['id']}: {node['target']} {node['html'][:120]} {node['failureSummary'][:300]}"
            for rule in found for node in rule["nodes"]]


def resize(browser, size):
    width, height = SIZES[size]
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})


def paint(browser, scheme):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"}]})


def everywhere(browser, what):
    """The barriers of the page as it is, at both widths and in both schemes of colour."""
    found = []
    for size in SIZES:
        resize(browser, size)
        for scheme in ("light", "dark"):
            paint(browser, scheme)
            found += [f"{what}, {size}, {scheme}: {line}"
                      for line in barriers(browser, RULES if scheme == "light" else COLOURS)]
            if PICTURES:
                name = re.sub(r"\W+", "-", f"{what} {size} {scheme}")
                browser.save_screenshot(f"{PICTURES}/{name}.png")
    return found


def told(found):
    return "\n".join(found) or None


def button(browser, words):
    return next((b for b in browser.find_elements(By.CSS_SELECTOR, ".view :not(th) > button")
                 if b.is_displayed() and b.text.startswith(words) and b.is_enabled()), None)


def test_views(full, browser):
    sign_in(browser, full)
    found = []
    for view in VIEWS:
        show(browser, full, view)
        found += everywhere(browser, view)
    assert told(found) is None, told(found)


def test_questions(full, browser):
    sign_in(browser, full)
    resize(browser, "wide")
    found = []
    for view, openers in QUESTIONS.items():
        for words in openers:
            show(browser, full, view)
            wait_until(f"a button {words} in {view}", lambda words=words: button(browser, words), 10).click()
            wait_until("the dialog", lambda: one(browser, "dialog[open]"), 10)
            found += everywhere(browser, f"{view}, {words}")
            browser.execute_script("document.querySelector('dialog').close()")
            resize(browser, "wide")
    assert told(found) is None, told(found)


def test_a_cart_and_its_track(full, browser):
    sign_in(browser, full)
    cart = full.api.items("/fugitives")[0]["cart"]
    show(browser, full, f"overview?cart={cart}")
    found = everywhere(browser, "overview of a cart")
    resize(browser, "wide")
    browser.execute_script(  # the centre of the tests has no address for phones
        "const real = fetch; window.fetch = (...asked) => (String(asked[0]).includes('/phones')"
        " ? Promise.resolve(new Response(JSON.stringify({ configuration: { host: 'x'.repeat(300) } })))"
        " : real(...asked))")
    button(browser, "Configurar un teléfono").click()
    wait_until("the dialog", lambda: one(browser, "dialog[open]"), 10)
    found += everywhere(browser, "overview, a phone")
    assert told(found) is None, told(found)


@pytest.fixture
def cable(full, scene):
    """Between the centre and the browser."""
    proxy = scene.add(Proxy(int(full.collector.http.rpartition(":")[2])))
    full.api.base = f"http://127.0.0.1:{proxy.port}"
    yield proxy
    full.api.base = f"http://{full.collector.http}"


def test_what_comes_and_goes(full, cable, browser):
    """The menu of a narrow window, what is said of an act, and what is seen while the server is away."""
    sign_in(browser, full, password="another one altogether")
    wait_until("the refusal", lambda: one(browser, ".problem").text, 10)
    found = everywhere(browser, "a refused password")
    browser.get("about:blank")
    sign_in(browser, full)
    show(browser, full, "sales?day=2020-01-01")
    resize(browser, "narrow")
    one(browser, ".menu").click()
    found += everywhere(browser, "the menu")
    show(browser, full, "alerts")
    browser.execute_script(
        "import('/console/dialog.js').then(({ say }) => say(arguments[0], 'bad'))", "No se pudo.")
    wait_until("the words", lambda: one(browser, ".toast").is_displayed(), 5)
    cable.cut()
    cable.unplug()
    wait_until("what is old is said to be", lambda: one(browser, ".stale").is_displayed(), 10)
    found += everywhere(browser, "away")
    assert one(browser, ".top").size["height"] < 55, "all of the narrow window's head is in one row"
    assert told(found) is None, told(found)


def test_a_narrow_window_has_all_of_an_alert_in_it(full, browser):
    sign_in(browser, full)
    resize(browser, "narrow")
    show(browser, full, "alerts")
    beyond = browser.execute_script(
        "return [...document.querySelectorAll('.view button, .view td, .view th')]"
        ".filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth)"
        ".map((e) => e.textContent)")
    assert not beyond, beyond
    roles = browser.execute_script(
        "return [...document.querySelectorAll('.view tbody > *, .view tbody > * > *')]"
        ".map((e) => e.getAttribute('role'))")
    assert set(roles) == {"row", "rowheader", "cell"}, "they are a table's still"


def test_what_is_drawn_follows_the_scheme_of_colours(full, browser):
    sign_in(browser, full)
    for view, canvas in (("overview", "canvas.ground-canvas"), ("daily", ".chart canvas")):
        paint(browser, "light")
        show(browser, full, view)
        wait_until(f"the picture of {view}", lambda canvas=canvas: one(browser, canvas), 10)

        def inks(canvas=canvas):
            """The colours, but for those of edges."""
            return set(browser.execute_script(
                "const canvas = document.querySelector(arguments[0]);"
                "const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
                "const seen = new Map();"
                "for (const one of new Uint32Array(data.buffer)) seen.set(one, (seen.get(one) ?? 0) + 1);"
                "return [...seen].filter(([one, count]) => one >>> 24 === 255 && count > 200).map(([one]) => one)",
                canvas))
        light = wait_until(f"something on {view}", inks, 10)
        paint(browser, "dark")
        wait_until(f"other colours on {view}", lambda inks=inks, light=light: inks() and not inks() & light, 5)


def test_many_alerts_of_one_kind_are_one_choice(full, browser):
    sign_in(browser, full, "operator")
    show(browser, full, "alerts")

    def choices():
        return [b.text.splitlines()[0] for b in browser.find_elements(By.CSS_SELECTOR, ".kinds [aria-pressed]")]

    def kinds():
        return {row.text for row in browser.find_elements(By.CSS_SELECTOR, ".view tbody td:nth-child(2)")}
    named = wait_until("the kinds", choices, 10)
    assert named[0].startswith("carro fugitivo") or named[0].startswith("carro desaparecido"), named
    assert len(kinds()) > 3
    chosen = next(b for b in browser.find_elements(By.CSS_SELECTOR, ".kinds [aria-pressed]")
                  if b.text.startswith("carro sin socio"))
    count = int(chosen.text.split()[-1])
    assert count >= 6
    chosen.send_keys(Keys.ENTER)
    assert kinds() == {"carro sin socio"}
    assert browser.switch_to.active_element.get_attribute("aria-pressed") == "true", "the focus stays"
    button(browser, f"Reconocer estos {count}").send_keys(Keys.ENTER)
    wait_until("all are acknowledged", lambda: not full.api.items(
        "/alerts", kind="unregistered-cart", status="ACTIVE_UNACK"), 10)
    others = full.api.items("/alerts", kind="stock-out", status="ACTIVE_UNACK")
    assert others, "the others are not"


def test_pages_without_a_session(full, browser):
    found = []
    order = posted(full, "/orders", {"product": "sopaipilla", "price": 500, "email": "ana@example.com"})
    for path, there in (("/", "input[name=user]"), ("/pedir", "input[name=email]"),
                        (f"/pedidos/{order['id']}", "main"), ("/docs", "main")):
        browser.get(full.api.base + path)
        wait_until(path, lambda there=there: one(browser, there), 10)
        found += everywhere(browser, path)
    assert told(found) is None, told(found)
