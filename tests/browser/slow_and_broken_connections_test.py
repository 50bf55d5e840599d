"""A page that is slow, cut off or signed out says so, and is never live with what is old."""
import time

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from acts import answer, appears, enter_as, fill, press, row_of, shown, signed_in, watch
from console_test import PASSWORD, link, one, show, text, user_of, wait_live
from harness.cart import PahoCart
from harness.events import plate
from harness.people import applicant
from harness.proxy import Proxy
from harness.wait import stays_true, wait_until

TOKEN = "return sessionStorage.getItem('carrito-token')"


@pytest.fixture
def cart(centre, scene):
    return scene.add(PahoCart(centre.mqtt_port))


@pytest.fixture
def behind(centre, scene):
    """The centre, with a cable between it and the browser."""
    proxy = scene.add(Proxy(int(centre.collector.http.rpartition(":")[2])))
    centre.api.base = f"http://127.0.0.1:{proxy.port}"
    yield proxy
    centre.api.base = f"http://{centre.collector.http}"


def throttle(browser, bytes_per_s):
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": False, "latency": 0, "downloadThroughput": bytes_per_s, "uploadThroughput": -1})


def links(browser):
    """From now on, each state of the link is kept."""
    browser.execute_script(
        "window.links = []; new MutationObserver(() => window.links.push("
        "document.documentElement.dataset.link)).observe(document.documentElement,"
        " { attributeFilter: ['data-link'] })")


def test_a_cable_that_is_pulled_out(centre, behind, browser, cart):
    """No connection is closed: the page finds out by the silence, or by what it asks."""
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, f"sales?cart={cart.cart}")
    behind.cut()
    wait_until("it is said", lambda: link(browser) != "live", 5)
    wait_live(browser)
    behind.unplug()
    cart.send([cart.outbox.sale(6, client="Eva")])
    cart.wait_acked()
    behind.plug()
    wait_until("it is said", lambda: link(browser) != "live", 5)
    wait_until("all is live", lambda: link(browser) == "live", 20, every=0.01)
    assert "Eva" in text(browser), "live means that nothing old is shown"


def test_live_is_said_only_when_the_server_has_answered(centre, behind, browser, cart):
    """The stream is back, but the list is refused for a while."""
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, f"sales?cart={cart.cart}")
    browser.execute_script(
        "const real = fetch; window.bad = true; window.fetch = (...asked) =>"
        " (window.bad && String(asked[0]).includes('/sales')"
        "  ? Promise.resolve(new Response('{}', { status: 503 })) : real(...asked))")
    behind.cut()
    wait_until("it is said", lambda: link(browser) != "live" and one(browser, ".stale").text, 10)
    cart.send([cart.outbox.sale(6, client="Eva")])
    cart.wait_acked()
    stays_true("not live", lambda: link(browser) != "live", 3)
    browser.execute_script("window.bad = false")
    wait_until("all is live", lambda: link(browser) == "live", 10, every=0.01)
    assert "Eva" in text(browser)


def test_a_page_on_a_slow_line_starts_anew(centre, behind, browser, cart):
    """More is told than fits the line: what waits on the way is given up once it is too old."""
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, "audit")
    throttle(browser, 20000)
    behind.cut()  # what is connected already is not throttled
    wait_until("it is said", lambda: link(browser) != "live", 5)
    wait_live(browser, 30)
    links(browser)
    end = time.monotonic() + 30
    while time.monotonic() < end and "reconnecting" not in browser.execute_script("return links"):
        for _ in range(4):
            cart.send([cart.outbox.location(-33.4 - i / 1000, -70.6) for i in range(64)])
        time.sleep(0.2)
    assert "reconnecting" in browser.execute_script("return links"), "what was late was shown as live"
    throttle(browser, -1)
    wait_live(browser, 30)
    show(browser, centre, f"sales?cart={cart.cart}")
    cart.send([cart.outbox.sale(3, client="Eva")])
    wait_until("the truth", lambda: "Eva" in text(browser), 10)


def test_a_page_that_was_busy_for_seconds_shows_the_truth(centre, browser, cart):
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, f"sales?cart={cart.cart}")
    browser.execute_script("setTimeout(() => { const end = Date.now() + 7000;"
                           " while (Date.now() < end); }, 100)")
    time.sleep(0.3)
    cart.send([cart.outbox.sale(6, client="Eva")])
    wait_until("the sale", lambda: "Eva" in text(browser), 15)
    wait_live(browser)


def test_a_session_that_ends_comes_back_to_the_same_view(centre, browser, cart):
    """The token ends while a question is open; the next one to sign in goes on there."""
    name = user_of(centre, "operator")
    enter_as(browser, centre, name)
    show(browser, centre, f"sales?cart={cart.cart}")
    cart.send([cart.outbox.sale(6, client="Eva")])
    press(browser, "Anular", "Eva")
    token = browser.execute_script(TOKEN)
    centre.api.request("POST", "/api/v1/logout", headers={"Authorization": f"Bearer {token}"})
    answer(browser, "se cayó")
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    assert "La sesión terminó" in text(browser) and not one(browser, "dialog")
    assert centre.api.items("/sales", cart=cart.cart)[0]["voided"] is False
    browser.switch_to.active_element.send_keys(name, Keys.TAB)
    browser.switch_to.active_element.send_keys(PASSWORD, Keys.ENTER)
    wait_until("the same view", lambda: one(browser, ".view-sales[data-ready]"), 10)
    wait_live(browser)
    assert "Eva" in text(browser)
    cart.send([cart.outbox.sale(7, client="Sol")])
    wait_until("it hears again", lambda: "Sol" in text(browser), 5)


def test_a_reload_between_the_act_and_its_end(centre, browser):
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, "desk")
    cart = plate()
    fill(browser, 0, cart=cart, quantity="2")
    browser.refresh()
    wait_live(browser)
    wait_until("at most one sale", lambda: len(centre.api.items("/sales", cart=cart)) <= 1, 2)
    assert not one(browser, "dialog") and not one(browser, ".toast.bad")


def test_two_tabs_are_two_sessions(centre, browser, cart):
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, f"sales?cart={cart.cart}")
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(centre.api.base)
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, f"sales?cart={cart.cart}")
    cart.send([cart.outbox.sale(6, client="Eva")])
    wait_until("the sale", lambda: "Eva" in text(browser), 5)
    one(browser, "header.top > button:last-child").click()
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    browser.switch_to.window(first)
    wait_until("the sale", lambda: "Eva" in text(browser), 5)
    assert link(browser) == "live" and browser.execute_script(TOKEN)


def test_views_changed_in_a_hurry_end_at_the_last(centre, browser):
    enter_as(browser, centre, user_of(centre))
    browser.execute_script("for (const name of ['daily', 'sales', 'stock', 'audit', 'mails'])"
                           " location.hash = `#/${name}`")
    wait_until("the last view", lambda: one(browser, ".view-mails[data-ready]"), 10)
    person = applicant(email=f"{plate().lower()}@example.cl")
    centre.api.request("POST", "/api/v1/members", json=person)
    wait_until("the application", lambda: centre.api.request(
        "POST", f"/api/v1/members/{person['rut']}/decision", json={"accept": True}).ok, 10)
    wait_until("it is alive", lambda: row_of(browser, person["email"]), 8)


def test_a_view_that_could_not_be_loaded_comes_when_the_server_does(centre, behind, browser):
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, "overview")
    behind.cut()
    behind.unplug()
    browser.execute_script("location.hash = '#/audit'")
    time.sleep(3)
    assert link(browser) != "live" and not one(browser, ".view-audit[data-ready]")
    behind.plug()
    wait_live(browser, 30)
    wait_until("the view", lambda: one(browser, ".view-audit[data-ready]"), 10)


def test_a_kafka_that_is_away(world, browser):
    """What the store has is shown; the page does not break, and goes on with what comes later."""
    world.start()
    cart = world.scene.add(PahoCart(world.mqtt_port))
    cart.send([cart.outbox.sale(6, client="Eva")])
    enter_as(browser, world, user_of(world))
    watch(browser, world, f"sales?cart={cart.cart}")
    appears(browser, "the sale", lambda: "Eva" in text(browser), 10)
    world.kafka.pause()
    cart.send([cart.outbox.sale(7, client="Sol")])
    for view in ("daily", "alerts", "consumers"):
        show(browser, world, view)
    assert "Auditoría" in text(browser) and len(
        browser.find_elements(By.CSS_SELECTOR, ".view tbody tr")) > 3
    world.kafka.resume()
    show(browser, world, f"sales?cart={cart.cart}")
    wait_until("what came meanwhile", lambda: "Sol" in text(browser), 30)
    assert signed_in(browser, world)
