"""A cart's position is in GET /carts, with what else its heartbeat and state say."""
import json

from harness.cart import ROOT_TOPIC, PahoCart
from harness.events import now_ms, plate
from harness.wait import wait_until


def test_a_strangers_position_is_the_last_one_and_moves_only_forward(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    newest = cart.outbox.location(-33.45, -70.66, acc=4.5)
    older = cart.outbox.location(-33.40, -70.60)
    older["ts_ms"] -= 60_000
    cart.send([newest, older])
    cart.wait_acked()
    shown = wait_until("the position in GET /carts",
                       lambda: centre.api.cart(cart.cart)["lat"] and centre.api.cart(cart.cart), 15)
    assert (shown["lat"], shown["lon"], shown["acc"]) == (-33.45, -70.66, 4.5)
    assert shown["last_heard"] and shown["last_fix"]
    assert shown["last_sale"] is None
    listed = [row for row in centre.api.items("/carts") if row["cart"] == cart.cart]
    assert len(listed) == 1 and listed[0]["lat"] == -33.45


def test_a_sale_sets_the_last_sale_and_a_clean_stop_is_offline(centre):
    agent = centre.make_agent(plate(), CARRITO_GPS="sim:7", CARRITO_LOCATION_S=1)
    agent.start().wait_ready()
    assert agent.sell(1).returncode == 0

    def complete():
        row = centre.api.cart(agent.cart)
        return row["lat"] is not None and row["last_sale"] and row["state"] == "heard" and row

    row = wait_until("position, sale and state in GET /carts", complete, 20)
    assert -90 <= row["lat"] <= 90 and row["version"]
    assert agent.terminate() == 0
    wait_until("the cart is offline", lambda: centre.api.cart(agent.cart)["state"] == "offline", 15)


def test_who_listens_for_orders(centre, scene):
    """Until it says otherwise, says nothing of it, or signs off."""
    cart = scene.add(PahoCart(centre.mqtt_port))

    def says(**members):
        cart.publish(f"{ROOT_TOPIC}/{cart.cart}/heartbeat",
                     json.dumps({"ts_ms": now_ms(), "waiting": 0, "gps": "fix", **members}), qos=0)

    def listens(expected):
        wait_until(f"listens is {expected}", lambda: [
            row["listens"] for row in centre.api.items("/carts", q=cart.cart)] == [expected], 15)
        assert centre.api.cart(cart.cart)["listens"] is expected
    says()
    listens(False)
    says(orders=True)
    listens(True)
    says(orders=False)
    listens(False)
    says(orders=True)
    listens(True)
    says()
    listens(False)


def test_a_position_from_the_past_does_not_count_as_silence(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    late = cart.outbox.location()
    late["ts_ms"] = now_ms() - 3_600_000
    cart.send([late])
    cart.wait_acked()
    row = wait_until("the cart in GET /carts", lambda: centre.api.cart(cart.cart), 15)
    assert row["state"] == "heard", row
