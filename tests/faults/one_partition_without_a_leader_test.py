"""A partition without a leader holds up its own carts only: those of the others vanish in time, and
the role that watches them reads on. What a bridge writes is written by the test itself: a real one
waits for all partitions."""
import json
import threading

import pytest
from confluent_kafka.admin import NewTopic

from harness.centre import Centre
from harness.cluster import Cluster
from harness.events import now_ms, plate
from harness.fleet import raised
from harness.kafka import partition_of
from harness.wait import wait_until

LIMIT_S = 5
PARTITIONS = 6
TOPICS = ("carrito.sales", "carrito.locations", "carrito.presence", "carrito.reports")
WITHOUT = 0  # the partition whose leader goes


class PaperBridge:
    """Beats and heartbeats each half second, in the partitions that keep their leader."""

    def __init__(self, kafka, carts):
        self.speaking = set(carts)
        self._producer = kafka.producer()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _write(self, kind, partition, key, **value):
        headers = {"content-type": "application/json", "ce_type": kind, "bridge": "paper"}
        self._producer.produce("carrito.presence", partition=partition, key=key, headers=headers,
                               value=json.dumps({**value, "ts_ms": now_ms()}))

    def _run(self):
        while not self._stop.is_set():
            for partition in range(PARTITIONS):
                if partition != WITHOUT:
                    self._write("beat", partition, "bridge/paper", bridge="paper", mqtt=True)
            for cart in sorted(self.speaking):
                self._write("heartbeat", partition_of(cart, PARTITIONS), cart, waiting=0, gps="none")
            self._producer.poll(0)
            self._stop.wait(0.5)

    def close(self):
        self._stop.set()
        self._thread.join()


@pytest.fixture(name="cluster_world")
def _cluster_world(scene):
    """Of each topic of carts, partition WITHOUT is on the third broker alone, the others on the
    first; all else is on three."""
    world = Centre(scene, scene.add(Cluster(scene.folder)))
    world.collector = world.make_collector(name="quick", CARRITO_SILENCE_S=LIMIT_S,
                                           CARRITO_KAFKA_REPLICATION=0)
    world.kafka.start().wait_ready()
    admin = world.kafka.admin()
    made = admin.create_topics([
        NewTopic(topic, num_partitions=PARTITIONS, config={"message.timestamp.type": "LogAppendTime"},
                 replica_assignment=[[3 if p == WITHOUT else 1] for p in range(PARTITIONS)])
        for topic in TOPICS])
    for future in made.values():
        future.result(timeout=20)
    world.collector.create_topics()
    world.collector.start().wait_ready()
    world.sign_in()
    return world


def _plates(count):
    """Carts of partitions that keep their leader."""
    found = []
    while len(found) < count:
        cart = plate()
        if partition_of(cart, PARTITIONS) != WITHOUT:
            found.append(cart)
    return found


def _applied(world):
    """Records of presence that the role has applied."""
    location = next(row for row in world.api.items("/consumers") if row["role"] == "location")
    return sum(p["position"] for p in location["partitions"] if p["topic"] == "carrito.presence")


def _leader(world):
    """Of the partition that loses it; -1 once it has none."""
    topic = world.kafka.admin().list_topics("carrito.presence", timeout=10).topics["carrito.presence"]
    return topic.partitions[WITHOUT].leader


def test_carts_of_other_partitions_vanish_in_time(cluster_world, scene):
    world, carts = cluster_world, _plates(12)
    bridge = scene.add(PaperBridge(world.kafka, carts))
    silent, others = carts[:4], carts[4:]

    def states(which):
        shown = {row["cart"]: row["state"] for row in world.api.items("/carts")}
        return {shown.get(cart) for cart in which}

    wait_until("all are heard", lambda: states(carts) == {"heard"}, 30)
    world.kafka.nodes[2].kill()
    wait_until("the partition has no leader", lambda: _leader(world) == -1, 60)
    before = _applied(world)
    wait_until("the others are read on", lambda: _applied(world) - before > 50, 60)
    bridge.speaking -= set(silent)
    wait_until("the silent ones have vanished", lambda: states(silent) == {"vanished"}, LIMIT_S + 15)
    assert states(others) == {"heard"}

    def told():
        alerts = raised(world.kafka, "cart-vanished")
        return alerts if set(alerts) >= set(silent) else None

    alerts = wait_until("all are told", told, 20, every=0.5)
    delays = [(told_ms - alert["started_ms"]) / 1000
              for cart in silent for told_ms, alert in alerts[cart]]
    assert len(delays) == len(silent) and max(delays) <= 3, delays
