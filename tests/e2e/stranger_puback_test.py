"""What `mosquitto_pub -q 1` got a PUBACK for is in Kafka, even if the bridge is killed at once."""
import contextlib
import json

from harness.centre import Centre
from harness.chaos import Chaos
from harness.events import Outbox, line
from harness.process import run
from harness.wait import TooLate, wait_until

ROUNDS = 12


def test_puback_means_kafka_has_it_or_will(centre, scene):
    """A mosquitto of its own, so that no other bridge hears the stranger. The broker keeps what
    the dead bridge did not confirm, and gives it to the next one of the same name."""
    chaos = Chaos("stranger")
    own = Centre(scene, kafka=centre.kafka)
    own.mosquitto.start().wait_ready()
    outbox = Outbox()
    bridge = own.make_bridge(name="killed-bridge", identity=f"killed-{outbox.cart}")
    bridge.start().wait_ready()
    for _ in range(ROUNDS):
        event = line(outbox.sale())
        published = run(["mosquitto_pub", "-V", "mqttv5", "-q", "1", "-p", own.mosquitto.port,
                         "-t", f"carrito/v1/{outbox.cart}/events", "-s"], stdin=event.decode())
        assert published.returncode == 0, published.stderr
        bridge.kill()
        chaos.pause(0, 0.2)
        bridge.start().wait_ready()

    def missing():
        found = {json.loads(r.value())["receipt"] for r in centre.kafka.records("carrito.sales")
                 if r.key() == outbox.cart.encode()}
        return set(range(1, ROUNDS + 1)) - found

    with contextlib.suppress(TooLate):
        wait_until("all receipts in Kafka", lambda: not missing(), 10)
    assert missing() == set()
