"""In dispatch a wrong order, answer, id or key is a clear word to whoever sent it, and nothing moves."""
import json
import secrets

import pytest

from harness.api import Api
from harness.cart import PahoCart
from harness.centre import Centre
from harness.dispatch import BUYER, ORDER, place_order, start_guild, wait_status
from harness.events import now_ms
from harness.wait import stays_true, wait_until

WRONG = [
    ({"product": "Empanada"}, "product"), ({"price": 1}, "price"), ({"price": 100000}, "price"),
    ({"lat": None, "lon": None}, "lat"), ({"lat": 91}, "lat"), ({"lon": 181}, "lon"),
    ({"place": ""}, "place"), ({"place": "x" * 201}, "place"), ({"place": "a\nb"}, "place"),
    ({"place": "a\x1b[2Jb"}, "place"), ({"pickup": "yes"}, "pickup"), ({"quantity": 0}, "quantity"),
]


@pytest.fixture(scope="module")
def guild(module_scene):
    world = Centre(module_scene)
    start_guild(world, CARRITO_OFFER_S=3)
    return world


@pytest.fixture
def carts(guild, scene):  # pylint: disable=redefined-outer-name
    """Two strangers that listen, the nearer one first; they are gone for the next test."""
    found = [a_cart(guild, scene, north) for north in (0.0009, 0.0036)]
    yield found
    for cart in found:
        cart.publish(f"carrito/v1/{cart.cart}/state", json.dumps(
            {"state": "offline", "epoch": cart.outbox.epoch, "session": 1, "version": "1",
         "ts_ms": now_ms()}),
            retain=True)
        wait_until("it has gone", lambda c=cart: not guild.api.cart(c.cart)["listens"], 15)


def a_cart(guild, scene, north):  # pylint: disable=redefined-outer-name
    cart = scene.add(PahoCart(guild.mqtt_port))
    cart.publish(f"carrito/v1/{cart.cart}/state", json.dumps(
        {"state": "online", "epoch": cart.outbox.epoch, "session": 1, "version": "1",
         "ts_ms": now_ms()}), retain=True)
    cart.send([cart.outbox.event("stock", stock=50),
               cart.outbox.location(BUYER["lat"] + north, BUYER["lon"])])
    cart.publish(f"carrito/v1/{cart.cart}/heartbeat", json.dumps(
        {"ts_ms": now_ms(), "waiting": 0, "acked": 0, "gps": "fix", "orders": True}))
    wait_until("it listens", lambda: (row := guild.api.cart(cart.cart))["listens"]
               and row["lat"] is not None and row["stock"] == 50, 15)
    return cart


def say(cart, order, status):
    cart.send([cart.outbox.event("order", order=order, status=status)])
    cart.wait_acked()


def heard(cart, command, **members):
    """The command for this cart that has these members, once it is there."""
    return wait_until(f"{cart.cart} is told {command} {members}", lambda: next(
        (said for said in cart.commands() if said["command"] == command
         and all(said.get(key) == value for key, value in members.items())), None), 15)


def dead_letters(guild, cart):  # pylint: disable=redefined-outer-name
    return [row for row in guild.api.items("/dead-letters") if cart.cart in row["text"]]


@pytest.mark.parametrize("members, field", WRONG, ids=str)
def test_an_order_that_cannot_be(guild, members, field):
    order = {key: value for key, value in {**ORDER, **members}.items() if value is not None}
    before = len(guild.api.items("/orders"))
    answer = Api(guild.api.base).request("POST", "/api/v1/orders", json=order)
    assert (answer.status_code, answer.json().get("field")) == (422, field), answer.text
    assert answer.json()["detail"]
    assert len(guild.api.items("/orders")) == before


def test_from_the_other_side_of_the_world(guild, carts):
    answer = Api(guild.api.base).request("POST", "/api/v1/orders",
                                         json={**ORDER, "lat": 33.4, "lon": 109.3})
    assert (answer.status_code, answer.json().get("field")) == (422, "lat"), answer.text
    assert not any(cart.commands() for cart in carts)


def test_a_step_of_a_cart_that_was_not_asked(guild, carts):
    near, far = carts
    order, _ = place_order(Api(guild.api.base))
    heard(near, "order-offer", order=order)
    say(far, order, "preparando")
    heard(far, "order-cancel", order=order, reason="expired")
    assert guild.api.get(f"/orders/{order}")["status"] == "recibido"
    wait_until("it is a dead letter", lambda: dead_letters(guild, far), 10)
    say(near, order, "preparando")
    assert wait_status(guild.api, order, "preparando")["cart"] == near.cart
    say(far, order, "finalizado")
    stays_true("nothing moves", lambda: guild.api.get(f"/orders/{order}")["status"] == "preparando", 1)


def test_an_answer_to_an_offer_that_is_over(guild, carts):
    near, far = carts
    order, _ = place_order(Api(guild.api.base))
    heard(near, "order-offer", order=order)
    heard(far, "order-offer", order=order)  # 3 s later
    say(near, order, "preparando")
    heard(near, "order-cancel", order=order, reason="expired")
    say(far, order, "preparando")
    assert wait_status(guild.api, order, "preparando")["cart"] == far.cart


def test_a_forged_id_and_a_forged_key(guild, carts):
    near, _ = carts
    buyer = Api(guild.api.base)
    order, key = place_order(buyer)
    heard(near, "order-offer", order=order)
    forged = secrets.token_hex(16)
    say(near, forged, "preparando")
    wait_until("it is a dead letter", lambda: dead_letters(guild, near), 10)
    assert buyer.request("GET", f"/api/v1/orders/{forged}").status_code == 404
    for header in ({}, {"Order-Key": forged}):
        shown = buyer.request("GET", f"/api/v1/orders/{order}", headers=header)
        assert "Portón azul" not in shown.text and "ana@" not in shown.text
        refused = buyer.request("POST", f"/api/v1/orders/{order}/cancel", headers=header)
        assert refused.status_code in (401, 403, 404) and refused.json()["detail"], refused.text
    assert guild.api.get(f"/orders/{order}")["status"] == "recibido"
    assert buyer.request("POST", f"/api/v1/orders/{order}/cancel", headers=key).status_code in (200, 202)
    heard(near, "order-cancel", order=order, reason="cancelled")
    buyer.close()


def test_an_operator_names_a_cart_that_is_none(guild, carts):
    order, _ = place_order(Api(guild.api.base))
    heard(carts[0], "order-offer", order=order)
    for body, status in (({"cart": "NOBODY-9"}, (404, 409, 422)), ({"cart": 7}, (422,)), ({}, (422,))):
        answer = guild.api.request("POST", f"/api/v1/orders/{order}/assign", json=body)
        assert answer.status_code in status and answer.json()["detail"], answer.text
    unknown = guild.api.request("POST", f"/api/v1/orders/{secrets.token_hex(16)}/assign",
                                json={"cart": carts[0].cart})
    assert unknown.status_code == 404
    assert guild.api.get(f"/orders/{order}")["status"] == "recibido"
