"""The map, its sound and its language; and that the page asks nobody but its own server, but for the
tiles that the guild has chosen."""
import json
import secrets
from urllib.parse import urlsplit

import pytest

from acts import enter_as, row_of, shown
from console_test import VIEWS, complaints, one, show, text, user_of, wait_live
from harness.cart import PahoCart
from harness.events import now_ms
from harness.wait import wait_until

SHAPES = """
const { kinds, stateMark } = await import("/console/shapes.js");
return kinds.map((kind) => { const mark = stateMark(kind).firstElementChild.cloneNode(true);
  mark.removeAttribute("class"); mark.querySelectorAll("*").forEach((e) => e.removeAttribute("class"));
  return mark.outerHTML; });
"""


def asked(browser):
    """Whom the page has asked for anything."""
    hosts = set()
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            address = urlsplit(message["params"]["request"]["url"])
            if address.scheme in ("http", "https", "ws", "wss"):
                hosts.add(f"{address.scheme}://{address.netloc}")
    return hosts


def lines(browser):
    """The lines on the map: their colours, and how many points each has."""
    return browser.execute_script(
        "return [...document.querySelectorAll('.map path')].map((line) =>"
        " [line.getAttribute('stroke'), (line.getAttribute('d').match(/[ML]/g) || []).length])")


@pytest.fixture
def cart(centre, scene):
    return scene.add(PahoCart(centre.mqtt_port))


def test_nobody_else_is_asked_and_the_token_stays_in_the_tab(centre, browser):
    browser.get_log("performance")
    enter_as(browser, centre, user_of(centre))
    for view in VIEWS:
        show(browser, centre, view)
    browser.get(f"{centre.api.base}/pedir")
    wait_until("the buyer's form", lambda: one(browser, "input[name=email]"), 10)
    browser.get(f"{centre.api.base}/docs")
    wait_until("the document", lambda: "/daily-sales" in text(browser), 10)
    assert asked(browser) == {centre.api.base}
    token = browser.execute_script("return sessionStorage.getItem('carrito-token')")
    kept = browser.execute_script("return JSON.stringify(Object.entries(localStorage)) + document.cookie")
    history = browser.execute_cdp_cmd("Page.getNavigationHistory", {})
    assert token and token not in kept and token not in json.dumps(history)
    assert not complaints(browser)


def test_a_script_in_the_page_does_not_run(centre, browser):
    browser.get(centre.api.base)
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    browser.execute_script("const bad = document.createElement('script');"
                           " bad.textContent = 'window.owned = true'; document.body.append(bad);"
                           " const image = new Image(); image.setAttribute('onerror', 'window.owned = true');"
                           " image.src = 'x'; document.body.append(image)")
    wait_until("the policy", lambda: any("Content Security Policy" in said for said in
                                         complaints(browser)), 5)
    assert not browser.execute_script("return window.owned")


def test_track_of_the_day_a_fugitives_trail_and_the_shapes(centre, browser, cart):
    began = now_ms() - 60_000
    def at(step):
        """A walk to the south around corners, a position each ten seconds."""
        return cart.outbox.location(-33.44 - step * 0.0005, -70.65 + step % 2 * 0.0005,
                                    ts_ms=began + step * 10_000)
    enter_as(browser, centre, user_of(centre))
    cart.send([at(0), at(1)])
    wait_until("the cart", lambda: centre.api.cart(cart.cart)["lat"] == -33.4405, 10)
    show(browser, centre, f"overview?cart={cart.cart}")
    wait_until("the track", lambda: [n for _, n in lines(browser)] == [2], 5)
    wait_live(browser)
    cart.send([at(2)])
    wait_until("the track follows", lambda: lines(browser)[0][1] == 3, 5)
    centre.api.request("POST", "/api/v1/reports", json={"cart": cart.cart, "lat": -33.4, "lon": -70.6})
    wait_until("it is shown as a fugitive", lambda: "fugitivo" in row_of(browser, cart.cart)[1], 6)
    cart.send([at(3), at(4)])
    found = wait_until("the trail", lambda: len(lines(browser)) == 2 and
                       lines(browser)[1][1] >= 2 and lines(browser), 10)
    assert found[0][0] != found[1][0], "a trail looks like no track"
    shapes = browser.execute_async_script(
        "const done = arguments[0]; (async () => {" + SHAPES + "})().then(done, (e) => done(String(e)))")
    assert len(shapes) == 6 and len(set(shapes)) == 6, shapes
    picture = "return document.querySelector('.map canvas') !== null"
    assert browser.execute_script(picture)


def test_tiles_come_from_where_the_guild_says_and_from_nowhere_else(world, browser):
    tiles = "https://{s}.tiles.example.com/{z}/{x}/{y}.png"
    world.collector.env["CARRITO_TILES"] = tiles
    world.start()
    browser.execute_cdp_cmd("Network.enable", {})
    browser.get_log("performance")
    enter_as(browser, world, user_of(world))
    show(browser, world, "overview")
    others = wait_until("tiles are asked for", lambda: asked(browser) - {world.api.base}, 10)
    assert all(host.startswith("https://") and host.endswith(".tiles.example.com") for host in others)
    policy = world.api.request("GET", "/").headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://*.tiles.example.com;" in policy, policy
    assert "Content Security Policy" not in json.dumps(complaints(browser))


def test_the_sound_stays_as_it_was_set(centre, browser):
    enter_as(browser, centre, user_of(centre))
    def pressed():
        return one(browser, "button.sound").get_attribute("aria-pressed")
    assert pressed() == "true"
    one(browser, "button.sound").click()
    assert pressed() == "false"
    browser.refresh()
    wait_live(browser)
    assert pressed() == "false" and "desactivado" in one(browser, "button.sound").get_attribute("title")
    one(browser, "button.sound").click()
    browser.refresh()
    wait_live(browser)
    assert pressed() == "true"


def test_english_where_the_browser_wants_it(centre, english_browser):
    enter_as(english_browser, centre, user_of(centre))
    show(english_browser, centre, "daily")
    assert one(english_browser, "h1").text == "Day's sales"
    assert one(english_browser, "html").get_attribute("lang") == "en"
    show(english_browser, centre, "desk")
    english_browser.execute_script("document.querySelector('.view form').noValidate = true")
    field = one(english_browser, ".view form [name=cart]")
    field.send_keys("no!" + secrets.token_hex(1) + "\n")
    said = wait_until("the problem", lambda: one(english_browser, ".problem").text, 5)
    assert "válid" not in said and "valid" in said.lower(), said
    assert shown(english_browser, "header").find("Sign out") > 0
