"""A cart that says in its heartbeat that its certificate ends soon is told of until it has another."""
import json
import time

from harness.cart import PahoCart
from harness.wait import wait_until

DAY_MS = 86_400_000


def test_a_certificate_is_told_of_until_there_is_another(centre):
    cart = centre.scene.add(PahoCart(centre.mosquitto.port))

    def say(days):
        now_ms = int(time.time() * 1000)
        cart.publish(f"carrito/v1/{cart.cart}/heartbeat", json.dumps({
            "ts_ms": now_ms, "waiting": 0, "acked": 0, "gps": "none", "counts": [], "done": [],
            "certificate_ms": now_ms + days * DAY_MS}))

    def told():
        return [(alert["severity"], alert["ended"] is None) for alert in centre.api.items(
            "/alerts", kind="certificate-expiring", cart=cart.cart)]

    say(3)
    wait_until("the alert", lambda: told() == [("MAJOR", True)], 10)
    say(400)
    wait_until("its end", lambda: told() == [("MAJOR", False)], 10)
