"""A buyer orders from a telephone and sees the order come: what it costs, where one is by the telephone or by a tap, one
order however often it was tapped, each state in words, the cart and how long it takes while it comes and only then;
over a reload, without network and back, and by links with anything appended."""
import json
import secrets

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from console_test import complaints, one, text
from harness.api import Api
from harness.cart import ROOT_TOPIC, PahoCart
from harness.events import now_ms
from harness.wait import wait_until

HERE = {"latitude": -33.4400, "longitude": -70.6500, "accuracy": 12}
EAST = (-33.4400, -70.6400)  # 928 m from there

# Sent and taken, but the answer is lost on its way; once.
LOSES_AN_ANSWER = """
const real = window.fetch;
let left = sessionStorage.getItem("lost") ? 0 : 1;
window.fetch = async (...call) => {
  const answer = await real(...call);
  if (!call[1] || call[1].method !== "POST" || left === 0) return answer;
  left = 0;
  sessionStorage.setItem("lost", "1");
  throw new TypeError("lost");
};
"""
WITHOUT_STREAMS = "delete ReadableStream.prototype.getReader; window.streamed = 0;"


@pytest.fixture
def telephone(browser):
    """As wide as one, held upright, whose owner lets it say where it is."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True})
    browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["geolocation"]})
    browser.execute_cdp_cmd("Emulation.setGeolocationOverride", HERE)
    return browser


@pytest.fixture
def guild(world):
    """Its orders move by a vendor's steps alone."""
    config = world.folder / "collector.conf"
    config.write_text("[products]\nsopaipilla = 700\nTé con leche = 900\n")
    world.collector = world.make_collector(CARRITO_ORDER_STEP_MS=3600000)
    world.collector.argv += ["--config", str(config)]
    return world.start()


def mail():
    return f"b{secrets.token_hex(4)}@example.org"


def fits(browser):
    return browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def form(browser, base, address, path="/pedir"):
    browser.get(base + path)
    wait_until("the form", lambda: "Total" in text(browser), 10)
    one(browser, "input[name=email]").send_keys(address)


def send(browser):
    one(browser, "button[type=submit]").click()
    wait_until("the order's page", lambda: "/pedidos/" in browser.current_url, 10)


def orders_of(centre, address):
    return [order for order in centre.api.items("/orders") if order["email"] == address]


def says(browser, words, seconds=10):
    wait_until(words, lambda: words in text(browser), seconds)


def test_where_one_is_by_the_telephone_or_by_a_tap(guild, telephone):
    address = mail()
    form(telephone, guild.api.base, address, "/pedir/?utm_source=feria&utm_source=x")
    assert fits(telephone)
    one(telephone, ".where button").click()
    says(telephone, "12 m de precisión")
    one(telephone, "input[name=quantity]").clear()
    one(telephone, "input[name=quantity]").send_keys("3")
    says(telephone, "Total: $2.100")
    chart = one(telephone, ".plain-map svg")
    assert chart.is_displayed() and fits(telephone)
    send(telephone)
    wait_until("it is in the list", lambda: orders_of(guild, address), 10)
    (order,) = orders_of(guild, address)
    assert (order["lat"], order["lon"], order["quantity"]) == (-33.44, -70.65, 3)

    form(telephone, guild.api.base, address)
    one(telephone, ".where button").click()
    says(telephone, "12 m de precisión")
    one(telephone, ".plain-map svg").send_keys(Keys.ARROW_UP, Keys.ARROW_UP)
    says(telephone, "Ubicación puesta en el mapa.")
    send(telephone)
    wait_until("both are in the list", lambda: len(orders_of(guild, address)) == 2, 10)
    moved = orders_of(guild, address)[0]
    assert 0 < moved["lat"] - order["lat"] < 0.001 and moved["lon"] == pytest.approx(order["lon"], abs=1e-5)
    assert not complaints(telephone)


def test_a_lost_answer_a_reload_and_a_second_tap_are_one_order(guild, telephone):
    telephone.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": LOSES_AN_ANSWER})
    address = mail()
    form(telephone, guild.api.base, address)
    one(telephone, "input[value='Té con leche']").click()
    one(telephone, "button[type=submit]").click()
    says(telephone, "el mismo pedido no se hace dos veces")
    wait_until("the server has it", lambda: len(orders_of(guild, address)) == 1, 10)
    telephone.refresh()
    says(telephone, "el mismo pedido no se hace dos veces")
    assert one(telephone, "input[name=email]").get_attribute("value") == address
    says(telephone, "$1.800")
    send(telephone)
    (order,) = orders_of(guild, address)
    assert order["id"] in telephone.current_url

    # Back to the form as it was left, and a tap: still the one. From the link it is a new one.
    telephone.back()
    wait_until("the form", lambda: one(telephone, "input[name=email]"), 10)
    if one(telephone, "input[name=email]").get_attribute("value") == address:
        send(telephone)
        assert order["id"] in telephone.current_url
    one(telephone, "a[href='/pedir']").click()
    wait_until("the form", lambda: one(telephone, "input[name=email]"), 10)
    one(telephone, "input[name=email]").clear()
    one(telephone, "input[name=email]").send_keys(address)
    one(telephone, "input[value='Té con leche']").click()
    send(telephone)
    wait_until("another one", lambda: len(orders_of(guild, address)) == 2, 10)


def place(guild, **more):
    answer = Api(guild.api.base).request("POST", "/api/v1/orders", json={
        "product": "sopaipilla", "quantity": 2, "email": mail(), "lat": -33.44, "lon": -70.65, **more})
    assert answer.status_code == 202, answer.text
    return answer.json()


def step(cart, order, status):
    cart.send([cart.outbox.event("order", order=order["id"], status=status)])


def test_a_buyer_sees_the_cart_come(guild, telephone):
    cart, order = guild.scene.add(PahoCart(guild.mqtt_port)), place(guild)
    cart.send([cart.outbox.location(*EAST, ts_ms=now_ms() - 300_000)])
    telephone.get(f"{guild.api.base}/pedidos/{order['id']}/?fbclid=IwAR0#{order['key']}&utm_source=x")
    says(telephone, "Se busca un carro")
    assert fits(telephone) and one(telephone, ".plain-map").is_displayed() is False
    assert "2 × sopaipilla · $1.400" in text(telephone)
    telephone.execute_script("window.untouched = true")
    step(cart, order, "preparando")
    says(telephone, "Un carro lo tomó")
    says(telephone, cart.cart)
    assert not one(telephone, ".plain-map").is_displayed() and not one(telephone, "main button:not(.small)").is_displayed()
    step(cart, order, "entregando")
    says(telephone, "Llega en unos 17 min; está a 928 m.")
    assert one(telephone, ".plain-map .cart") and one(telephone, ".plain-map .here") and fits(telephone)
    cart.send([cart.outbox.location(-33.44, -70.6485)])
    says(telephone, "Llega en unos 3 min")
    assert telephone.execute_script("return window.untouched") is True

    telephone.refresh()
    says(telephone, "Llega en unos 3 min")
    telephone.execute_cdp_cmd("Network.enable", {})
    for offline in (True, False):
        telephone.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
        says(telephone, "Sin conexión" if offline else "Llega en unos")
        step(cart, order, "entregando" if offline else "finalizado")
    says(telephone, "¡Que lo disfrute!", 20)
    assert "Sin conexión" not in text(telephone)
    assert not one(telephone, ".plain-map").is_displayed() and "Llega en unos" not in text(telephone)


def test_a_buyer_takes_it_back_and_who_has_the_number_alone_cannot(guild, telephone):
    order, other = place(guild), place(guild)
    for link in (order["id"], f"{order['id']}#{other['key']}"):
        telephone.get("about:blank")
        telephone.get(f"{guild.api.base}/pedidos/{link}")
        says(telephone, "Con este enlace se ve solo el estado")
        assert not one(telephone, "main button:not(.small)").is_displayed()
    telephone.get("about:blank")
    telephone.get(f"{guild.api.base}/pedidos/{order['id']}%23{order['key']}")
    wait_until("the button", lambda: one(telephone, "main button:not(.small)").is_displayed(), 10)
    one(telephone, "main button:not(.small)").click()
    says(telephone, "El pedido fue cancelado")
    assert guild.api.get(f"/orders/{order['id']}")["status"] == "cancelado"
    telephone.get(f"{guild.api.base}/pedidos/{'0' * 32}#{order['key']}")
    says(telephone, "No existe un pedido", 20)


def test_without_a_stream_it_is_asked_for(guild, telephone):
    telephone.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WITHOUT_STREAMS})
    cart, order = guild.scene.add(PahoCart(guild.mqtt_port)), place(guild)
    telephone.get(f"{guild.api.base}/pedidos/{order['id']}#{order['key']}")
    says(telephone, "Se busca un carro")
    step(cart, order, "preparando")
    says(telephone, cart.cart, 15)


def test_a_closed_shop_says_so_before_one_orders(guild, telephone):
    """Orders are offered to carts, and nobody listens; then somebody does, who has nothing to sell."""
    config = guild.folder / "collector.conf"
    config.write_text("orders = dispatch\ndispatch_s = 2\nhours = 09:00-21:30\n" + config.read_text())
    assert guild.collector.terminate(10) == 0
    guild.collector.start().wait_ready()
    telephone.get(guild.api.base + "/pedir")
    says(telephone, "Ahora ningún carro recibe pedidos")
    assert "El gremio atiende de 09:00 a 21:30." in text(telephone)
    one(telephone, "input[name=email]").send_keys(mail(), Keys.ENTER)
    says(telephone, "Falta su ubicación")
    heartbeat = {"ts_ms": now_ms(), "waiting": 0, "acked": 0, "gps": "fix", "orders": True}
    cart = guild.scene.add(PahoCart(guild.mqtt_port))
    cart.send([cart.outbox.location(-33.4372, -70.6506)])
    cart.publish(f"{ROOT_TOPIC}/{cart.cart}/heartbeat", json.dumps(heartbeat))
    wait_until("it opens", lambda: guild.api.get("/products")["open"], 10)
    area = guild.api.get("/products")["area"]
    assert area["south"] < -33.447 and area["north"] > -33.4272 and area["west"] < -70.66 and area["east"] > -70.645
    wait_until("the page sees it", lambda: "Ahora ningún carro" not in text(telephone), 30)
    assert one(telephone, ".plain-map").is_displayed()
    one(telephone, ".plain-map svg").click()
    says(telephone, "Ubicación puesta en el mapa.")
    send(telephone)
    says(telephone, "Ningún carro lo pudo tomar a tiempo", 30)
    assert "fallido" in one(telephone, ".state-now").text.lower()
    assert not complaints(telephone)


def test_a_browser_that_runs_nothing_shows_a_form_and_a_state(guild, telephone):
    telephone.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    address = mail()
    telephone.get(guild.api.base + "/pedir")
    telephone.find_element(By.NAME, "email").send_keys(address)
    telephone.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    wait_until("the order's page", lambda: "/pedidos/" in telephone.current_url, 10)
    wait_until("it is in the list", lambda: orders_of(guild, address), 10)
    assert orders_of(guild, address)[0]["id"] in telephone.current_url
    telephone.refresh()
    body = telephone.find_element(By.TAG_NAME, "body")
    wait_until("its state", lambda: "Se busca un carro" in telephone.find_element(By.TAG_NAME, "body").text, 10)
    assert body is not None and "Este navegador muestra solo el estado" in telephone.find_element(
        By.TAG_NAME, "body").text
