"""Each act of the console by the keyboard, and what the API says of it. What is refused says why and
keeps what was typed; a double click, or Enter twice, acts once."""
import secrets

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from acts import answer, appears, closed, dialog, enter_as, fill, focus, press, row_of, shown, watch
from console_test import PASSWORD, one, show, sign_in, user_of
from harness.api import Api
from harness.cart import PahoCart
from harness.events import line, plate
from harness.people import applicant
from harness.wait import wait_until


@pytest.fixture
def cart(centre, scene):
    return scene.add(PahoCart(centre.mqtt_port))


def count_posts(browser):
    """From now on; the server would forgive the second one."""
    browser.execute_script(
        "const real = fetch; window.posts = 0; window.fetch = (path, options) =>"
        " { window.posts += options?.method === 'POST'; return real(path, options); }")


def alert_of(centre, cart):
    rows = centre.api.items("/alerts", kind="stock-out", cart=cart.cart)
    return rows[0] if rows else None


def raised(centre, cart):
    cart.send([cart.outbox.sale(stock=50), cart.outbox.sale(stock=0)])
    return wait_until("the alert", lambda: alert_of(centre, cart), 10)


def done(centre, subject):
    """What the journal says was done to it."""
    return [row["action"] for row in centre.api.items("/actions") if row["subject"] == subject]


def applied(centre, **members):
    person = applicant(name="Luz " + secrets.token_hex(4), **members)
    assert centre.api.request("POST", "/api/v1/members", json=person).status_code == 202
    return person


def member(centre, person):
    return next((row for row in centre.api.items("/members") if row["rut"] == person["rut"]), None)


def test_an_alert_is_acknowledged_and_cleared(centre, window, cart):
    watch(window, centre, "alerts")
    alert = raised(centre, cart)
    appears(window, "the alert", lambda: row_of(window, alert["details"]))
    button = focus(window, "Reconocer", alert["details"])
    count_posts(window)
    ActionChains(window).double_click(button).perform()
    wait_until("acknowledged", lambda: alert_of(centre, cart)["status"] == "ACTIVE_ACK", 5)
    appears(window, "it is shown", lambda: "activo, reconocido" in row_of(window, alert["details"]))
    assert window.execute_script("return window.posts") == 1, "asked for once, and no more than that"
    assert done(centre, alert["id"]) == ["alert-ack"]
    press(window, "Dar por resuelto", alert["details"])
    wait_until("cleared", lambda: alert_of(centre, cart)["status"] == "CLEARED_ACK", 5)
    appears(window, "it is open no longer", lambda: not row_of(window, alert["details"]))


def test_enter_twice_is_one_act_and_the_focus_stays_in_the_table(centre, window, cart):
    watch(window, centre, "alerts")
    alert = raised(centre, cart)
    appears(window, "the alert", lambda: row_of(window, alert["details"]))
    focus(window, "Reconocer", alert["details"]).send_keys(Keys.ENTER, Keys.ENTER)
    wait_until("acknowledged", lambda: alert_of(centre, cart)["status"] == "ACTIVE_ACK", 5)
    appears(window, "it is shown", lambda: "activo, reconocido" in row_of(window, alert["details"]))
    window.switch_to.active_element.send_keys(Keys.ENTER)
    assert alert_of(centre, cart)["status"] == "ACTIVE_ACK", "Enter was not for what lay below"
    assert window.execute_script("return !!document.activeElement.closest('.table-frame')")


def test_the_focus_stays_on_a_button_whose_row_is_drawn_anew(centre, window, cart):
    watch(window, centre, "alerts")
    alert = raised(centre, cart)
    appears(window, "the alert", lambda: row_of(window, alert["details"]))
    focus(window, "Dar por resuelto", alert["details"])
    window.execute_script("window.before = document.activeElement")
    centre.api.request("POST", f"/api/v1/alerts/{alert['id']}/ack")
    appears(window, "somebody else has", lambda: "activo, reconocido" in
            row_of(window, alert["details"]))
    focused, button = window.execute_script(
        "return [window.before.isConnected, document.activeElement.textContent]")
    assert (focused, button) == (False, "Dar por resuelto")


def test_a_press_outlives_a_renewal(centre, window, cart, scene):
    """A button under the mouse is the same button when the list has been asked for again."""
    watch(window, centre, "alerts")
    other = scene.add(PahoCart(centre.mqtt_port))
    before, alert = raised(centre, other), raised(centre, cart)
    appears(window, "the alert", lambda: row_of(window, alert["details"]))
    button = focus(window, "Reconocer", alert["details"])
    ActionChains(window).click_and_hold(button).perform()
    centre.api.request("POST", f"/api/v1/alerts/{before['id']}/ack")
    appears(window, "the other one is", lambda: "activo, reconocido" in
            row_of(window, before["details"]))
    ActionChains(window).release().perform()
    wait_until("acknowledged", lambda: alert_of(centre, cart)["status"] == "ACTIVE_ACK", 5)


def test_a_batch_is_announced_and_done(centre, window, cart):
    watch(window, centre, "stock")
    cart.send([cart.outbox.sale(stock=3)])
    def batch():
        return next((row for row in centre.api.items("/restocks") if
                     cart.cart in [one["cart"] for one in row["carts"]]), None)
    if wait_until("the batch", batch, 10)["status"] == "open":
        press(window, "Anunciar ya", cart.cart)
    number = wait_until("announced", lambda: batch()["status"] == "announced" and batch(), 5)["number"]
    press(window, "Marcar repuesto", f"Lote {number}")
    wait_until("done", lambda: batch()["status"] == "done", 5)
    appears(window, "it is shown", lambda: "repuesto" in (row_of(window, f"Lote {number}") or [""])[0])


def test_members_are_accepted_and_rejected_with_a_reason(centre, window):
    watch(window, centre, "members")
    first, second = applied(centre), applied(centre)
    press(window, "Aceptar", first["name"])
    answer(window, "papeles en regla")
    accepted = wait_until("accepted", lambda: (row := member(centre, first)) and
                          row["status"] == "accepted" and row, 5)
    assert accepted["reason"] == "papeles en regla"
    closed(window)
    press(window, "Rechazar", second["name"])
    dialog(window)
    window.switch_to.active_element.send_keys("no es del barrio")
    path = f"/api/v1/members/{second['rut']}/decision"
    assert centre.api.request("POST", path, json={"accept": True}).status_code == 200
    window.switch_to.active_element.send_keys(Keys.ENTER)
    said = wait_until("the refusal", lambda: one(window, "dialog .problem").text, 5)
    assert "decid" in said.lower() or "resuel" in said.lower(), said
    assert one(window, "dialog input").get_attribute("value") == "no es del barrio"
    window.switch_to.active_element.send_keys(Keys.ESCAPE)
    closed(window)
    assert member(centre, second)["status"] == "accepted"


def test_reports_are_dismissed_and_a_fugitive_is_let_go(centre, window, cart):
    watch(window, centre, "reports")
    cart.send([cart.outbox.location(1, 1)])
    wait_until("the cart is known", lambda: centre.api.items("/carts", q=cart.cart), 15)
    wanted, note = cart.cart, "azul " + secrets.token_hex(4)
    for body in ({"cart": wanted, "lat": 1, "lon": 1}, {"lat": 71, "lon": 71, "note": note}):
        assert centre.api.request("POST", "/api/v1/reports", json=body).status_code == 202
    press(window, "Descartar", note)
    wait_until("dismissed", lambda: next(row for row in centre.api.items("/reports") if
                                         row["note"] == note)["status"] == "dismissed", 5)
    press(window, "Confirmar", wanted)
    answer(window)
    wait_until("confirmed", lambda: [f for f in centre.api.items("/fugitives")
                                     if f["cart"] == wanted and f["confirmed"]], 5)
    closed(window)
    press(window, "Dejar de buscar", wanted)
    answer(window)
    wait_until("let go", lambda: wanted not in [f["cart"] for f in centre.api.items("/fugitives")], 5)
    closed(window)


def test_a_block_is_lifted(centre, window):
    name = user_of(centre, "viewer")
    watch(window, centre, "blocked")
    stranger = Api(centre.api.base)
    for _ in range(6):
        last = stranger.request("POST", "/api/v1/login", json={"user": name, "password": "x" * 12})
    assert last.status_code == 429
    press(window, "Desbloquear", name)
    wait_until("lifted", lambda: name not in [row["user"] for row in centre.api.items("/blocked")], 5)
    last = stranger.request("POST", "/api/v1/login", json={"user": name, "password": PASSWORD})
    assert last.status_code == 200


@pytest.mark.parametrize("role", ["members", "notify"])
def test_a_role_is_stopped_and_started(centre, window, role):
    def is_now(wanted):
        return next(row for row in centre.api.items("/consumers") if
                    row["role"] == role)["state"] == wanted
    watch(window, centre, "consumers")
    try:
        press(window, "Detener", role)
        answer(window)
        wait_until("stopped", lambda: is_now("stopped"), 5)
        closed(window)
        press(window, "Iniciar", role)
        wait_until("running", lambda: is_now("running"), 5)
        assert ("Mensajes" in "".join(row_of(window, role))) == (role != "notify"), "there are none"
    finally:
        centre.api.request("POST", f"/api/v1/consumers/{role}/start")


def test_letters_are_tried_again_taken_and_dropped(centre, window, cart):
    sale = cart.outbox.sale(4)
    for event in (sale, {**sale, "quantity": 8}, {**sale, "quantity": 9}):
        centre.kafka.produce("carrito.sales", cart.cart, line(event))
    good = line(cart.outbox.sale(5))
    centre.kafka.produce("carrito.dead-letters", cart.cart, good,
                         {"error": "x", "source": f"mqtt:carrito/v1/{cart.cart}/events"})
    centre.kafka.produce("carrito.dead-letters", cart.cart, b'{"v":1,"type":"sale"}',
                         {"error": "roto " + cart.cart, "source": f"mqtt:carrito/v1/{cart.cart}/events"})
    watch(window, centre, "letters")
    press(window, "Reintentar", good.decode())
    wait_until("both sales", lambda: sum(row["sales"] for row in centre.api.items(
        "/daily-sales", cart=cart.cart)) == 2, 10)
    press(window, "Reintentar", "roto " + cart.cart)
    wait_until("the refusal", lambda: "cart" in one(window, ".toast.bad").text, 5)
    def aside():
        return centre.api.items("/set-aside", cart=cart.cart)
    wait_until("two set aside", lambda: len(aside()) == 2, 10)
    press(window, "Aceptar", '"quantity":9')
    wait_until("taken", lambda: len(aside()) == 1, 5)
    press(window, "Descartar", '"quantity":8')
    answer(window)
    wait_until("dropped", lambda: not aside(), 5)
    closed(window)


def test_users_and_tokens(centre, window):
    watch(window, centre, "users")
    name, token = "u" + secrets.token_hex(4), "t" + secrets.token_hex(4)
    def users():
        return [row["name"] for row in centre.api.items("/users")]
    def tokens():
        return [row["name"] for row in centre.api.items("/tokens")]
    fill(window, 0, name=name, password="corta")
    said = wait_until("the refusal", lambda: one(window, ".view form .problem").text, 5)
    assert one(window, ".view form [name=password]").get_attribute("aria-invalid") == "true", said
    assert one(window, ".view form [name=name]").get_attribute("value") == name
    fill(window, 0, password=PASSWORD)
    wait_until("the user", lambda: name in users(), 5)
    press(window, "Cambiar contraseña", name)
    answer(window, PASSWORD + "s")
    closed(window)
    stranger = Api(centre.api.base)
    assert stranger.request("POST", "/api/v1/login", json={
        "user": name, "password": PASSWORD + "s"}).status_code == 200
    fill(window, 1, name=token, days="30")
    given = dialog(window).find_element(By.CSS_SELECTOR, ".token").text.split()[-1]
    assert Api(centre.api.base, given).get("/me")["role"] == "viewer"
    window.switch_to.active_element.send_keys(Keys.ESCAPE)
    closed(window)
    press(window, "Revocar", token)
    answer(window)
    wait_until("revoked", lambda: token not in tokens(), 5)
    closed(window)
    press(window, "Quitar", name)
    answer(window)
    wait_until("removed", lambda: name not in users(), 5)
    closed(window)


def test_a_user_gets_another_role(centre, window):
    name, cart = user_of(centre, "viewer"), plate()
    watch(window, centre, "users")
    press(window, "Cambiar rol", name)
    asked = dialog(window)
    assert Select(asked.find_element(By.NAME, "role")).first_selected_option.text == "lectura"
    Select(asked.find_element(By.NAME, "role")).select_by_value("vendor")
    asked.find_element(By.NAME, "cart").send_keys(Keys.ENTER)
    wait_until("the refusal", lambda: one(window, "dialog .problem").text, 5)
    assert asked.find_element(By.NAME, "cart").get_attribute("aria-invalid") == "true"
    asked.find_element(By.NAME, "cart").send_keys(cart.lower(), Keys.ENTER)
    wait_until("the role", lambda: [(row["role"], row["cart"]) for row in centre.api.items("/users")
                                    if row["name"] == name] == [("vendor", cart)], 5)
    closed(window)
    appears(window, "it is shown", lambda: row_of(window, name)[1:3] == ["vendedor", cart])


def test_the_desk_sells_counts_and_a_receipt_is_taken_back(centre, window):
    watch(window, centre, "desk")
    cart = plate()
    fill(window, 0, cart="no!", quantity="3", client="Ana")
    wait_until("the refusal", lambda: one(window, ".view form .problem").text, 5)
    assert one(window, ".view form [name=cart]").get_attribute("aria-invalid") == "true"
    assert one(window, ".view form [name=client]").get_attribute("value") == "Ana"
    window.find_elements(By.CSS_SELECTOR, ".view form [name=cart]")[0].clear()
    one(window, ".view form [name=cart]").send_keys(cart.lower())
    button = one(window, ".view form button[type=submit]")
    ActionChains(window).double_click(button).perform()
    sold = wait_until("the sale", lambda: centre.api.items("/sales", cart=cart), 10)
    fill(window, 1, cart=cart, stock="12")
    wait_until("the level", lambda: centre.api.cart(cart)["stock"] == 12, 10)
    assert [(row["quantity"], row["client"]) for row in centre.api.items("/sales", cart=cart)] == \
        [(3, "Ana")] and len(sold) == 1
    watch(window, centre, f"sales?cart={cart}")
    press(window, "Anular", cart)
    answer(window, "se cayó")
    wait_until("taken back", lambda: centre.api.items("/sales", cart=cart)[0]["voided"], 10)
    closed(window)
    appears(window, "it is shown", lambda: "anulada" in shown(window, ".view tbody"))


def test_a_sale_whose_answer_was_lost_is_sent_again_as_the_same(centre, window):
    """The network ends between the sale and its answer; the vendor presses again."""
    watch(window, centre, "desk")
    cart = plate()
    window.execute_script(
        "const real = fetch; window.lost = 0; window.fetch = async (...asked) => {"
        " const answer = await real(...asked);"
        " if (String(asked[0]).endsWith('/sales') && window.lost++ === 0) throw new TypeError('lost');"
        " return answer; }")
    fill(window, 0, cart=cart, quantity="2")
    wait_until("it is said", lambda: one(window, ".view form .problem").text, 5)
    fill(window, 0)
    wait_until("the sale", lambda: "venta 1" in shown(window, ".toast"), 10)
    wait_until("one sale", lambda: len(centre.api.items("/sales", cart=cart)) == 1, 10)
    window.refresh()


def test_a_cart_is_asked_for_its_position(centre, window, cart):
    cart.send([cart.outbox.location()])
    wait_until("the cart", lambda: centre.api.cart(cart.cart)["lat"], 10)
    watch(window, centre, f"overview?cart={cart.cart}")
    press(window, "Pedir posición", cart.cart)
    wait_until("the command", lambda: [c for c in cart.commands() if c["command"] == "locate"], 5)


def test_an_order_is_cancelled(world, browser):
    world.collector.env["CARRITO_ORDER_STEP_MS"] = "60000"
    world.start()
    enter_as(browser, world, user_of(world, "operator"))
    mail = f"c{secrets.token_hex(4)}@example.cl"
    body = {"product": "Sopaipilla", "price": 500, "email": mail}
    order = world.api.request("POST", "/api/v1/orders", json=body).json()["id"]
    show(browser, world, "orders")
    press(browser, "Cancelar", mail)
    answer(browser)
    wait_until("cancelled", lambda: world.api.get(f"/orders/{order}")["status"] == "cancelado", 5)
    wait_until("it is shown", lambda: mail in shown(browser, "[aria-labelledby=lane-cancelado]"), 5)


# Where the focus is: its place among the controls that are to be reached (-1: none of them), and
# whether a person sees it there.
FOCUS = """
    const focused = document.activeElement, box = focused.getBoundingClientRect();
    const seen = focused === document.body || (focused.checkVisibility({ visibilityProperty: true })
        && box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0
        && box.left < innerWidth && box.top < innerHeight);
    return [window.controls.indexOf(focused), seen, focused.outerHTML.slice(0, 200)];"""


def test_every_button_of_a_view_is_reached_by_tab(centre, browser):
    """The other tests put the focus where Tab would; here Tab does, from the top (one back from the
    second) to the end. The keys go to the page, as a keyboard's do, and the controls are marked nowhere on the page: a
    row that a mark had changed would be drawn anew by the next renewal."""
    sign_in(browser, centre)
    show(browser, centre, "users")
    count = browser.execute_script(
        "window.controls = [...document.querySelectorAll('button, a[href], input, select')]"
        ".filter((e) => e.checkVisibility() && !e.disabled);"
        "window.controls[1].focus(); return window.controls.length")
    ActionChains(browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    reached = set()
    for _ in range(2 * count):
        index, seen, html = browser.execute_script(FOCUS)
        assert seen, f"the focus is where nobody sees it: {html}"
        reached.add(index)
        if len(reached - {-1}) == count:
            break
        ActionChains(browser).send_keys(Keys.TAB).perform()
    left = browser.execute_script(
        "return window.controls.filter((e, index) => !arguments[0].includes(index) && e.isConnected)"
        ".map((e) => e.outerHTML)", sorted(reached))
    assert not left, left
