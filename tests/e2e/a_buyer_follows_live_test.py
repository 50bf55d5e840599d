"""Who has an order's key hears of it as it goes, with its cart's way while the cart brings it and only then, until the
order has ended; who has not hears nothing, and nobody hears of another's order."""
import secrets

import pytest

from harness.api import Api
from harness.cart import PahoCart
from harness.events import now_ms
from harness.listener import Listener
from harness.smtp import MailServer
from harness.wait import wait_until

PLACE = {"lat": -33.4400, "lon": -70.6500}
NEAR = (-33.4400, -70.6400)  # 928 m to the east of it


@pytest.fixture
def server(scene):
    return scene.add(MailServer()).start()


@pytest.fixture
def guild(world, server):
    """A centre whose orders move by a vendor's steps alone."""
    world.collector = world.make_collector(CARRITO_ORDER_STEP_MS=3600000, CARRITO_SMTP=server.url)
    return world.start()


def place(api, **more):
    answer = api.request("POST", "/api/v1/orders", json={
        "product": "Sopaipilla", "price": 500, "email": f"b{secrets.token_hex(4)}@example.org", **PLACE, **more})
    assert answer.status_code == 202, answer.text
    return answer.json()


def follow(scene, api, placed):
    return scene.add(Listener(api, path=f"/api/v1/orders/{placed['id']}/stream", headers={"Order-Key": placed["key"]}))


def step(cart, placed, *statuses):
    cart.send([cart.outbox.event("order", order=placed["id"], status=status) for status in statuses])


def newest(listener):
    return (listener.of("order") or [{}])[-1]


def test_a_buyer_sees_the_cart_come_and_nobody_elses(guild):
    buyer, cart, other = Api(guild.api.base), guild.scene.add(PahoCart(guild.mqtt_port)), PahoCart(guild.mqtt_port)
    guild.scene.add(other)
    mine, theirs = place(buyer), place(buyer)
    listener, neighbour = follow(guild.scene, buyer, mine), follow(guild.scene, buyer, theirs)
    wait_until("how it is now", lambda: newest(listener).get("status") == "recibido", 5)
    wait_until("both are in the store", lambda: {mine["id"], theirs["id"]} <= {
        one["id"] for one in guild.api.items("/orders")}, 10)

    cart.send([cart.outbox.location(*NEAR, ts_ms=now_ms() - 300_000)])
    step(cart, mine, "preparando")
    wait_until("it is being prepared", lambda: newest(listener)["status"] == "preparando", 10)
    now = newest(listener)
    assert now["cart"] == cart.cart and now["position"] is None and now["distance_m"] is None and now["eta_s"] is None

    step(cart, mine, "entregando")
    wait_until("where the cart is", lambda: newest(listener)["position"], 10)
    now = newest(listener)
    assert (now["position"]["lat"], now["position"]["lon"]) == NEAR
    assert now["distance_m"] == pytest.approx(928, abs=2)
    assert now["eta_s"] == pytest.approx(928 * 1.3 / 1.2, abs=3)
    cart.send([cart.outbox.location(-33.4400, -70.6490)])
    wait_until("it has come nearer", lambda: newest(listener)["distance_m"] < 100, 10)
    asked = buyer.request("GET", f"/api/v1/orders/{mine['id']}", headers={"Order-Key": mine["key"]}).json()
    assert newest(listener) == asked

    step(cart, mine, "finalizado")
    wait_until("the stream ends with the order", listener.over, 10)
    now = newest(listener)
    assert now["status"] == "finalizado" and now["position"] is None and now["eta_s"] is None
    assert {one["id"] for one in neighbour.of("order")} == {theirs["id"]} and not neighbour.over()
    buyer.close()


def test_who_fetches_it_sees_the_cart_once_it_is_made(guild, server):
    buyer, cart = Api(guild.api.base), guild.scene.add(PahoCart(guild.mqtt_port))
    address = f"b{secrets.token_hex(4)}@example.org"
    order = place(buyer, pickup=True, email=address)
    listener = follow(guild.scene, buyer, order)
    cart.send([cart.outbox.location(*NEAR)])
    for status in ("preparando", "entregando"):
        step(cart, order, status)
        wait_until(status, lambda status=status: newest(listener).get("status") == status
                   and newest(listener)["position"] is not None, 10)  # which another role writes
        now = newest(listener)
        assert now["pickup"] is True and now["position"]["lat"] == NEAR[0] and now["eta_s"] is None
        assert now["distance_m"] == pytest.approx(928, abs=2)
    wait_until("its mails", lambda: len(server.to(address)) == 3, 15)
    texts = [one.get_content() for one in server.to(address)]
    assert all("Entrega:   retiro en el carro" in text and "aquí:" not in text for text in texts)
    assert "está listo; te esperan en el carro." in texts[2] and "en camino" not in texts[2]
    buyer.close()


def test_without_the_key_nothing_is_heard(guild):
    buyer = Api(guild.api.base)
    mine, theirs = place(buyer), place(buyer)
    path = f"/api/v1/orders/{mine['id']}/stream"
    for headers in ({}, {"Order-Key": theirs["key"]}, {"Order-Key": mine["id"]}, {"Order-Key": ""},
                    {"Authorization": f"Bearer {guild.api.token}"}):
        answer = buyer.request("GET", path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "order-key"), headers
    for unknown in ("0" * 32, "x", mine["id"].upper() + "0"):
        answer = buyer.request("GET", f"/api/v1/orders/{unknown}/stream", headers={"Order-Key": mine["key"]})
        assert answer.status_code == 404
    assert buyer.request("GET", path + "?key=" + mine["key"]).status_code == 400, "no key in an address"
    buyer.close()


def test_a_reload_has_its_stream_though_the_one_before_is_not_known_to_be_gone(guild):
    buyer = Api(guild.api.base)
    mine = place(buyer)
    listeners = [follow(guild.scene, buyer, mine) for _ in range(6)]
    wait_until("the oldest have ended", lambda: [one.over() for one in listeners] == 2 * [True] + 4 * [False], 5)
    assert all(newest(one)["id"] == mine["id"] for one in listeners)
    buyer.close()
