"""An order goes through its four states, each told in Kafka once and in order; a buyer cancels it
while it is received; what is no order is refused by the field's name; an order outlives a Kafka that
is away."""
import json
import threading
import time

import pytest

from harness.api import Api
from harness.wait import wait_until

STATES = ["recibido", "preparando", "entregando", "finalizado"]


def an_order(**members):
    """A member that is None is left out."""
    order = {"product": "Sopaipilla", "price": 500, "quantity": 2, "email": "ana@example.cl", **members}
    return {key: value for key, value in order.items() if value is not None}


def placed(api, **members):
    """The order's id, and its key as a header."""
    answer = api.request("POST", "/api/v1/orders", json=an_order(**members))
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "recibido"
    return answer.json()["id"], {"Order-Key": answer.json()["key"]}


def place(api, **members):
    return placed(api, **members)[0]


def wait_status(api, order, status, seconds=10):
    return wait_until(f"the order is {status}",
                      lambda: (found := api.get(f"/orders/{order}"))["status"] == status and found,
                      seconds, every=0.02)


def changes(kafka, order):
    found = [r for r in kafka.records("carrito.order-processing") if r.key() == order.encode()]
    return [json.loads(r.value())["status"] for r in sorted(found, key=lambda r: r.offset())]


def test_four_states_in_order_each_told_once(centre):
    buyer = Api(centre.api.base)
    order, key = placed(buyer, lat=-33.4, lon=-70.6)
    row = wait_status(buyer, order, "finalizado")
    assert [step["status"] for step in row["history"]] == STATES
    assert [step["time"] for step in row["history"]] == sorted(s["time"] for s in row["history"])
    wait_until("all four changes are in Kafka", lambda: len(changes(centre.kafka, order)) >= 4, 10)
    assert changes(centre.kafka, order) == STATES
    listed = [o for o in centre.api.items("/orders", status="finalizado") if o["id"] == order]
    assert [(o["product"], o["quantity"], o["history"]) for o in listed] == \
        [("Sopaipilla", 2, row["history"])]
    assert buyer.request("POST", f"/api/v1/orders/{order}/cancel", headers=key).status_code == 409
    assert buyer.request("GET", "/api/v1/orders").status_code == 401
    buyer.close()


def test_an_accepted_order_is_never_unknown(centre):
    buyer = Api(centre.api.base)
    for _ in range(30):
        order = place(buyer)
        assert buyer.request("GET", f"/api/v1/orders/{order}").status_code == 200
    assert buyer.request("GET", f"/api/v1/orders/{'0' * 32}").status_code == 404
    assert buyer.request("GET", "/api/v1/orders/x").status_code == 404
    buyer.close()


@pytest.mark.parametrize("members, field", [
    ({"product": ""}, "product"), ({"product": "x" * 101}, "product"), ({"product": 5}, "product"),
    ({"price": -1}, "price"), ({"price": 10000001}, "price"), ({"price": "1"}, "price"), ({"price": 10000000.5}, "price"),
    ({"quantity": 0}, "quantity"), ({"quantity": 1001}, "quantity"),
    ({"email": "nobody"}, "email"), ({"email": "a@b.cl\r\nBcc: c@d.cl"}, "email"),
    ({"lat": 91, "lon": 0}, "lat"), ({"lat": 1}, "lon"),
])
def test_a_bad_field_is_named(centre, members, field):
    answer = centre.api.request("POST", "/api/v1/orders", json=an_order(**members))
    assert answer.status_code == 422 and answer.json()["field"] == field, answer.text


def test_a_price_is_rounded_to_whole_pesos_and_told(centre):
    for said, understood in ((990.6, 991), (990.4, 990), (990.0, 990), (0.5, 1)):
        answer = centre.api.request("POST", "/api/v1/orders", json=an_order(price=said))
        assert answer.status_code == 202 and answer.json()["price"] == understood, answer.text


def test_the_same_key_is_one_order(centre):
    headers = {"Idempotency-Key": f"order-{time.time_ns()}"}
    ids = {centre.api.request("POST", "/api/v1/orders", json=an_order(), headers=headers)
           .json()["id"] for _ in range(3)}
    assert len(ids) == 1
    wait_status(centre.api, ids.pop(), "finalizado")
    other = centre.api.request("POST", "/api/v1/orders", json=an_order(price=1), headers=headers)
    assert other.status_code == 422


def test_cancelled_while_received_and_taken_while_kafka_is_away(world):
    config = world.folder / "collector.conf"
    config.write_text("orders = auto\n[products]\nSopaipilla = 700\n")
    world.collector.argv += ["--config", str(config)]
    world.collector.env["CARRITO_ORDER_STEP_MS"] = "1500"
    world.start_brokers()
    world.collector.start().wait_ready()
    api = world.sign_in()
    buyer = Api(api.base)

    unknown = buyer.request("POST", "/api/v1/orders", json=an_order(product="Empanada"))
    assert unknown.status_code == 422 and unknown.json()["field"] == "product"
    dear = buyer.request("POST", "/api/v1/orders", json=an_order())
    assert dear.status_code == 422 and dear.json()["field"] == "price"
    assert buyer.get("/products") == {"items": [{"product": "Sopaipilla", "price": 700}], "next": None,
                                      "dispatch": False, "open": True, "area": None, "hours": None}

    (first, key), (second, key_of_second) = \
        placed(buyer, product="SOPAIPILLA", price=700), placed(buyer, price=None)
    assert api.get(f"/orders/{first}")["price"] == 700
    assert buyer.request("POST", f"/api/v1/orders/{first}/cancel", headers=key).status_code == 202
    assert buyer.request("POST", f"/api/v1/orders/{first}/cancel", headers=key).status_code == 409
    wait_status(api, second, "preparando")
    assert buyer.request("POST", f"/api/v1/orders/{second}/cancel", headers=key_of_second).status_code == 409
    assert api.request("POST", f"/api/v1/orders/{second}/cancel").status_code == 202

    world.kafka.pause()
    answers = []
    waiting = [threading.Thread(target=lambda: answers.append(place(Api(api.base), price=700)))
               for _ in range(3)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join(15)
    assert len(set(answers)) == 3, "202 although Kafka does not answer"
    began = time.monotonic()
    answers.append(place(buyer, price=700))
    assert time.monotonic() - began < 2, "Kafka is known to be away"
    world.kafka.resume()
    for order in answers:
        wait_status(api, order, "finalizado", 40)
        assert changes(world.kafka, order) == STATES
    assert changes(world.kafka, first) == ["recibido", "cancelado"]
    assert [s["status"] for s in api.get(f"/orders/{second}")["history"]] == \
        ["recibido", "preparando", "cancelado"]
    assert not [r for r in world.kafka.records("carrito.dead-letters")]
    buyer.close()
