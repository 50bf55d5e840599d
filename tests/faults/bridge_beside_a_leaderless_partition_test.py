"""A partition without a leader holds up its own carts only, in the bridge too: for as long as it lasts
the others are acknowledged as ever, and afterwards everything is in Kafka, in order."""
import json
import time

import pytest
from confluent_kafka.admin import NewTopic

from harness.cart import MqttClient, PahoCart
from harness.centre import Centre
from harness.cluster import Cluster
from harness.events import now_ms, plate
from harness.kafka import partition_of
from harness.wait import wait_until

PARTITIONS = 6
TOPICS = ("carrito.sales", "carrito.locations", "carrito.presence")
WITHOUT = 0  # the partition whose leader goes
AWAY_S = 30  # three times as long as the bridge would bear of all Kafka
SOON_S = 3
CARTS = 4  # on each side


@pytest.fixture(name="world")
def _world(scene):
    """Of each topic of carts, partition WITHOUT is on the third broker alone, the others on the
    first; all else is on three."""
    world = Centre(scene, scene.add(Cluster(scene.folder)))
    world.collector.env["CARRITO_KAFKA_REPLICATION"] = 0
    world.kafka.start().wait_ready()
    admin = world.kafka.admin()
    made = admin.create_topics([
        NewTopic(topic, num_partitions=PARTITIONS, config={"message.timestamp.type": "LogAppendTime"},
                 replica_assignment=[[3 if p == WITHOUT else 1] for p in range(PARTITIONS)])
        for topic in TOPICS])
    for future in made.values():
        future.result(timeout=20)
    world.start_brokers()
    world.bridge.start().wait_ready()
    return world


def _carts(world, within):
    """Carts whose partition is (not) the one without a leader."""
    found = []
    while len(found) < CARTS:
        name = plate()
        if (partition_of(name, PARTITIONS) == WITHOUT) == within:
            found.append(world.scene.add(PahoCart(world.mosquitto.port, name)))
    return found


def _is_leaderless(world, topic):
    partitions = world.kafka.admin().list_topics(topic, timeout=10).topics[topic].partitions
    return partitions[WITHOUT].leader == -1


def _waiting(world):
    """Partitions, as the bridge's metrics say."""
    return next(float(row.split()[-1]) for row in world.bridge.metrics().splitlines()
                if row.startswith("carrito_bridge_waiting_partitions "))


def _sell(cart):
    """As an agent does: the batch as it was, until it is acknowledged."""
    event = cart.outbox.sale()
    mid = cart.send([event])
    return lambda: cart.send([event]), mid


def _speak(cart, state):
    """What an agent says of itself: a state, which the broker retains, and a heartbeat."""
    said = {"ts_ms": now_ms(), "epoch": cart.outbox.epoch, "session": 1}
    cart.publish(f"carrito/v1/{cart.cart}/state", json.dumps({**said, "state": state}), retain=True)
    cart.publish(f"carrito/v1/{cart.cart}/heartbeat", json.dumps(said), qos=0)


def _states(world, cart):
    values = [json.loads(r.value()) for r in world.kafka.records("carrito.presence")
              if r.key() == cart.cart.encode()]
    return [value["state"] for value in values if "state" in value]


def _receipts(world, cart):
    found = [json.loads(r.value())["receipt"] for r in world.kafka.records("carrito.sales")
             if r.key() == cart.cart.encode()]
    return list(dict.fromkeys(found)) if found == sorted(found) else f"out of order: {found}"


def test_the_others_are_acknowledged_as_ever(world):
    others, its_own = _carts(world, False), _carts(world, True)
    for cart in others + its_own:
        _sell(cart)
        _speak(cart, "online")
    for cart in others + its_own:
        cart.wait_acked(seconds=10)
    world.kafka.nodes[2].kill()
    wait_until("the partitions have no leader",
               lambda: all(_is_leaderless(world, topic) for topic in TOPICS), 60)
    waiting = [_sell(cart)[0] for cart in its_own]
    begin, sold, killed = time.monotonic(), 0, False
    while time.monotonic() < begin + AWAY_S:
        if not killed and time.monotonic() > begin + AWAY_S / 2:
            world.bridge.kill()  # with the states in hand that it let go at the broker
            world.bridge.start()
            wait_until("the bridge reads", lambda: "sales" in world.bridge.page("/readyz").text, 20)
            killed = True
        for cart in others:
            _sell(cart)
        for cart in others + its_own:
            _speak(cart, "offline")
        for cart in others:
            cart.wait_acked(seconds=SOON_S)
        sold += len(others)
        for again in waiting:
            again()
        time.sleep(0.5)
    assert sold > len(others) * 10
    assert all(cart.acked < cart.outbox.seq for cart in its_own), "acknowledged without a leader"
    assert _waiting(world) > 0
    assert f"carrito.sales/{WITHOUT}" in world.bridge.page("/readyz").text
    listener = world.scene.add(MqttClient(world.mosquitto.port, "listener"))
    listener.subscribe("carrito/v1/bridge/+/state")
    wait_until("the retained state", lambda: listener.messages, 10)
    assert not [m for m in listener.messages if not m.retain], "carts are called for nothing"
    world.kafka.nodes[2].start()
    wait_until("the carts are called to send again",
               lambda: [m for m in listener.messages if not m.retain and b'"online":true' in m.payload], 60)
    for cart, again in zip(its_own, waiting):
        wait_until("its own carts are acknowledged",
                   lambda: cart.acked == cart.outbox.seq or again() is None,  # pylint: disable=cell-var-from-loop
                   60, every=0.5)
    wait_until("nothing waits any more", lambda: _waiting(world) == 0, 30)
    world.bridge.wait_ready()
    for cart in others + its_own:
        wait_until("the newest state is in Kafka",
                   lambda: _states(world, cart)[-1:] == ["offline"], 20)  # pylint: disable=cell-var-from-loop
        assert _receipts(world, cart) == list(range(1, cart.outbox.receipt + 1))
