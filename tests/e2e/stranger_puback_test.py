"""What `mosquitto_pub -q 1` got a PUBACK for is in Kafka, even if the bridge is killed at once."""
import contextlib
import json

import pytest

from harness.centre import Centre
from harness.chaos import Chaos
from harness.events import Outbox, batch, plate
from harness.process import Process
from harness.wait import TooLate, wait_until

ROUNDS = 12
BURST = 3000


@pytest.fixture
def own(centre, scene):
    """A mosquitto of its own, so that no other bridge hears the stranger. The broker keeps what
    the dead bridge did not confirm, and gives it to the next one of the same name."""
    cell = Centre(scene, kafka=centre.kafka)
    cell.mosquitto.start().wait_ready()
    cell.bridge = cell.make_bridge(name="killed-bridge", identity=f"killed-{plate()}")
    cell.bridge.start().wait_ready()
    return cell


def publishing(own, outbox, events):
    """mosquitto_pub at work: one message a line; it ends with 0 once it has a PUBACK for each."""
    publisher = own.scene.add(Process(f"pub-{outbox.seq}", [
        "mosquitto_pub", "-V", "mqttv5", "-q", "1", "-p", own.mosquitto.port,
        "-t", f"carrito/v1/{outbox.cart}/events", "-l"], own.folder))
    return publisher.start(batch(events))


def missing(own, outbox):
    found = {json.loads(r.value())["receipt"] for r in own.kafka.records("carrito.sales")
             if r.key() == outbox.cart.encode()}
    return set(range(1, outbox.receipt + 1)) - found


def all_arrived(own, outbox):
    with contextlib.suppress(TooLate):
        wait_until("all receipts in Kafka", lambda: not missing(own, outbox), 15)
    assert missing(own, outbox) == set()


def test_one_event_and_the_bridge_killed_at_once(own):
    chaos, outbox = Chaos("stranger"), Outbox()
    for _ in range(ROUNDS):
        assert publishing(own, outbox, [outbox.sale()]).wait(10) == 0
        own.bridge.kill()
        chaos.pause(0, 0.2)
        own.bridge.start().wait_ready()
    all_arrived(own, outbox)


def test_a_burst_and_the_bridge_killed_in_the_midst_of_it(own):
    chaos, outbox = Chaos("burst"), Outbox()
    for _ in range(ROUNDS):
        publisher = publishing(own, outbox, [outbox.sale() for _ in range(BURST)])
        chaos.pause(0.01, 0.3)
        own.bridge.kill()
        assert publisher.wait(20) == 0
        own.bridge.start().wait_ready()
    all_arrived(own, outbox)
