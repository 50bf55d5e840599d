"""A role that an operator stops stands still, over a restart too; its lag grows and is made up."""
from harness.cart import PahoCart
from harness.events import Outbox, line, now_ms
from harness.wait import wait_until

DAY_MS = 24 * 3600 * 1000


def _role(api, name="sales"):
    return next(row for row in api.items("/consumers") if row["role"] == name)


def _post(api, path):
    return api.request("POST", "/api/v1" + path)


def test_a_stopped_role_grows_a_lag_and_makes_it_up_after_the_start(world):
    world.start()
    api = world.api
    assert {"sales", "location"} <= {row["role"] for row in api.items("/consumers")}
    assert _post(api, "/consumers/api/stop").status_code == 409
    assert _post(api, "/consumers/nobody/stop").status_code == 404
    assert _post(api, "/consumers/sales/stop").status_code == 202
    assert _post(api, "/consumers/notify/stop").status_code == 202
    wait_until("sales has stopped", lambda: _role(api)["state"] == "stopped", 2)
    wait_until("so has notify", lambda: _role(api, "notify")["state"] == "stopped", 2)

    cart = world.scene.add(PahoCart(world.mosquitto.port))
    cart.send([cart.outbox.sale(quantity=2) for _ in range(30)])
    wait_until("the lag of 30", lambda: _role(api)["lag"] == 30, 10)
    assert api.items("/daily-sales", cart=cart.cart) == []
    assert api.request("GET", "/readyz").status_code == 200
    world.collector.terminate()
    world.collector.start()
    world.collector.wait_ready()
    assert (_role(api)["state"], _role(api)["lag"]) == ("stopped", 30)

    assert _role(api, "notify")["state"] == "stopped"
    assert _post(api, "/consumers/notify/start").status_code == 202
    wait_until("notify runs", lambda: _role(api, "notify")["state"] == "running", 2)
    assert _post(api, "/consumers/sales/start").status_code == 202
    wait_until("the lag is made up", lambda: _role(api)["lag"] == 0, 15)
    assert api.items("/daily-sales", cart=cart.cart)[0]["sales"] == 30
    shown = api.get("/consumers/sales/messages", limit=7)["items"]
    assert [row["offset"] for row in shown] == list(range(29, 22, -1))
    assert {(row["topic"], row["key"]) for row in shown} == {("carrito.sales", cart.cart)}
    assert '"seq":30' in shown[0]["value"].replace(" ", "")


def test_a_role_that_was_stopped_decides_by_the_clock_as_before(world):
    """A day that is over closes once all partitions are read: a question to Kafka of the role's own."""
    def closed(days_ago):
        cart = Outbox()
        world.kafka.produce("carrito.sales", cart.cart,
                            line(cart.sale(ts_ms=now_ms() - days_ago * DAY_MS)))
        wait_until("the day is closed", lambda: [row for row in api.items("/daily-sales", cart=cart.cart)
                                                 if row["status"] == "closed"], 15)

    world.start()
    api = world.api
    closed(days_ago=2)
    for times in range(3):
        assert _post(api, "/consumers/sales/stop").status_code == 202
        wait_until("sales has stopped", lambda: _role(api)["state"] == "stopped", 3)
        assert _post(api, "/consumers/sales/start").status_code == 202
        wait_until("sales runs", lambda: _role(api)["state"] == "running", 3)
        closed(days_ago=3 + times)
