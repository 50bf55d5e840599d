"""An order is offered to the nearest cart that can have it, goes on where nobody answers, and fails where none
is left (K1); and each command that docs/schemas/command.json has is said to a cart by somebody."""
import json
import math
import secrets
import sqlite3

import jsonschema
import pytest

from harness.api import Api
from harness.cart import ROOT_TOPIC, PahoCart
from harness.events import now_ms
from harness.process import ROOT
from harness.wait import wait_until

SCHEMA = json.loads((ROOT / "docs/schemas/command.json").read_text(encoding="utf-8"))
HERE = {"lat": -33.45, "lon": -70.65}
OFFER_S, DISPATCH_S = 2, 6


class ListeningCart(PahoCart):
    """Somebody is at its till, `metres` north of the buyer, with `stock` to sell."""

    def __init__(self, port, metres, stock):
        super().__init__(port)
        self.metres, self.stock = metres, stock

    def begin(self):
        self.send([self.outbox.event("stock", stock=self.stock), self.outbox.location(
            lat=HERE["lat"] + self.metres / 111195, lon=HERE["lon"])])
        self.wait_acked()
        return self.beat()

    def beat(self, orders=True):
        self.publish(f"{ROOT_TOPIC}/{self.cart}/heartbeat", json.dumps(
            {"ts_ms": now_ms(), "waiting": 0, "acked": self.outbox.seq, "gps": "fix", "orders": orders,
             "done": [c["id"] for c in self.commands()][-16:]}), 0)
        return self

    def say(self, order, status):
        self.send([self.outbox.event("order", order=order, status=status)])
        self.wait_acked()

    def told(self, order):
        """What it was told of the order: "offer/1", "taken/1", "cancel/1"."""
        seen = []
        for command in self.commands():
            if command.get("order") == order and command["id"] not in seen:
                seen.append(command["id"])
        return [one.replace(f"/{order}", "") for one in seen]


@pytest.fixture
def guild(world):
    world.collector = world.make_collector(CARRITO_ORDERS="dispatch", CARRITO_OFFER_S=OFFER_S,
                                           CARRITO_DISPATCH_S=DISPATCH_S)
    return world.start()


def carts_of(world, *places):
    carts = [world.scene.add(ListeningCart(world.mqtt_port, *place)) for place in places]
    for cart in carts:
        cart.begin()
    wait_until("all are heard", lambda: all(
        world.api.request("GET", f"/api/v1/carts/{c.cart}").status_code == 200
        and world.api.cart(c.cart)["state"] == "heard" and world.api.cart(c.cart)["stock"] == c.stock
        for c in carts), 20)
    for cart in carts:
        cart.beat()
    return carts


def place(world, **members):
    answer = world.api.request("POST", "/api/v1/orders", json={
        "product": "Sopaipilla", "price": 500, "quantity": 2, "email": f"b{secrets.token_hex(4)}@example.org",
        "place": "el kiosco", **HERE, **members})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def row(world, order):
    return next(o for o in world.api.items("/orders") if o["id"] == order)


def listening(world):
    with sqlite3.connect(f"file:{world.collector.store}?mode=ro", uri=True) as db:
        return {cart for cart, in db.execute("SELECT cart FROM carts WHERE listens = 1")}


def test_an_order_finds_its_cart(guild):
    empty, near, far = carts_of(guild, (50, 1), (100, 10), (200, 10))
    order = place(guild)
    wait_until("the nearest with stock is asked", lambda: near.told(order) == ["offer/1"], 2 + OFFER_S)
    assert empty.told(order) == far.told(order) == []
    offer = near.commands()[-1]
    assert (offer["quantity"], offer["price"], offer["product"]) == (2, 500, "Sopaipilla")
    assert math.isclose(offer["distance_m"], 100, abs_tol=2) and offer["bearing_deg"] == 180
    assert not {"place", "lat", "lon"} & set(offer)

    wait_until("nobody answers: the next is", lambda: far.told(order) == ["offer/2"], OFFER_S + 3)
    near.say(order, "preparando")
    wait_until("late, it is told so", lambda: near.told(order) == ["offer/1", "cancel/1"], 5)
    far.say(order, "preparando")
    wait_until("it is its own", lambda: far.told(order) == ["offer/2", "taken/2"], 5)
    taken = [c for c in far.commands() if c.get("taken")][-1]
    assert (taken["place"], taken["lat"], taken["lon"]) == ("el kiosco", HERE["lat"], HERE["lon"])
    far.send([far.outbox.event("order", order=order, status="entregando")])
    far.send([far.outbox.event("order", order=order, status="finalizado"),
              far.outbox.sale(2, order=order, amount=1000, stock=8)])
    wait_until("it is done", lambda: row(guild, order)["status"] == "finalizado", 10)
    shown = row(guild, order)
    assert [one["status"] for one in shown["history"]] == ["recibido", "preparando", "entregando", "finalizado"]
    assert [(o["cart"], o["outcome"]) for o in shown["offers"]] == [
        (near.cart, "unanswered"), (far.cart, "accepted")]
    followed = guild.api.get(f"/orders/{order}")
    assert {name: followed[name] for name in ("held", "turn", "offers")} == {
        name: shown[name] for name in ("held", "turn", "offers")}
    assert "offers" not in Api(guild.api.base).get(f"/orders/{order}")

    for cart in (near, far):
        cart.beat(orders=False)
    wait_until("nobody listens", lambda: listening(guild) == {empty.cart}, 5)
    lost = place(guild)
    wait_until("it fails in its time", lambda: row(guild, lost)["status"] == "fallido", DISPATCH_S + 5)
    assert row(guild, lost)["failed_reason"] == "no-cart"
    assert [a["subject"] for a in guild.api.items("/alerts", kind="order-failed")] == [lost]

    for members, field in (({"lat": 40.4, "lon": -3.7}, "lat"), ({"place": "a\nb"}, "place")):
        wrong = guild.api.request("POST", "/api/v1/orders", json={
            "product": "x", "price": 1, "email": "a@example.org", **HERE, **members})
        assert (wrong.status_code, wrong.json()["field"]) == (422, field)
    nowhere = Api(guild.api.base).request("POST", "/api/v1/orders", json={
        "product": "x", "price": 1, "email": "a@example.org"})
    assert (nowhere.status_code, nowhere.json()["field"]) == (422, "lat")


def offer(world, cart):
    place(world)


def cancel(world, cart):
    order = place(world)
    wait_until("it is offered", lambda: row(world, order)["offers"], 5)
    assert world.api.request("POST", f"/api/v1/orders/{order}/cancel").status_code == 202


def restock(world, cart):
    cart.send([cart.outbox.sale(1, stock=3)])
    wait_until("it is low", lambda: [r["number"] for r in world.api.items("/restocks")] == [None], 10)
    number = world.api.request("POST", "/api/v1/restocks/announce").json()["number"]
    assert world.api.request("POST", f"/api/v1/restocks/{number}/done").status_code == 200


def tell(**members):
    def by_operator(world, cart):
        answer = world.api.request("POST", f"/api/v1/carts/{cart.cart}/commands", json=members)
        assert answer.status_code == 202, answer.text
    return by_operator


# Who makes the centre say it. A word of the schema without a row here is nobody's.
PRODUCERS = {
    "order-offer": offer,
    "order-cancel": cancel,
    "restocked": restock,
    "locate": tell(command="locate"),
    "replay": tell(command="replay", since_ms=1),
    "config": tell(command="config", location_s=20),
    "certificate": tell(command="certificate", certificate="-----BEGIN CERTIFICATE-----\nno\n"),
}


def test_each_command_is_said_by_somebody(guild):
    [cart] = carts_of(guild, (100, 50))
    assert sorted(PRODUCERS) == sorted(SCHEMA["properties"]["command"]["enum"])
    for name, produce in PRODUCERS.items():
        produce(guild, cart)
        wait_until(f"{name} comes", lambda name=name: name in [c["command"] for c in cart.commands()], 10)
    for command in cart.commands():
        jsonschema.Draft202012Validator(SCHEMA).validate(command)
