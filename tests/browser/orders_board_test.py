"""An operator's board of orders that carts are asked to bring: to whom each was offered and why the next,
how long it waits, and each decision by one key. The answers of the API are the test's own here, as what
the board does with them needs no cart; the last test asks a real centre."""
import datetime
import json

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from acts import closed, dialog, enter_as, heartbeat, shown
from console_test import complaints, one, show, user_of
from harness.cart import PahoCart
from harness.wait import wait_until

# What the page asks of /orders, /products and /carts is answered from here, and what it does is done here.
FAKE = """
    const real = window.fetch;
    window.did = [];
    window.orders = ORDERS;
    const answer = (body) => new Response(JSON.stringify(body), { status: 200 });
    const acts = {
      assign: (order, { cart }) => Object.assign(order, { cart, status: "preparando", held: false }),
      hold: (order) => Object.assign(order, { held: true }),
      release: (order) => Object.assign(order, { held: false, cart: null, status: "recibido" }),
      cancel: (order) => Object.assign(order, { status: "cancelado" }),
    };
    window.fetch = async (path, options = {}) => {
      const { pathname, searchParams } = new URL(path, location.href);
      const [, id, act] = pathname.match(/^.api.v1.orders.([0-9a-f]+).([a-z]+)$/) ?? [];
      if (act) {
        window.did.push([act, id, options.body ?? null]);
        return answer(acts[act](window.orders.find((one) => one.id === id), JSON.parse(options.body ?? "{}")));
      }
      if (pathname === "/api/v1/products") return answer({ items: [], next: null, dispatch: true, open: true });
      if (pathname === "/api/v1/carts") return answer({ items: CARTS, next: null });
      if (pathname === "/api/v1/orders/waits") return answer({ items: WAITS[searchParams.get("group")], next: null });
      if (pathname !== "/api/v1/orders") return real(path, options);
      const items = window.orders.filter((one) => one.status === searchParams.get("status"));
      return answer({ items, next: null });
    };"""


def ago(seconds):
    time = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def order(number, status, waits_s=60, **members):
    return {"id": f"{number:032x}", "product": "Sopaipilla", "price": 500, "quantity": number, "lat": -33.44,
            "lon": -70.65, "email": f"c{number}@example.cl", "cart": None, "status": status, "held": False,
            "turn": 0, "place": None, "pickup": False, "failed_reason": None, "offers": [],
            "history": [{"status": "recibido", "time": ago(waits_s)}], **members}


def offer(cart, metres, outcome, before_s):
    return {"cart": cart, "time": ago(before_s), "until": ago(before_s - 60), "distance_m": metres,
            "outcome": outcome, "ended": None if outcome is None else ago(before_s - 30)}


def cart(plate, lat, **members):
    return {"cart": plate, "state": "heard", "fugitive": False, "lat": lat, "lon": -70.65, "stock": 40,
            "listens": True, **members}


def waits(group, key, **members):
    return {"cart": None, "hour": None, group: key, "orders": 12, "taken": 10, "wait_median_s": 45,
            "wait_p90_s": 200, "way_median_s": 600, "way_p90_s": None, "refused": 3, "unanswered": 2, **members}


def orders():
    """As they are now: a card says how long it waits."""
    return [
        order(1, "recibido", 400, place="Plaza, banco del fondo", offers=[
            offer("AA1111", 120, "refused", 100), offer("BB2222", 1350, "unanswered", 70),
            offer("CC3333", 2000, None, 5)]),
        order(2, "recibido", 20, pickup=True),
        order(3, "preparando", cart="BB2222", offers=[offer("BB2222", 10, "accepted", 50)]),
        order(4, "entregando", cart="CC3333"),
        order(5, "fallido", failed_reason="no-cart"),
    ]


CARTS = [cart("AA1111", -33.45), cart("BB2222", -33.4401, listens=False), cart("CC3333", -33.441, stock=None),
         cart("DD4444", -33.44, state="silent"), cart("EE5555", -33.44, fugitive=True)]
WAITS = {"cart": [waits("cart", "AA1111"), waits("cart", None, taken=0, wait_median_s=None, wait_p90_s=None)],
         "hour": [waits("hour", "14")]}


@pytest.fixture(name="board")
def _board(centre, browser):
    enter_as(browser, centre, user_of(centre, "operator"))
    script = FAKE
    for name, value in (("ORDERS", orders()), ("CARTS", CARTS), ("WAITS", WAITS)):
        script = script.replace(name, json.dumps(value, ensure_ascii=False))
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    browser.refresh()
    show(browser, centre, "orders")
    return browser


def lane(browser, status):
    return shown(browser, f"[aria-labelledby=lane-{status}]")


def focus_card(browser, number):
    browser.execute_script("document.querySelector(`[data-key='${arguments[0]}']`).focus()", f"{number:032x}")


def focused_card(browser):
    return browser.execute_script("return parseInt(document.activeElement.dataset.key, 16)")


def press(browser, *keys):
    browser.switch_to.active_element.send_keys(*keys)


def did(browser):
    return [(act, int(number, 16), body and json.loads(body)) for act, number, body in
            browser.execute_script("return window.did")]


def test_a_card_says_who_was_asked_and_why_the_next(board):
    offers = [one.text for one in board.find_elements(By.CSS_SELECTOR, f"[data-key='{1:032x}'] .offers li")]
    assert [line.split(" · ")[1:3] for line in offers] == [
        ["CC3333", "2 km"], ["BB2222", "1,35 km"], ["AA1111", "120 m"]], "the newest first"
    assert "responde hasta" in offers[0] and "no respondió" in offers[1] and "lo rechazó" in offers[2]
    waiting = lane(board, "recibido")
    assert "espera hace 6 min" in waiting and "Plaza, banco del fondo" in waiting
    assert "Retiro en el carro" in waiting
    assert "ningún carro" in lane(board, "fallido") and "lo tomó" in lane(board, "preparando")
    assert one(board, f"[data-key='{1:032x}'] .badge.major"), "a long wait is seen"
    assert not one(board, f"[data-key='{2:032x}'] .badge.major")


def test_an_order_is_assigned_by_keys_alone(board):
    focus_card(board, 1)
    press(board, "a")
    offered = [label.text for label in dialog(board).find_elements(By.TAG_NAME, "label")]
    assert [line.split(" · ")[:2] for line in offered] == [["BB2222", "11 m"], ["CC3333", "111 m"],
                                                         ["AA1111", "1,11 km"]], "heard, and the nearest first"
    assert "no recibe pedidos" in offered[0] and "no ha contado" in offered[1] and "quedan 40" in offered[2]
    press(board, Keys.ARROW_DOWN)
    press(board, Keys.ENTER)
    closed(board)
    wait_until("it is with that cart", lambda: "CC3333" in lane(board, "preparando"), 5)
    assert did(board) == [("assign", 1, {"cart": "CC3333"})]
    assert focused_card(board) == 1, "the keys go on where they were"


def test_holding_releasing_taking_back_and_cancelling(board):
    focus_card(board, 2)
    press(board, "h")
    wait_until("held", lambda: "retenido" in lane(board, "recibido"), 5)
    assert focused_card(board) == 2
    press(board, "h")  # it is held already: the key does nothing
    press(board, "r")
    wait_until("it goes on", lambda: "retenido" not in lane(board, "recibido"), 5)
    focus_card(board, 3)
    press(board, "r")
    assert "BB2222" in dialog(board).text
    press(board, Keys.ENTER)
    closed(board)
    wait_until("it waits again", lambda: "c3@example.cl" in lane(board, "recibido"), 5)
    focus_card(board, 4)
    press(board, "a")
    press(board, "r")
    press(board, "h")
    press(board, "c")
    assert "c4@example.cl" in dialog(board).text
    press(board, Keys.ENTER)
    closed(board)
    wait_until("cancelled", lambda: "c4@example.cl" in lane(board, "cancelado"), 5)
    assert did(board) == [("hold", 2, None), ("release", 2, None), ("release", 3, None), ("cancel", 4, None)]
    assert not complaints(board)


def test_arrows_go_from_card_to_card(board):
    focus_card(board, 1)
    walked = []
    for key in (Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT,
                Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_UP):
        press(board, key)
        walked.append(focused_card(board))
    assert walked == [2, 2, 3, 4, 4, 3, 1, 1]


def test_how_long_orders_wait(board):
    assert "AA1111" not in shown(board, "details tbody")
    one(board, ".view details summary").click()
    wait_until("the figures", lambda: "14" in shown(board, "details tbody"), 5)
    rows = [row.text for row in board.find_elements(By.CSS_SELECTOR, "details tbody tr")]
    assert len(rows) == 3 and "45 s" in rows[0] and "3 min 20 s" in rows[0] and "10 min 0 s" in rows[0]
    assert rows[1].startswith("ninguno")


def test_a_real_centre_does_what_the_keys_say(world, browser):
    world.collector.env["CARRITO_ORDERS"] = "dispatch"
    world.start()
    near, far = (world.scene.add(PahoCart(world.mqtt_port)) for _ in range(2))
    for one_cart, lat in ((near, -33.44), (far, -33.45)):
        one_cart.send([one_cart.outbox.location(lat, -70.65), one_cart.outbox.sale(stock=50)])
        heartbeat(one_cart, orders=True)
    wait_until("both listen", lambda: [row["listens"] and row["stock"] for row in
                                       world.api.items("/carts")] == [50, 50], 20)
    enter_as(browser, world, user_of(world, "operator"))
    show(browser, world, "orders")
    number = world.api.request("POST", "/api/v1/orders", json={
        "product": "Sopaipilla", "price": 500, "quantity": 3, "email": "ana@example.cl", "lat": -33.44,
        "lon": -70.65}).json()["id"]
    wait_until("it was offered to the nearest", lambda: f"{near.cart} · 0 m · responde hasta" in
               lane(browser, "recibido"), 20)
    browser.execute_script("document.querySelector(`[data-key='${arguments[0]}']`).focus()", number)
    press(browser, "a")
    assert [label.text.split(" · ")[0] for label in dialog(browser).find_elements(By.TAG_NAME, "label")] == [
        near.cart, far.cart]
    press(browser, Keys.ARROW_DOWN)
    press(browser, Keys.ENTER)
    closed(browser)
    wait_until("it is with the other", lambda: far.cart in lane(browser, "preparando"), 10)
    assert "se le quitó" in lane(browser, "preparando") and "se le asignó" in lane(browser, "preparando")
    row, = world.api.items("/orders", status="preparando")
    assert (row["id"], row["cart"]) == (number, far.cart)
