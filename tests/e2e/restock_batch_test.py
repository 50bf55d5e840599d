"""Five low carts make one restock batch, with a number and an alert; when it is done, each of its
carts is told; and the collector may die at any moment."""
import json

from harness.cart import PahoCart
from harness.programs import ctl
from harness.wait import wait_until


def batches(centre):
    return [(r["number"], r["status"], sorted(c["cart"] for c in r["carts"]))
            for r in centre.api.items("/restocks")]


def alerts(centre, kind):
    """The last status of each alert of the kind, as Kafka has it."""
    last = {}
    for record in centre.kafka.records("carrito.alerts"):
        alert = json.loads(record.value())
        if alert["kind"] == kind:
            last[alert["subject"]] = alert["status"]
    return last


def test_five_low_carts_make_a_batch(world):
    centre = world.start()
    carts = sorted((centre.scene.add(PahoCart(centre.mqtt_port)) for _ in range(6)),
                   key=lambda c: c.cart)
    five, sixth = carts[:5], carts[5]
    names = [c.cart for c in five]
    for stock, cart in enumerate(five[:4]):
        cart.send([cart.outbox.sale(1, stock=21), cart.outbox.sale(1, stock=20),
                   cart.outbox.sale(1, stock=10 + stock)])
    wait_until("four in the open batch",
               lambda: batches(centre) == [(None, "open", names[:4])], 15)
    assert [(c["cart"], c["stock"]) for c in
            sorted(centre.api.items("/restocks")[0]["carts"], key=lambda c: c["cart"])] == [
                (name, 10 + i) for i, name in enumerate(names[:4])]
    centre.collector.kill()
    centre.collector.start()
    centre.collector.wait_ready()
    five[4].send([five[4].outbox.sale(9, stock=0)])
    wait_until("the batch", lambda: batches(centre) == [(1, "announced", names)], 15)
    assert {s["cart"]: (s["stock"], s["low"]) for s in centre.api.items("/stock")} == {
        **{name: (10 + i, True) for i, name in enumerate(names[:4])}, names[4]: (0, True)}
    wait_until("its alert", lambda: alerts(centre, "restock-batch") == {"1": "ACTIVE_UNACK"}, 15)
    assert alerts(centre, "stock-out") == {names[4]: "ACTIVE_UNACK"}

    own = {"threshold": 2, "note": "junto al metro"}
    path = f"/api/v1/carts/{sixth.cart}"
    sixth.send([sixth.outbox.sale(1, stock=30)])
    wait_until("the sixth is known", lambda: centre.api.request("GET", path).status_code == 200, 15)
    assert centre.api.request("POST", path, json=own).json().items() >= own.items()
    assert centre.api.request("POST", path, json={"threshold": -1}).status_code == 422
    assert centre.api.request("POST", path, json={}).status_code == 422
    for method, place, body in (("POST", "", own), ("GET", "", None), ("GET", "/track", None),
                                ("POST", "/commands", {"command": "locate"})):
        unknown = centre.api.request(method, f"/api/v1/carts/no-tal{place}", json=body,
                                     headers={"Accept-Language": "en"})
        assert (unknown.status_code, unknown.json()["detail"]) == (
            404, "No cart is known by the name no-tal."), (method, place)
    assert centre.api.request("GET", "/api/v1/nada").json()["code"] == "not-found"
    sixth.send([sixth.outbox.sale(1, stock=3)])
    wait_until("3 is enough for it", lambda: {"cart": sixth.cart, "stock": 3, "low": False, "threshold": 2}.items()
               <= next((s for s in centre.api.items("/stock") if s["cart"] == sixth.cart), {}).items(), 15)
    done = ctl(centre.api.token, centre.collector, "cart", sixth.cart.lower(), "threshold", "3")
    assert done.returncode == 0, done.stderr
    assert "junto al metro" in ctl(centre.api.token, centre.collector, "cart", sixth.cart).stdout
    assert (centre.api.cart(sixth.cart)["threshold"], centre.api.cart(sixth.cart)["note"]) == (
        3, "junto al metro")
    assert centre.api.items("/actions")[0]["details"] == "threshold 3"
    sixth.send([sixth.outbox.sale(1, stock=3)])
    wait_until("the next one is open", lambda: batches(centre)[0] == (None, "open", [sixth.cart]),
               15)
    announce, done = "/api/v1/restocks/announce", "/api/v1/restocks/{}/done"
    assert centre.api.request("POST", done.format(2)).status_code == 404
    announced = centre.api.request("POST", announce).json()
    assert announced == centre.api.items("/restocks")[0] == centre.api.get("/restocks/2")
    assert (announced["number"], announced["status"]) == (2, "announced")
    assert [row["cart"] for row in announced["carts"]] == [sixth.cart]
    assert centre.api.request("POST", announce).status_code == 409
    finished = centre.api.request("POST", done.format(1))
    assert finished.status_code == 200 and finished.json() == centre.api.get("/restocks/1")
    assert finished.json()["done"] and finished.json()["status"] == "done"
    assert centre.api.request("POST", done.format(1)).status_code == 409

    def told(cart):
        return [(c["id"], c["restock"]) for c in cart.commands() if c["command"] == "restocked"]
    for cart in five:
        wait_until(f"{cart.cart} is told", lambda cart=cart: told(cart) == [
            (f"restocked-1-{cart.cart}", 1)], 15)
    assert told(sixth) == []
    wait_until("the alert ends", lambda: alerts(centre, "restock-batch") == {
        "1": "CLEARED_UNACK", "2": "ACTIVE_UNACK"}, 15)
    five[4].send([five[4].outbox.event("stock", stock=80)])
    wait_until("stock again", lambda: alerts(centre, "stock-out") == {names[4]: "CLEARED_UNACK"},
               15)
