"""A sale can be traced from the cart to its day; another content of it waits for a decision."""
from harness.cart import PahoCart
from harness.wait import wait_until


def _trace(api, outbox, receipt):
    return api.request("GET", f"/api/v1/trace/{outbox.cart.lower()}/{outbox.epoch}/{receipt}")


def test_a_sale_is_traced_through_bridge_kafka_and_store(centre):
    api, cart = centre.api, centre.scene.add(PahoCart(centre.mosquitto.port))
    events = [cart.outbox.sale(quantity=n, client="Ana") for n in (1, 2, 3)]
    events.append(cart.outbox.event("void", receipt=2))
    cart.send(events)
    wait_until("the void", lambda: [row for row in api.items("/daily-sales", cart=cart.cart)
                                    if row["voided"] == 1], 15)
    answer = _trace(api, cart.outbox, 2)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    shown = {key: found[key] for key in ("cart", "epoch", "receipt", "seq", "quantity", "client",
                                         "bridge", "source", "topic", "voided_by")}
    assert shown == {"cart": cart.cart, "epoch": cart.outbox.epoch, "receipt": 2, "seq": 2,
                     "quantity": 2, "client": "Ana", "bridge": "test",
                     "source": cart.events_topic, "topic": "carrito.sales",
                     "voided_by": {"where": "cart", "seq": 4}}
    assert found["sold"] <= found["appended"] <= found["stored"], found
    assert found["day"] == api.items("/daily-sales", cart=cart.cart)[0]["day"]
    record = next(r for r in centre.kafka.records("carrito.sales")
                  if (r.partition(), r.offset()) == (found["partition"], found["offset"]))
    assert record.key().decode() == cart.cart
    assert _trace(api, cart.outbox, 1).json()["voided_by"] is None
    assert _trace(api, cart.outbox, 4).status_code == 404


def test_another_content_is_set_aside_and_counts_once_it_is_accepted(centre):
    api, cart = centre.api, centre.scene.add(PahoCart(centre.mosquitto.port))
    first = cart.outbox.sale(quantity=1)
    others = [{**first, "quantity": 5}, {**first, "quantity": 7}]
    for event in (first, *others):
        cart.send([event])
    rows = wait_until("both others", lambda: api.items("/set-aside", cart=cart.cart)[1:] and
                      api.items("/set-aside", cart=cart.cart), 15)
    assert {row["reason"] for row in rows} == {"identity-conflict"}
    by_text = {5 if '"quantity":5' in row["text"].replace(" ", "") else 7: row["id"] for row in rows}

    def act(what, quantity):
        answer = api.request("POST", f"/api/v1/set-aside/{by_text[quantity]}/{what}")
        if answer.status_code == 200:
            row, = [row for row in rows if row["id"] == by_text[quantity]]
            assert answer.json() == {**row, "decision": {"accept": "accepted", "drop": "dropped"}[what]}
        return answer.status_code
    assert act("accept", 5) == 200
    wait_until("the accepted sale", lambda: [
        row for row in api.items("/daily-sales", cart=cart.cart) if row["quantity"] == 6], 15)
    assert [a["ended"] for a in api.items("/alerts", kind="identity-conflict", cart=cart.cart)] == [
        None]
    assert act("drop", 7) == 200 and act("drop", 7) == 404
    assert api.items("/set-aside", cart=cart.cart) == []
    assert api.items("/alerts", kind="identity-conflict", cart=cart.cart)[0]["ended"]
    assert api.items("/daily-sales", cart=cart.cart)[0]["sales"] == 2
